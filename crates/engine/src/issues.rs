//! The one mapping of causes to issues: exhaustive, without prose.

use visavis_model::{EndReason, Issue, IssueAction, IssueCode};
use visavis_provider::visio::Server;
use visavis_provider::{LeaveCause, LinkError, ProxyFault};

/// What the end of a meeting is for the user: an end as it should be, or an issue. `link`: the link's host; `contacted`: the
/// one with which the last socket was to be opened, where it came to one. Who is to be mended or allowed is whoever failed.
pub fn issue_of_leave(cause: &LeaveCause, link: &str, contacted: Option<&str>) -> Result<EndReason, Issue> {
    let host = if is_of_the_way(cause) { contacted.unwrap_or(link) } else { link };
    let code = match cause {
        LeaveCause::Ours => return Ok(EndReason::Left),
        LeaveCause::OtherDevice => return Ok(EndReason::OtherDevice),
        LeaveCause::Removed => return Ok(EndReason::Removed),
        LeaveCause::RoomEnded => return Ok(EndReason::Ended),
        LeaveCause::ServerShutdown | LeaveCause::ServerDown => IssueCode::ServerDown,
        LeaveCause::InvitationRefused => IssueCode::InvitationRefused,
        LeaveCause::NoRoom => IssueCode::NoRoom,
        LeaveCause::Full => IssueCode::MeetingFull,
        LeaveCause::VersionTooOld => IssueCode::VersionTooOld,
        LeaveCause::NameUnknown => {
            return Err(Issue::new(IssueCode::NameUnknown).with("host", without_port(host)));
        }
        LeaveCause::Refused => IssueCode::ServerRefused,
        LeaveCause::Unreachable => IssueCode::NetworkOff,
        LeaveCause::Timeout => IssueCode::ServerTimeout,
        LeaveCause::Certificate(fault) => {
            return Err(Issue::new(IssueCode::CertificateUntrusted).with("host", host).with("cause", fault.name()));
        }
        LeaveCause::Encryption => IssueCode::EncryptionOld,
        LeaveCause::Proxy(fault) => return Err(issue_of_proxy(*fault).with("host", host)),
        LeaveCause::Forbidden => IssueCode::ServerNotAllowed,
        LeaveCause::ClosedWhileJoining => IssueCode::ServerClosed,
        LeaveCause::Nonsense => IssueCode::ServerNonsense,
        LeaveCause::Lost => IssueCode::ConnectionLost,
        LeaveCause::MediaBlocked => IssueCode::MediaBlocked,
        LeaveCause::EntryDenied => IssueCode::EntryDenied,
        LeaveCause::EntryTimeout => IssueCode::EntryTimeout,
        LeaveCause::Moved(to) => {
            let new = Server::new(to).map_or(String::new(), |server| server.host().to_owned());
            let issue = Issue::new(IssueCode::ServerMoved).with("host", new).with("from", host);
            return Err(issue.with("cause", "meeting"));
        }
    };
    Err(Issue::new(code).with("host", host))
}

/// Whether it is about whom we were connected with, or wanted to be, and not about the meeting.
const fn is_of_the_way(cause: &LeaveCause) -> bool {
    match cause {
        LeaveCause::ServerShutdown
        | LeaveCause::ServerDown
        | LeaveCause::NameUnknown
        | LeaveCause::Refused
        | LeaveCause::Unreachable
        | LeaveCause::Timeout
        | LeaveCause::Certificate(_)
        | LeaveCause::Encryption
        | LeaveCause::Proxy(_)
        | LeaveCause::Forbidden
        | LeaveCause::ClosedWhileJoining
        | LeaveCause::Nonsense
        | LeaveCause::Lost
        | LeaveCause::MediaBlocked => true,
        LeaveCause::Ours
        | LeaveCause::OtherDevice
        | LeaveCause::Removed
        | LeaveCause::RoomEnded
        | LeaveCause::InvitationRefused
        | LeaveCause::NoRoom
        | LeaveCause::Full
        | LeaveCause::VersionTooOld
        | LeaveCause::EntryDenied
        | LeaveCause::EntryTimeout
        | LeaveCause::Moved(_) => false,
    }
}

