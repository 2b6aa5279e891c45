//! Captchas. Their answers cannot be read from their drawings, so a story puts one of its own beside them.

use std::collections::BTreeMap;

use futures::future::join_all;
use kit::values;
use serde_json::{Value as Json, json};

use crate::house::{Answer, Mall};
use crate::people::Person;
use crate::story;

/// A captcha whose answer is known, typed right.
pub async fn typed(mall: &Mall) -> Json {
    let id = kit::random::token();
    let process = mall.processes.iter().find(|p| p.here.user.is_some()).unwrap();
    let mac = process.core.keys.sign("user.captcha", format!("{id}:AC34").as_bytes());
    let sql = "insert into captcha (id, answer_mac, tried, tried_mac, used_for, expires_ms) values (?, ?, 0, '', '', ?)";
    let expires = mall.clock.now() + std::time::Duration::from_secs(300);
    mall.books().dbs["user"].run(sql, values![id.as_str(), mac, expires]).await.unwrap();
    json!({ "id": id, "answer": "ac34" })
}

impl Person<'_> {
    async fn ask_code(&self, phone: &str, captcha: Option<&Json>) -> Answer {
        let mut body = json!({ "phone": phone, "purpose": "login" });
        if let Some(captcha) = captcha {
            body["captcha"] = captcha.clone();
        }
        self.post("/api/v1/sms-codes", body).await
    }

    async fn try_password(&self, account: &str, captcha: Option<&Json>) -> Answer {
        let login = json!({ "kind": "password", "account": account, "password": "a wrong guess" });
        let mut body = json!({ "login": login, "device": { "name": "手机" } });
        if let Some(captcha) = captcha {
            body["captcha"] = captcha.clone();
        }
        self.post("/api/v1/sessions", body).await
    }
}

story!(
    /// The sixth code of a network within the hour needs a captcha; each captcha is good for one.
    a_network_asks_for_many_codes, |mall| {
        let wang = mall.stranger();
        let drawn = wang.post("/api/v1/captchas", json!({})).await;
        assert_eq!(drawn.status, 201, "{}", drawn.text);
        let drawn = drawn.json();
        assert!(drawn["svg"].as_str().unwrap().starts_with("<svg ") && drawn["expires_at"].is_string());
        let phones: Vec<String> = (0..60).map(|_| mall.stranger().phone).collect();
        for phone in &phones[..5] {
            assert_eq!(wang.ask_code(phone, None).await.status, 202);
        }
        wang.ask_code(&phones[5], None).await.refused(403, "captcha_required");
        let guess = json!({ "id": drawn["id"], "answer": "????" });
        wang.ask_code(&phones[5], Some(&guess)).await.refused(422, "captcha_wrong");
        let right = typed(mall).await;
        assert_eq!(wang.ask_code(&phones[5], Some(&right)).await.status, 202);
        wang.ask_code(&phones[6], Some(&right)).await.refused(422, "captcha_wrong");
        let right = typed(mall).await;
        let answers = join_all(phones[10..].iter().map(|phone| wang.ask_code(phone, Some(&right)))).await;
        let mut seen: BTreeMap<(u16, String), usize> = BTreeMap::new();
        for answer in answers {
            *seen.entry((answer.status, answer.code())).or_default() += 1;
        }
        assert_eq!(seen, BTreeMap::from([((202, String::new()), 1), ((422, "captcha_wrong".into()), 49)]));
        assert_eq!(mall.stranger().ask_code(&phones[7], None).await.status, 202, "another network is not asked");
    }
);

story!(
    /// Two wrong passwords are free; then each try needs a captcha, for an account that is there as for one that is not.
    somebody_guesses_passwords, |mall| {
        let wang = mall.shopper("小王").await;
        for account in [wang.phone.as_str(), "nobody-has-this"] {
            let thief = mall.stranger();
            for _ in 0..2 {
                thief.try_password(account, None).await.refused(401, "credentials_wrong");
            }
            for _ in 0..3 {
                thief.try_password(account, None).await.refused(403, "captcha_required");
            }
            let right = typed(mall).await;
            thief.try_password(account, Some(&right)).await.refused(401, "credentials_wrong");
            thief.try_password(account, Some(&right)).await.refused(422, "captcha_wrong");
        }
    }
);

story!(
    /// Other services may ask for one too, and may ask again.
    a_captcha_for_something_else, |mall| {
        let typed = typed(mall).await;
        let ask = |answer: &str, for_id: &str| {
            let (id, answer, for_id) = (typed["id"].as_str().unwrap().to_owned(), answer.to_owned(), for_id.to_owned());
            async move { mall.neighbours().user.pass_captcha(&kit::Ctx::house(), contract::user::PassCaptcha { id, answer, for_id }).await }
        };
        for _ in 0..2 {
            ask("AC34", "claim-1").await.unwrap();
        }
        assert!(ask("AC34", "claim-2").await.unwrap_err().is(contract::fault::CAPTCHA_WRONG));
    }
);
