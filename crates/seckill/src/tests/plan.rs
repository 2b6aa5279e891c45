//! Planning: where a session may go, stock that lies apart, and what a crash leaves.

use contract::fault::{ACTIVITY_STATE, IN_FLIGHT, INVALID, KEY_REUSED, NOT_FOUND, OFF_SHELF, OUT_OF_STOCK, SKU_BUSY};
use contract::seckill::{SeckillOffline, SeckillOnline};
use kit::http::PageParams;
use rush::{Answer, Ask, PoolId, Rush as _, Token};

use super::*;
use crate::plan::ActivityChange;
use crate::pools::pool_id;
use crate::state::{ItemState, MOVES, Word as _};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

impl House {
    async fn claim(&self, item: AllotmentId, user: i64, qty: u32) -> Answer {
        let row = self.item(item).await;
        let ask = Ask {
            pool: PoolId::from(item.0),
            epoch: row.epoch,
            user: rush::UserId(user),
            qty,
            token: Token::of(&kit::random::token()),
        };
        self.seckill.pool(&row).claim(ask).await.unwrap()
    }

    /// A ticket as the gate leaves it, for a claim that is delivered and acknowledged.
    async fn ticket(&self, item: AllotmentId, user: i64, qty: u32, state: &str) {
        let Answer::Taken(claim) = self.claim(item, user, qty).await else { panic!("nothing left") };
        self.engine.acknowledge(&claim).await.unwrap();
        let row = self.item(item).await;
        let sql = "insert into ticket (order_id, activity_id, item_id, epoch, part, seq, user_id, token, qty, address_id, state, reason,
                   returned, taken_ms, due_ms, changed_ms) values (?, ?, ?, ?, 0, ?, ?, ?, ?, 1, ?, '', 0, ?, 0, ?)";
        let seq = i64::try_from(claim.seq).unwrap();
        let values = kit::values![
            self.core.ids.next(),
            row.activity,
            item,
            i64::try_from(claim.epoch).unwrap(),
            seq,
            user,
            claim.token.to_string(),
            i64::from(qty),
            state,
            claim.at,
            claim.at,
        ];
        self.db.run(sql, values).await.unwrap();
        let paid = if state == "paid" { i64::from(qty) } else { 0 };
        let sql = "update item set sold = sold + ?, paid = paid + ? where id = ?";
        self.db.run(sql, kit::values![i64::from(qty), paid, item]).await.unwrap();
    }

    async fn standing(&self, item: AllotmentId) -> Option<rush::Standing> {
        let row = self.item(item).await;
        self.seckill.pool(&row).describe(pool_id(&row)).await.unwrap()
    }

    /// What has to hold at any time: legal histories, no unit lost or made, busy variants are those in sessions.
    async fn audit(&self) {
        #[derive(kit::sea_orm::FromQueryResult)]
        struct Row {
            activity_id: ActivityId,
            from_state: String,
            to_state: String,
        }
        use kit::sea_orm;
        let sql = "select activity_id, from_state, to_state from activity_history order by activity_id, id";
        let rows: Vec<Row> = self.db.all(sql, vec![]).await.unwrap();
        for (n, row) in rows.iter().enumerate() {
            let before = rows[..n].last().filter(|b| b.activity_id == row.activity_id);
            assert_eq!(before.map_or("", |b| b.to_state.as_str()), row.from_state);
            if let Some(before) = before {
                let (from, to) = (ActivityState::read(&before.to_state).unwrap(), ActivityState::read(&row.to_state).unwrap());
                assert!(from == to || MOVES.contains(&(from, to)));
            }
            if rows.get(n + 1).is_none_or(|next| next.activity_id != row.activity_id) {
                assert_eq!(self.state(row.activity_id).await.name(), row.to_state);
            }
        }
        assert_eq!(self.stock.total(), 2 * PIECES, "pieces were lost or made");
        let busy = "select count(*) from busy_sku";
        let kept = "select count(*) from item where state in ('attaching', 'attached', 'leaving')";
        assert_eq!(self.count(busy).await, self.count(kept).await);
        let lost = "select count(*) from busy_sku where item_id not in (select id from item where sku_id = busy_sku.sku_id)";
        assert_eq!(self.count(lost).await, 0);
        assert_eq!(self.count("select count(*) from dead_letter").await, 0);
    }
}

