//! Values that name a person or a place.

/// A name, an address, a host: usable, but never printed.
///
/// `Debug` and `Display` show a dash, so that a value cannot reach a log by accident.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself: for the wire and the screen, never for a log.
    pub const fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> std::fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("—")
    }
}

impl<T> std::fmt::Display for Pii<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("—")
    }
}

#[cfg(test)]
mod tests {
    use super::Pii;

    #[test]
    fn a_name_is_never_printed() {
        let name = Pii::new("Camille");
        assert!(!format!("{name:?} {name}").contains("Camille"));
        assert_eq!(*name.reveal(), "Camille");
    }
}
