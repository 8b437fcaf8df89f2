//! The session's ScreenCast portal: it asks the person in a dialog of its own, and gives what was chosen as a stream.

use super::super::{Error, Wish};
use super::Told;
use super::answer::{Abilities, Answer, Question, Results, ended, session_of};
use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::sync::mpsc::Sender;
use std::time::Duration;
use visavis_model::ScreenKind;
use zbus::blocking::connection::Builder;
use zbus::blocking::{Connection, MessageIterator, Proxy};
use zbus::message::Type;
use zbus::names::OwnedUniqueName;
use zbus::proxy::CacheProperties;
use zbus::zvariant::{OwnedObjectPath, Value};
use zbus::{MatchRule, Message};

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SCREEN_CAST: &str = "org.freedesktop.portal.ScreenCast";
/// How long the portal may take to answer that it has begun; the person may take as long as they like.
const PATIENCE: Duration = Duration::from_secs(20);
/// Signals that wait to be read.
const WAITING: usize = 16;

/// What was chosen, as it can be opened.
#[derive(Debug)]
pub struct Chosen {
    pub answer: Answer,
    pub kind: ScreenKind,
    /// A connection to PipeWire that sees nothing else.
    pub remote: OwnedFd,
}

/// A question that was put to the person, and then what they chose. Dropping it closes the dialog, or ends the stream.
pub struct Portal {
    bus: Connection,
}

impl Portal {
    /// Asks on a thread of its own; `tell` hears the answer once, and when it is over.
    pub fn ask(wish: Wish, tell: Sender<Told>) -> Result<Self, Error> {
        let bus = Builder::session().and_then(|builder| builder.method_timeout(PATIENCE).build());
        let bus = bus.map_err(|error| Error::NoPortal(error.to_string()))?;
        let asked = Self { bus: bus.clone() };
        let (gone, told_gone) = (bus.clone(), tell.clone());
        let wait = move || {
            if until_gone(&gone).is_ok() {
                let _ = told_gone.send(Told::Ended(Error::Ended));
            }
        };
        let run = move || {
            let told = match converse(&bus, &wish, &tell) {
                Ok(never) => match never {},
                Err(error) => Told::Ended(error),
            };
            let _ = tell.send(told);
        };
        let start = |name: &str, run: Box<dyn FnOnce() + Send>| {
            let started = std::thread::Builder::new().name(name.into()).spawn(run);
            started.map(drop).map_err(|error| Error::Failed(format!("no thread to ask the portal: {error}")))
        };
        start("portal-gone", Box::new(wait))?;
        start("portal", Box::new(run))?;
        Ok(asked)
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        // The portal closes the dialogs and sessions of whoever leaves the bus, and its thread hears nothing any more.
        let _ = self.bus.clone().close();
    }
}

/// Waits until the portal has left the bus: it would answer no more. An error where we have left it.
fn until_gone(bus: &Connection) -> zbus::Result<()> {
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender("org.freedesktop.DBus")?
        .member("NameOwnerChanged")?
        .arg(0, NAME)?
        .build();
    for message in MessageIterator::for_match_rule(rule, bus, Some(WAITING))? {
        let (_, _, now): (String, String, String) = message?.body().deserialize()?;
        if now.is_empty() {
            return Ok(());
        }
    }
    Err(zbus::Error::InvalidReply)
}

/// Asks, tells what was chosen, and waits for its end.
fn converse(bus: &Connection, wish: &Wish, tell: &Sender<Told>) -> Result<std::convert::Infallible, Error> {
    let portal: Proxy<'_> = zbus::blocking::proxy::Builder::new(bus)
        .destination(NAME)
        .and_then(|builder| builder.path(PATH))
        .and_then(|builder| builder.interface(SCREEN_CAST))
        .and_then(|builder| builder.cache_properties(CacheProperties::No).build())
        .map_err(unasked)?;
    let number = |name| portal.get_property::<u32>(name);
    let can = Abilities {
        version: number("version").map_err(unasked)?,
        sources: number("AvailableSourceTypes").map_err(unasked)?,
        // Came with the second version.
        pointers: number("AvailableCursorModes").unwrap_or_default(),
    };
    let question = Question::of(wish, can)?;
    tracing::debug!(?can, types = question.types, again = question.restore_token.is_some(), "the portal is asked");
    let mut conversation = Conversation::begin(bus, &portal, 0)?;
    let (answer, question) = match conversation.choose(&question) {
        // What was kept is worth nothing any more: the person is asked.
        Err(Error::Failed(_)) if question.restore_token.is_some() => {
            let question = Question { restore_token: None, ..question };
            conversation = Conversation::begin(bus, &portal, 1)?;
            (conversation.choose(&question)?, question)
        }
        answer => (answer?, question),
    };
    let options: HashMap<&str, Value<'_>> = HashMap::new();
    let remote: zbus::zvariant::OwnedFd =
        portal.call("OpenPipeWireRemote", &(&conversation.session, options)).map_err(failed)?;
    let kind = answer.kind(&question);
    if wish.windows_only && kind == ScreenKind::Screen {
        return Err(Error::NotAllowed);
    }
    let _ = tell.send(Told::Chosen(Chosen { answer, kind, remote: remote.into() }));
    Err(conversation.end())
}

