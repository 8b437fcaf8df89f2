//! The two buses of Linux.

use visavis_engine::{Commander, DeskEvent};
use zbus::blocking::{Connection, MessageIterator};
use zbus::message::{Header, Message, Type};
use zbus::{MatchRule, zvariant::OwnedObjectPath};

/// Signals that wait to be read.
const WAITING: usize = 16;
const LOGIN: &str = "org.freedesktop.login1";

/// Each bus has a thread; a bus that is not there is not heard.
pub fn follow(commander: Commander) {
    let of_session = commander.clone();
    let session = move || listen(Connection::session()?, &of_session, None, &["ActiveChanged"]);
    let system = move || {
        let bus = Connection::system()?;
        let own = own_session(&bus);
        listen(bus, &commander, own, &["Lock", "PrepareForSleep"])
    };
    start("screen-saver", session);
    start("login", system);
}

fn start(name: &str, run: impl FnOnce() -> zbus::Result<()> + Send + 'static) {
    let named = name.to_owned();
    let run = move || {
        if let Err(error) = run() {
            tracing::debug!(%error, bus = named, "the session is not followed");
        }
    };
    if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(run) {
        tracing::warn!(%error, "the session is not followed");
    }
}

/// Where logind has the session that we run in; `None` where it has none.
fn own_session(bus: &Connection) -> Option<OwnedObjectPath> {
    let asked = (std::process::id(),);
    let path = "/org/freedesktop/login1";
    let answer = bus.call_method(Some(LOGIN), path, Some("org.freedesktop.login1.Manager"), "GetSessionByPID", &asked);
    answer.ok()?.body().deserialize().ok()
}

fn listen(bus: Connection, commander: &Commander, own: Option<OwnedObjectPath>, members: &[&str]) -> zbus::Result<()> {
    let streams = members.iter().map(|member| {
        let rule = MatchRule::builder().msg_type(Type::Signal).member(*member)?.build();
        MessageIterator::for_match_rule(rule, &bus, Some(WAITING))
    });
    let streams = streams.collect::<zbus::Result<Vec<_>>>()?;
    // Every match has a queue of its own; the bus is read by whoever reads one of them.
    let (heard, hears) = std::sync::mpsc::sync_channel(WAITING);
    for stream in streams {
        let heard = heard.clone();
        std::thread::Builder::new().name("signals".into()).spawn(move || {
            for message in stream.flatten() {
                if heard.send(message).is_err() {
                    return;
                }
            }
        })?;
    }
    drop(heard);
    while let Ok(message) = hears.recv() {
        if let Some(event) = event_of(&message, own.as_ref()) {
            tracing::debug!(?event, "the session says");
            commander.desk_event(event);
        }
    }
    Ok(())
}

fn event_of(message: &Message, own: Option<&OwnedObjectPath>) -> Option<DeskEvent> {
    let header = message.header();
    let flag = || message.body().deserialize::<bool>().ok();
    match (interface(&header), header.member()?.as_str()) {
        (of, "ActiveChanged") if of.ends_with(".ScreenSaver") => (flag() == Some(true)).then_some(DeskEvent::Locked),
        // Other people's sessions are locked too.
        ("org.freedesktop.login1.Session", "Lock") => {
            (header.path().map(|path| path.as_str()) == own.map(|path| path.as_str())).then_some(DeskEvent::Locked)
        }
        ("org.freedesktop.login1.Manager", "PrepareForSleep") => (flag() == Some(false)).then_some(DeskEvent::Woke),
        _ => None,
    }
}

fn interface<'a>(header: &'a Header<'_>) -> &'a str {
    header.interface().map_or("", |interface| interface.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use zbus::zvariant::ObjectPath;

    fn signal(path: &str, interface: &str, member: &str, flag: Option<bool>) -> Message {
        let builder = Message::signal(path, interface, member).expect("a signal");
        match flag {
            Some(flag) => builder.build(&(flag,)),
            None => builder.build(&()),
        }
        .expect("a signal")
    }

    #[test]
    fn a_lock_and_a_waking_are_told_and_nothing_else() {
        let own = OwnedObjectPath::from(ObjectPath::try_from("/org/freedesktop/login1/session/_31").expect("a path"));
        let event = |path, interface, member, flag| event_of(&signal(path, interface, member, flag), Some(&own));
        for saver in ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver"] {
            assert_eq!(event("/x", saver, "ActiveChanged", Some(true)), Some(DeskEvent::Locked));
            assert_eq!(event("/x", saver, "ActiveChanged", Some(false)), None);
            assert_eq!(event("/x", saver, "ActiveChanged", None), None, "nonsense");
        }
        assert_eq!(event("/x", "org.example.Panel", "ActiveChanged", Some(true)), None);
        let session = "org.freedesktop.login1.Session";
        assert_eq!(event(own.as_str(), session, "Lock", None), Some(DeskEvent::Locked));
        assert_eq!(event("/org/freedesktop/login1/session/_32", session, "Lock", None), None, "another's");
        let manager = "org.freedesktop.login1.Manager";
        assert_eq!(event("/x", manager, "PrepareForSleep", Some(false)), Some(DeskEvent::Woke));
        assert_eq!(event("/x", manager, "PrepareForSleep", Some(true)), None);
    }
}