#[tokio::test]
async fn a_session_goes_its_way_and_what_is_not_sold_comes_back() {
    let w = House::new().await;
    let id = w.draft(60).await;
    let item = w.attach(id, SHIRT, 30, 2).await;
    assert_eq!((w.stock.available(SHIRT), w.stock.apart(item).unwrap().qty), (PIECES - 30, 30));
    let row = w.item(item).await;
    assert_eq!((row.usual_price_fen, row.subtitle.as_str(), row.state), (Fen(3900), "透气亲肤 11", ItemState::Attached));
    w.approve(id).await;
    assert_eq!(w.state(id).await, ActivityState::Online, "it is among the nearest");
    let news = w.told::<SeckillOnline>();
    assert_eq!((news.len(), news[0].cards.len(), news[0].cards[0].item), (1, 1, item));
    assert_eq!(news[0].version, w.activity(id).await.version);
    let stands = w.standing(item).await.unwrap();
    assert_eq!((stands.epoch, stands.left, w.item(item).await.epoch), (1, 30, 1));
    assert_eq!(w.claim(item, 1, 1).await, Answer::NotOpen, "not yet");

    w.pass(HOUR);
    w.ticket(item, 1, 2, "paid").await;
    w.stock.take(item, 2);
    w.pass(HOUR);
    w.run().await;
    assert_eq!(w.state(id).await, ActivityState::Settled);
    let offline = w.told::<SeckillOffline>();
    assert_eq!(offline.len(), 1);
    assert!(offline[0].version > news[0].version);
    let apart = w.stock.apart(item).unwrap();
    assert_eq!((w.stock.available(SHIRT), apart.ended, apart.taken), (PIECES - 2, Some(2), 2));
    assert_eq!((w.item(item).await.state, w.standing(item).await), (ItemState::Over, None));
    w.audit().await;
    let again = w.draft(60).await;
    w.attach(again, SHIRT, 5, 1).await;
}

#[tokio::test]
async fn times_and_contents_are_checked() {
    let w = House::new().await;
    let new = |starts_at: Time, ends_at: Time| NewActivity { title: "早场".into(), starts_at, ends_at };
    for bad in [new(w.now(), w.now()), new(w.now(), w.now() + 6 * HOUR + MINUTE)] {
        assert!(w.seckill.create_activity(PLANNER, bad).await.unwrap_err().is(INVALID));
    }
    let id = w.draft(10).await;
    let empty = w.seckill.submit(PLANNER, id).await.unwrap_err();
    assert_eq!((empty.code(), empty.errors()[0].pointer.as_str()), ("invalid", "/items"));
    for (quota, limit, pointer) in [(10, 11, "/limit"), (0, 1, "/quota")] {
        let refused = w.try_attach(id, SHIRT, quota, limit).await.unwrap_err();
        assert!(refused.errors().iter().any(|e| e.pointer == pointer), "{refused}");
    }
    let dear = NewActivityItem { sku_id: SHIRT, price_fen: Fen(3900), quota: 1, limit: 1, parts: None };
    assert_eq!(w.attach_as("k", id, &dear).await.unwrap_err().errors()[0].pointer, "/price_fen");
    assert!(w.try_attach(id, SkuId(999), 1, 1).await.unwrap_err().is(NOT_FOUND));
    w.shop.unlist(COAT);
    assert!(w.try_attach(id, COAT, 1, 1).await.unwrap_err().is(OFF_SHELF));
    assert!(w.try_attach(ActivityId(1), SHIRT, 1, 1).await.unwrap_err().is(NOT_FOUND));
    assert_eq!(*w.stock.asked.lock().unwrap(), 0, "nothing of it reached the stock");

    w.attach(id, SHIRT, 1, 1).await;
    w.pass(10 * MINUTE);
    assert_eq!(w.seckill.submit(PLANNER, id).await.unwrap_err().errors()[0].pointer, "/starts_at");
    assert_eq!(w.state(id).await, ActivityState::Draft, "a refused step leaves nothing");
    let later = ActivityChange { starts_at: Some(w.now() + MINUTE), ..ActivityChange::default() };
    let edited = w.seckill.edit_activity(PLANNER, id, later.clone()).await.unwrap();
    assert_eq!(w.seckill.edit_activity(PLANNER, id, later).await.unwrap(), edited, "again: nothing changes");
    w.seckill.submit(PLANNER, id).await.unwrap();
    let other = ActivityChange { title: Some("晚场".into()), ..ActivityChange::default() };
    assert!(w.seckill.edit_activity(PLANNER, id, other).await.unwrap_err().is(ACTIVITY_STATE));
    assert!(w.try_attach(id, COAT, 1, 1).await.unwrap_err().is(ACTIVITY_STATE));
    w.audit().await;
}

