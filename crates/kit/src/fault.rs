//! What goes wrong, as a value: a [`Fault`] is a row of a table (code, status, two sentences), an
//! [`Error`] is a fault that happened, with what the caller should know and a private cause.
//! Knows HTTP status numbers, never a business word: the mall's own faults stand in `contract`.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Everything in the house that can fail, fails with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A row of the fault table: what code raises, tests compare and the web switches on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable name, `snake_case`.
    pub code: &'static str,
    /// HTTP status that it answers with.
    pub status: u16,
    /// Sentence for the customer, Chinese.
    pub zh: &'static str,
    /// Sentence for the customer, English.
    pub en: &'static str,
}

/// Declares faults: `NAME = status, "中文", "English";`. The code is the name in lower case,
/// and `ALL` lists the table.
#[macro_export]
macro_rules! faults {
    ($($(#[$meta:meta])* $name:ident $code:literal = $status:literal, $zh:literal, $en:literal;)*) => {
        $(
            #[doc = concat!("`", $code, "` (", stringify!($status), "): ", $en)]
            $(#[$meta])*
            pub const $name: $crate::Fault = $crate::Fault { code: $code, status: $status, zh: $zh, en: $en };
        )*
        /// The table, whole.
        pub const ALL: &[$crate::Fault] = &[$($name),*];
    };
}

faults! {
    MALFORMED "malformed" = 400, "请求格式不正确", "The request is malformed";
    UNAUTHENTICATED "unauthenticated" = 401, "请先登录", "Please sign in";
    FORBIDDEN "forbidden" = 403, "没有权限", "You lack the permission";
    NOT_FOUND "not_found" = 404, "没有找到", "Not found";
    METHOD_NOT_ALLOWED "method_not_allowed" = 405, "不支持的请求方法", "Method not allowed";
    CONFLICT "conflict" = 409, "状态已变化，请刷新", "The state has changed";
    IN_FLIGHT "in_flight" = 409, "请求正在处理中，请稍候", "The same request is still running";
    TOO_LARGE "too_large" = 413, "请求内容过大", "The request is too large";
    UNSUPPORTED_MEDIA "unsupported_media_type" = 415, "请使用 JSON 格式", "Please send JSON";
    INVALID "invalid" = 422, "填写的内容有误", "Some fields are not valid";
    KEY_REUSED "idempotency_key_reused" = 422, "同一请求标识不能用于不同内容", "The idempotency key was used with another body";
    KEY_REQUIRED "idempotency_key_required" = 428, "缺少 Idempotency-Key", "Idempotency-Key is required";
    TOO_MANY "too_many_requests" = 429, "操作太频繁，请稍后再试", "Too many requests";
    INTERNAL "internal" = 500, "系统出了点问题，请稍后再试", "Something went wrong";
    UNAVAILABLE "unavailable" = 503, "服务繁忙，请稍后再试", "The service is busy";
    TIMEOUT "timeout" = 504, "处理超时，请稍后查看结果", "The request timed out";
}

/// One wrong field: where, what, and a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// JSON pointer into the body (`/lines/0/qty`), or the parameter's name.
    pub pointer: String,
    /// What is wrong, as a name.
    pub code: String,
    /// What is wrong, as a sentence.
    pub message: String,
}

/// A fault that happened. Travels whole between services, except for its cause, which is logged.
#[derive(Clone, Serialize, Deserialize)]
pub struct Error(Box<Inner>);

#[derive(Clone, Serialize, Deserialize)]
struct Inner {
    code: Cow<'static, str>,
    status: u16,
    zh: Cow<'static, str>,
    en: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u32>,
    #[serde(skip)]
    cause: Option<String>,
    #[serde(skip)]
    again: bool,
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Error(Box::new(Inner {
            code: fault.code.into(),
            status: fault.status,
            zh: fault.zh.into(),
            en: fault.en.into(),
            errors: Vec::new(),
            data: None,
            retry_after_s: None,
            cause: None,
            again: false,
        }))
    }
}

impl Fault {
    /// The fault with a private cause, which is logged once at the edge and never shown.
    pub fn because(self, cause: impl fmt::Display) -> Error {
        Error::from(self).because(cause)
    }

    /// The fault with public data beside it (`{"sku_id": …}`), shown as members of the problem.
    pub fn with(self, data: impl Serialize) -> Error {
        Error::from(self).with(data)
    }

    /// The fault with one wrong field.
    pub fn at(self, pointer: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Error {
        Error::from(self).at(pointer, code, message)
    }
}

impl Error {
    /// `internal` with its cause.
    pub fn internal(cause: impl fmt::Display) -> Self {
        INTERNAL.because(cause)
    }

    /// Adds a private cause.
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// Adds public data, an object whose members stand in the problem.
    pub fn with(mut self, data: impl Serialize) -> Self {
        self.0.data = serde_json::to_value(data).ok();
        self
    }

    /// Adds a wrong field.
    pub fn at(mut self, pointer: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        self.0.errors.push(FieldError { pointer: pointer.into(), code: code.into(), message: message.into() });
        self
    }

    /// Tells the client when to come back.
    pub fn retry_after_s(mut self, seconds: u32) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// Marks an error whose transaction may simply be run again (deadlock, lock wait, busy).
    pub(crate) fn again(mut self) -> Self {
        self.0.again = true;
        self
    }

    pub(crate) fn may_run_again(&self) -> bool {
        self.0.again
    }

    /// Whether it is this fault.
    pub fn is(&self, fault: Fault) -> bool {
        self.0.code == fault.code
    }

    /// Stable code.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The customer's sentence.
    pub fn message(&self, english: bool) -> &str {
        if english { &self.0.en } else { &self.0.zh }
    }

    /// Wrong fields, if any.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// Public data, if any.
    pub fn data(&self) -> Option<&Json> {
        self.0.data.as_ref()
    }

    /// Seconds until it is worth trying again, if known.
    pub fn retry_after(&self) -> Option<u32> {
        self.0.retry_after_s
    }

    /// Private cause, for the log.
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The fault is ours (5xx), not the caller's.
    pub fn is_ours(&self) -> bool {
        self.0.status >= 500
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.en)?;
        for e in &self.0.errors {
            write!(f, " [{} {}]", e.pointer, e.code)?;
        }
        if let Some(data) = &self.0.data {
            write!(f, " {data}")?;
        }
        match &self.0.cause {
            Some(cause) => write!(f, " ({cause})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

impl From<serde_json::Error> for Error {
    fn from(e: serde_json::Error) -> Self {
        Error::internal(e)
    }
}
