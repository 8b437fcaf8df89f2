//! How much of the loudspeaker is left in what others hear, in rooms that move: `cargo xtask bench audio`.

use visavis_audio::measure::echo::{Course, Far, Moved, Scene, play};
use visavis_audio::process::{Noise, Parts};

/// Pairs of voices for each figure: with one, chance is worth 10 dB where the canceller is at its limits.
const PAIRS: u64 = 4;

fn main() {
    removed();
    jumps();
    moves();
    double_talk();
    beginning();
}

fn removed() {
    let still = Scene::default();
    let canceller = Parts { gain: false, noise: Noise::Off, ..Parts::ALL };
    println!(
        "{:<32} {:>8} {:>8} {:>8} {:>14}",
        "ERLE in dB, least (demanded: 30)", "0–1 s", "1–2 s", "2 s –", "worst second"
    );
    for scene in [
        Scene { name: "20 ms", delays: vec![(0.0, 20)], ..still.clone() },
        Scene { name: "60 ms", ..still.clone() },
        Scene { name: "180 ms", delays: vec![(0.0, 180)], ..still.clone() },
        Scene { name: "240 ms", delays: vec![(0.0, 240)], ..still.clone() },
        Scene { name: "60 ms, canceller alone", parts: canceller, ..still.clone() },
        Scene { name: "60 ms, all parts", parts: Parts::ALL, ..still.clone() },
        Scene { name: "60 ms, 8 dB louder echo", loudness: 2.5, ..still.clone() },
        Scene { name: "60 ms, 12 dB fainter echo", loudness: 0.25, ..still.clone() },
        Scene { name: "a loudspeaker that bends", bends: true, ..still.clone() },
        Scene { name: "clocks 20 millionths apart", drift: 20.0, seconds: 20, ..still.clone() },
        Scene { name: "clocks 100 millionths apart", drift: 100.0, seconds: 20, ..still.clone() },
        Scene { name: "clocks −100 millionths apart", drift: -100.0, seconds: 20, ..still.clone() },
    ] {
        let courses = all(&scene);
        let erle = |from, to| least(&courses, |course| course.erle(from, to));
        let worst = (1..scene.seconds).map(|at| erle(at as f64, at as f64 + 1.0)).fold(f32::MAX, f32::min);
        let (begin, first, later) = (erle(0.0, 1.0), erle(1.0, 2.0), erle(2.0, scene.seconds as f64));
        println!("{:<32} {begin:>8.1} {first:>8.1} {later:>8.1} {worst:>14.1}", scene.name);
    }
}

fn jumps() {
    println!("\n{:<32} {:>8} {:>16} {:>16}", "the delay jumps, dBFS, most", "echo", "loudest sent", "under −50 after");
    for (from, to) in [(60, 180), (180, 60), (60, 65), (40, 240)] {
        let scene = Scene { delays: vec![(0.0, from), (8.0, to)], seconds: 16, ..Scene::default() };
        told(&format!("{from} to {to} ms"), &scene);
    }
}

fn moves() {
    println!("\n{:<32} {:>8} {:>16} {:>16}", "something moves, dBFS, most", "echo", "loudest sent", "under −50 after");
    for (name, moved, bends) in [
        ("turned up by 6 dB", Moved::Louder(6.0), false),
        ("turned down by 12 dB", Moved::Louder(-12.0), false),
        ("the laptop is moved", Moved::Laptop, false),
        ("the same, it bends", Moved::Laptop, true),
        ("a headset is taken off", Moved::HeadsetOff, false),
    ] {
        told(name, &Scene { moved: Some((8.0, moved)), bends, seconds: 16, ..Scene::default() });
    }
}

fn told(name: &str, scene: &Scene) {
    let courses = all(scene);
    let echo = most(&courses, |course| course.echo[80..110].iter().copied().fold(0.0, f32::max));
    println!(
        "{name:<32} {:>8.1} {:>16.1} {:>14.1} s",
        10.0 * echo.log10(),
        most(&courses, |course| course.loudest(8.0, 11.0)),
        most(&courses, |course| course.quiet_after(8.0, -50.0) as f32),
    );
}

