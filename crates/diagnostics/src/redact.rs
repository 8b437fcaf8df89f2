//! Taking names, addresses and secrets out of a text that is to leave the machine.

use std::net::{IpAddr, SocketAddr};

/// Endings of file names, which are no hosts.
const FILES: [&str; 12] = ["rs", "ts", "tsx", "js", "json", "toml", "so", "dll", "exe", "txt", "log", "jsonl"];
/// A run of letters and digits of this length is a token, a key or an identifier.
const LONGEST_WORD: usize = 24;
/// Characters that stand around a value.
const AROUND: &[char] =
    &['"', '\'', '`', '(', ')', '[', ']', '{', '}', '<', '>', ',', ';', '=', '|', '«', '»', '“', '”', '‘', '’'];

/// Those of them that an address may hold too: what is behind them is of it, a token perhaps.
const OF_ADDRESSES: &[char] = &[',', ';', '=', '|'];

/// What a value was, in place of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Name,
    Host,
    Room,
    Address,
    Path,
    Secret,
}

impl Kind {
    const fn mark(self) -> &'static str {
        match self {
            Self::Name => "‹name›",
            Self::Host => "‹host›",
            Self::Room => "‹room›",
            Self::Address => "‹address›",
            Self::Path => "‹path›",
            Self::Secret => "‹secret›",
        }
    }
}

/// Takes out what is known to be private, and what looks like it: addresses of hosts and people, links, codes of rooms, paths, tokens.
///
/// It rather takes out too much: what is left is for strangers to read.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    /// Lower case, longest first.
    known: Vec<(String, Kind)>,
}

impl Redactor {
    /// Adds a value that is private, in whatever letters it is written. Of a name each word counts alone too.
    pub fn hide(&mut self, value: &str, kind: Kind) {
        let value = lower(value.trim());
        let words = value.split_whitespace().filter(|word| word.chars().count() > 2).map(str::to_owned);
        let words: Vec<_> = words.filter(|word| *word != value && kind == Kind::Name).collect();
        for value in std::iter::once(value.clone()).chain(words) {
            if !value.is_empty() && self.known.iter().all(|(known, _)| *known != value) {
                self.known.push((value, kind));
            }
        }
        self.known.sort_by_key(|(known, _)| std::cmp::Reverse(known.len()));
    }

    /// The text without it, line by line.
    pub fn redact(&self, text: &str) -> String {
        let mut told: String = text.lines().map(|line| self.line(line) + "\n").collect();
        if !text.ends_with('\n') {
            told.pop();
        }
        told
    }

    fn line(&self, line: &str) -> String {
        let mut line = line.to_owned();
        let mut letters = lower(&line);
        for (known, kind) in &self.known {
            // Most lines hold none of a meeting's many names: that is found out fast.
            if letters.contains(known.as_str()) {
                line = replace_words(&line, known, *kind);
                letters = lower(&line);
            }
        }
        let mut told = String::with_capacity(line.len());
        let mut word = String::new();
        for c in line.chars().chain(std::iter::once(' ')) {
            if ends(&word, c) {
                match looks_like(&word) {
                    Some(kind) => told.push_str(kind.mark()),
                    None => told.push_str(&word),
                }
                word.clear();
                told.push(c);
            } else {
                word.push(c);
            }
        }
        told.pop();
        told
    }
}

/// In small letters, each by itself: as a word of its own a letter is written otherwise than at its end (Σ), and both are the same name.
fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// The mark of `of` wherever that stands as a word of its own; both in any letters. Of a host what is below it goes too: alone, it would look
/// like none any more.
fn replace_words(text: &str, of: &str, kind: Kind) -> String {
    // Letter by letter, because some letters change their length with their case.
    let letters: Vec<char> = text.chars().collect();
    let small: Vec<String> = letters.iter().map(|c| lower(c.encode_utf8(&mut [0; 4]))).collect();
    let mut told = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        match length_of_match(&small[at..], of) {
            Some(length) if !joins(&letters, at, at + length) => {
                if kind == Kind::Host && told.ends_with('.') {
                    let label = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
                    told.truncate(told.trim_end_matches(label).len());
                }
                told.push_str(kind.mark());
                at += length;
            }
            _ => {
                told.push(letters[at]);
                at += 1;
            }
        }
    }
    told
}

fn length_of_match(lower: &[String], of: &str) -> Option<usize> {
    let mut rest = of;
    for (count, letter) in lower.iter().enumerate() {
        if rest.is_empty() {
            return Some(count);
        }
        rest = rest.strip_prefix(letter.as_str())?;
    }
    rest.is_empty().then_some(lower.len())
}

/// Whether what stands from `start` to `end` goes on before or behind.
fn joins(letters: &[char], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| letters.get(at));
    before.is_some_and(|c| c.is_alphanumeric()) || letters.get(end).is_some_and(|c| c.is_alphanumeric())
}

/// Whether a word ends before this character.
fn ends(word: &str, c: char) -> bool {
    c.is_whitespace() || AROUND.contains(&c) && !(OF_ADDRESSES.contains(&c) && word.contains("://"))
}

