//! The keyring, as it is asked: one that is locked waits for the person, who may be elsewhere, and nobody here waits for ever.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, TryRecvError, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use visavis_provider::Secret;
use visavis_settings::{SecretError, SecretStore};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Questions that are asked at once; others wait for their turn. A thread whose question is not answered stays as long as we run.
const MOST_ASKED: usize = 4;

/// A keyring that has not answered in time is none from then on, until it does, as one that is unlocked late.
///
/// What it does too late is as if it had not: a secret that it takes then is forgotten again, because whoever gave it was told that it is
/// not kept. What was to be forgotten meanwhile is.
pub(crate) struct Impatient(Arc<Asked>);

impl Impatient {
    pub fn new(store: Arc<dyn SecretStore>) -> Self {
        Self::within(PATIENCE, store)
    }

    /// With another patience.
    pub fn within(patience: Duration, store: Arc<dyn SecretStore>) -> Self {
        Self(Arc::new(Asked { store, patience, state: Mutex::default(), news: Condvar::new() }))
    }
}

impl SecretStore for Impatient {
    fn get(&self, name: &str) -> Result<Option<String>, SecretError> {
        let name = name.to_owned();
        self.0.ask(None, move |store| store.get(&name)).unwrap_or(Err(SecretError::NoKeyring))
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), SecretError> {
        let (name, secret) = (name.to_owned(), Secret::new(secret));
        let written = Some(name.clone());
        self.0.ask(written, move |store| store.set(&name, secret.reveal())).unwrap_or(Err(SecretError::NoKeyring))
    }