/// What happens to each pair of voices.
fn all(scene: &Scene) -> Vec<Course> {
    (0..PAIRS).map(|voices| play(&Scene { voices, ..scene.clone() })).collect()
}

fn mean(courses: &[Course], of: impl Fn(&Course) -> f32) -> f32 {
    courses.iter().map(of).sum::<f32>() / courses.len() as f32
}

fn least(courses: &[Course], of: impl Fn(&Course) -> f32) -> f32 {
    courses.iter().map(of).fold(f32::MAX, f32::min)
}

fn most(courses: &[Course], of: impl Fn(&Course) -> f32) -> f32 {
    courses.iter().map(of).fold(f32::MIN, f32::max)
}

fn double_talk() {
    println!("\n{:<32} {:>27} {:>27}", "both speak, mean", "without noise suppression", "with it");
    let measured = "voice, lost, ERLE in pauses";
    println!("{:<32} {measured:>27} {measured:>27}", "");
    let even = Scene { near: Some((6, 16, 0.0)), seconds: 17, ..Scene::default() };
    for (name, scene) in [
        ("−6 dB beside the echo", Scene { near: Some((6, 16, -6.0)), ..even.clone() }),
        ("0 dB beside the echo", even.clone()),
        ("+6 dB beside the echo", Scene { near: Some((6, 16, 6.0)), ..even.clone() }),
        ("+12 dB beside the echo", Scene { near: Some((6, 16, 12.0)), ..even.clone() }),
        ("0 dB, it bends", Scene { bends: true, ..even.clone() }),
        ("0 dB, clocks 20 millionths apart", Scene { drift: 20.0, ..even.clone() }),
        ("0 dB, clocks 100 millionths apart", Scene { drift: 100.0, ..even.clone() }),
        ("0 dB, clocks −300 millionths apart", Scene { drift: -300.0, ..even.clone() }),
        ("nobody else speaks", Scene { far: Far::Silence, ..even.clone() }),
        ("no echo, a headset", Scene { loudness: 0.0, ..even.clone() }),
    ] {
        let heard = |noise| {
            let courses = all(&Scene { parts: Parts { gain: false, noise, ..Parts::ALL }, ..scene.clone() });
            let voice = mean(&courses, |course| course.near_change(7.0, 16.0));
            let lost = 100.0 * mean(&courses, |course| course.near_lost(7.0, 16.0));
            let has_echo = scene.loudness > 0.0 && scene.far != Far::Silence;
            let echo = has_echo.then(|| least(&courses, |course| course.erle_in_pauses(7.0, 16.0)));
            format!("{voice:.1} dB, {lost:.0} %, {}", echo.map_or("none".into(), |erle| format!("{erle:.1} dB")))
        };
        println!("{name:<32} {:>27} {:>27}", heard(Noise::Off), heard(Noise::High));
    }
}

fn beginning() {
    println!("\n{:<32} {:>21} {:>21}", "near voice in the beginning", "0–2.5 s, lost", "2.5–12 s, lost");
    let begins = Scene { near: Some((0, 12, 0.0)), seconds: 12, ..Scene::default() };
    let tone = Far::Tone(440.0);
    for (name, scene) in [
        ("others speak, 60 ms", begins.clone()),
        ("others speak, a headset", Scene { loudness: 0.0, ..begins.clone() }),
        ("a tone, 60 ms", Scene { far: tone, ..begins.clone() }),
        ("a tone, a headset", Scene { far: tone, loudness: 0.0, ..begins.clone() }),
        (
            "others speak, a headset put on",
            Scene { moved: Some((6.0, Moved::HeadsetOn)), near: Some((6, 18, 0.0)), seconds: 18, ..begins.clone() },
        ),
    ] {
        let courses = all(&scene);
        let begins = scene.near.map_or(0.0, |(from, _, _)| from as f64);
        let heard = |from: f64, to: f64| {
            let voice = mean(&courses, |course| course.near_change(begins + from, begins + to));
            let lost = 100.0 * mean(&courses, |course| course.near_lost(begins + from, begins + to));
            format!("{voice:.1} dB, {lost:.0} %")
        };
        println!("{name:<32} {:>21} {:>21}", heard(0.0, 2.5), heard(2.5, 12.0));
    }
}
