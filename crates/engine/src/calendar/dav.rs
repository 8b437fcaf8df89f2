//! What is asked of a CalDAV server (RFC 4791, RFC 6578), and what its answers say. Pure.

use roxmltree::{Document, Node, ParsingOptions};
use std::collections::HashSet;

const DAV: &str = "DAV:";
const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
const SERVER: &str = "http://calendarserver.org/ns/";
/// Elements of one answer that are read.
const MOST_NODES: u32 = 400_000;

/// Asks a resource what it is, and where the calendars of whoever asks are (RFC 5397, RFC 4791 §6.2.1).
pub(crate) const WHERE: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/"><d:prop>
<d:current-user-principal/><c:calendar-home-set/><d:resourcetype/><c:supported-calendar-component-set/><s:getctag/><d:sync-token/>
</d:prop></d:propfind>"#;

/// The meetings between two moments, written as `20261124T000000Z`. `expanded`: the server counts series itself (RFC 4791 §9.6.5).
pub(crate) fn query(from: &str, to: &str, expanded: bool) -> String {
    let expand = if expanded { format!(r#"<c:expand start="{from}" end="{to}"/>"#) } else { String::new() };
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
<d:prop><c:calendar-data>{expand}</c:calendar-data></d:prop>
<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="{from}" end="{to}"/></c:comp-filter></c:comp-filter></c:filter>
</c:calendar-query>"#
    )
}

/// What one resource says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resource {
    pub href: String,
    /// Where whoever asks is described.
    pub principal: Option<String>,
    /// Where their calendars are.
    pub homes: Vec<String>,
    /// It is a calendar that may hold meetings.
    pub is_calendar: bool,
    /// Another one as soon as anything in it changes.
    pub tag: Option<String>,
    /// A calendar object (iCalendar).
    pub data: Option<String>,
}

/// The resources of a `multistatus` (RFC 4918 §13); `None` where it is none. What a resource does not have is left out, and resources
/// that are gone are.
pub(crate) fn resources(body: &[u8]) -> Option<Vec<Resource>> {
    let text = std::str::from_utf8(body).ok()?;
    // No document types: no entity is expanded.
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).ok()?;
    let root = Some(document.root_element()).filter(|root| root.has_tag_name((DAV, "multistatus")))?;
    Some(children(root, DAV, "response").filter_map(resource).collect())
}

fn children<'a, 'b: 'a>(
    of: Node<'a, 'b>,
    space: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'b>> {
    of.children().filter(move |node| node.has_tag_name((space, name)))
}

/// The text of the first such child; none where it is empty.
fn text(of: Node<'_, '_>, space: &'static str, name: &'static str) -> Option<String> {
    children(of, space, name)
        .next()
        .and_then(|node| node.text())
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

fn resource(response: Node<'_, '_>) -> Option<Resource> {
    let mut resource = Resource { href: text(response, DAV, "href")?, ..Resource::default() };
    let mut kinds = HashSet::new();
    let mut components: Option<HashSet<String>> = None;
    let found = children(response, DAV, "propstat").filter(|part| {
        text(*part, DAV, "status")
            .is_none_or(|status| status.split_whitespace().nth(1).is_some_and(|code| code.starts_with('2')))
    });
    for property in found.flat_map(|part| children(part, DAV, "prop")).flat_map(|properties| properties.children()) {
        let name = property.tag_name();
        match (name.namespace().unwrap_or_default(), name.name()) {
            (DAV, "current-user-principal") => resource.principal = text(property, DAV, "href"),
            (DAV, "resourcetype") => kinds.extend(property.children().map(|kind| kind.tag_name().name())),
            (DAV, "sync-token") | (SERVER, "getctag") => {
                let tag = property.text().map(str::trim).filter(|tag| !tag.is_empty());
                // Both are asked for; they change together, and either is enough.
                resource.tag =
                    tag.map(|tag| format!("{} {tag}", resource.tag.take().unwrap_or_default())).or(resource.tag);
            }
            (CALDAV, "calendar-home-set") => {
                let homes = children(property, DAV, "href").filter_map(|href| href.text());
                resource.homes = homes.map(|href| href.trim().to_owned()).take(4).collect();
            }
            (CALDAV, "supported-calendar-component-set") => {
                let names = children(property, CALDAV, "comp").filter_map(|part| part.attribute("name"));
                components = Some(names.map(str::to_ascii_uppercase).collect());
            }
            (CALDAV, "calendar-data") => resource.data = property.text().map(str::to_owned),
            _ => {}
        }
    }
    let meets = components.is_none_or(|names| names.is_empty() || names.contains("VEVENT"));
    resource.is_calendar = kinds.contains("calendar") && meets;
    Some(resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"<?xml version='1.0' encoding='utf-8'?>
<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/">
  <response><href>/camille/</href><propstat><prop>
    <current-user-principal><href>/camille/</href></current-user-principal>
    <C:calendar-home-set><href>/camille/</href></C:calendar-home-set>
    <resourcetype><principal /><collection /></resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat>
    <propstat><prop><CS:getctag>not found</CS:getctag></prop><status>HTTP/1.1 404 Not Found</status></propstat></response>
  <response><href>/camille/work/</href><propstat><prop>
    <resourcetype><C:calendar /><collection /></resourcetype>
    <C:supported-calendar-component-set><C:comp name="VEVENT" /><C:comp name="VTODO" /></C:supported-calendar-component-set>
    <CS:getctag>"1"</CS:getctag><sync-token>http://x/2</sync-token></prop><status>HTTP/1.1 200 OK</status></propstat></response>
  <response><href>/camille/tasks/</href><propstat><prop>
    <resourcetype><C:calendar /></resourcetype>
    <C:supported-calendar-component-set><C:comp name="VTODO" /></C:supported-calendar-component-set>
    </prop><status>HTTP/1.1 200 OK</status></propstat></response>
  <response><href>/camille/work/1.ics</href><propstat><prop><C:calendar-data>BEGIN:VCALENDAR
SUMMARY:A &amp; B
END:VCALENDAR</C:calendar-data></prop><status>HTTP/1.1 200 OK</status></propstat></response>
</multistatus>"#;

    #[test]
    fn an_answer_is_read() {
        let found = resources(ANSWER.as_bytes()).expect("an answer");
        assert_eq!(found[0].principal.as_deref(), Some("/camille/"));
        assert_eq!(found[0].homes, ["/camille/"]);
        assert_eq!((found[0].is_calendar, &found[0].tag), (false, &None));
        assert!(found[1].is_calendar);
        assert_eq!(found[1].tag.as_deref(), Some(" \"1\" http://x/2"));
        assert!(!found[2].is_calendar, "tasks are no meetings");
        assert_eq!(found[3].data.as_deref(), Some("BEGIN:VCALENDAR\nSUMMARY:A & B\nEND:VCALENDAR"));
    }

    #[test]
    fn what_is_no_answer_is_none() {
        let bomb =
            r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><multistatus xmlns="DAV:">&b;</multistatus>"#;
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        for text in ["", "<html/>", "<multistatus xmlns='x'/>", "<multistatus xmlns='DAV:'>", bomb, &deep] {
            assert_eq!(resources(text.as_bytes()), None);
        }
        assert_eq!(resources(b"<multistatus xmlns='DAV:'><response/></multistatus>"), Some(vec![]));
        assert_eq!(resources(&[0xff]), None);
    }
}
