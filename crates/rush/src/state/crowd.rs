//! Who claimed, and under which token. In shelves by user, so that a table that has to grow moves a small part of a large pool: one
//! claim among a million others must not wait for all of them. Pure.

use std::collections::HashMap;

use crate::{Token, UserId};

/// So many users are meant to share a shelf, and so many shelves a pool has at most.
const SHELF: u64 = 1024;
const MOST_SHELVES: u64 = 1024;

/// What a user has of a pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Purse {
    pub(super) held: u32,
    pub(super) returned: u32,
}

#[derive(Debug, Default)]
struct Shelf {
    tokens: HashMap<(UserId, Token), u32>,
    purses: HashMap<UserId, Purse>,
}

#[derive(Debug)]
pub(super) struct Crowd(Box<[Shelf]>);

impl Crowd {
    /// For a pool of so many units or claims.
    pub(super) fn new(units: u64) -> Self {
        let shelves = (units / SHELF).clamp(1, MOST_SHELVES).next_power_of_two();
        Crowd((0..shelves).map(|_| Shelf::default()).collect())
    }

    fn place(&self, user: UserId) -> usize {
        let mixed = user.0.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        usize::try_from(mixed).unwrap_or(0) & (self.0.len() - 1)
    }

    /// The place in the line of what was claimed under this token.
    pub(super) fn find(&self, user: UserId, token: Token) -> Option<u32> {
        self.0[self.place(user)].tokens.get(&(user, token)).copied()
    }

    /// Remembers a token. False when it was known.
    pub(super) fn remember(&mut self, user: UserId, token: Token, place: u32) -> bool {
        let shelf = self.place(user);
        self.0[shelf].tokens.insert((user, token), place).is_none()
    }

    pub(super) fn purse(&self, user: UserId) -> Purse {
        self.0[self.place(user)].purses.get(&user).copied().unwrap_or_default()
    }

    pub(super) fn purse_mut(&mut self, user: UserId) -> &mut Purse {
        let shelf = self.place(user);
        self.0[shelf].purses.entry(user).or_default()
    }

    pub(super) fn purses(&self) -> impl Iterator<Item = (&UserId, &Purse)> {
        self.0.iter().flat_map(|shelf| shelf.purses.iter())
    }

    /// How many tokens are known.
    pub(super) fn tokens(&self) -> usize {
        self.0.iter().map(|shelf| shelf.tokens.len()).sum()
    }
}
