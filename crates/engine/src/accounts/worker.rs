//! The thread's own half: one task for each thing asked.

use super::{AccountCommand, AccountNews, Tell};
use crate::dial::{Dialer, Network};
use crate::http::{Answer, Client};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use visavis_provider::visio::{NewRoom, RoomSummary, Rooms, Server, SignOut, new_code};
use visavis_provider::{ActionError, CookieJar, HttpRequest, RequestId, Secret};
use visavis_settings::SecretStore;

/// Rooms that are shown; more are found on the server's own pages.
const MOST_ROOMS: usize = 200;
/// A code that is taken is made up anew so often.
const MOST_CODES: usize = 4;
/// A server that is away at the start is asked again after these pauses.
const AGAIN_AFTER: [Duration; 6] = [
    Duration::from_secs(3),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(120),
    Duration::from_secs(300),
];
/// Requests are told apart by their tasks.
const ID: RequestId = RequestId(0);

pub(super) fn run(
    network: Network,
    secrets: Option<Arc<dyn SecretStore>>,
    seed: u64,
    tell: Tell,
    mut heard: mpsc::UnboundedReceiver<(Server, AccountCommand)>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "nobody can be signed in");
            return;
        }
    };
    let random = Arc::new(Mutex::new(StdRng::seed_from_u64(seed)));
    let worker = Worker { network, secrets, tell, clients: Arc::default(), random };
    runtime.block_on(async {
        while let Some((server, command)) = heard.recv().await {
            tokio::spawn(worker.clone().answer(server, command));
        }
    });
    // A keyring that waits for the person does not keep the application from ending.
    runtime.shutdown_background();
}

/// Whether a session that counts is written to the keyring.
enum Keep {
    /// It is new.
    Always,
    /// The server has renewed the one that was kept.
    InPlaceOf(Option<String>),
    Never,
}

#[derive(Clone)]
struct Worker {
    network: Network,
    secrets: Option<Arc<dyn SecretStore>>,
    tell: Tell,
    /// One a server, made with its first request: most starts need none.
    clients: Arc<Mutex<HashMap<String, Client>>>,
    /// A code opens the door to who knows it, so nobody may guess the next one.
    random: Arc<Mutex<StdRng>>,
}

impl Worker {
    async fn answer(self, server: Server, command: AccountCommand) {
        let news = match command {
            AccountCommand::Restore => match self.restore(&server).await {
                Some(news) => news,
                None => return,
            },
            AccountCommand::Arrived { jar } => self.who(&server, jar, Keep::Always).await,
            AccountCommand::Rooms { jar } => {
                AccountNews::Rooms(self.rooms(&server, &jar).await.map(|rooms| rooms.list))
            }
            AccountCommand::Create { jar, room } => AccountNews::Created(self.create(&server, &jar, room).await),
            AccountCommand::SignOut { jar } => self.sign_out(&server, jar).await,
            AccountCommand::FinishSignOut { jar, state } => self.finish(&server, &jar, state).await,
            AccountCommand::Drop { jar } => return self.drop_session(&server, jar).await,
        };
        (self.tell)(server.host(), news);
    }

    async fn exchange(&self, server: &Server, request: HttpRequest) -> Result<Answer, ActionError> {
        Ok(self.client(server).exchange(request).await?)
    }

    /// Each server's client contacts that server alone.
    fn client(&self, server: &Server) -> Client {
        let host = server.base().host_str().unwrap_or_default();
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Client::new(Dialer::new(self.network.clone(), host));
        clients.entry(host.to_owned()).or_insert_with(new).clone()
    }

    async fn restore(&self, server: &Server) -> Option<AccountNews> {
        let name = name(server);
        let kept = self.with_secrets(move |secrets| secrets.get(&name).ok().flatten()).await.flatten();
        let jar = kept.as_deref().map(|kept| CookieJar::from_secret(server.host(), &Secret::new(kept)));
        let jar = jar.filter(|jar| !jar.is_empty());
        (self.tell)(server.host(), AccountNews::Kept(jar.clone()));
        let jar = jar?;
        let mut pauses = AGAIN_AFTER.into_iter();
        let news = loop {
            let news = self.who(server, jar.clone(), Keep::InPlaceOf(kept.clone())).await;
            match pauses.next() {
                // Away, and not for ever: nobody is to be told that they are signed out for that.
                Some(pause) if matches!(news, AccountNews::Unknown { .. }) => tokio::time::sleep(pause).await,
                _ => break news,
            }
        };
        if !matches!(news, AccountNews::Nobody { .. }) {
            return Some(AccountNews::OfKept(Box::new(news)));
        }
        self.forget_if(server, kept).await;
        let config = self.exchange(server, server.config(ID)).await.ok();
        let quiet = config.is_some_and(|answer| server.read_quiet(answer.status, &answer.headers, &answer.body));
        Some(AccountNews::OfKept(Box::new(AccountNews::Nobody { quiet })))
    }

    /// Forgets a session that is over, unless another one is kept by now.
    async fn forget_if(&self, server: &Server, is: Option<String>) {
        let name = name(server);
        self.with_secrets(move |secrets| {
            if secrets.get(&name).is_ok_and(|kept| kept == is) {
                let _ = secrets.forget(&name);
            }
        })
        .await;
    }

