//! An item that nobody has reviewed in time gets five stars without words: 系统默认好评. A follow-up may still be written.

use contract::product::ReviewDue;
use kit::{Ctx, Result};

use super::{SILENT, grade};
use crate::Product;
use crate::review::write::write_and_count;
use crate::store::review::{self as store, Written};

impl Product {
    /// Writes the automatic reviews of an order, each in a transaction of its own. Again: what is written is not open.
    pub(crate) async fn review_due(&self, ctx: &Ctx, timer: &ReviewDue) -> Result<()> {
        let open = store::open_of(&self.db, timer.order).await?;
        let Some(first) = open.first() else { return Ok(()) };
        let shown = self.author(ctx, first.user_id).await?;
        for row in &open {
            kit::tx!(self.db, |tx| {
                let written = Written {
                    score: SILENT,
                    grade: grade(SILENT),
                    words: "",
                    pictures: &[],
                    anonymous: false,
                    automatic: true,
                    author: &shown.nickname,
                    avatar: shown.avatar.as_deref(),
                    at: tx.now(),
                };
                // Whoever wrote one meanwhile was first.
                write_and_count(&tx, row.id, &written).await.map(drop)
            })?;
        }
        Ok(())
    }
}
