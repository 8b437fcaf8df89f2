//! What is asked of servers outside of a meeting: who we are there, our rooms. A thread of its own, because a keyring may
//! wait for the person, and a server for its database.

mod worker;

use crate::dial::Network;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::mpsc;
use url::Url;
use visavis_provider::visio::{NewRoom, RoomSummary, Server};
use visavis_provider::{Account, ActionError, CookieJar, Secret};
use visavis_settings::SecretStore;

/// What the thread is asked; each is answered by one [`AccountNews`] of the same server.
#[derive(Clone, Debug)]
pub(crate) enum AccountCommand {
    /// Look whether a session was kept for this server: [`AccountNews::Kept`], and, where there is one, whether it still counts.
    Restore,
    /// A window came back with these cookies: ask who we are, and keep them where that is somebody.
    Arrived {
        jar: CookieJar,
    },
    Rooms {
        jar: CookieJar,
    },
    Create {
        jar: CookieJar,
        room: NewRoom,
    },
    /// The first step out.
    SignOut {
        jar: CookieJar,
    },
    /// The last step out, after the identity provider's page; what was kept is forgotten.
    FinishSignOut {
        jar: CookieJar,
        state: Option<Secret>,
    },
    /// Sign out as far as it goes without a window, and forget what was kept; there is no answer.
    Drop {
        jar: Option<CookieJar>,
    },
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) enum AccountNews {
    /// The session that was kept, as it is; whether it counts is told later.
    Kept(Option<CookieJar>),
    /// What became of the session that was kept: [`AccountNews::In`], [`AccountNews::Nobody`] or [`AccountNews::Unknown`]. It may come
    /// long after, and somebody may have signed in or out meanwhile.
    OfKept(Box<AccountNews>),
    /// Who we are. `kept` is false where no keyring takes the session.
    In {
        account: Account,
        jar: CookieJar,
        kept: bool,
    },
    /// Nobody. `quiet`: somebody was signed in of late, and the server wants a quiet sign-in to be tried.
    Nobody {
        quiet: bool,
    },
    /// The server did not say who we are.
    Unknown {
        error: ActionError,
    },
    Rooms(Result<Vec<RoomSummary>, ActionError>),
    Created(Result<RoomSummary, ActionError>),
    /// The identity provider's page is to be opened before the last step.
    Page {
        page: Url,
        state: Secret,
    },
    /// Out; an error where the server did not confirm it.
    Out(Result<(), ActionError>),
}

/// Under which the keyring has the session of a server.
pub(crate) fn kept_name(server: &Server) -> String {
    worker::name(server)
}

/// A sink of news: host, and what there is to tell.
pub(crate) type Tell = Arc<dyn Fn(&str, AccountNews) + Send + Sync>;

/// The thread; dropped, what still runs comes to nothing.
pub(crate) struct AccountsThread {
    commands: mpsc::UnboundedSender<(Server, AccountCommand)>,
    thread: Option<JoinHandle<()>>,
}

impl AccountsThread {
    /// `secrets` is asked on a thread that may wait. Errors: the system gives no thread.
    pub fn start(
        network: Network,
        secrets: Option<Arc<dyn SecretStore>>,
        seed: u64,
        tell: Tell,
    ) -> std::io::Result<Self> {
        let (commands, heard) = mpsc::unbounded_channel();
        let thread = std::thread::Builder::new()
            .name("accounts".into())
            .spawn(move || worker::run(network, secrets, seed, tell, heard))?;
        Ok(Self { commands, thread: Some(thread) })
    }

    /// Never waits.
    pub fn command(&self, server: &Server, command: AccountCommand) {
        let _ = self.commands.send((server.clone(), command));
    }
}

impl Drop for AccountsThread {
    fn drop(&mut self) {
        self.commands = mpsc::unbounded_channel().0;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
