//! The authorities as they were read, and when they are read again.

use super::trust::{Trust, config_of};
use rustls::{ClientConfig, RootCertStore};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use visavis_settings::policy::FileStamp;

/// The policy's files are looked at where a connection begins, and no more often than this; nor is anything read again
/// sooner because a certificate does not count.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How long the system's store counts as it was read: what it is made of, hundreds of files or none, is not looked at.
const SYSTEM_LASTS: Duration = Duration::from_secs(10 * 60);

/// The configuration of TLS in use. A certificate that is laid, or renewed in its place, counts without a new start.
/// No file is touched while what is kept is locked.
#[derive(Default)]
pub(super) struct Authorities {
    kept: Mutex<Option<Kept>>,
    turn: Mutex<Option<(Trust, Arc<Semaphore>)>>,
}

/// What a connection that begins goes by.
pub(super) enum Known {
    /// This, as it was read.
    Fresh(Arc<ClientConfig>),
    /// This, unless a look at the files gives another one.
    Old(Arc<ClientConfig>),
    /// Nothing was read of what is wanted.
    Nothing,
}

struct Kept {
    trust: Trust,
    stamps: Vec<Option<FileStamp>>,
    roots: Arc<RootCertStore>,
    config: Arc<ClientConfig>,
    /// When the files were last looked at, and when everything was last read.
    looked: Instant,
    read: Instant,
    /// When a reading beside the connections was last begun. It says nothing of what was read.
    renewing: Option<Instant>,
}

impl Authorities {
    /// For a connection that begins now. Touches no file; tells of a look that is due once, until it is due again.
    pub fn known(&self, wanted: &Trust, now: Instant) -> Known {
        let mut kept = self.lock();
        let Some(known) = kept.as_mut().filter(|known| known.trust == *wanted) else { return Known::Nothing };
        let config = Arc::clone(&known.config);
        if !wanted.names_files() || now.saturating_duration_since(known.looked) < LOOK_EVERY {
            return Known::Fresh(config);
        }
        known.looked = now;
        Known::Old(config)
    }

    /// Looks at the files. Reads where something else is `wanted`, or where a file is another one.
    pub fn look(&self, wanted: &Trust, now: Instant) -> Arc<ClientConfig> {
        let stamps = wanted.stamps();
        let is_same = |known: &&Kept| known.trust == *wanted && known.stamps == stamps;
        let same = self.lock().as_ref().filter(is_same).map(|known| Arc::clone(&known.config));
        same.unwrap_or_else(|| self.renew(wanted, now))
    }

    /// Whether the system's store is to be read again, beside the connections that use the old one. True once, until it
    /// would have been read.
    pub fn is_due(&self, now: Instant) -> bool {
        let mut kept = self.lock();
        let is_over = |since: Instant, most: Duration| now.saturating_duration_since(since) >= most;
        let is_old = |known: &&mut Kept| {
            let runs = known.renewing.is_some_and(|since| !is_over(since, LOOK_EVERY));
            known.trust.uses_system() && is_over(known.read, SYSTEM_LASTS) && !runs
        };
        let Some(known) = kept.as_mut().filter(is_old) else { return false };
        known.renewing = Some(now);
        true
    }

    /// Reads everything again, and gives what counts then.
    pub fn renew(&self, wanted: &Trust, now: Instant) -> Arc<ClientConfig> {
        let read = Kept::read(wanted, now);
        read.keep(&mut self.lock())
    }

    /// After `failed` did not vouch for somebody: what does so now, where that is another one. Everything is read again
    /// for it, unless that was done moments ago.
    pub fn after(&self, failed: &Arc<ClientConfig>, wanted: &Trust, now: Instant) -> Option<Arc<ClientConfig>> {
        let is_fresh = |known: &&Kept| known.trust == *wanted && now.saturating_duration_since(known.read) < LOOK_EVERY;
        let fresh = self.lock().as_ref().filter(is_fresh).map(|known| Arc::clone(&known.config));
        let config = fresh.unwrap_or_else(|| self.renew(wanted, now));
        (!Arc::ptr_eq(&config, failed)).then_some(config)
    }

