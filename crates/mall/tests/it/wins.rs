//! What is kept apart for a flash sale, and the orders of those who won it.

use std::time::Duration;

use contract::inventory::{Allot, EndAllotment};
use contract::order::{PlaceWon, Win, WonOutcome};
use contract::{AddressId, AllotmentId, Fen, OrderId, SkuId, UserId};
use futures::future::join_all;
use kit::Ctx;
use serde_json::json;

use crate::house::Mall;
use crate::people::{Person, mug};
use crate::story;

fn number(text: &str) -> i64 {
    text.parse().unwrap()
}

impl Mall {
    /// Keeps units apart.
    async fn allot(&self, id: i64, sku: &str, qty: u32) -> kit::Result<()> {
        let request = Allot { id: AllotmentId(id), sku: SkuId(number(sku)), qty, reason: "秒杀".into() };
        self.neighbours().inventory.allot(&Ctx::house(), request).await.map(|_| ())
    }

    async fn end_allotment(&self, id: i64, sold: u32) -> kit::Result<u32> {
        let request = EndAllotment { id: AllotmentId(id), sold };
        self.neighbours().inventory.end_allotment(&Ctx::house(), request).await.map(|ended| ended.returned)
    }

    async fn place_won(&self, wins: &[Win]) -> Vec<WonOutcome> {
        let placed = self.neighbours().order.place_won(&Ctx::house(), PlaceWon { wins: wins.to_vec() }).await.unwrap();
        placed.into_iter().map(|placed| placed.outcome).collect()
    }

    /// Available, sold, kept apart.
    async fn stock_of(&self, sku: &str) -> (i64, i64, i64) {
        let keeper = self.operator(&["stock.read"]).await;
        let level = &keeper.get(&format!("/api/v1/admin/stock?skus={sku}")).await.ok()[0];
        let of = |name: &str| level[name].as_i64().unwrap();
        (of("available"), of("sold"), of("allotted"))
    }

    /// Two sales: one over, one going on with a paid order, an unpaid, a cancelled and a refused one.
    pub async fn win_some(&self, who: &Person<'_>, sku: &str, home: &str) {
        self.allot(801, sku, 2).await.unwrap();
        self.allot(802, sku, 4).await.unwrap();
        let user = who.number().await;
        let over = win(8011, user, sku, home, 801);
        let wins: Vec<Win> = (8021..8024).map(|order| win(order, user, sku, home, 802)).collect();
        let nowhere = Win { address: AddressId(1), ..win(8024, user, sku, home, 802) };
        self.place_won(&[vec![over, nowhere], wins].concat()).await;
        who.pay("8011").await;
        who.pay("8021").await;
        who.post("/api/v1/orders/8023/cancel", json!({})).await.ok();
        self.settle().await;
        assert_eq!(self.end_allotment(801, 1).await.unwrap(), 1);
        self.settle().await;
    }
}

impl Person<'_> {
    /// The number that services know them by.
    async fn number(&self) -> i64 {
        number(self.get("/api/v1/users/me").await.ok()["id"].as_str().unwrap())
    }
}

/// A mug for 9.90, to be paid within ten minutes.
fn win(order: i64, user: i64, sku: &str, home: &str, allotment: i64) -> Win {
    Win {
        order: OrderId(order),
        user: UserId(user),
        sku: SkuId(number(sku)),
        qty: 1,
        unit_price_fen: Fen(990),
        address: AddressId(number(home)),
        allotment: AllotmentId(allotment),
        pay_within_s: 600,
    }
}

