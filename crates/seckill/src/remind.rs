//! Reminders: a shopper who asked for it is sent one text message shortly before a session starts.

use std::sync::Arc;

use contract::fault::{ACTIVITY_STATE, NOT_FOUND};
use contract::seckill::ReminderDue;
use contract::thirdparty::SmsTemplate;
use contract::user::TextShopper;
use contract::{AllotmentId, UserId};
use kit::db::Subscriptions;
use kit::{Ctx, Result};

use crate::Seckill;
use crate::state::{ActivityState, ItemState};
use crate::store::{activity, item, remind as store};

/// Listens to its timer.
pub(crate) fn hear(x: &Arc<Seckill>, s: &mut Subscriptions) {
    let seckill = x.clone();
    s.on::<ReminderDue, _, _>(move |ctx, timer, _| {
        let seckill = seckill.clone();
        async move { seckill.remind(&ctx, &timer).await }
    });
}

impl Seckill {
    /// Reminds a shopper of a variant in a session that is shown and has not begun. Again: the same answer.
    pub(crate) async fn add_reminder(&self, user: UserId, id: AllotmentId) -> Result<()> {
        kit::tx!(self.db, |tx| {
            let item = item::item(&tx, id).await?.filter(|i| i.state == ItemState::Attached).ok_or(NOT_FOUND)?;
            let session = activity::activity(&tx, item.activity).await?.ok_or(NOT_FOUND)?;
            match session.state {
                ActivityState::Online if session.starts > tx.now() => {}
                ActivityState::Online => return Err(ACTIVITY_STATE.because("it has begun")),
                _ => return Err(NOT_FOUND.into()),
            }
            let first = store::count(&tx, session.id, user).await? == 0;
            if store::insert(&tx, session.id, user, id).await? && first {
                let at = session.starts - self.settings.remind_before;
                tx.publish_at(&ReminderDue { activity: session.id, user }, at.max(tx.now())).await?;
            }
            Ok(())
        })
    }

    /// Does not remind. Again: the same answer.
    pub(crate) async fn delete_reminder(&self, user: UserId, id: AllotmentId) -> Result<()> {
        kit::tx!(self.db, |tx| store::delete(&tx, user, id).await)
    }

    /// What a shopper is reminded of.
    pub(crate) async fn reminders(&self, user: UserId) -> Result<Vec<AllotmentId>> {
        store::of_user(&self.db, user).await
    }

    /// Sends the message, unless there is nothing to tell any more. The message has a name: it is sent once, however often this runs.
    async fn remind(&self, ctx: &Ctx, due: &ReminderDue) -> Result<()> {
        let ReminderDue { activity: id, user } = *due;
        let told = kit::tx!(self.db, |tx| {
            let Some(session) = activity::activity(&tx, id).await? else { return Ok(None) };
            let items = store::count(&tx, id, user).await?;
            let awaited = session.state == ActivityState::Online && session.starts > tx.now();
            Ok((awaited && items > 0).then_some((session, items)))
        })?;
        let Some((session, items)) = told else { return Ok(()) };
        let time = session.starts.shanghai().get(11..16).unwrap_or_default().to_owned();
        let items = u32::try_from(items).unwrap_or(u32::MAX);
        let template = SmsTemplate::SeckillReminder { title: session.title, time, items };
        self.around.user.text(ctx, TextShopper { id: format!("seckill:{id}:{user}"), user, template }).await.map(|_| ())
    }
}
