//! What the policy says of one key.

use super::Scope;

/// A value, and who gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given<T> {
    pub value: T,
    pub scope: Scope,
    /// The file, registry key or property list.
    pub origin: String,
}

/// What the policy says of one key; nothing, by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    pub mandatory: Option<Given<T>>,
    pub recommended: Option<Given<T>>,
}

impl<T> Default for Setting<T> {
    fn default() -> Self {
        Self { mandatory: None, recommended: None }
    }
}

impl<T> Setting<T> {
    /// The value that nobody but the organisation changes.
    pub fn forced(&self) -> Option<&T> {
        self.mandatory.as_ref().map(|given| &given.value)
    }

    /// The value that holds until the person chooses; none where one is forced.
    pub fn advised(&self) -> Option<&T> {
        self.recommended.as_ref().map(|given| &given.value).filter(|_| self.mandatory.is_none())
    }

    /// What holds: the forced value, the person's own, the advised one.
    pub fn over<'a>(&'a self, own: Option<&'a T>) -> Option<&'a T> {
        self.forced().or(own).or_else(|| self.advised())
    }

    pub fn is_locked(&self) -> bool {
        self.mandatory.is_some()
    }
}

impl Setting<bool> {
    /// True where the organisation forces it on: for keys that take something away.
    pub fn is_on(&self) -> bool {
        self.forced() == Some(&true)
    }
}
