//! An OpenID provider: the real `oidc-provider` of npm, with a login form and accounts of its own, on loopback.

use super::ServerError;
use super::meet::MeetServer;
use crate::node::NodeFolder;
use crate::process::Process;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use visavis_testkit::meet::{OpenId, User};

const PROGRAM: NodeFolder =
    NodeFolder { what: "the OpenID provider", source: "tests/servers/openid", cached: "servers/openid" };
const READY: Duration = Duration::from_secs(30);
const CLIENT: &str = "meet";
/// For demonstrations: everybody knows it.
const SECRET: &str = "a-secret-for-demonstrations-only";

/// Somebody's account at the provider, with what it tells of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// What they write into the login form.
    pub login: String,
    pub password: String,
    /// [`User::sub`].
    pub sub: String,
    pub email: String,
    pub given_name: String,
    pub usual_name: String,
}

impl Account {
    /// The account of somebody whom Meet knows already. The login is their short name in small letters.
    pub fn of(user: &User) -> Self {
        let login = user.short_name.to_lowercase();
        Self {
            password: format!("the password of {login}"),
            login,
            sub: user.sub.clone(),
            email: user.email.clone(),
            given_name: user.short_name.clone(),
            usual_name: user.full_name.strip_prefix(&user.short_name).unwrap_or_default().trim().to_owned(),
        }
    }
}

/// What the program is told.
#[derive(Serialize)]
struct Told<'a> {
    base: &'a str,
    client: &'a str,
    secret: &'a str,
    accounts: &'a [Account],
    /// A picture that the login page embeds.
    picture: Option<&'a str>,
}

/// What a page says when it is shown.
#[derive(Deserialize)]
struct Tried {
    tried: String,
}

/// What the program says when it listens.
#[derive(Deserialize)]
struct Listening {
    issuer: String,
}

/// A running provider; stopped when dropped.
pub struct OpenIdServer {
    process: Process,
    issuer: String,
}

/// Installs its packages where they are not.
///
/// # Errors
/// There is no npm, or it fails.
pub fn install() -> Result<(), ServerError> {
    Ok(PROGRAM.install()?)
}

/// Whether its packages are installed.
pub fn is_installed() -> bool {
    PROGRAM.is_installed()
}

impl OpenIdServer {
    /// Starts a provider with these accounts, for this Meet, and tells Meet that people sign in there. Its log goes to
    /// `folder`.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub fn start(folder: &Path, meet: &MeetServer, accounts: &[Account]) -> Result<Self, ServerError> {
        Self::start_for(folder, meet, &meet.base(), accounts)
    }

    /// The same, for a Meet that people reach at `base`.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_for(folder: &Path, meet: &MeetServer, base: &str, accounts: &[Account]) -> Result<Self, ServerError> {
        Self::launch(folder, meet, &Told { base, client: CLIENT, secret: SECRET, accounts, picture: None })
    }

    /// The same as [`Self::start`], with a login page that embeds the picture at this address.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_embedding(
        folder: &Path,
        meet: &MeetServer,
        accounts: &[Account],
        picture: &str,
    ) -> Result<Self, ServerError> {
        let base = &meet.base();
        Self::launch(folder, meet, &Told { base, client: CLIENT, secret: SECRET, accounts, picture: Some(picture) })
    }

    fn launch(folder: &Path, meet: &MeetServer, told: &Told<'_>) -> Result<Self, ServerError> {
        let mut command = PROGRAM.run(Command::new("node"), "provider.mjs")?;
        let mut process = Process::talk("openid", &mut command, &folder.join("openid.log"))?;
        process.say(&serde_json::to_string(told).unwrap_or_default());
        let Some(issuer) = listening(&process) else {
            let words = process.log_text().lines().rev().take(3).collect::<Vec<_>>().join(" | ");
            return Err(ServerError::Start { what: PROGRAM.what.to_owned(), words });
        };
        meet.state().settings.openid = Some(OpenId {
            authorization: format!("{issuer}/auth"),
            end_session: Some(format!("{issuer}/session/end")),
            token: format!("{issuer}/token"),
            userinfo: format!("{issuer}/me"),
            issuer: issuer.clone(),
            client: CLIENT.to_owned(),
            secret: SECRET.to_owned(),
        });
        Ok(Self { process, issuer })
    }

    /// What the next page that is shown says of itself: `consent`; or what came of a command of the application's that the login page
    /// gave: `done`, `refused`, `nothing there`. `None` where no page comes in time.
    pub fn tried(&self) -> Option<String> {
        let end = Instant::now() + READY;
        loop {
            let line = self.process.line(end.saturating_duration_since(Instant::now()))?;
            if let Ok(told) = serde_json::from_str::<Tried>(&line) {
                return Some(told.tried);
            }
        }
    }

    /// Its address, which is also its name.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}

fn listening(process: &Process) -> Option<String> {
    let end = Instant::now() + READY;
    loop {
        let line = process.line(end.saturating_duration_since(Instant::now()))?;
        // The library's own words come on the same pipe.
        if let Ok(listening) = serde_json::from_str::<Listening>(&line) {
            return Some(listening.issuer);
        }
    }
}
