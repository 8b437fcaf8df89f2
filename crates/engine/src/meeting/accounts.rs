//! Who is signed in where, and what that opens.

use super::*;
use crate::accounts::AccountCommand;
use crate::errand::{Errand, ErrandKind};
use crate::pages::PageProxy;
use visavis_model::{AccessLevel, AccountView, IssueAction, OwnRoomView, ServerView, SignIn};
use visavis_provider::visio::{NewRoom, RoomSummary, Server};
use visavis_provider::{Account, ActionError};

/// How long a meeting that is opened at the start waits for the keyring, which may wait for a password.
const KEYRING_PATIENCE: Duration = Duration::from_millis(800);

/// Longest name of a room, in characters (the server makes its slug of it, which has 100).
const LONGEST_ROOM: usize = 100;

impl Meeting {
    /// Looks which sessions were kept: for all servers at once, and nobody waits for it.
    pub(super) fn restore_accounts(&mut self) {
        if self.options.secrets.is_some() {
            let hosts: Vec<_> = self.known.hosts().map(str::to_owned).collect();
            for host in hosts {
                self.ask_account(&host, AccountCommand::Restore);
                self.restoring.insert(host);
            }
        }
    }

    /// Whoever was signed in is not to come in as a guest because the keyring took a moment longer than the window.
    pub(super) fn waits_for_keyring(&mut self) -> bool {
        let host = self.opened.as_ref().map(|opened| opened.link.host.as_str());
        if !host.is_some_and(|host| self.restoring.contains(host)) {
            self.join_due = None;
            return false;
        }
        let now = self.clock.now();
        let due = *self.join_due.get_or_insert(now + KEYRING_PATIENCE);
        if due <= now {
            self.join_due = None;
        }
        due > now
    }

    fn kept(&mut self, host: &str, jar: Option<&CookieJar>) {
        // A keyring that was slower than the person: what it kept is older than who is signed in by now.
        let newest = self.restoring.remove(host);
        if let Some(jar) = jar.filter(|_| newest) {
            self.cookies.entry(host.to_owned()).or_insert_with(|| CookieJar::new(host)).merge(jar);
        }
        if self.join_due.is_some() {
            self.join();
        }
    }

    pub(super) fn sign_in(&mut self, host: &str) {
        match self.server(host).map(|server| server.sign_in) {
            None => return self.issue(Issue::new(IssueCode::ServerUnknown).with("host", host)),
            Some(SignIn::In | SignIn::Leaving) => return,
            // A window that is hidden behind others comes to the front, a quiet try gives way.
            Some(SignIn::Out | SignIn::Window | SignIn::Asking) => {}
        }
        self.account_issues_gone();
        self.set_sign_in(host, SignIn::Window);
        self.errand(host, ErrandKind::SignIn);
    }

    pub(super) fn sign_out(&mut self, host: &str) {
        let Some(jar) = self.cookies.get(host).cloned() else { return };
        if self.server(host).is_some_and(|server| server.sign_in == SignIn::In) {
            self.set_sign_in(host, SignIn::Leaving);
            // Whoever comes next at this computer is somebody else.
            self.forget_unsent();
            self.ask_account(host, AccountCommand::SignOut { jar });
        }
    }

    pub(super) fn read_rooms(&mut self, host: &str) {
        if self.server(host).is_some_and(|server| server.sign_in == SignIn::In)
            && let Some(jar) = self.cookies.get(host).cloned()
        {
            self.ask_account(host, AccountCommand::Rooms { jar });
        }
    }

    pub(super) fn new_room(&mut self, host: &str, name: Option<String>, access: Option<AccessLevel>) {
        let Some(server) = self.server(host) else { return };
        if server.making_room {
            return;
        }
        let Some(jar) = self.cookies.get(host).cloned().filter(|_| server.sign_in == SignIn::In) else {
            self.account_refused("new_room", &ActionError::SignedOut);
            return;
        };
        self.account_issues_gone();
        self.edit_server(host, |server| server.making_room = true);
        let name: String = clean_name(name.as_deref().unwrap_or_default()).chars().take(LONGEST_ROOM).collect();
        self.ask_account(host, AccountCommand::Create { jar, room: NewRoom { name, access, settings: None } });
    }

