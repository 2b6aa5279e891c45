//! What must have arrived: news, and the index that follows the catalogue.

use std::collections::BTreeMap;
use std::time::Duration;

use contract::SpuId;
use contract::product::DocumentsOf;
use contract::search::EntriesAfter;
use kit::sea_orm::{self, FromQueryResult};
use kit::{Ctx, Result, values};

use super::{Books, Finding, Rule, declare, finding};

pub(super) const RULES: &[Rule] = declare! {
    "X1" "the index says what the catalogue says: price, stock" index_follows;
    "X2" "what is on the shelf is in the index, and nothing else" index_is_whole;
    "X4" "news arrives, and none was given up" news;
};

/// How late news may be.
const LATE: Duration = Duration::from_secs(30);
/// Products compared at once.
const PAGE: u32 = 200;

/// Of a product: its lowest price, and whether it is in stock.
type Shown = BTreeMap<SpuId, (i64, bool)>;

async fn catalogue(books: &Books) -> Result<Option<Shown>> {
    let Some(product) = &books.product else { return Ok(None) };
    let mut shown = Shown::new();
    let mut after = SpuId(0);
    loop {
        let page = product.documents(&Ctx::house(), DocumentsOf::After { after, limit: PAGE }).await?;
        let Some(last) = page.last() else { return Ok(Some(shown)) };
        after = last.spu;
        shown.extend(page.iter().filter(|d| d.listed).map(|d| (d.spu, (d.price_fen.0, d.in_stock))));
    }
}

async fn index(books: &Books) -> Result<Option<Shown>> {
    let Some(search) = &books.search else { return Ok(None) };
    let mut shown = Shown::new();
    let mut after = SpuId(0);
    loop {
        let page = search.entries(&Ctx::house(), EntriesAfter { after, limit: PAGE }).await?;
        let Some(last) = page.last() else { return Ok(Some(shown)) };
        after = last.spu;
        shown.extend(page.iter().map(|e| (e.spu, (e.price_fen.0, e.in_stock))));
    }
}

/// What differs both times that one looks: news on its way arrives in between.
async fn differing(books: &Books, differ: impl Fn(&Shown, &Shown) -> Vec<Finding>) -> Result<Vec<Finding>> {
    let looked = async || -> Result<Vec<Finding>> {
        match (catalogue(books).await?, index(books).await?) {
            (Some(catalogue), Some(index)) => Ok(differ(&catalogue, &index)),
            _ => Ok(Vec::new()),
        }
    };
    let first = looked().await?;
    if first.is_empty() || books.quiesced {
        return Ok(first);
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    let second = looked().await?;
    Ok(second.into_iter().filter(|s| first.iter().any(|f| f.key == s.key)).collect())
}

async fn index_follows(books: &Books) -> Result<Vec<Finding>> {
    differing(books, |catalogue, index| {
        let both = index.iter().filter_map(|(spu, shown)| catalogue.get(spu).map(|is| (spu, is, shown)));
        both.filter(|(_, is, shown)| is != shown)
            .map(|(spu, is, shown)| finding(format_args!("spu {spu}"), format_args!("{is:?}"), format_args!("{shown:?}")))
            .collect()
    })
    .await
}

async fn index_is_whole(books: &Books) -> Result<Vec<Finding>> {
    differing(books, |catalogue, index| {
        let missing = catalogue
            .keys()
            .filter(|spu| !index.contains_key(spu))
            .map(|spu| finding(format_args!("spu {spu}"), "found", "not found"));
        let stray = index
            .keys()
            .filter(|spu| !catalogue.contains_key(spu))
            .map(|spu| finding(format_args!("spu {spu}"), "not found", "found"));
        missing.chain(stray).collect()
    })
    .await
}

#[derive(FromQueryResult)]
struct Event {
    id: i64,
    topic: String,
}

async fn news(books: &Books) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (service, db) in &books.dbs {
        let dead: Vec<Event> = db.all("select id, topic from dead_letter", values![]).await?;
        findings
            .extend(dead.iter().map(|e| finding(format_args!("{service} event {} {}", e.id, e.topic), "delivered", "given up")));
        let late = if books.quiesced { db.clock().now() } else { db.clock().now() - LATE };
        let waiting: Vec<Event> =
            db.all("select id, topic from outbox where due_ms <= ? order by id limit 100", values![late]).await?;
        findings.extend(
            waiting.iter().map(|e| finding(format_args!("{service} event {} {}", e.id, e.topic), "delivered", "waiting")),
        );
    }
    Ok(findings)
}