#[tokio::test]
async fn a_key_attaches_once_and_a_variant_is_in_one_session() {
    let w = House::new().await;
    let (a, b) = (w.draft(60).await, w.draft(120).await);
    let new = NewActivityItem { sku_id: SHIRT, price_fen: Fen(1990), quota: 10, limit: 1, parts: Some(4) };
    let first = w.attach_as("k", a, &new).await.unwrap();
    assert_eq!(w.attach_as("k", a, &new).await.unwrap(), first);
    let other = NewActivityItem { quota: 11, ..new.clone() };
    assert!(w.attach_as("k", a, &other).await.unwrap_err().is(KEY_REUSED));
    for session in [a, b] {
        assert!(w.try_attach(session, SHIRT, 10, 1).await.unwrap_err().is(SKU_BUSY));
    }
    let refused = w.attach_as("few", b, &NewActivityItem { sku_id: COAT, quota: 1001, ..new.clone() }).await.unwrap_err();
    assert!(refused.is(OUT_OF_STOCK));
    let again = w.attach_as("few", b, &NewActivityItem { sku_id: COAT, quota: 1001, ..new }).await.unwrap_err();
    assert!(again.is(OUT_OF_STOCK), "the same key, the same answer");
    assert_eq!(w.activity(b).await.items, [], "the row is gone");
    w.attach(b, COAT, 1000, 1).await;
    assert_eq!(w.stock.available(COAT), 0);
    w.audit().await;
}

#[tokio::test]
async fn of_200_at_once_one_session_has_the_variant() {
    let w = House::new().await;
    let (a, b) = (w.draft(60).await, w.draft(120).await);
    let tries = (0..200).map(|n| w.try_attach(if n % 2 == 0 { a } else { b }, SHIRT, 7, 1));
    let outcomes = futures::future::join_all(tries).await;
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1);
    assert!(outcomes.iter().filter_map(|o| o.as_ref().err()).all(|e| e.is(SKU_BUSY)));
    assert_eq!(w.stock.available(SHIRT), PIECES - 7);
    w.audit().await;
}

#[tokio::test]
async fn a_session_holds_a_hundred_variants_also_when_200_come_at_once() {
    let w = House::new().await;
    let id = w.draft(60).await;
    for n in 0..200 {
        w.shop.sell(SkuId(5000 + n), 5000);
        w.stock.put(SkuId(5000 + n), 1);
    }
    let outcomes = futures::future::join_all((0..200).map(|n| w.try_attach(id, SkuId(5000 + n), 1, 1))).await;
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 100);
    assert_eq!(w.activity(id).await.items.len(), 100);
    assert_eq!(w.stock.total(), 2 * PIECES + 200);
}

