//! What can happen to a pool, as a record that a journal keeps and that makes the same pool again. Pure.

use super::bytes::{Reader, Writer};
use super::{Corrupt, Entry, Image};
use crate::{Loan, PoolId};

/// Something that happened. What was refused is none: it leaves no trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A pool stands as this image: opened, opened anew, or kept in a snapshot.
    Opened(Box<Image>),
    /// Units were taken; `seq` is the claim's place in the line.
    #[allow(missing_docs, reason = "said above")]
    Taken { pool: PoolId, seq: u64, entry: Entry },
    /// The claim at this place was given back.
    #[allow(missing_docs, reason = "said above")]
    GivenBack { pool: PoolId, seq: u64 },
    /// Claims up to this place are safe with the owner.
    #[allow(missing_docs, reason = "said above")]
    Acknowledged { pool: PoolId, upto: u64 },
    /// Its owner closed it.
    #[allow(missing_docs, reason = "said above")]
    Shut { pool: PoolId },
    /// It is no more.
    #[allow(missing_docs, reason = "said above")]
    Forgotten { pool: PoolId },
    /// Units left for another part.
    #[allow(missing_docs, reason = "said above")]
    Lent { pool: PoolId, loan: Loan },
    /// Units came from another part.
    #[allow(missing_docs, reason = "said above")]
    Received { pool: PoolId, loan: Loan },
    /// Units that left have arrived.
    #[allow(missing_docs, reason = "said above")]
    Settled { pool: PoolId, number: u64 },
}

impl Effect {
    /// On which pool.
    pub fn pool(&self) -> PoolId {
        match self {
            Effect::Opened(image) => image.pool,
            Effect::Taken { pool, .. }
            | Effect::GivenBack { pool, .. }
            | Effect::Acknowledged { pool, .. }
            | Effect::Shut { pool }
            | Effect::Forgotten { pool }
            | Effect::Lent { pool, .. }
            | Effect::Received { pool, .. }
            | Effect::Settled { pool, .. } => *pool,
        }
    }

    /// Appends the record to `out`; a claim takes 56 bytes, one of an amount 68.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut w = Writer(out);
        match self {
            Effect::Opened(image) => w.u8(1).image(image),
            Effect::Taken { pool, seq, entry } => w.u8(2).pool(*pool).u64(*seq).entry(entry),
            Effect::GivenBack { pool, seq } => w.u8(3).pool(*pool).u64(*seq),
            Effect::Acknowledged { pool, upto } => w.u8(4).pool(*pool).u64(*upto),
            Effect::Shut { pool } => w.u8(5).pool(*pool),
            Effect::Forgotten { pool } => w.u8(6).pool(*pool),
            Effect::Lent { pool, loan } => w.u8(7).pool(*pool).loan(loan),
            Effect::Received { pool, loan } => w.u8(8).pool(*pool).loan(loan),
            Effect::Settled { pool, number } => w.u8(9).pool(*pool).u64(*number),
        };
    }

    /// Reads the record at the front of `bytes` and moves past it.
    pub fn read(bytes: &mut &[u8]) -> Result<Effect, Corrupt> {
        let mut r = Reader(bytes);
        Ok(match r.u8()? {
            1 => Effect::Opened(Box::new(r.image()?)),
            2 => Effect::Taken { pool: r.pool()?, seq: r.u64()?, entry: r.entry()? },
            3 => Effect::GivenBack { pool: r.pool()?, seq: r.u64()? },
            4 => Effect::Acknowledged { pool: r.pool()?, upto: r.u64()? },
            5 => Effect::Shut { pool: r.pool()? },
            6 => Effect::Forgotten { pool: r.pool()? },
            7 => Effect::Lent { pool: r.pool()?, loan: r.loan()? },
            8 => Effect::Received { pool: r.pool()?, loan: r.loan()? },
            9 => Effect::Settled { pool: r.pool()?, number: r.u64()? },
            _ => return Err(Corrupt("a record of no known kind")),
        })
    }
}
