//! Notifications: how the channel writes, signs and repeats them, and how the mall reads them. The reader trusts nothing: a header
//! that is absent or stands twice, a field that is missing, an old signature, another merchant are all the same refusal.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use contract::fault::BAD_SIGNATURE;
use contract::thirdparty::{Notice, NoticeDue, RawNotice};
use contract::{AttemptId, Fen};
use kit::{Error, Result, Time, random};
use serde::{Deserialize, Serialize};

use super::Cashier;
use crate::store::trade::{self, Waiting};

/// The only thing that the demo cashier tells.
pub(super) const PAID: &str = "TRADE_SUCCESS";
/// The answer that ends the repeating.
const SUCCESS: &str = "success";

/// The body on the wire.
#[derive(Serialize, Deserialize)]
struct Body {
    notice_id: String,
    merchant_id: String,
    out_trade_no: AttemptId,
    channel_trade_no: String,
    amount_fen: Fen,
    currency: String,
    paid_at: Time,
    event: String,
}

/// How a delivery ended.
enum Delivered {
    Taken,
    Lost,
    NotYet,
}

impl Cashier {
    /// Delivers a notification that is due, and queues the next delivery until the mall says `success`.
    pub async fn deliver(&self, due: &NoticeDue, event: i64) -> Result<()> {
        let Some(waiting) = trade::notice(&self.db, &due.notice).await? else { return Ok(()) };
        if waiting.state != "waiting" {
            return Ok(());
        }
        let outcome =
            if self.faults.drop_notices.load(SeqCst) { Delivered::Lost } else { self.post(&due.notice, &waiting).await? };
        let tried = due.tried + 1;
        let pause = usize::try_from(tried).ok().and_then(|n| self.settings.notice_pauses_s.get(n));
        kit::tx!(self.db, |tx| {
            if !tx.first_time("thirdparty.deliver_notice", event).await? {
                return Ok(());
            }
            match (&outcome, pause) {
                (Delivered::Taken, _) => trade::mark_notice(&tx, &due.notice, "done").await,
                (Delivered::Lost, _) => trade::mark_notice(&tx, &due.notice, "lost").await,
                (Delivered::NotYet, None) => trade::mark_notice(&tx, &due.notice, "given_up").await,
                (Delivered::NotYet, Some(pause_s)) => {
                    trade::mark_notice(&tx, &due.notice, "waiting").await?;
                    let next = NoticeDue { notice: due.notice.clone(), tried };
                    tx.publish_at(&next, tx.now() + Duration::from_secs(*pause_s)).await
                }
            }
        })
    }

    async fn post(&self, id: &str, waiting: &Waiting) -> Result<Delivered> {
        let body = self.body(id, waiting).await?;
        let timestamp = (self.now().ms() / 1000).to_string();
        let nonce = random::token();
        let signature = self.keys.sign(&timestamp, &nonce, &body, self.faults.forge_signature.load(SeqCst))?;
        let headers = [
            ("x-demo-timestamp", timestamp),
            ("x-demo-nonce", nonce),
            ("x-demo-signature", signature),
            ("x-demo-key-id", self.keys.verifier().key_id.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        let mut outcome = Delivered::NotYet;
        for _ in 0..self.faults.copies.load(SeqCst).max(1) {
            match self.outlet.post(&self.settings.notify_url, &headers, &body).await {
                Ok((200, answer)) if answer == SUCCESS => outcome = Delivered::Taken,
                Ok((status, _)) => tracing::debug!(notice = id, status, "a notification was not taken"),
                Err(e) => tracing::debug!(notice = id, error = %e, "a notification did not arrive"),
            }
        }
        Ok(outcome)
    }

    async fn body(&self, id: &str, waiting: &Waiting) -> Result<String> {
        let incomplete = || Error::internal("a notification about a trade that is not paid");
        let trade = trade::by_number(&self.db, waiting.out_trade_no).await?.ok_or_else(incomplete)?;
        let (Some(channel_trade_no), Some(paid_ms)) = (trade.channel_trade_no, trade.paid_ms) else { return Err(incomplete()) };
        let merchant = if self.faults.other_merchant.load(SeqCst) { "SOMEBODY-ELSE" } else { self.settings.merchant_id.as_str() };
        let currency = if self.faults.other_currency.load(SeqCst) { "JPY".to_owned() } else { trade.currency };
        let body = Body {
            notice_id: id.to_owned(),
            merchant_id: merchant.to_owned(),
            out_trade_no: trade.out_trade_no,
            channel_trade_no,
            amount_fen: Fen(trade.amount_fen.0.saturating_add(self.faults.amount_off_fen.load(SeqCst))),
            currency,
            paid_at: Time(paid_ms),
            event: waiting.event.clone(),
        };
        Ok(serde_json::to_string(&body)?)
    }

    /// A genuine signature and the key's id, for bodies that the cashier itself would not write.
    #[cfg(test)]
    pub fn sign_for_test(&self, timestamp: &str, nonce: &str, body: &str) -> (String, String) {
        (self.keys.sign(timestamp, nonce, body, false).unwrap(), self.keys.verifier().key_id.clone())
    }

    /// Reads a notification as the mall does: `bad_signature` unless it is genuine, ours, complete and fresh.
    pub fn read_notice(&self, raw: &RawNotice) -> Result<Notice> {
        let timestamp = header(raw, "x-demo-timestamp")?;
        let nonce = header(raw, "x-demo-nonce")?;
        let verifier = self.keys.verifier();
        if header(raw, "x-demo-key-id")? != verifier.key_id {
            return Err(refuse("another key"));
        }
        if !verifier.accepts(timestamp, nonce, &raw.body, header(raw, "x-demo-signature")?) {
            return Err(refuse("the signature does not fit"));
        }
        let sent: i64 = timestamp.parse().map_err(|_| refuse("no timestamp"))?;
        let sent = Time(sent.saturating_mul(1000));
        let now = self.now();
        if now.since(sent) > self.settings.notice_window || sent.since(now) > self.settings.notice_window {
            return Err(refuse("signed too long ago, or in the future"));
        }
        let body: Body = serde_json::from_str(&raw.body).map_err(|e| refuse(&e.to_string()))?;
        if body.merchant_id != self.settings.merchant_id {
            return Err(refuse("meant for another merchant"));
        }
        let is_currency = body.currency.len() == 3 && body.currency.bytes().all(|b| b.is_ascii_uppercase());
        let is_named = (1..=64).contains(&body.notice_id.len()) && (1..=64).contains(&body.channel_trade_no.len());
        if body.event != PAID || !is_currency || !is_named {
            return Err(refuse("a field is not as agreed"));
        }
        Ok(Notice {
            notice_id: body.notice_id,
            out_trade_no: body.out_trade_no,
            channel_trade_no: body.channel_trade_no,
            amount_fen: body.amount_fen,
            currency: body.currency,
            paid_at: body.paid_at,
        })
    }
}

fn refuse(why: &str) -> Error {
    BAD_SIGNATURE.because(why)
}

/// A header that must stand there once.
fn header<'a>(raw: &'a RawNotice, name: &str) -> Result<&'a str> {
    let mut found = raw.headers.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
    match (found.next(), found.next()) {
        (Some(value), None) if !value.is_empty() => Ok(value),
        _ => Err(refuse(&format!("{name} is absent or doubled"))),
    }
}
