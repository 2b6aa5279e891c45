//! What a process says about itself: logs ([`init_logs`]), metrics ([`metrics_handle`]), health ([`Health`]).
//! Must never know what is counted or checked.

mod health;

use std::io::IsTerminal as _;
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

pub use health::Health;

use crate::{Error, Result};

/// Upper bounds of all histograms, in seconds: from a memory read to a call that timed out.
const BUCKETS_SECONDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// How often samples are drained, so that they do not pile up when nobody scrapes.
const UPKEEP: Duration = Duration::from_secs(5);
/// Ticks a second in `/proc`, the same on every Linux that we run on.
const TICKS_PER_SECOND: u64 = 100;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people, coloured on a terminal.
    #[default]
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// Sends logs to standard error, filtered (`info,order=debug`). Fails with `internal` on a filter that does not
/// read; a second call in the same process changes nothing.
pub fn init_logs(format: LogFormat, filter: &str) -> Result<()> {
    let filter = EnvFilter::builder()
        .parse(filter)
        .map_err(|e| Error::internal(format_args!("the log filter {filter:?} does not read: {e}")))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let begun = match format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).finish().try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).finish().try_init(),
    };
    // Refused only because logs go somewhere already.
    let _ = begun;
    Ok(())
}

/// The metrics of this process. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

/// Installs the recorder, once in a process, and gives the handle to read it. It opens no port. Call it first inside
/// the runtime that lives longest: samples are drained there every few seconds.
pub fn metrics_handle() -> Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    let install = || {
        let builder = PrometheusBuilder::new().set_buckets(&BUCKETS_SECONDS).unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let metrics = Metrics(recorder.handle());
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("metrics go to a recorder that was there before");
        }
        metrics::describe_gauge!("process_resident_memory_bytes", metrics::Unit::Bytes, "Memory held by the process");
        metrics::describe_gauge!("process_uptime_seconds", metrics::Unit::Seconds, "Time since the process began");
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let upkeep = metrics.0.clone();
            runtime.spawn(async move {
                let mut beat = tokio::time::interval(UPKEEP);
                loop {
                    beat.tick().await;
                    upkeep.run_upkeep();
                }
            });
        }
        metrics
    };
    METRICS.get_or_init(install).clone()
}

impl Metrics {
    /// All metrics as Prometheus text, with memory and uptime as of now.
    pub fn render(&self) -> String {
        if let Some(bytes) = resident_bytes() {
            #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
            metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
        }
        if let Some(seconds) = uptime_s() {
            #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
            metrics::gauge!("process_uptime_seconds").set(seconds as f64);
        }
        self.0.run_upkeep();
        self.0.render()
    }
}

/// Memory that the process holds, in bytes; none where there is no `/proc`. From `status`, which counts in KiB:
/// `statm` counts in pages, whose size differs between machines.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Seconds since the process began; none where there is no `/proc`.
fn uptime_s() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let machine = std::fs::read_to_string("/proc/uptime").ok()?;
    let up: u64 = machine.split('.').next()?.parse().ok()?;
    up.checked_sub(started_ticks(&stat)? / TICKS_PER_SECOND)
}

/// Field 22. The second one is the program's name in parentheses, which may itself hold blanks and parentheses.
fn started_ticks(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn metrics_are_rendered_with_memory_and_uptime() {
        let (one, two) = (metrics_handle(), metrics_handle());
        metrics::counter!("kit_test_total", "kind" => "a").increment(2);
        metrics::histogram!("kit_test_seconds").record(0.003);
        let text = one.render();
        assert!(text.contains("kit_test_total{kind=\"a\"} 2"), "{text}");
        assert!(text.contains("kit_test_seconds_bucket{le=\"0.0025\"} 0"), "{text}");
        assert!(text.contains("kit_test_seconds_bucket{le=\"0.005\"} 1"), "{text}");
        if cfg!(target_os = "linux") {
            let line = text.lines().find(|line| line.starts_with("process_resident_memory_bytes ")).expect("memory");
            let bytes: u64 = line.rsplit(' ').next().unwrap().parse().unwrap();
            assert!((1 << 20..1 << 40).contains(&bytes), "{line}");
            assert!(text.contains("\nprocess_uptime_seconds "), "{text}");
            assert!(uptime_s().unwrap() < 24 * 3600);
        }
        assert_eq!(two.render().matches("# TYPE kit_test_total counter").count(), 1);
    }

    #[test]
    fn a_program_name_may_hold_anything() {
        let stat = "42 (a ) (b) S 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 7654321 1 2";
        assert_eq!(started_ticks(stat), Some(7_654_321));
        assert_eq!(started_ticks(""), None);
    }

    #[test]
    fn a_filter_that_does_not_read_is_refused() {
        assert!(init_logs(LogFormat::Json, "kit=loud=very").is_err());
        init_logs(LogFormat::Json, "off").unwrap();
        init_logs(LogFormat::Text, "off").unwrap();
    }
}
