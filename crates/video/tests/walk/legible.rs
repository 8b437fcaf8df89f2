//! The barcode survives lossy coding and scaling.

use crate::support::network::frames;
use crate::support::sender::Kind;
use proptest::prelude::*;
use visavis_model::{Rect, Size};
use visavis_video::scale::Scaler;
use visavis_video::{barcode, decode};

/// Decodes two seconds of this size and rate and reads every code, as decoded and scaled to `shown`. An encoder whose rate does not
/// fit its size leaves pictures out; at least `least` of the sixty are there.
fn check(kind: Kind, size: Size, kilobits: u32, shown: &[Size], least: u32) {
    let mut decoder = decode::open(kind.codec()).expect("opens");
    let mut scaler = Scaler::default();
    let mut count = 0;
    for frame in frames(kind, size, kilobits, 60) {
        let picture = decoder.decode(&frame).expect("decodes").expect("a picture");
        let code = barcode::read(picture.i420());
        assert!(code.is_some(), "{kind:?} {size} {kilobits} kb/s: picture {count} cannot be read");
        for target in shown {
            let size = picture.size();
            let whole = Rect { x: 0, y: 0, width: size.width, height: size.height };
            let scaled = scaler.resize(picture.i420(), whole, *target, false).expect("inside");
            assert_eq!(barcode::read(&scaled), code, "{kind:?} {size} scaled to {target}");
        }
        count += 1;
    }
    assert!(count >= least, "{kind:?} {size} {kilobits} kb/s: only {count} pictures");
}

#[test]
fn at_320_by_180_and_a_low_rate() {
    for kind in [Kind::H264, Kind::Vp8, Kind::Vp9] {
        check(kind, Size::new(320, 180), 100, &[Size::new(200, 112), Size::new(477, 268), Size::new(1280, 720)], 31);
    }
}

#[test]
fn at_720p_shown_small() {
    check(Kind::H264, Size::new(1280, 720), 900, &[Size::new(160, 90), Size::new(320, 180), Size::new(639, 361)], 31);
    check(Kind::Vp9Svc { forwarded: 2 }, Size::new(1280, 720), 1400, &[Size::new(320, 180)], 31);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn at_any_size_and_rate(width in 90u32..400, height in 60u32..240, kilobits in 120u32..400) {
        check(Kind::H264, Size::new(width * 2, height * 2), kilobits, &[Size::new(160, 96)], 15);
    }
}
