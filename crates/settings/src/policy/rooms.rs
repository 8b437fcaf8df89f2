//! Meetings that the organisation puts on everybody's start screen, and on the desktop.

use super::value::{Read, text, wrong};
use super::{Fault, Form, Value};
use serde_json::Value as Json;
use std::path::PathBuf;

/// Most rooms that are read.
pub const MOST_ROOMS: usize = 64;
/// Longest name and link, in characters.
const LONGEST_NAME: usize = 80;
const LONGEST_LINK: usize = 2048;
const LONGEST_PATH: usize = 1024;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedRoom {
    /// Its place in the list as it is written, from 0: others may have been left out.
    pub index: usize,
    pub name: String,
    /// As a person would paste it.
    pub link: String,
    /// Full path of a PNG file.
    pub icon: Option<PathBuf>,
    /// Also as a shortcut on the desktop; so it is where nothing is said.
    pub desktop: bool,
}

/// All of them, in the order in which they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManagedRooms(pub Vec<ManagedRoom>);

impl Value for ManagedRooms {
    const FORM: Form = Form::Rooms { most: MOST_ROOMS };

    fn read(json: &Json) -> Read<Self> {
        // The registry has it as one text.
        let inner = json.as_str().map(serde_json::from_str::<Json>);
        let entries = match (&inner, json) {
            (Some(Ok(Json::Array(entries))), _) | (None, Json::Array(entries)) => entries,
            _ => return Err(wrong("a list of objects", json)).into(),
        };
        let (mut rooms, mut faults) = (Vec::new(), Vec::new());
        faults.extend((entries.len() > MOST_ROOMS).then_some(Fault::OnlyFirst(MOST_ROOMS)));
        for (index, entry) in entries.iter().enumerate().take(MOST_ROOMS) {
            match room(index, entry) {
                Ok(room) => rooms.push(room),
                Err(cause) => faults.push(Fault::Entry { index, cause: Box::new(cause) }),
            }
        }
        Read { value: Some(Self(rooms)), fault: Fault::of(faults) }
    }

    fn shown(&self) -> String {
        self.0.iter().map(|room| room.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

fn room(index: usize, json: &Json) -> Result<ManagedRoom, Fault> {
    let object = json.as_object().ok_or_else(|| wrong("an object", json))?;
    if let Some(other) = object.keys().find(|key| !matches!(key.as_str(), "name" | "link" | "icon" | "desktop")) {
        return Err(Fault::UnknownPart(other.chars().filter(|c| !c.is_control()).take(40).collect()));
    }
    let part = |name: &'static str, longest| {
        object.get(name).map(|part| text(part, longest)).transpose()?.ok_or(Fault::Missing(name))
    };
    let icon = object.get("icon").map(|icon| text(icon, LONGEST_PATH)).transpose()?.map(PathBuf::from);
    if icon.as_ref().is_some_and(|icon| !icon.is_absolute()) {
        return Err(Fault::NoPath);
    }
    let desktop =
        object.get("desktop").map_or(Ok(true), |json| json.as_bool().ok_or_else(|| wrong("true or false", json)))?;
    Ok(ManagedRoom { index, name: part("name", LONGEST_NAME)?, link: part("link", LONGEST_LINK)?, icon, desktop })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rooms_are_read_and_the_bad_ones_left_out() {
        let rooms = json!([
            {"name": "Accueil", "link": "https://visio.example/abc-defg-hij"},
            {"name": "Sans lien"},
            {"name": "x", "link": "y", "other": 1},
            7,
        ]);
        let read = ManagedRooms::read(&rooms);
        assert_eq!(read.value.as_ref().map(|rooms| rooms.0.len()), Some(1));
        let told = "entry 2: has no link; entry 3: has other, which is not known here; entry 4: must be an object, is a number";
        assert_eq!(read.fault.map(|fault| fault.to_string()).as_deref(), Some(told));
        assert_eq!(ManagedRooms::read(&json!(rooms.to_string())).value, read.value, "as the registry has it");
        let quiet = ManagedRooms::read(&json!([{"name": "Accueil", "link": "abc-defg-hij", "desktop": false}]));
        assert_eq!(quiet.value.map(|rooms| rooms.0[0].desktop), Some(false));
        assert!(read.value.is_some_and(|rooms| rooms.0[0].desktop), "also on the desktop");
        assert!(ManagedRooms::read(&json!([{"name": "A", "link": "abc-defg-hij", "desktop": 1}])).fault.is_some());
        for bad in [json!({}), json!("["), json!("7"), json!(7)] {
            assert!(ManagedRooms::read(&bad).value.is_none(), "{bad}");
        }
        let many = ManagedRooms::read(&json!(vec![json!({"name": "A", "link": "abc-defg-hij"}); 65]));
        assert_eq!((many.value.map(|rooms| rooms.0.len()), many.fault), (Some(64), Some(Fault::OnlyFirst(MOST_ROOMS))));
    }
}
