//! The line behind the gate: tickets, orders, and units that come back.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use contract::fault;
use contract::order::CancelReason;
use contract::{OrderId, UserId};
use futures::future::join_all;
use kit::http::PageParams;
use kit::{Ctx, Result};

use super::crowd::World;
use crate::gate::pass::Wish;
use crate::tickets::view::{SeckillReason, SeckillTicketState};

const WANG: UserId = UserId(1001);
const LI: UserId = UserId(1002);

fn counts(of: &[(&str, usize)]) -> BTreeMap<String, usize> {
    of.iter().map(|(state, n)| ((*state).to_owned(), *n)).collect()
}

#[tokio::test]
async fn a_ticket_knows_who_stands_before_it() {
    let w = World::new(10, 1).await;
    let mut line = Vec::new();
    for n in 0..4 {
        let user = UserId(5000 + n);
        line.push((user, w.claim_in_secret(user).await));
    }
    for (place, (user, ticket)) in line.iter().enumerate() {
        let shown = w.ticket(*user, ticket).await;
        assert_eq!((shown.state, shown.place, shown.poll_ms), (SeckillTicketState::Queued, Some(place as u64), 1000));
    }
    assert!(w.seckill().ticket(WANG, &line[0].1).await.unwrap_err().is(fault::NOT_FOUND));
    w.orders.deaf.store(true, SeqCst);
    w.serve().await;
    let shown = w.ticket(line[3].0, &line[3].1).await;
    assert_eq!(
        (shown.state, shown.place, shown.order_id),
        (SeckillTicketState::Queued, Some(0), None),
        "its order is on its way"
    );
    w.orders.deaf.store(false, SeqCst);
    w.settle().await;
    assert_eq!(w.tickets().await, counts(&[("won", 4)]));
    w.audit().await;
}

#[tokio::test]
async fn who_does_not_pay_makes_room_for_somebody_else() {
    let w = World::new(1, 1).await;
    let order = w.win(WANG).await;
    assert!(w.claim(LI).await.unwrap_err().is(fault::SECKILL_SOLD_OUT));
    for _ in 0..3 {
        w.cancel(order, CancelReason::Timeout).await;
    }
    assert_eq!((w.left().await, w.item().await.sold), (1, 0));
    let next = w.win(LI).await;
    w.pay(next).await;
    w.pay(next).await;
    w.cancel(next, CancelReason::Shopper).await;
    assert_eq!((w.row(next).await.state.as_str(), w.item().await.paid, w.left().await), ("paid", 1, 0), "sold stays sold");
    assert!(w.claim(UserId(5)).await.unwrap_err().is(fault::SECKILL_SOLD_OUT));
    assert_eq!(w.count("select n from cancels").await, 1);
    w.audit().await;
}

#[tokio::test]
async fn three_cancellations_and_no_more_of_this_session() {
    let w = World::new(10, 5).await;
    for n in 0..3 {
        let order = w.win(WANG).await;
        w.cancel(order, if n == 0 { CancelReason::Timeout } else { CancelReason::Shopper }).await;
    }
    let wish = Wish {
        item: super::crowd::ITEM,
        qty: 1,
        address: contract::AddressId(WANG.0),
        captcha: "c".into(),
        answer: "right".into(),
    };
    assert!(w.seckill().issue_pass(&Ctx::house(), WANG, &wish).await.unwrap_err().is(fault::SECKILL_BARRED));
    assert!(w.claim(WANG).await.is_err(), "the engine knows him too");
    w.audit().await;
}

#[tokio::test]
async fn the_third_cancellation_counts_for_who_stands_in_line_already() {
    let w = World::new(10, 5).await;
    let first: Vec<OrderId> = [w.win(WANG).await, w.win(WANG).await, w.win(WANG).await].into();
    let ticket = w.claim_in_secret(WANG).await;
    for order in first {
        w.tell_cancelled(order, CancelReason::Shopper).await.unwrap();
    }
    w.serve().await;
    let shown = w.ticket(WANG, &ticket).await;
    assert_eq!((shown.state, shown.reason, shown.order_id), (SeckillTicketState::Failed, Some(SeckillReason::Barred), None));
    w.settle().await;
    assert_eq!((w.left().await, w.item().await.sold), (10, 0), "what he is refused is there for others");
    w.audit().await;
}

#[tokio::test]
async fn what_the_house_cancels_is_not_held_against_anybody() {
    let w = World::new(10, 5).await;
    let order = w.win(WANG).await;
    w.cancel(order, CancelReason::Operator).await;
    assert_eq!((w.count("select count(*) from cancels").await, w.left().await), (0, 10));
}

