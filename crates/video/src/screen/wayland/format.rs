//! Which pictures we take from PipeWire, and which ones come: pure. Numbers are those of its headers (`spa/param/…`).

use super::pod::{Object, Value, properties};
use visavis_model::Size;

/// What a parameter is for (`spa/param/param.h`).
pub const FORMAT: u32 = 4;
const ENUM_FORMAT: u32 = 3;
const BUFFERS: u32 = 5;
const META: u32 = 6;
/// Kinds of objects (`spa/utils/type.h`).
const OBJECT_FORMAT: u32 = 0x4_0003;
const OBJECT_BUFFERS: u32 = 0x4_0004;
const OBJECT_META: u32 = 0x4_0005;
/// Properties of a format (`spa/param/format.h`).
const MEDIA_TYPE: u32 = 1;
const MEDIA_SUBTYPE: u32 = 2;
const VIDEO_FORMAT: u32 = 0x2_0001;
const VIDEO_SIZE: u32 = 0x2_0003;
const VIDEO_RATE: u32 = 0x2_0004;
const VIDEO_MOST_RATE: u32 = 0x2_0005;
const VIDEO: u32 = 2;
const RAW: u32 = 1;
/// Of buffers and of what comes with them (`spa/param/buffers.h`, `spa/buffer/meta.h`).
const BUFFERS_COUNT: u32 = 1;
const BUFFERS_KINDS: u32 = 6;
const META_TYPE: u32 = 1;
const META_SIZE: u32 = 2;
pub const META_HEADER: u32 = 1;
pub const META_CROP: u32 = 2;
/// Kinds of memory (`spa/buffer/buffer.h`): a pointer, and a file that is mapped. No DMA-BUF: its pixels lie as the graphics card
/// wants them, and every compositor has memory for those who do not ask for it.
pub const IN_MEMORY: [u32; 2] = [1, 2];

/// Most pictures a second; the interval of the source decides how many of them are looked at.
const MOST_RATE: u32 = 30;
/// The widest and highest pictures that are taken.
const LARGEST_SIDE: u32 = 16_384;

/// In which order the octets of a pixel come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Blue, green, red, anything.
    Blue,
    /// Red, green, blue, anything.
    Red,
}

/// Those that we read, the best first: `BGRx`, `BGRA`, `RGBx`, `RGBA` (`spa/param/video/raw.h`).
const ORDERS: [(u32, Order); 4] = [(8, Order::Blue), (12, Order::Blue), (7, Order::Red), (11, Order::Red)];

/// What pictures there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    pub order: Order,
    pub size: Size,
}

impl Format {
    /// Reads what was agreed on. `None` where it is nothing that we asked for.
    pub fn read(octets: &[u8]) -> Option<Self> {
        let properties = properties(octets)?;
        let value = |wanted| properties.iter().find(|(key, _)| *key == wanted).map(|(_, value)| value);
        if (value(MEDIA_TYPE), value(MEDIA_SUBTYPE)) != (Some(&Value::Id(VIDEO)), Some(&Value::Id(RAW))) {
            return None;
        }
        let (Value::Id(format), Value::Rectangle(width, height)) = (value(VIDEO_FORMAT)?, value(VIDEO_SIZE)?) else {
            return None;
        };
        let (_, order) = ORDERS.into_iter().find(|(id, _)| id == format)?;
        let sides = 2..=LARGEST_SIDE;
        (sides.contains(width) && sides.contains(height)).then(|| Self { order, size: Size::new(*width, *height) })
    }
}

/// The formats that we take.
pub fn wanted() -> Object {
    let formats = ORDERS.into_iter().map(|(id, _)| Value::Id(id)).collect();
    let side = |length| Value::Rectangle(length, length);
    // Its rate is nothing at all where pictures come when something changes.
    let rate = Value::range(Value::Fraction(0, 1), Value::Fraction(0, 1), Value::Fraction(1000, 1));
    let most = Value::range(Value::Fraction(MOST_RATE, 1), Value::Fraction(1, 1), Value::Fraction(MOST_RATE, 1));
    Object::new(
        OBJECT_FORMAT,
        ENUM_FORMAT,
        &[
            (MEDIA_TYPE, Value::Id(VIDEO)),
            (MEDIA_SUBTYPE, Value::Id(RAW)),
            (VIDEO_FORMAT, Value::Enum(formats)),
            (VIDEO_SIZE, Value::range(Value::Rectangle(1920, 1080), side(2), side(LARGEST_SIDE))),
            (VIDEO_RATE, rate),
            (VIDEO_MOST_RATE, most),
        ],
    )
}

/// In what memory they come, and with what: answered to the format that was agreed on.
pub fn answers() -> [Object; 3] {
    let kinds = IN_MEMORY.into_iter().map(|kind| 1 << kind).sum();
    // One is ours while we wait for the next, so two would be too few.
    let count = Value::range(Value::Int(4), Value::Int(3), Value::Int(16));
    let meta =
        |kind, size| Object::new(OBJECT_META, META, &[(META_TYPE, Value::Id(kind)), (META_SIZE, Value::Int(size))]);
    [
        Object::new(OBJECT_BUFFERS, BUFFERS, &[(BUFFERS_COUNT, count), (BUFFERS_KINDS, Value::Flags(kinds))]),
        meta(META_HEADER, 32),
        meta(META_CROP, 16),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreed(format: u32, width: u32, height: u32) -> Vec<u8> {
        Object::new(
            OBJECT_FORMAT,
            FORMAT,
            &[
                (MEDIA_TYPE, Value::Id(VIDEO)),
                (MEDIA_SUBTYPE, Value::Id(RAW)),
                (VIDEO_FORMAT, Value::Id(format)),
                (VIDEO_RATE, Value::Fraction(0, 1)),
                (VIDEO_SIZE, Value::Rectangle(width, height)),
            ],
        )
        .octets()
    }

    #[test]
    fn what_was_agreed_on_is_read() {
        let size = Size::new(1280, 720);
        assert_eq!(Format::read(&agreed(8, 1280, 720)), Some(Format { order: Order::Blue, size }));
        assert_eq!(Format::read(&agreed(11, 1280, 720)), Some(Format { order: Order::Red, size }));
        assert_eq!(Format::read(&agreed(2, 1280, 720)), None, "planes");
        assert_eq!(Format::read(&agreed(8, 1, 720)), None, "nothing to see");
        assert_eq!(Format::read(&agreed(8, u32::MAX, 720)), None);
        assert_eq!(Format::read(&[]), None);
    }

    #[test]
    fn the_first_that_we_want_is_one_that_we_take() {
        // Of choices the preferred value is read: what nobody else limits is agreed on so.
        let format = Format::read(&wanted().octets());
        assert_eq!(format, Some(Format { order: Order::Blue, size: Size::new(1920, 1080) }));
    }

    #[test]
    fn memory_alone_is_asked_for() {
        let [buffers, ..] = answers();
        let kinds = properties(&buffers.octets()).expect("an object");
        assert!(kinds.contains(&(BUFFERS_KINDS, Value::Int(0b110))), "{kinds:?}");
    }
}
