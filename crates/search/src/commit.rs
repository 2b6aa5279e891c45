//! Writing to the disk for many at once: whoever needs his change durable waits, and one commit serves all who wait.
//! Must never know what changed.

use std::sync::{Arc, Weak};
use std::time::Duration;

use kit::{Error, Result};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::index::Index;

/// As many as a relay has on their way at once: nobody else comes before these are served.
const ENOUGH: usize = 16;
/// Most who stand in line before the next has to wait to be in line.
const LINE: usize = 1024;

type Waiting = oneshot::Sender<Result<()>>;

/// The line for commits.
pub struct Commits(mpsc::Sender<Waiting>);

impl Commits {
    /// Starts the task that commits. It ends with the line, and does not keep the index alive.
    pub fn begin(index: &Arc<Index>, after: Duration) -> Self {
        let (line, waiting) = mpsc::channel(LINE);
        tokio::spawn(serve(Arc::downgrade(index), waiting, after));
        Commits(line)
    }

    /// Returns when everything that the index took before this call is durable and can be found.
    pub async fn done(&self) -> Result<()> {
        let (mine, done) = oneshot::channel();
        self.0.send(mine).await.map_err(Error::internal)?;
        done.await.map_err(Error::internal)?
    }
}

async fn serve(index: Weak<Index>, mut line: mpsc::Receiver<Waiting>, after: Duration) {
    while let Some(first) = line.recv().await {
        let mut waiting = vec![first];
        let patience = Instant::now() + after;
        while waiting.len() < ENOUGH {
            match tokio::time::timeout_at(patience, line.recv()).await {
                Ok(Some(next)) => waiting.push(next),
                Ok(None) | Err(_) => break,
            }
        }
        while let Ok(next) = line.try_recv() {
            waiting.push(next);
        }
        let Some(index) = index.upgrade() else { return };
        let written = tokio::task::spawn_blocking(move || index.flush()).await.map_err(Error::internal).flatten();
        if let Err(error) = &written {
            tracing::error!(cause = error.cause(), "the search index could not be written");
        }
        for one in waiting {
            // Who went away needs no answer.
            let _ = one.send(written.clone());
        }
    }
}
