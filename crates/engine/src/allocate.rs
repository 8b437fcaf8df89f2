//! Bitrate for each layer of the own picture, from what the network carries and what is wanted.

use visavis_model::{BitsPerSecond, Layer};

/// Kept for the own voice with its redundancy and headers (`real-time-quality.md` §6).
pub const AUDIO_RESERVE: BitsPerSecond = BitsPerSecond(56_000);

/// A layer below this share of its maximum is not worth sending.
const MINIMUM_PER_MILLE: u64 = 250;

/// A layer that is off comes back only with this much more than its minimum: no flapping.
const BACK_ON_PER_MILLE: u64 = 1_200;

/// The rate of each layer, lowest first; `None` is off.
pub type Allocation = [Option<BitsPerSecond>; 3];

/// Shares `estimate` among the wanted layers, lowest first, each up to its maximum.
///
/// `before` is the last allocation, for hysteresis. The lowest wanted layer stays on whatever the
/// estimate says, at no less than its minimum: a picture that is slow is better than none, and the
/// estimate needs packets. Pure.
pub fn allocate(ladder: &[Layer], wanted: [bool; 3], estimate: BitsPerSecond, before: &Allocation) -> Allocation {
    let mut left = estimate.0.saturating_sub(AUDIO_RESERVE.0);
    let mut result = [None; 3];
    let mut first = true;
    for layer in ladder {
        let index = layer.quality.index();
        if !wanted[index] {
            continue;
        }
        let maximum = layer.max_bitrate.0;
        let minimum = maximum * MINIMUM_PER_MILLE / 1000;
        let needed = if before[index].is_some() { minimum } else { minimum * BACK_ON_PER_MILLE / 1000 };
        if left < needed && !first {
            break;
        }
        let rate = left.clamp(minimum, maximum.max(minimum));
        result[index] = Some(BitsPerSecond(rate));
        left = left.saturating_sub(rate);
        first = false;
    }
    result
}

/// An estimate of which the picture may take `most`, whatever more the network carries.
pub fn within(estimate: BitsPerSecond, most: Option<BitsPerSecond>) -> BitsPerSecond {
    most.map_or(estimate, |most| BitsPerSecond(estimate.0.min(most.0 + AUDIO_RESERVE.0)))
}

/// Shares `estimate` among the wanted layers of a screen, the largest first: a small picture of text is of use to nobody who asked
/// for the large one, and what stands still lets no estimate grow. The largest wanted layer stays on; a smaller one gets what is left.
pub fn allocate_sharp(ladder: &[Layer], wanted: [bool; 3], estimate: BitsPerSecond, before: &Allocation) -> Allocation {
    let mut left = estimate.0.saturating_sub(AUDIO_RESERVE.0);
    let mut result = [None; 3];
    let mut first = true;
    for layer in ladder.iter().rev().filter(|layer| wanted[layer.quality.index()]) {
        let index = layer.quality.index();
        let maximum = layer.max_bitrate.0;
        let minimum = maximum * MINIMUM_PER_MILLE / 1000;
        let needed = if before[index].is_some() { minimum } else { minimum * BACK_ON_PER_MILLE / 1000 };
        if first || left >= needed {
            let rate = left.clamp(minimum, maximum.max(minimum));
            result[index] = Some(BitsPerSecond(rate));
            left = left.saturating_sub(rate);
        }
        first = false;
    }
    result
}

/// What is left for others after these rates; nobody's voice has to be kept free again.
pub fn left_over(estimate: BitsPerSecond, rates: &Allocation) -> BitsPerSecond {
    let taken: u64 = rates.iter().flatten().map(|rate| rate.0).sum();
    BitsPerSecond(estimate.0.saturating_sub(taken))
}

/// Two wishes, with one voice.
pub fn together([a, b]: [BitsPerSecond; 2]) -> BitsPerSecond {
    BitsPerSecond((a.0 + b.0).saturating_sub(AUDIO_RESERVE.0))
}

