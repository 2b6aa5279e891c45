//! Reviews: who may write one, once, and what they come to.

use std::time::Duration;

use contract::order::{OrderReceived, OrderRefunded, SoldLine};
use contract::product::{ImportReviews, ImportedReview, ImportedWords, Product as _};
use contract::{OrderId, ReviewId, SkuId, SpuId, UserId, fault};
use kit::db::{Event, Parcel, Stop as _};
use kit::http::{IdempotencyKey, Once, PageParams};
use kit::{Result, Time, values};

use super::house::{House, WANG, spec};
use crate::review::{
    AdminReviewParams, FollowUpReview, HideReview, OwnReview, PendingParams, ReplyReview, ReviewParams, ReviewSummary,
    WriteReview,
};

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn tell<E: Event>(house: &House, id: i64, event: &E) {
    let payload = serde_json::to_string(event).unwrap();
    let parcel = Parcel { id, topic: E::TOPIC.to_owned(), payload, trace: String::new() };
    crate::subscriptions(&house.product).take(&parcel).await.unwrap();
}

/// The news that an order of these variants has come.
async fn received(house: &House, order: i64, spu: SpuId, skus: &[SkuId]) -> OrderId {
    let lines = skus.iter().map(|sku| SoldLine { spu, sku: *sku, qty: 1 }).collect();
    let event = OrderReceived { order: OrderId(order), user: WANG, lines };
    for _ in 0..2 {
        tell(house, order, &event).await;
    }
    OrderId(order)
}

/// Delivers the timers that are due.
async fn timers(house: &House) {
    #[derive(kit::sea_orm::FromQueryResult)]
    struct Due {
        id: i64,
        payload: String,
    }
    use kit::sea_orm;
    let sql = "select id, payload from outbox where topic = 'product.review_due' and due_ms <= ?";
    let due: Vec<Due> = house.product.db.all(sql, values![house.clock.now()]).await.unwrap();
    for timer in due {
        let event: contract::product::ReviewDue = serde_json::from_str(&timer.payload).unwrap();
        tell(house, timer.id, &event).await;
    }
}

fn about(order: OrderId, sku: SkuId, score: u8) -> WriteReview {
    WriteReview { order_id: order, sku_id: sku, score, text: "很好用".into(), pictures: Vec::new(), anonymous: false }
}

async fn write(house: &House, user: UserId, new: WriteReview) -> Result<OwnReview> {
    let once = Once::new(user.0, "write_review", &IdempotencyKey(kit::random::code(12)), &new).unwrap();
    house.product.write_review(&house.ctx, user, new, &once).await
}

async fn follow_up(house: &House, user: UserId, id: ReviewId) -> Result<OwnReview> {
    let new = FollowUpReview { text: "用了一个月，依旧喜欢".into(), pictures: Vec::new() };
    let once = Once::new(user.0, "follow_up_review", &IdempotencyKey(kit::random::code(12)), &new).unwrap();
    house.product.follow_up_review(&house.ctx, user, id, new, &once).await
}

async fn summary(house: &House, spu: SpuId) -> ReviewSummary {
    house.product.review_summary(spu).await.unwrap()
}

async fn shown(house: &House, spu: SpuId) -> Vec<crate::review::ReviewView> {
    house.product.reviews_of(spu, ReviewParams::default()).await.unwrap().items
}

async fn pending(house: &House) -> usize {
    let waiting = house.product.pending_reviews(WANG, PendingParams::default()).await.unwrap().items.len();
    assert_eq!(house.product.review_counts(WANG).await.unwrap().pending, i64::try_from(waiting).unwrap());
    waiting
}

