//! How much of the loudspeaker is left in what others hear, in rooms that move: `cargo xtask bench audio`.

use visavis_audio::measure::echo::{Scene, play};
use visavis_audio::process::{Noise, Parts};

fn main() {
    removed();
    jumps();
    double_talk();
}

fn removed() {
    let still = Scene::default();
    let canceller = Parts { gain: false, noise: Noise::Off, ..Parts::ALL };
    println!("{:<32} {:>8} {:>8} {:>14}", "ERLE in dB (demanded: 30)", "1–2 s", "2 s –", "worst second");
    for scene in [
        Scene { name: "20 ms", delays: vec![(0.0, 20)], ..still.clone() },
        Scene { name: "60 ms", ..still.clone() },
        Scene { name: "240 ms", delays: vec![(0.0, 240)], ..still.clone() },
        Scene { name: "60 ms, canceller alone", parts: canceller, ..still.clone() },
        Scene { name: "60 ms, all parts", parts: Parts::ALL, ..still.clone() },
        Scene { name: "a loudspeaker that bends", bends: true, ..still.clone() },
        Scene { name: "clocks 20 millionths apart", drift: 20.0, seconds: 20, ..still.clone() },
        Scene { name: "clocks 100 millionths apart", drift: 100.0, seconds: 20, ..still.clone() },
        Scene { name: "clocks −100 millionths apart", drift: -100.0, seconds: 20, ..still.clone() },
    ] {
        let course = play(&scene);
        let worst = (1..scene.seconds).map(|at| course.erle(at as f64, at as f64 + 1.0)).fold(f32::MAX, f32::min);
        let (first, later) = (course.erle(1.0, 2.0), course.erle(2.0, scene.seconds as f64));
        println!("{:<32} {first:>8.1} {later:>8.1} {worst:>14.1}", scene.name);
    }
}

fn jumps() {
    println!("\n{:<32} {:>8} {:>16} {:>16}", "the delay jumps, dBFS", "echo", "loudest sent", "under −50 after");
    for (from, to) in [(60, 180), (180, 60), (60, 65), (40, 240)] {
        let scene = Scene { delays: vec![(0.0, from), (8.0, to)], seconds: 16, ..Scene::default() };
        let course = play(&scene);
        let echo = course.echo[80..110].iter().copied().fold(0.0, f32::max);
        println!(
            "{:<32} {:>8.1} {:>16.1} {:>14.1} s",
            format!("{from} to {to} ms"),
            10.0 * echo.log10(),
            course.loudest(8.0, 11.0),
            course.quiet_after(8.0, -50.0),
        );
    }
}

fn double_talk() {
    println!("\n{:<32} {:>24} {:>18}", "both speak: near voice, dB", "without noise suppression", "with it");
    for louder in [-6.0, 0.0, 6.0, 12.0] {
        let change = |noise| {
            let parts = Parts { gain: false, noise, ..Parts::ALL };
            let scene = Scene { near: Some((6, 16, louder)), seconds: 17, parts, ..Scene::default() };
            play(&scene).near_change(7.0, 16.0)
        };
        let name = format!("{louder:+} dB beside the echo");
        println!("{name:<32} {:>24.1} {:>18.1}", change(Noise::Off), change(Noise::High));
    }
}
