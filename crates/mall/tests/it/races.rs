//! Many people at once.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::SeqCst;

use futures::future::join_all;
use serde_json::json;

use crate::people::mug;
use crate::story;

story!(
    /// 200 buyers of the last one: one order, 199 times out of stock.
    two_hundred_want_the_last_one, |mall| {
        let skus = mall.shelve(mug(1)).await;
        let people = 200;
        let mut crowd = Vec::new();
        for n in 0..people {
            let person = mall.shopper(&format!("买家{n}")).await;
            let home = person.move_in().await;
            crowd.push((person, home));
        }
        let answers = join_all(crowd.iter().map(|(person, home)| person.buy_now(&skus[0], 1, home, "k"))).await;
        let mut seen: BTreeMap<(u16, String), usize> = BTreeMap::new();
        for answer in answers {
            *seen.entry((answer.status, answer.code())).or_default() += 1;
        }
        let expected = BTreeMap::from([((201, String::new()), 1), ((409, "out_of_stock".into()), people - 1)]);
        assert_eq!(seen, expected);
    }
);

story!(
    /// 200 times the same request at once: one order.
    one_key_two_hundred_times, |mall| {
        let skus = mall.shelve(mug(50)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let answers = join_all((0..200).map(|_| wang.buy_now(&skus[0], 1, &home, "same"))).await;
        let mut orders = std::collections::BTreeSet::new();
        for answer in answers {
            match answer.status {
                201 => drop(orders.insert(answer.json()["id"].as_str().unwrap().to_owned())),
                _ => drop(answer.refused(409, "in_flight")),
            }
        }
        assert!(orders.len() == 1, "{orders:?}");
        let mine = wang.get("/api/v1/orders").await.ok();
        assert_eq!(mine["items"].as_array().unwrap().len(), 1);
    }
);

story!(
    /// 50 times the same news of a payment at once: one effect, 50 times "success".
    fifty_notices_at_once, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let id = wang.buy_now(&skus[0], 1, &home, "k1").await.ok()["id"].as_str().unwrap().to_owned();
        let cashier = wang.to_cashier(&id, "p1").await;
        mall.faults().copies.store(50, SeqCst);
        wang.press_pay(&cashier).await.ok();
        mall.settle().await;
        assert_eq!(wang.state_of(&id).await, "paid");
        let payments = mall.operator(&["payment.read"]).await.get(&format!("/api/v1/admin/payments?order={id}")).await.ok();
        let payment = &payments["items"][0];
        assert_eq!((&payment["paid_fen"], &payment["refunds"]), (&json!(5900), &json!([])), "{payments}");
    }
);

story!(
    /// One code in two requests at once: one of them signs in.
    one_code_used_twice_at_once, |mall| {
        let wang = mall.stranger();
        wang.post("/api/v1/sms-codes", json!({ "phone": wang.phone, "purpose": "login" })).await.ok();
        let code = mall.code_for(&wang.phone).await;
        let login = json!({ "login": { "kind": "code", "phone": wang.phone, "code": code }, "device": { "name": "手机" } });
        let answers = join_all((0..2).map(|_| wang.post("/api/v1/sessions", login.clone()))).await;
        let mut statuses: Vec<_> = answers.iter().map(|a| a.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422], "{answers:?}");
    }
);

story!(
    /// 50 codes for one phone at once: one is sent.
    fifty_codes_at_once, |mall| {
        let wang = mall.stranger();
        let ask = json!({ "phone": wang.phone, "purpose": "login" });
        let answers = join_all((0..50).map(|_| wang.post("/api/v1/sms-codes", ask.clone()))).await;
        let sent = answers.iter().filter(|a| a.status == 202).count();
        let soon = answers.iter().filter(|a| a.status == 429 && a.code() == "sms_too_soon").count();
        assert_eq!((sent, soon), (1, 49));
    }
);
