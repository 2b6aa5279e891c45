//! Ids: 63-bit numbers made here, never by a database. Text in JSON (JavaScript loses numbers over
//! 2^53), `BIGINT` in databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};

use crate::{Clock, Time};

/// 2026-01-01T00:00:00Z: ids count milliseconds from here (41 bits, until 2095).
const EPOCH_MS: i64 = 1_767_225_600_000;
const SEQUENCE_BITS: u32 = 12;
const NODE_BITS: u32 = 10;

/// Makes ids that are unique over nodes (0–1023), rise over time, and survive a clock that steps back.
#[derive(Clone, Debug)]
pub struct Ids {
    clock: Clock,
    node: i64,
    last: Arc<AtomicI64>,
}

impl Ids {
    /// Ids of one node. Two processes that write to the same database need different nodes.
    pub fn new(clock: Clock, node: u16) -> Self {
        Ids { clock, node: i64::from(node & 0x3ff), last: Arc::default() }
    }

    /// A new number: milliseconds, sequence, node. The sequence runs over into the milliseconds when one
    /// millisecond is not enough, so a burst borrows from the future instead of waiting.
    pub fn next(&self) -> i64 {
        let floor = (self.clock.now().0 - EPOCH_MS).max(0) << SEQUENCE_BITS;
        let step = |last: i64| Some((last + 1).max(floor));
        let ticket = match self.last.fetch_update(SeqCst, SeqCst, step) {
            Ok(last) | Err(last) => (last + 1).max(floor),
        };
        ticket << NODE_BITS | self.node
    }

    /// When an id was made, as its node's clock had it; a burst may have borrowed some milliseconds.
    pub fn made_at(id: i64) -> Time {
        Time((id >> (SEQUENCE_BITS + NODE_BITS)) + EPOCH_MS)
    }

    /// A new id of a type.
    pub fn make<T: From<i64>>(&self) -> T {
        T::from(self.next())
    }
}

/// Declares id types: a number inside, text in JSON, a value in SQL.
#[macro_export]
macro_rules! id_types {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);
        $crate::sql_number!($name);
        impl From<i64> for $name { fn from(n: i64) -> Self { Self(n) } }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{}", self.0) }
        }
        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(s: &str) -> Result<Self, Self::Err> { s.parse().map(Self) }
        }
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(&self.0) }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as $crate::serde::Deserialize>::deserialize(d)?;
                let digits = !text.is_empty() && text.len() <= 19 && text.bytes().all(|b| b.is_ascii_digit());
                let number = if digits { text.parse().ok() } else { None };
                number.map(Self).ok_or_else(|| $crate::serde::de::Error::custom("not an id"))
            }
        }
        impl $crate::utoipa::PartialSchema for $name {
            fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::schema::Schema> { $crate::ids::id_schema() }
        }
        impl $crate::utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
        }
    )*};
}

/// Makes a `struct X(pub i64)` usable as a value and a column in SQL.
#[macro_export]
macro_rules! sql_number {
    ($name:ident) => {
        impl From<$name> for $crate::sea_orm::Value {
            fn from(v: $name) -> Self {
                Self::BigInt(Some(v.0))
            }
        }
        impl $crate::sea_orm::sea_query::Nullable for $name {
            fn null() -> $crate::sea_orm::Value {
                $crate::sea_orm::Value::BigInt(None)
            }
        }
        impl $crate::sea_orm::TryGetable for $name {
            fn try_get_by<I: $crate::sea_orm::ColIdx>(
                r: &$crate::sea_orm::QueryResult,
                i: I,
            ) -> Result<Self, $crate::sea_orm::TryGetError> {
                <i64 as $crate::sea_orm::TryGetable>::try_get_by(r, i).map(Self)
            }
        }
    };
}

/// How an id looks in the API description: digits as text.
pub fn id_schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9]{1,19}$")).description(Some("A number, as text")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_and_differ_over_nodes_and_bursts() {
        let clock = Clock::manual(Time(EPOCH_MS + 5));
        let (a, b) = (Ids::new(clock.clone(), 1), Ids::new(clock, 2));
        let mut seen = std::collections::HashSet::new();
        let mut last = 0;
        for _ in 0..10_000 {
            let id = a.next();
            assert!(id > last);
            assert!(Ids::made_at(id).ms() - EPOCH_MS - 5 <= 3);
            last = id;
            assert!(seen.insert(id) && seen.insert(b.next()));
        }
    }
}
