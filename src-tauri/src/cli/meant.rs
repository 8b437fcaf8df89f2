//! A command that was mistyped, and is no link to open.

use strsim::osa_distance;

/// Shorter words are like too many others.
const SHORTEST: usize = 3;
/// Longer ones are no command.
const LONGEST: usize = 16;

/// The command of `known` that whoever typed `words` (what follows the program's name) may have meant. `None` where the first one is a
/// command, no lone word, or behind `--`, which says that it is a link. Pure.
pub fn meant<'a>(words: &[String], known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = words.first().filter(|word| (SHORTEST..=LONGEST).contains(&word.len()))?;
    if !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let known: Vec<_> = known.into_iter().collect();
    if known.contains(&word.as_str()) {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let reach = if word.len() < 5 { 1 } else { 2 };
    let near = known.into_iter().map(|name| (osa_distance(&word, name), name));
    near.filter(|(distance, _)| *distance <= reach).min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> Option<&'static str> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        meant(&words, ["bundle", "devices", "doctor", "join", "link", "policy", "update", "help"])
    }

    #[test]
    fn a_letter_too_many_or_in_another_place_is_told() {
        let typed = [
            ("Policy", "policy"),
            ("polcy", "policy"),
            ("Polciy", "policy"),
            ("device", "devices"),
            ("jion", "join"),
            ("updates", "update"),
        ];
        for (word, command) in typed {
            assert_eq!(of(&[word]), Some(command), "{word}");
            assert_eq!(of(&[word, "--json"]), Some(command), "{word} with an option");
        }
    }

    #[test]
    fn a_command_with_a_wrong_option_is_not_mistyped() {
        assert_eq!(of(&["join", "--nonsense"]), None);
    }

    #[test]
    fn a_link_a_code_and_what_is_behind_the_dashes_are_none() {
        for words in
            [&["abc-defg-hij"][..], &["https://a.example/abc-defg-hij"], &["--", "polcy"], &["reunion"], &["jo"], &[]]
        {
            assert_eq!(of(words), None, "{words:?}");
        }
    }
}