/// What would be sent if the network let it: every wanted layer at its maximum, voice, and headers (a tenth).
pub fn wish(ladder: &[Layer], wanted: [bool; 3]) -> BitsPerSecond {
    let video: u64 = ladder.iter().filter(|layer| wanted[layer.quality.index()]).map(|layer| layer.max_bitrate.0).sum();
    BitsPerSecond(video + video / 10 + AUDIO_RESERVE.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{Fps, Quality, Size};

    fn ladder() -> Vec<Layer> {
        [(Quality::Low, 150), (Quality::Medium, 500), (Quality::High, 1700)]
            .into_iter()
            .map(|(quality, kilobits)| Layer {
                quality,
                size: Size::new(320, 180),
                max_bitrate: BitsPerSecond::from_kilobits(kilobits),
                max_fps: Fps(30.0),
            })
            .collect()
    }

    #[test]
    fn plenty_gives_every_layer_its_maximum() {
        let rates = allocate(&ladder(), [true; 3], BitsPerSecond::from_kilobits(5000), &[None; 3]);
        assert_eq!(rates.map(|rate| rate.map(|rate| rate.0)), [Some(150_000), Some(500_000), Some(1_700_000)]);
    }

    #[test]
    fn a_limit_holds_for_all_layers_together() {
        let plenty = BitsPerSecond::from_kilobits(5000);
        assert_eq!(within(plenty, None), plenty);
        let rates = allocate(&ladder(), [true; 3], within(plenty, Some(BitsPerSecond::from_kilobits(700))), &[None; 3]);
        assert!(rates.iter().flatten().map(|rate| rate.0).sum::<u64>() <= 700_000 && rates[1].is_some());
    }

    #[test]
    fn too_little_keeps_the_lowest_layer() {
        let rates = allocate(&ladder(), [true; 3], BitsPerSecond::from_kilobits(60), &[None; 3]);
        assert!(rates[0].is_some() && rates[1].is_none() && rates[2].is_none());
    }

    #[test]
    fn an_unwanted_layer_costs_nothing() {
        let rates = allocate(&ladder(), [true, false, true], BitsPerSecond::from_kilobits(5000), &[None; 3]);
        assert!(rates[1].is_none() && rates[2].is_some());
        let rates = allocate(&ladder(), [false; 3], BitsPerSecond::from_kilobits(5000), &[None; 3]);
        assert_eq!(rates, [None; 3]);
    }

    #[test]
    fn of_a_screen_the_large_layer_comes_first() {
        let rates = |kilobits, wanted| {
            allocate_sharp(&ladder(), wanted, BitsPerSecond::from_kilobits(kilobits), &[None; 3])
                .map(|rate| rate.map(|rate| rate.0 / 1000))
        };
        assert_eq!(rates(1000, [true; 3]), [None, None, Some(944)]);
        assert_eq!(rates(100, [true; 3]), [None, None, Some(425)], "whatever the estimate says");
        assert_eq!(rates(5000, [true; 3]), [Some(150), Some(500), Some(1700)]);
        assert_eq!(rates(1000, [true, false, false]), [Some(150), None, None], "nobody asks for more");
        assert_eq!(rates(1000, [false; 3]), [None; 3]);
    }

    #[test]
    fn what_is_shared_comes_before_the_camera() {
        let screen = [Layer { max_bitrate: BitsPerSecond::from_kilobits(3000), ..ladder()[2] }];
        let both = |kilobits| {
            let estimate = BitsPerSecond::from_kilobits(kilobits);
            let shared = allocate(&screen, [true; 3], estimate, &[None; 3]);
            (shared[2], allocate(&ladder(), [true; 3], left_over(estimate, &shared), &[None; 3]))
        };
        let (shared, camera) = both(2000);
        assert_eq!(shared, Some(BitsPerSecond(2_000_000 - AUDIO_RESERVE.0)));
        assert!(camera[0].is_some() && camera[1].is_none(), "the least of the camera stays");
        let (shared, camera) = both(6000);
        assert_eq!((shared, camera[2]), (Some(BitsPerSecond(3_000_000)), Some(BitsPerSecond(1_700_000))));
        let wishes = [wish(&screen, [true; 3]), wish(&ladder(), [false; 3])];
        assert_eq!(together(wishes), wish(&screen, [true; 3]));
    }

    #[test]
    fn what_nobody_wants_is_not_wished_for() {
        assert_eq!(wish(&ladder(), [false; 3]), AUDIO_RESERVE);
        assert_eq!(wish(&ladder(), [true, false, false]).0, AUDIO_RESERVE.0 + 165_000);
    }

    #[test]
    fn a_layer_at_the_edge_does_not_flap() {
        // Medium needs 125 kb/s to stay and 150 kb/s to come back.
        let estimate = BitsPerSecond(AUDIO_RESERVE.0 + 150_000 + 130_000);
        let on = [Some(BitsPerSecond(150_000)), Some(BitsPerSecond(200_000)), None];
        assert!(allocate(&ladder(), [true; 3], estimate, &on)[1].is_some());
        let off = [Some(BitsPerSecond(150_000)), None, None];
        assert!(allocate(&ladder(), [true; 3], estimate, &off)[1].is_none());
    }
}
