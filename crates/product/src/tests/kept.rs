//! Favourites and footprints.

use std::time::Duration;

use contract::{Fen, SpuId, UserId, fault};
use kit::http::PageParams;
use kit::{Caller, Ctx, values};

use super::house::{House, WANG};
use crate::content::Content;
use crate::kept::KeptSpu;

/// So many copies of a product on the shelf, as rows alone.
async fn many(house: &House, spu: SpuId, n: i64) -> Vec<SpuId> {
    let sql = "insert into spu (id, version, title, subtitle, category, unit, state, listed_ms, sales, price_fen, list_price_fen,
               content, changed_ms, fingerprint, import_id, import_stock)
               select ?, version, title, subtitle, category, unit, state, listed_ms, sales, price_fen, list_price_fen, content,
               changed_ms, '', '', '{}' from spu where id = ?";
    kit::tx!(house.product.db, |tx| {
        for id in 1..=n {
            tx.run(sql, values![id, spu]).await?;
        }
        Ok(())
    })
    .unwrap();
    (1..=n).map(SpuId).collect()
}

async fn all(house: &House, footprints: bool) -> Vec<KeptSpu> {
    let mut at = PageParams { cursor: None, limit: Some(100) };
    let mut all = Vec::new();
    loop {
        let p = &house.product;
        let page = if footprints { p.footprints(WANG, &at).await } else { p.favourites(WANG, &at).await }.unwrap();
        all.extend(page.items);
        let Some(next) = page.next else { return all };
        at.cursor = Some(next);
    }
}

#[tokio::test]
async fn a_favourite_shows_its_price_then_and_now() {
    let house = House::new().await;
    let p = &house.product;
    let (spu, _) = house.cup_on_shelf().await;
    assert!(p.add_favourite(WANG, SpuId(5)).await.unwrap_err().is(fault::NOT_FOUND));
    let shopper = Ctx::new(Caller::Shopper { user: WANG.0, session: 1 });
    assert_eq!(p.live(&shopper, spu).await.unwrap().favourite, Some(false));
    for _ in 0..2 {
        p.add_favourite(WANG, spu).await.unwrap();
    }
    assert_eq!(p.live(&shopper, spu).await.unwrap().favourite, Some(true));
    assert_eq!(p.live(&house.ctx, spu).await.unwrap().favourite, None);
    let view = p.admin_spu(spu).await.unwrap();
    let mut cheaper: Content = view.content;
    cheaper.skus[0].price_fen = Fen(900);
    p.edit(spu, view.version, cheaper, 1).await.unwrap();
    p.unlist(spu).await.unwrap();
    p.add_favourite(WANG, spu).await.unwrap();
    let kept = all(&house, false).await;
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].price_then_fen, kept[0].price_fen, kept[0].listed), (Fen(1900), Fen(900), false));
    assert!(p.favourites(UserId(8), &PageParams::default()).await.unwrap().items.is_empty());
    for _ in 0..2 {
        p.delete_favourite(WANG, spu).await.unwrap();
    }
    assert!(all(&house, false).await.is_empty());
    assert!(p.add_favourite(WANG, spu).await.unwrap_err().is(fault::NOT_FOUND), "off the shelf");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_at_once_do_not_overfill_the_favourites() {
    let house = House::new().await;
    let (spu, _) = house.cup_on_shelf().await;
    let spus = many(&house, spu, 1100).await;
    let (before, after) = spus.split_at(900);
    for spu in before {
        house.product.add_favourite(WANG, *spu).await.unwrap();
    }
    let adds = after.iter().map(|spu| {
        let (product, spu) = (house.product.clone(), *spu);
        tokio::spawn(async move { product.add_favourite(WANG, spu).await })
    });
    let outcomes = futures::future::join_all(adds.collect::<Vec<_>>()).await;
    let (done, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().map(Result::unwrap).partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (100, 100));
    assert!(refused.into_iter().all(|r| r.unwrap_err().is(fault::FAVOURITES_FULL)));
    assert_eq!(all(&house, false).await.len(), 1000);
    house.product.delete_favourite(WANG, spus[0]).await.unwrap();
    house.product.delete_favourite(WANG, spus[0]).await.unwrap();
    house.product.add_favourite(WANG, spu).await.unwrap();
    assert!(house.product.add_favourite(WANG, spus[0]).await.unwrap_err().is(fault::FAVOURITES_FULL), "one place was freed");
}

#[tokio::test]
async fn the_latest_two_hundred_footprints_stay() {
    let house = House::new().await;
    let p = &house.product;
    let (spu, _) = house.cup_on_shelf().await;
    let spus = many(&house, spu, 205).await;
    for spu in &spus {
        p.leave_footprint(WANG, *spu).await.unwrap();
        house.clock.pass(Duration::from_millis(7));
    }
    // Looked at again it is the latest, and pushes nobody out.
    p.leave_footprint(WANG, spus[10]).await.unwrap();
    p.leave_footprint(UserId(8), spus[0]).await.unwrap();
    let kept: Vec<SpuId> = all(&house, true).await.iter().map(|k| k.spu_id).collect();
    let mut expected: Vec<SpuId> = spus[5..].iter().rev().copied().filter(|s| *s != spus[10]).collect();
    expected.insert(0, spus[10]);
    assert_eq!(kept, expected);
    p.delete_footprint(WANG, spus[10]).await.unwrap();
    assert_eq!(all(&house, true).await.len(), 199);
    p.delete_footprints(WANG).await.unwrap();
    assert!(all(&house, true).await.is_empty());
    assert_eq!(p.footprints(UserId(8), &PageParams::default()).await.unwrap().items.len(), 1, "only one's own");
}
