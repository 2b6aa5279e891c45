//! One public answer that stands ready: made by the first who asks, given as the same bytes until its time is over or
//! something that it shows has changed here. Must never know what it says.

use std::collections::HashSet;
use std::sync::{Arc, Mutex as Short, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use contract::SpuId;
use kit::{Clock, Result, Time};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::bytes::Ready;

/// Changed products that are remembered while an answer is made; beyond them, any may have changed.
const REMEMBERED: usize = 1000;

/// Which products an answer depends on.
#[derive(Debug)]
pub enum Shows {
    /// None.
    Nothing,
    /// These.
    These(HashSet<SpuId>),
    /// Any: it shows the best of all, or has room for one more.
    Any,
}

impl Shows {
    fn depends_on(&self, spu: SpuId) -> bool {
        match self {
            Shows::Nothing => false,
            Shows::These(spus) => spus.contains(&spu),
            Shows::Any => true,
        }
    }
}

/// An answer just made.
pub struct Made {
    /// Ready to send.
    pub ready: Ready,
    /// The mall's time from which it says something else.
    pub until: Time,
    /// What it depends on.
    pub shows: Shows,
}

struct Kept {
    made: Made,
    /// The mall's time when it was asked for.
    since: Time,
    at: Instant,
}

/// What changed while an answer was being made.
#[derive(Default)]
struct News {
    all: bool,
    spus: HashSet<SpuId>,
}

/// Keeps the answer.
pub struct Standing {
    kept: ArcSwapOption<Kept>,
    making: Mutex<()>,
    news: Short<Option<News>>,
    keep_for: Duration,
}

impl Standing {
    /// Nothing yet; what is made will be kept for so long at most.
    pub fn new(keep_for: Duration) -> Self {
        Standing { kept: ArcSwapOption::empty(), making: Mutex::default(), news: Short::default(), keep_for }
    }

    fn news(&self) -> MutexGuard<'_, Option<News>> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something changed here that it may show.
    pub fn forget(&self) {
        let mut news = self.news();
        if let Some(news) = news.as_mut() {
            news.all = true;
        }
        self.kept.store(None);
    }

    /// A product changed here.
    pub fn spu_changed(&self, spu: SpuId) {
        let mut news = self.news();
        if let Some(news) = news.as_mut() {
            news.all |= news.spus.len() >= REMEMBERED;
            if !news.all {
                news.spus.insert(spu);
            }
        }
        if self.kept.load().as_ref().is_some_and(|kept| kept.made.shows.depends_on(spu)) {
            self.kept.store(None);
        }
    }

    /// The answer, if it is there and not older than this.
    fn younger_than(&self, age: Duration, now: Time) -> Option<Ready> {
        let kept = self.kept.load();
        let kept = kept.as_ref()?;
        let in_time = kept.since <= now && now < kept.made.until;
        (in_time && kept.at.elapsed() < age).then(|| kept.made.ready.clone())
    }

    /// The answer, if it may be given without asking anybody.
    pub fn at_once(&self, now: Time) -> Option<Ready> {
        self.younger_than(self.keep_for, now)
    }

    /// The answer, made anew when there is none that may be given. One makes it; meanwhile the others are given one that is
    /// a little too old, if there is one.
    pub async fn answer<F>(&self, clock: &Clock, make: impl FnOnce(Time) -> F) -> Result<Ready>
    where
        F: Future<Output = Result<Made>>,
    {
        if let Some(ready) = self.at_once(clock.now()) {
            return Ok(ready);
        }
        let _one = match self.younger_than(self.keep_for * 2, clock.now()) {
            Some(old) => match self.making.try_lock() {
                Ok(one) => one,
                Err(_) => return Ok(old),
            },
            None => self.making.lock().await,
        };
        let now = clock.now();
        if let Some(ready) = self.at_once(now) {
            return Ok(ready);
        }
        *self.news() = Some(News::default());
        let at = Instant::now();
        let made = make(now).await?;
        let ready = made.ready.clone();
        // What changed while it was made must not be kept in its older form.
        let mut news = self.news();
        let unchanged = news.take().is_some_and(|n| !n.all && !n.spus.iter().any(|spu| made.shows.depends_on(*spu)));
        self.kept.store(unchanged.then(|| Arc::new(Kept { made, since: now, at })));
        Ok(ready)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(says: &str, shows: Shows) -> Result<Made> {
        Ok(Made { ready: Ready::of(&says)?, until: Time(100), shows })
    }

    async fn says(standing: &Standing, clock: &Clock, new: &str) -> String {
        let answer = standing.answer(clock, async |_| made(new, Shows::These([SpuId(1)].into()))).await.unwrap();
        serde_json::from_slice(&answer.body).unwrap()
    }

    #[tokio::test]
    async fn it_stands_until_its_time_or_a_change() {
        let (standing, clock) = (Standing::new(Duration::from_secs(3600)), Clock::manual(Time(10)));
        assert!(standing.at_once(Time(10)).is_none());
        assert_eq!(says(&standing, &clock, "a").await, "a");
        assert_eq!(says(&standing, &clock, "b").await, "a");
        standing.spu_changed(SpuId(2));
        assert_eq!(says(&standing, &clock, "c").await, "a", "a product that it does not show");
        standing.spu_changed(SpuId(1));
        assert_eq!(says(&standing, &clock, "d").await, "d");
        standing.forget();
        assert_eq!(says(&standing, &clock, "e").await, "e");
        clock.pass(Duration::from_millis(90));
        assert!(standing.at_once(clock.now()).is_none());
    }

    #[tokio::test]
    async fn what_changes_while_it_is_made_is_not_kept() {
        let (standing, clock) = (Standing::new(Duration::from_secs(3600)), Clock::manual(Time(10)));
        for (spu, kept) in [(1, false), (2, true)] {
            let answer = standing.answer(&clock, async |_| {
                standing.spu_changed(SpuId(spu));
                made("old", Shows::These([SpuId(1)].into()))
            });
            answer.await.unwrap();
            assert_eq!(standing.at_once(Time(10)).is_some(), kept, "{spu}");
            standing.forget();
        }
        let answer = standing.answer(&clock, async |_| {
            standing.forget();
            made("old", Shows::Nothing)
        });
        answer.await.unwrap();
        assert!(standing.at_once(Time(10)).is_none());
    }

    #[tokio::test]
    async fn a_mistake_is_not_kept_and_an_old_answer_is_made_anew() {
        let (standing, clock) = (Standing::new(Duration::ZERO), Clock::manual(Time(10)));
        let failed = standing.answer(&clock, async |_| Err(kit::fault::UNAVAILABLE.into())).await;
        assert!(failed.is_err());
        assert_eq!(says(&standing, &clock, "a").await, "a");
        assert_eq!(says(&standing, &clock, "b").await, "b");
    }
}
