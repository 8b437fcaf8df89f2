//! Meetings of Visio: the real application and the real SFU, and a stand-in for Meet that answers as Meet was recorded.

mod broken;
mod door;
mod moderation;
mod recording;
mod sign_in;
mod together;

use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;
use visavis_model::IssueCode;
use visavis_testkit::meet::{Access, Role, User};
use visavis_tests::peers::application::{self, Call, Ended};
use visavis_tests::peers::{Peer, browser};
use visavis_tests::places;
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::servers::meet::MeetServer;

/// The room that every test has; Alice owns it.
const SLUG: &str = "abc-defg-hij";
/// Longest time until a hopeless attempt is given up, with a busy machine's slowness.
const GIVES_UP: Duration = Duration::from_secs(45);

/// An SFU, a Meet before it, and a folder for one test.
struct Visio {
    folder: PathBuf,
    livekit: LivekitServer,
    meet: MeetServer,
    room: String,
    alice: User,
}

impl Visio {
    fn new(test: &str, access: Access) -> Self {
        let folder = places::run(&format!("interop/visio-{test}")).expect("a folder");
        let livekit = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
        let meet = MeetServer::start(&livekit).expect("Meet");
        let alice = meet.state().person("Alice Martin");
        let room = meet.state().room(SLUG, access, &[(&alice, Role::Owner)]);
        Self { folder, livekit, meet, room, alice }
    }

    /// How `name` comes, as a guest by the link, without picture and sound.
    fn options(&self, name: &str) -> application::Options {
        let mut options = application::Options::new(self.meet.link(SLUG), name, 120);
        (options.camera, options.microphone) = ("off".into(), "off".into());
        options.arguments = vec!["--server".into(), self.meet.host()];
        options.events = true;
        options
    }

    fn start(&self, options: &application::Options) -> Call {
        application::join(&self.folder, options).expect("the application")
    }

    /// A guest who is in.
    fn guest(&self, name: &str) -> Call {
        let mut call = self.start(&self.options(name));
        is_in(&mut call);
        call
    }

    /// Somebody with an account who is in.
    fn signed_in(&self, user: &User) -> Call {
        let mut options = self.options(&user.short_name);
        options.cookies = Some(self.meet.state().session(user));
        let mut call = self.start(&options);
        is_in(&mut call);
        call
    }

    /// Alice, who owns the room.
    fn owner(&self) -> Call {
        self.signed_in(&self.alice)
    }

    /// A browser in the room as Visio's page is, with its token.
    fn browser(&self, name: &str, codec: &'static str, sound: &str) -> (Peer, String) {
        let token = self.meet.pass(SLUG, name).expect("a pass");
        let mut options = browser::Options::new(self.livekit.url(), token.clone());
        (options.codec, options.sound, options.adaptive) = (codec, sound.to_owned(), true);
        let mut peer = browser::join(name, &self.folder, &options).expect("a browser");
        peer.joined().expect("the browser in the room");
        (peer, token)
    }
}

/// Waits until a call is in the meeting.
fn is_in(call: &mut Call) {
    call.wait("phase", |phase| phase["kind"] == "in_meeting").expect("in the meeting");
}

/// Waits until somebody of this name came; gives their id.
fn came(call: &mut Call, name: &str) -> String {
    let event = call.wait("came", |event| event["name"] == name).expect("somebody");
    event["id"].as_str().expect("an id").to_owned()
}

/// Waits until the person is told of `code`; gives the issue's values.
fn told(call: &mut Call, code: IssueCode) -> Value {
    let mut issue = call.wait("issue", |issue| issue["code"] == code.text()).expect("an issue");
    issue["params"].take()
}

/// What was asked of the room and is refused, with its cause.
fn refused(call: &mut Call, action: &str) -> String {
    let is_it = |issue: &Value| issue["code"] == IssueCode::ActionRefused.text() && issue["params"]["action"] == action;
    let issue = call.wait("issue", is_it).expect("a refusal");
    issue["params"]["cause"].as_str().expect("a cause").to_owned()
}

fn command(kind: &str, rest: Value) -> Value {
    let mut command = json!({ "kind": kind });
    if let Value::Object(rest) = rest {
        for (key, value) in rest {
            command[key] = value;
        }
    }
    command
}

/// A call that ended as it should.
fn left(call: Call) -> Ended {
    let ended = call.leave().expect("it leaves");
    assert_eq!(ended.code, 0, "{}", ended.log);
    ended
}

/// A call that could not begin, or was ended: its exit code, and the issue that says why.
fn ends_with(ended: &Ended, code: i32, issue: IssueCode) {
    assert_eq!(ended.code, code, "log: {}", ended.log);
    let report = ended.report.as_ref().expect("a report");
    let issues: Vec<_> = report.issues.iter().map(|record| record.issue.code).collect();
    assert!(issues.contains(&issue), "{issue:?} is not among {issues:?}");
}
