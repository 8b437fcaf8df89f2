//! Links to meetings, recognised without contacting anybody.

use crate::CookieJar;
use crate::words::words;
use thiserror::Error;
use visavis_model::{Link, LinkKind};

/// A value that is never printed: a token, a key.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The value itself: for the wire only, never for a log.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What opens the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// A join token as the server issued it.
    Token(Secret),
    /// A server's key and secret: we issue the token ourselves. Demonstrations only.
    KeyAndSecret { key: String, secret: Secret },
    /// Nothing: the server decides at the door.
    Visitor,
    /// The cookies of somebody who is signed in, or has been at the door before.
    Cookies(CookieJar),
}

/// A recognised link, with what is needed to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingLink {
    pub kind: LinkKind,
    /// Signalling base (`ws`, `wss`) or the server's root (`http`, `https`), with host, port and path, without query
    /// or credentials.
    pub url: url::Url,
    /// `host` or `host:port`.
    pub host: String,
    pub room: String,
    pub credentials: Credentials,
}

impl MeetingLink {
    /// What may be shown.
    pub fn view(&self) -> Link {
        Link {
            kind: self.kind,
            host: self.host.clone(),
            room: self.room.clone(),
            secure: matches!(self.url.scheme(), "wss" | "https"),
            given_name: match &self.credentials {
                Credentials::Token(token) => crate::livekit::given_name(token.reveal()),
                _ => None,
            },
        }
    }
}

/// Why a text that looks like one of our links is none.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum LinkError {
    #[error("the text holds no link to a meeting")]
    NoLink,
    #[error("the link names no server")]
    NoHost,
    #[error("the link's host cannot be one: a name is of letters, digits, hyphens and single dots")]
    BadHost,
    #[error("the link's port cannot be one: it is a number from 1 to 65535")]
    BadPort,
    #[error("the link carries a user name or password before the host")]
    UserInHost,
    #[error("the link has neither a token nor a key and secret")]
    NoCredentials,
    #[error("the link's token is not a token")]
    BadToken,
    #[error("the link names no room")]
    NoRoom,
    #[error("the link holds control characters")]
    ControlCharacters,
    #[error("the link is longer than a link can be")]
    TooLong,
    #[error("an unencrypted link is only allowed to this machine")]
    NotEncrypted,
    #[error("the link is of a kind that opens no meeting")]
    OtherScheme,
    #[error(
        "the link's host looks like another one; one in letters of its own (xn--) has to be named first, by --server or the policy"
    )]
    LookAlike,
    #[error("a code alone needs a server, and none is known")]
    NoServer,
    #[error("the link leads to a meeting of another service")]
    Elsewhere,
    #[error("the policy does not allow the link's server, or not without encryption")]
    NotAllowed,
}

/// The first text within `text` (pasted invitations hold more) that `recognise` takes for a link.
///
/// `recognise` gives `None` for a scheme that is not its own. Errors of the first own scheme are kept
/// and returned where nothing better follows.
pub fn find_link<T>(text: &str, recognise: impl Fn(&str) -> Option<Result<T, LinkError>>) -> Result<T, LinkError> {
    let mut first_error = None;
    for (_, word) in words(text) {
        match recognise(word) {
            Some(Ok(link)) => return Ok(link),
            Some(Err(error)) => first_error = first_error.or(Some(error)),
            None => {}
        }
    }
    Err(first_error.unwrap_or(LinkError::NoLink))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::LONGEST_TEXT;

    fn only_x(word: &str) -> Option<Result<String, LinkError>> {
        let rest = word.strip_prefix("x://")?;
        Some(if rest.is_empty() { Err(LinkError::NoHost) } else { Ok(rest.to_owned()) })
    }

    #[test]
    fn a_link_is_found_in_pasted_text() {
        assert_eq!(find_link("Rejoindre : <x://there>, à 10 h.", only_x), Ok("there".to_owned()));
    }

    #[test]
    fn the_reason_of_a_broken_link_is_kept() {
        assert_eq!(find_link("see x:// and y", only_x), Err(LinkError::NoHost));
        assert_eq!(find_link("nothing here", only_x), Err(LinkError::NoLink));
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert!(!format!("{:?}", Secret::new("hunter2")).contains("hunter2"));
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let text = "é".repeat(LONGEST_TEXT);
        assert_eq!(find_link(&text, only_x), Err(LinkError::NoLink));
    }
}
