//! The invariants of the mall, over all its stores: money, stock, orders, reviews, users, and what must have arrived. Any time,
//! on a running mall or a restored one. Each rule is itself tested by planting a corruption that it must find.
//!
//! The one place that reads every service's tables, and it only reads. Rules that compare stores look away from what
//! changed within the last minute, unless the books are quiesced: news is on its way there.

mod flow;
mod money;
mod orders;
mod reviews;
mod seckill;
mod stock;
mod users;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use contract::search::Search;
use futures::future::BoxFuture;
use kit::sea_orm::{self, FromQueryResult};
use kit::{Db, Result, Time, values};
use serde::Serialize;

/// How long news may be on its way before its absence is a violation.
const UNDER_WAY: Duration = Duration::from_secs(60);

/// The stores, open for reading.
#[derive(Default)]
pub struct Books {
    /// Database of each service.
    pub dbs: BTreeMap<&'static str, Db>,
    /// The search index, when it can be asked.
    pub search: Option<Arc<dyn Search>>,
    /// Catalogue, to compare the index with.
    pub product: Option<Arc<dyn contract::product::Product>>,
    /// Flash sales with their gate, when this process has them.
    pub seckill: Option<Arc<::seckill::Seckill>>,
    /// Cancelled orders of a session that bar a shopper; as by default when absent.
    pub barred_after: Option<u32>,
    /// Traffic has stopped and every event has arrived.
    pub quiesced: bool,
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The rule.
    pub rule: &'static str,
    /// What violates it: `order 123`.
    pub key: String,
    /// What should be.
    pub expected: String,
    /// What is.
    pub found: String,
}

/// A rule.
#[derive(Clone, Copy, Serialize)]
pub struct Rule {
    /// Its id: a letter for its field and a number.
    pub id: &'static str,
    /// What it says.
    pub says: &'static str,
    #[serde(skip)]
    check: for<'a> fn(&'a Books) -> BoxFuture<'a, Result<Vec<Finding>>>,
}

/// What was checked, and what was found.
#[derive(Serialize)]
pub struct Report {
    /// Rules that were checked.
    pub rules: Vec<Rule>,
    /// What violates them.
    pub violations: Vec<Violation>,
}

/// Something that is not as it should be.
struct Finding {
    key: String,
    expected: String,
    found: String,
}

fn finding(key: impl Display, expected: impl Display, found: impl Display) -> Finding {
    Finding { key: key.to_string(), expected: expected.to_string(), found: found.to_string() }
}

/// Declares rules: id, what it says, the async function that checks it.
macro_rules! declare {
    ($($id:literal $says:literal $check:path;)*) => {
        &[$($crate::audit::Rule { id: $id, says: $says, check: |books| Box::pin($check(books)) }),*]
    };
}
use declare;

/// Every rule, by field.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [money::RULES, stock::RULES, orders::RULES, reviews::RULES, seckill::RULES, users::RULES, flow::RULES].into_iter().flatten()
}

/// Checks the rules whose id begins with one of `only`; all when it is empty.
pub async fn check(books: &Books, only: &[String]) -> Result<Report> {
    let mut report = Report { rules: Vec::new(), violations: Vec::new() };
    for rule in rules().filter(|rule| only.is_empty() || only.iter().any(|o| rule.id.starts_with(o.as_str()))) {
        let findings = (rule.check)(books).await?;
        report.rules.push(*rule);
        report.violations.extend(findings.into_iter().map(|f| Violation {
            rule: rule.id,
            key: f.key,
            expected: f.expected,
            found: f.found,
        }));
    }
    Ok(report)
}

/// Whether an event that is due has not arrived.
pub async fn news_is_under_way(books: &Books) -> Result<bool> {
    for db in books.dbs.values() {
        if db.number("select count(*) from outbox where due_ms <= ?", values![db.clock().now()]).await? != Some(0) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[derive(FromQueryResult)]
struct Difference {
    id: i64,
    expected: i64,
    found: i64,
}

impl Books {
    fn db(&self, service: &'static str) -> Result<&Db> {
        self.dbs.get(service).ok_or_else(|| kit::Error::internal(format!("the database of {service} is not open")))
    }

    /// Rows `id, expected, found` of a query that selects what is wrong.
    async fn differences(&self, service: &'static str, noun: &str, sql: &str) -> Result<Vec<Finding>> {
        let rows: Vec<Difference> = self.db(service)?.all(sql, values![]).await?;
        Ok(rows.into_iter().map(|d| finding(format_args!("{noun} {}", d.id), d.expected, d.found)).collect())
    }

    /// What changed after this may still be on its way.
    fn settled_before(&self, db: &Db) -> Time {
        if self.quiesced { Time(i64::MAX) } else { db.clock().now() - UNDER_WAY }
    }
}
