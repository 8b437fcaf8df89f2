//! The mask as it is used: steadied over time, and with the edge where it looks right.

use visavis_media::PlaneRef;

/// Part of what is new that counts where hardly anything changed: noise about an edge is smoothed away.
const CALM: f32 = 0.4;
/// How fast more counts where more changed: a person who moves leaves nothing behind.
const HASTE: f32 = 1.2;

/// How much each point is of the person, from 0 to 255.
#[derive(Debug, Default)]
pub struct Matte {
    width: usize,
    steady: Vec<f32>,
    shown: Vec<u8>,
}

impl Matte {
    /// Takes the next mask, of rows of `width`. The first one counts as it is, as does one of another size.
    pub fn update(&mut self, mask: &[f32], width: usize) {
        if self.steady.len() == mask.len() && self.width == width {
            for (steady, new) in self.steady.iter_mut().zip(mask) {
                *steady = steadied(*steady, *new);
            }
        } else {
            self.width = width.max(1);
            self.steady.clear();
            self.steady.extend_from_slice(mask);
            self.shown.clear();
            self.shown.resize(mask.len(), 0);
        }
        for (shown, steady) in self.shown.iter_mut().zip(&self.steady) {
            *shown = edge(*steady);
        }
    }

    /// Forgets what was: the next mask counts as it is.
    pub fn clear(&mut self) {
        self.steady.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.steady.is_empty()
    }

    pub fn plane(&self) -> PlaneRef<'_> {
        let width = self.width.max(1);
        PlaneRef { data: &self.shown, stride: width, width, height: self.shown.len() / width }
    }
}

fn steadied(old: f32, new: f32) -> f32 {
    let change = new - old;
    old + change * (CALM + HASTE * change.abs()).min(1.0)
}

/// A smooth step between *surely behind* and *surely the person*: narrower than the model's own, and a little inwards, so that
/// no seam of the old background goes along.
fn edge(value: f32) -> u8 {
    let place = ((value - 0.3) * (1.0 / 0.55)).clamp(0.0, 1.0);
    (place * place * (3.0 - 2.0 * place) * 255.0 + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_smoothed_and_a_move_is_followed() {
        let mut matte = Matte::default();
        matte.update(&[0.5, 0.0, 1.0, 0.0], 2);
        matte.update(&[0.6, 1.0, 0.0, 0.0], 2);
        assert!(matte.steady[0] < 0.56, "{}", matte.steady[0]);
        assert_eq!(matte.steady[1..], [1.0, 0.0, 0.0]);
        let plane = matte.plane();
        assert_eq!((plane.width, plane.height), (2, 2));
        assert_eq!(plane.data[1..], [255, 0, 0]);
    }

    #[test]
    fn what_is_sure_stays_so_and_more_is_never_less() {
        assert_eq!((edge(0.0), edge(0.25), edge(0.9), edge(1.0)), (0, 0, 255, 255));
        let steps: Vec<_> = (0..=100).map(|step| edge(step as f32 / 100.0)).collect();
        assert!(steps.is_sorted());
        assert_eq!((edge(f32::NAN), edge(-1.0), edge(2.0)), (0, 0, 255));
    }

    #[test]
    fn another_size_begins_anew() {
        let mut matte = Matte::default();
        matte.update(&[1.0; 4], 2);
        matte.update(&[0.0; 6], 3);
        assert!(matte.plane().data.iter().all(|value| *value == 0));
        matte.clear();
        matte.update(&[1.0; 6], 3);
        assert!(matte.plane().data.iter().all(|value| *value == 255));
    }
}
