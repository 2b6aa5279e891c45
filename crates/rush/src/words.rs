//! The words of the engine: pools, claims, and what is answered. Plain data; knows no store and no clock.

use std::fmt;

use kit::Time;
use serde::{Deserialize, Serialize};

/// Most units (or amounts) of one pool.
pub const MAX_UNITS: u32 = 10_000_000;
/// Most amounts of one pool: each is remembered one by one.
pub const MAX_AMOUNTS: u32 = 1_000_000;
/// Most units in one claim.
pub const MAX_QTY: u32 = 1_000;
/// Most claims that are delivered at once.
pub const MAX_DELIVERED: u32 = 10_000;

/// A pool, by the number that its owner gave it, or one part of a pool that was split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PoolId {
    /// The owner's number: the attached SKU of a flash sale, the packet of a rain.
    pub number: i64,
    /// Which part, from 0. A pool that is whole has part 0 only.
    pub part: u16,
}

impl PoolId {
    /// This part of the same pool.
    #[must_use]
    pub const fn part(self, part: u16) -> Self {
        PoolId { part, ..self }
    }
}

impl From<i64> for PoolId {
    fn from(number: i64) -> Self {
        PoolId { number, part: 0 }
    }
}

impl fmt::Display for PoolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.number, self.part)
    }
}

/// Who claims, by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UserId(pub i64);

/// What names one wish of one user: a repeated request brings the same token. Tokens of different users never meet.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Token(pub [u8; 16]);

impl Token {
    /// The token of a text that the client chose, whatever its length.
    pub fn of(text: &str) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        let mut token = [0; 16];
        token.copy_from_slice(&digest.as_ref()[..16]);
        Token(token)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The rules of a pool; they never change while its epoch lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Units that a user may hold at once.
    pub limit: u32,
    /// How many claims a user may give back before he is refused more: what bounds the memory of one user.
    pub returns: u32,
    /// First moment at which claims are taken.
    pub opens: Time,
    /// First moment at which they no longer are.
    pub closes: Time,
}

/// One amount of a pool of amounts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Amount {
    /// Its number in the pool, unique over all parts: what a payment of it refers to.
    pub unit: u32,
    /// How much, in the owner's smallest unit (fen). Secret until it is claimed.
    pub amount: i64,
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Amount({}, *)", self.unit)
    }
}

/// What lies in a pool, or travels from one part of it to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Units {
    /// So many, all alike.
    Alike(u32),
    /// These amounts; the first is claimed first. A claim takes one.
    Amounts(Vec<Amount>),
}

impl Units {
    /// Amounts in this order, numbered from 0.
    pub fn amounts(of: impl IntoIterator<Item = i64>) -> Self {
        Units::Amounts((0..).zip(of).map(|(unit, amount)| Amount { unit, amount }).collect())
    }

    /// How many.
    pub fn count(&self) -> u32 {
        match self {
            Units::Alike(n) => *n,
            Units::Amounts(amounts) => u32::try_from(amounts.len()).unwrap_or(u32::MAX),
        }
    }
}

/// A claim that is known to the owner from before: what a recount found in the database and in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Whose.
    pub user: UserId,
    /// Under which token.
    pub token: Token,
    /// How many units.
    pub qty: u32,
    /// Which amount, in a pool of amounts.
    pub amount: Option<Amount>,
    /// When it was taken.
    pub at: Time,
    /// It was given back; its token stays used.
    pub given_back: bool,
}

/// What makes a pool, for the first time or again after its data was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Which pool.
    pub pool: PoolId,
    /// 1 at first; one more each time that the pool is counted anew.
    pub epoch: u64,
    /// Its rules.
    pub terms: Terms,
    /// What may be claimed now, without what is carried.
    pub left: Units,
    /// Claims of earlier epochs: they count for limits and tokens, and are not delivered again.
    pub carried: Vec<Carried>,
}

/// What became of an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It stands now.
    Now,
    /// It stood already, under this epoch.
    Already,
    /// A higher epoch stands.
    Stale,
    /// A lower epoch stands and is not closed: close it, count, and open again.
    StillOpen,
    /// It stands under this epoch on data that may be old: count, and open it under a higher one.
    Doubtful,
}

/// A wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// From which pool.
    pub pool: PoolId,
    /// Under which epoch its owner knows it; under another one nothing is taken.
    pub epoch: u64,
    /// For whom.
    pub user: UserId,
    /// How many units, `1..=`[`MAX_QTY`]; 1 in a pool of amounts.
    pub qty: u32,
    /// Which wish.
    pub token: Token,
}

/// Units that were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// From which pool; of a split one, the part that keeps the user's count.
    pub pool: PoolId,
    /// Under which epoch.
    pub epoch: u64,
    /// Its place in the line of this pool and epoch, from 1, without gaps.
    pub seq: u64,
    /// Whose.
    pub user: UserId,
    /// Under which token.
    pub token: Token,
    /// How many units.
    pub qty: u32,
    /// Which amount, in a pool of amounts.
    pub amount: Option<Amount>,
    /// When.
    pub at: Time,
    /// It was given back since.
    pub given_back: bool,
}

/// The answer to a wish. Only what was taken is remembered: a loser may ask again, with the same token too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is his, and durable.
    Taken(Claim),
    /// This token took these units before; nothing more was taken.
    Duplicate(Claim),
    /// At some moment during the call there was less than he asked for.
    SoldOut,
    /// The user has all that he may have.
    Limited,
    /// Before the window, after it, or closed by its owner.
    NotOpen,
    /// No such pool under this epoch: never opened here, forgotten, or its data was lost and waits for a recount.
    Closed,
    /// Too many are asking; nothing was taken; ask again.
    Busy,
}

/// What became of a give-back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// Units and limit are back.
    Now,
    /// They were already.
    Already,
    /// No such claim in the pool's present epoch: whoever counted it anew has these units among the rest.
    Unknown,
}

/// Where a pool stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which pool.
    pub pool: PoolId,
    /// Its epoch.
    pub epoch: u64,
    /// Its rules.
    pub terms: Terms,
    /// Closed by its owner.
    pub shut: bool,
    /// Units that it was opened with, carried claims included.
    pub opened: u64,
    /// Units that may be claimed.
    pub left: u64,
    /// Units that are claimed and not given back.
    pub taken: u64,
    /// Units that were given back, in all.
    pub given_back: u64,
    /// Units that came from other parts, in all.
    pub received: u64,
    /// Units that went to other parts, in all.
    pub lent: u64,
    /// Claims so far; the highest place in the line.
    pub claims: u64,
    /// Up to which place they are acknowledged.
    pub acknowledged: u64,
}

/// Names a loan from one part of a pool to another. The lender's epoch and number make it unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LoanId {
    /// Which part lends.
    pub from: u16,
    /// In which epoch.
    pub epoch: u64,
    /// Its number there, from 1.
    pub number: u64,
}

/// Units on their way from one part to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loan {
    /// Its name.
    pub id: LoanId,
    /// To which part.
    pub to: u16,
    /// What.
    pub units: Units,
}

/// What one look at a part shows; two equal looks mean that nothing happened between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    /// Its epoch.
    pub epoch: u64,
    /// Units left, and those on their way from here.
    pub available: u32,
    /// Changes with each change of the part.
    pub revision: u32,
}

/// A number that spreads pools, and parts of one pool too. It must stay the same over versions: what is kept lies where it says.
pub(crate) fn spread(pool: PoolId) -> u64 {
    let x = pool.number.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ u64::from(pool.part).wrapping_mul(0xd1b5_4a32_d192_ed03);
    x ^ (x >> 29)
}
