//! Values as PipeWire writes them (SPA's *plain old data*): pure. Each has eight octets of length and kind, its own, and padding to eight.

/// A value, or a choice among several: the preferred one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Id(u32),
    Int(i32),
    Rectangle(u32, u32),
    Fraction(u32, u32),
    /// One of these.
    Enum(Vec<Value>),
    /// Preferred, least, most.
    Range([Box<Value>; 3]),
    /// Any of these bits.
    Flags(i32),
}

impl Value {
    pub fn range(preferred: Self, least: Self, most: Self) -> Self {
        Self::Range([preferred, least, most].map(Box::new))
    }
}

/// Kinds of values (`spa/utils/type.h`).
const ID: u32 = 3;
const INT: u32 = 4;
const RECTANGLE: u32 = 10;
const FRACTION: u32 = 11;
const OBJECT: u32 = 15;
const CHOICE: u32 = 19;
/// Kinds of choices (`spa/pod/pod.h`).
const CHOICE_RANGE: u32 = 1;
const CHOICE_ENUM: u32 = 3;
const CHOICE_FLAGS: u32 = 4;

/// No object that is told to us is nearly as large.
pub const LARGEST: usize = 1 << 16;

/// An object as it lies in memory, at an address that eight divides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object(Vec<u64>);

impl Object {
    /// An object of this kind and purpose with these properties.
    pub fn new(kind: u32, purpose: u32, properties: &[(u32, Value)]) -> Self {
        let mut body = words(&[kind, purpose]);
        for (key, value) in properties {
            body.extend(words(&[*key, 0]));
            write(&mut body, value);
        }
        let mut octets = words(&[body.len() as u32, OBJECT]);
        octets.extend(body);
        Self(octets.as_chunks::<8>().0.iter().map(|eight| u64::from_ne_bytes(*eight)).collect())
    }

    pub fn as_ptr(&self) -> *const u64 {
        self.0.as_ptr()
    }

    #[cfg(test)]
    pub fn octets(&self) -> Vec<u8> {
        self.0.iter().flat_map(|eight| eight.to_ne_bytes()).collect()
    }
}

/// The properties of an object; of a choice its preferred value. `None` where it is none; what it holds of other kinds is left out.
pub fn properties(octets: &[u8]) -> Option<Vec<(u32, Value)>> {
    let (length, kind) = (word(octets, 0)? as usize, word(octets, 4)?);
    if kind != OBJECT {
        return None;
    }
    let body = octets.get(8..8usize.checked_add(length)?)?;
    let mut found = Vec::new();
    let mut at = 8;
    while let (Some(key), Some(size), Some(kind)) = (word(body, at), word(body, at + 8), word(body, at + 12)) {
        let value = body.get(at + 16..(at + 16).checked_add(size as usize)?)?;
        found.extend(read(kind, value).map(|value| (key, value)));
        at += 16 + (size as usize).next_multiple_of(8);
    }
    Some(found)
}

fn read(kind: u32, octets: &[u8]) -> Option<Value> {
    let word = |at| word(octets, at);
    Some(match kind {
        ID => Value::Id(word(0)?),
        INT => Value::Int(word(0)? as i32),
        RECTANGLE => Value::Rectangle(word(0)?, word(4)?),
        FRACTION => Value::Fraction(word(0)?, word(4)?),
        // Its kind and flags, then the size and kind of each of its values.
        CHOICE if word(12)? != CHOICE => read(word(12)?, octets.get(16..)?)?,
        _ => return None,
    })
}

fn write(body: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Enum(values) => choice(body, CHOICE_ENUM, values.first().into_iter().chain(values)),
        Value::Range(values) => choice(body, CHOICE_RANGE, values.iter().map(AsRef::as_ref)),
        Value::Flags(bits) => choice(body, CHOICE_FLAGS, [&Value::Int(*bits)].into_iter()),
        plain => {
            let (kind, own) = flat(plain);
            body.extend(words(&[own.len() as u32, kind]));
            body.extend(own);
        }
    }
    body.resize(body.len().next_multiple_of(8), 0);
}

fn choice<'a>(body: &mut Vec<u8>, kind: u32, values: impl Iterator<Item = &'a Value>) {
    let values: Vec<_> = values.map(flat).collect();
    let Some((of, first)) = values.first() else { return };
    let own: usize = values.iter().map(|(_, octets)| octets.len()).sum();
    body.extend(words(&[(16 + own) as u32, CHOICE, kind, 0, first.len() as u32, *of]));
    body.extend(values.into_iter().flat_map(|(_, octets)| octets));
}

/// The kind and the octets of a value that is no choice; choices within choices do not exist.
fn flat(value: &Value) -> (u32, Vec<u8>) {
    match value {
        Value::Id(id) => (ID, words(&[*id])),
        Value::Int(number) => (INT, words(&[*number as u32])),
        Value::Rectangle(width, height) => (RECTANGLE, words(&[*width, *height])),
        Value::Fraction(above, below) => (FRACTION, words(&[*above, *below])),
        Value::Enum(values) => values.first().map_or((INT, Vec::new()), flat),
        Value::Range([preferred, ..]) => flat(preferred),
        Value::Flags(bits) => (INT, words(&[*bits as u32])),
    }
}

fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_ne_bytes()).collect()
}

fn word(octets: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(octets.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_object_is_laid_out_as_the_header_says() {
        let octets = Object::new(7, 5, &[(1, Value::Id(2)), (6, Value::Flags(6))]).octets();
        let words: Vec<u32> = octets.as_chunks::<4>().0.iter().map(|word| u32::from_ne_bytes(*word)).collect();
        // Length, object, kind, purpose; key, flags, length, kind, the value, padding; and a choice of one number.
        let want = [72, 15, 7, 5, 1, 0, 4, 3, 2, 0, 6, 0, 20, 19, 4, 0, 4, 4, 6, 0];
        assert_eq!(words, want);
        assert_eq!(octets.len(), 8 + words[0] as usize);
        assert_eq!(octets.len() % 8, 0);
    }

    #[test]
    fn what_is_written_is_read_and_of_choices_the_preferred_one() {
        let given = vec![
            (1, Value::Id(2)),
            (2, Value::range(Value::Fraction(30, 1), Value::Fraction(0, 1), Value::Fraction(60, 1))),
            (3, Value::Enum(vec![Value::Id(8), Value::Id(12)])),
            (4, Value::Rectangle(1920, 1080)),
            (5, Value::Int(-3)),
        ];
        let read = properties(&Object::new(9, 3, &given).octets()).expect("an object");
        let want = [
            (1, Value::Id(2)),
            (2, Value::Fraction(30, 1)),
            (3, Value::Id(8)),
            (4, Value::Rectangle(1920, 1080)),
            (5, Value::Int(-3)),
        ];
        assert_eq!(read, want);
    }

    proptest! {
        #[test]
        fn nonsense_is_no_object_and_no_panic(octets in prop::collection::vec(any::<u8>(), 0..200), length in any::<u32>()) {
            properties(&octets);
            let mut like = words(&[length, OBJECT]);
            like.extend(octets);
            properties(&like);
        }
    }
}
