//! What another background costs: each part by itself, with and without the newer instructions; then as in a meeting, thirty
//! pictures of 1280 × 720 a second with and without an effect, by the processor time of this process.
//!
//! `cargo run --release -p visavis-video --example background [-- --seconds 10] [--camera PICTURE] [--behind PICTURE] [--stills FOLDER]`:
//! `--stills` writes what comes out.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use visavis_media::{Frame, I420, Latest, MediaTime, Pool, Surface};
use visavis_model::{Rect, Size};
use visavis_video::background::{Behind, Compositor, Effect, Matte, Segmenter, Strength, Worker, picture_of};
use visavis_video::scale::{Scaler, cover, to_bgra};

const ASTRONAUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/model/astronaut.png");
const CAMERA: Size = Size::new(1280, 720);
const TIMES: usize = 300;

/// The best, the middle and the ninetieth of a hundred, in milliseconds. The best is what it takes where nobody disturbs.
fn cost(name: &str, mut work: impl FnMut()) {
    let mut times: Vec<f64> = (0..TIMES)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name:44} best {:6.3} ms  median {:6.3}  p90 {:6.3}", times[0], times[TIMES / 2], times[TIMES * 9 / 10]);
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (mut seconds, mut stills, mut front, mut behind) = (10, None, ASTRONAUT.to_owned(), ASTRONAUT.to_owned());
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        match name.as_str() {
            "--seconds" => seconds = value.parse().unwrap_or(seconds),
            "--camera" => front = value,
            "--behind" => behind = value,
            "--stills" => stills = Some(value),
            _ => eprintln!("unknown: {name}"),
        }
    }
    let still = picture_of(Path::new(&behind)).expect("a picture");
    let camera = filled(&picture_of(Path::new(&front)).expect("a picture"), CAMERA);
    let mut segmenter = Segmenter::new().expect("a model");
    fill(&mut segmenter, &filled(&camera, Size::new(256, 144)));

    cost("mask: AVX2 and FMA, where there are", || {
        black_box(segmenter.run());
    });
    let mut plain = Segmenter::new().expect("a model").plain();
    cost("mask: the same without", || {
        black_box(plain.run());
    });
    println!("{:44} {:>14}", "mask: tract 0.23.9, published", "12.5 ms");
    let mut matte = Matte::default();
    let (width, _) = segmenter.size();
    cost("matte", || matte.update(segmenter.mask(), width));
    let mut scaler = Scaler::default();
    cost("camera's picture made small", || {
        let whole = Rect { x: 0, y: 0, width: CAMERA.width, height: CAMERA.height };
        black_box(scaler.resize(&camera, whole, Size::new(256, 144), false));
    });
    let mut compositor = Compositor::default();
    for (name, behind) in [
        ("compose 720p: blurred lightly", Behind::Blurred(Strength::Light)),
        ("compose 720p: blurred strongly", Behind::Blurred(Strength::Strong)),
        ("compose 720p: a picture", Behind::Picture(&still)),
    ] {
        cost(name, || {
            black_box(compositor.compose(&camera, &matte, behind));
        });
    }
    let surface = Surface::I420(Arc::new(camera));
    let mut base = None;
    for (name, effect) in [
        ("none", Effect::None),
        ("blurred lightly", Effect::Blur(Strength::Light)),
        ("blurred strongly", Effect::Blur(Strength::Strong)),
        ("a picture", Effect::Picture(behind.into())),
    ] {
        let (share, lost, rate, last) = meeting(&surface, effect, seconds);
        let over = share - *base.get_or_insert(share);
        println!(
            "30 a second, {name:24} {share:5.1} % of a core (+{over:4.1})  {lost} lost  masks at most {rate} a second"
        );
        if let (Some(folder), Some(last)) = (&stills, last) {
            write(&format!("{folder}/{}.png", name.replace(' ', "-")), last.i420()).expect("a still");
        }
    }
}

/// Processor time as a share of one core, pictures that did not come out, masks a second, and the last picture.
fn meeting(surface: &Surface, effect: Effect, seconds: u32) -> (f64, u32, f32, Option<Frame>) {
    let (input, output) = (Latest::new(), Latest::new());
    let worker = Worker::start(input.clone(), output.clone(), effect).expect("a thread");
    let (mut came, mut last, mut from) = (0, None, (0.0, Instant::now()));
    let start = Instant::now();
    // The first second is for the machine to get into it.
    for number in 0..(seconds + 1) * 30 {
        if number == 30 {
            (came, from) = (0, (processor_seconds(), Instant::now()));
        }
        input.put(Frame { surface: surface.clone(), time: MediaTime::from_micros(start.elapsed().as_micros() as i64) });
        let due = start + Duration::from_secs_f64(f64::from(number + 1) / 30.0);
        while let Some(left) = due.checked_duration_since(Instant::now()) {
            if let Some(frame) = output.wait(left) {
                came += 1;
                last = Some(frame);
            }
        }
    }
    let share = (processor_seconds() - from.0) / from.1.elapsed().as_secs_f64() * 100.0;
    (share, (seconds * 30).saturating_sub(came), worker.stats().rate, last)
}

/// Of all threads of this process; Linux only.
fn processor_seconds() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = tasks.filter_map(|task| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    });
    nanoseconds.sum::<f64>() / 1e9
}

fn filled(picture: &I420, size: Size) -> I420 {
    Scaler::default().resize(picture, cover(picture.size(), size), size, false).expect("a picture")
}

/// Grey is enough to see what it costs, and to find her.
fn fill(segmenter: &mut Segmenter, picture: &I420) {
    let luma = picture.planes()[0];
    for (y, row) in segmenter.rows().enumerate() {
        for (point, luma) in row.chunks_exact_mut(3).zip(luma.row(y)) {
            point.fill((f32::from(*luma) - 16.0) / 219.0);
        }
    }
}

fn write(path: &str, picture: &I420) -> std::io::Result<()> {
    let bgra = to_bgra(picture, &Pool::new(0));
    let rgb: Vec<u8> = bgra.data().chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
    let mut encoder = png::Encoder::new(std::fs::File::create(path)?, bgra.size().width, bgra.size().height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(&rgb)?;
    Ok(())
}