    /// Whoever touches the files of `wanted` takes its one turn: what does not answer holds one thread, and not one for
    /// each connection. Other files have another turn.
    pub fn turn(&self, wanted: &Trust) -> Arc<Semaphore> {
        let mut turns = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, turn)) = turns.as_ref().filter(|(trust, _)| trust == wanted) {
            return Arc::clone(turn);
        }
        let turn = Arc::new(Semaphore::new(1));
        *turns = Some((wanted.clone(), Arc::clone(&turn)));
        turn
    }

    fn lock(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether anything was read.
    #[cfg(test)]
    pub fn is_read(&self) -> bool {
        self.lock().is_some()
    }

    /// As if the files had been looked at that much earlier.
    #[cfg(test)]
    pub fn age_look(&self, by: Duration) {
        if let Some(known) = self.lock().as_mut() {
            known.looked = known.looked.checked_sub(by).expect("a machine that runs for longer");
        }
    }

    /// As if everything had been read that much earlier.
    #[cfg(test)]
    pub fn age(&self, by: Duration) {
        if let Some(known) = self.lock().as_mut() {
            known.read = known.read.checked_sub(by).expect("a machine that runs for longer");
        }
    }
}

impl Kept {
    fn read(wanted: &Trust, now: Instant) -> Self {
        // Before they are read: what changes in between is seen the next time.
        let stamps = wanted.stamps();
        let roots = Arc::new(wanted.roots());
        let config = config_of(Arc::clone(&roots));
        Self { trust: wanted.clone(), stamps, roots, config, looked: now, read: now, renewing: None }
    }

    /// Takes the place of what was kept, unless that was read later, and gives what counts now. The same authorities
    /// keep their configuration, and with it the sessions that servers let us take up again.
    fn keep(mut self, kept: &mut Option<Self>) -> Arc<ClientConfig> {
        if let Some(before) = kept.as_ref().filter(|it| it.trust == self.trust) {
            if before.read > self.read {
                return Arc::clone(&before.config);
            }
            if before.roots.roots == self.roots.roots {
                self.config = Arc::clone(&before.config);
            }
        }
        let config = Arc::clone(&self.config);
        *kept = Some(self);
        config
    }
}

#[cfg(test)]
mod tests {
    use super::super::NetworkOptions;
    use super::*;
    use std::path::PathBuf;

    /// A file that the policy names, where there may be none.
    struct Named(PathBuf);

    impl Named {
        fn new(test: &str) -> Self {
            let file = std::env::temp_dir().join(format!("visavis-authorities-{}-{test}.pem", std::process::id()));
            let _ = std::fs::remove_file(&file);
            Self(file)
        }

        /// Lays a new authority there, below some lines: clocks of file systems are too slow to tell two files of one
        /// length apart that are written at once.
        fn lay(&self, lines: usize) {
            let key = rcgen::KeyPair::generate().unwrap();
            let mut params = rcgen::CertificateParams::default();
            params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            let pem = params.self_signed(&key).unwrap().pem();
            std::fs::write(&self.0, format!("{}{pem}", "ours\n".repeat(lines))).unwrap();
        }

        fn trust(&self) -> Trust {
            let extra_roots = vec![self.0.clone()];
            Trust::of(&NetworkOptions { extra_roots, use_system_trust: false, ..NetworkOptions::default() })
        }
    }

    impl Drop for Named {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    /// As a connection does, where every look answers in time.
    fn begin(authorities: &Authorities, wanted: &Trust, now: Instant) -> Arc<ClientConfig> {
        match authorities.known(wanted, now) {
            Known::Fresh(config) => config,
            Known::Old(_) | Known::Nothing => authorities.look(wanted, now),
        }
    }

    fn count(authorities: &Authorities) -> usize {
        authorities.lock().as_ref().unwrap().roots.len()
    }