/// What a word is that nobody has named.
fn looks_like(word: &str) -> Option<Kind> {
    let word = word.trim_end_matches(['.', ':', '!', '?']);
    let plain = word.split('%').next().unwrap_or_default();
    if word.contains("://") || word.contains('@') && word.contains('.') {
        return Some(Kind::Address);
    }
    if plain.parse::<IpAddr>().is_ok() || plain.parse::<SocketAddr>().is_ok() {
        return Some(Kind::Address);
    }
    let deep = |separator: char| word.matches(separator).count() >= 2;
    if (word.starts_with('/') || word.starts_with('~')) && deep('/') || word.contains(":\\") || deep('\\') {
        return Some(Kind::Path);
    }
    if is_room(word) {
        return Some(Kind::Room);
    }
    let jwt = word.split('.').count() >= 2 && word.starts_with("eyJ");
    if jwt || word.len() >= LONGEST_WORD && is_mixed(word) {
        return Some(Kind::Secret);
    }
    is_host(word).then_some(Kind::Host)
}

/// `abc-defg-hij`, anywhere in the word.
fn is_room(word: &str) -> bool {
    let groups: Vec<&str> = word.split(['-', '/', '.', ':']).collect();
    groups.windows(3).any(|three| {
        three
            .iter()
            .zip([3, 4, 3])
            .all(|(group, size)| group.len() == size && group.bytes().all(|byte| byte.is_ascii_alphabetic()))
    })
}

fn is_mixed(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.+/".contains(&byte))
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn is_host(word: &str) -> bool {
    let (host, port) = word.split_once(':').unwrap_or((word, "0"));
    let labels: Vec<&str> = host.split('.').collect();
    let label = |text: &&str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let last = labels.last().copied().unwrap_or_default();
    labels.len() >= 2
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && labels.iter().all(label)
        && last.chars().count() >= 2
        && last.chars().all(char::is_alphabetic)
        && !FILES.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor() -> Redactor {
        let mut redactor = Redactor::default();
        redactor.hide("Camille Réaux", Kind::Name);
        redactor.hide("visio.agglo.example", Kind::Host);
        redactor.hide("Comité secret", Kind::Room);
        redactor
    }

    #[test]
    fn what_is_known_goes_in_any_letters() {
        let text = redactor()
            .redact("CAMILLE RÉAUX; camille spoke in «Comité Secret» on VISIO.agglo.example:443, camilleon did not");
        assert_eq!(text, "‹name›; ‹name› spoke in «‹room›» on ‹host›:443, camilleon did not");
    }

    #[test]
    fn what_is_below_a_known_host_goes_with_it() {
        let text = redactor().redact("salle-2.VISIO.agglo.example/x: visio.agglo.example. x.visio.agglo.example:443");
        assert_eq!(text, "‹host›/x: ‹host›. ‹host›:443");
    }

    #[test]
    fn what_looks_private_goes_too() {
        for (private, mark) in [
            ("https://a.example/x?token=1", "‹address›"),
            ("bob@ministry.example", "‹address›"),
            ("10.1.2.3:7880", "‹address›"),
            ("192.168.0.7", "‹address›"),
            ("fe80::1%eth0", "‹address›"),
            ("[2001:db8::1]:443", "["),
            ("meet.other.example", "‹host›"),
            ("meet.other.example:8443", "‹host›"),
            ("abc-defg-hij", "‹room›"),
            ("/home/camille/x.log", "‹path›"),
            ("C:\\Users\\camille", "‹path›"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.x", "‹secret›"),
            ("a1b2c3d4e5f6a7b8c9d0e1f2a3b4", "‹secret›"),
        ] {
            let told = Redactor::default().redact(&format!("error={private}, then"));
            assert!(told.contains(mark) && !told.contains(private), "{private}: {told}");
        }
    }

    #[test]
    fn what_stands_behind_an_address_goes_with_it() {
        for address in [
            "livekit://a.example/r?key=plante&secret=geheim",
            "https://a.example/x?names=zofie,camille;b|c#d=e",
            "wss://a/?token=short",
        ] {
            let told = Redactor::default().redact(&format!("url={address} to=(\"{address}\") then=1"));
            assert_eq!(told, "url=‹address› to=(\"‹address›\") then=1");
        }
    }

    #[test]
    fn a_large_meeting_and_a_long_log_are_read_at_once() {
        let mut redactor = Redactor::default();
        (0..300).for_each(|number| redactor.hide(&format!("Person{number} Family{number}"), Kind::Name));
        redactor.hide("Νίκος", Kind::Name);
        let log = "2026-11-29T21:08:34Z  WARN visavis_engine::net: the server says nothing ms=1200\n".repeat(4000);
        let begun = std::time::Instant::now();
        assert_eq!(redactor.redact(&log), log);
        // A second without optimisation (measured); it must not take a look at each letter for each name.
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
        assert_eq!(redactor.redact("ΝΊΚΟΣ and family7"), "‹name› and ‹name›");
    }

    #[test]
    fn what_says_nothing_of_anybody_stays() {
        for line in [
            "2026-11-29T21:08:34.123Z  WARN visavis_engine::net::driver: the server says nothing ms=1200",
            "version 0.1.0, WebKitGTK 2.50.6, libopus 1.6.1",
            "12:34:56 cpu=16.1 rtt=12.5ms path=udp 640x360@15",
            "connection refused (os error 111)",
            "",
        ] {
            assert_eq!(Redactor::default().redact(line), line);
        }
    }
}