    /// Signs out at a server that is taken away, and forgets who was signed in.
    pub(super) fn drop_account(&mut self, host: &str) {
        let jar =
            self.cookies.get(host).filter(|_| self.server(host).is_some_and(|one| one.sign_in == SignIn::In)).cloned();
        self.ask_account(host, AccountCommand::Drop { jar });
    }

    /// A sign-in came to its end after its server was taken away: nothing of it stays.
    fn news_of_nobody(&mut self, host: &str, news: AccountNews) {
        if let (AccountNews::In { jar, .. }, Some(accounts)) = (news, &self.accounts)
            && let Ok(url) = url::Url::parse(&format!("https://{host}/"))
            && let Some(server) = Server::new(&url)
            && self.options.rules.allowed().allows(host)
        {
            accounts.command(&server, AccountCommand::Drop { jar: Some(jar) });
        }
    }

    /// A window came back, or was closed.
    pub(super) fn errand_done(&mut self, host: &str, jar: Option<CookieJar>) {
        let Some(server) = self.server(host) else { return };
        match server.sign_in {
            SignIn::Window | SignIn::Asking => match jar.filter(|jar| jar.host() == host) {
                Some(jar) => self.ask_account(host, AccountCommand::Arrived { jar }),
                None => self.set_sign_in(host, SignIn::Out),
            },
            SignIn::Leaving => {
                if let Some(jar) = self.cookies.get(host).cloned() {
                    let state = self.signing_out.remove(host);
                    self.ask_account(host, AccountCommand::FinishSignOut { jar, state });
                }
            }
            SignIn::Out | SignIn::In => {}
        }
    }

    /// A window that signs in found its server at another address, which is not asked before the person says so.
    pub(super) fn errand_moved(&mut self, host: &str, to: &url::Url) {
        let Some(server) = Server::new(to) else { return };
        if !self.options.rules.allowed().allows(server.host()) {
            return self.issue(Issue::new(IssueCode::ServerNotAllowed).with("host", server.host()));
        }
        self.moved_to = Some(server.base().clone());
        self.issue(Issue::new(IssueCode::ServerMoved).with("host", server.host()).with("from", host));
    }

    pub(super) fn account_news(&mut self, host: &str, news: AccountNews) {
        let Some(server) = self.server(host) else { return self.news_of_nobody(host, news) };
        match news {
            AccountNews::Kept(jar) => self.kept(host, jar.as_ref()),
            // Somebody signs in, or has, or is on their way out: what was before does not count.
            AccountNews::OfKept(_) if server.sign_in != SignIn::Out => {}
            AccountNews::OfKept(news) => match *news {
                AccountNews::Nobody { quiet } => {
                    self.signed_out(host);
                    if quiet {
                        self.set_sign_in(host, SignIn::Asking);
                        self.errand(host, ErrandKind::QuietSignIn);
                    }
                }
                // Away: the session is kept, and goes with every meeting there.
                AccountNews::Unknown { .. } => {}
                news => self.account_news(host, news),
            },
            AccountNews::In { account, jar, kept } => self.signed_in(host, account, &jar, kept),
            AccountNews::Nobody { .. } => {
                self.signed_out(host);
                if server.sign_in == SignIn::Window {
                    self.issue(Issue::new(IssueCode::SignInFailed).with("host", host));
                }
            }
            AccountNews::Unknown { error } => {
                self.set_sign_in(host, SignIn::Out);
                if server.sign_in == SignIn::Window {
                    let cause = together::cause_of(&error);
                    self.issue(Issue::new(IssueCode::SignInFailed).with("host", host).with("cause", cause));
                }
            }
            AccountNews::Rooms(Ok(rooms)) => {
                self.edit_server(host, |server| server.rooms = Some(rooms.into_iter().map(own_room).collect()));
            }
            AccountNews::Rooms(Err(error)) => {
                self.session_may_be_over(host, &error);
                self.account_refused("read_rooms", &error);
            }
            AccountNews::Created(outcome) => {
                self.edit_server(host, |server| server.making_room = false);
                match outcome {
                    Ok(room) => self.open_own(host, room),
                    Err(error) => {
                        self.session_may_be_over(host, &error);
                        self.account_refused("new_room", &error);
                    }
                }
            }
            AccountNews::Page { page, state } => {
                self.signing_out.insert(host.to_owned(), state);
                self.errand(host, ErrandKind::SignOut { page });
            }
            AccountNews::Out(outcome) => {
                self.signed_out(host);
                if let Err(error) = outcome {
                    self.account_refused("sign_out", &error);
                }
            }
        }
    }

