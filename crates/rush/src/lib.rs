//! A finite pool that a crowd claims: flash sale 秒杀 and red-packet rain 红包雨 stand on it. A pool has n units (or n secret
//! amounts), a limit a user, a window and an epoch; each unit is claimed once, a claim is exactly once per request token, durable
//! before it is answered, and may be given back. The last word has the owner's database: the engine only lets the right people through.
//!
//! [`Memory`] keeps pools in this process, with a journal written by group commit; [`Redis`] (feature `cluster`) keeps them in one script
//! of Redis for many processes. [`Split`] makes one hot pool of several parts on either. Start reading at [`state`], which has the rules.
//! Must never know HTTP, money, orders, or who its customers are.

pub mod audit;
pub mod figures;
pub mod memory;
#[cfg(feature = "cluster")]
pub mod redis;
pub mod split;
pub mod state;
mod words;

use async_trait::async_trait;
use kit::Result;

#[cfg(feature = "cluster")]
pub use self::redis::Redis;
pub use figures::Figures;
pub use memory::Memory;
pub use split::Split;
pub use words::*;

/// What an owner of pools does with them. Every verb may be repeated. All fail with `unavailable` when the store does not answer
/// or could not write: then nothing is known about the outcome, and the same call finds out.
#[async_trait]
pub trait Rush: Send + Sync {
    /// Opens a pool, or opens it anew under a higher epoch after a recount. Fails with `invalid` when the opening makes no sense.
    async fn open(&self, opening: Opening) -> Result<Opened>;

    /// Ends the taking of claims, whatever the window says; give-backs and deliveries go on. None when there is no such pool.
    async fn close(&self, pool: PoolId) -> Result<Option<Standing>>;

    /// Drops a pool with its tokens and returns where it stood last. None when there is no such pool. A pool that nobody drops leaves
    /// by itself some time after its window, when all its claims are acknowledged.
    async fn forget(&self, pool: PoolId) -> Result<Option<Standing>>;

    /// Where a pool stands. None when there is no such pool.
    async fn describe(&self, pool: PoolId) -> Result<Option<Standing>>;

    /// Claims units. Fails with `invalid` when `qty` is out of its bounds.
    async fn claim(&self, ask: Ask) -> Result<Answer>;

    /// Gives the units of a claim back, and the user's limit with them; of several calls one does.
    async fn give_back(&self, claim: &Claim) -> Result<Back>;

    /// Up to `max` pools that have claims which nobody acknowledged.
    async fn waiting(&self, max: u32) -> Result<Vec<PoolId>>;

    /// Up to `max` claims of a pool that are not acknowledged, oldest first: the same ones until they are. Those that were given back
    /// meanwhile are among them and say so.
    async fn deliver(&self, pool: PoolId, max: u32) -> Result<Vec<Claim>>;

    /// Tells that all claims of the pool up to this one, in its epoch, are safe with the owner.
    async fn acknowledge(&self, upto: &Claim) -> Result<()>;

    /// What this process answered so far.
    fn figures(&self) -> Figures;
}

/// What an engine does beside that for pools in parts. Only [`Split`] calls it.
#[async_trait]
pub trait Parts: Rush {
    /// A claim that is not yet counted as answered: a part that is empty is no answer of the pool.
    async fn ask(&self, ask: Ask) -> Result<Answer>;

    /// Counts what was answered after all.
    fn count(&self, answer: &Answer);

    /// A look at a part; cheap. None when it does not stand.
    async fn glance(&self, pool: PoolId) -> Result<Option<Glance>>;

    /// Sends up to `max` units on their way to part `to`. None when there is nothing to send, or the pool takes no claims.
    async fn lend(&self, pool: PoolId, to: u16, max: u32) -> Result<Option<Loan>>;

    /// Takes in what part `pool` was lent, once. False when it is not of this epoch or the part does not stand: then it stays with the lender.
    async fn receive(&self, pool: PoolId, loan: &Loan) -> Result<bool>;

    /// The receiver has it: the lender need not remember it.
    async fn settle(&self, pool: PoolId, loan: LoanId) -> Result<()>;

    /// Loans of this part that are not settled.
    async fn loans(&self, pool: PoolId) -> Result<Vec<Loan>>;
}
