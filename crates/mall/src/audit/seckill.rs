//! Flash sales: never more sold than there is, nobody has more than he may, every ticket is an order or nothing, and what was not sold
//! went back.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use kit::sea_orm::{self, FromQueryResult};
use kit::{Ids, Result, Time, values};

use super::{Books, Finding, Rule, UNDER_WAY, declare, finding};

pub(super) const RULES: &[Rule] = declare! {
    "K1" "never more of a sale is sold than there is, and it is what its tickets say" sold;
    "K2" "what the gate has left is what the books have left" gate;
    "K3" "nobody has more of a sale than he may" limits;
    "K4" "what was claimed was claimed in time, and a variant is in one session at a time" window;
    "K5" "what a session did not sell went back into stock, once" settled;
    "K6" "who cancelled too often gets no more of a session" barred;
    "K7" "every ticket becomes an order or nothing, and no order of a sale is without ticket" tickets;
};

/// How much later than the cancellation that bars somebody an order may have its number: clocks of processes differ.
const SLACK: Duration = Duration::from_secs(1);

async fn sold(books: &Books) -> Result<Vec<Finding>> {
    let over = "select id, quota as expected, sold as found from item where sold > quota";
    let live = "select i.id, cast(i.sold as signed) as found, cast(coalesce(sum(t.qty), 0) as signed) as expected
                from item i left join ticket t on t.item_id = i.id and t.state in ('ordering', 'won', 'paid')
                group by i.id, i.sold having i.sold <> coalesce(sum(t.qty), 0)";
    let paid = "select i.id, cast(i.paid as signed) as found, cast(coalesce(sum(t.qty), 0) as signed) as expected
                from item i left join ticket t on t.item_id = i.id and t.state = 'paid'
                group by i.id, i.paid having i.paid <> coalesce(sum(t.qty), 0)";
    let mut findings = Vec::new();
    for (noun, sql) in [("quota of item", over), ("tickets of item", live), ("paid tickets of item", paid)] {
        findings.extend(books.differences("seckill", noun, sql).await?);
    }
    Ok(findings)
}

/// Only where the process has the gate, and when traffic has stopped: else units are on their way between the two.
async fn gate(books: &Books) -> Result<Vec<Finding>> {
    let Some(seckill) = books.seckill.as_ref().filter(|_| books.quiesced) else { return Ok(Vec::new()) };
    let wrong = seckill.mismatches().await?;
    Ok(wrong.into_iter().map(|(item, what)| finding(format_args!("item {item}"), "what the books say", what)).collect())
}

async fn limits(books: &Books) -> Result<Vec<Finding>> {
    let sql = "select t.user_id as id, cast(i.buy_limit as signed) as expected, cast(sum(t.qty) as signed) as found
               from ticket t join item i on i.id = t.item_id where t.state in ('ordering', 'won', 'paid')
               group by t.user_id, i.id, i.buy_limit having sum(t.qty) > i.buy_limit";
    books.differences("seckill", "shopper", sql).await
}

async fn window(books: &Books) -> Result<Vec<Finding>> {
    let early = "select t.order_id as id, a.starts_ms as expected, t.taken_ms as found from ticket t
                 join activity a on a.id = t.activity_id where t.taken_ms < a.starts_ms";
    let late = "select t.order_id as id, a.ends_ms as expected, t.taken_ms as found from ticket t
                join activity a on a.id = t.activity_id where t.taken_ms >= a.ends_ms";
    let idle = "select i.id as id, i.id as expected, coalesce(b.item_id, 0) as found from item i
                left join busy_sku b on b.sku_id = i.sku_id
                where i.state in ('attached', 'leaving') and (b.item_id is null or b.item_id <> i.id)";
    let mut findings = Vec::new();
    for (noun, sql) in [("start of ticket", early), ("end of ticket", late), ("session of item", idle)] {
        findings.extend(books.differences("seckill", noun, sql).await?);
    }
    Ok(findings)
}

#[derive(FromQueryResult)]
struct Item {
    id: i64,
    state: String,
    quota: i64,
    paid: i64,
    changed_ms: i64,
}

const ITEMS: &str = "select id, state, cast(quota as signed) as quota, cast(paid as signed) as paid, changed_ms from item";

#[derive(FromQueryResult)]
struct Allotment {
    id: i64,
    qty: i64,
    ended: i64,
    sold: i64,
    returned: i64,
}

async fn settled(books: &Books) -> Result<Vec<Finding>> {
    let db = books.db("seckill")?;
    let before = books.settled_before(db);
    let items: Vec<Item> = db.all(ITEMS, values![]).await?;
    let sql = "select id, qty, cast(ended as signed) as ended, sold, returned from allotment";
    let allotments: Vec<Allotment> = books.db("inventory")?.all(sql, values![]).await?;
    let allotments: HashMap<i64, Allotment> = allotments.into_iter().map(|a| (a.id, a)).collect();
    let mut findings = Vec::new();
    for item in items.iter().filter(|item| item.changed_ms < before.0) {
        let found = allotments.get(&item.id);
        let right = match item.state.as_str() {
            "attached" => found.is_some_and(|a| a.ended == 0 && a.qty == item.quota),
            "over" | "detached" => found.is_some_and(|a| a.ended == 1 && a.sold == item.paid && a.sold + a.returned == a.qty),
            _ => true,
        };
        if !right {
            let told = found.map_or("none".to_owned(), |a| {
                format!("{} of {} sold, {} returned, ended: {}", a.sold, a.qty, a.returned, a.ended == 1)
            });
            let wanted = format!("{} of {} sold, {}", item.paid, item.quota, item.state);
            findings.push(finding(format_args!("allotment of item {}", item.id), wanted, told));
        }
    }
    Ok(findings)
}

