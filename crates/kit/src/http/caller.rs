//! Who may call: every handler takes exactly one of [`Anyone`], [`Shopper`], [`Operator`].

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::ctx::{Caller, Ctx};
use crate::fault::{Error, FORBIDDEN, UNAUTHENTICATED};

/// A permission, declared in code, one per operation.
pub trait Permission: Send + Sync + 'static {
    /// `noun.verb`.
    const NAME: &'static str;
}

/// Anyone may call, signed in or not.
pub struct Anyone(pub Ctx);

/// Only a signed-in shopper may call.
pub struct Shopper {
    /// The call's context.
    pub ctx: Ctx,
    /// The shopper's number.
    pub user: i64,
    /// The session of the device that calls.
    pub session: i64,
}

/// Only an operator with the permission may call.
pub struct Operator<P: Permission> {
    /// The call's context.
    pub ctx: Ctx,
    /// The operator's number.
    pub operator: i64,
    permission: PhantomData<P>,
}

/// Only the house itself may call (payment channels reach it as `Anyone` and are known by their signature).
pub struct HouseCall(pub Ctx);

fn ctx(parts: &Parts) -> Ctx {
    parts.extensions.get::<Ctx>().cloned().unwrap_or_else(|| Ctx::new(Caller::Nobody))
}

impl<S: Sync> FromRequestParts<S> for Anyone {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(Anyone(ctx(parts)))
    }
}

impl<S: Sync> FromRequestParts<S> for Shopper {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let ctx = ctx(parts);
        match ctx.caller {
            Caller::Shopper { user, session } => Ok(Shopper { ctx, user, session }),
            _ => Err(UNAUTHENTICATED.into()),
        }
    }
}

impl<S: Sync, P: Permission> FromRequestParts<S> for Operator<P> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let ctx = ctx(parts);
        let Caller::Operator { operator, permissions } = &ctx.caller else {
            return Err(UNAUTHENTICATED.into());
        };
        if !permissions.iter().any(|p| p == P::NAME) {
            return Err(FORBIDDEN.with(serde_json::json!({ "permission": P::NAME })));
        }
        Ok(Operator { operator: *operator, ctx, permission: PhantomData })
    }
}

impl<S: Sync> FromRequestParts<S> for HouseCall {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let ctx = ctx(parts);
        if ctx.caller == Caller::House { Ok(HouseCall(ctx)) } else { Err(UNAUTHENTICATED.into()) }
    }
}
