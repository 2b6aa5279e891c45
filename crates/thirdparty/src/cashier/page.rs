//! The cashier's pages, for a phone first.

use axum::response::Response;
use contract::Fen;
use kit::Time;

use super::Stand;
use crate::page::{escape, page};
use crate::store::trade::Trade;

const SCRIPT: Option<&str> = Some("/cashier/assets/cashier.js");

/// `¥` and decimals small, yuan large.
pub(crate) fn amount(fen: Fen) -> String {
    let text = fen.to_string();
    let (yuan, cents) = text.split_once('.').unwrap_or((&text, "00"));
    format!("<p class=\"amount\"><small>¥</small>{yuan}<small>.{cents}</small></p>")
}

/// The page of a trade, as it stands. `declined`: the last try was refused by the payer's bank.
pub(crate) fn trade_page(trade: &Trade, stand: Stand, now: Time, merchant: &str, declined: bool) -> Response {
    let head =
        format!("<h1>{}</h1><p class=\"subject\">{}</p>{}", escape(merchant), escape(&trade.subject), amount(trade.amount_fen));
    let foot = "<p class=\"hint\">演示收银台：不会产生真实扣款</p>";
    let inner = match stand {
        Stand::Open => format!("{head}{}{foot}", buttons(trade, now, declined)),
        Stand::Paid => format!("<p class=\"mark good\">✓</p><h2>已支付，可返回商城</h2>{head}{}{foot}", back(trade)),
        Stand::Closed => format!("<p class=\"mark\">×</p><h2>交易已关闭</h2>{head}{}{foot}", back(trade)),
        Stand::Expired => format!("<p class=\"mark\">×</p><h2>已超过支付时间</h2>{head}{}{foot}", back(trade)),
    };
    page("尚品收银台", &format!("<main class=\"card\" data-state=\"{stand:?}\">{inner}</main>"), SCRIPT)
}

/// The page after the payer went away without paying.
pub(crate) fn left_page(trade: &Trade) -> Response {
    let again = format!("<a class=\"button primary\" href=\"/cashier/{}\">继续支付</a>", escape(&trade.token));
    let inner = format!("<p class=\"mark\">!</p><h2>已取消支付</h2>{}{again}{}", amount(trade.amount_fen), back(trade));
    page("尚品收银台", &format!("<main class=\"card\">{inner}</main>"), None)
}

/// The page of an address that is none.
pub(crate) fn gone_page() -> Response {
    page("尚品收银台", "<main class=\"card\"><p class=\"mark\">×</p><h2>没有找到这笔交易</h2></main>", None)
}

fn buttons(trade: &Trade, now: Time, declined: bool) -> String {
    let token = escape(&trade.token);
    let left_ms = trade.expires_ms.since(now).as_millis();
    let refused =
        if declined { "<p class=\"alert\" role=\"alert\">支付失败，请重试或更换支付方式</p>" } else { "" };
    let until = trade.expires_ms.shanghai();
    format!(
        "<p class=\"countdown\" data-left-ms=\"{left_ms}\">请在 {until} 前完成支付</p>{refused}\
         <form method=\"post\" action=\"/cashier/{token}/pay\"><button class=\"button primary\">支付</button></form>\
         <form method=\"post\" action=\"/cashier/{token}/decline\"><button class=\"button\">支付失败</button></form>\
         <a class=\"button plain\" href=\"/cashier/{token}?left=true\">取消</a>"
    )
}

fn back(trade: &Trade) -> String {
    if trade.return_url.is_empty() {
        return String::new();
    }
    format!("<a class=\"button plain\" href=\"{}\">返回商城</a>", escape(&trade.return_url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cents_are_small() {
        assert_eq!(amount(Fen(1205)), "<p class=\"amount\"><small>¥</small>12<small>.05</small></p>");
    }
}