#[derive(FromQueryResult)]
struct Ticket {
    order_id: i64,
    activity_id: i64,
    item_id: i64,
    user_id: i64,
    qty: i64,
    state: String,
    reason: String,
    due_ms: i64,
    changed_ms: i64,
}

async fn all_tickets(books: &Books) -> Result<Vec<Ticket>> {
    let sql = "select order_id, activity_id, item_id, user_id, cast(qty as signed) as qty, state, reason, due_ms, changed_ms from ticket
               order by order_id";
    books.db("seckill")?.all(sql, values![]).await
}

async fn barred(books: &Books) -> Result<Vec<Finding>> {
    let most = usize::try_from(books.barred_after.unwrap_or(::seckill::Settings::default().cancels)).unwrap_or(usize::MAX);
    let mut of: BTreeMap<(i64, i64), Vec<Ticket>> = BTreeMap::new();
    for ticket in all_tickets(books).await? {
        of.entry((ticket.activity_id, ticket.user_id)).or_default().push(ticket);
    }
    let mut findings = Vec::new();
    for ((activity, user), tickets) in of {
        let own = |t: &&Ticket| t.state == "cancelled" && matches!(t.reason.as_str(), "shopper" | "timeout");
        let mut cancelled: Vec<i64> = tickets.iter().filter(own).map(|t| t.changed_ms).collect();
        cancelled.sort_unstable();
        let Some(last) = most.checked_sub(1).and_then(|n| cancelled.get(n)) else { continue };
        let stands = |t: &&Ticket| !matches!(t.state.as_str(), "refused" | "failed");
        for late in tickets.iter().filter(stands).filter(|t| Ids::made_at(t.order_id) > Time(*last) + SLACK) {
            let key = format!("shopper {user} in session {activity}");
            findings.push(finding(
                key,
                format_args!("no ticket after {most} cancellations"),
                format_args!("order {}", late.order_id),
            ));
        }
    }
    Ok(findings)
}

#[derive(FromQueryResult)]
struct Order {
    id: i64,
    user_id: i64,
    state: String,
    allotment_id: i64,
    qty: i64,
    changed_ms: i64,
}

/// States of an order that go with a ticket's.
fn fitting(state: &str) -> &'static [&'static str] {
    match state {
        // It was placed, and the ticket has not heard yet.
        "ordering" => &["none", "unpaid", "paid", "cancelled"],
        "won" => &["unpaid"],
        // What was paid and then cancelled stays sold: the units do not come back into the sale.
        "paid" => &["paid", "shipped", "received", "done", "cancelled"],
        "cancelled" => &["cancelled"],
        _ => &["none"],
    }
}

async fn tickets(books: &Books) -> Result<Vec<Finding>> {
    let (seckill, order) = (books.db("seckill")?, books.db("order")?);
    let (before, now) = (books.settled_before(seckill), seckill.clock().now());
    // Orders first: a ticket that comes meanwhile has none to miss.
    let sql = "select o.id, o.user_id, o.state, o.allotment_id, cast(sum(l.qty) as signed) as qty, o.changed_ms from orders o
               join order_line l on l.order_id = o.id where o.kind = 'seckill'
               group by o.id, o.user_id, o.state, o.allotment_id, o.changed_ms";
    let orders: Vec<Order> = order.all(sql, values![]).await?;
    let orders: HashMap<i64, Order> = orders.into_iter().map(|o| (o.id, o)).collect();
    let tickets = all_tickets(books).await?;
    let mut findings = Vec::new();
    for ticket in &tickets {
        if ticket.state == "ordering" && Time(ticket.due_ms) + UNDER_WAY < now {
            findings.push(finding(format_args!("ticket {}", ticket.order_id), "an order, or none", "waits"));
        }
        let order = orders.get(&ticket.order_id);
        if ticket.changed_ms >= before.0 || order.is_some_and(|o| o.changed_ms >= before.0) {
            continue;
        }
        let state = order.map_or("none", |o| o.state.as_str());
        let same = order.is_none_or(|o| (o.user_id, o.allotment_id, o.qty) == (ticket.user_id, ticket.item_id, ticket.qty));
        let fitting = fitting(&ticket.state);
        if !same || !fitting.contains(&state) {
            let key = format!("ticket {} ({})", ticket.order_id, ticket.state);
            let found = if same { state.to_owned() } else { format!("{state}, of somebody or something else") };
            findings.push(finding(key, fitting.join(" or "), found));
        }
    }
    let known: HashSet<i64> = tickets.iter().map(|t| t.order_id).collect();
    // An allotment of another purpose is not this service's to explain.
    let items: Vec<Item> = seckill.all(ITEMS, values![]).await?;
    let items: HashSet<i64> = items.iter().map(|item| item.id).collect();
    let stray = orders.values().filter(|o| items.contains(&o.allotment_id) && o.changed_ms < before.0 && !known.contains(&o.id));
    findings.extend(stray.map(|o| finding(format_args!("order {}", o.id), "a ticket", "none")));
    Ok(findings)
}
