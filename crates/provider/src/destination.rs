//! Where a text leads: to a meeting of ours, to one of another service, or nowhere.

use crate::words::{LONGEST_TEXT, carries_content, has_other_scheme, has_scheme, is_content, words};
use crate::wrapped::unwrapped;
use crate::{Foreign, Found, KnownHosts, LinkError, Standing};
use std::sync::Arc;

/// A kind of server, and what it made of a text.
pub struct Meeting {
    pub provider: Arc<dyn crate::Provider>,
    pub found: Found,
}

impl std::fmt::Debug for Meeting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.found.fmt(f)
    }
}

/// Where a text leads.
#[derive(Debug)]
pub enum Destination {
    /// To a meeting of ours.
    Here(Meeting),
    /// To a meeting that a browser opens.
    Elsewhere(Foreign),
}

/// The meeting of ours that `text` names, as [`find_destination`].
pub fn find_meeting(
    text: &str,
    providers: &[Arc<dyn crate::Provider>],
    known: &KnownHosts,
) -> Result<Meeting, LinkError> {
    match find_destination(text, providers, known)? {
        Destination::Here(meeting) => Ok(meeting),
        Destination::Elsewhere(_) => Err(LinkError::Elsewhere),
    }
}

/// The meeting that `text` names: a link, a code, or an invitation with either in it.
///
/// The best known host wins, then what comes first; a meeting of another service comes before what only might be one of ours. Contacts
/// nobody. An error is that of the first text that looked like a link.
///
/// What stands directly behind a link with a scheme may be the rest of it, broken by a tab or a line: a `host/path` there counts only
/// where its server is known, because a link to one host must not lead to another. So does no code.
pub fn find_destination(
    text: &str,
    providers: &[Arc<dyn crate::Provider>],
    known: &KnownHosts,
) -> Result<Destination, LinkError> {
    if is_content(text) {
        return Err(LinkError::OtherScheme);
    }
    let mut elsewhere = None;
    // Not the word that a link stands at, as in *[Conference](https://…)*, either.
    let lone = text.split_whitespace().nth(1).is_none() && words(text).nth(1).is_none();
    let mut best: Option<Meeting> = None;
    let mut first_error = None;
    let mut best_is_code = false;
    let (mut may_go_on, mut within_content) = (false, false);
    for (gap, word) in words(text) {
        within_content = carries_content(word) || (within_content && gap.touches());
        if within_content {
            first_error = first_error.or(Some(LinkError::OtherScheme));
            continue;
        }
        let word = &*unwrapped(word);
        let may_be_rest = may_go_on && gap.may_be_in_link() && !has_scheme(word);
        may_go_on = has_scheme(word) || (may_be_rest && gap.may_go_on(word));
        if let Some(foreign) = Foreign::recognise(word).filter(|foreign| !known.contains(foreign.host())) {
            elsewhere.get_or_insert(foreign);
            continue;
        }
        let links = providers.iter().map(|provider| (provider, provider.recognise_among(word, known), false));
        let codes = providers.iter().map(|provider| (provider, provider.recognise_code(word, lone, known), true));
        for (provider, found, is_code) in links.chain(codes) {
            // Of every kind of link, whatever its provider knows of servers.
            let found = found.map(|found| found.and_then(|found| known.permits(&found.link).map(|()| found)));
            match found {
                // A code is of the first server that is known, and not of the one that the link before it names.
                Some(Ok(found)) if may_be_rest && (is_code || found.standing != Standing::Known) => {
                    first_error = first_error.or(Some(LinkError::NoRoom));
                }
                Some(Ok(found)) => {
                    let better = best
                        .as_ref()
                        .is_none_or(|best| (found.standing, is_code) < (best.found.standing, best_is_code));
                    if better {
                        best = Some(Meeting { provider: Arc::clone(provider), found });
                        best_is_code = is_code;
                    }
                }
                Some(Err(error)) => first_error = first_error.or(Some(error)),
                None => {}
            }
        }
        if first_error.is_none() && best.is_none() && has_other_scheme(word) {
            first_error = Some(LinkError::OtherScheme);
        }
    }
    if let Some(foreign) = elsewhere
        && best.as_ref().is_none_or(|best| best.found.standing == Standing::Guessed)
    {
        return Ok(Destination::Elsewhere(foreign));
    }
    best.map(Destination::Here).ok_or(first_error.unwrap_or(if text.len() > LONGEST_TEXT {
        LinkError::TooLong
    } else {
        LinkError::NoLink
    }))
}
