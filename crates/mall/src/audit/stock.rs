//! Stock: the ledger explains every balance, every reservation has its order, and nothing is sold that was not there.

use std::collections::HashMap;

use kit::sea_orm::{self, FromQueryResult};
use kit::{Result, values};

use super::{Books, Finding, Rule, declare, finding};

pub(super) const RULES: &[Rule] = declare! {
    "S1" "what is available, kept, kept apart and sold is what was counted in" supply;
    "S2" "no balance is below nothing" below_nothing;
    "S3" "what is kept is what the reservations keep, and each has a living order that holds stock" reservations;
    "S4" "every balance is the sum of its ledger" replay;
    "S5" "never more is sold than was there" oversold;
    "S6" "what was given back can be sold again" undersold;
    "S8" "units sold of a product are those of its paid orders" sales;
    "S9" "what is kept apart is what the allotments keep, and each keeps what it promised" allotments;
    "S10" "what is taken from allotments is what their paid orders have" taken;
};

async fn supply(books: &Books) -> Result<Vec<Finding>> {
    let sql = "select s.sku as id, s.available + s.locked + s.sold + s.allotted as found,
                 cast(coalesce(sum(l.delta_available + l.delta_locked + l.delta_sold + l.delta_allotted), 0) as signed) as expected
               from stock s left join ledger l on l.sku = s.sku and l.kind = 'count'
               group by s.sku, s.available, s.locked, s.sold, s.allotted
               having s.available + s.locked + s.sold + s.allotted
                 <> coalesce(sum(l.delta_available + l.delta_locked + l.delta_sold + l.delta_allotted), 0)";
    books.differences("inventory", "sku", sql).await
}

async fn below_nothing(books: &Books) -> Result<Vec<Finding>> {
    let sql = "select sku as id, 0 as expected, case when available < 0 then available when locked < 0 then locked
                 when sold < 0 then sold else allotted end as found
               from stock where available < 0 or locked < 0 or sold < 0 or allotted < 0";
    books.differences("inventory", "sku", sql).await
}

async fn replay(books: &Books) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for column in ["available", "locked", "sold", "allotted"] {
        let sql = format!(
            "select s.sku as id, s.{column} as found, cast(coalesce(sum(l.delta_{column}), 0) as signed) as expected
             from stock s left join ledger l on l.sku = s.sku group by s.sku, s.{column}
             having s.{column} <> coalesce(sum(l.delta_{column}), 0)"
        );
        findings.extend(books.differences("inventory", &format!("{column} of sku"), &sql).await?);
    }
    Ok(findings)
}

#[derive(FromQueryResult)]
struct Reservation {
    order_id: i64,
    attempt: i64,
    sku: i64,
    qty: i64,
    state: String,
}

#[derive(FromQueryResult)]
struct Line {
    order_id: i64,
    sku_id: i64,
    qty: i64,
    state: String,
    attempt: i64,
    kind: String,
    allotment_id: i64,
    changed_ms: i64,
}

impl Line {
    /// The line's order is paid and goes on.
    fn goes_on(&self) -> bool {
        !matches!(self.state.as_str(), "placing" | "unpaid" | "cancelled")
    }

    /// The line's order takes its units from an allotment, instead of holding them.
    fn is_won(&self) -> bool {
        self.kind == "seckill"
    }
}

async fn order_lines(books: &Books) -> Result<Vec<Line>> {
    let db = books.db("order")?;
    let before = books.settled_before(db);
    let sql = "select l.order_id, l.sku_id, cast(l.qty as signed) as qty, o.state, cast(o.attempt as signed) as attempt, o.kind,
                 o.allotment_id, o.changed_ms
               from order_line l join orders o on o.id = l.order_id";
    let lines: Vec<Line> = db.all(sql, values![]).await?;
    Ok(lines.into_iter().filter(|l| l.changed_ms < before.0).collect())
}

async fn reservations(books: &Books) -> Result<Vec<Finding>> {
    let sql = "select s.sku as id, s.locked as found, cast(coalesce(sum(r.qty), 0) as signed) as expected
               from stock s left join reservation r on r.sku = s.sku and r.state = 'locked'
               group by s.sku, s.locked having s.locked <> coalesce(sum(r.qty), 0)";
    let mut findings = books.differences("inventory", "sku", sql).await?;
    let lines = order_lines(books).await?;
    let sql = "select order_id, cast(attempt as signed) as attempt, sku, cast(qty as signed) as qty, state from reservation";
    let kept: Vec<Reservation> = books.db("inventory")?.all(sql, values![]).await?;
    let kept: HashMap<(i64, i64, i64), &Reservation> = kept.iter().map(|r| ((r.order_id, r.sku, r.attempt), r)).collect();
    for line in &lines {
        let reservation = kept.get(&(line.order_id, line.sku_id, line.attempt));
        let state = reservation.map_or("none", |r| r.state.as_str());
        let expected: &[&str] = match line.state.as_str() {
            _ if line.is_won() => &["none"],
            "placing" => &["none", "locked"],
            "unpaid" => &["locked"],
            "cancelled" => &["none", "released"],
            _ => &["deducted"],
        };
        let qty_differs = reservation.is_some_and(|r| r.qty != line.qty);
        if !expected.contains(&state) || qty_differs {
            let key = format!("order {} ({}), sku {}", line.order_id, line.state, line.sku_id);
            findings.push(finding(key, expected.join(" or "), state));
        }
    }
    Ok(findings)
}