/// A host as the DNS knows it.
pub(crate) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn issue_of_proxy(fault: ProxyFault) -> Issue {
    match fault {
        ProxyFault::AuthenticationRequired => Issue::new(IssueCode::ProxyAuthentication),
        ProxyFault::AuthenticationRefused => Issue::new(IssueCode::ProxyAuthentication).with("cause", "refused"),
        ProxyFault::AuthenticationUnknown => Issue {
            action: IssueAction::CopyReport,
            ..Issue::new(IssueCode::ProxyAuthentication).with("cause", "unknown")
        },
        ProxyFault::Refused { status } => Issue::new(IssueCode::ProxyRefuses).with("status", status.to_string()),
        ProxyFault::Unreachable => Issue::new(IssueCode::ProxySilent),
        ProxyFault::Nonsense => Issue::new(IssueCode::ProxySilent).with("cause", "nonsense"),
    }
}

/// What a text that is no link is for the user; `cause` tells the sentence apart.
pub fn issue_of_link(error: LinkError) -> Issue {
    match error {
        LinkError::NotAllowed => Issue::new(IssueCode::ServerNotAllowed),
        _ => Issue::new(IssueCode::LinkUnknown).with("cause", cause_of_link(error)),
    }
}

/// The word by which the page, and scripts, tell the sentence.
pub const fn cause_of_link(error: LinkError) -> &'static str {
    match error {
        LinkError::NoLink => "no_link",
        LinkError::NoHost => "no_host",
        LinkError::BadHost => "bad_host",
        LinkError::BadPort => "bad_port",
        LinkError::UserInHost => "user_in_host",
        LinkError::NoCredentials => "no_credentials",
        LinkError::BadToken => "bad_token",
        LinkError::NoRoom => "no_room",
        LinkError::ControlCharacters => "control_characters",
        LinkError::TooLong => "too_long",
        LinkError::NotEncrypted => "not_encrypted",
        LinkError::OtherScheme => "other_scheme",
        LinkError::LookAlike => "look_alike",
        LinkError::Elsewhere => "elsewhere",
        LinkError::NoServer => "no_server",
        LinkError::NotAllowed => "not_allowed",
    }
}

/// What a microphone's failure is for the user.
pub fn issue_of_microphone(error: &visavis_audio::device::Error) -> Issue {
    use visavis_audio::device::Error;
    Issue::new(match error {
        Error::NoDevice | Error::NotFound => IssueCode::MicrophoneNone,
        Error::Busy => IssueCode::MicrophoneBusy,
        Error::Forbidden => IssueCode::MicrophoneForbidden,
        Error::Unsupported | Error::Timeout | Error::Backend(_) => IssueCode::MicrophoneStopped,
    })
}

/// What a loudspeaker's failure is for the user; `cause` tells the sentence apart where there is one.
pub fn issue_of_loudspeaker(error: &visavis_audio::device::Error) -> Issue {
    tracing::debug!(%error, "the loudspeaker does not open");
    let issue = Issue::new(IssueCode::LoudspeakerNone);
    match cause_of_loudspeaker(error) {
        Some(cause) => issue.with("cause", cause),
        None => issue,
    }
}

const fn cause_of_loudspeaker(error: &visavis_audio::device::Error) -> Option<&'static str> {
    use visavis_audio::device::Error;
    match error {
        Error::NoDevice | Error::NotFound => None,
        Error::Busy => Some("busy"),
        Error::Forbidden => Some("forbidden"),
        Error::Timeout => Some("timeout"),
        Error::Unsupported | Error::Backend(_) => Some("failed"),
    }
}

