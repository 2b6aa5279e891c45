//! A circuit breaker: calls that are bound to fail are refused at once, and one probe finds out when it is over.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The window is forgotten slice by slice.
const SLICES: usize = 10;

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct BreakerRule {
    /// Opens after so many failures in a row.
    pub failures: u32,
    /// Opens when so many of a hundred calls in the window fail.
    pub error_percent: u32,
    /// Calls that must stand in the window before the ratio counts.
    pub min_calls: u32,
    /// How far back the ratio looks.
    pub window: Duration,
    /// How long it stays open before a probe may pass.
    pub open_for: Duration,
}

impl Default for BreakerRule {
    /// 5 in a row, or half of at least 20 calls in 10 s; open for 5 s.
    fn default() -> Self {
        BreakerRule {
            failures: 5,
            error_percent: 50,
            min_calls: 20,
            window: Duration::from_secs(10),
            open_for: Duration::from_secs(5),
        }
    }
}

/// One neighbour's breaker. It has no clock: whoever calls passes the time, in milliseconds.
#[derive(Debug)]
pub struct Breaker {
    rule: BreakerRule,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Rises with every change of phase, so that the outcome of a call that began in another phase is ignored.
    era: u64,
    phase: Phase,
    in_a_row: u32,
    slices: [Slice; SLICES],
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Phase {
    #[default]
    Closed,
    Open {
        until_ms: i64,
    },
    /// One probe may pass, or is under way.
    HalfOpen {
        probing: bool,
    },
}

#[derive(Clone, Copy, Debug, Default)]
struct Slice {
    number: i64,
    calls: u32,
    failed: u32,
}

/// The right to one call. Say how it went; dropped without a word (the caller went away) it counts as nothing,
/// and if it was the probe, another one may pass.
#[derive(Debug)]
#[must_use = "the breaker learns from the outcome of the call"]
pub struct Pass<'a> {
    breaker: &'a Breaker,
    era: u64,
    told: bool,
}

impl Breaker {
    /// A closed breaker.
    pub fn new(rule: BreakerRule) -> Self {
        Breaker { rule, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a call through, or says in how many milliseconds it is worth asking again.
    pub fn enter(&self, now_ms: i64) -> Result<Pass<'_>, u64> {
        let mut state = self.state();
        if let Phase::Open { until_ms } = state.phase
            && now_ms >= until_ms
        {
            state.turn(Phase::HalfOpen { probing: false });
        }
        match state.phase {
            Phase::Closed => {}
            Phase::Open { until_ms } => return Err(u64::try_from(until_ms - now_ms).unwrap_or(0)),
            Phase::HalfOpen { probing: true } => return Err(1000),
            Phase::HalfOpen { probing: false } => state.phase = Phase::HalfOpen { probing: true },
        }
        Ok(Pass { breaker: self, era: state.era, told: false })
    }

    /// Whether calls are refused now.
    pub fn is_open(&self, now_ms: i64) -> bool {
        match self.state().phase {
            Phase::Closed => false,
            Phase::Open { until_ms } => now_ms < until_ms,
            Phase::HalfOpen { probing } => probing,
        }
    }
}

impl Pass<'_> {
    /// The call went well (an answer that refuses is an answer too).
    pub fn succeeded(self, now_ms: i64) {
        self.tell(true, now_ms);
    }

    /// The call failed: no answer, too late, or overloaded.
    pub fn failed(self, now_ms: i64) {
        self.tell(false, now_ms);
    }

    fn tell(mut self, well: bool, now_ms: i64) {
        self.told = true;
        let mut state = self.breaker.state();
        if state.era != self.era {
            return;
        }
        let rule = &self.breaker.rule;
        let open = Phase::Open { until_ms: now_ms.saturating_add(ms(rule.open_for)) };
        match (state.phase, well) {
            (Phase::HalfOpen { .. }, true) => state.turn(Phase::Closed),
            (Phase::HalfOpen { .. }, false) => state.turn(open),
            _ => {
                if state.count(well, now_ms, rule) {
                    state.turn(open);
                }
            }
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.told {
            return;
        }
        let mut state = self.breaker.state();
        if state.era == self.era && matches!(state.phase, Phase::HalfOpen { .. }) {
            state.phase = Phase::HalfOpen { probing: false };
        }
    }
}

impl State {
    fn turn(&mut self, phase: Phase) {
        *self = State { era: self.era + 1, phase, ..State::default() };
    }

