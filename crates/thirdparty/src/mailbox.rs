//! 演示信箱: what phones would show, and the trades that wait for their payer. Exists only in the demo.

use axum::response::Response;
use kit::{Result, Time};
use serde::Serialize;

use crate::page::{escape, page};
use crate::sms::{Letter, seal_purpose};
use crate::store::mail::{self, Mail};
use crate::{Thirdparty, store};

/// Messages shown, and trades.
const SHOWN: u32 = 50;

/// One thing in the mailbox.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Item {
    pub id: String,
    /// `sms`, or `payment` for a trade that waits.
    pub kind: String,
    /// The phone, or whoever has the address.
    pub to: String,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    pub at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// The mailbox as JSON.
#[derive(Serialize)]
pub(crate) struct Mailbox {
    pub items: Vec<Item>,
}

impl Thirdparty {
    /// Everything in the mailbox: open trades first, then the newest messages.
    pub(crate) async fn mailbox(&self) -> Result<Mailbox> {
        let mut items = Vec::new();
        if self.settings.cashier {
            items.extend(self.cashier.open_trades(SHOWN).await?.iter().map(|trade| self.waiting(trade)));
        }
        for row in mail::newest(&self.db, SHOWN).await? {
            items.push(self.opened(row)?);
        }
        Ok(Mailbox { items })
    }

    fn waiting(&self, trade: &store::trade::Trade) -> Item {
        Item {
            id: trade.out_trade_no.to_string(),
            kind: "payment".to_owned(),
            to: "收银台".to_owned(),
            text: format!("待支付 ¥{} · {}", trade.amount_fen, trade.subject),
            code: None,
            at: trade.expires_ms,
            link: Some(self.cashier.address(trade)),
        }
    }

    fn opened(&self, row: Mail) -> Result<Item> {
        let letter: Letter = serde_json::from_str(&self.core.keys.open(&seal_purpose(&row.request), &row.sealed)?)?;
        let Letter { to, text, code } = letter;
        Ok(Item { id: row.id.to_string(), kind: row.kind, to, text, code, at: row.at_ms, link: None })
    }
}

/// The mailbox as a page.
pub(crate) fn mailbox_page(mailbox: &Mailbox) -> Response {
    let newest: Vec<&str> = mailbox.items.iter().map(|item| item.id.as_str()).collect();
    let items: String = mailbox.items.iter().map(row).collect();
    let list = if items.is_empty() {
        "<li class=\"empty\">还没有消息。注册或登录时的验证码会出现在这里。</li>".to_owned()
    } else {
        items
    };
    let body = format!(
        "<main class=\"box\"><h1>演示信箱</h1><p class=\"subject\">短信验证码和待支付的收银台都在这里，页面会自己刷新。</p>\
         <ul id=\"mail\" data-newest=\"{}\">{list}</ul></main>",
        newest.join(" ")
    );
    page("演示信箱 · 尚品商城", &body, Some("/dev/mailbox.js"))
}

fn row(item: &Item) -> String {
    let code = item.code.as_deref().map(|code| format!("<p class=\"code\">{}</p>", escape(code))).unwrap_or_default();
    let link = item.link.as_deref().map(|to| format!("<p><a href=\"{}\">去支付</a></p>", escape(to))).unwrap_or_default();
    let until = if item.kind == "payment" { "截止 " } else { "" };
    format!(
        "<li><header><strong>{}</strong><time>{until}{}</time></header><p>{}</p>{code}{link}</li>",
        escape(&item.to),
        item.at.shanghai(),
        escape(&item.text)
    )
}

#[cfg(test)]
mod tests {
    use contract::Fen;

    use super::*;

    #[test]
    fn a_subject_cannot_break_out_of_the_page() {
        let html = row(&Item {
            id: "1".into(),
            kind: "payment".into(),
            to: "收银台".into(),
            text: format!("待支付 ¥{} · <script>x</script>", Fen(1)),
            code: None,
            at: Time(0),
            link: Some("/cashier/a\"b".into()),
        });
        assert!(!html.contains("<script") && html.contains("¥0.01") && html.contains("a&quot;b"), "{html}");
    }
}
