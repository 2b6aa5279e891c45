//! Events: what has happened, told to whoever listens, at least once and in any order.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something that has happened, named in the past tense. Declared in `contract` by [`events!`](crate::events).
pub trait Event: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// `service.noun_verb`, the same everywhere.
    const TOPIC: &'static str;
}

/// Declares events: plain structs with a topic.
#[macro_export]
macro_rules! events {
    ($($(#[$meta:meta])* $name:ident $topic:literal { $($(#[$fmeta:meta])* $field:ident : $ty:ty),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, $crate::serde::Serialize, $crate::serde::Deserialize)]
        #[serde(crate = "kit::serde")]
        #[allow(missing_docs, reason = "the fields are named after their types; the event says what happened")]
        pub struct $name { $($(#[$fmeta])* pub $field: $ty),* }
        impl $crate::db::Event for $name { const TOPIC: &'static str = $topic; }
    )*};
}

/// An event on its way.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Parcel {
    /// The event's id: the same at every delivery.
    pub id: i64,
    /// The event's topic.
    pub topic: String,
    /// The event as JSON.
    pub payload: String,
    /// Trace that it belongs to.
    pub trace: String,
}

tokio::task_local! {
    static TRACE: std::sync::Arc<str>;
}

/// Runs `work` on a trace: events that leave inside carry it.
pub async fn on_trace<T>(trace: std::sync::Arc<str>, work: impl Future<Output = T>) -> T {
    TRACE.scope(trace, work).await
}

/// The trace of the running request or event, or a fresh one.
pub fn current_trace() -> String {
    TRACE.try_with(|t| t.to_string()).unwrap_or_else(|_| crate::ctx::trace_id())
}