    /// Counts an outcome; says whether it is time to open.
    fn count(&mut self, well: bool, now_ms: i64, rule: &BreakerRule) -> bool {
        let slice_ms = (ms(rule.window) / 10).max(1);
        let number = now_ms.div_euclid(slice_ms);
        let at = usize::try_from(number.rem_euclid(10)).unwrap_or(0);
        if let Some(slice) = self.slices.get_mut(at) {
            if slice.number != number {
                *slice = Slice { number, ..Slice::default() };
            }
            slice.calls += 1;
            slice.failed += u32::from(!well);
        }
        self.in_a_row = if well { 0 } else { self.in_a_row + 1 };
        if well {
            return false;
        }
        let recent = self.slices.iter().filter(|slice| number - slice.number < 10);
        let (calls, failed) = recent.fold((0_u64, 0_u64), |(c, f), s| (c + u64::from(s.calls), f + u64::from(s.failed)));
        self.in_a_row >= rule.failures
            || (calls >= u64::from(rule.min_calls) && failed * 100 >= calls * u64::from(rule.error_percent))
    }
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: BreakerRule = BreakerRule {
        failures: 3,
        error_percent: 50,
        min_calls: 10,
        window: Duration::from_secs(10),
        open_for: Duration::from_secs(5),
    };

    fn opened(breaker: &Breaker, now_ms: i64) {
        for _ in 0..3 {
            breaker.enter(now_ms).unwrap().failed(now_ms);
        }
    }

    #[test]
    fn failures_in_a_row_open_it_and_one_probe_closes_it() {
        let breaker = Breaker::new(RULE);
        for _ in 0..5 {
            breaker.enter(0).unwrap().succeeded(0);
            breaker.enter(0).unwrap().failed(0);
            breaker.enter(0).unwrap().failed(0);
            breaker.enter(0).unwrap().succeeded(0);
            breaker.enter(0).unwrap().succeeded(0);
        }
        opened(&breaker, 1_000);
        assert!(breaker.is_open(1_000));
        assert_eq!(breaker.enter(4_000).unwrap_err(), 2_000);
        let probe = breaker.enter(6_000).unwrap();
        assert!(breaker.enter(6_000).is_err(), "a single probe");
        probe.succeeded(6_100);
        assert!(!breaker.is_open(6_100));
        breaker.enter(6_100).unwrap().failed(6_100);
        assert!(!breaker.is_open(6_100), "it begins anew");
    }

    #[test]
    fn a_failed_probe_opens_it_again_and_a_lost_one_gives_its_place_back() {
        let breaker = Breaker::new(RULE);
        opened(&breaker, 0);
        breaker.enter(5_000).unwrap().failed(5_500);
        assert_eq!(breaker.enter(10_000).unwrap_err(), 500);
        drop(breaker.enter(10_500).unwrap());
        breaker.enter(10_500).unwrap().succeeded(10_500);
        assert!(!breaker.is_open(10_500));
    }

    #[test]
    fn late_news_from_before_does_not_count() {
        let breaker = Breaker::new(RULE);
        let (slow_success, slow_failure) = (breaker.enter(0).unwrap(), breaker.enter(0).unwrap());
        opened(&breaker, 0);
        slow_success.succeeded(100);
        assert!(breaker.is_open(100));
        let probe = breaker.enter(5_000).unwrap();
        slow_failure.failed(5_000);
        assert!(breaker.enter(5_000).is_err(), "the probe is still under way");
        probe.succeeded(5_000);
        assert!(breaker.enter(5_000).is_ok());
    }

    #[test]
    fn the_ratio_opens_it_and_the_window_forgets() {
        let breaker = Breaker::new(RULE);
        let mixed = |now_ms: i64, rounds: usize| {
            for _ in 0..rounds {
                let Ok(pass) = breaker.enter(now_ms) else { return false };
                pass.succeeded(now_ms);
                let Ok(pass) = breaker.enter(now_ms) else { return false };
                pass.failed(now_ms);
            }
            !breaker.is_open(now_ms)
        };
        assert!(mixed(0, 4), "8 calls are too few");
        assert!(mixed(10_000, 4), "the first 8 are forgotten");
        assert!(!mixed(10_500, 1), "5 of 10 failed");
    }
}