story!(
    /// Units are kept apart, won, paid for or not; what was not sold is for everybody again.
    what_was_won_is_paid_for_or_goes_back, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let sku = &skus[0];
        let (wang, li) = (mall.shopper("小王").await, mall.shopper("小李").await);
        let (of_wang, of_li) = (wang.move_in().await, li.move_in().await);
        mall.allot(80, sku, 4).await.unwrap();
        assert_eq!(mall.stock_of(sku).await, (1, 0, 4));
        li.buy_now(sku, 2, &of_li, "k1").await.refused(409, "out_of_stock");

        let (wang_no, li_no) = (wang.number().await, li.number().await);
        // One who has won cannot send it to somebody else's home.
        let wins = [win(801, wang_no, sku, &of_wang, 80), win(802, li_no, sku, &of_li, 80), win(803, li_no, sku, &of_wang, 80)];
        let outcomes = [WonOutcome::Placed, WonOutcome::Placed, WonOutcome::Refused("not_found".into())];
        assert_eq!(mall.place_won(&wins).await, outcomes);
        mall.settle().await;
        let order = wang.order("801").await;
        assert_eq!((&order["kind"], &order["state"]), (&json!("seckill"), &json!("unpaid")));
        assert_eq!((&order["amounts"]["goods_fen"], &order["amounts"]["payable_fen"]), (&json!(990), &json!(1990)));
        assert_eq!((&order["lines"][0]["unit_price_fen"], &order["lines"][0]["list_price_fen"]), (&json!(990), &json!(4900)));
        assert_eq!(wang.get("/api/v1/orders").await.ok()["items"][0]["kind"], "seckill");
        li.get("/api/v1/orders/801").await.refused(404, "not_found");

        wang.pay("801").await;
        assert_eq!((wang.state_of("801").await.as_str(), mall.stock_of(sku).await), ("paid", (1, 1, 3)));
        let cashier = li.to_cashier("802", "p1").await;
        mall.pass(Duration::from_secs(11 * 60)).await;
        assert_eq!(li.state_of("802").await, "cancelled");
        assert!(li.press_pay(&cashier).await.status >= 400, "the cashier has closed");
        assert_eq!(mall.place_won(&wins).await, outcomes, "what was placed once stays placed");

        assert!(mall.end_allotment(80, 0).await.unwrap_err().is(kit::fault::CONFLICT));
        assert_eq!(mall.end_allotment(80, 1).await.unwrap(), 3);
        assert_eq!(mall.stock_of(sku).await, (4, 1, 0));
        li.buy_now(sku, 4, &of_li, "k2").await.ok();
        let counts = wang.get("/api/v1/orders/counts").await.ok();
        assert_eq!((&counts["unpaid"], &counts["paid"]), (&json!(0), &json!(1)));
    }
);

story!(
    /// Allotments and usual buyers want the same units at once: what is there is enough for both, and no more.
    a_sale_and_a_crowd_want_the_same, |mall| {
        let skus = mall.shelve(mug(30)).await;
        let sku = &skus[0];
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let allotments = join_all((0..20).map(|id| mall.allot(900 + id, sku, 2)));
        let keys: Vec<String> = (0..20).map(|n| format!("k{n}")).collect();
        let orders = join_all(keys.iter().map(|key| wang.buy_now(sku, 1, &home, key)));
        let (allotments, orders) = tokio::join!(allotments, orders);
        let apart = i64::try_from(allotments.iter().filter(|a| a.is_ok()).count()).unwrap() * 2;
        let held = i64::try_from(orders.iter().filter(|o| o.status == 201).count()).unwrap();
        let (available, sold, allotted) = mall.stock_of(sku).await;
        assert_eq!((available + apart + held, sold, allotted), (30, 0, apart));
        assert!(allotments.iter().flat_map(|a| a.as_ref().err()).all(|e| e.is(contract::fault::OUT_OF_STOCK)));
        assert!(available < 2, "nobody was refused while there was enough");

        // As many wins as there are units, placed by several at once.
        let user = wang.number().await;
        let made: Vec<i64> = (900..920).zip(&allotments).filter(|(_, a)| a.is_ok()).map(|(id, _)| id).collect();
        let wins: Vec<Win> = made.iter().flat_map(|id| [(id, 0), (id, 1)]).map(|(id, n)| win(id * 10 + n, user, sku, &home, *id)).collect();
        for outcomes in join_all((0..4).map(|_| mall.place_won(&wins))).await {
            assert!(outcomes.iter().all(|o| *o == WonOutcome::Placed), "{outcomes:?}");
        }
        mall.settle().await;
        wang.pay(&(made[0] * 10).to_string()).await;
        mall.pass(Duration::from_secs(11 * 60)).await;
        for id in &made {
            let sold = u32::from(*id == made[0]);
            assert_eq!(mall.end_allotment(*id, sold).await.unwrap(), 2 - sold);
        }
    }
);
