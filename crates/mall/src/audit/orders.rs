//! Orders: each history is a legal path that ends where the order stands, each key has one order, nothing is overdue.

use std::collections::HashMap;
use std::time::Duration;

use kit::sea_orm::{self, FromQueryResult};
use kit::{Result, values};

use super::{Books, Finding, Rule, declare, finding};

pub(super) const RULES: &[Rule] = declare! {
    "O1" "an order's history is a legal path to where it stands" histories;
    "O2" "a key has one order" keys;
    "O3" "no order stays unpaid, or placing, past its time" overdue;
    "O4" "a shopper's count of unpaid orders is right" unpaid_counts;
    "O5" "a shipped order has a parcel, and no unshipped one has" parcels;
    "O6" "an order of a flash sale has its win and its allotment, and no other order has" wins;
};

/// Legal moves, written down apart from the code that makes them.
const MOVES: &[(&str, &[&str])] = &[
    ("", &["placing"]),
    ("placing", &["unpaid", "cancelled"]),
    ("unpaid", &["paid", "cancelled"]),
    ("paid", &["shipped", "cancelled"]),
    ("shipped", &["received"]),
    ("received", &["done"]),
    ("done", &[]),
    // Money that came late, while the goods were still there.
    ("cancelled", &["paid"]),
];

/// Legal moves of an order of a flash sale, which stands at once and never comes back.
const WON_MOVES: &[(&str, &[&str])] = &[
    ("", &["unpaid"]),
    ("unpaid", &["paid", "cancelled"]),
    ("paid", &["shipped", "cancelled"]),
    ("shipped", &["received"]),
    ("received", &["done"]),
    ("done", &[]),
    ("cancelled", &[]),
];

/// How late the timer that closes an order may be.
const LATE: Duration = Duration::from_secs(120);

#[derive(FromQueryResult)]
struct Step {
    order_id: i64,
    from_state: String,
    to_state: String,
    at_ms: i64,
}

#[derive(FromQueryResult)]
struct Standing {
    id: i64,
    state: String,
    kind: String,
}

async fn histories(books: &Books) -> Result<Vec<Finding>> {
    let db = books.db("order")?;
    // Orders first: a step that is added meanwhile then only makes a history longer than what it is compared with.
    let orders: Vec<Standing> = db.all("select id, state, kind from orders", values![]).await?;
    let sql = "select order_id, from_state, to_state, at_ms from order_history order by order_id, id";
    let steps: Vec<Step> = db.all(sql, values![]).await?;
    let mut paths: HashMap<i64, Vec<Step>> = HashMap::new();
    for step in steps {
        paths.entry(step.order_id).or_default().push(step);
    }
    let mut findings = Vec::new();
    for order in orders {
        let key = format!("order {}", order.id);
        let moves = if order.kind == "seckill" { WON_MOVES } else { MOVES };
        let mut at = String::new();
        let mut since = 0;
        let mut passed = false;
        for step in paths.get(&order.id).into_iter().flatten() {
            let stays = step.from_state == step.to_state;
            let legal = moves.iter().any(|(from, to)| *from == step.from_state && to.contains(&step.to_state.as_str()));
            if step.from_state != at || !(stays || legal) || step.at_ms < since {
                findings.push(finding(
                    &key,
                    format_args!("a move from {at:?}"),
                    format_args!("{} → {}", step.from_state, step.to_state),
                ));
            }
            at.clone_from(&step.to_state);
            since = step.at_ms;
            passed |= at == order.state;
        }
        let ends_well = if books.quiesced { at == order.state } else { passed };
        if !ends_well {
            findings.push(finding(key, order.state, at));
        }
    }
    Ok(findings)
}

async fn keys(books: &Books) -> Result<Vec<Finding>> {
    let sql = "select user_id as id, 1 as expected, cast(count(*) as signed) as found from orders
               where kind = 'usual' group by user_id, idem_key having count(*) > 1";
    books.differences("order", "shopper", sql).await
}

async fn overdue(books: &Books) -> Result<Vec<Finding>> {
    let db = books.db("order")?;
    #[derive(FromQueryResult)]
    struct Late {
        id: i64,
        due_ms: i64,
    }
    let sql = "select id, due_ms from orders where state in ('placing', 'unpaid') and due_ms > 0 and due_ms < ?";
    let late: Vec<Late> = db.all(sql, values![db.clock().now() - LATE]).await?;
    Ok(late
        .into_iter()
        .map(|o| finding(format_args!("order {}", o.id), "closed", format_args!("open since {}", kit::Time(o.due_ms))))
        .collect())
}

async fn unpaid_counts(books: &Books) -> Result<Vec<Finding>> {
    let sql = "select u.user_id as id, cast(u.n as signed) as found, cast(count(o.id) as signed) as expected
               from unpaid_count u left join orders o on o.user_id = u.user_id and o.state in ('placing', 'unpaid')
               group by u.user_id, u.n having u.n <> count(o.id)";
    books.differences("order", "shopper", sql).await
}

async fn parcels(books: &Books) -> Result<Vec<Finding>> {
    let without = "select o.id as id, 1 as expected, 0 as found from orders o left join parcel p on p.order_id = o.id
                   where o.state in ('shipped', 'received', 'done') and p.id is null";
    let early = "select o.id as id, 0 as expected, 1 as found from orders o join parcel p on p.order_id = o.id
                 where o.state not in ('shipped', 'received', 'done')";
    let mut findings = books.differences("order", "parcels of order", without).await?;
    findings.extend(books.differences("order", "parcels of order", early).await?);
    Ok(findings)
}

async fn wins(books: &Books) -> Result<Vec<Finding>> {
    let bare = "select id, 1 as expected, 0 as found from orders where kind = 'seckill' and allotment_id = 0";
    let stray = "select id, 0 as expected, allotment_id as found from orders where kind <> 'seckill' and allotment_id <> 0";
    let unwon = "select o.id as id, 1 as expected, 0 as found from orders o
                 left join won w on w.order_id = o.id and w.outcome = 'placed' where o.kind = 'seckill' and w.order_id is null";
    let unplaced = "select w.order_id as id, 1 as expected, 0 as found from won w
                    left join orders o on o.id = w.order_id and o.kind = 'seckill' where w.outcome = 'placed' and o.id is null";
    let refused = "select w.order_id as id, 0 as expected, 1 as found from won w
                   join orders o on o.id = w.order_id where w.outcome <> 'placed'";
    let mut findings = Vec::new();
    for (noun, sql) in [
        ("allotment of order", bare),
        ("allotment of order", stray),
        ("win of order", unwon),
        ("order of win", unplaced),
        ("order of refused win", refused),
    ] {
        findings.extend(books.differences("order", noun, sql).await?);
    }
    Ok(findings)
}
