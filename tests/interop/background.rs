//! What is behind the person does not leave the computer: a person who moves about, filmed, in a call with a native participant.

use crate::ground::{self, Ground, ROOM};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use visavis_tests::peers::native;
use visavis_tests::places;

const SECONDS: u32 = 12;
const SIZE: (usize, usize) = (640, 360);
const PICTURES: usize = 30;

/// A film of the astronaut (NASA, public domain; `crates/video/model/README.md`) who goes a little left and right.
fn film(folder: &Path) -> PathBuf {
    let file = places::repository().join("crates/video/model/astronaut.png");
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(file).expect("a picture")));
    let mut reader = decoder.read_info().expect("PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    let (width, height) = (info.width as usize, info.height as usize);
    let colour = |x: f32, y: f32, channel: usize| {
        let at = |x: usize, y: usize| f32::from(pixels[(y.min(height - 1) * width + x.min(width - 1)) * 3 + channel]);
        let (x, y) = (x.clamp(0.0, width as f32), y.clamp(0.0, height as f32));
        let (left, top, right, below) = (x as usize, y as usize, x.fract(), y.fract());
        let upper = at(left, top) * (1.0 - right) + at(left + 1, top) * right;
        let lower = at(left, top + 1) * (1.0 - right) + at(left + 1, top + 1) * right;
        upper * (1.0 - below) + lower * below
    };
    let path = folder.join("camera.y4m");
    let mut out = std::io::BufWriter::new(std::fs::File::create(&path).expect("a film"));
    writeln!(out, "YUV4MPEG2 W{} H{} F15:1 Ip C420jpeg", SIZE.0, SIZE.1).expect("written");
    for number in 0..PICTURES {
        let turn = number as f32 / PICTURES as f32 * std::f32::consts::TAU;
        let plane = |divisor: usize, weights: [f32; 3], start: f32| -> Vec<u8> {
            let points =
                (0..SIZE.1 / divisor).flat_map(|y| (0..SIZE.0 / divisor).map(move |x| (x * divisor, y * divisor)));
            let scale = width as f32 / SIZE.0 as f32;
            let sample = |(x, y): (usize, usize)| {
                let (x, y) = ((x as f32 + 10.0 * turn.sin()) * scale, y as f32 * scale);
                let sum: f32 = weights.iter().enumerate().map(|(channel, weight)| weight * colour(x, y, channel)).sum();
                (start + sum).round() as u8
            };
            points.map(sample).collect()
        };
        out.write_all(b"FRAME\n").expect("written");
        for plane in [
            plane(1, [0.257, 0.504, 0.098], 16.0),
            plane(2, [-0.148, -0.291, 0.439], 128.0),
            plane(2, [0.439, -0.368, -0.071], 128.0),
        ] {
            out.write_all(&plane).expect("written");
        }
    }
    out.flush().expect("written");
    path
}

/// How much neighbours differ on average in parts of a PGM picture, in hundredths of its sides: behind her on both sides, and her face.
fn details(file: &Path) -> [f32; 3] {
    let bytes = std::fs::read(file).expect("the last picture");
    let end = bytes.iter().position(|byte| *byte == b'\n').expect("a header");
    let header = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let numbers: Vec<usize> = header.split(' ').filter_map(|word| word.parse().ok()).collect();
    let (width, height) = (numbers[0], numbers[1]);
    [(1, 10, 5, 60), (70, 89, 6, 80), (36, 52, 18, 55)].map(|(left, right, top, below)| {
        let columns = left * width / 100..right * width / 100;
        let rows: Vec<_> = (top * height / 100..below * height / 100)
            .map(|y| &bytes[end + 1 + y * width..][columns.clone()])
            .collect();
        let sum: u32 =
            rows.iter().flat_map(|row| row.windows(2)).map(|pair| u32::from(pair[0].abs_diff(pair[1]))).sum();
        sum as f32 / (rows.len() * columns.len()) as f32
    })
}

/// What the far end saw last, and our processor time for each second.
fn call(ground: &Ground, film: &Path, background: &str) -> ([f32; 3], f64) {
    let still = ground.folder.join(format!("{background}.pgm"));
    let mut options = native::Options::new(ground.server.url(), vec![ground.server.token(ROOM, "native")]);
    (options.codec, options.sound, options.still) = ("off", "off".into(), Some(still.clone()));
    let mut native = native::join("native", &ground.folder, &options).expect("the native peer");
    native.joined().expect("the native peer in the room");
    let mut options = ground.our_options(SECONDS);
    options.camera = format!("file:{}", film.display());
    options.arguments = vec!["--background".into(), background.into()];
    let ended = ground.call(&options);
    let ours = ground::left(&ended);
    assert!(ours.issues.is_empty(), "{:?}", ours.issues);
    native.leave().expect("the native peer's report");
    (details(&still), ours.process.cpu_seconds / (ours.duration_ms as f64 / 1000.0))
}

#[test]
fn what_is_behind_the_person_is_blurred_at_the_far_end() {
    let ground = Ground::new("background");
    let film = film(&ground.folder);
    let (plain, cost) = call(&ground, &film, "none");
    let (blurred, more) = call(&ground, &film, "blur");
    println!("details {plain:?} {blurred:?}; {:.1} % of a core more", (more - cost) * 100.0);
    assert!(blurred[0] < 0.5 * plain[0] && blurred[1] < 0.5 * plain[1], "behind her: {plain:?} {blurred:?}");
    assert!(blurred[2] > 0.8 * plain[2], "her face: {plain:?} {blurred:?}");
}
