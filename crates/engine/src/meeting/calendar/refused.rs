//! Why a meeting of a calendar has a link, and nobody is led there.

use crate::issues::issue_of_link;
use crate::meeting::Meeting;
use visavis_calendar::{Field, Occurrence};
use visavis_model::Issue;
use visavis_provider::{LinkError, Refused, find_refused};

impl Meeting {
    /// What is wrong with the link of a meeting that leads nowhere, as it would be told of the link itself, with its host. `None`: it has
    /// no link that looks like one to a meeting.
    pub(super) fn refusal_of(&self, occurrence: &Occurrence) -> Option<Issue> {
        let links = occurrence.links.iter().filter_map(|candidate| {
            let refused = find_refused(&candidate.text, &self.options.providers, &self.known)?;
            counts(&refused, candidate.field).then_some(refused)
        });
        // Of two that look alike the one in the field that is believed more.
        links.min_by_key(|refused| !refused.is_certain).map(issue_of)
    }
}

/// Most links in invitations lead to pages (an agenda, a map), which a policy's list refuses as well: where a calendar does not say that a
/// link leads to the meeting, it has to look like one. Telephones and streams are no meetings of ours.
fn counts(refused: &Refused, field: Field) -> bool {
    let is_said = matches!(field, Field::Conference | Field::Service);
    refused.is_certain || (is_said && refused.error != LinkError::OtherScheme)
}

fn issue_of(refused: Refused) -> Issue {
    let issue = issue_of_link(refused.error);
    match refused.host {
        Some(host) => issue.with("host", host),
        None => issue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::IssueCode;

    fn refused(error: LinkError, is_certain: bool) -> Refused {
        Refused { error, host: Some("other.example".into()), is_certain }
    }

    #[test]
    fn a_page_counts_only_where_the_calendar_says_that_it_is_the_meeting() {
        use LinkError::{LookAlike, NotAllowed, OtherScheme};
        for field in [Field::Url, Field::Location, Field::Description, Field::Page] {
            assert!(!counts(&refused(NotAllowed, false), field), "{field:?}");
            assert!(counts(&refused(LookAlike, true), field), "{field:?}");
        }
        for field in [Field::Conference, Field::Service] {
            assert!(counts(&refused(NotAllowed, false), field), "{field:?}");
            assert!(!counts(&refused(OtherScheme, false), field) && counts(&refused(OtherScheme, true), field));
        }
    }

    #[test]
    fn it_is_told_as_the_link_would_be() {
        let told = issue_of(refused(LinkError::NotAllowed, true));
        assert_eq!((told.code, told.params["host"].as_str()), (IssueCode::ServerNotAllowed, "other.example"));
        let told = issue_of(Refused { host: None, ..refused(LinkError::UserInHost, true) });
        assert_eq!((told.code, told.params["cause"].as_str()), (IssueCode::LinkUnknown, "user_in_host"));
        assert!(!told.params.contains_key("host"));
    }
}
