//! The only source of time. Services ask [`Clock`], so that a test or the demo can move it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment: milliseconds since 1970-01-01T00:00:00Z. RFC 3339 UTC in JSON, `BIGINT` in databases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

/// Asia/Shanghai, the mall's civil time: UTC+8 all year since 1991.
const SHANGHAI_MS: i64 = 8 * 3600 * 1000;
const DAY_MS: i64 = 24 * 3600 * 1000;

impl Time {
    /// Milliseconds since the epoch.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// The next midnight in Asia/Shanghai.
    pub const fn next_midnight(self) -> Time {
        Time((self.0 + SHANGHAI_MS).div_euclid(DAY_MS) * DAY_MS + DAY_MS - SHANGHAI_MS)
    }

    /// Days since the epoch in Asia/Shanghai, as a key for counters of a day.
    pub const fn day(self) -> i64 {
        (self.0 + SHANGHAI_MS).div_euclid(DAY_MS)
    }

    /// Time passed since an earlier moment; zero when it is later.
    pub fn since(self, earlier: Time) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// Parses RFC 3339.
    pub fn parse(text: &str) -> Option<Time> {
        let (date, rest) = text.split_once(['T', 't', ' '])?;
        let mut ymd = date.splitn(3, '-').map(str::parse::<i64>);
        let (y, m, d) = (ymd.next()?.ok()?, ymd.next()?.ok()?, ymd.next()?.ok()?);
        let zone_at = rest.find(['Z', 'z', '+', '-'])?;
        let (clock, zone) = rest.split_at(zone_at);
        let (hms, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let mut parts = hms.splitn(3, ':').map(str::parse::<i64>);
        let (h, mi, s) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
        if !(1..=12).contains(&m) || !(1..=31).contains(&d) || h > 23 || mi > 59 || s > 60 {
            return None;
        }
        let ms: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
        let offset_min = match zone.chars().next()? {
            'Z' | 'z' => 0,
            sign => {
                let (zh, zm) = zone.get(1..)?.split_once(':')?;
                let minutes = zh.parse::<i64>().ok()? * 60 + zm.parse::<i64>().ok()?;
                if sign == '-' { -minutes } else { minutes }
            }
        };
        Some(Time((days_from_civil(y, m, d) * 86400 + h * 3600 + mi * 60 + s - offset_min * 60) * 1000 + ms))
    }

    /// `2026-11-22 18:30:05` in Asia/Shanghai, for people.
    pub fn shanghai(self) -> String {
        let t = self.0 + SHANGHAI_MS;
        let (y, m, d) = civil_from_days(t.div_euclid(DAY_MS));
        let s = t.rem_euclid(DAY_MS) / 1000;
        format!("{y:04}-{m:02}-{d:02} {:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    }
}

impl std::ops::Add<Duration> for Time {
    type Output = Time;
    fn add(self, d: Duration) -> Time {
        Time(self.0.saturating_add(i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl std::ops::Sub<Duration> for Time {
    type Output = Time;
    fn sub(self, d: Duration) -> Time {
        Time(self.0.saturating_sub(i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant's algorithm).
fn days_from_civil(y: i64, m: i64, d: i64) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + d - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

fn civil_from_days(z: i64) -> (i64, i64, i64) {
    let z = z + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(m <= 2), m, doy - (153 * mp + 2) / 5 + 1)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = civil_from_days(self.0.div_euclid(DAY_MS));
        let ms = self.0.rem_euclid(DAY_MS);
        let s = ms / 1000;
        write!(f, "{y:04}-{m:02}-{d:02}T{:02}:{:02}:{:02}.{:03}Z", s / 3600, s / 60 % 60, s % 60, ms % 1000)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Time::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

impl utoipa::PartialSchema for Time {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("RFC 3339, UTC"))
            .into()
    }
}

impl utoipa::ToSchema for Time {
    fn name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }
}

/// Where time comes from: the system, or a hand.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock, plus an offset that the demo may move (milliseconds).
    System(Arc<AtomicI64>),
    /// Stands still until moved.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Clock::System(Arc::default())
    }

    /// A clock that stands at `at` until it is moved.
    pub fn manual(at: Time) -> Self {
        Clock::Manual(Arc::new(AtomicI64::new(at.0)))
    }

    /// Now.
    #[allow(clippy::disallowed_methods, reason = "the one place where time is read")]
    pub fn now(&self) -> Time {
        match self {
            Clock::System(offset_ms) => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX) + offset_ms.load(SeqCst))
            }
            Clock::Manual(at) => Time(at.load(SeqCst)),
        }
    }

    /// Moves the clock forward.
    pub fn pass(&self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        match self {
            Clock::System(at) | Clock::Manual(at) => at.fetch_add(ms, SeqCst),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_back_as_it_was_written() {
        for ms in [0, 1_795_373_013_123, 951_782_400_000, 4_102_444_799_999] {
            assert_eq!(Time::parse(&Time(ms).to_string()), Some(Time(ms)));
        }
        assert_eq!(Time(951_782_400_000).to_string(), "2000-02-29T00:00:00.000Z");
        assert_eq!(Time::parse("2000-02-29T08:00:00+08:00"), Some(Time(951_782_400_000)));
        assert_eq!(Time::parse("yesterday"), None);
    }

    #[test]
    fn midnight_is_shanghai_midnight() {
        let evening = Time::parse("2026-11-22T15:59:59Z").unwrap();
        assert_eq!(evening.next_midnight().to_string(), "2026-11-22T16:00:00.000Z");
        assert_eq!(evening.day() + 1, (evening + Duration::from_secs(1)).day());
    }
}
