//! When a channel is asked next, as a pure rule.

use std::time::Duration;

use kit::Time;

use crate::settings::Settings;

/// The question number `asked` (from zero) about an attempt that began at `began`: by the list first, then every so often;
/// never in the past. `None` when it is no longer worth asking.
pub(crate) fn next_question(settings: &Settings, began: Time, expires: Time, asked: u32, now: Time) -> Option<Time> {
    if now > expires + settings.ask_after_expiry {
        return None;
    }
    let listed = usize::try_from(asked).ok().and_then(|n| settings.ask_after_s.get(n)).map(|s| began + Duration::from_secs(*s));
    Some(listed.filter(|at| *at > now).unwrap_or(now + settings.ask_every))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGAN: Time = Time(1_800_000_000_000);

    fn after(seconds: u64) -> Time {
        BEGAN + Duration::from_secs(seconds)
    }

    #[test]
    fn questions_come_by_the_list_and_then_every_minute_until_a_day_after_expiry() {
        let (settings, expires) = (Settings::default(), after(1800));
        let mut now = BEGAN;
        let mut asked = Vec::new();
        for n in 0..7 {
            now = next_question(&settings, BEGAN, expires, n, now).unwrap();
            asked.push(now.since(BEGAN).as_secs());
        }
        assert_eq!(asked, [5, 10, 30, 60, 120, 180, 240]);
        assert_eq!(
            next_question(&settings, BEGAN, expires, 1, after(50)),
            Some(after(110)),
            "a late question is not asked in the past"
        );
        let end = 1800 + 24 * 3600;
        assert_eq!(next_question(&settings, BEGAN, expires, 9, after(end)), Some(after(end + 60)));
        assert_eq!(next_question(&settings, BEGAN, expires, 9, after(end + 1)), None);
    }
}
