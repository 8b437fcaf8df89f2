//! Which key is meant by one that is misspelt.

/// Most letters in which a name may differ from the one that is meant.
const MOST: usize = 2;
/// Of shorter names only those in other letters: too much would be like another.
const SHORTEST: usize = 6;
/// Longest name that is compared, in bytes: longer than every key, and files may hold anything.
const LONGEST: usize = 48;

/// The name among `known` that is nearest to `name`, whatever its capitals; `None` where none is near.
pub(super) fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let name = name.trim().to_ascii_lowercase();
    if name.len() > LONGEST {
        return None;
    }
    let near = |known: &'static str| {
        let most = if name.len().min(known.len()) < SHORTEST { 0 } else { MOST };
        // Letters that are missing, too many, others or changed places.
        let apart = strsim::osa_distance(&name, &known.to_ascii_lowercase());
        (apart <= most).then_some((apart, known))
    };
    known.filter_map(near).min_by_key(|(apart, _)| *apart).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::super::KEYS;
    use super::*;

    fn meant(name: &str) -> Option<&'static str> {
        nearest(name, KEYS.iter().map(|key| key.name))
    }

    #[test]
    fn a_key_that_is_misspelt_is_found() {
        for (written, key) in [
            ("AllowedServer", "AllowedServers"),
            ("AllowServers", "AllowedServers"),
            ("AlowedSevers", "AllowedServers"),
            ("DisableCaht", "DisableChat"),
            (" serverurl ", "ServerURL"),
            ("Server_URL", "ServerURL"),
            ("managed-rooms", "ManagedRooms"),
            ("ProxyServers", "ProxyServer"),
        ] {
            assert_eq!(meant(written), Some(key), "{written}");
        }
    }

    #[test]
    fn what_is_like_none_is_none() {
        let long = "AllowedServers".repeat(10_000);
        for written in ["", "Proxy", "Nonsense", "DisableEverything", "é".repeat(30).as_str(), &long] {
            assert_eq!(meant(written), None, "{}", &written[..written.len().min(40)]);
        }
        assert_eq!(nearest("Camra", ["Camera"].into_iter()), None, "too short to guess");
        assert_eq!(nearest("Abcdefg", ["Abcdxyg", "Abcdefh"].into_iter()), Some("Abcdefh"), "the nearest");
    }
}
