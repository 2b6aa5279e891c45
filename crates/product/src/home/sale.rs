//! Flash sales as far as other pages show them: the strip of the home page, and whether there is one at all. What is sold there, to
//! whom and how many are left, the flash sale itself knows.

use contract::seckill::{SeckillCard, SeckillOffline, SeckillOnline};
use contract::{ActivityId, AllotmentId, Fen, SpuId};
use kit::{Result, Time};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Product;
use crate::store::sale as store;

/// Cards of the strip.
const CARDS: usize = 8;

/// A product in the strip.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HomeSeckillCard {
    /// The variant in its session.
    pub item_id: AllotmentId,
    /// The product.
    pub spu_id: SpuId,
    /// Title of the product.
    pub title: String,
    /// Its picture, as a path below the media root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Price in the session.
    pub price_fen: Fen,
    /// Price outside of it.
    pub usual_price_fen: Fen,
}

impl From<SeckillCard> for HomeSeckillCard {
    fn from(c: SeckillCard) -> Self {
        let SeckillCard { item, spu, title, picture, price_fen, usual_price_fen, .. } = c;
        HomeSeckillCard { item_id: item, spu_id: spu, title, picture, price_fen, usual_price_fen }
    }
}

/// The session that runs, or the next one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HomeSeckill {
    /// The session.
    pub id: ActivityId,
    /// Its title.
    pub title: String,
    /// When it begins.
    pub starts_at: Time,
    /// When it ends.
    pub ends_at: Time,
    /// The first of its products.
    pub items: Vec<HomeSeckillCard>,
}

/// What is shown of flash sales at a moment.
pub struct SalesNow {
    /// The strip of the home page.
    pub strip: Option<HomeSeckill>,
    /// When that changes by itself.
    pub until: Time,
}

/// The session that runs (of several the one that ends first), or the next; and until when that is so. Pure.
fn choose(rows: Vec<store::Sale>, now: Time) -> (Option<store::Sale>, Time) {
    let mut open: Vec<store::Sale> = rows.into_iter().filter(|s| now < s.ends_ms).collect();
    let turns = open.iter().flat_map(|s| [s.starts_ms, s.ends_ms]);
    let until = turns.filter(|at| *at > now).min().unwrap_or(Time(i64::MAX));
    let waits = |s: &store::Sale| now < s.starts_ms;
    open.sort_by_key(|s| (waits(s), if waits(s) { s.starts_ms } else { s.ends_ms }, s.activity_id));
    (open.into_iter().next(), until)
}

impl Product {
    /// What is shown of flash sales now.
    pub(crate) async fn sales_at(&self, now: Time) -> Result<SalesNow> {
        let (sale, until) = choose(store::online(&self.db).await?, now);
        let strip = |s: store::Sale| -> Result<HomeSeckill> {
            let cards: Vec<SeckillCard> = serde_json::from_str(&s.cards)?;
            Ok(HomeSeckill {
                id: s.activity_id,
                title: s.title,
                starts_at: s.starts_ms,
                ends_at: s.ends_ms,
                items: cards.into_iter().take(CARDS).map(HomeSeckillCard::from).collect(),
            })
        };
        Ok(SalesNow { strip: sale.map(strip).transpose()?, until })
    }

    /// A session may be seen, or changed.
    pub(crate) async fn sale_online(&self, news: &SeckillOnline) -> Result<()> {
        let sale = store::Sale {
            activity_id: news.activity,
            version: news.version,
            title: news.title.clone(),
            starts_ms: news.starts,
            ends_ms: news.ends,
            cards: serde_json::to_string(&news.cards)?,
        };
        kit::tx!(self.db, |tx| store::keep(&tx, &sale, true).await)?;
        self.front_changed();
        Ok(())
    }

    /// A session is over.
    pub(crate) async fn sale_offline(&self, news: &SeckillOffline) -> Result<()> {
        let (activity_id, version) = (news.activity, news.version);
        let over =
            store::Sale { activity_id, version, title: String::new(), starts_ms: Time(0), ends_ms: Time(0), cards: "[]".into() };
        kit::tx!(self.db, |tx| store::keep(&tx, &over, false).await)?;
        self.front_changed();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sale(id: i64, starts: i64, ends: i64) -> store::Sale {
        let (starts_ms, ends_ms) = (Time(starts), Time(ends));
        store::Sale { activity_id: ActivityId(id), version: 1, title: String::new(), starts_ms, ends_ms, cards: "[]".into() }
    }

    fn chosen(now: i64) -> (Option<i64>, i64) {
        let rows = vec![sale(1, 50, 60), sale(2, 10, 40), sale(3, 20, 30)];
        let (sale, until) = choose(rows, Time(now));
        (sale.map(|s| s.activity_id.0), until.0)
    }

    #[test]
    fn what_runs_comes_before_what_is_next_and_nothing_after_the_last() {
        assert_eq!(chosen(5), (Some(2), 10));
        assert_eq!(chosen(10), (Some(2), 20));
        assert_eq!(chosen(20), (Some(3), 30), "of two the one that ends first");
        assert_eq!(chosen(30), (Some(2), 40));
        assert_eq!(chosen(40), (Some(1), 50));
        assert_eq!(chosen(59), (Some(1), 60));
        assert_eq!(chosen(60), (None, i64::MAX));
    }
}
