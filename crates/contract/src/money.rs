//! Money: whole fen (1/100 yuan), checked, never a float.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in fen. An integer in JSON (`…_fen`), `BIGINT` in databases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

kit::sql_number!(Fen);

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);

    /// The sum, unless it overflows.
    pub fn plus(self, other: Fen) -> Option<Fen> {
        self.0.checked_add(other.0).map(Fen)
    }

    /// The difference, unless it overflows.
    pub fn minus(self, other: Fen) -> Option<Fen> {
        self.0.checked_sub(other.0).map(Fen)
    }

    /// The amount `n` times, unless it overflows.
    pub fn times(self, n: u32) -> Option<Fen> {
        self.0.checked_mul(i64::from(n)).map(Fen)
    }

    /// The sum of many, unless it overflows.
    pub fn sum(amounts: impl IntoIterator<Item = Fen>) -> Option<Fen> {
        amounts.into_iter().try_fold(Fen::ZERO, Fen::plus)
    }

    /// Splits the amount in proportion to the weights by largest remainder, ties to the earlier: shares sum exactly,
    /// no share exceeds its weight when the amount does not exceed their sum. Weights and amount must not be negative.
    /// With weights that are all zero everything falls to the first.
    pub fn split(self, weights: &[Fen]) -> Vec<Fen> {
        let total: i128 = weights.iter().map(|w| i128::from(w.0)).sum();
        if total <= 0 {
            return (0..weights.len()).map(|i| if i == 0 { self } else { Fen::ZERO }).collect();
        }
        let amount = i128::from(self.0);
        let exact = |w: &Fen| amount * i128::from(w.0);
        let mut shares: Vec<i128> = weights.iter().map(|w| exact(w) / total).collect();
        let mut left = amount - shares.iter().sum::<i128>();
        let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
        by_remainder.sort_by_key(|&i| (std::cmp::Reverse(exact(&weights[i]) % total), i));
        for i in by_remainder {
            if left == 0 {
                break;
            }
            shares[i] += 1;
            left -= 1;
        }
        shares.into_iter().map(|s| Fen(i64::try_from(s).unwrap_or(i64::MAX))).collect()
    }
}

/// `12.00`, without a sign of currency.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl utoipa::PartialSchema for Fen {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .description(Some("Amount in fen (1/100 yuan)"))
            .into()
    }
}

impl utoipa::ToSchema for Fen {
    fn name() -> std::borrow::Cow<'static, str> {
        "Fen".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn shares_sum_and_stay_within_their_lines(
            lines in proptest::collection::vec(0i64..10_000_000, 1..40), per_mille in 0i64..=1000
        ) {
            let weights: Vec<Fen> = lines.iter().copied().map(Fen).collect();
            let amount = Fen(lines.iter().sum::<i64>() * per_mille / 1000);
            let shares = amount.split(&weights);
            proptest::prop_assert_eq!(Fen::sum(shares.iter().copied()), Some(amount));
            for (share, weight) in shares.iter().zip(&weights) {
                proptest::prop_assert!(*share >= Fen::ZERO && share <= weight);
            }
        }
    }

    #[test]
    fn ties_go_to_the_earlier_line() {
        assert_eq!(Fen(100).split(&[Fen(1), Fen(1), Fen(1)]), [Fen(34), Fen(33), Fen(33)]);
        assert_eq!(Fen(-1205).to_string(), "-12.05");
    }
}