async fn oversold(books: &Books) -> Result<Vec<Finding>> {
    let mut sold: HashMap<i64, i64> = HashMap::new();
    for line in order_lines(books).await?.iter().filter(|l| !matches!(l.state.as_str(), "placing" | "cancelled")) {
        *sold.entry(line.sku_id).or_default() += line.qty;
    }
    let counted = counted(books).await?;
    let over = sold.into_iter().filter_map(|(sku, sold)| {
        let there = counted.get(&sku).copied().unwrap_or(0);
        (sold > there).then(|| finding(format_args!("sku {sku}"), format_args!("at most {there}"), sold))
    });
    Ok(over.collect())
}

#[derive(FromQueryResult)]
struct Sum {
    id: i64,
    total: i64,
}

async fn counted(books: &Books) -> Result<HashMap<i64, i64>> {
    let sql = "select sku as id, cast(sum(delta_available + delta_locked + delta_sold) as signed) as total from ledger
               where kind = 'count' group by sku";
    let rows: Vec<Sum> = books.db("inventory")?.all(sql, values![]).await?;
    Ok(rows.into_iter().map(|r| (r.id, r.total)).collect())
}

/// Only when traffic has stopped: an order that is being placed holds stock before it says so.
async fn undersold(books: &Books) -> Result<Vec<Finding>> {
    if !books.quiesced {
        return Ok(Vec::new());
    }
    let mut taken: HashMap<i64, i64> = HashMap::new();
    for line in order_lines(books).await?.iter().filter(|l| l.state != "cancelled" && !l.is_won()) {
        *taken.entry(line.sku_id).or_default() += line.qty;
    }
    let apart =
        "select sku as id, cast(sum(case when ended = 1 then sold else qty end) as signed) as total from allotment group by sku";
    let apart: Vec<Sum> = books.db("inventory")?.all(apart, values![]).await?;
    for allotments in apart {
        *taken.entry(allotments.id).or_default() += allotments.total;
    }
    let counted = counted(books).await?;
    let levels: Vec<Sum> = books.db("inventory")?.all("select sku as id, available as total from stock", values![]).await?;
    let wrong = levels.into_iter().filter_map(|level| {
        let expected = counted.get(&level.id).copied().unwrap_or(0) - taken.get(&level.id).copied().unwrap_or(0);
        (expected != level.total).then(|| finding(format_args!("sku {}", level.id), expected, level.total))
    });
    Ok(wrong.collect())
}

async fn sales(books: &Books) -> Result<Vec<Finding>> {
    if !books.quiesced {
        return Ok(Vec::new());
    }
    let sql = "select l.spu_id as id, cast(sum(l.qty) as signed) as total from order_line l join orders o on o.id = l.order_id
               where o.state in ('paid', 'shipped', 'received', 'done') group by l.spu_id";
    let sold: Vec<Sum> = books.db("order")?.all(sql, values![]).await?;
    let sold: HashMap<i64, i64> = sold.into_iter().map(|s| (s.id, s.total)).collect();
    let shown: Vec<Sum> = books.db("product")?.all("select id, sales as total from spu", values![]).await?;
    let wrong = shown.into_iter().filter_map(|spu| {
        let expected = sold.get(&spu.id).copied().unwrap_or(0);
        (expected != spu.total).then(|| finding(format_args!("spu {}", spu.id), expected, spu.total))
    });
    Ok(wrong.collect())
}

async fn allotments(books: &Books) -> Result<Vec<Finding>> {
    let kept = "case when a.ended = 1 then a.sold else a.qty end - a.taken";
    let sql = format!(
        "select s.sku as id, s.allotted as found, cast(coalesce(sum({kept}), 0) as signed) as expected
         from stock s left join allotment a on a.sku = s.sku
         group by s.sku, s.allotted having s.allotted <> coalesce(sum({kept}), 0)"
    );
    let mut findings = books.differences("inventory", "sku", &sql).await?;
    let sql = "select id, case when ended = 1 then qty else 0 end as expected, sold + returned as found from allotment
               where sold + returned <> case when ended = 1 then qty else 0 end or taken < 0 or sold < 0 or returned < 0
                  or taken > case when ended = 1 then sold else qty end";
    findings.extend(books.differences("inventory", "allotment", sql).await?);
    Ok(findings)
}

#[derive(FromQueryResult)]
struct Take {
    ref_id: String,
    sku: i64,
    qty: i64,
}

async fn taken(books: &Books) -> Result<Vec<Finding>> {
    // Orders first: one that is paid by now has taken by the time that one looks at what was taken.
    let lines = order_lines(books).await?;
    let inventory = books.db("inventory")?;
    let takes: Vec<Take> =
        inventory.all("select ref_id, sku, delta_sold as qty from ledger where kind = 'take'", values![]).await?;
    let sums: Vec<Sum> = inventory.all("select id, taken as total from allotment where qty > 0", values![]).await?;
    let takes: HashMap<(&str, i64), i64> = takes.iter().map(|t| ((t.ref_id.as_str(), t.sku), t.qty)).collect();
    let mut findings = Vec::new();
    let mut paid: HashMap<i64, i64> = HashMap::new();
    for line in &lines {
        let expected = if line.is_won() && line.goes_on() { line.qty } else { 0 };
        let found = takes.get(&(format!("order:{}", line.order_id).as_str(), line.sku_id)).copied().unwrap_or(0);
        if expected != found {
            findings.push(finding(
                format_args!("order {} ({}), sku {}", line.order_id, line.state, line.sku_id),
                expected,
                found,
            ));
        }
        *paid.entry(line.allotment_id).or_default() += expected;
    }
    if books.quiesced {
        let wrong = sums.iter().map(|s| (s, paid.get(&s.id).copied().unwrap_or(0))).filter(|(s, paid)| s.total != *paid);
        findings.extend(wrong.map(|(s, paid)| finding(format_args!("allotment {}", s.id), paid, s.total)));
    }
    Ok(findings)
}
