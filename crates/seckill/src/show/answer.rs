//! The answers, from what stands ready.

use bytes::Bytes;
use contract::fault::NOT_FOUND;
use contract::{AllotmentId, SpuId};
use kit::Result;

use super::view::{
    SeckillCardView, SeckillItem, SeckillLive, SeckillLiveState, SeckillOfSpu, SeckillSessionHead, SeckillSpuCard,
};
use crate::Seckill;

impl Seckill {
    /// The sessions that may be seen, as JSON.
    pub(crate) async fn sessions(&self) -> Result<Bytes> {
        let shown = self.shown().await?;
        let head = format!("{{\"now\":\"{}\",\"items\":", self.db.clock().now());
        Ok([head.as_bytes(), &shown.sessions, b"}"].concat().into())
    }

    /// A variant in a session that may be seen; `not_found` otherwise.
    pub(crate) async fn item(&self, id: AllotmentId) -> Result<SeckillItem> {
        let (shown, now) = (self.shown().await?, self.db.clock().now());
        let (session, item) = shown.online.find(id).ok_or(NOT_FOUND)?;
        let state = session.state(now).ok_or(NOT_FOUND)?;
        let figures = shown.figures.get(&id).copied().unwrap_or_default();
        Ok(SeckillItem {
            id,
            session: SeckillSessionHead::of(session, state),
            sku_id: item.sku,
            spu_id: item.spu,
            title: item.title.clone(),
            subtitle: item.subtitle.clone(),
            specs: item.specs.clone(),
            picture: item.picture.clone(),
            price_fen: item.price_fen,
            list_price_fen: item.usual_price_fen,
            quota: item.quota,
            limit: item.buy_limit,
            now,
            left: figures.left,
            in_line: figures.in_line,
        })
    }

    /// How a variant in a session stands, also for a while after the session; `not_found` otherwise.
    pub(crate) async fn live(&self, id: AllotmentId) -> Result<SeckillLive> {
        let (shown, now) = (self.shown().await?, self.db.clock().now());
        let (state, figures) = match shown.online.find(id) {
            Some((session, _)) => {
                let state = session.state(now).map_or(SeckillLiveState::Ended, SeckillLiveState::from);
                (state, shown.figures.get(&id).copied().unwrap_or_default())
            }
            None => (SeckillLiveState::Ended, *shown.over.get(&id).ok_or(NOT_FOUND)?),
        };
        Ok(SeckillLive { now, state, left: figures.left, in_line: figures.in_line })
    }

    /// What of a product is in sessions that may be seen.
    pub(crate) async fn of_spu(&self, spu: SpuId) -> Result<SeckillOfSpu> {
        let (shown, now) = (self.shown().await?, self.db.clock().now());
        let mut items = Vec::new();
        for session in &shown.online.sessions {
            let Some(state) = session.state(now) else { continue };
            for item in session.items.iter().filter(|item| item.spu == spu) {
                let figures = shown.figures.get(&item.id).copied().unwrap_or_default();
                let session = SeckillSessionHead::of(session, state);
                items.push(SeckillSpuCard { card: SeckillCardView::of(item, figures), session });
            }
        }
        Ok(SeckillOfSpu { items })
    }
}
