//! Users: who is disabled has no session, and nothing personal lies open.

use kit::Result;

use super::{Books, Finding, Rule, declare};

pub(super) const RULES: &[Rule] = declare! {
    "U1" "no phone number lies open in a column of accounts and addresses" open_phones;
    "U2" "a disabled account has no session" disabled;
    "U3" "an address belongs to somebody, who has at most one default" addresses;
};

async fn open_phones(books: &Books) -> Result<Vec<Finding>> {
    let digits = "1__________";
    let accounts = format!(
        "select id, 0 as expected, 1 as found from account where phone_sealed like '{digits}' or phone_index like '{digits}'"
    );
    let homes = format!("select id, 0 as expected, 1 as found from address where phone_sealed like '{digits}'");
    let mut findings = books.differences("user", "account", &accounts).await?;
    findings.extend(books.differences("user", "address", &homes).await?);
    Ok(findings)
}

async fn disabled(books: &Books) -> Result<Vec<Finding>> {
    let sql =
        "select a.id as id, 0 as expected, cast(count(*) as signed) as found from account a join session s on s.user_id = a.id
               where a.state <> 'active' group by a.id";
    books.differences("user", "account", sql).await
}

async fn addresses(books: &Books) -> Result<Vec<Finding>> {
    let strays =
        "select d.id as id, 1 as expected, 0 as found from address d left join account a on a.id = d.user_id where a.id is null";
    let defaults = "select user_id as id, 1 as expected, cast(count(*) as signed) as found from address where is_default = 1
                    group by user_id having count(*) > 1";
    let mut findings = books.differences("user", "address", strays).await?;
    findings.extend(books.differences("user", "shopper", defaults).await?);
    Ok(findings)
}
