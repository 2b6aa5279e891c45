//! Shoppers' accounts.

use contract::UserId;
use kit::db::{Tx, marks};
use kit::fault::CONFLICT;
use kit::sea_orm::{self, FromQueryResult, Value};
use kit::{Db, Result, Time, values};

/// An account as it stands.
#[derive(Clone, FromQueryResult)]
pub struct Account {
    /// Its id.
    pub id: i64,
    /// Blind index of the phone.
    pub phone_index: String,
    /// The phone, sealed.
    pub phone_sealed: String,
    /// Lower case; none until one is chosen.
    pub username: Option<String>,
    /// PHC text; none until a password is set.
    pub password_hash: Option<String>,
    /// As others read it.
    pub nickname: String,
    /// Key of an uploaded picture.
    pub avatar: Option<String>,
    /// `male`, `female`, `unknown`.
    pub gender: String,
    /// ISO date.
    pub birthday: Option<String>,
    /// `active` or `disabled`.
    pub state: String,
    /// Rises when all sessions must end: what was proven before counts no more.
    pub epoch: i64,
    /// When it was made.
    pub created_ms: Time,
}

/// Its id only: neither the phone nor the hash belongs in a log.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Account {
    /// Whether it may be used.
    pub fn is_active(&self) -> bool {
        self.state == "active"
    }
}

const COLUMNS: &str =
    "id, phone_index, phone_sealed, username, password_hash, nickname, avatar, gender, birthday, state, epoch, created_ms";

/// A new account.
pub struct NewAccount<'a> {
    /// Its id.
    pub id: UserId,
    /// Blind indexes of the phone, under the current key first.
    pub phone_indexes: &'a [String],
    /// The phone, sealed.
    pub phone_sealed: &'a str,
    /// Lower case.
    pub username: Option<&'a str>,
    /// PHC text.
    pub password_hash: Option<&'a str>,
    /// As others read it.
    pub nickname: &'a str,
}

/// By id, from the writer.
pub async fn by_id(db: &Db, id: UserId) -> Result<Option<Account>> {
    db.fresh(&format!("select {COLUMNS} from account where id = ?"), values![id]).await
}

/// By phone, under any key.
pub async fn by_phone(db: &Db, phone_indexes: &[String]) -> Result<Option<Account>> {
    let sql = format!("select {COLUMNS} from account where phone_index in ({})", marks(phone_indexes.len()));
    db.fresh(&sql, texts(phone_indexes)).await
}

/// By user name in lower case.
pub async fn by_username(db: &Db, username: &str) -> Result<Option<Account>> {
    db.fresh(&format!("select {COLUMNS} from account where username = ?"), values![username]).await
}

/// Inserts an account. False: phone or user name is taken.
pub async fn insert(tx: &Tx, new: &NewAccount<'_>) -> Result<bool> {
    let Some(phone_index) = new.phone_indexes.first() else { return Ok(false) };
    let sql = "insert into account (id, phone_index, phone_sealed, username, password_hash, nickname, gender, state, epoch,
               address_count, created_ms, changed_ms) values (?, ?, ?, ?, ?, ?, 'unknown', 'active', 0, 0, ?, ?)";
    let (now, username, hash) = (tx.now(), new.username.map(str::to_owned), new.password_hash.map(str::to_owned));
    let row = values![new.id, phone_index.as_str(), new.phone_sealed, username, hash, new.nickname, now, now];
    tx.insert_new(sql, row).await
}

/// Whether a phone is taken, under any key.
pub async fn has_phone(tx: &Tx, phone_indexes: &[String]) -> Result<bool> {
    let sql = format!("select count(*) from account where phone_index in ({})", marks(phone_indexes.len()));
    Ok(tx.number(&sql, texts(phone_indexes)).await?.unwrap_or(0) > 0)
}

/// Whether there is such an account.
pub async fn exists(tx: &Tx, id: UserId) -> Result<bool> {
    Ok(tx.number("select count(*) from account where id = ?", values![id]).await?.unwrap_or(0) > 0)
}

