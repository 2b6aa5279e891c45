//! What operators do with shoppers' accounts: disable, enable, kick. Each may be repeated.

use contract::UserId;
use contract::user::UserDisabled;
use kit::Result;
use kit::db::Tx;
use kit::fault::NOT_FOUND;

use crate::store::account;
use crate::{User, session};

/// Disables an account: its sessions end at once, and nobody signs in to it.
pub async fn disable(user: &User, id: UserId) -> Result<()> {
    let ended = kit::tx!(user.db, |tx| {
        if !account::set_state(&tx, id, "active", "disabled").await? {
            return must_exist(&tx, id).await.map(|()| Vec::new());
        }
        tx.publish(&UserDisabled { user: id }).await?;
        session::end_all(&tx, id, None).await
    })?;
    user.memory.forget(&ended);
    Ok(())
}

/// Enables a disabled account; its owner signs in anew.
pub async fn enable(user: &User, id: UserId) -> Result<()> {
    kit::tx!(user.db, |tx| {
        if account::set_state(&tx, id, "disabled", "active").await? { Ok(()) } else { must_exist(&tx, id).await }
    })
}

/// Ends all sessions of an account.
pub async fn kick(user: &User, id: UserId) -> Result<()> {
    let ended = kit::tx!(user.db, |tx| {
        if !account::raise_epoch(&tx, id).await? {
            return Err(NOT_FOUND.into());
        }
        session::end_all(&tx, id, None).await
    })?;
    user.memory.forget(&ended);
    Ok(())
}

async fn must_exist(tx: &Tx, id: UserId) -> Result<()> {
    if account::exists(tx, id).await? { Ok(()) } else { Err(NOT_FOUND.into()) }
}
