//! Lists the cameras, films with one, and says what came: for a look at a machine.
//!
//! `camera [--device ID|NAME|/dev/videoN] [--size 1280x720] [--fps 30] [--seconds 5] [--least FRAMES]`
//!
//! Exit code 0: at least `--least` pictures came, and they moved. 1: not so. 2: the call was wrong.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use visavis_media::{Frame, Latest, MediaTime};
use visavis_model::{CameraChoice, DeviceId, Fps, Size};
use visavis_video::capture::{Clock, State, Worker};
use visavis_video::device;

struct Wishes {
    choice: CameraChoice,
    size: Size,
    fps: Fps,
    seconds: u64,
    least: u64,
}

fn wishes() -> Option<Wishes> {
    let mut wishes =
        Wishes { choice: CameraChoice::System, size: Size::new(1280, 720), fps: Fps(30.0), seconds: 5, least: 1 };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next()?;
        match argument.as_str() {
            "--device" => wishes.choice = CameraChoice::Device(DeviceId(value)),
            "--size" => {
                let (width, height) = value.split_once('x')?;
                wishes.size = Size::new(width.parse().ok()?, height.parse().ok()?);
            }
            "--fps" => wishes.fps = Fps(value.parse().ok()?),
            "--seconds" => wishes.seconds = value.parse().ok()?,
            "--least" => wishes.least = value.parse().ok()?,
            _ => return None,
        }
    }
    Some(wishes)
}

fn main() -> ExitCode {
    let Some(wishes) = wishes() else {
        eprintln!("camera [--device ID] [--size 1280x720] [--fps 30] [--seconds 5] [--least FRAMES]");
        return ExitCode::from(2);
    };
    for camera in device::cameras() {
        println!(
            "camera {:?} {:?}{}",
            camera.name,
            camera.id.as_str(),
            if camera.is_default { " (default)" } else { "" }
        );
    }
    let start = Instant::now();
    let clock: Clock = Arc::new(move || MediaTime::from_micros(start.elapsed().as_micros() as i64));
    let out = Latest::<Frame>::new();
    let worker = Worker::open(wishes.choice, wishes.size, wishes.fps, out.clone(), clock);
    let (mut first, mut format, mut changed, mut before) = (None, None, 0u64, None);
    // The driver may take its time to open: the seconds count from the first picture.
    while worker.failure().is_none() {
        if let State::Running(running) = worker.stats().state {
            format = Some(running);
        }
        if let Some(frame) = out.wait(Duration::from_millis(200)) {
            first.get_or_insert(frame.time);
            let sum: u64 = frame.i420().planes()[0].data.iter().step_by(97).map(|sample| u64::from(*sample)).sum();
            changed += u64::from(before.replace(sum).is_some_and(|before| before != sum));
        }
        let waited =
            first.map_or(start.elapsed() / 4, |first| MediaTime(start.elapsed().as_micros() as i64).since(first));
        if waited >= Duration::from_secs(wishes.seconds) {
            break;
        }
    }
    let stats = worker.stats();
    println!("format {format:?}");
    println!("first picture after {:?} ms", first.map(|time| time.micros() / 1000));
    println!("pictures {} of {}, changed {changed}, errors {}", stats.frames, stats.size, stats.errors);
    if let Some(error) = stats.last_error {
        println!("last error: {error}");
    }
    if stats.frames >= wishes.least && changed > 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
