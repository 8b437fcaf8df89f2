//! The session bus' half: `org.freedesktop.Notifications`.

use super::desk::{self, Desk, Did};
use super::{Notice, Told};
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::Duration;
use zbus::blocking::{Connection, MessageIterator};
use zbus::message::Type;
use zbus::zvariant::Value;
use zbus::{MatchRule, proxy};

/// A server that does not answer for so long is none.
const PATIENCE: Duration = Duration::from_secs(5);
const SERVER: &str = "org.freedesktop.Notifications";
/// Signals that wait to be read.
const WAITING: usize = 64;
/// Which desktop entry the notices belong to.
const DESKTOP_ENTRY: &str = "eu.visavis.client";

#[proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_async = false
)]
trait Notifications {
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    #[allow(clippy::too_many_arguments)]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
}

/// Shows what is told, until the application ends.
///
/// Errors: there is no session bus, or nobody on it who shows notices.
pub fn run(told: &Receiver<Told>, heard: SyncSender<Told>, act: impl Fn(Did)) -> zbus::Result<()> {
    let connection = zbus::blocking::connection::Builder::session()?.method_timeout(PATIENCE).build()?;
    let server = NotificationsProxy::new(&connection)?;
    let markup = server.get_capabilities()?.iter().any(|one| one == "body-markup");
    listen(&connection, heard)?;
    let mut desk = Desk::default();
    while let Ok(told) = told.recv() {
        let outcome = match told {
            Told::Show(notice) => show(&server, &mut desk, notice, markup),
            Told::Withdraw(kind) => desk.withdraw(&kind).map_or(Ok(()), |id| server.close_notification(id)),
            Told::Closed { id } => {
                desk.close(id);
                Ok(())
            }
            Told::Invoked { id, action, activation } => {
                if let Some(did) = desk.invoke(id, &action, activation) {
                    act(did);
                }
                Ok(())
            }
            Told::End(done) => {
                let closed = desk.drain().into_iter().try_for_each(|id| server.close_notification(id));
                let _ = done.try_send(());
                closed
            }
        };
        if let Err(error) = outcome {
            tracing::debug!(%error, "a notice is lost");
        }
    }
    Ok(())
}

fn show(server: &NotificationsProxy<'_>, desk: &mut Desk, notice: Notice, markup: bool) -> zbus::Result<()> {
    let actions = desk::actions(&notice);
    let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
    let body = if markup { desk::escape(&notice.body) } else { desk::cut(&notice.body) };
    // The window sounds itself, where a sound belongs to it.
    let hints = HashMap::from([
        ("desktop-entry", Value::from(DESKTOP_ENTRY)),
        ("suppress-sound", Value::from(true)),
        ("urgency", Value::from(1_u8)),
    ]);
    let replaces = desk.replaces(&notice.kind).unwrap_or_default();
    let title = desk::cut(&notice.title);
    let id = server.notify("Visavis", replaces, DESKTOP_ENTRY, &title, &body, &actions, hints, -1)?;
    desk.show(notice, id).map_or(Ok(()), |oldest| server.close_notification(oldest))
}

/// Tells of presses and closings, on a thread of its own, while the connection lasts.
fn listen(connection: &Connection, heard: SyncSender<Told>) -> zbus::Result<()> {
    let rule = MatchRule::builder().msg_type(Type::Signal).sender(SERVER)?.interface(SERVER)?.build();
    let signals = MessageIterator::for_match_rule(rule, connection, Some(WAITING))?;
    let read = move || {
        // The token that lets the window come to the front comes just before the press that it belongs to.
        let mut activation: Option<(u32, String)> = None;
        for message in signals.flatten() {
            let header = message.header();
            let body = message.body();
            let told = match header.member().map(|member| member.as_str()) {
                Some("ActivationToken") => {
                    activation = body.deserialize().ok();
                    continue;
                }
                Some("ActionInvoked") => {
                    let Ok((id, action)) = body.deserialize::<(u32, String)>() else { continue };
                    let of_it = activation.take().filter(|(of, _)| *of == id);
                    Told::Invoked { id, action, activation: of_it.map(|(_, token)| token) }
                }
                Some("NotificationClosed") => {
                    let Ok((id, _)) = body.deserialize::<(u32, u32)>() else { continue };
                    Told::Closed { id }
                }
                _ => continue,
            };
            if heard.send(told).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("notices-heard".into()).spawn(read).map(|_| ()).map_err(zbus::Error::from)
}
