//! Passes, claims, and the pool behind them.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use contract::fault;
use contract::order::CancelReason;
use contract::{AddressId, Fen, UserId};
use futures::future::join_all;
use kit::{Ctx, Result, values};

use super::crowd::{ITEM, PRICE, SESSION, START, World};
use crate::gate::pass::{Issued, Pass, Wish};
use crate::tickets::Ticket;
use crate::tickets::view::SeckillTicketState;

const WANG: UserId = UserId(1001);
const LI: UserId = UserId(1002);

fn wish(user: UserId, qty: u32, captcha: &str, answer: &str) -> Wish {
    Wish { item: ITEM, qty, address: AddressId(user.0), captcha: captcha.into(), answer: answer.into() }
}

async fn issue(w: &World, user: UserId, wish: &Wish) -> Result<Issued> {
    w.seckill().issue_pass(&Ctx::house(), user, wish).await
}

#[tokio::test]
async fn a_pass_names_one_wish_and_knows_its_price() {
    let w = World::new(10, 2).await;
    let first = issue(&w, WANG, &wish(WANG, 2, "c1", "right")).await.unwrap();
    assert_eq!((first.quote.goods_fen, first.quote.payable_fen), (Fen(2 * PRICE.0), Fen(2 * PRICE.0 + 1000)));
    w.core.clock.pass(Duration::from_secs(60));
    let again = issue(&w, WANG, &wish(WANG, 2, "c1", "right")).await.unwrap();
    assert_eq!(first.pass.token(), again.pass.token(), "the same captcha is the same claim");
    assert!(again.pass.expires > first.pass.expires);
    let other = issue(&w, WANG, &wish(WANG, 1, "c1", "right")).await.unwrap_err();
    assert!(other.is(fault::CAPTCHA_WRONG), "a captcha is for one wish: {other:?}");
    let other = issue(&w, WANG, &wish(WANG, 2, "c2", "right")).await.unwrap();
    assert_ne!(first.pass.token(), other.pass.token());
    assert!(issue(&w, WANG, &wish(WANG, 2, "c3", "wrong")).await.unwrap_err().is(fault::CAPTCHA_WRONG));
    let foreign = Wish { address: AddressId(LI.0), ..wish(WANG, 1, "c4", "right") };
    let refused = issue(&w, WANG, &foreign).await.unwrap_err();
    assert!(refused.is(fault::NOT_FOUND) && refused.errors()[0].pointer == "/address_id", "{refused:?}");
    assert!(issue(&w, WANG, &wish(WANG, 1, "c4", "right")).await.is_ok(), "a wrong address does not spend the captcha");
    assert!(issue(&w, WANG, &wish(WANG, 3, "c5", "right")).await.unwrap_err().is(fault::SECKILL_LIMITED));
    w.shop.off_shelf.store(true, SeqCst);
    assert!(issue(&w, WANG, &wish(WANG, 1, "c6", "right")).await.unwrap_err().is(fault::OFF_SHELF));
}

#[tokio::test]
async fn passes_have_their_time() {
    let w = World::new(10, 2).await;
    let shift = "update activity set starts_ms = ?, ends_ms = ? where id = ?";
    let starts = START + Duration::from_secs(600);
    w.db.run(shift, values![starts, starts + Duration::from_secs(60), SESSION]).await.unwrap();
    w.seckill().refresh().await;
    let early = issue(&w, WANG, &wish(WANG, 1, "c", "right")).await.unwrap_err();
    assert!(early.is(fault::SECKILL_NOT_OPEN));
    let opens = serde_json::json!((starts - Duration::from_secs(300)).to_string());
    assert_eq!(early.data().unwrap()["opens_at"], opens);
    w.core.clock.pass(Duration::from_secs(300));
    let pass = issue(&w, WANG, &wish(WANG, 1, "c", "right")).await.unwrap().pass;
    let early = w.claim_with(WANG, &pass.seal(&w.core.keys)).await.unwrap_err();
    assert!(early.is(fault::SECKILL_NOT_OPEN));
    assert_eq!(early.data().unwrap()["opens_at"], serde_json::json!(starts.to_string()));
    w.core.clock.pass(Duration::from_secs(360));
    let late = issue(&w, WANG, &wish(WANG, 1, "c2", "right")).await.unwrap_err();
    assert!(late.is(fault::SECKILL_NOT_OPEN) && late.data().is_none());
    w.db.run("update activity set paused = 1, ends_ms = ends_ms + 100000", vec![]).await.unwrap();
    w.seckill().refresh().await;
    assert!(issue(&w, WANG, &wish(WANG, 1, "c2", "right")).await.unwrap_err().is(fault::SECKILL_NOT_OPEN));
}

#[tokio::test]
async fn a_shopper_asks_for_so_many_passes_an_hour() {
    let w = World::new(10, 2).await;
    for n in 0..20 {
        let asked = issue(&w, WANG, &wish(WANG, 1, &format!("c{n}"), "wrong")).await;
        assert!(asked.unwrap_err().is(fault::CAPTCHA_WRONG));
    }
    let refused = issue(&w, WANG, &wish(WANG, 1, "c", "right")).await.unwrap_err();
    assert!(refused.is(fault::TOO_MANY) && refused.retry_after().is_some());
    assert!(issue(&w, LI, &wish(LI, 1, "c", "right")).await.is_ok());
}