/// What the page says of an issue, by its keys, in each language.
#[cfg(test)]
pub(crate) fn sentences(code: IssueCode) -> impl Iterator<Item = (String, serde_json::Value)> {
    let locales = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/locales");
    std::fs::read_dir(locales).expect("the page's words").flatten().map(move |language| {
        let text = std::fs::read_to_string(language.path().join("issues.json")).expect("its sentences");
        let issues: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        (language.file_name().to_string_lossy().into_owned(), issues["codes"][code.text()].clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_provider::CertificateFault;

    #[test]
    fn who_failed_is_named_and_not_whose_link_it_is() {
        let told = |cause: LeaveCause, contacted: Option<&str>| {
            let issue = issue_of_leave(&cause, "visio.example", contacted).expect_err("an issue");
            issue.params["host"].clone()
        };
        let media = Some("media.example:7443");
        for cause in [
            LeaveCause::Refused,
            LeaveCause::Timeout,
            LeaveCause::Forbidden,
            LeaveCause::Encryption,
            LeaveCause::Certificate(CertificateFault::Expired),
            LeaveCause::Proxy(ProxyFault::Refused { status: 403 }),
            LeaveCause::MediaBlocked,
        ] {
            assert_eq!(told(cause.clone(), media), "media.example:7443", "{cause:?}");
            assert_eq!(told(cause, None), "visio.example", "it came to no socket");
        }
        assert_eq!(told(LeaveCause::NameUnknown, media), "media.example", "the DNS knows no ports");
        for cause in [LeaveCause::NoRoom, LeaveCause::EntryDenied, LeaveCause::InvitationRefused] {
            assert_eq!(told(cause.clone(), media), "visio.example", "{cause:?} is of the meeting");
        }
        assert_eq!((without_port("[::1]"), without_port("[::1]:7443")), ("[::1]", "[::1]"));
    }

    #[test]
    fn every_fault_of_a_link_has_a_sentence_in_every_language() {
        let faults = [
            LinkError::NoLink,
            LinkError::NoHost,
            LinkError::BadHost,
            LinkError::BadPort,
            LinkError::UserInHost,
            LinkError::NoCredentials,
            LinkError::BadToken,
            LinkError::NoRoom,
            LinkError::ControlCharacters,
            LinkError::TooLong,
            LinkError::NotEncrypted,
            LinkError::OtherScheme,
            LinkError::LookAlike,
            LinkError::Elsewhere,
            LinkError::NoServer,
        ];
        for (language, sentences) in sentences(IssueCode::LinkUnknown) {
            for fault in faults {
                let sentence = sentences[format!("next_{}", cause_of_link(fault))].as_str().unwrap_or_default();
                assert!(!sentence.is_empty(), "{language}: {fault:?}");
            }
        }
    }

    #[test]
    fn every_failure_of_a_loudspeaker_has_its_sentences_in_every_language() {
        use visavis_audio::device::Error;
        assert!(issue_of_loudspeaker(&Error::NoDevice).params.is_empty(), "there is none");
        let failures =
            [Error::Busy, Error::Forbidden, Error::Timeout, Error::Unsupported, Error::Backend("no such thing".into())];
        let causes: Vec<_> =
            failures.iter().map(|failure| issue_of_loudspeaker(failure).params["cause"].clone()).collect();
        assert_eq!(causes, ["busy", "forbidden", "timeout", "failed", "failed"]);
        has_sentences(IssueCode::LoudspeakerNone, &["busy", "forbidden", "timeout", "failed"]);
        has_sentences(IssueCode::LoudspeakerNone, &["kept", "gone", "server"]);
    }

    #[test]
    fn a_microphone_that_is_tried_in_vain_has_its_sentences_in_every_language() {
        for code in [
            IssueCode::MicrophoneNone,
            IssueCode::MicrophoneForbidden,
            IssueCode::MicrophoneBusy,
            IssueCode::MicrophoneStopped,
        ] {
            has_sentences(code, &["kept"]);
        }
        has_sentences(IssueCode::MicrophoneNone, &["gone", "server"]);
    }

    fn has_sentences(code: IssueCode, causes: &[&str]) {
        for (language, sentences) in sentences(code) {
            for key in causes.iter().flat_map(|cause| [format!("cause_{cause}"), format!("next_{cause}")]) {
                let sentence = sentences[key.as_str()].as_str().unwrap_or_default();
                assert!(!sentence.is_empty(), "{language}: {} {key}", code.text());
            }
        }
    }
}
