//! Who and what the server knows: people, rooms, roles.

use super::http::Request;
use serde_json::{Value, json};

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: String,
    /// The identity provider's name for them, and their identity in every meeting.
    pub sub: String,
    pub email: String,
    pub full_name: String,
    pub short_name: String,
    pub timezone: String,
    pub language: String,
}

impl User {
    pub(super) fn json(&self) -> Value {
        json!({
            "id": self.id,
            "email": self.email,
            "full_name": self.full_name,
            "short_name": self.short_name,
            "timezone": self.timezone,
            "language": self.language,
            "default_room_access_level": null,
            "default_room_configuration": {},
        })
    }
}

/// Somebody's place in a room; the order is that of their power.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Member,
    Administrator,
    Owner,
}

impl Role {
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Administrator => "administrator",
            Self::Owner => "owner",
        }
    }
}

/// A role that is given to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub id: String,
    /// [`User::id`].
    pub user: String,
    pub role: Role,
}

/// Who comes in without being let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Public,
    Trusted,
    Restricted,
}

impl Access {
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Trusted => "trusted",
            Self::Restricted => "restricted",
        }
    }

    pub(super) fn read(name: &str) -> Option<Self> {
        [Self::Public, Self::Trusted, Self::Restricted].into_iter().find(|level| level.name() == name)
    }
}

/// A room that somebody made.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    pub id: String,
    pub name: String,
    pub slug: String,
    pub access: Access,
    /// An object: `can_publish_sources`, `everyone_can_mute`.
    pub configuration: Value,
    pub pin: String,
    pub places: Vec<Place>,
}

impl Room {
    pub(super) fn role(&self, user: Option<&User>) -> Option<Role> {
        let user = user?;
        self.places.iter().find(|place| place.user == user.id).map(|place| place.role)
    }

    pub(super) fn is_open_to(&self, user: Option<&User>) -> bool {
        match self.access {
            Access::Public => true,
            Access::Trusted => user.is_some(),
            Access::Restricted => self.role(user).is_some(),
        }
    }

    pub(super) fn everyone_can_mute(&self) -> bool {
        self.configuration["everyone_can_mute"].as_bool().unwrap_or(true)
    }

    /// Its metadata after a change, as Meet writes them into the SFU.
    pub(super) fn metadata(&self) -> Value {
        json!({ "configuration": self.configuration, "access_level": self.access.name() })
    }
}

/// A name as part of an address.
pub(super) fn slugify(text: &str) -> String {
    let kept: String = text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' ')).collect();
    kept.trim().to_ascii_lowercase().replace(' ', "-")
}

/// The form of a UUID.
pub(super) fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len).collect::<Vec<_>>();
    lengths == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// `http` or `https`, and the host that was asked for.
pub(super) fn origin(base: &str, request: &Request) -> String {
    let scheme = base.split("://").next().unwrap_or("http");
    format!("{scheme}://{}", request.header("host").unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_slugs() {
        assert_eq!(slugify("XHI-CCZC-BXR"), "xhi-cczc-bxr");
        assert_eq!(slugify(" My room! "), "my-room");
        assert!(is_uuid("84757398-d717-4265-917d-928fffe31ae2"));
        assert!(!is_uuid("nope") && !is_uuid("84757398-d717-4265-917d-928fffe31aeZ"));
    }
}