#[tokio::test]
async fn a_pass_is_its_owners_and_ends() {
    let w = World::new(10, 2).await;
    let pass = w.pass(WANG, 1);
    for bad in ["", "x", &pass[1..], &w.core.keys.seal("seckill.other", "1 2 3 4 5 6"), &w.core.keys.seal("seckill.pass", "1 2")]
    {
        assert!(w.claim_with(WANG, bad).await.unwrap_err().is(fault::PASS_EXPIRED), "{bad}");
    }
    assert!(w.claim_with(LI, &pass).await.unwrap_err().is(fault::PASS_EXPIRED));
    w.core.clock.pass(Duration::from_secs(600));
    assert!(w.claim_with(WANG, &pass).await.unwrap_err().is(fault::PASS_EXPIRED));
    assert_eq!(w.left().await, 10);
}

#[tokio::test]
async fn one_pass_a_hundred_times_is_one_ticket() {
    let w = World::new(10, 2).await;
    let pass = w.pass(WANG, 1);
    let answers = join_all((0..100).map(|_| w.claim_with(WANG, &pass))).await;
    let tickets: std::collections::BTreeSet<String> = answers.into_iter().map(|a| a.unwrap()).collect();
    assert_eq!(tickets.len(), 1, "the same pass is the same ticket, to the letter");
    w.serve().await;
    assert_eq!((w.left().await, w.item().await.sold, w.orders.placed().len()), (9, 1, 1));
    let ticket = tickets.first().unwrap();
    assert_eq!(w.claim_with(WANG, &pass).await.unwrap(), *ticket, "and stays so when it is won");
    w.audit().await;
}

#[tokio::test]
async fn two_hundred_at_once_want_ten() {
    for parts in [1, 4] {
        let w = World::with(crate::Settings::default(), 10, 1, parts).await;
        let people: Vec<UserId> = (0..200).map(|n| UserId(5000 + n)).collect();
        let answers = join_all(people.iter().map(|user| w.claim(*user))).await;
        let taken = answers.iter().filter(|a| a.is_ok()).count();
        let gone = answers.iter().filter(|a| a.as_ref().is_err_and(|e| e.is(fault::SECKILL_SOLD_OUT))).count();
        assert_eq!((taken, gone), (10, 190));
        w.serve().await;
        for (user, answer) in people.iter().zip(answers) {
            if let Ok(ticket) = answer {
                let shown = w.ticket(*user, &ticket).await;
                assert_eq!(shown.state, SeckillTicketState::Won, "{shown:?}");
                assert!(shown.order_id.is_some() && shown.pay_until > Some(w.core.clock.now()));
            }
        }
        assert_eq!((w.orders.placed().len(), w.item().await.sold), (10, 10));
        assert!(w.orders.placed().iter().all(|win| win.unit_price_fen == PRICE && win.address == AddressId(win.user.0)));
        w.audit().await;
    }
}

#[tokio::test]
async fn nobody_has_more_than_the_limit() {
    let w = World::new(100, 3).await;
    let passes: Vec<String> = (0..50).map(|_| w.pass(WANG, 1)).collect();
    let answers = join_all(passes.iter().map(|pass| w.claim_with(WANG, pass))).await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 3);
    assert!(answers.iter().filter_map(|a| a.as_ref().err()).all(|e| e.is(fault::SECKILL_LIMITED)));
    assert!(w.claim_with(LI, &w.pass(LI, 4)).await.unwrap_err().is(fault::SECKILL_LIMITED));
    w.serve().await;
    assert!(issue(&w, WANG, &wish(WANG, 1, "c", "right")).await.unwrap_err().is(fault::SECKILL_LIMITED));
    w.audit().await;
}

#[tokio::test]
async fn a_full_gate_says_come_again() {
    let mut settings = crate::Settings::default();
    (settings.gate.claims_at_once, settings.gate.claims_waiting) = (1, 0);
    let w = World::with(settings, 100, 1, 1).await;
    let place = w.seckill().gate.claims.enter().await.unwrap();
    let answers = join_all((0..20).map(|n| w.claim(UserId(5000 + n)))).await;
    let busy = |e: &kit::Error| e.is(fault::SECKILL_BUSY) && e.retry_after() == Some(1);
    assert!(answers.iter().all(|a| a.as_ref().is_err_and(busy)), "{answers:?}");
    drop(place);
    assert!(w.claim(WANG).await.is_ok(), "nothing was taken from those who were turned away");
    w.serve().await;
    w.audit().await;
}