#[tokio::test]
async fn only_the_buyer_of_a_received_item_reviews_it_and_once() {
    let house = House::new().await;
    let (spu, skus) = house.cup_on_shelf().await;
    let order = received(&house, 1, spu, &[skus[0], skus[1], skus[0]]).await;
    assert_eq!(pending(&house).await, 2, "the same variant is one item");
    for (user, order, sku) in [(UserId(8), order, skus[0]), (WANG, OrderId(2), skus[0]), (WANG, order, SkuId(3))] {
        assert!(write(&house, user, about(order, sku, 5)).await.unwrap_err().is(fault::NOT_FOUND));
    }
    let own = write(&house, WANG, about(order, skus[0], 4)).await.unwrap();
    assert!(own.may_follow_up && !own.hidden && !own.automatic);
    assert_eq!((own.title.as_str(), &own.specs), ("杯子", &vec![spec("颜色", "蓝")]));
    assert!(write(&house, WANG, about(order, skus[0], 5)).await.unwrap_err().is(fault::REVIEW_EXISTS));
    assert_eq!(pending(&house).await, 1);
    let seen = shown(&house, spu).await;
    assert_eq!((seen.len(), seen[0].author.name.as_str(), seen[0].score), (1, "小*7", 4));
    let expected = ReviewSummary {
        count: 1,
        average_tenths: 40,
        good_percent: 100,
        scores: [0, 0, 0, 1, 0],
        with_pictures: 0,
        with_follow_up: 0,
    };
    assert_eq!(summary(&house, spu).await, expected);
    let wanted = WriteReview { anonymous: true, ..about(order, skus[1], 1) };
    write(&house, WANG, wanted).await.unwrap();
    assert_eq!(shown(&house, spu).await[0].author.name, "匿名用户");
    let bad = ReviewParams { filter: serde_json::from_str("\"bad\"").unwrap(), ..ReviewParams::default() };
    assert_eq!(house.product.reviews_of(spu, bad).await.unwrap().items.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_at_once_write_one_review() {
    let house = House::new().await;
    let (spu, skus) = house.cup_on_shelf().await;
    let order = received(&house, 1, spu, &skus[..1]).await;
    let house = std::sync::Arc::new(house);
    let writes = (0..200u8).map(|n| {
        let (house, new) = (house.clone(), about(order, skus[0], 1 + n % 5));
        tokio::spawn(async move { write(&house, WANG, new).await })
    });
    let outcomes = futures::future::join_all(writes.collect::<Vec<_>>()).await;
    let (done, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().map(|o| o.unwrap()).partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (1, 199));
    assert!(refused.into_iter().all(|r| r.unwrap_err().is(fault::REVIEW_EXISTS)));
    assert_eq!((summary(&house, spu).await.count, shown(&house, spu).await.len()), (1, 1));
}

#[tokio::test]
async fn a_hidden_review_leaves_the_list_and_the_counters() {
    let house = House::new().await;
    let p = &house.product;
    let (spu, skus) = house.cup_on_shelf().await;
    let order = received(&house, 1, spu, &skus).await;
    let good = write(&house, WANG, about(order, skus[0], 5)).await.unwrap();
    let bad = write(&house, WANG, about(order, skus[1], 1)).await.unwrap();
    follow_up(&house, WANG, bad.id).await.unwrap();
    let before = summary(&house, spu).await;
    assert_eq!((before.average_tenths, before.good_percent, before.with_follow_up), (30, 50, 1));
    let why = || HideReview { reason: "含广告".into() };
    for _ in 0..2 {
        assert!(p.hide_review(bad.id, why(), 1).await.unwrap().hidden);
    }
    let after = summary(&house, spu).await;
    assert_eq!((after.count, after.average_tenths, after.with_follow_up), (1, 50, 0));
    assert_eq!(shown(&house, spu).await.len(), 1);
    let own = p.own_reviews(WANG, &PageParams::default()).await.unwrap().items;
    assert_eq!(own.iter().map(|r| r.hidden).collect::<Vec<_>>(), [true, false], "the author sees it as hidden");
    assert!(write(&house, WANG, about(order, skus[1], 5)).await.unwrap_err().is(fault::REVIEW_EXISTS));
    let hidden = AdminReviewParams { hidden: Some(true), spu_id: Some(spu), ..AdminReviewParams::default() };
    assert_eq!(p.all_reviews(hidden).await.unwrap().items[0].hidden_reason.as_deref(), Some("含广告"));
    for _ in 0..2 {
        p.show_review(bad.id, 1).await.unwrap();
    }
    assert_eq!(summary(&house, spu).await, before);
    p.reply_review(good.id, ReplyReview { text: "感谢".into() }, 1).await.unwrap();
    p.reply_review(good.id, ReplyReview { text: "感谢支持".into() }, 1).await.unwrap();
    assert_eq!(shown(&house, spu).await[1].reply.as_ref().unwrap().text, "感谢支持");
    assert!(p.hide_review(ReviewId(1), why(), 1).await.unwrap_err().is(fault::NOT_FOUND));
    let open = received(&house, 2, spu, &skus[..1]).await;
    let sql = "select id from review where order_id = ?";
    let id = p.db.number(sql, values![open]).await.unwrap().unwrap();
    assert!(p.hide_review(ReviewId(id), why(), 1).await.unwrap_err().is(fault::NOT_FOUND), "nobody has written it");
    assert!(p.reply_review(ReviewId(id), ReplyReview { text: "?".into() }, 1).await.unwrap_err().is(fault::NOT_FOUND));
}

#[tokio::test]
async fn a_review_is_followed_up_once_and_in_time() {
    let house = House::new().await;
    let (spu, skus) = house.cup_on_shelf().await;
    let order = received(&house, 1, spu, &skus).await;
    let first = write(&house, WANG, about(order, skus[0], 5)).await.unwrap();
    let second = write(&house, WANG, about(order, skus[1], 5)).await.unwrap();
    assert!(follow_up(&house, UserId(8), first.id).await.unwrap_err().is(fault::NOT_FOUND));
    house.clock.pass(179 * DAY);
    let done = follow_up(&house, WANG, first.id).await.unwrap();
    assert!(!done.may_follow_up && done.follow_up.is_some());
    assert!(follow_up(&house, WANG, first.id).await.unwrap_err().is(fault::REVIEW_EXISTS));
    house.clock.pass(DAY);
    assert!(follow_up(&house, WANG, second.id).await.unwrap_err().is(fault::REVIEW_CLOSED));
    assert_eq!(summary(&house, spu).await.with_follow_up, 1);
}

#[tokio::test]
async fn pictures_are_own_uploads_and_counted_once() {
    let house = House::new().await;
    let (spu, skus) = house.cup_on_shelf().await;
    let order = received(&house, 1, spu, &skus).await;
    let with = |sku, keys: &[&str]| WriteReview { pictures: keys.iter().map(|k| (*k).into()).collect(), ..about(order, sku, 5) };
    assert!(write(&house, WANG, with(skus[0], &["u/review/8-a"])).await.unwrap_err().is(fault::UPLOAD_UNKNOWN));
    assert_eq!(pending(&house).await, 2, "a refused picture leaves the right open");
    let first = write(&house, WANG, with(skus[0], &["u/review/7-a", "u/review/7-b"])).await.unwrap();
    let second = write(&house, WANG, with(skus[1], &[])).await.unwrap();
    assert_eq!(summary(&house, spu).await.with_pictures, 1);
    for (id, counted) in [(first.id, 1), (second.id, 2)] {
        let new = FollowUpReview { text: "补图".into(), pictures: vec![format!("u/review/7-{id}")] };
        let once = Once::new(WANG.0, "follow_up_review", &IdempotencyKey(format!("k{id}")), &new).unwrap();
        house.product.follow_up_review(&house.ctx, WANG, id, new, &once).await.unwrap();
        assert_eq!(summary(&house, spu).await.with_pictures, counted);
    }
    let pictured = ReviewParams { filter: serde_json::from_str("\"picture\"").unwrap(), ..ReviewParams::default() };
    assert_eq!(house.product.reviews_of(spu, pictured).await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn what_nobody_reviews_gets_five_stars_without_words() {
    let house = House::new().await;
    let (spu, skus) = house.cup_on_shelf().await;
    let order = received(&house, 1, spu, &skus).await;
    write(&house, WANG, about(order, skus[0], 2)).await.unwrap();
    house.clock.pass(7 * DAY - Duration::from_secs(1));
    timers(&house).await;
    assert_eq!(pending(&house).await, 1);
    house.clock.pass(Duration::from_secs(1));
    timers(&house).await;
    timers(&house).await;
    assert_eq!((pending(&house).await, summary(&house, spu).await.scores), (0, [0, 1, 0, 0, 1]));
    let seen = shown(&house, spu).await;
    assert_eq!((seen[0].automatic, seen[0].text.as_str(), seen[0].score), (true, "", 5));
    assert!(write(&house, WANG, about(order, skus[1], 1)).await.unwrap_err().is(fault::REVIEW_CLOSED));
    follow_up(&house, WANG, seen[0].id).await.unwrap();
}

#[tokio::test]
async fn nothing_is_open_of_an_order_whose_money_went_back() {
    let house = House::new().await;
    let (spu, skus) = house.cup_on_shelf().await;
    let order = received(&house, 1, spu, &skus).await;
    write(&house, WANG, about(order, skus[0], 3)).await.unwrap();
    tell(&house, 90, &OrderRefunded { order, user: WANG }).await;
    assert_eq!(pending(&house).await, 0);
    assert!(write(&house, WANG, about(order, skus[1], 5)).await.unwrap_err().is(fault::REVIEW_CLOSED));
    // The other way round.
    tell(&house, 91, &OrderRefunded { order: OrderId(2), user: WANG }).await;
    received(&house, 2, spu, &skus).await;
    house.clock.pass(8 * DAY);
    timers(&house).await;
    assert_eq!((pending(&house).await, summary(&house, spu).await.count), (0, 1), "what was written stays");
}

fn imported(source_id: i64, score: u8) -> ImportedReview {
    ImportedReview {
        source_id,
        author: "爱喝茶的猫".into(),
        score,
        text: "杯子厚实，釉色温润".into(),
        specs: vec![spec("颜色", "蓝")],
        pictures: Vec::new(),
        at: Time(1_790_000_000_000),
        follow_up: Some(ImportedWords { text: "天天在用".into(), at: Time(1_791_000_000_000) }),
        reply: Some(ImportedWords { text: "谢谢喜欢".into(), at: Time(1_790_100_000_000) }),
    }
}

#[tokio::test]
async fn reviews_from_elsewhere_come_in_once_or_not_at_all() {
    let house = House::new().await;
    let (spu, _) = house.cup_on_shelf().await;
    house.product.db.run("update spu set source_id = 77", values![]).await.unwrap();
    let take = async |spu_source: i64, reviews: Vec<ImportedReview>| {
        house.product.import_reviews(&house.ctx, ImportReviews { spu_source, reviews }).await
    };
    assert!(take(78, vec![imported(1, 5)]).await.unwrap_err().is(fault::NOT_FOUND));
    let early = ImportedReview { reply: Some(ImportedWords { text: "早".into(), at: Time(1) }), ..imported(2, 6) };
    let refused = take(77, vec![imported(1, 5), early]).await.unwrap_err();
    assert_eq!(refused.code(), "invalid");
    assert_eq!(summary(&house, spu).await.count, 0, "all or none");
    let done = take(77, vec![imported(1, 5), imported(2, 3)]).await.unwrap();
    assert_eq!((done.created, done.unchanged), (2, 0));
    let again = take(77, vec![imported(2, 1), imported(3, 4)]).await.unwrap();
    assert_eq!((again.created, again.unchanged), (1, 1));
    let all = summary(&house, spu).await;
    assert_eq!((all.count, all.scores, all.with_follow_up), (3, [0, 0, 1, 1, 1], 3));
    let seen = shown(&house, spu).await;
    assert_eq!((seen[0].author.name.as_str(), seen[0].created_at), ("爱*猫", Time(1_790_000_000_000)));
    let admin = house.product.all_reviews(AdminReviewParams::default()).await.unwrap().items;
    assert!(admin.iter().all(|r| r.imported && r.order_id.is_none() && r.user_id.is_none()));
}
