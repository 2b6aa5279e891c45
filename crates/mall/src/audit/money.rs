//! Money: lines, orders, payments, refunds and the books say the same, to the fen.

use std::collections::HashMap;

use kit::sea_orm::{self, FromQueryResult};
use kit::{Result, values};

use super::{Books, Finding, Rule, declare, finding};

pub(super) const RULES: &[Rule] = declare! {
    "M1" "a line costs its amount less its discount, and never less than nothing" lines;
    "M2" "the discounts of the lines sum to the order's discount" discounts;
    "M3" "an order costs its lines and its freight" payable;
    "M4" "a line's stored shares sum to its discount" shares;
    "M6" "a paid order has one payment that counts, of its amount; no other order has" paid_orders;
    "M7" "every further payment of an order goes back, once" surplus;
    "M9" "never more goes back than was paid" refunds;
    "M10" "every movement of the books sums to zero" books_balance;
    "M11" "what the books hold at the channels is what was paid less what went back" clearing;
    "M13" "an order that closed unpaid keeps no money" closed_orders;
};

async fn lines(books: &Books) -> Result<Vec<Finding>> {
    let sql = "select id, amount_fen - discount_fen as expected, payable_fen as found from order_line
               where payable_fen <> amount_fen - discount_fen or payable_fen < 0 or qty < 1 or discount_fen < 0
                  or amount_fen <> unit_price_fen * qty";
    books.differences("order", "line", sql).await
}

async fn discounts(books: &Books) -> Result<Vec<Finding>> {
    let sql = "select o.id as id, o.discount_fen as expected, cast(coalesce(sum(l.discount_fen), 0) as signed) as found
               from orders o left join order_line l on l.order_id = o.id group by o.id, o.discount_fen
               having o.discount_fen <> coalesce(sum(l.discount_fen), 0)";
    books.differences("order", "order", sql).await
}

async fn payable(books: &Books) -> Result<Vec<Finding>> {
    let sql = "select o.id as id, o.payable_fen as expected,
                 cast(coalesce(sum(l.payable_fen), 0) + o.freight_fen - o.freight_discount_fen as signed) as found
               from orders o left join order_line l on l.order_id = o.id
               group by o.id, o.payable_fen, o.freight_fen, o.freight_discount_fen
               having o.payable_fen <> coalesce(sum(l.payable_fen), 0) + o.freight_fen - o.freight_discount_fen or o.payable_fen < 0";
    books.differences("order", "order", sql).await
}

#[derive(FromQueryResult)]
struct Shares {
    id: i64,
    discount_fen: i64,
    shares: String,
}

#[derive(serde::Deserialize)]
struct Share {
    amount_fen: i64,
}

async fn shares(books: &Books) -> Result<Vec<Finding>> {
    let rows: Vec<Shares> = books.db("order")?.all("select id, discount_fen, shares from order_line", values![]).await?;
    let wrong = rows.into_iter().filter_map(|row| {
        let found: i64 = serde_json::from_str::<Vec<Share>>(&row.shares).ok()?.iter().map(|s| s.amount_fen).sum();
        (found != row.discount_fen).then(|| finding(format_args!("line {}", row.id), row.discount_fen, found))
    });
    Ok(wrong.collect())
}

#[derive(FromQueryResult)]
struct OrderMoney {
    id: i64,
    state: String,
    payable_fen: i64,
    paid_fen: i64,
    refunded_fen: i64,
    changed_ms: i64,
}

#[derive(FromQueryResult)]
struct PaymentMoney {
    order_id: i64,
    paid_fen: i64,
    refunded_fen: i64,
    refunding_fen: i64,
    paid_ms: Option<i64>,
}

struct Both {
    orders: Vec<OrderMoney>,
    payments: HashMap<i64, PaymentMoney>,
    before_ms: i64,
}

async fn both(books: &Books) -> Result<Both> {
    let order = books.db("order")?;
    let before_ms = books.settled_before(order).0;
    let sql = "select id, state, payable_fen, paid_fen, refunded_fen, changed_ms from orders";
    let orders = order.all(sql, values![]).await?;
    let sql = "select order_id, paid_fen, refunded_fen, refunding_fen, paid_ms from payment";
    let payments: Vec<PaymentMoney> = books.db("payment")?.all(sql, values![]).await?;
    Ok(Both { orders, payments: payments.into_iter().map(|p| (p.order_id, p)).collect(), before_ms })
}

impl Both {
    /// Orders whose news has arrived on both sides, with what payment says of them.
    fn settled(&self) -> impl Iterator<Item = (&OrderMoney, Option<&PaymentMoney>)> {
        self.orders
            .iter()
            .map(|o| (o, self.payments.get(&o.id)))
            .filter(|(o, p)| o.changed_ms < self.before_ms && p.and_then(|p| p.paid_ms).unwrap_or(0) < self.before_ms)
    }
}

