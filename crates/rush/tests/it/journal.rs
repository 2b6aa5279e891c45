//! What stands in a folder: restarts, damage, two who want the same one, and that it does not grow for ever.

use std::sync::Arc;

use rush::memory::disk::Disk as _;
use rush::{Answer, Memory, Rush, Units};

use super::disk::Forgetful;
use super::people::{HOUR, ask, clock, opening, settings, taken};

fn start(disk: &Forgetful) -> kit::Result<Memory> {
    Memory::on(Arc::new(disk.clone()), settings(1), clock())
}

async fn some_claims(disk: &Forgetful, users: std::ops::Range<i64>) {
    let memory = start(disk).unwrap();
    memory.open(opening(1, Units::Alike(10_000), 1)).await.unwrap();
    for user in users {
        taken(memory.claim(ask(1, user, 1, 1)).await.unwrap());
    }
}

fn bytes(disk: &Forgetful) -> Vec<u8> {
    let name = disk.names().unwrap().into_iter().find(|name| name.ends_with(".log")).unwrap();
    disk.read(&name).unwrap()
}

/// Where the last byte that is not zero stands.
fn end(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1
}

#[tokio::test]
async fn a_folder_belongs_to_one_and_keeps_its_shards() {
    let folder = tempfile::tempdir().unwrap();
    let open = |shards| Memory::open(folder.path(), settings(shards), clock());
    let memory = open(3).unwrap();
    for pool in 0..20 {
        memory.open(opening(pool, Units::Alike(2), 1)).await.unwrap();
        taken(memory.claim(ask(pool, 1, 1, 1)).await.unwrap());
    }
    let twice = open(3).err().expect("somebody else has it");
    assert!(twice.is(kit::fault::UNAVAILABLE), "{twice}");
    drop(memory);
    let memory = open(1).unwrap();
    for pool in 0..20 {
        assert!(matches!(memory.claim(ask(pool, 1, 1, 1)).await.unwrap(), Answer::Duplicate(_)));
        taken(memory.claim(ask(pool, 2, 1, 1)).await.unwrap());
        assert_eq!(memory.claim(ask(pool, 3, 1, 1)).await.unwrap(), Answer::SoldOut);
    }
    assert_eq!(memory.waiting(100).await.unwrap().len(), 20);
    use std::os::unix::fs::PermissionsExt as _;
    for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "secret amounts stand there: {file:?}");
    }
}

/// Any bit, anywhere in what was synced and sealed: it is found, or it was in a place that means nothing.
#[tokio::test]
async fn a_flipped_bit_is_an_error_and_no_silent_loss() {
    let whole = Forgetful::default();
    some_claims(&whole, 0..12).await;
    let good = bytes(&whole);
    let used = end(&good);
    let (mut found, mut harmless) = (0, 0);
    for at in 0..used {
        let disk = Forgetful::default();
        some_claims(&disk, 0..0).await;
        disk.damage(".log", |bytes| {
            bytes.clone_from(&good);
            bytes[at] ^= 1 << (at % 8);
        });
        match start(&disk) {
            Err(e) => {
                assert!(e.is(kit::fault::UNAVAILABLE), "{e}");
                found += 1;
            }
            Ok(memory) => {
                // In the padding between frames, or in the seal at the very end.
                assert_eq!(memory.describe(1.into()).await.unwrap().unwrap().claims, 12, "byte {at}");
                harmless += 1;
            }
        }
    }
    assert!(found > used * 9 / 10, "{found} found, {harmless} harmless of {used}");
}

/// Cut off anywhere in the last write: what was before is there.
#[tokio::test]
async fn a_torn_tail_is_cut() {
    let disk = Forgetful::default();
    some_claims(&disk, 0..5).await;
    let good = bytes(&disk);
    // The seal stands last; the frame of the last claim before it.
    let used = end(&good).next_multiple_of(8);
    let last_frame = used - 24 - (24 + 56);
    for cut in last_frame..used {
        let disk = Forgetful::default();
        some_claims(&disk, 0..0).await;
        disk.damage(".log", |bytes| {
            bytes.clone_from(&good);
            bytes[cut..].fill(0);
        });
        let memory = start(&disk).unwrap();
        let claims = memory.describe(1.into()).await.unwrap().unwrap().claims;
        assert!(claims == 4 || claims == 5, "{claims} at {cut}");
        taken(memory.claim(ask(1, 100, 1, 1)).await.unwrap());
    }
}

#[tokio::test]
async fn a_journal_does_not_grow_for_ever() {
    let disk = Forgetful::default();
    let memory = start(&disk).unwrap();
    memory.open(opening(1, Units::Alike(1), 1)).await.unwrap();
    let mut taken_so_far = 0;
    for user in 0..2000 {
        let claim = taken(memory.claim(ask(1, user, 1, 1)).await.unwrap());
        memory.give_back(&claim).await.unwrap();
        taken_so_far += 1;
    }
    let logs: Vec<_> = disk.names().unwrap().into_iter().filter(|name| name.starts_with("rush-")).collect();
    assert_eq!(logs.len(), 1, "{logs:?}");
    // 2000 claims are remembered (their tokens are), and not written twice.
    assert!(end(&bytes(&disk)) < 2 * 2000 * 100 + 1024 * 1024);
    drop(memory);
    let memory = start(&disk).unwrap();
    assert_eq!(memory.describe(1.into()).await.unwrap().unwrap().claims, taken_so_far);
    memory.forget(1.into()).await.unwrap().unwrap();
    drop(memory);
    drop(start(&disk).unwrap());
    assert!(end(&bytes(&disk)) < 200, "a forgotten pool leaves nothing");
}

#[tokio::test]
async fn pools_leave_after_their_time_and_only_when_all_is_acknowledged() {
    let (disk, clock) = (Forgetful::default(), clock());
    let memory = Memory::on(Arc::new(disk.clone()), settings(1), clock.clone()).unwrap();
    for pool in [1, 2] {
        memory.open(opening(pool, Units::Alike(5), 1)).await.unwrap();
        taken(memory.claim(ask(pool, 1, 1, 1)).await.unwrap());
    }
    memory.acknowledge(memory.deliver(1.into(), 9).await.unwrap().last().unwrap()).await.unwrap();
    clock.pass(HOUR * 2 - std::time::Duration::from_millis(1));
    assert!(memory.describe(1.into()).await.unwrap().is_some(), "an hour's window and an hour's grace");
    clock.pass(std::time::Duration::from_secs(2));
    assert!(memory.describe(1.into()).await.unwrap().is_none());
    assert_eq!(memory.claim(ask(1, 1, 1, 1)).await.unwrap(), Answer::Closed);
    assert!(memory.describe(2.into()).await.unwrap().is_some(), "its claim is still to be delivered");
    memory.acknowledge(memory.deliver(2.into(), 9).await.unwrap().last().unwrap()).await.unwrap();
    clock.pass(std::time::Duration::from_secs(2));
    assert!(memory.describe(2.into()).await.unwrap().is_none());
}
