//! What ends a call without a window, and how: pure.

use std::time::Duration;
use visavis_model::IssueCode;

/// A device that does not open fails within this time of coming in.
const AT_FIRST: Duration = Duration::from_secs(8);

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
/// A device that goes later is followed by another one, or comes back.
pub fn ends_a_script(code: IssueCode, inside: Option<Duration>) -> bool {
    use IssueCode as Code;
    let at_first = matches!(
        code,
        Code::SourceFile
            | Code::CameraNone
            | Code::CameraBusy
            | Code::CameraForbidden
            | Code::MicrophoneNone
            | Code::MicrophoneBusy
            | Code::MicrophoneForbidden
            | Code::LoudspeakerNone
            | Code::ShareDenied
    );
    matches!(code, Code::LinkUnknown | Code::ServerUnknown | Code::ServerNotAllowed)
        || at_first && inside.is_none_or(|inside| inside < AT_FIRST)
}

/// The exit code of a meeting that ended by an issue.
pub fn of_issue(code: IssueCode) -> ExitCode {
    use IssueCode as Code;
    match code {
        Code::InvitationRefused
        | Code::NoRoom
        | Code::ServerNotAllowed
        | Code::MeetingFull
        | Code::VersionTooOld
        | Code::EntryDenied
        | Code::EntryTimeout
        | Code::EntryThrottled
        | Code::LoginNeeded => ExitCode::InvitationRefused,
        Code::ConnectionLost | Code::SocketCut | Code::MediaBlocked => ExitCode::Lost,
        Code::Removed | Code::OtherDevice | Code::MeetingEnded => ExitCode::EndedByServer,
        Code::LinkUnknown => ExitCode::BadLink,
        Code::Internal => ExitCode::Internal,
        _ => ExitCode::ServerNotReached,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_goes_in_the_call_ends_no_script() {
        let device = IssueCode::MicrophoneNone;
        assert!(ends_a_script(device, None) && ends_a_script(device, Some(Duration::from_secs(1))));
        assert!(!ends_a_script(device, Some(Duration::from_secs(60))));
        assert!(ends_a_script(IssueCode::LinkUnknown, Some(Duration::from_secs(60))));
        assert!(!ends_a_script(IssueCode::DevicesMoved, None));
    }
}
