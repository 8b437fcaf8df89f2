//! The thread between camera and encoder: takes pictures, puts something else behind the person, and hands them on.

use super::blur::Strength;
use super::compose::{Behind, Compositor};
use super::matte::Matte;
use super::pacer::Pacer;
use super::picture::picture_of;
use super::segmenter::Segmenter;
use crate::capture::Error;
use crate::scale::Scaler;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use visavis_media::{Frame, I420, Latest, Surface};
use visavis_model::{Rect, Size};

/// How long it waits for a picture before it looks around.
const PATIENCE: Duration = Duration::from_millis(200);

/// What comes behind the person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Effect {
    /// What is there.
    #[default]
    None,
    Blur(Strength),
    /// A PNG or JPEG picture; strongly blurred until it is read, and where it cannot be.
    Picture(PathBuf),
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// This machine is too slow: there is no effect any more.
    TooSlow,
    /// The picture for behind cannot be read: what is there is blurred strongly.
    Picture(Error),
}

/// What it took so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    /// Pictures with an effect.
    pub pictures: u64,
    pub masks: u64,
    /// Time for the masks, and for all the rest.
    pub for_masks: Duration,
    pub for_pictures: Duration,
    /// Masks a second, at most.
    pub rate: f32,
}

/// A thread that hands pictures on from one mailbox to another. Dropping it stops it, without waiting.
#[derive(Debug)]
pub struct Worker {
    shared: Arc<Mutex<Shared>>,
    input: Latest<Frame>,
}

#[derive(Debug, Default)]
struct Shared {
    effect: Effect,
    trouble: Option<Trouble>,
    stats: Stats,
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Worker {
    /// Takes from `input` until that is closed.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(input: Latest<Frame>, output: Latest<Frame>, effect: Effect) -> std::io::Result<Self> {
        let shared = Arc::new(Mutex::new(Shared { effect, ..Shared::default() }));
        let mut turn = Turn { shared: Arc::clone(&shared), effect: Effect::None, work: None };
        let from = input.clone();
        std::thread::Builder::new().name("background".into()).spawn(move || {
            while !from.is_closed() {
                if let Some(frame) = from.wait(PATIENCE)
                    && let Some(frame) = turn.take(frame)
                {
                    output.put(frame);
                }
            }
        })?;
        Ok(Self { shared, input })
    }

    /// Another effect from the next picture on.
    pub fn set(&self, effect: Effect) {
        lock(&self.shared).effect = effect;
    }

    /// Asks the thread to end; it takes nothing more.
    pub fn stop(&self) {
        self.input.close();
    }

    /// What went wrong since it was asked last.
    pub fn take_trouble(&self) -> Option<Trouble> {
        lock(&self.shared).trouble.take()
    }