#[tokio::test]
async fn the_books_have_the_last_word() {
    let w = World::new(4, 2).await;
    // The engine believes in four; the books know that two of them are gone.
    w.db.run("update item set quota = 2", vec![]).await.unwrap();
    let mut tickets = Vec::new();
    for n in 0..4 {
        tickets.push(w.claim_in_secret(UserId(5000 + n)).await);
    }
    w.serve().await;
    assert_eq!(w.tickets().await, counts(&[("won", 2), ("refused", 2)]));
    let shown = w.ticket(UserId(5003), &tickets[3]).await;
    assert_eq!((shown.state, shown.reason), (SeckillTicketState::Failed, Some(SeckillReason::SoldOut)));
    assert_eq!((w.item().await.sold, w.item().await.epoch, w.left().await), (2, 2, 0), "and the engine is counted anew");
    assert!(w.claim(UserId(6000)).await.unwrap_err().is(fault::SECKILL_SOLD_OUT));
    w.audit().await;
}

#[tokio::test]
async fn a_limit_that_the_engine_forgot_holds_in_the_books() {
    let w = World::new(10, 2).await;
    w.db.run("update item set buy_limit = 1", vec![]).await.unwrap();
    let first = w.claim_in_secret(WANG).await;
    let second = w.claim_in_secret(WANG).await;
    w.serve().await;
    assert_eq!(w.ticket(WANG, &first).await.state, SeckillTicketState::Won);
    assert_eq!(w.ticket(WANG, &second).await.state, SeckillTicketState::Limited);
    assert_eq!((w.left().await, w.item().await.sold), (9, 1));
    w.audit().await;
}

#[tokio::test]
async fn a_ticket_that_cannot_be_placed_holds_up_nobody() {
    let w = World::new(10, 1).await;
    w.orders.homeless.lock().unwrap().insert(UserId(5001));
    w.orders.poison.lock().unwrap().insert(UserId(5002));
    let mut tickets = Vec::new();
    for n in 0..5 {
        tickets.push(w.claim_in_secret(UserId(5000 + n)).await);
    }
    w.serve().await;
    assert_eq!(w.tickets().await, counts(&[("won", 3), ("failed", 2)]));
    for (n, reason) in [(1, SeckillReason::Address), (2, SeckillReason::OffShelf)] {
        let shown = w.ticket(UserId(5000 + n), &tickets[usize::try_from(n).unwrap()]).await;
        assert_eq!((shown.state, shown.reason), (SeckillTicketState::Failed, Some(reason)));
    }
    assert_eq!((w.left().await, w.item().await.sold), (7, 3), "their units are there for others");
    w.win(UserId(6000)).await;
    w.audit().await;
}

#[tokio::test]
async fn orders_that_do_not_answer_are_asked_again() {
    let w = World::new(300, 1).await;
    for lost in [false, true] {
        let silent = if lost { &w.orders.mute } else { &w.orders.deaf };
        silent.store(true, SeqCst);
        let base = if lost { 8000 } else { 6000 };
        let answers = join_all((0..120).map(|n| w.claim(UserId(base + n)))).await;
        assert!(answers.iter().all(Result::is_ok));
        w.serve().await;
        assert_eq!(w.tickets().await.get("ordering"), Some(&120), "in the books, and the engine is told");
        silent.store(false, SeqCst);
        w.settle().await;
        assert_eq!(w.tickets().await.get("ordering"), None);
    }
    assert_eq!((w.orders.placed().len(), w.item().await.sold), (240, 240));
    w.audit().await;
}

#[tokio::test]
async fn an_order_that_is_cancelled_before_its_ticket_heard_of_it() {
    let w = World::new(1, 1).await;
    w.orders.mute.store(true, SeqCst);
    w.claim(WANG).await.unwrap();
    w.serve().await;
    let order = w.orders.placed()[0].order;
    w.cancel(order, CancelReason::Shopper).await;
    w.orders.mute.store(false, SeqCst);
    w.settle().await;
    assert_eq!((w.tickets().await, w.left().await), (counts(&[("cancelled", 1)]), 1));
    w.audit().await;
}

#[tokio::test]
async fn a_claim_brought_twice_has_one_row() {
    let w = World::new(10, 1).await;
    for n in 0..5 {
        w.claim_in_secret(UserId(5000 + n)).await;
    }
    let item = w.item().await;
    let claims = rush::Rush::deliver(w.seckill().engine.as_ref(), item.id.0.into(), 200).await.unwrap();
    let taken = join_all((0..6).map(|_| w.seckill().take_in(&item, &claims))).await;
    let fresh: usize = taken.iter().map(|t| t.as_ref().unwrap().ordering.len()).sum();
    assert_eq!((fresh, w.item().await.sold), (5, 5));
    w.settle().await;
    assert_eq!(w.tickets().await, counts(&[("won", 5)]));
    w.audit().await;
}

#[tokio::test]
async fn two_processes_serve_one_line_and_count_one_pool() {
    let w = World::new(300, 1).await;
    let other = w.second();
    for round in 0..3 {
        for n in 0..60 {
            w.claim_in_secret(UserId(5000 + round * 100 + n)).await;
        }
        let (a, b) = tokio::join!(w.seckill().serve_line(), other.serve_line());
        a.and(b).unwrap();
        let item = w.item().await;
        let before = item.epoch;
        let (a, b) = tokio::join!(w.seckill().recount(&item), other.recount(&item));
        // One of them may find that the other was quicker each time, and leaves it to the next round.
        assert!(a.is_ok() || b.is_ok(), "{a:?} {b:?}");
        w.settle().await;
        assert!(w.item().await.epoch > before);
        w.audit().await;
    }
    assert_eq!(w.tickets().await, counts(&[("won", 180)]));
    assert_eq!((w.orders.placed().len(), w.left().await), (180, 120));
}

