use kit::sea_orm::{self, FromQueryResult};
use kit::secret::{PersonName, StreetAddress};

use super::*;
use crate::address::{self, Written};
use crate::refresh::refresh;

#[derive(FromQueryResult)]
struct Name {
    name: String,
}

#[derive(FromQueryResult)]
struct Text {
    text: String,
}

/// Every text of every column of every table, as `table.column: text`.
async fn all_texts(w: &World) -> Vec<String> {
    let tables: Vec<Name> = w.db.all("select name from sqlite_master where type = 'table'", vec![]).await.unwrap();
    let mut texts = Vec::new();
    for Name { name: table } in tables {
        let columns: Vec<Name> = w.db.all(&format!("select name from pragma_table_info('{table}')"), vec![]).await.unwrap();
        for Name { name: column } in columns {
            let sql = format!("select cast(\"{column}\" as text) as text from \"{table}\" where \"{column}\" is not null");
            let rows: Vec<Text> = w.db.all(&sql, vec![]).await.unwrap();
            texts.extend(rows.into_iter().map(|row| format!("{table}.{column}: {}", row.text)));
        }
    }
    texts
}

#[tokio::test]
async fn nothing_personal_or_secret_stands_in_any_column() {
    let w = world().await;
    let wang = w.wang().await;
    let pair = w.login("device-secret-1").await;
    let next = refresh(&w.user, &from("203.0.113.1"), &pair.refresh_token, None).await.unwrap();
    let code = w.code(WANG, Purpose::Login).await;
    let _ = w.login_at("203.0.113.99", "13900139000", "guess", &device("device-secret-2")).await;
    let written = Written {
        name: PersonName::parse("张小伟").unwrap(),
        phone: phone("13912345678"),
        province: "浙江省".into(),
        city: "杭州市".into(),
        district: "西湖区".into(),
        detail: StreetAddress::parse("文三路478号").unwrap(),
        tag: None,
        is_default: true,
    };
    address::add(&w.user, wang, &written).await.unwrap();
    let (captcha, answer) = captchas::drawn(&w).await;
    crate::captcha::pass(&w.user, &captcha, "WRONG", "x").await.unwrap_err();
    let texts = all_texts(&w).await;
    for table in ["account.", "session.", "address.", "sms_code.", "sms_gate.", "tally.", "known_device.", "captcha.", "outbox."]
    {
        assert!(texts.iter().any(|text| text.starts_with(table)), "{table} was filled");
    }
    let secrets = [
        WANG,
        "13900139000",
        "13912345678",
        "小伟",
        "文三路",
        PASSWORD,
        "203.0.113",
        "device-secret",
        &pair.access_token[3..],
        &pair.refresh_token[3..],
        &next.access_token[3..],
        &next.refresh_token[3..],
    ];
    for secret in secrets {
        let found: Vec<_> =
            texts.iter().filter(|text| text.contains(secret)).filter(|t| !t.starts_with("session.device_name")).collect();
        assert!(found.is_empty(), "{secret}: {found:?}");
    }
    for typed in [code, answer] {
        assert!(!texts.iter().any(|text| text.ends_with(&format!(": {typed}"))), "the code itself");
    }
}