#[tokio::test]
async fn a_crash_after_any_commit_of_attaching_heals() {
    for commits in 1..=3 {
        for refused in [false, true] {
            let mut w = House::new().await;
            let id = w.draft(60).await;
            let new = NewActivityItem { sku_id: SHIRT, price_fen: Fen(1990), quota: 10, limit: 1, parts: None };
            if refused {
                w.stock.put(SHIRT, 9);
                w.stock.put(COAT, 2 * PIECES - 9);
            }
            w.crash.arm(commits);
            let first = w.attach_as("k", id, &new).await;
            assert_eq!((w.crash.is_down(), first.is_ok()), (commits < 3, commits == 3 && !refused));
            w.reopen().await;
            if commits == 1 {
                assert!(w.attach_as("k", id, &new).await.unwrap_err().is(IN_FLIGHT));
                assert!(w.try_attach(id, SHIRT, 1, 1).await.unwrap_err().is(SKU_BUSY));
            }
            w.pass(MINUTE);
            w.run().await;
            match w.attach_as("k", id, &new).await {
                Ok(item) => assert!(!refused && item.state == ItemState::Attached),
                Err(e) => assert!(refused && e.is(OUT_OF_STOCK), "{e}"),
            }
            assert_eq!(w.activity(id).await.items.len(), usize::from(!refused));
            w.audit().await;
        }
    }
}

#[tokio::test]
async fn units_whose_answer_was_lost_are_found_again_or_go_back_with_a_cancelled_session() {
    for cancelled in [false, true] {
        let w = House::new().await;
        let id = w.draft(60).await;
        w.stock.mute.store(true, SeqCst);
        assert!(w.try_attach(id, SHIRT, 10, 1).await.unwrap_err().is_ours());
        assert_eq!(w.stock.available(SHIRT), PIECES - 10, "they lie apart, and nobody knows");
        assert!(w.seckill.submit(PLANNER, id).await.is_err(), "not while one is on its way in");
        if cancelled {
            w.seckill.cancel(&w.ctx(), PLANNER, id, "改期").await.unwrap();
        }
        w.stock.mute.store(false, SeqCst);
        w.pass(MINUTE);
        w.run().await;
        let left = if cancelled { PIECES } else { PIECES - 10 };
        assert_eq!(w.stock.available(SHIRT), left);
        assert_eq!(w.activity(id).await.items[0].state, if cancelled { ItemState::Over } else { ItemState::Attached });
        w.audit().await;
    }
}

#[tokio::test]
async fn what_is_detached_may_be_sold_elsewhere() {
    let w = House::new().await;
    let (a, b) = (w.draft(60).await, w.draft(120).await);
    let item = w.attach(a, SHIRT, 10, 1).await;
    w.stock.deaf.store(true, SeqCst);
    assert!(w.seckill.detach(&w.ctx(), PLANNER, item).await.unwrap_err().is_ours());
    assert!(w.try_attach(b, SHIRT, 1, 1).await.unwrap_err().is(SKU_BUSY), "its units are not back yet");
    w.stock.deaf.store(false, SeqCst);
    w.pass(MINUTE);
    w.run().await;
    assert_eq!((w.stock.available(SHIRT), w.item(item).await.state), (PIECES, ItemState::Detached));
    w.seckill.detach(&w.ctx(), PLANNER, item).await.unwrap();
    assert!(w.seckill.detach(&w.ctx(), PLANNER, AllotmentId(1)).await.unwrap_err().is(NOT_FOUND));
    assert_eq!(w.activity(a).await.items, []);
    let other = w.attach(b, SHIRT, 10, 1).await;
    w.approve(b).await;
    assert!(w.seckill.detach(&w.ctx(), PLANNER, other).await.unwrap_err().is(ACTIVITY_STATE));
    w.audit().await;
}

