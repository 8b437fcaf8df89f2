//! Whose password is kept, whatever comes between.

use super::*;
use crate::dial::NetworkOptions;
use crate::keyring::Impatient;
use std::sync::Mutex;
use visavis_settings::{MemoryStore, SecretError};

struct Ground {
    worker: Worker,
    secrets: Arc<MemoryStore>,
    told: Arc<Mutex<Vec<CalendarNews>>>,
    ends: mpsc::UnboundedReceiver<Done>,
}

impl Ground {
    fn new() -> Self {
        let secrets = Arc::<MemoryStore>::default();
        Self::over(secrets.clone(), secrets)
    }

    fn over(asked: Arc<dyn SecretStore>, secrets: Arc<MemoryStore>) -> Self {
        let told = Arc::<Mutex<Vec<CalendarNews>>>::default();
        let news = Arc::clone(&told);
        let tell: Tell = Arc::new(move |one| news.lock().unwrap().push(one));
        let keyring = Keyring::new(Some(asked));
        let network = Network::new(NetworkOptions::default(), |_| None);
        let (done, ends) = mpsc::unbounded_channel();
        Self { worker: Worker::new(keyring, tell, network, done), secrets, told, ends }
    }

    /// An attempt begins, whose server has not answered yet.
    fn begins(&mut self, number: u64) {
        self.worker.give_up();
        self.worker.attempt = Some((number, tokio::spawn(std::future::pending::<()>()).abort_handle()));
    }

    /// The server of an attempt answers.
    fn answers(&mut self, number: u64, host: &str, outcome: Outcome) {
        let place = super::super::place(host, "camille").unwrap();
        let login = Login { user: place.user.clone(), password: Secret::new(format!("of {host}")) };
        let network = self.worker.network.clone();
        let reader = Reader::new(Place::read(host).unwrap(), network, Some(&login));
        let trial = Trial { place, login: Some(login), reader, outcome };
        self.worker.end(Done::Tried(number, Box::new(trial)));
    }

    /// The hosts whose passwords are kept, of those that there are here, once all that was asked is done.
    async fn kept(&mut self) -> String {
        self.worker.keyring.ask(|_| ()).await.unwrap();
        // The tasks that wait for the keyring have their turn.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        while let Ok(end) = self.ends.try_recv() {
            self.worker.end(end);
        }
        let kept = |host: &&str| self.secrets.get(&format!("calendar {host}")).unwrap().is_some();
        ["a", "b", "c"].into_iter().filter(kept).collect()
    }

    fn told(&self) -> String {
        let word = |news: CalendarNews| match news {
            CalendarNews::Connected { number, place, .. } => format!("{number} is {}", place.name),
            CalendarNews::Refused { number, .. } => format!("{number} is refused"),
            other => format!("{other:?}"),
        };
        self.told.lock().unwrap().drain(..).map(word).collect::<Vec<_>>().join(", ")
    }
}

#[tokio::test]
async fn a_password_is_kept_of_the_calendar_that_is_there_and_of_no_other() {
    let mut ground = Ground::new();
    let found = || Ok(Found::default());
    ground.begins(1);
    ground.worker.command(CalendarCommand::Cancel);
    ground.answers(1, "a", found());
    assert_eq!((ground.kept().await, ground.told()), (String::new(), String::new()));
    ground.begins(2);
    ground.answers(2, "a", Err(CalendarFault::Password));
    assert_eq!((ground.kept().await, ground.told()), (String::new(), "2 is refused".into()));
    ground.begins(3);
    ground.answers(3, "a", found());
    // It is connected before the keyring has answered: giving up comes too late.
    assert_eq!(ground.told(), "3 is a");
    ground.worker.command(CalendarCommand::Cancel);
    assert_eq!((ground.kept().await, ground.told()), ("a".into(), String::new()));
    // The one that is there goes, or may not be contacted any more, while another one is tried.
    for command in [CalendarCommand::Pause, CalendarCommand::Forget] {
        ground.begins(4);
        ground.worker.command(command);
        ground.answers(4, "b", found());
        assert_eq!(ground.told(), "");
    }
    assert_eq!(ground.kept().await, "");
    ground.begins(5);
    ground.answers(5, "b", found());
    ground.begins(6);
    ground.answers(6, "c", found());
    assert_eq!((ground.kept().await, ground.told()), ("c".into(), "5 is b, 6 is c".into()));
    // Before the keyring has answered.
    ground.begins(7);
    ground.answers(7, "a", found());
    ground.worker.command(CalendarCommand::Forget);
    assert_eq!((ground.told(), ground.kept().await), ("7 is a".into(), String::new()));
}

/// A keyring whose prompt nobody answers.
struct Unanswered;

impl Unanswered {
    fn waits() -> ! {
        loop {
            std::thread::park();
        }
    }
}

impl SecretStore for Unanswered {
    fn get(&self, _: &str) -> Result<Option<String>, SecretError> {
        Self::waits()
    }

    fn set(&self, _: &str, _: &str) -> Result<(), SecretError> {
        Self::waits()
    }

    fn forget(&self, _: &str) -> Result<(), SecretError> {
        Self::waits()
    }
}

#[tokio::test]
async fn a_keyring_whose_prompt_nobody_answers_holds_up_no_calendar() {
    let keyring = Impatient::within(Duration::from_millis(20), Arc::new(Unanswered));
    let mut ground = Ground::over(Arc::new(keyring), Arc::default());
    ground.begins(1);
    ground.answers(1, "a", Ok(Found::default()));
    let end = ground.ends.recv().await.unwrap();
    ground.worker.end(end);
    assert_eq!(ground.told(), "1 is a, NotKept(1)");
    // The next start.
    ground.worker.command(CalendarCommand::Restore { place: super::super::place("a", "camille").unwrap() });
    let end = ground.ends.recv().await.unwrap();
    ground.worker.end(end);
    assert_eq!(ground.told(), "Reading, Failed(PasswordMissing)");
}

#[tokio::test]
async fn a_sign_in_that_is_refused_is_not_tried_again_by_itself() {
    for (fault, locks) in [
        (CalendarFault::Password, true),
        (CalendarFault::OtherSignIn, true),
        (CalendarFault::NoCalendar, false),
        (CalendarFault::Unreachable, false),
    ] {
        let mut ground = Ground::new();
        ground.begins(1);
        ground.answers(1, "a", Ok(Found::default()));
        let reader = Reader::new(Place::read("a").unwrap(), ground.worker.network.clone(), None);
        ground.worker.end(Done::Read(ground.worker.placed, Box::new(reader), Err(fault)));
        assert_eq!(matches!(ground.worker.at, At::Locked), locks, "{fault:?}");
    }
}
