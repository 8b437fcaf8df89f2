//! What ends a call without a window, and how: pure.

use std::time::Duration;
use visavis_model::{Issue, IssueCode};

/// A device that does not open fails within this time of coming in.
const AT_FIRST: Duration = Duration::from_secs(8);

/// The parameter of a failure by which a script knows that a device of that kind was open before.
pub const WORKED: &str = "worked";

/// Why the process ends, as its exit code (`docs/report.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    Left = 0,
    BadLink = 2,
    ServerNotReached = 3,
    InvitationRefused = 4,
    Lost = 5,
    EndedByServer = 6,
    SourceFailed = 7,
    Internal = 8,
}

impl ExitCode {
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// Issues after which a script that asked for a certain source, or gave this link, has nothing to wait for.
/// A device that has worked, and goes, is followed by another one, or comes back.
pub fn ends_a_script(issue: &Issue, inside: Option<Duration>) -> bool {
    use IssueCode as Code;
    let device = matches!(
        issue.code,
        Code::CameraNone
            | Code::CameraBusy
            | Code::CameraForbidden
            | Code::MicrophoneNone
            | Code::MicrophoneBusy
            | Code::MicrophoneForbidden
            | Code::LoudspeakerNone
    );
    // The one before is heard on, or was.
    let worked = matches!(issue.params.get("cause").map(String::as_str), Some("kept" | "gone"))
        || issue.params.contains_key(WORKED);
    let at_first = matches!(issue.code, Code::SourceFile | Code::ShareDenied) || device && !worked;
    matches!(issue.code, Code::LinkUnknown | Code::ServerUnknown | Code::ServerNotAllowed)
        || at_first && inside.is_none_or(|inside| inside < AT_FIRST)
}

/// The exit code of a meeting that ended by an issue.
pub fn of_issue(code: IssueCode) -> ExitCode {
    use IssueCode as Code;
    match code {
        Code::InvitationRefused
        | Code::NoRoom
        | Code::MeetingFull
        | Code::VersionTooOld
        | Code::EntryDenied
        | Code::EntryTimeout
        | Code::EntryThrottled
        | Code::LoginNeeded => ExitCode::InvitationRefused,
        Code::ConnectionLost | Code::SocketCut | Code::MediaBlocked => ExitCode::Lost,
        Code::Removed | Code::OtherDevice | Code::MeetingEnded => ExitCode::EndedByServer,
        // Whoever it is that is not allowed: the link's host, or one that it leads to.
        Code::LinkUnknown | Code::ServerNotAllowed => ExitCode::BadLink,
        Code::Internal => ExitCode::Internal,
        _ => ExitCode::ServerNotReached,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_goes_in_the_call_ends_no_script() {
        let ends = |code, inside| ends_a_script(&Issue::new(code), inside);
        let device = IssueCode::MicrophoneNone;
        assert!(ends(device, None) && ends(device, Some(Duration::from_secs(1))));
        assert!(!ends(device, Some(Duration::from_secs(60))));
        assert!(ends(IssueCode::LinkUnknown, Some(Duration::from_secs(60))));
        assert!(!ends(IssueCode::DevicesMoved, None));
    }

    #[test]
    fn a_refusal_by_the_policy_has_one_exit_code() {
        assert_eq!(of_issue(IssueCode::ServerNotAllowed), ExitCode::BadLink);
        assert_eq!(of_issue(IssueCode::InvitationRefused), ExitCode::InvitationRefused);
    }

    #[test]
    fn a_device_that_has_worked_ends_no_script_either() {
        let soon = Some(Duration::from_secs(1));
        for code in [
            IssueCode::MicrophoneNone,
            IssueCode::MicrophoneBusy,
            IssueCode::LoudspeakerNone,
            IssueCode::CameraBusy,
            IssueCode::CameraNone,
        ] {
            let of = |cause: &str| Issue::new(code).with("cause", cause);
            assert!(!ends_a_script(&of("kept"), soon) && !ends_a_script(&of("gone"), soon), "{code:?}");
            assert!(ends_a_script(&of("busy"), soon), "{code:?}");
            // The next one is dead: the one before was open.
            assert!(!ends_a_script(&of("timeout").with(WORKED, "true"), soon), "{code:?}");
        }
        let file = Issue::new(IssueCode::SourceFile).with(WORKED, "true");
        assert!(ends_a_script(&file, soon), "a file is no device that went");
    }
}
