//! 用户: accounts, tokens, addresses; operators' log-in. The only place where a phone can be looked up and a password compared.
//! Must never know what shoppers buy. Start reading at [`User`], then `login.rs` and `refresh.rs`.

mod address;
mod captcha;
mod credentials;
mod events;
mod hash;
mod http;
mod lockout;
mod login;
mod migration;
mod moderate;
mod operator;
mod profile;
mod refresh;
mod register;
mod rules;
mod send_code;
mod session;
mod settings;
mod store;
#[cfg(test)]
mod tests;
mod tokens;
mod who;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contract::thirdparty::Thirdparty;
use contract::user::{
    AddOperator, Address, AddressOf, CaptchaPassed, Identity, OperatorAdded, PassCaptcha, Shown, ShownAs, TextShopper, Texted,
    Who,
};
use contract::{OperatorId, UserId};
use kit::secret::Keys;
use kit::{Clock, Core, Ctx, Db, Ids, Result};

pub use events::{HEARS, subscriptions};
pub use http::routes;
pub use migration::MIGRATIONS;
pub use settings::{Captcha, Lockout, Password, Settings, Sms, Tokens};

/// Name of the service.
pub const NAME: &str = "user";
/// A device that has not signed in for so long is a stranger again.
const DEVICE_KNOWN: Duration = Duration::from_secs(180 * 24 * 3600);
/// How often what has ended is deleted.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// Accounts, tokens, addresses, operators.
pub struct User {
    clock: Clock,
    ids: Ids,
    keys: Keys,
    db: Db,
    settings: Settings,
    hasher: hash::Hasher,
    memory: tokens::Memory,
    drawn: captcha::Drawn,
    thirdparty: Arc<dyn Thirdparty>,
}

impl User {
    /// The service on its database, with whom it asks to send text messages.
    pub fn new(core: &Core, db: Db, settings: Settings, thirdparty: Arc<dyn Thirdparty>) -> Arc<Self> {
        Arc::new(User {
            clock: core.clock.clone(),
            ids: core.ids.clone(),
            keys: core.keys.clone(),
            db,
            hasher: hash::Hasher::new(&settings.password),
            memory: tokens::Memory::new(&settings.tokens),
            drawn: captcha::Drawn::default(),
            settings,
            thirdparty,
        })
    }

    /// What is drawn in a captcha; only in a mall that is tried out.
    pub fn read_captcha(&self, id: &str) -> Option<String> {
        self.drawn.read(id)
    }

    /// Makes an operator once; again it gives the same id, keeps the password and adds missing permissions (codes of
    /// `contract::permission::ALL`; others are `invalid`).
    pub async fn seed_operator(&self, name: &str, password: &str, permissions: &[&str]) -> Result<OperatorId> {
        operator::seed(self, name, password, permissions).await
    }

    /// Makes a shopper once; again (the same phone) it gives the same id and changes nothing. `username_taken` when another
    /// phone has that name.
    pub async fn seed_shopper(&self, phone: &str, username: &str, password: &str, nickname: &str) -> Result<UserId> {
        register::seed(self, phone, username, password, nickname).await
    }
}

#[async_trait]
impl contract::user::User for User {
    async fn who(&self, _ctx: &Ctx, request: Who) -> Result<Identity> {
        who::who(self, &request.token).await
    }

    async fn address(&self, _ctx: &Ctx, request: AddressOf) -> Result<Address> {
        address::for_parcel(self, request.user, request.address).await
    }

    async fn text(&self, ctx: &Ctx, request: TextShopper) -> Result<Texted> {
        profile::text(self, ctx, request).await
    }

    async fn shown_as(&self, _ctx: &Ctx, request: ShownAs) -> Result<Shown> {
        profile::shown(self, request.user).await
    }

    async fn add_operator(&self, _ctx: &Ctx, request: AddOperator) -> Result<OperatorAdded> {
        let permissions: Vec<&str> = request.permissions.iter().map(String::as_str).collect();
        let operator = operator::seed(self, &request.name, &request.password, &permissions).await?;
        Ok(OperatorAdded { operator })
    }

    async fn pass_captcha(&self, _ctx: &Ctx, request: PassCaptcha) -> Result<CaptchaPassed> {
        captcha::pass(self, &request.id, &request.answer, &request.for_id).await?;
        Ok(CaptchaPassed {})
    }
}

/// Deletes what has ended: codes, captchas, counters, sessions.
pub fn jobs(user: &Arc<User>, jobs: &mut kit::cron::Jobs) {
    let user = user.clone();
    jobs.every("user.sweep", SWEEP_EVERY, move |now| {
        let db = user.db.clone();
        async move { store::tally::sweep(&db, now, now - DEVICE_KNOWN).await.map(|_| ()) }
    });
}
