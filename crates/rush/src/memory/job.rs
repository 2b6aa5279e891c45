//! What is handed to a shard, and what it hands back once it is durable.

use tokio::sync::oneshot::Sender;

use crate::state::Image;
use crate::{Answer, Ask, Back, Claim, Loan, LoanId, Opened, PoolId, Standing, Token, UserId};

/// One verb with the one who waits for it.
pub(super) enum Job {
    Claim(Ask, Sender<Answer>),
    GiveBack(PoolId, UserId, Token, Sender<Back>),
    Open(Box<Image>, Sender<Opened>),
    Close(PoolId, Sender<Option<Standing>>),
    Forget(PoolId, Sender<Option<Standing>>),
    Describe(PoolId, Sender<Option<Standing>>),
    Waiting(u32, Sender<Vec<PoolId>>),
    Deliver(PoolId, u32, Sender<Vec<Claim>>),
    Acknowledge { pool: PoolId, epoch: u64, upto: u64, done: Sender<()> },
    Lend { pool: PoolId, to: u16, max: u32, done: Sender<Option<Loan>> },
    Receive(PoolId, Box<Loan>, Sender<bool>),
    Settle(PoolId, LoanId, Sender<()>),
    Loans(PoolId, Sender<Vec<Loan>>),
}

/// An answer that waits for its batch.
pub(super) enum Reply {
    Claim(Sender<Answer>, Answer),
    Back(Sender<Back>, Back),
    Opened(Sender<Opened>, Opened),
    Standing(Sender<Option<Standing>>, Option<Standing>),
    Pools(Sender<Vec<PoolId>>, Vec<PoolId>),
    Claims(Sender<Vec<Claim>>, Vec<Claim>),
    Loan(Sender<Option<Loan>>, Option<Loan>),
    Loans(Sender<Vec<Loan>>, Vec<Loan>),
    Received(Sender<bool>, bool),
    Done(Sender<()>),
}

impl Reply {
    /// Answers. Who no longer waits asks again with his token.
    pub(super) fn send(self) {
        match self {
            Reply::Claim(to, answer) => drop(to.send(answer)),
            Reply::Back(to, answer) => drop(to.send(answer)),
            Reply::Opened(to, answer) => drop(to.send(answer)),
            Reply::Standing(to, answer) => drop(to.send(answer)),
            Reply::Pools(to, answer) => drop(to.send(answer)),
            Reply::Claims(to, answer) => drop(to.send(answer)),
            Reply::Loan(to, answer) => drop(to.send(answer)),
            Reply::Loans(to, answer) => drop(to.send(answer)),
            Reply::Received(to, answer) => drop(to.send(answer)),
            Reply::Done(to) => to.send(()).unwrap_or(()),
        }
    }
}