    fn signed_in(&mut self, host: &str, account: Account, jar: &CookieJar, kept: bool) {
        self.restoring.remove(host);
        self.cookies.entry(host.to_owned()).or_insert_with(|| CookieJar::new(host)).merge(jar);
        self.known_account(host, Some(account));
        for code in [IssueCode::SignInFailed, IssueCode::SessionExpired] {
            self.issue_gone(code);
        }
        if !kept {
            self.issue(Issue::new(IssueCode::SignInNotKept).with("host", host));
        }
        self.read_rooms(host);
        let waits = matches!(self.state.view().phase, Phase::Lobby { .. });
        let refused = matches!(&self.state.view().phase, Phase::Failed { issue, .. }
            if matches!(issue.code, IssueCode::LoginNeeded | IssueCode::EntryDenied | IssueCode::InvitationRefused));
        let Some(call) = self.call.as_ref().filter(|call| call.link.host == host) else {
            if refused && self.opened.as_ref().is_some_and(|opened| opened.link.host == host) {
                self.retry();
            }
            return;
        };
        if waits {
            // Signed in, the door may open by itself.
            self.stop_call();
            self.join();
        } else if let Some(jar) = self.cookies.get(host) {
            call.net.room(RoomCommand::SignedIn(jar.clone()));
        }
    }

    /// Whoever is signed in can make the room that is not there.
    pub(super) fn could_make(&self, issue: Issue, host: &str, room: &str) -> Issue {
        let signed_in = self.server(host).is_some_and(|server| server.sign_in == SignIn::In);
        if issue.code != IssueCode::NoRoom || !signed_in {
            return issue;
        }
        Issue { action: IssueAction::CreateRoom, ..issue }.with("room", room)
    }

    /// What a server says of who we are there, in a meeting or outside.
    pub(super) fn known_account(&mut self, host: &str, account: Option<Account>) {
        let view = account.map(|account| AccountView { name: clean_name(&account.name), email: account.email });
        let before = self.server(host).and_then(|server| server.account).map(|account| account.name);
        let me = &self.state.view().me.name;
        // A name that came with an account goes with it, though not from somebody who is in a meeting under it; what a person wrote stays.
        // What the organisation calls us stays, whoever signs in.
        let free = self.options.rules.name().is_none();
        if free && (me.is_empty() || (self.call.is_none() && before.as_ref() == Some(me))) {
            let name = view.as_ref().map(|account| account.name.clone()).unwrap_or_default();
            if *me != name {
                self.hidden.name.clone_from(&name);
                self.state.edit().me.name = name;
            }
        }
        self.edit_server(host, |server| {
            server.sign_in = if view.is_some() { SignIn::In } else { SignIn::Out };
            if view.is_none() {
                server.rooms = None;
            }
            server.account = view;
        });
    }

