//! What people see: the freight rule, to show before anything is in the cart. Prices are quoted through cart and order.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use contract::Fen;
use kit::http::Anyone;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Promotion;
use crate::freight::Freight;

/// The routes, with their state.
pub fn routes(promotion: &Arc<Promotion>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_freight_rule)).with_state(promotion.clone())
}

/// The freight rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FreightRule {
    /// What the shopper reads: 满 88.00 元包邮.
    pub title: String,
    /// Freight of an order.
    pub base_fen: Fen,
    /// Goods after discounts from which nothing is charged.
    pub free_from_fen: Fen,
    /// Charged besides for far provinces.
    pub far_extra_fen: Fen,
    /// The far provinces, by how their names begin.
    pub far_provinces: Vec<String>,
}

impl From<&Freight> for FreightRule {
    fn from(freight: &Freight) -> Self {
        FreightRule {
            title: freight.title(),
            base_fen: freight.base_fen,
            free_from_fen: freight.free_from_fen,
            far_extra_fen: freight.far_extra_fen,
            far_provinces: freight.far_provinces.clone(),
        }
    }
}

/// The freight rule, for display.
#[utoipa::path(get, path = "/api/v1/promotions/freight", operation_id = "get_freight_rule", tag = "promotion",
    responses((status = 200, body = FreightRule)), security(()))]
async fn get_freight_rule(_: Anyone, State(promotion): State<Arc<Promotion>>) -> Json<FreightRule> {
    Json(FreightRule::from(&promotion.settings.freight))
}
