//! Claims come into the books, a batch in a transaction. What the engine let through is judged once more: by the units that are left,
//! by the limit, by cancellations. A claim has one row, whoever brings it and however often.

use std::collections::{HashMap, HashSet};

use contract::seckill::{ReturnDue, WinDue};
use contract::{OrderId, UserId};
use kit::db::Tx;
use kit::{Error, Result, Time};
use rush::Claim;

use super::TicketState;
use crate::Seckill;
use crate::gate::pass::address_of;
use crate::store::item::ItemRow;
use crate::store::ticket::{self, TicketRow};

/// What became of a batch.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// Tickets that want an order.
    pub(crate) ordering: Vec<TicketRow>,
    /// The engine gave away more than the books have.
    pub(crate) oversold: bool,
}

/// What the books know of the people of a batch.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) barred: HashSet<UserId>,
    pub(crate) held: HashMap<UserId, i64>,
}

/// A verdict on a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Sold,
    Refused(&'static str),
    /// It was given back before it came here.
    Lost,
}

/// Judges claims in the order of the line. Pure.
pub(crate) fn judge(claims: &[&Claim], limit: i64, known: &Known) -> Vec<Verdict> {
    let mut held = known.held.clone();
    let one = |claim: &&Claim| {
        let user = UserId(claim.user.0);
        let has = held.entry(user).or_default();
        if claim.given_back {
            Verdict::Lost
        } else if known.barred.contains(&user) {
            Verdict::Refused("barred")
        } else if *has + i64::from(claim.qty) > limit {
            Verdict::Refused("limited")
        } else {
            *has += i64::from(claim.qty);
            Verdict::Sold
        }
    };
    claims.iter().map(one).collect()
}

impl Seckill {
    /// Takes claims of one pool and epoch into the books, oldest first. Those that are there already are left out of the answer.
    pub(crate) async fn take_in(&self, item: &ItemRow, claims: &[Claim]) -> Result<Taken> {
        let (Some(first), Some(last)) = (claims.first(), claims.last()) else { return Ok(Taken::default()) };
        let (line, seqs) = ((number(first.epoch)?, i32::from(first.pool.part)), (number(first.seq)?, number(last.seq)?));
        let tokens: Vec<String> = claims.iter().map(|claim| claim.token.to_string()).collect();
        kit::tx!(self.db, |tx| {
            if !ticket::lock_item(&tx, item.id).await? {
                return Err(Error::internal(format!("item {} is gone", item.id)));
            }
            let before = ticket::known(&tx, item.id, &tokens, line, seqs).await?;
            let (mut by_token, mut by_place) = (HashSet::new(), HashSet::new());
            for known in &before {
                by_token.insert(known.token.as_str());
                if (known.epoch, known.part) == line {
                    by_place.insert(known.seq);
                }
            }
            let mut fresh: Vec<&Claim> = Vec::new();
            for (claim, token) in claims.iter().zip(&tokens) {
                if !by_token.contains(token.as_str()) && !by_place.contains(&number(claim.seq)?) {
                    fresh.push(claim);
                }
            }
            if fresh.is_empty() {
                return Ok(Taken::default());
            }
            self.enter(&tx, item, &fresh).await
        })
    }

    /// Judges claims that are new, counts what is sold, and writes their rows with what follows.
    async fn enter(&self, tx: &Tx, item: &ItemRow, fresh: &[&Claim]) -> Result<Taken> {
        let users: Vec<UserId> = fresh.iter().map(|claim| UserId(claim.user.0)).collect::<HashSet<_>>().into_iter().collect();
        let known = Known {
            barred: ticket::barred(tx, item.activity, &users, self.settings.cancels).await?,
            held: ticket::held(tx, item.id, &users).await?,
        };
        let mut verdicts = judge(fresh, i64::from(item.buy_limit), &known);
        let sold: i64 = fresh.iter().zip(&verdicts).filter(|(_, v)| **v == Verdict::Sold).map(|(c, _)| i64::from(c.qty)).sum();
        let mut oversold = false;
        if sold > 0 && !ticket::sell(tx, item.id, sold).await? {
            for (claim, verdict) in fresh.iter().zip(&mut verdicts) {
                if *verdict == Verdict::Sold && !ticket::sell(tx, item.id, i64::from(claim.qty)).await? {
                    (*verdict, oversold) = (Verdict::Refused("sold_out"), true);
                }
            }
        }
        let due = tx.now() + self.settings.gate.order_within;
        let pay_s = i32::try_from(self.settings.gate.pay_within.as_secs()).map_err(Error::internal)?;
        let rows = fresh.iter().zip(&verdicts).map(|(claim, verdict)| row(tx, item, claim, *verdict, (pay_s, due)));
        let rows = rows.collect::<Result<Vec<TicketRow>>>()?;
        ticket::insert(tx, &rows).await?;
        for row in rows.iter().filter(|row| row.state == TicketState::Refused.name() && row.returned == 0) {
            tx.publish(&ReturnDue { order: row.order_id }).await?;
        }
        let ordering: Vec<TicketRow> = rows.into_iter().filter(|row| row.state == TicketState::Ordering.name()).collect();
        // One timer for all of them: whoever hears it looks at everything of the item that is late.
        if let Some(last) = ordering.last() {
            tx.publish_at(&WinDue { order: last.order_id }, due).await?;
        }
        Ok(Taken { ordering, oversold })
    }
}

fn number(n: u64) -> Result<i64> {
    i64::try_from(n).map_err(Error::internal)
}

fn row(tx: &Tx, item: &ItemRow, claim: &Claim, verdict: Verdict, (pay_s, due): (i32, Time)) -> Result<TicketRow> {
    let (state, reason, returned) = match verdict {
        Verdict::Sold => (TicketState::Ordering, "", 0),
        // There is no such unit: it must not be had by the next one either.
        Verdict::Refused("sold_out") => (TicketState::Refused, "sold_out", 1),
        Verdict::Refused(reason) => (TicketState::Refused, reason, 0),
        Verdict::Lost => (TicketState::Failed, "lost", 1),
    };
    Ok(TicketRow {
        order_id: tx.id::<OrderId>(),
        activity_id: item.activity,
        item_id: item.id,
        epoch: number(claim.epoch)?,
        part: i32::from(claim.pool.part),
        seq: number(claim.seq)?,
        user_id: UserId(claim.user.0),
        token: claim.token.to_string(),
        qty: i32::try_from(claim.qty).map_err(Error::internal)?,
        address_id: address_of(claim.token),
        state: state.name().into(),
        reason: reason.into(),
        returned,
        pay_s,
        taken_ms: claim.at,
        due_ms: due,
        changed_ms: tx.now(),
    })
}