#[tokio::test]
async fn reviews_may_be_repeated_and_go_only_their_way() {
    let w = House::new().await;
    let id = w.draft(60).await;
    w.attach(id, SHIRT, 10, 1).await;
    assert!(w.seckill.approve(PLANNER, id).await.unwrap_err().is(ACTIVITY_STATE));
    assert!(w.seckill.reject(PLANNER, id, "太贵").await.unwrap_err().is(ACTIVITY_STATE));
    let submitted = w.seckill.submit(PLANNER, id).await.unwrap();
    assert_eq!(w.seckill.submit(PLANNER, id).await.unwrap(), submitted);
    let rejected = w.seckill.reject(8, id, "太贵").await.unwrap();
    assert_eq!((rejected.state, w.seckill.reject(8, id, "太贵").await.unwrap()), (ActivityState::Draft, rejected.clone()));
    w.seckill.submit(PLANNER, id).await.unwrap();
    let approved = w.seckill.approve(8, id).await.unwrap();
    assert_eq!(w.seckill.approve(8, id).await.unwrap(), approved);
    assert!(w.seckill.submit(PLANNER, id).await.unwrap_err().is(ACTIVITY_STATE));
    assert!(w.seckill.stop(8, id, "错价").await.unwrap_err().is(ACTIVITY_STATE), "it is not online");
    let cancelled = w.seckill.cancel(&w.ctx(), 8, id, "改期").await.unwrap();
    assert_eq!((cancelled.state, w.stock.available(SHIRT)), (ActivityState::Cancelled, PIECES));
    assert_eq!(w.seckill.cancel(&w.ctx(), 8, id, "改期").await.unwrap(), cancelled);
    w.run().await;
    assert!(w.told::<SeckillOnline>().is_empty());
    let reasons = "select count(*) from activity_history where note in ('太贵', '改期') and operator_id = 8";
    assert_eq!(w.count(reasons).await, 2);
    let page = w.seckill.activities(Some(ActivityState::Cancelled), &PageParams::default()).await.unwrap();
    assert_eq!(page.items, [cancelled]);
    w.audit().await;
}

#[tokio::test]
async fn the_nearest_three_are_shown_and_all_that_start_soon() {
    let w = House::new().await;
    let mut all = Vec::new();
    for (n, minutes) in [(0, 300), (1, 60), (2, 120), (3, 180), (4, 240)] {
        let sku = SkuId(6000 + n);
        w.shop.sell(sku, 5000);
        w.stock.put(sku, 5);
        let id = w.draft(minutes).await;
        w.attach(id, sku, 5, 1).await;
        w.seckill.submit(PLANNER, id).await.unwrap();
        w.seckill.approve(PLANNER, id).await.unwrap();
        all.push(id);
    }
    w.run().await;
    let mut online = Vec::new();
    for id in &all {
        online.push(w.state(*id).await == ActivityState::Online);
    }
    assert_eq!(online, [false, true, true, true, false]);
    // The first is over after two hours: the fourth takes its place.
    w.pass(2 * HOUR);
    w.jobs().await;
    w.jobs().await;
    assert_eq!((w.state(all[1]).await, w.state(all[4]).await), (ActivityState::Settled, ActivityState::Online));
    assert_eq!(w.state(all[0]).await, ActivityState::Approved);
    let soon = w.now() + 9 * MINUTE;
    for n in 0..4 {
        let sku = SkuId(7000 + n);
        w.shop.sell(sku, 5000);
        w.stock.put(sku, 5);
        let new = NewActivity { title: "加场".into(), starts_at: soon, ends_at: soon + HOUR };
        let id = w.seckill.create_activity(PLANNER, new).await.unwrap().id;
        w.attach(id, sku, 5, 1).await;
        w.approve(id).await;
        assert_eq!(w.state(id).await, ActivityState::Online, "it starts within ten minutes");
    }
}

#[tokio::test]
async fn a_paused_session_takes_no_claims_and_a_resumed_one_knows_what_is_sold() {
    let w = House::new().await;
    let (id, item) = w.running(SHIRT, 10, 2).await;
    w.ticket(item, 1, 2, "won").await;
    let paused = w.seckill.pause(PLANNER, id, true).await.unwrap();
    assert!(paused.paused);
    assert_eq!(w.seckill.pause(PLANNER, id, true).await.unwrap(), paused);
    assert_eq!(w.claim(item, 2, 1).await, Answer::NotOpen);
    w.jobs().await;
    assert!(w.standing(item).await.unwrap().shut, "the job does not open what is paused");
    w.seckill.pause(PLANNER, id, false).await.unwrap();
    let stands = w.standing(item).await.unwrap();
    assert_eq!((stands.epoch, stands.left, stands.shut), (2, 8, false));
    assert_eq!(w.claim(item, 1, 1).await, Answer::Limited, "what he has counts on");
    assert!(matches!(w.claim(item, 2, 1).await, Answer::Taken(_)));
    w.pass(2 * HOUR);
    assert!(w.seckill.pause(PLANNER, id, true).await.unwrap_err().is(ACTIVITY_STATE), "it is over");
}