/// Holds the account's row for the rest of the transaction, if it is active and nothing has ended its sessions since `epoch`.
pub async fn hold(tx: &Tx, id: UserId, epoch: i64) -> Result<bool> {
    let sql = "update account set changed_ms = ? where id = ? and epoch = ? and state = 'active'";
    Ok(tx.run(sql, values![tx.now(), id, epoch]).await? == 1)
}

/// Ends what was proven before.
pub async fn raise_epoch(tx: &Tx, id: UserId) -> Result<bool> {
    Ok(tx.run("update account set epoch = epoch + 1, changed_ms = ? where id = ?", values![tx.now(), id]).await? == 1)
}

/// Moves an account between states. False: it was not in `from`.
pub async fn set_state(tx: &Tx, id: UserId, from: &str, to: &str) -> Result<bool> {
    let sql = "update account set state = ?, epoch = epoch + 1, changed_ms = ? where id = ? and state = ?";
    Ok(tx.run(sql, values![to, tx.now(), id, from]).await? == 1)
}

/// Sets a password, if nothing has changed since `epoch`.
pub async fn set_password(tx: &Tx, id: UserId, epoch: i64, hash: &str) -> Result<bool> {
    let sql =
        "update account set password_hash = ?, epoch = epoch + 1, changed_ms = ? where id = ? and epoch = ? and state = 'active'";
    Ok(tx.run(sql, values![hash, tx.now(), id, epoch]).await? == 1)
}

/// Moves an account to another phone, if nothing has changed since `epoch`. `None`: another account has that phone.
pub async fn set_phone(tx: &Tx, id: UserId, epoch: i64, phone_index: &str, phone_sealed: &str) -> Result<Option<bool>> {
    let sql = "update account set phone_index = ?, phone_sealed = ?, epoch = epoch + 1, changed_ms = ?
               where id = ? and epoch = ? and state = 'active'";
    unless_taken(tx.run(sql, values![phone_index, phone_sealed, tx.now(), id, epoch]).await)
}

/// Gives an account its user name, if it has none. `None`: the name is taken.
pub async fn set_username(tx: &Tx, id: UserId, username: &str) -> Result<Option<bool>> {
    let sql = "update account set username = ?, changed_ms = ? where id = ? and (username is null or username = ?)";
    unless_taken(tx.run(sql, values![username, tx.now(), id, username]).await)
}

fn unless_taken(changed: Result<u64>) -> Result<Option<bool>> {
    match changed {
        Ok(rows) => Ok(Some(rows == 1)),
        Err(e) if e.is(CONFLICT) => Ok(None),
        Err(e) => Err(e),
    }
}

/// What a shopper may change of the profile; absent means unchanged.
#[derive(Default)]
pub struct Changes {
    /// As others read it.
    pub nickname: Option<String>,
    /// Key of an uploaded picture.
    pub avatar: Option<String>,
    /// `male`, `female`, `unknown`.
    pub gender: Option<String>,
    /// ISO date.
    pub birthday: Option<String>,
}

/// Changes the profile.
pub async fn change(tx: &Tx, id: UserId, to: &Changes) -> Result<bool> {
    let sql = "update account set nickname = coalesce(?, nickname), avatar = coalesce(?, avatar), gender = coalesce(?, gender),
               birthday = coalesce(?, birthday), changed_ms = ? where id = ?";
    let row = values![to.nickname.clone(), to.avatar.clone(), to.gender.clone(), to.birthday.clone(), tx.now(), id];
    Ok(tx.run(sql, row).await? == 1)
}

/// Counts one more address, if fewer than `max` are kept.
pub async fn count_address(tx: &Tx, id: UserId, max: i64) -> Result<bool> {
    let sql = "update account set address_count = address_count + 1 where id = ? and address_count < ?";
    Ok(tx.run(sql, values![id, max]).await? == 1)
}

/// Holds the account's row, so that its addresses change one at a time.
pub async fn hold_addresses(tx: &Tx, id: UserId) -> Result<()> {
    tx.run("update account set address_count = address_count where id = ?", values![id]).await.map(|_| ())
}

/// Counts one address less.
pub async fn uncount_address(tx: &Tx, id: UserId) -> Result<()> {
    tx.run("update account set address_count = address_count - 1 where id = ? and address_count > 0", values![id])
        .await
        .map(|_| ())
}

fn texts(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| Value::from(text.as_str())).collect()
}