/// A session with the portal.
struct Conversation<'a> {
    portal: &'a Proxy<'a>,
    /// What the portal says of our requests and sessions.
    signals: MessageIterator,
    /// Our own name on the bus, as it is a part of paths.
    sender: String,
    requests: u32,
    session: OwnedObjectPath,
}

impl<'a> Conversation<'a> {
    fn begin(bus: &Connection, portal: &'a Proxy<'a>, number: u32) -> Result<Self, Error> {
        // Its own name on the bus: what others say in its place is not heard.
        let owner: OwnedUniqueName = bus
            .call_method(
                Some("org.freedesktop.DBus"),
                "/org/freedesktop/DBus",
                Some("org.freedesktop.DBus"),
                "GetNameOwner",
                &NAME,
            )
            .and_then(|reply| reply.body().deserialize())
            .map_err(unasked)?;
        let signals = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender(owner.as_str().to_owned())
            .and_then(|rule| rule.path_namespace(PATH))
            .and_then(|rule| MessageIterator::for_match_rule(rule.build(), bus, Some(WAITING)))
            .map_err(failed)?;
        let sender = bus.unique_name().map(|name| name.trim_start_matches(':').replace('.', "_")).unwrap_or_default();
        let session = OwnedObjectPath::default();
        // No token is used twice on one connection.
        let mut conversation = Self { portal, signals, sender, requests: 10 * number, session };
        let mut options = HashMap::from([("session_handle_token", Value::from(format!("visavis{number}")))]);
        let results = conversation.request("CreateSession", &mut options, |options| {
            portal.call::<_, _, OwnedObjectPath>("CreateSession", &(options,))
        })?;
        conversation.session = session_of(&results)?;
        Ok(conversation)
    }

    /// Lets the person choose: the dialog is open while this waits.
    fn choose(&mut self, question: &Question) -> Result<Answer, Error> {
        let (portal, session) = (self.portal, self.session.clone());
        self.request("SelectSources", &mut question.options(), |options| {
            portal.call("SelectSources", &(&session, options))
        })?;
        let results =
            self.request("Start", &mut HashMap::new(), |options| portal.call("Start", &(&session, "", options)))?;
        Answer::read(&results)
    }

    /// Calls, and waits for what the request ends with.
    fn request<'o>(
        &mut self,
        name: &str,
        options: &mut HashMap<&'static str, Value<'o>>,
        call: impl FnOnce(&HashMap<&'static str, Value<'o>>) -> zbus::Result<OwnedObjectPath>,
    ) -> Result<Results, Error> {
        self.requests += 1;
        let token = format!("visavis{}", self.requests);
        options.insert("handle_token", Value::from(token.clone()));
        let expected = format!("{PATH}/request/{}/{token}", self.sender);
        let given = call(options).map_err(failed)?;
        loop {
            let message = self.hear()?;
            let header = message.header();
            let path = header.path().map_or("", |path| path.as_str());
            if path != expected && path != given.as_str() || !is(&message, "org.freedesktop.portal.Request", "Response")
            {
                continue;
            }
            let (code, results): (u32, Results) = message.body().deserialize().map_err(failed)?;
            tracing::debug!(name, code, "the portal answers");
            return ended(code).map(|()| results);
        }
    }

    /// Waits until what was chosen is over.
    fn end(mut self) -> Error {
        loop {
            if let Err(error) = self.hear() {
                return error;
            }
        }
    }

    /// The next thing that the portal says; an error where it is over.
    fn hear(&mut self) -> Result<Message, Error> {
        let message = self.signals.next().ok_or(Error::Ended)?.map_err(|_| Error::Ended)?;
        let of_ours = message.header().path().is_some_and(|path| path.as_str() == self.session.as_str());
        if of_ours && is(&message, "org.freedesktop.portal.Session", "Closed") {
            return Err(Error::Ended);
        }
        Ok(message)
    }
}

fn is(message: &Message, interface: &str, member: &str) -> bool {
    let header = message.header();
    header.interface().is_some_and(|name| name.as_str() == interface)
        && header.member().is_some_and(|name| name.as_str() == member)
}

/// There is no portal, or none that can do this.
fn unasked(error: zbus::Error) -> Error {
    Error::NoPortal(error.to_string())
}

fn failed(error: zbus::Error) -> Error {
    Error::Failed(format!("the portal: {error}"))
}
