//! The published view under every order that its atomics allow: a refusal that it gives was true, and never hides a claim.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod atomic {
    pub use loom::sync::atomic::{AtomicU64, Ordering};
}

#[allow(dead_code, reason = "the engine uses all of it")]
#[path = "../src/memory/face.rs"]
mod face;

use face::Face;
use loom::sync::Arc;
use loom::thread;

/// Tries all orders, and makes sure that there were some to try: loom does not see two accesses of one thread to one atomic as two
/// places where another may come between.
fn in_every_order(history: impl Fn() + Sync + Send + 'static) {
    let tried = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let count = tried.clone();
    loom::model(move || {
        count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        history();
    });
    assert!(tried.load(std::sync::atomic::Ordering::SeqCst) > 4, "orders were tried");
}

/// The last unit goes to a user whose answer got lost. When he sees that nothing is left, he also sees that he must ask the shard.
#[test]
fn who_sees_it_gone_sees_who_took_it() {
    in_every_order(|| {
        let face = Arc::new(Face::new(1));
        face.publish(1, 1, false);
        let shard = face.clone();
        let writer = thread::spawn(move || {
            shard.mark(7);
            shard.publish(2, 0, false);
        });
        let look = face.look();
        if look.available == 0 {
            assert!(face.may_have_claimed(7), "the winner would be told that it is sold out");
        }
        writer.join().unwrap();
        assert_eq!(face.look().available, 0);
    });
}

/// Number, flag and revision belong together, and two equal looks have nothing between them.
#[test]
fn equal_looks_have_nothing_between_them() {
    in_every_order(|| {
        let face = Arc::new(Face::new(2));
        face.publish(1, 0, false);
        let shard = face.clone();
        let writer = thread::spawn(move || {
            // A unit comes back and is taken again, then the pool closes with one left.
            shard.publish(2, 1, false);
            shard.publish(3, 0, false);
            shard.publish(4, 1, true);
        });
        let (first, second) = (face.look(), face.look());
        assert!(second.revision >= first.revision, "time goes forward");
        if first.revision == second.revision {
            assert_eq!(first, second);
        }
        for look in [first, second] {
            assert_eq!((look.available, look.shut), [(0, false), (1, false), (0, false), (1, true)][look.revision as usize - 1]);
        }
        writer.join().unwrap();
    });
}

/// Marks that share a word of the filter do not lose each other's bits.
#[test]
fn marks_stay() {
    in_every_order(|| {
        let face = Arc::new(Face::new(1));
        let shard = face.clone();
        let writer = thread::spawn(move || {
            shard.mark(1);
            shard.mark(2);
            shard.publish(1, 0, false);
        });
        let seen = face.look().revision > 0;
        if seen {
            assert!(face.may_have_claimed(1) && face.may_have_claimed(2));
        }
        writer.join().unwrap();
    });
}
