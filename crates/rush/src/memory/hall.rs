//! Where the faces of all pools hang: readers take no lock, a pool that opens or leaves copies one small board. Knows no rule but the ones
//! that can be told from a face.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use kit::Time;

use super::face::Face;
use crate::words::spread;
use crate::{Answer, Ask, Glance, PoolId, Terms};

/// Boards: an opening among 100,000 pools copies a few hundred pointers.
const BOARDS: u64 = 256;

type Board = HashMap<PoolId, Arc<Portrait>>;

/// A face with what never changes in an epoch.
pub(super) struct Portrait {
    pub(super) epoch: u64,
    pub(super) terms: Terms,
    pub(super) amounts: bool,
    pub(super) face: Face,
}

pub(super) struct Hall(Vec<ArcSwap<Board>>);

impl Portrait {
    /// The answer that needs no queue: true at this moment, and the user has no claim here that he could be asking about again.
    pub(super) fn refuse(&self, ask: &Ask, now: Time) -> Option<Answer> {
        if ask.epoch != self.epoch {
            return Some(Answer::Closed);
        }
        let look = self.face.look();
        let answer = if look.shut || now < self.terms.opens || now >= self.terms.closes {
            Answer::NotOpen
        } else if ask.qty > self.terms.limit {
            Answer::Limited
        } else if look.available < ask.qty {
            Answer::SoldOut
        } else {
            return None;
        };
        (!self.face.may_have_claimed(ask.user.0)).then_some(answer)
    }

    pub(super) fn glance(&self) -> Glance {
        let look = self.face.look();
        Glance { epoch: self.epoch, available: look.available, revision: look.revision }
    }
}

impl Hall {
    pub(super) fn new() -> Self {
        Hall((0..BOARDS).map(|_| ArcSwap::default()).collect())
    }

    fn board(&self, pool: PoolId) -> &ArcSwap<Board> {
        // The shards go by low bits; boards by others, so that a shard's pools are on all boards.
        &self.0[usize::try_from((spread(pool) >> 40) % BOARDS).unwrap_or(0)]
    }

    pub(super) fn see<T>(&self, pool: PoolId, with: impl FnOnce(&Portrait) -> T) -> Option<T> {
        self.board(pool).load().get(&pool).map(|portrait| with(portrait))
    }

    pub(super) fn hang(&self, pool: PoolId, portrait: &Arc<Portrait>) {
        self.board(pool).rcu(|board| {
            let mut board = Board::clone(board);
            board.insert(pool, portrait.clone());
            board
        });
    }

    pub(super) fn take_down(&self, pool: PoolId) {
        self.board(pool).rcu(|board| {
            let mut board = Board::clone(board);
            board.remove(&pool);
            board
        });
    }
}