#[tokio::test]
async fn a_line_that_was_lost_when_all_was_over_is_not_waited_for() {
    let w = World::new(2, 1).await;
    let ticket = w.claim_in_secret(WANG).await;
    let w = w.lose_engine().await;
    assert_eq!(w.ticket(WANG, &ticket).await.state, SeckillTicketState::Queued, "it is being looked into");
    w.core.clock.pass(Duration::from_secs(3600));
    let shown = w.ticket(WANG, &ticket).await;
    assert_eq!((shown.state, shown.reason), (SeckillTicketState::Failed, Some(SeckillReason::Lost)));
}

#[tokio::test]
async fn own_tickets_come_latest_first() {
    let w = World::new(10, 5).await;
    let mut orders = Vec::new();
    for _ in 0..3 {
        orders.push(w.win(WANG).await);
        w.core.clock.pass(Duration::from_secs(1));
    }
    w.win(LI).await;
    w.cancel(orders[0], CancelReason::Shopper).await;
    let at = PageParams { cursor: None, limit: Some(2) };
    let first = w.seckill().own_tickets(WANG, &at).await.unwrap();
    let shown: Vec<OrderId> = first.items.iter().filter_map(|t| t.ticket.order_id).collect();
    assert_eq!(shown, [orders[2], orders[1]]);
    let rest = w.seckill().own_tickets(WANG, &PageParams { cursor: first.next, limit: Some(2) }).await.unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));
    assert_eq!(rest.items[0].ticket.state, SeckillTicketState::Cancelled);
    let again = w.ticket(WANG, &rest.items[0].ticket.ticket).await;
    assert_eq!(again, rest.items[0].ticket, "a ticket of the list is a ticket");
}

/// Four people claim, one of them finds his address gone, one cancels; as far as it gets.
async fn story(w: &World, passes: &[String]) -> Result<()> {
    for (n, pass) in (0..).zip(passes) {
        // The engine is no database: what it answered is kept, and answered again.
        w.claim_with(UserId(5000 + n), pass).await?;
    }
    w.seckill().rest().await;
    w.seckill().serve_line().await?;
    let cancelled = w.orders.placed().into_iter().find(|win| win.user == UserId(5003));
    if let Some(win) = cancelled {
        w.tell_cancelled(win.order, CancelReason::Shopper).await?;
    }
    w.step_all().await?;
    w.core.crash.check()
}

#[tokio::test]
async fn a_crash_after_any_commit_heals() {
    let mut whole = false;
    for commits in 1..60 {
        let mut w = World::new(6, 1).await;
        w.orders.homeless.lock().unwrap().insert(UserId(5002));
        let passes: Vec<String> = (0..4).map(|n| w.pass(UserId(5000 + n), 1)).collect();
        w.core.crash.arm(commits);
        whole = story(&w, &passes).await.is_ok();
        w = w.reopen().await;
        w.settle().await;
        story(&w, &passes).await.unwrap_or_else(|e| panic!("after {commits} commits: {e}"));
        w.settle().await;
        w.audit().await;
        let tickets = w.tickets().await;
        assert_eq!(tickets.get("won"), Some(&2), "after {commits} commits: {tickets:?}");
        assert_eq!(w.item().await.sold, 2);
        assert_eq!(w.left().await, 4);
        // Somebody else can have all that is left.
        let answers = join_all((0..10).map(|n| w.claim(UserId(9000 + n)))).await;
        assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 4, "after {commits} commits");
        w.settle().await;
        w.audit().await;
        if whole {
            assert!(commits > 5, "the switch does not work");
            break;
        }
    }
    assert!(whole, "the story never came to its end");
}

#[tokio::test]
async fn a_crash_and_a_lost_engine_after_any_commit_of_a_recount_heal() {
    for commits in 1..8 {
        let mut w = World::new(6, 1).await;
        for n in 0..2 {
            w.win(UserId(5000 + n)).await;
        }
        let waits = w.claim_in_secret(UserId(5002)).await;
        w.core.crash.arm(commits);
        let whole = w.seckill().recount(&w.item().await).await.is_ok() && w.core.crash.check().is_ok();
        w = if commits % 2 == 0 { w.reopen().await } else { w.lose_engine().await };
        w.settle().await;
        w.audit().await;
        let shown = w.ticket(UserId(5002), &waits).await;
        let sold = w.item().await.sold;
        assert!(matches!(shown.state, SeckillTicketState::Won | SeckillTicketState::Failed), "{shown:?}");
        assert_eq!(sold, if shown.state == SeckillTicketState::Won { 3 } else { 2 });
        assert_eq!(w.left().await, 6 - u64::from(sold), "after {commits} commits");
        if whole {
            break;
        }
    }
}
