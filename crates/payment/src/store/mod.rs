//! The database of payments, one sentence of SQL each.

pub(crate) mod attempt;
pub(crate) mod money;
pub(crate) mod payment;
pub(crate) mod refund;

use contract::PaymentId;
use kit::{Result, Tx, values};

/// Writes down that something of a payment changed its state, and why.
pub(crate) async fn note(tx: &Tx, payment: PaymentId, what: &str, id: i64, new_state: &str, cause: &str) -> Result<()> {
    let sql = "insert into history (id, payment_id, what, what_id, new_state, cause, at_ms) values (?, ?, ?, ?, ?, ?, ?)";
    tx.run(sql, values![tx.id::<i64>(), payment, what, id, new_state, cause, tx.now()]).await.map(|_| ())
}
