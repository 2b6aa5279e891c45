//! Reviews and favourites: who reviewed had bought and received, once; counters say what the rows say.

use std::collections::HashSet;

use kit::sea_orm::{self, FromQueryResult};
use kit::{Result, values};

use super::{Books, Finding, Rule, declare, finding};

pub(super) const RULES: &[Rule] = declare! {
    "R1" "a review, and a right to write one, belongs to a received line of that shopper's order" bought;
    "R2" "an item is reviewed at most once" once;
    "R3" "a product's counters of reviews are what is shown of them" counters;
    "R4" "a shopper's count of favourites is right" favourites;
};

#[derive(FromQueryResult)]
struct Item {
    id: i64,
    order_id: Option<i64>,
    sku_id: i64,
    user_id: i64,
}

#[derive(FromQueryResult)]
struct Received {
    order_id: i64,
    sku_id: i64,
    user_id: i64,
}

async fn bought(books: &Books) -> Result<Vec<Finding>> {
    // Reviews first: an order that is received meanwhile then only is one more than they need.
    let sql = "select id, order_id, sku_id, user_id from review where imported = 0";
    let items: Vec<Item> = books.db("product")?.all(sql, values![]).await?;
    let sql = "select l.order_id, l.sku_id, o.user_id from order_line l join orders o on o.id = l.order_id
               where o.state in ('received', 'done')";
    let received: Vec<Received> = books.db("order")?.all(sql, values![]).await?;
    let received: HashSet<(i64, i64, i64)> = received.into_iter().map(|r| (r.order_id, r.sku_id, r.user_id)).collect();
    let strays = items.into_iter().filter_map(|item| {
        let order = item.order_id.unwrap_or(0);
        let found = format!("order {order}, sku {}, shopper {}", item.sku_id, item.user_id);
        let stray = !received.contains(&(order, item.sku_id, item.user_id));
        stray.then(|| finding(format_args!("review {}", item.id), "a received line of the shopper", found))
    });
    Ok(strays.collect())
}

async fn once(books: &Books) -> Result<Vec<Finding>> {
    let sql = "select order_id as id, 1 as expected, cast(count(*) as signed) as found from review
               where order_id is not null group by order_id, sku_id having count(*) > 1";
    books.differences("product", "reviews of an item of order", sql).await
}

#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct Counters {
    id: i64,
    score_1: i64,
    score_2: i64,
    score_3: i64,
    score_4: i64,
    score_5: i64,
    with_pictures: i64,
    with_follow_up: i64,
}

async fn counters(books: &Books) -> Result<Vec<Finding>> {
    // One statement, so that a review that is written meanwhile is in both sides or in none.
    let sum = |n: i32| format!("cast(sum(case when score = {n} then 1 else 0 end) as signed) as score_{n}");
    let sums: Vec<String> = (1..=5).map(sum).collect();
    let sql = format!(
        "select id, cast(sum(score_1) as signed) as score_1, cast(sum(score_2) as signed) as score_2,
         cast(sum(score_3) as signed) as score_3, cast(sum(score_4) as signed) as score_4,
         cast(sum(score_5) as signed) as score_5, cast(sum(with_pictures) as signed) as with_pictures,
         cast(sum(with_follow_up) as signed) as with_follow_up from (
           select spu_id as id, {}, cast(sum(with_pictures) as signed) as with_pictures,
           cast(sum(with_follow_up) as signed) as with_follow_up from review where state = 'shown' group by spu_id
           union all
           select spu_id as id, -score_1, -score_2, -score_3, -score_4, -score_5, -with_pictures, -with_follow_up
           from review_summary
         ) difference group by id",
        sums.join(", ")
    );
    let rows: Vec<Counters> = books.db("product")?.all(&sql, values![]).await?;
    let wrong = rows.into_iter().filter_map(|row| {
        let Counters { id, score_1, score_2, score_3, score_4, score_5, with_pictures, with_follow_up } = row;
        let difference = [score_1, score_2, score_3, score_4, score_5, with_pictures, with_follow_up];
        let key = format!("reviews of spu {id} by score, with pictures, with a follow-up");
        difference.iter().any(|n| *n != 0).then(|| finding(key, "no difference", format!("{difference:?}")))
    });
    Ok(wrong.collect())
}

async fn favourites(books: &Books) -> Result<Vec<Finding>> {
    let sql = "select k.user_id as id, cast(count(f.spu_id) as signed) as expected, cast(k.favourites as signed) as found
               from keeper k left join favourite f on f.user_id = k.user_id
               group by k.user_id, k.favourites having k.favourites <> count(f.spu_id)";
    books.differences("product", "favourites of shopper", sql).await
}
