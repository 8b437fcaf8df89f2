//! The session's portal of global shortcuts: it asks the person which keys they may be, and tells when one goes down and up.

use super::Words;
use super::answer::{Given, NAME, PATH, Place, Results, SHORTCUTS, Said, ended, session_of, wanted};
use super::press::Presses;
use super::take::{Press, Tell};
use std::collections::HashMap;
use std::convert::Infallible;
use std::time::{Duration, Instant};
use visavis_model::{Command, GlobalKeys, NoKeys};
use zbus::blocking::{Connection, MessageIterator, connection::Builder, fdo::DBusProxy};
use zbus::message::Type;
use zbus::names::BusName;
use zbus::zvariant::{OwnedObjectPath, Value};
use zbus::{MatchRule, Message};

/// How long the portal may take to answer that it has begun; the person may take as long as they like.
const PATIENCE: Duration = Duration::from_secs(20);
/// Under which name the portal knows us: that of the desktop entry.
const DESKTOP_ENTRY: &str = "eu.visavis.client";
/// KDE keeps the person's choice under this word, and shows it in its settings: never another.
const SESSION: &str = "visavis";

/// Keys that were asked for, and then given. Dropped, it closes the portal's dialog, or gives them back.
pub struct Portal {
    bus: Connection,
}

impl Portal {
    /// Asks on a thread of its own. `tell` hears what comes of it, `press` what the keys ask for.
    pub fn ask(words: Words, tell: Tell, press: Press) -> Result<Self, NoKeys> {
        let bus = Builder::session().and_then(|builder| builder.method_timeout(PATIENCE).build());
        let bus =
            bus.inspect_err(|error| tracing::debug!(%error, "no session bus")).map_err(|_| NoKeys::NoSuchSystem)?;
        Self::ask_on(bus, words, tell, press)
    }

    /// The same on a bus that is open.
    pub fn ask_on(bus: Connection, words: Words, tell: Tell, press: Press) -> Result<Self, NoKeys> {
        let asked = Self { bus: bus.clone() };
        let run = move || {
            tell(GlobalKeys::Asking);
            let result = Conversation::begin(&bus).and_then(|conversation| conversation.hold(&words, &tell, &press));
            // Whoever still holds it must not be heard for ever.
            press(Command::Talk { on: false });
            match result {
                Ok(never) => match never {},
                Err(why) => tell(GlobalKeys::Missing { why }),
            }
        };
        match std::thread::Builder::new().name("keys-portal".into()).spawn(run) {
            Ok(_) => Ok(asked),
            Err(_) => Err(NoKeys::Failed),
        }
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        // The portal closes the dialogs and sessions of whoever leaves the bus, and its thread hears nothing any more.
        let _ = self.bus.clone().close();
    }
}

/// A session with the portal.
struct Conversation<'a> {
    bus: &'a Connection,
    messages: MessageIterator,
    place: Place,
    given: Given,
    presses: Presses,
    requests: u32,
}

impl<'a> Conversation<'a> {
    fn begin(bus: &'a Connection) -> Result<Self, NoKeys> {
        // Newer portals know programs outside of a sandbox by what they say of themselves, older ones by how they were started.
        let no_options: HashMap<&str, Value<'_>> = HashMap::new();
        let registry = Some("org.freedesktop.host.portal.Registry");
        if let Err(error) = bus.call_method(Some(NAME), PATH, registry, "Register", &(DESKTOP_ENTRY, no_options)) {
            tracing::debug!(%error, "the portal takes no name from us");
        }
        let properties = Some("org.freedesktop.DBus.Properties");
        let asked = bus.call_method(Some(NAME), PATH, properties, "Get", &(SHORTCUTS, "version")).map_err(unasked)?;
        let body = asked.body();
        let version: Value<'_> = body.deserialize().map_err(unasked)?;
        tracing::debug!(%version, "the system has a portal of global shortcuts");
        let names = DBusProxy::new(bus).map_err(failed)?;
        let owner = BusName::try_from(NAME).map_err(failed)?;
        let owner = names.get_name_owner(owner).map_err(unasked)?.to_string();
        let messages = MessageIterator::from(bus.clone());
        let rule = || MatchRule::builder().msg_type(Type::Signal);
        let of_portal = rule().sender(owner.clone()).and_then(|rule| rule.path_namespace(PATH)).map_err(failed)?;
        let of_bus = rule().sender("org.freedesktop.DBus").and_then(|rule| rule.member("NameOwnerChanged"));
        let of_bus = of_bus.and_then(|rule| rule.arg(0, NAME)).map_err(failed)?;
        for rule in [of_portal.build(), of_bus.build()] {
            names.add_match_rule(rule).map_err(failed)?;
        }
        let place = Place { owner, ..Place::default() };
        Ok(Self { bus, messages, place, given: Given::default(), presses: Presses::default(), requests: 0 })
    }

