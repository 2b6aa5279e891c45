//! Wins: what became of each that was to be placed.

use contract::order::WonOutcome;
use contract::{OrderId, UserId};
use kit::db::{Tx, marks};
use kit::sea_orm::{self, FromQueryResult};
use kit::{Error, Result, values};

use super::Rows;

/// The outcome that is no fault's code.
const PLACED: &str = "placed";

/// What became of a win.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct WonRow {
    /// Number of its order.
    pub order_id: OrderId,
    /// Digest of what was won.
    pub digest: String,
    outcome: String,
}

impl WonRow {
    /// What became of it.
    pub fn outcome(&self) -> WonOutcome {
        if self.outcome == PLACED { WonOutcome::Placed } else { WonOutcome::Refused(self.outcome.clone()) }
    }

    /// The row of an outcome.
    pub fn new(order_id: OrderId, digest: String, outcome: &WonOutcome) -> Self {
        let outcome = match outcome {
            WonOutcome::Placed => PLACED.to_owned(),
            WonOutcome::Refused(code) => code.clone(),
        };
        WonRow { order_id, digest, outcome }
    }
}

/// What became of these wins; those that were never heard of are left out.
pub async fn outcomes(from: &impl Rows, orders: &[OrderId]) -> Result<Vec<WonRow>> {
    let sql = format!("select order_id, digest, outcome from won where order_id in ({})", marks(orders.len()));
    from.rows(&sql, orders.iter().map(|id| (*id).into()).collect()).await
}

/// Keeps what became of wins, all in one statement; false, and none is kept, when one of them is known.
pub async fn insert_outcomes(tx: &Tx, rows: &[WonRow]) -> Result<bool> {
    let marks = vec!["(?, ?, ?, ?)"; rows.len()].join(", ");
    let sql = format!("insert into won (order_id, digest, outcome, at_ms) values {marks}");
    let values = rows.iter().flat_map(|row| values![row.order_id, row.digest.as_str(), row.outcome.as_str(), tx.now()]);
    tx.insert_new(&sql, values.collect()).await
}

/// Counts so many more unpaid orders of a shopper, past any limit.
pub async fn more_unpaid(tx: &Tx, user: UserId, more: i64) -> Result<()> {
    let sql = "update unpaid_count set n = n + ? where user_id = ?";
    if tx.run(sql, values![more, user]).await? == 1
        || tx.insert_new("insert into unpaid_count (user_id, n) values (?, ?)", values![user, more]).await?
        || tx.run(sql, values![more, user]).await? == 1
    {
        return Ok(());
    }
    Err(Error::internal(format!("unpaid orders of {user} could not be counted")))
}
