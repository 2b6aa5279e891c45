//! Who wants to be told of what.

use contract::{ActivityId, AllotmentId, UserId};
use kit::db::Tx;
use kit::sea_orm::{self, FromQueryResult};
use kit::{Db, Result, values};

use super::Rows as _;

/// Most reminders that a list shows: far more than a shopper can set, with a handful of sessions at a time.
const MOST: u32 = 1_000;

/// Adds a reminder; false when it is there.
pub async fn insert(tx: &Tx, activity: ActivityId, user: UserId, item: AllotmentId) -> Result<bool> {
    let sql = "insert into reminder (activity_id, user_id, item_id) values (?, ?, ?)";
    tx.insert_new(sql, values![activity, user, item]).await
}

/// Takes a reminder away.
pub async fn delete(tx: &Tx, user: UserId, item: AllotmentId) -> Result<()> {
    let sql =
        "delete from reminder where user_id = ? and item_id = ? and activity_id in (select activity_id from item where id = ?)";
    tx.run(sql, values![user, item, item]).await.map(|_| ())
}

/// Forgets the reminders of a session that is over.
pub async fn delete_of(tx: &Tx, activity: ActivityId) -> Result<()> {
    tx.run("delete from reminder where activity_id = ?", values![activity]).await.map(|_| ())
}

/// How many things of a session a shopper wants to be told of.
pub async fn count(tx: &Tx, activity: ActivityId, user: UserId) -> Result<i64> {
    let sql = "select count(*) from reminder where activity_id = ? and user_id = ?";
    Ok(tx.number(sql, values![activity, user]).await?.unwrap_or(0))
}

/// What a shopper wants to be told of, in sessions that are not over.
pub async fn of_user(db: &Db, user: UserId) -> Result<Vec<AllotmentId>> {
    #[derive(FromQueryResult)]
    struct Row {
        item_id: AllotmentId,
    }
    let sql = format!(
        "select item_id from reminder where user_id = ? and activity_id in (select id from activity where state = 'online')
         order by item_id limit {MOST}"
    );
    Ok(db.rows::<Row>(&sql, values![user]).await?.into_iter().map(|r| r.item_id).collect())
}
