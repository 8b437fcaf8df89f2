//! What each step costs. Run with `--nocapture` to see the table; the limits are wide enough for a busy machine.

use crate::support::network::frames;
use crate::support::sender::Kind;
use std::hint::black_box;
use std::sync::{Arc, LazyLock};
use std::time::Instant;
use visavis_media::{Frame, I420, MediaTime, Pool, Surface};
use visavis_model::{BitsPerSecond, Codec, Fps, Rect, Size};
use visavis_video::capture::Synthetic;
use visavis_video::encode::{Encoder, Ladder};
use visavis_video::scale::{Scaler, to_bgra};
use visavis_video::{barcode, decode};

const P720: Size = Size::new(1280, 720);
const P360: Size = Size::new(640, 360);

/// Time that this thread has run, in milliseconds: other work on the machine does not count.
fn thread_time() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let of_thread = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = of_thread.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.unwrap_or_else(|| START.elapsed().as_nanos() as f64) / 1e6
}

/// Milliseconds of this thread for one of `count` runs, the first one left out.
fn measure(name: &str, count: usize, mut run: impl FnMut(usize)) -> f64 {
    run(0);
    let start = thread_time();
    (1..=count).for_each(&mut run);
    let mean = (thread_time() - start) / count as f64;
    println!("{name:<44} {mean:7.3} ms");
    mean
}

fn whole(size: Size) -> Rect {
    Rect { x: 0, y: 0, width: size.width, height: size.height }
}

#[test]
fn drawing_and_scaling() {
    for size in [P720, P360] {
        let mut source = Synthetic::new(size, Fps(30.0), 0);
        let draw = measure(&format!("draw {size}"), 300, |index| {
            black_box(source.draw(index as u32));
        });
        let picture = source.draw(0);
        let (mut scaler, pool) = (Scaler::default(), Pool::new(2));
        measure(&format!("half {size}"), 300, |_| {
            black_box(scaler.half(&picture));
        });
        for target in [Size::new(400, 300), Size::new(960, 540)] {
            measure(&format!("resize {size} to {target}"), 300, |_| {
                black_box(scaler.resize(&picture, whole(size), target, false));
            });
        }
        let bgra = measure(&format!("to BGRA {size}"), 300, |_| {
            black_box(to_bgra(&picture, &pool));
        });
        measure(&format!("read barcode {size}"), 300, |_| {
            black_box(barcode::read(&picture));
        });
        if size == P720 {
            assert!(draw < 3.0 && bgra < 3.0, "draw {draw} ms, BGRA {bgra} ms");
        }
    }
}

#[test]
fn encoding() {
    for (size, kilobits) in [(P720, 1700), (P360, 500), (Size::new(320, 180), 150)] {
        let mut source = Synthetic::new(size, Fps(30.0), 0);
        let pictures: Vec<I420> = (0..45).map(|counter| source.draw(counter)).collect();
        let rate = BitsPerSecond::from_kilobits(kilobits);
        let mut encoder = Encoder::new(Codec::H264, None, rate, Fps(30.0)).expect("opens");
        let encode = measure(&format!("encode H.264 {size} at {kilobits} kb/s"), 44, |index| {
            let time = MediaTime::from_millis(index as i64 * 33);
            black_box(encoder.encode(&pictures[index], time).expect("encodes"));
        });
        if size == P720 {
            // 2.1 ms on a quiet machine, 5.8 without assembler; a machine that does other work too takes thrice as long.
            assert!(encode <= 12.0, "{encode} ms: is the assembler in?");
        }
    }
    let mut source = Synthetic::new(P720, Fps(30.0), 0);
    let pictures: Vec<Frame> = (0..45)
        .map(|counter| Frame {
            surface: Surface::I420(Arc::new(source.draw(counter))),
            time: MediaTime::from_millis(i64::from(counter) * 33),
        })
        .collect();
    let mut ladder = Ladder::new(Codec::H264, P720, Fps(30.0)).expect("opens");
    measure("encode three layers of 1280x720", 44, |index| {
        black_box(ladder.encode(&pictures[index]));
    });
}

#[test]
fn decoding() {
    for kind in [Kind::H264, Kind::Vp8, Kind::Vp9, Kind::Vp9Svc { forwarded: 2 }] {
        for (size, kilobits) in [(P720, 1500), (P360, 500)] {
            let frames = frames(kind, size, kilobits, 45);
            let mut decoder = decode::open(kind.codec()).expect("opens");
            let decode = measure(&format!("decode {kind:?} {size} at {kilobits} kb/s"), frames.len() - 1, |index| {
                black_box(decoder.decode(&frames[index]).expect("decodes"));
            });
            assert!(decode < 15.0, "{kind:?}: {decode} ms");
        }
    }
}