#[tokio::test]
async fn what_the_engine_lost_is_counted_from_the_books() {
    let w = World::new(10, 1).await;
    let mut orders = Vec::new();
    for n in 0..6 {
        orders.push(w.win(UserId(5000 + n)).await);
    }
    w.pay(orders[0]).await;
    w.cancel(orders[1], CancelReason::Shopper).await;
    // One more is cancelled, and the engine does not hear of it any more.
    w.tell_cancelled(orders[2], CancelReason::Timeout).await.unwrap();
    let queued = w.claim(UserId(6000)).await.unwrap();
    w.seckill().rest().await;
    let lost = w.claim_in_secret(UserId(6001)).await;
    let w = w.lose_engine().await;
    let busy = w.claim(UserId(6002)).await.unwrap_err();
    assert!(busy.is(fault::SECKILL_BUSY), "the gate is shut, not broken: {busy:?}");
    // Whoever was turned away set the recount off; the job does as well.
    w.seckill().rest().await;
    w.seckill().tend_pools().await.unwrap();
    w.run().await;
    let item = w.item().await;
    assert_eq!((item.epoch, item.sold), (2, 5));
    assert_eq!(w.left().await, 5);
    assert_eq!(w.ticket(UserId(6000), &queued).await.state, SeckillTicketState::Won, "it was in the books");
    let shown = w.ticket(UserId(6001), &lost).await;
    assert_eq!((shown.state, shown.reason), (SeckillTicketState::Failed, Some(crate::tickets::view::SeckillReason::Lost)));
    // Limits and tokens of before still hold.
    assert!(w.claim(UserId(5000)).await.unwrap_err().is(fault::SECKILL_LIMITED));
    assert!(w.claim(UserId(5002)).await.is_ok(), "who cancelled may try again");
    let answers = join_all((0..20).map(|n| w.claim(UserId(7000 + n)))).await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 4);
    w.settle().await;
    w.audit().await;
    assert_eq!(w.item().await.sold, 10);
}

#[tokio::test]
async fn a_pool_that_was_closed_is_drained_before_it_is_counted() {
    let w = World::new(5, 1).await;
    let mut tickets = Vec::new();
    for n in 0..3 {
        tickets.push((UserId(5000 + n), w.claim_in_secret(UserId(5000 + n)).await));
    }
    let before = w.item().await;
    w.seckill().recount(&before).await.unwrap();
    w.seckill().recount(&before).await.unwrap();
    assert_eq!(
        (w.item().await.epoch, w.item().await.sold, w.left().await),
        (2, 3, 2),
        "the second knew no better and did nothing"
    );
    for (user, ticket) in tickets {
        assert_eq!(w.ticket(user, &ticket).await.state, SeckillTicketState::Won);
    }
    // Two processes with the same news count at once.
    let item = w.item().await;
    let counted = join_all((0..5).map(|_| w.seckill().recount(&item))).await;
    assert!(counted.iter().all(Result::is_ok));
    assert_eq!((w.item().await.epoch, w.left().await), (3, 2));
    w.audit().await;
}

#[tokio::test]
async fn a_unit_is_not_lost_between_a_count_and_its_return() {
    let w = World::new(1, 1).await;
    let order = w.win(WANG).await;
    w.tell_cancelled(order, CancelReason::Shopper).await.unwrap();
    // The engine is behind the books: the unit waits for the pool that was counted after it came back.
    w.db.run("update item set epoch = epoch + 1", vec![]).await.unwrap();
    w.run().await;
    assert_eq!((w.left().await, w.row(order).await.returned), (0, 0), "an old pool gets nothing back");
    w.settle().await;
    assert_eq!((w.left().await, w.row(order).await.returned), (1, 1));
    w.win(LI).await;
    w.audit().await;
}

#[tokio::test]
async fn a_pause_during_a_recount_keeps_the_pool_shut() {
    let w = World::new(3, 1).await;
    w.db.run("update activity set paused = 1", vec![]).await.unwrap();
    w.seckill().recount(&w.item().await).await.unwrap();
    let standing = w.seckill().engine.describe(ITEM.0.into()).await.unwrap().unwrap();
    assert!(standing.shut && standing.epoch == 2);
    w.db.run("update activity set paused = 0", vec![]).await.unwrap();
    w.seckill().tend_pools().await.unwrap();
    assert_eq!(w.item().await.epoch, 3);
    w.win(WANG).await;
    w.audit().await;
}

#[test]
fn passes_and_tickets_read_back() {
    let keys = kit::secret::Keys::random().unwrap();
    let pass = Pass { item: ITEM, user: WANG, qty: 2, address: AddressId(i64::MAX), nonce: u64::MAX, expires: START };
    let read = Pass::open(&keys, &pass.seal(&keys), WANG, START - Duration::from_millis(1)).unwrap();
    assert_eq!(read, pass);
    assert_eq!(crate::gate::pass::address_of(pass.token()), pass.address);
    let ticket = Ticket { item: ITEM, epoch: 3, part: 15, seq: 77, user: WANG, qty: 2 };
    let text = ticket.write(&keys);
    assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{text}");
    assert_eq!(Ticket::read(&keys, &text, WANG), Some(ticket));
    assert_eq!(Ticket::read(&keys, &text, LI), None);
    assert_eq!(Ticket::read(&keys, &text.replace("-77-", "-78-"), WANG), None);
    assert_eq!(Ticket::read(&keys, "nonsense", WANG), None);
}
