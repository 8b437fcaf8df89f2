//! What open devices cost: processor time of a process in which the system's microphone and loudspeaker are open, and nothing else goes on.
//!
//! `cargo run --release -p visavis-audio --example open -- [SECONDS]`

use std::time::{Duration, Instant};
use visavis_audio::capture::Capture;
use visavis_audio::playback::{Playback, Sink as _};
use visavis_media::AudioBlock;
use visavis_model::DeviceChoice;

/// Processor time of this process so far, in ticks of 10 ms.
fn ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    [11, 12].iter().filter_map(|at| fields.get(*at)?.parse::<u64>().ok()).sum()
}

fn main() -> Result<(), visavis_audio::device::Error> {
    let seconds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10);
    let (capture, mut reader) = Capture::open(&DeviceChoice::System)?;
    let (playback, mut writer) = Playback::open(&DeviceChoice::System)?;
    let (before, start) = (ticks(), Instant::now());
    let end = start + Duration::from_secs(seconds);
    let mut heard = 0;
    while Instant::now() < end {
        for _ in 0..writer.due() {
            writer.write(&AudioBlock::SILENCE);
        }
        while reader.read().is_some() {
            heard += 1;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let share = (ticks() - before) as f64 / start.elapsed().as_secs_f64();
    println!(
        "{share:.1} % of a core, {heard} blocks of 10 ms in {seconds} s, {} underruns, {} samples dropped",
        playback.underruns(),
        capture.dropped_samples()
    );
    Ok(())
}