    #[test]
    fn a_file_that_comes_or_is_renewed_counts_within_seconds() {
        let (file, authorities, start) = (Named::new("comes"), Authorities::default(), Instant::now());
        let at = |seconds| begin(&authorities, &file.trust(), start + Duration::from_secs(seconds));
        let none = at(0);
        assert_eq!(count(&authorities), 0);
        file.lay(0);
        assert!(Arc::ptr_eq(&none, &at(4)), "not looked at for each connection");
        let first = at(5);
        assert!(!Arc::ptr_eq(&none, &first) && count(&authorities) == 1);
        assert!(Arc::ptr_eq(&first, &at(11)), "the same");
        file.lay(1);
        assert!(!Arc::ptr_eq(&first, &at(17)) && count(&authorities) == 1, "renewed in its place");
        std::fs::remove_file(&file.0).unwrap();
        at(23);
        assert_eq!(count(&authorities), 0, "gone");
    }

    #[test]
    fn where_nobody_vouches_everything_is_read_again_but_not_each_time() {
        let (file, authorities, start) = (Named::new("fails"), Authorities::default(), Instant::now());
        let (trust, at) = (file.trust(), |seconds| start + Duration::from_secs(seconds));
        let failed = begin(&authorities, &trust, start);
        file.lay(0);
        assert!(authorities.after(&failed, &trust, at(4)).is_none(), "read moments ago");
        let fresh = authorities.after(&failed, &trust, at(5)).unwrap();
        assert!(!Arc::ptr_eq(&fresh, &failed));
        assert!(Arc::ptr_eq(&fresh, &authorities.after(&failed, &trust, at(6)).unwrap()), "somebody else has read it");
        assert!(authorities.after(&fresh, &trust, at(60)).is_none(), "the same vouch for nobody else");
    }

    #[test]
    fn the_systems_store_is_read_again_after_a_while_beside_the_connections() {
        let (authorities, start) = (Authorities::default(), Instant::now());
        let system = Trust::of(&NetworkOptions::default());
        assert!(!authorities.is_due(start), "nothing was read");
        let first = begin(&authorities, &system, start);
        assert!(!authorities.is_due(start + SYSTEM_LASTS / 2));
        let later = start + SYSTEM_LASTS;
        assert!(authorities.is_due(later) && !authorities.is_due(later), "by one");
        authorities.renew(&system, later);
        assert!(Arc::ptr_eq(&first, &begin(&authorities, &system, later)), "the same authorities");
        let file = Named::new("due");
        begin(&authorities, &file.trust(), later);
        assert!(!authorities.is_due(later + 2 * SYSTEM_LASTS), "the store does not count");
    }

    #[test]
    fn who_fails_while_the_store_is_only_about_to_be_read_reads_it() {
        let (file, authorities, start) = (Named::new("about"), Authorities::default(), Instant::now());
        // What is new is in a file here: nobody lays anything in the system's store for a test.
        let options = NetworkOptions { extra_roots: vec![file.0.clone()], ..NetworkOptions::default() };
        let (trust, later) = (Trust::of(&options), start + SYSTEM_LASTS);
        let failed = begin(&authorities, &trust, start);
        let before = count(&authorities);
        assert!(authorities.is_due(later), "somebody is about to read");
        file.lay(0);
        assert!(authorities.after(&failed, &trust, later).is_some());
        assert_eq!(count(&authorities), before + 1);
        assert!(!authorities.is_due(later + LOOK_EVERY), "that was it");
    }

    #[test]
    fn a_renewal_that_came_to_nothing_is_begun_again() {
        let (authorities, start) = (Authorities::default(), Instant::now());
        begin(&authorities, &Trust::of(&NetworkOptions::default()), start);
        let later = start + SYSTEM_LASTS;
        assert!(authorities.is_due(later) && !authorities.is_due(later + LOOK_EVERY / 2));
        assert!(authorities.is_due(later + LOOK_EVERY));
    }

    #[test]
    fn what_was_read_late_takes_the_place_of_nothing_newer() {
        let (file, authorities, start) = (Named::new("late"), Authorities::default(), Instant::now());
        let late = Kept::read(&file.trust(), start);
        file.lay(0);
        let newer = authorities.renew(&file.trust(), start + Duration::from_secs(1));
        assert!(Arc::ptr_eq(&newer, &late.keep(&mut authorities.lock())));
        assert_eq!(count(&authorities), 1);
    }
}
