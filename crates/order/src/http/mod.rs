//! What people call: shoppers under `/api/v1/orders`, operators under `/api/v1/admin/orders`.

mod operator;
mod shopper;

use std::sync::Arc;

use contract::order::OrderState;
use garde::Validate;
use kit::http::PageParams;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Order;
use crate::list::Wanted;

#[cfg(test)]
pub use shopper::replay as shopper_replay;

/// The routes, ready to serve.
pub fn routes(x: &Arc<Order>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(shopper::place_order, shopper::list_orders))
        .routes(routes!(shopper::quote_order))
        .routes(routes!(shopper::count_orders))
        .routes(routes!(shopper::get_order))
        .routes(routes!(shopper::pay_order))
        .routes(routes!(shopper::get_order_payment))
        .routes(routes!(shopper::cancel_order))
        .routes(routes!(shopper::receive_order))
        .routes(routes!(operator::list_all_orders))
        .routes(routes!(operator::get_any_order))
        .routes(routes!(operator::ship_order))
        .routes(routes!(operator::cancel_any_order))
        .with_state(x.clone())
}

/// Which orders a list shows.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListOrders {
    /// Only orders in this state.
    #[garde(skip)]
    state: Option<OrderState>,
    /// Only orders of which money went back, in part or whole.
    #[garde(skip)]
    #[serde(default)]
    #[param(required = false)]
    refunded: bool,
    /// `next` of the page before.
    #[garde(length(max = 200))]
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Items a page, 1–100; 20 when absent.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

impl ListOrders {
    fn wanted(&self) -> Wanted {
        Wanted { state: self.state, refunded: self.refunded }
    }

    fn page(&self) -> PageParams {
        PageParams { cursor: self.cursor.clone(), limit: self.limit }
    }
}