    pub fn stats(&self) -> Stats {
        lock(&self.shared).stats
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The thread's own end.
struct Turn {
    shared: Arc<Mutex<Shared>>,
    effect: Effect,
    work: Option<Work>,
}

impl Turn {
    fn take(&mut self, frame: Frame) -> Option<Frame> {
        let wanted = {
            let shared = lock(&self.shared);
            (shared.effect != self.effect).then(|| shared.effect.clone())
        };
        if let Some(effect) = wanted {
            self.turn_to(effect);
        }
        let Some(work) = &mut self.work else { return Some(frame) };
        let (result, keeps_up) = work.picture(&frame);
        let trouble = work.look().map(Trouble::Picture);
        let mut shared = lock(&self.shared);
        shared.stats = work.stats;
        if trouble.is_some() {
            shared.trouble = trouble;
        }
        // Something else may have been chosen meanwhile: that has its own chance.
        if !keeps_up && shared.effect == self.effect {
            shared.effect = Effect::None;
            shared.trouble = Some(Trouble::TooSlow);
        }
        result.map(|picture| Frame { surface: Surface::I420(Arc::new(picture)), time: frame.time })
    }

    fn turn_to(&mut self, effect: Effect) {
        self.effect = effect;
        if self.effect == Effect::None {
            self.work = None;
            return;
        }
        if self.work.is_none() {
            match Work::new() {
                Ok(work) => self.work = Some(work),
                Err(error) => {
                    // A test says that this cannot be.
                    tracing::error!(%error, "no model");
                    self.effect = Effect::None;
                    let mut shared = lock(&self.shared);
                    shared.effect = Effect::None;
                    shared.trouble = Some(Trouble::TooSlow);
                }
            }
        }
        if let Some(work) = &mut self.work {
            work.turn_to(&self.effect);
        }
    }
}

struct Work {
    segmenter: Segmenter,
    scaler: Scaler,
    matte: Matte,
    compositor: Compositor,
    pacer: Pacer,
    strength: Strength,
    still: Option<Arc<I420>>,
    /// Where the picture for behind comes from the thread that reads it.
    reading: Option<Latest<Result<Arc<I420>, Error>>>,
    size: Size,
    stats: Stats,
}

impl Work {
    fn new() -> Result<Self, super::Damage> {
        Ok(Self {
            segmenter: Segmenter::new()?,
            scaler: Scaler::default(),
            matte: Matte::default(),
            compositor: Compositor::default(),
            pacer: Pacer::default(),
            strength: Strength::Strong,
            still: None,
            reading: None,
            size: Size::default(),
            stats: Stats::default(),
        })
    }

    fn turn_to(&mut self, effect: &Effect) {
        self.pacer = Pacer::default();
        self.still = None;
        self.reading = None;
        self.strength = Strength::Strong;
        match effect {
            Effect::None => {}
            Effect::Blur(strength) => self.strength = *strength,
            Effect::Picture(path) => self.reading = Some(read(path)),
        }
    }

    /// Whether the picture for behind has come; why it cannot.
    fn look(&mut self) -> Option<Error> {
        let result = self.reading.as_ref()?.take()?;
        self.reading = None;
        match result {
            Ok(still) => {
                self.compositor.forget_picture();
                self.still = Some(still);
                None
            }
            Err(error) => Some(error),
        }
    }

    /// The picture with the effect; false where the machine does not keep up.
    fn picture(&mut self, frame: &Frame) -> (Option<I420>, bool) {
        let (picture, start) = (frame.i420(), Instant::now());
        if picture.size() != self.size {
            self.size = picture.size();
            self.matte.clear();
        }
        let wants_mask = self.matte.is_empty() || self.pacer.is_due(frame.time);
        if wants_mask {
            self.mask(picture);
        }
        let for_mask = start.elapsed();
        let behind = match &self.still {
            Some(still) => Behind::Picture(still),
            None => Behind::Blurred(self.strength),
        };
        let result = self.compositor.compose(picture, &self.matte, behind);
        let rest = start.elapsed().saturating_sub(for_mask);
        let keeps_up = self.pacer.worked(frame.time, wants_mask.then_some(for_mask), rest);
        self.stats.pictures += 1;
        self.stats.for_pictures += rest;
        self.stats.masks += u64::from(wants_mask);
        self.stats.for_masks += for_mask;
        self.stats.rate = self.pacer.rate();
        (result, keeps_up)
    }

    fn mask(&mut self, picture: &I420) {
        let (width, height) = self.segmenter.size();
        let size = picture.size();
        let whole = Rect { x: 0, y: 0, width: size.width, height: size.height };
        let target = Size::new(width as u32, height as u32);
        let Some(small) = self.scaler.resize(picture, whole, target, false) else { return };
        for (y, row) in self.segmenter.rows().enumerate() {
            colours(&small, y, row);
        }
        self.matte.update(self.segmenter.run(), width);
    }
}

/// Red, green and blue of row `y`, from 0 to 1.
fn colours(picture: &I420, y: usize, out: &mut [f32]) {
    let [luma, u, v] = picture.planes();
    let points = luma.row(y).iter().enumerate().zip(out.as_chunks_mut::<3>().0);
    let (u, v) = (u.row(y / 2), v.row(y / 2));
    for ((x, luma), out) in points {
        let light = (f32::from(*luma) - 16.0) * (1.0 / 219.0);
        let (blue, red) =
            ((f32::from(u[x / 2]) - 128.0) * (1.0 / 224.0), (f32::from(v[x / 2]) - 128.0) * (1.0 / 224.0));
        let colours = [light + 1.402 * red, light - 0.344_136 * blue - 0.714_136 * red, light + 1.772 * blue];
        *out = colours.map(|colour| colour.clamp(0.0, 1.0));
    }
}

/// Reads a picture in a thread of its own: a file may lie on a network that does not answer.
fn read(path: &Path) -> Latest<Result<Arc<I420>, Error>> {
    let (result, path) = (Latest::new(), path.to_owned());
    let into = result.clone();
    let reading = std::thread::Builder::new().name("picture".into()).spawn(move || {
        into.put(picture_of(&path));
    });
    if let Err(error) = reading {
        result.put(Err(Error::FileRead(error.kind())));
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_media::MediaTime;

    const ASTRONAUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/model/astronaut.png");

    /// Pictures of the astronaut at the size of a small camera, until one has come out that `is_it`.
    fn until(worker: &Worker, output: &Latest<Frame>, is_it: impl Fn(&I420) -> bool) -> bool {
        let small = picture_of(Path::new(ASTRONAUT)).unwrap();
        let whole = Rect { x: 0, y: 0, width: small.size().width, height: small.size().height };
        let camera = Scaler::default().resize(&small, whole, Size::new(640, 360), false).unwrap();
        let surface = Surface::I420(Arc::new(camera));
        (0..200).any(|number| {
            worker.input.put(Frame { surface: surface.clone(), time: MediaTime::from_millis(number * 33) });
            output.wait(Duration::from_secs(5)).is_some_and(|frame| {
                assert_eq!(frame.time, MediaTime::from_millis(number * 33));
                is_it(frame.i420())
            })
        })
    }

    /// How much neighbours differ in a part of the luma, on average.
    fn detail(picture: &I420, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> f32 {
        let luma = picture.planes()[0];
        let sum: u32 = rows
            .clone()
            .flat_map(|y| luma.row(y)[columns.clone()].windows(2))
            .map(|pair| u32::from(pair[0].abs_diff(pair[1])))
            .sum();
        sum as f32 / (rows.len() * columns.len()) as f32
    }

    /// The flag behind her and the shuttle, and her face.
    fn details(picture: &I420) -> [f32; 3] {
        [detail(picture, 0..60, 0..220), detail(picture, 450..570, 20..300), detail(picture, 230..340, 60..200)]
    }

    fn worker(effect: Effect) -> (Worker, Latest<Frame>) {
        let output = Latest::new();
        (Worker::start(Latest::new(), output.clone(), effect).unwrap(), output)
    }

    #[test]
    fn what_is_behind_goes_and_the_face_stays() {
        let (worker, output) = worker(Effect::None);
        let before = std::cell::Cell::new([0.0; 3]);
        assert!(until(&worker, &output, |picture| {
            before.set(details(picture));
            true
        }));
        worker.set(Effect::Blur(Strength::Light));
        assert!(until(&worker, &output, |picture| {
            let [flag, shuttle, face] = details(picture);
            let [flag_before, shuttle_before, face_before] = before.get();
            assert!(flag < 0.5 * flag_before && shuttle < 0.5 * shuttle_before, "{flag} {shuttle} {before:?}");
            assert!(face > 0.95 * face_before, "{face} {before:?}");
            true
        }));
        assert!(worker.take_trouble().is_none());
        let stats = worker.stats();
        assert_eq!((stats.pictures, stats.masks), (1, 1));
    }

    #[test]
    fn nothing_is_seen_before_the_other_picture_has_come_nor_where_it_cannot() {
        let file = std::env::temp_dir().join(format!("visavis-behind-{}.png", std::process::id()));
        let mut writer = png::Encoder::new(std::fs::File::create(&file).unwrap(), 4, 4);
        writer.set_color(png::ColorType::Grayscale);
        writer.write_header().unwrap().write_image_data(&[255; 16]).unwrap();
        let (worker, output) = worker(Effect::Picture(file.clone()));
        assert!(until(&worker, &output, |picture| {
            let [flag, shuttle, _] = details(picture);
            assert!(flag < 3.0 && shuttle < 3.0, "{flag} {shuttle}");
            let luma = picture.planes()[0];
            luma.row(20)[20] == 235 && luma.row(100)[600] == 235
        }));
        std::fs::remove_file(&file).unwrap();
        worker.set(Effect::Picture("/does/not/exist".into()));
        let trouble = std::cell::Cell::new(None);
        assert!(until(&worker, &output, |picture| {
            assert!(details(picture)[1] < 3.0);
            trouble.set(trouble.take().or(worker.take_trouble()));
            trouble.take().is_some_and(|told| {
                assert_eq!(told, Trouble::Picture(Error::FileOpen(std::io::ErrorKind::NotFound)));
                true
            })
        }));
    }

    #[test]
    fn closing_ends_the_thread() {
        let (worker, output) = worker(Effect::Blur(Strength::Strong));
        let shared = Arc::downgrade(&worker.shared);
        drop((worker, output));
        let start = Instant::now();
        while shared.strong_count() > 0 {
            assert!(start.elapsed() < Duration::from_secs(10), "it goes on");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