    /// Asks for the keys, and does what they ask for until they are gone.
    fn hold(mut self, words: &Words, tell: &Tell, press: &Press) -> Result<Infallible, NoKeys> {
        self.open(words)?;
        if !self.given.has_all() {
            self.bind(words)?;
        }
        // Nobody said no.
        tell(self.given.told().ok_or(NoKeys::Failed)?);
        let start = Instant::now();
        loop {
            let command = match self.hear()? {
                Said::Down(key) => self.presses.down(key, start.elapsed()),
                Said::Up(key) => self.presses.up(key),
                Said::Changed(given) => {
                    self.given = given;
                    tell(self.given.told().ok_or(NoKeys::Refused)?);
                    None
                }
                Said::Over => return Err(NoKeys::Failed),
                Said::Ended(..) => None,
            };
            if let Some(command) = command {
                press(command);
            }
        }
    }

    /// Opens the session. KDE's portal before Plasma 6 takes the keys here, and says so; asked to bind them it opens the system's settings
    /// each time. All others leave out what they do not know.
    fn open(&mut self, words: &Words) -> Result<(), NoKeys> {
        let mut options =
            HashMap::from([("session_handle_token", Value::from(SESSION)), ("shortcuts", Value::from(wanted(words)))]);
        let results = self.request("CreateSession", &mut options, |bus, options| {
            bus.call_method(Some(NAME), PATH, Some(SHORTCUTS), "CreateSession", &(options,))
        })?;
        self.place.session = session_of(&results).ok_or(NoKeys::Failed)?;
        self.given.read(&results);
        Ok(())
    }

    /// Lets the person choose, where they have not done so yet.
    fn bind(&mut self, words: &Words) -> Result<(), NoKeys> {
        let session = self.place.session.clone();
        let results = self.request("BindShortcuts", &mut HashMap::new(), |bus, options| {
            // No parent: the dialog stands by itself.
            let asked = (&session, wanted(words), "", options);
            bus.call_method(Some(NAME), PATH, Some(SHORTCUTS), "BindShortcuts", &asked)
        })?;
        self.given.read(&results);
        // Some say that it is done, and not what.
        if !self.given.has_all() {
            let listed = self.request("ListShortcuts", &mut HashMap::new(), |bus, options| {
                bus.call_method(Some(NAME), PATH, Some(SHORTCUTS), "ListShortcuts", &(&session, options))
            });
            self.given.read(&listed.unwrap_or_default());
        }
        Ok(())
    }

    /// Calls, and waits for what the request ends with.
    fn request<'o>(
        &mut self,
        name: &str,
        options: &mut HashMap<&'static str, Value<'o>>,
        call: impl FnOnce(&Connection, &HashMap<&'static str, Value<'o>>) -> zbus::Result<Message>,
    ) -> Result<Results, NoKeys> {
        self.requests += 1;
        let token = format!("visavis{}", self.requests);
        let own = self.bus.unique_name().map(|name| name.trim_start_matches(':').replace('.', "_")).unwrap_or_default();
        let expected = format!("{PATH}/request/{own}/{token}");
        options.insert("handle_token", Value::from(token));
        let given: OwnedObjectPath =
            call(self.bus, options).and_then(|reply| reply.body().deserialize()).map_err(failed)?;
        self.place.requests = [expected, given.as_str().to_owned()];
        loop {
            match self.hear()? {
                Said::Ended(code, results) => {
                    tracing::debug!(name, code, "the portal answers");
                    return ended(code).map(|()| results);
                }
                Said::Over => return Err(NoKeys::Failed),
                Said::Changed(given) => self.given = given,
                Said::Down(_) | Said::Up(_) => {}
            }
        }
    }

    fn hear(&mut self) -> Result<Said, NoKeys> {
        loop {
            let message = self.messages.next().ok_or(NoKeys::Failed)?.map_err(|_| NoKeys::Failed)?;
            if let Some(said) = self.place.hear(&message, &self.given) {
                return Ok(said);
            }
        }
    }
}

/// There is no portal, or none that can do this.
fn unasked(error: impl Into<zbus::Error>) -> NoKeys {
    let error = error.into();
    tracing::debug!(%error, "the system has no portal of global shortcuts");
    match error {
        zbus::Error::InputOutput(error) if error.kind() == std::io::ErrorKind::TimedOut => NoKeys::Failed,
        _ => NoKeys::NoSuchSystem,
    }
}

fn failed(error: impl Into<zbus::Error>) -> NoKeys {
    let error = error.into();
    tracing::warn!(%error, "the portal of global shortcuts");
    NoKeys::Failed
}

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