async fn paid_orders(books: &Books) -> Result<Vec<Finding>> {
    let both = both(books).await?;
    let mut findings = Vec::new();
    for (order, payment) in both.settled() {
        let goes_on = matches!(order.state.as_str(), "paid" | "shipped" | "received" | "done");
        let paid = payment.map_or(0, |p| p.paid_fen);
        if goes_on && (paid != order.payable_fen || order.paid_fen != paid) {
            findings.push(finding(format_args!("order {}", order.id), order.payable_fen, paid));
        }
        if !goes_on && order.state != "cancelled" && paid != 0 {
            findings.push(finding(format_args!("order {} ({})", order.id, order.state), 0, paid));
        }
    }
    let known: std::collections::HashSet<i64> = both.orders.iter().map(|o| o.id).collect();
    let orphans = both.payments.values().filter(|p| p.paid_fen > 0 && !known.contains(&p.order_id));
    findings.extend(orphans.map(|p| finding(format_args!("payment of order {}", p.order_id), "an order", "none")));
    Ok(findings)
}

async fn closed_orders(books: &Books) -> Result<Vec<Finding>> {
    let both = both(books).await?;
    let kept = both.settled().filter(|(o, _)| o.state == "cancelled").filter_map(|(order, payment)| {
        let payment = payment?;
        let kept = payment.paid_fen - payment.refunded_fen - payment.refunding_fen;
        let told = order.paid_fen - order.refunded_fen;
        let wrong = kept != 0 || (payment.refunding_fen == 0 && told != 0);
        wrong.then(|| finding(format_args!("order {}", order.id), 0, kept.max(told)))
    });
    Ok(kept.collect())
}

async fn surplus(books: &Books) -> Result<Vec<Finding>> {
    let sql = "select a.id as id, a.amount_fen as expected, cast(coalesce(sum(r.amount_fen), 0) as signed) as found
               from attempt a join payment p on p.id = a.payment_id
               left join refund r on r.attempt_id = a.id and r.surplus = 1
               where a.state = 'paid' and (p.effective_attempt is null or p.effective_attempt <> a.id)
               group by a.id, a.amount_fen having coalesce(sum(r.amount_fen), 0) <> a.amount_fen";
    books.differences("payment", "attempt", sql).await
}

async fn refunds(books: &Books) -> Result<Vec<Finding>> {
    let beyond = "select id, paid_fen as expected, refunded_fen + refunding_fen as found from payment
                  where refunded_fen + refunding_fen > paid_fen or refunded_fen < 0 or refunding_fen < 0";
    let rows = "select p.id as id, p.refunded_fen as expected, cast(coalesce(sum(r.amount_fen), 0) as signed) as found
                from payment p left join refund r on r.payment_id = p.id and r.surplus = 0 and r.state = 'done'
                group by p.id, p.refunded_fen having p.refunded_fen <> coalesce(sum(r.amount_fen), 0)";
    let mut findings = books.differences("payment", "payment", beyond).await?;
    findings.extend(books.differences("payment", "payment", rows).await?);
    Ok(findings)
}

async fn books_balance(books: &Books) -> Result<Vec<Finding>> {
    let sql = "select move_id as id, 0 as expected, cast(sum(amount_fen) as signed) as found from money_entry
               group by move_id having sum(amount_fen) <> 0";
    let empty = "select m.id as id, 2 as expected, 0 as found from money_move m
                 left join money_entry e on e.move_id = m.id where e.move_id is null";
    let mut findings = books.differences("payment", "movement", sql).await?;
    findings.extend(books.differences("payment", "movement", empty).await?);
    Ok(findings)
}

async fn clearing(books: &Books) -> Result<Vec<Finding>> {
    let db = books.db("payment")?;
    let paid = "select cast(coalesce(sum(amount_fen), 0) as signed) from attempt where state = 'paid'";
    let back = "select cast(coalesce(sum(amount_fen), 0) as signed) from refund where state = 'done'";
    let held = "select cast(coalesce(sum(amount_fen), 0) as signed) from money_entry
                where account like 'clearing.%' or account = 'paid_by_hand'";
    let (paid, back, held) =
        (db.number(paid, values![]).await?, db.number(back, values![]).await?, db.number(held, values![]).await?);
    let (expected, found) = (paid.unwrap_or(0) - back.unwrap_or(0), held.unwrap_or(0));
    Ok(if expected == found { Vec::new() } else { vec![finding("accounts clearing.*", expected, found)] })
}
