//! The scenes that are measured, each as people or machines cause it.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::load::{self, Call, Figures, Source};
use crate::report::Row;
use crate::shop::{PASSWORD, Person, Shop, headers};
use crate::{Effort, Result};

/// Orders prepared for each round of paying.
const PREPARED: usize = 3000;

/// Measures every scene whose name contains `only`.
pub async fn measure(shop: &Shop, effort: &Effort, only: Option<&str>) -> Result<Vec<Row>> {
    let wanted = |name: &str| only.is_none_or(|part| name.contains(part));
    let mut rows = Vec::new();
    let people = shop.people(1, effort.connections).await?;
    let goods = goods(shop).await?;
    for person in &people {
        for sku in goods.skus.iter().take(3) {
            let line = json!({ "sku_id": sku, "qty": 1 });
            shop.ask("POST", "/api/v1/cart/lines", &person.token, "", line).await?;
        }
    }
    for (name, calls) in reads(&goods, &people) {
        if wanted(name) {
            let source = move |c: usize, n: usize| Some(calls[(c * 7919 + n) % calls.len()].clone());
            rows.push(compare(shop, effort, name, &source).await?);
        }
    }
    if wanted("login") {
        let source = |c: usize, _: usize| Some(login(&people[c % people.len()]));
        rows.push(compare(shop, effort, "login", &source).await?);
    }
    if wanted("place order") {
        let run = run_name();
        let source = |c: usize, n: usize| Some(place(&people[c % people.len()], &goods, c, n, &run));
        rows.push(compare(shop, effort, "place order", &source).await?);
    }
    if wanted("pay") {
        rows.push(pay(shop, effort, &people, &goods).await?);
    }
    Ok(rows)
}

/// Numbers of products and of variants with plenty in stock.
struct Goods {
    spus: Vec<String>,
    skus: Vec<String>,
}

async fn goods(shop: &Shop) -> Result<Goods> {
    let operator = shop.operator().await?;
    let found = shop.ask("GET", "/api/v1/search?sort=sales&limit=40", "", "", Json::Null).await?;
    let spus: Vec<String> =
        found["items"].as_array().ok_or("no products")?.iter().filter_map(|i| i["spu_id"].as_str()).map(Into::into).collect();
    let mut skus = Vec::new();
    for spu in &spus {
        let detail = shop.ask("GET", &format!("/api/v1/spus/{spu}"), "", "", Json::Null).await?;
        let sku = detail["skus"][0]["id"].as_str().ok_or("no variant")?.to_owned();
        let count = json!({ "available": 1_000_000, "reason": "benchmark" });
        shop.ask("POST", &format!("/api/v1/admin/stock/{sku}/count"), &operator, &format!("bench-{sku}"), count).await?;
        skus.push(sku);
    }
    Ok(Goods { spus, skus })
}

fn get(path: String, token: &str) -> Call {
    Call { method: "GET", path, headers: headers(token, ""), body: String::new() }
}

fn reads(goods: &Goods, people: &[Person]) -> Vec<(&'static str, Vec<Call>)> {
    // 保温杯, 连衣裙, 手机壳, 耳机
    let words =
        ["%E4%BF%9D%E6%B8%A9%E6%9D%AF", "%E8%BF%9E%E8%A1%A3%E8%A3%99", "iphone%E6%89%8B%E6%9C%BA%E5%A3%B3", "%E8%80%B3%E6%9C%BA"];
    vec![
        ("product detail", goods.spus.iter().map(|spu| get(format!("/api/v1/spus/{spu}"), "")).collect()),
        ("category tree", vec![get("/api/v1/categories".into(), "")]),
        ("search", words.iter().map(|w| get(format!("/api/v1/search?q={w}&limit=20"), "")).collect()),
        ("cart view", people.iter().map(|p| get("/api/v1/cart".into(), &p.token)).collect()),
    ]
}

/// Everybody has their own connection, so nobody's attempts stand in each other's way.
fn login(person: &Person) -> Call {
    let login = json!({ "kind": "password", "account": person.phone, "password": PASSWORD });
    let body = json!({ "login": login, "device": { "id": "bench-device", "name": "bench" } }).to_string();
    Call { method: "POST", path: "/api/v1/sessions".into(), headers: Vec::new(), body }
}

fn place(person: &Person, goods: &Goods, c: usize, n: usize, run: &str) -> Call {
    let sku = &goods.skus[(c * 31 + n) % goods.skus.len()];
    let source = json!({ "kind": "buy_now", "lines": [{ "sku_id": sku, "qty": 1 }] });
    let body = json!({ "source": source, "address_id": person.address, "pay_channel": "demo" }).to_string();
    let key = format!("{run}-{}-{c}-{n}", next());
    Call { method: "POST", path: "/api/v1/orders".into(), headers: headers(&person.token, &key), body }
}

/// A number that no other call of this run has.
fn next() -> u64 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

/// Tells this run's keys from those of another on the same stores.
fn run_name() -> String {
    format!("bench-{}", std::process::id())
}

/// Pays prepared orders: the call that opens the cashier. (Pressing "pay" there is the channel's work, not the mall's.)
async fn pay(shop: &Shop, effort: &Effort, people: &[Person], goods: &Goods) -> Result<Row> {
    let run = run_name();
    let mut prepared = Vec::new();
    let mut line = load::Line::open(shop.mall.at).await?;
    for n in 0..PREPARED {
        let person = &people[n % people.len()];
        let reply = line.send(&place(person, goods, n, n, &run)).await?;
        let order: Json = serde_json::from_slice(&reply.body)?;
        let id = order["id"].as_str().ok_or_else(|| format!("no order: {order}"))?;
        let body = json!({ "channel": "demo" }).to_string();
        let headers = headers(&person.token, &format!("pay-{id}"));
        prepared.push(Call { method: "POST", path: format!("/api/v1/orders/{id}/pay"), headers, body });
    }
    let prepared = Mutex::new(prepared);
    let source = |_: usize, _: usize| prepared.lock().ok().and_then(|mut calls| calls.pop());
    compare(shop, effort, "pay", &source).await
}

/// Floor and mall in turns; the median round of each counts.
async fn compare(shop: &Shop, effort: &Effort, scene: &'static str, source: &impl Source) -> Result<Row> {
    let time = Duration::from_secs(effort.seconds);
    let first = source.call(0, 0).ok_or("a scene without calls")?;
    let bytes = load::Line::open(shop.mall.at).await?.send(&first).await?.body.len();
    let bare = move |_: usize, _: usize| Some(get(format!("/?bytes={bytes}"), ""));
    let (mut malls, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        floors.push(one(shop.floor.at, shop.floor.pid, effort, time, &bare).await?);
        malls.push(one(shop.mall.at, shop.mall.pid, effort, time, source).await?);
    }
    let (mall, floor) = (median(malls), median(floors));
    let ratio = mall.per_second / floor.per_second.max(1.0);
    Ok(Row { stores: shop.stores.name(), scene, bytes, mall, floor, ratio })
}

async fn one(at: SocketAddr, pid: u32, effort: &Effort, time: Duration, source: &impl Source) -> Result<Figures> {
    load::run(at, pid, effort.connections, time, source).await
}

fn median(mut rounds: Vec<Figures>) -> Figures {
    // A round in which the prepared work had run out says nothing.
    rounds.retain(|f| f.answered > 0);
    rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    let middle = rounds.len() / 2;
    rounds.into_iter().nth(middle).unwrap_or_default()
}