    /// A session ended in the middle of a meeting, which goes on: it may be renewed without a question.
    pub(super) fn renew_session(&mut self, host: &str) {
        if self.options.secrets.is_some() {
            self.restoring.insert(host.to_owned());
            self.ask_account(host, AccountCommand::Restore);
        }
    }

    /// The session is over: here nothing of it is left.
    fn signed_out(&mut self, host: &str) {
        if let Some(jar) = self.cookies.get_mut(host) {
            Server::forget_session(jar);
        }
        self.signing_out.remove(host);
        self.known_account(host, None);
    }

    fn session_may_be_over(&mut self, host: &str, error: &ActionError) {
        if *error == ActionError::SignedOut {
            self.signed_out(host);
            self.ask_account(host, AccountCommand::Drop { jar: None });
            self.issue(Issue::new(IssueCode::SessionExpired).with("host", host));
        }
    }

    /// A room that was just made is gone into, unless the person has gone elsewhere since.
    fn open_own(&mut self, host: &str, room: RoomSummary) {
        let link = room.link.clone();
        self.edit_server(host, |server| {
            server.rooms.get_or_insert_default().insert(0, own_room(room));
        });
        if self.call.is_none() {
            self.open_link(&link);
        }
    }

    fn account_refused(&mut self, action: &str, error: &ActionError) {
        self.issue(together::refusal(action, error));
    }

    fn account_issues_gone(&mut self) {
        for code in [IssueCode::SignInFailed, IssueCode::ActionRefused, IssueCode::NoRoom] {
            self.issue_gone(code);
        }
    }

    fn errand(&mut self, host: &str, kind: ErrandKind) {
        let Some(server) = self.known.url(host).and_then(Server::new) else { return };
        if self.page_proxy.is_none() {
            let started = PageProxy::start(self.network.clone());
            let started = started.inspect_err(|error| tracing::error!(%error, "no way out for a window that signs in"));
            self.page_proxy = started.ok();
        }
        // Without it the window would reach whatever its pages name: as where the system gives no window, nothing comes of it.
        let Some(proxy) = self.page_proxy.as_ref().map(PageProxy::port) else {
            self.errand_done(host, None);
            return self.issue(Issue::new(IssueCode::Internal).with("cause", "port"));
        };
        let pages = self.options.rules.sign_in_pages();
        self.emit(&EngineEvent::Errand(Box::new(Errand { server, kind, pages, proxy })));
    }

    fn ask_account(&mut self, host: &str, command: AccountCommand) {
        let Some(server) = self.known.url(host).and_then(Server::new) else { return };
        if self.accounts.is_none() {
            self.accounts = self.start_accounts();
        }
        match &self.accounts {
            Some(accounts) => accounts.command(&server, command),
            None => self.issue(Issue::new(IssueCode::Internal).with("cause", "thread")),
        }
    }

    fn start_accounts(&self) -> Option<AccountsThread> {
        let sender = self.sender.clone();
        let tell = move |host: &str, news| {
            let _ = sender.send(Event::Account(host.to_owned(), news));
        };
        AccountsThread::start(self.network.clone(), self.options.secrets.clone(), self.options.seed, Arc::new(tell))
            .ok()
    }

    fn server(&self, host: &str) -> Option<ServerView> {
        self.state.view().home.servers.iter().find(|server| server.host == host).cloned()
    }

    fn edit_server(&mut self, host: &str, edit: impl FnOnce(&mut ServerView)) {
        if let Some(server) = self.state.edit().home.servers.iter_mut().find(|server| server.host == host) {
            edit(server);
        }
    }

    fn set_sign_in(&mut self, host: &str, sign_in: SignIn) {
        self.edit_server(host, |server| server.sign_in = sign_in);
    }
}

fn own_room(room: RoomSummary) -> OwnRoomView {
    OwnRoomView { name: room.name, link: room.link, access: room.settings.access, pin: room.pin }
}