#[tokio::test]
async fn lost_pools_are_counted_and_opened_again_whole_or_in_parts() {
    for parts in [None, Some(4)] {
        let mut w = House::new().await;
        let id = w.draft(5).await;
        let new = NewActivityItem { sku_id: SHIRT, price_fen: Fen(1990), quota: 10, limit: 3, parts };
        let item = w.attach_as("k", id, &new).await.unwrap().id;
        w.approve(id).await;
        w.pass(5 * MINUTE);
        w.ticket(item, 1, 3, "paid").await;
        w.lose_engine().await;
        assert_eq!(w.standing(item).await, None);
        w.jobs().await;
        let stands = w.standing(item).await.unwrap();
        assert_eq!((stands.epoch, stands.left, w.item(item).await.epoch), (2, 7, 2));
        let row = w.item(item).await;
        if parts.is_some() {
            w.engine.forget(pool_id(&row).part(2)).await.unwrap();
            w.jobs().await;
            let whole = w.seckill.standing(&row).await.unwrap().unwrap();
            assert_eq!((whole.epoch, whole.left), (3, 7), "one part was lost");
        }
    }
}

#[tokio::test]
async fn a_stopped_session_is_over_at_once_and_settled_when_its_last_order_is() {
    let w = House::new().await;
    let (id, item) = w.running(SHIRT, 10, 2).await;
    w.ticket(item, 1, 2, "won").await;
    let Answer::Taken(claim) = w.claim(item, 2, 1).await else { panic!() };
    let stopped = w.seckill.stop(PLANNER, id, "错价").await.unwrap();
    assert_eq!((stopped.state, w.claim(item, 3, 1).await), (ActivityState::Ended, Answer::NotOpen));
    assert_eq!(w.seckill.stop(PLANNER, id, "错价").await.unwrap(), stopped);
    w.jobs().await;
    assert_eq!((w.state(id).await, w.stock.available(SHIRT)), (ActivityState::Ended, PIECES - 10), "a claim is on its way");
    w.engine.acknowledge(&claim).await.unwrap();
    w.jobs().await;
    assert_eq!(w.state(id).await, ActivityState::Ended, "an order is open");
    w.db.run("update ticket set state = 'cancelled'", vec![]).await.unwrap();
    w.db.run("update item set sold = 0", vec![]).await.unwrap();
    w.jobs().await;
    assert_eq!((w.state(id).await, w.stock.available(SHIRT)), (ActivityState::Settled, PIECES));
    assert_eq!(w.told::<SeckillOffline>().len(), 1);
    w.audit().await;
}

#[tokio::test]
async fn a_payment_that_is_heard_of_late_is_counted_before_the_rest_goes_back() {
    let w = House::new().await;
    let (id, item) = w.running(SHIRT, 10, 2).await;
    // Revived after it was cancelled: the stock knows, this service does not yet.
    w.ticket(item, 1, 2, "cancelled").await;
    w.stock.take(item, 2);
    w.pass(2 * HOUR);
    w.jobs().await;
    assert_eq!((w.state(id).await, w.stock.apart(item).unwrap().ended), (ActivityState::Ended, None));
    w.db.run("update item set paid = 2", vec![]).await.unwrap();
    w.settle().await;
    w.jobs().await;
    assert_eq!((w.state(id).await, w.stock.apart(item).unwrap().ended), (ActivityState::Settled, Some(2)));
    w.audit().await;
}

