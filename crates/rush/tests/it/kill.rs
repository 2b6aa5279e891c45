//! A real process on a real folder, killed at full load, again and again. What it had said is so afterwards.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use futures::future::join_all;
use kit::Clock;
use rush::{Answer, Memory, Rush, Units, UserId};

use super::people::{Dice, ask, cases, opening, settings};

const CHILD: &str = "RUSH_TEST_CHILD";
const UNITS: u32 = 1_000_000;
const POOLS: i64 = 4;

fn start(folder: &str) -> Memory {
    Memory::open(folder.as_ref(), settings(2), Clock::manual(super::people::START)).unwrap()
}

/// Claims without end in crowds of 64, and says each that it was promised. Not a test of its own: the other one starts it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let memory = start(&folder);
    for pool in 0..POOLS {
        memory.open(opening(pool, Units::Alike(UNITS), 1)).await.unwrap();
    }
    let first = memory.describe(0.into()).await.unwrap().unwrap().claims;
    let first = i64::try_from(first).unwrap() * 100_000;
    for round in first.. {
        let users = round * 64..(round + 1) * 64;
        let answers = join_all(users.map(|user| memory.claim(ask(user % POOLS, user, 1, 1)))).await;
        let mut said = String::new();
        for answer in answers {
            if let Answer::Taken(claim) = answer.unwrap() {
                said += &format!("promised {} {} {}\n", claim.pool.number, claim.user.0, claim.seq);
            }
        }
        std::io::stdout().write_all(said.as_bytes()).unwrap();
    }
}

#[tokio::test]
async fn a_process_killed_at_full_load_keeps_its_promises() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let (mut dice, mut promised) = (Dice(7), BTreeSet::new());
    for round in 0..cases(4) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::child", "--nocapture"])
            .env(CHILD, path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut heard = BufReader::new(child.stdout.take().unwrap()).lines();
        let enough = 200 + dice.below(2000);
        let mut new = 0;
        let mut hear = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            // The last line may be cut.
            if let ["promised", pool, user, seq] = words[..] {
                let numbers: (i64, i64, u64) = (pool.parse().unwrap(), user.parse().unwrap(), seq.parse().unwrap());
                assert!(promised.insert(numbers), "promised twice");
                new += 1;
            }
        };
        for _ in 0..enough {
            hear(&heard.next().expect("the child runs").unwrap());
        }
        child.kill().unwrap();
        let rest: Vec<String> = heard.map_while(Result::ok).collect();
        // What was on its way in the pipe was promised too, but for a line that was cut.
        rest.iter().take(rest.len().saturating_sub(1)).for_each(|line| hear(line));
        child.wait().unwrap();
        assert!(new > 100, "round {round}: there was load");
        let memory = start(path);
        let mut places = BTreeSet::new();
        for (pool, user, seq) in &promised {
            let again = memory.claim(ask(*pool, *user, 1, 1)).await.unwrap();
            let Answer::Duplicate(claim) = again else { panic!("round {round}: {user} was promised one: {again:?}") };
            assert_eq!((claim.seq, claim.user), (*seq, UserId(*user)));
            assert!(places.insert((*pool, *seq)), "a place is given once");
        }
        for pool in 0..POOLS {
            let standing = memory.describe(pool.into()).await.unwrap().unwrap();
            assert_eq!(standing.left + standing.taken, u64::from(UNITS));
        }
    }
}