    fn forget(&self, name: &str) -> Result<(), SecretError> {
        let asked = name.to_owned();
        match self.0.ask(None, move |store| store.forget(&asked)) {
            Ok(answer) => answer,
            Err(unanswered) => {
                if unanswered == Unanswered::NotAsked {
                    self.0.forget_later(name);
                }
                Err(SecretError::NoKeyring)
            }
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unanswered {
    NotAsked,
    GivenUp,
}

struct Asked {
    store: Arc<dyn SecretStore>,
    patience: Duration,
    state: Mutex<State>,
    /// A question came back, or nobody waits for any more.
    news: Condvar,
}

#[derive(Default)]
struct State {
    /// Questions that have not come back.
    asked: usize,
    /// One was not answered in time.
    is_gone: bool,
    /// One of those was answered since.
    is_back: bool,
    /// What is still to be forgotten.
    forget: BTreeSet<String>,
}

impl Asked {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer, where one comes in time. `writes`: the name of what is kept by it.
    fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        writes: Option<String>,
        question: impl FnOnce(&dyn SecretStore) -> Result<T, SecretError> + Send + 'static,
    ) -> Result<Result<T, SecretError>, Unanswered> {
        let until = Instant::now() + self.patience;
        let mut state = self.lock();
        while state.asked >= MOST_ASKED && !self.is_over(&mut state, until) {
            state = self.wait(state, until);
        }
        if state.is_gone {
            return Err(Unanswered::NotAsked);
        }
        state.asked += 1;
        drop(state);
        let (answers, answered) = channel();
        let this = Arc::clone(self);
        let run = move || this.answer(writes, question, answers);
        if let Err(error) = std::thread::Builder::new().name("keyring".into()).spawn(run) {
            tracing::error!(%error, "the keyring is not asked");
            self.lock().asked -= 1;
            self.news.notify_all();
            return Ok(Err(SecretError::NoKeyring));
        }
        let mut state = self.lock();
        loop {
            match answered.try_recv() {
                Ok(answer) => return Ok(answer),
                // It broke.
                Err(TryRecvError::Disconnected) => return Ok(Err(SecretError::NoKeyring)),
                Err(TryRecvError::Empty) => {}
            }
            if self.is_over(&mut state, until) {
                // While it is locked: what is answered from now on finds nobody.
                drop(answered);
                return Err(Unanswered::GivenUp);
            }
            state = self.wait(state, until);
        }
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, until: Instant) -> MutexGuard<'a, State> {
        let left = until.saturating_duration_since(Instant::now());
        self.news.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Whether nothing is waited for any more.
    fn is_over(&self, state: &mut State, until: Instant) -> bool {
        if !state.is_gone && Instant::now() >= until {
            tracing::warn!("the keyring does not answer: it counts as none until it does");
            state.is_gone = true;
            self.news.notify_all();
        }
        state.is_gone
    }

    /// On a thread of its own.
    fn answer<T>(
        &self,
        writes: Option<String>,
        question: impl FnOnce(&dyn SecretStore) -> Result<T, SecretError>,
        answers: Sender<Result<T, SecretError>>,
    ) {
        // One that breaks takes nothing with it but its answer.
        let answer = catch_unwind(AssertUnwindSafe(|| question(&*self.store)));
        let mut state = self.lock();
        state.asked -= 1;
        if let Ok(answer) = answer {
            let is_done = answer.is_ok();
            let is_heard = answers.send(answer).is_ok();
            state.is_back |= is_done && !is_heard;
            state.forget.extend(writes.filter(|_| is_done && !is_heard));
        }
        drop(answers);
        self.news.notify_all();
        self.forget_all(state);
    }

    fn forget_later(self: &Arc<Self>, name: &str) {
        let mut state = self.lock();
        state.forget.insert(name.to_owned());
        if state.asked > 0 {
            // Whichever question comes back sees to it.
            return;
        }
        drop(state);
        let this = Arc::clone(self);
        let run = move || this.forget_all(this.lock());
        if let Err(error) = std::thread::Builder::new().name("keyring".into()).spawn(run) {
            tracing::error!(%error, "the keyring is not asked");
        }
    }

    fn forget_all<'a>(&'a self, mut state: MutexGuard<'a, State>) {
        while let Some(name) = state.forget.pop_first() {
            state.asked += 1;
            drop(state);
            if !catch_unwind(AssertUnwindSafe(|| self.store.forget(&name))).is_ok_and(|answer| answer.is_ok()) {
                tracing::warn!("the keyring does not forget what it took too late");
            }
            state = self.lock();
            state.asked -= 1;
        }
        // Not while it does anything of before: that would be in the way of what it is asked now, as a late secret that is forgotten.
        if state.asked == 0 && std::mem::take(&mut state.is_back) {
            state.is_gone = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use visavis_settings::MemoryStore;

    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(30);

    /// Asks for its password, and waits for it.
    #[derive(Default)]
    struct Locked {
        holds: MemoryStore,
        asked: AtomicUsize,
        is_open: Mutex<bool>,
        opens: Condvar,
    }

    impl Locked {
        fn open(&self) {
            *self.is_open.lock().unwrap() = true;
            self.opens.notify_all();
        }

        fn opened(&self) -> &MemoryStore {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let mut is_open = self.is_open.lock().unwrap();
            while !*is_open {
                is_open = self.opens.wait(is_open).unwrap();
            }
            &self.holds
        }

        fn asked(&self) -> usize {
            self.asked.load(Ordering::SeqCst)
        }
    }

    impl SecretStore for Locked {
        fn get(&self, name: &str) -> Result<Option<String>, SecretError> {
            self.opened().get(name)
        }

        fn set(&self, name: &str, secret: &str) -> Result<(), SecretError> {
            self.opened().set(name, secret)
        }

        fn forget(&self, name: &str) -> Result<(), SecretError> {
            self.opened().forget(name)
        }
    }

    #[test]
    fn one_that_answers_is_heard_and_one_that_breaks_once_is_asked_again() {
        struct Broken;
        impl SecretStore for Broken {
            fn get(&self, name: &str) -> Result<Option<String>, SecretError> {
                assert_eq!(name, "a", "it breaks");
                Ok(Some("1".into()))
            }
            fn set(&self, _: &str, _: &str) -> Result<(), SecretError> {
                Err(SecretError::Refused("no".into()))
            }
            fn forget(&self, _: &str) -> Result<(), SecretError> {
                Ok(())
            }
        }
        let keyring = Impatient::within(LONG, Arc::new(Broken));
        assert_eq!(keyring.get("b"), Err(SecretError::NoKeyring));
        assert_eq!(keyring.get("a"), Ok(Some("1".into())));
        assert_eq!(keyring.set("a", "2"), Err(SecretError::Refused("no".into())));
        assert_eq!(keyring.forget("a"), Ok(()));
    }

    #[test]
    fn one_that_waits_for_the_person_is_none_until_it_is_unlocked() {
        let locked = Arc::new(Locked::default());
        locked.holds.set("b", "of before").unwrap();
        let keyring = Impatient::within(SHORT * 10, locked.clone());
        assert_eq!(keyring.set("a", "1"), Err(SecretError::NoKeyring));
        for _ in 0..100 {
            assert_eq!(keyring.get("b"), Err(SecretError::NoKeyring));
            assert_eq!(keyring.set("c", "2"), Err(SecretError::NoKeyring));
            assert_eq!(keyring.forget("b"), Err(SecretError::NoKeyring));
        }
        assert_eq!(locked.asked(), 1, "it is not asked again");
        locked.open();
        let deadline = Instant::now() + LONG;
        let held = |name| locked.holds.get(name).unwrap();
        // What it took too late, and what was to be forgotten meanwhile.
        while locked.asked() < 3 || held("a").is_some() || held("b").is_some() {
            assert!(Instant::now() < deadline, "it still holds what is to be forgotten");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!((held("c"), locked.asked()), (None, 3));
        // It is one again, and nothing of before is in its way.
        while keyring.get("b") != Ok(None) {
            assert!(Instant::now() < deadline, "it is none still");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(keyring.set("a", "3"), Ok(()));
        assert_eq!((keyring.get("a"), keyring.forget("a")), (Ok(Some("3".into())), Ok(())));
    }

    #[test]
    fn one_whose_prompt_is_dismissed_late_stays_none_and_forgets_all_the_same() {
        #[derive(Default)]
        struct Dismissed(MemoryStore);
        impl SecretStore for Dismissed {
            fn get(&self, name: &str) -> Result<Option<String>, SecretError> {
                self.0.get(name)
            }
            fn set(&self, _: &str, _: &str) -> Result<(), SecretError> {
                std::thread::sleep(SHORT * 10);
                Err(SecretError::Refused("dismissed".into()))
            }
            fn forget(&self, name: &str) -> Result<(), SecretError> {
                self.0.forget(name)
            }
        }
        let store = Arc::new(Dismissed::default());
        store.0.set("d", "of before").unwrap();
        let keyring = Impatient::within(SHORT, store.clone());
        assert_eq!(keyring.set("a", "1"), Err(SecretError::NoKeyring));
        let deadline = Instant::now() + LONG;
        while keyring.0.lock().asked > 0 {
            assert!(Instant::now() < deadline, "it never came back");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(keyring.get("d"), Err(SecretError::NoKeyring));
        assert_eq!(keyring.forget("d"), Err(SecretError::NoKeyring));
        while store.0.get("d").unwrap().is_some() {
            assert!(Instant::now() < deadline, "it holds it still");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn few_threads_wait_however_much_is_asked() {
        let locked = Arc::new(Locked::default());
        let keyring = Arc::new(Impatient::within(SHORT, locked.clone()));
        let ask = |number: usize| {
            let keyring = Arc::clone(&keyring);
            std::thread::spawn(move || keyring.get(&number.to_string()))
        };
        let askers: Vec<_> = (0..20).map(ask).collect();
        for asker in askers {
            assert_eq!(asker.join().unwrap(), Err(SecretError::NoKeyring));
        }
        assert!(locked.asked() <= MOST_ASKED, "{}", locked.asked());
        locked.open();
    }
}