#[tokio::test]
async fn a_crash_after_any_commit_from_approval_to_the_end_heals() {
    for commits in 1..=30 {
        let mut w = House::new().await;
        let id = w.draft(30).await;
        let (shirt, coat) = (w.attach(id, SHIRT, 10, 1).await, w.attach(id, COAT, 5, 1).await);
        w.seckill.submit(PLANNER, id).await.unwrap();
        w.seckill.approve(PLANNER, id).await.unwrap();
        w.crash.arm(commits);
        for _ in 0..4 {
            while w.relay.step().await.is_ok_and(|n| n > 0) {}
            w.pass(30 * MINUTE);
        }
        let crashed = w.crash.is_down();
        w.reopen().await;
        w.settle().await;
        w.jobs().await;
        assert_eq!(w.state(id).await, ActivityState::Settled, "{commits}");
        for item in [shirt, coat] {
            assert_eq!((w.stock.apart(item).unwrap().ended, w.standing(item).await), (Some(0), None));
        }
        assert!(w.told::<SeckillOnline>().len() <= 1 && w.told::<SeckillOffline>().len() <= 1);
        w.audit().await;
        if !crashed {
            assert!(commits > 8, "{commits} commits are fewer than it takes");
            return;
        }
    }
    panic!("it never came through");
}

#[tokio::test]
async fn the_job_makes_good_for_lost_timers() {
    let w = House::new().await;
    let id = w.draft(60).await;
    let item = w.attach(id, SHIRT, 10, 1).await;
    w.seckill.submit(PLANNER, id).await.unwrap();
    w.seckill.approve(PLANNER, id).await.unwrap();
    for state in [ActivityState::Online, ActivityState::Settled] {
        w.db.run("delete from outbox", vec![]).await.unwrap();
        w.seckill.sweep(&w.ctx()).await.unwrap();
        assert_eq!(w.state(id).await, state);
        w.pass(2 * HOUR);
    }
    assert_eq!((w.stock.available(SHIRT), w.standing(item).await), (PIECES, None));
    let missed = w.draft(5).await;
    w.attach(missed, SHIRT, 10, 1).await;
    w.seckill.submit(PLANNER, missed).await.unwrap();
    w.pass(MINUTE);
    w.seckill.approve(PLANNER, missed).await.unwrap();
    w.pass(2 * HOUR);
    w.run().await;
    assert_eq!((w.state(missed).await, w.stock.available(SHIRT)), (ActivityState::Cancelled, PIECES), "nobody saw it");
    w.audit().await;
}

#[tokio::test]
async fn sessions_of_a_shop_that_shows_itself_are_planned_by_the_same_rules() {
    let w = House::new().await;
    assert!(!w.seckill.has_sessions().await.unwrap());
    let item = |sku| crate::PlannedItem { sku, percent: 60, quota: 10, limit: 2 };
    let plan = crate::PlannedSession {
        title: "整点秒杀".into(),
        starts: w.now(),
        ends: w.now() + 2 * HOUR,
        items: vec![item(SHIRT), item(SkuId(999)), item(COAT), item(COAT)],
    };
    assert_eq!(w.seckill.plan_session(&w.ctx(), &plan).await.unwrap(), 2);
    assert!(w.seckill.has_sessions().await.unwrap());
    w.pass(Duration::from_secs(1));
    let sessions = w.seckill.activities(None, &PageParams::default()).await.unwrap().items;
    assert_eq!((sessions[0].state, sessions[0].items.len()), (ActivityState::Online, 2));
    assert_eq!(sessions[0].items.iter().map(|i| i.price_fen).collect::<Vec<_>>(), [Fen(2300), Fen(7200)]);
    let busy = crate::PlannedSession { starts: w.now() + HOUR, ..plan };
    assert_eq!(w.seckill.plan_session(&w.ctx(), &busy).await.unwrap(), 0, "they are in a session already");
    w.pass(2 * HOUR);
    w.run().await;
    assert!(!w.seckill.has_sessions().await.unwrap());
    w.audit().await;
}
