//! A claim: the seal is opened, the engine is asked, and that is all. No database and no other service stands in the way, so a
//! claim takes as long as the engine's disk.

use std::sync::Arc;
use std::time::Instant;

use contract::fault::{SECKILL_BUSY, SECKILL_LIMITED, SECKILL_NOT_OPEN, SECKILL_SOLD_OUT};
use contract::{AllotmentId, UserId};
use kit::{Error, Result};
use rush::{Answer, Ask, PoolId};

use super::pass::Pass;
use crate::Seckill;
use crate::tickets::Ticket;

/// When one who was turned away may come again, seconds.
const COME_AGAIN_S: u32 = 1;

fn busy() -> Error {
    Error::from(SECKILL_BUSY).retry_after_s(COME_AGAIN_S)
}

fn name(answer: &Result<Answer>) -> &'static str {
    match answer {
        Ok(Answer::Taken(_)) => "taken",
        Ok(Answer::Duplicate(_)) => "duplicate",
        Ok(Answer::SoldOut) => "sold_out",
        Ok(Answer::Limited) => "limited",
        Ok(Answer::NotOpen) => "not_open",
        Ok(Answer::Closed) => "closed",
        Ok(Answer::Busy) => "busy",
        Err(_) => "failed",
    }
}

/// What was claimed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claimed {
    pub(crate) ticket: Ticket,
}

impl Seckill {
    /// Claims what a pass is for. The same pass again: the same ticket. Faults: `pass_expired`, `seckill_not_open` (too early:
    /// `opens_at`), `seckill_sold_out`, `seckill_limited`, `seckill_busy` (nothing is known about the claim: come again with the same pass).
    pub(crate) async fn claim(self: &Arc<Self>, user: UserId, pass: &str) -> Result<Claimed> {
        let now = self.core.clock.now();
        let pass = Pass::open(&self.core.keys, pass, user, now)?;
        let mut online = self.online();
        if online.find(pass.item).is_none() {
            // Nobody has asked this process for a while: what it knows is old. One reads it for all.
            online = self.online_now().await?;
        }
        let (session, item) = online.find(pass.item).ok_or(SECKILL_NOT_OPEN)?;
        if now < session.starts {
            return Err(SECKILL_NOT_OPEN.with(serde_json::json!({ "opens_at": session.starts })));
        }
        let _place = self.gate.claims.enter().await.map_err(|_| {
            metrics::counter!("seckill_claims_total", "answer" => "turned_away").increment(1);
            busy()
        })?;
        let ask = Ask {
            pool: PoolId::from(pass.item.0),
            epoch: item.epoch,
            user: rush::UserId(user.0),
            qty: pass.qty,
            token: pass.token(),
        };
        let began = Instant::now();
        let answer = self.pool(item).claim(ask).await;
        metrics::histogram!("seckill_claim_seconds").record(began.elapsed().as_secs_f64());
        metrics::counter!("seckill_claims_total", "answer" => name(&answer)).increment(1);
        self.told(pass.item, answer)
    }

    fn told(self: &Arc<Self>, item: AllotmentId, answer: Result<Answer>) -> Result<Claimed> {
        let claim = match answer {
            // Also for one who asks again: whoever was to serve him may have died.
            Ok(Answer::Taken(claim) | Answer::Duplicate(claim)) => {
                self.wake();
                claim
            }
            Ok(Answer::SoldOut) => return Err(SECKILL_SOLD_OUT.into()),
            Ok(Answer::Limited) => return Err(SECKILL_LIMITED.into()),
            Ok(Answer::NotOpen) => return Err(SECKILL_NOT_OPEN.into()),
            // It was counted anew and this process has not heard yet, or it waits to be.
            Ok(Answer::Closed) => {
                self.hear_again(item);
                return Err(busy());
            }
            Ok(Answer::Busy) => return Err(busy()),
            Err(e) => return Err(busy().because(e)),
        };
        Ok(Claimed { ticket: Ticket::of(&claim) })
    }
}
