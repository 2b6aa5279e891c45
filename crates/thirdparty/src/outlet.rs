//! The way out for the demo cashier's notifications.

use std::time::Duration;

use async_trait::async_trait;
use kit::fault::{TIMEOUT, UNAVAILABLE};
use kit::{Error, Result};

/// How long the mall may take to answer a notification.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read; a channel looks for one word.
const ANSWER_BYTES: usize = 1024;

/// Posts a body somewhere and gives back status and text.
#[async_trait]
pub trait Outlet: Send + Sync + 'static {
    /// Posts once. An error means that nobody answered in time.
    async fn post(&self, url: &str, headers: &[(String, String)], body: &str) -> Result<(u16, String)>;
}

/// Posts over HTTP to one fixed address: no other host, no redirects, no proxy.
pub struct HttpOutlet {
    client: reqwest::Client,
    allowed: String,
}

impl HttpOutlet {
    /// An outlet that posts to `allowed` and nowhere else. The process must have installed its TLS provider before.
    pub fn new(allowed: impl Into<String>) -> Result<Self> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .connect_timeout(Duration::from_secs(2))
            .build()
            .map_err(Error::internal)?;
        Ok(HttpOutlet { client, allowed: allowed.into() })
    }
}

#[async_trait]
impl Outlet for HttpOutlet {
    async fn post(&self, url: &str, headers: &[(String, String)], body: &str) -> Result<(u16, String)> {
        if url != self.allowed {
            return Err(Error::internal(format!("notifications do not go to {url}")));
        }
        let mut request = self.client.post(url).header("content-type", "application/json").body(body.to_owned());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let lost = |e: reqwest::Error| if e.is_timeout() { TIMEOUT.because(e) } else { UNAVAILABLE.because(e) };
        let mut response = request.send().await.map_err(lost)?;
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        while bytes.len() < ANSWER_BYTES {
            let Some(chunk) = response.chunk().await.map_err(lost)? else { break };
            bytes.extend_from_slice(&chunk);
        }
        bytes.truncate(ANSWER_BYTES);
        Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
    }
}
