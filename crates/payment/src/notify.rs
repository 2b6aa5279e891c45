//! What channels tell by themselves. Nothing is believed before the signature is; then the notification is kept and its money settled
//! in one transaction, and only after the commit the channel hears `success`. If anything fails, it tells again.

use contract::fault::{BAD_SIGNATURE, INVALID};
use contract::thirdparty::RawNotice;
use kit::{Ctx, Result};

use crate::Payment;
use crate::settle::{Fact, Settled, settle};
use crate::store::money;

impl Payment {
    /// Takes a notification. Again: nothing, and the same answer.
    pub(crate) async fn hear(&self, ctx: &Ctx, raw: RawNotice) -> Result<()> {
        let channel = raw.channel;
        let notice = match self.thirdparty.read_notice(ctx, raw).await {
            Ok(notice) => notice,
            Err(e) => {
                if e.is(BAD_SIGNATURE) {
                    metrics::counter!("payment_notices_refused_total", "channel" => channel.name()).increment(1);
                    tracing::warn!(channel = channel.name(), cause = e.cause().unwrap_or(""), "a notification is not genuine");
                }
                return Err(e);
            }
        };
        let fact = Fact {
            attempt: notice.out_trade_no,
            channel,
            channel_trade_no: notice.channel_trade_no,
            amount: notice.amount_fen,
            currency: notice.currency,
            paid_at: notice.paid_at,
            source: "notify",
        };
        let fits = kit::tx!(self.db, |tx| {
            if !money::insert_notice(&tx, &notice.notice_id, &fact).await? {
                return Ok(!money::was_refused(&tx, channel, &notice.notice_id).await?);
            }
            match settle(&tx, &fact).await? {
                Settled::Counts | Settled::Surplus | Settled::Known => Ok(true),
                Settled::Strange(kind) => {
                    money::refuse_notice(&tx, channel, &notice.notice_id, kind).await?;
                    Ok(false)
                }
            }
        })?;
        if fits { Ok(()) } else { Err(INVALID.because("the notification does not fit what was asked for")) }
    }
}