    async fn drop_session(&self, server: &Server, jar: Option<CookieJar>) {
        self.forget(server).await;
        let Some(mut jar) = jar else { return };
        let Ok(answer) = self.exchange(server, server.sign_out(ID, &jar)).await else { return };
        jar.take(server.base(), &answer.headers);
        if let Some(then) = SignOut::read(&answer.headers) {
            let _ = self.exchange(server, server.sign_out_callback(ID, &jar, &then.state)).await;
        }
    }

    async fn who(&self, server: &Server, mut jar: CookieJar, keep: Keep) -> AccountNews {
        let answer = match self.exchange(server, server.me(ID, &jar)).await {
            Ok(answer) => answer,
            Err(error) => return AccountNews::Unknown { error },
        };
        match server.read_me(answer.status, &answer.headers, &answer.body) {
            Ok(account) => {
                let renewed = jar.take(server.base(), &answer.headers);
                let kept = match keep {
                    Keep::Always => self.keep(server, &jar).await,
                    Keep::InPlaceOf(old) if renewed => self.keep_in_place_of(server, &jar, old).await,
                    Keep::InPlaceOf(_) | Keep::Never => true,
                };
                AccountNews::In { account, jar, kept }
            }
            Err(ActionError::SignedOut | ActionError::NotAllowed) => AccountNews::Nobody { quiet: false },
            Err(error) => AccountNews::Unknown { error },
        }
    }

    async fn rooms(&self, server: &Server, jar: &CookieJar) -> Result<Rooms, ActionError> {
        let mut all = Rooms { list: Vec::new(), next: Some(1) };
        while let Some(page) = all.next.filter(|_| all.list.len() < MOST_ROOMS) {
            let answer = self.exchange(server, server.rooms(ID, jar, page)).await?;
            let rooms = server.read_rooms(answer.status, &answer.headers, &answer.body)?;
            all.list.extend(rooms.list);
            // A server that leads in circles is not followed.
            all.next = rooms.next.filter(|next| *next > page);
        }
        all.list.truncate(MOST_ROOMS);
        Ok(all)
    }

    /// Without a name the room is called by a code that is made up.
    async fn create(&self, server: &Server, jar: &CookieJar, mut room: NewRoom) -> Result<RoomSummary, ActionError> {
        let mut codes = if room.name.is_empty() { MOST_CODES } else { 1 };
        let made_up = codes > 1;
        loop {
            if made_up {
                room.name = new_code(self.random.lock().unwrap_or_else(PoisonError::into_inner).random());
            }
            let answer = self.exchange(server, server.create(ID, jar, &room)).await?;
            codes -= 1;
            match server.read_created(answer.status, &answer.headers, &answer.body) {
                Err(ActionError::Invalid) if codes > 0 => {}
                outcome => return outcome,
            }
        }
    }

    async fn sign_out(&self, server: &Server, mut jar: CookieJar) -> AccountNews {
        let answer = match self.exchange(server, server.sign_out(ID, &jar)).await {
            Ok(answer) => answer,
            Err(error) => {
                // The session stays alive at the server; here it is forgotten all the same.
                self.forget(server).await;
                return AccountNews::Out(Err(error));
            }
        };
        jar.take(server.base(), &answer.headers);
        match SignOut::read(&answer.headers) {
            Some(then) => AccountNews::Page { page: then.page, state: Secret::new(then.state) },
            None => self.finish(server, &jar, None).await,
        }
    }

    async fn finish(&self, server: &Server, jar: &CookieJar, state: Option<Secret>) -> AccountNews {
        self.forget(server).await;
        if let Some(state) = state
            && let Err(error) = self.exchange(server, server.sign_out_callback(ID, jar, state.reveal())).await
        {
            return AccountNews::Out(Err(error));
        }
        // Whether it worked is not in the answer: whoever has signed out is nobody.
        AccountNews::Out(match self.who(server, jar.clone(), Keep::Never).await {
            AccountNews::Nobody { .. } => Ok(()),
            AccountNews::Unknown { error } => Err(error),
            _ => Err(ActionError::Failed),
        })
    }

    async fn keep(&self, server: &Server, jar: &CookieJar) -> bool {
        let (name, session) = (name(server), server.to_keep(jar));
        self.with_secrets(move |secrets| secrets.set(&name, session.reveal()).is_ok()).await.unwrap_or(false)
    }

    /// True also where another session is kept by now: somebody has signed in meanwhile, and theirs stays.
    async fn keep_in_place_of(&self, server: &Server, jar: &CookieJar, old: Option<String>) -> bool {
        let (name, session) = (name(server), server.to_keep(jar));
        let keep = move |secrets: &dyn SecretStore| match secrets.get(&name) {
            Ok(kept) if kept == old => secrets.set(&name, session.reveal()).is_ok(),
            other => other.is_ok(),
        };
        self.with_secrets(keep).await.unwrap_or(false)
    }

    async fn forget(&self, server: &Server) {
        let name = name(server);
        if self.with_secrets(move |secrets| secrets.forget(&name).is_err()).await == Some(true) {
            tracing::warn!("the keyring does not forget a session");
        }
    }

    /// `None` where there is no keyring, or it broke.
    async fn with_secrets<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn SecretStore) -> T + Send + 'static,
    ) -> Option<T> {
        let secrets = Arc::clone(self.secrets.as_ref()?);
        tokio::task::spawn_blocking(move || ask(&*secrets)).await.ok()
    }
}

/// Under which a session is kept.
pub(super) fn name(server: &Server) -> String {
    format!("session {}", server.host())
}
