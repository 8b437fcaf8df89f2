//! Loss, reordering, duplicates and repair.

use crate::support::network::{Network, Outcome, run};
use crate::support::sender::Kind;
use visavis_model::Size;

const SIZE: Size = Size::new(640, 360);

fn play(kind: Kind, pictures: u32, network: Network) -> Outcome {
    let outcome = run(kind, SIZE, 700, pictures, network);
    assert!(outcome.in_order(), "{kind:?}: out of order");
    assert_eq!((outcome.decode_errors, outcome.unreadable), (0, 0), "{kind:?}: {outcome:?}");
    outcome
}

/// The share of the sent pictures that came out.
fn share(outcome: &Outcome) -> f64 {
    outcome.seen.len() as f64 / f64::from(outcome.sent)
}

#[test]
fn without_loss_every_picture_comes_out_at_once() {
    for kind in Kind::ALL {
        let outcome = play(kind, 90, Network::CLEAN);
        assert_eq!(outcome.seen.len() as u32, outcome.sent, "{kind:?}");
        assert!(outcome.longest_gap_ms() <= 70, "{kind:?}: {}", outcome.longest_gap_ms());
        assert_eq!((outcome.keyframes_asked, outcome.stats.lost), (0, 0), "{kind:?}");
        let expected = if kind == (Kind::Vp9Svc { forwarded: 0 }) { Size::new(160, 90) } else { SIZE };
        assert_eq!(outcome.size, expected, "{kind:?}");
    }
}

#[test]
fn reordered_and_doubled_packets_lose_nothing() {
    for kind in Kind::ALL {
        let network = Network { duplicates: 0.2, jitter_ms: 25, seed: 5, ..Network::CLEAN };
        let outcome = play(kind, 150, network);
        assert_eq!(outcome.seen.len() as u32, outcome.sent, "{kind:?}: {:?}", outcome.stats);
        assert!(outcome.stats.duplicates > 0);
        assert_eq!((outcome.keyframes_asked, outcome.stats.lost), (0, 0), "{kind:?}");
    }
}

#[test]
fn repaired_loss_loses_nothing() {
    for kind in Kind::ALL {
        let network = Network { loss: 0.05, jitter_ms: 5, repair_ms: Some(50), seed: 3, ..Network::CLEAN };
        let outcome = play(kind, 240, network);
        assert!(outcome.stats.recovered > 0);
        assert!(share(&outcome) >= 0.99, "{kind:?}: {} of {}: {:?}", outcome.seen.len(), outcome.sent, outcome.stats);
        assert!(outcome.longest_gap_ms() <= 300, "{kind:?}: {}", outcome.longest_gap_ms());
    }
}

#[test]
fn loss_without_repair_freezes_shortly_and_never_shows_damage() {
    for kind in Kind::ALL {
        let network = Network { loss: 0.004, seed: 11, ..Network::CLEAN };
        let outcome = play(kind, 300, network);
        assert!(outcome.stats.lost > 0 && outcome.keyframes_asked > 0, "{kind:?}: {:?}", outcome.stats);
        assert!(outcome.longest_gap_ms() <= 1500, "{kind:?}: {}", outcome.longest_gap_ms());
        // Its last picture is a late one: it came back every time.
        assert!(outcome.seen.last().is_some_and(|(counter, _)| *counter >= 290), "{kind:?}: {:?}", outcome.seen.last());
    }
}

#[test]
fn heavy_loss_is_survived() {
    for (kind, seed) in Kind::ALL.into_iter().zip(20..) {
        let network = Network { loss: 0.3, duplicates: 0.1, jitter_ms: 60, repair_ms: Some(45), seed };
        let outcome = run(kind, SIZE, 500, 200, network);
        assert!(outcome.in_order(), "{kind:?}");
        assert_eq!((outcome.decode_errors, outcome.unreadable), (0, 0), "{kind:?}");
        assert!(share(&outcome) > 0.5, "{kind:?}: {} of {}", outcome.seen.len(), outcome.sent);
    }
}
