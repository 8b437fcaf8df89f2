//! Which of the places that a meeting of the calendar names is the one.

use visavis_provider::Standing;

/// Where a place was found, and how well its server is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rank {
    /// `None`: of another service.
    pub(super) standing: Option<Standing>,
    /// In what somebody wrote, and in no field of its own.
    pub(super) in_prose: bool,
}

impl Rank {
    /// The lower, the better, among ours: a guess last, a field before prose (which quotes, and is signed), and of two fields the server that
    /// needs no question.
    fn among_ours(self) -> (bool, bool, Option<Standing>) {
        (self.standing == Some(Standing::Guessed), self.in_prose, self.standing)
    }

    /// Whether one of ours gives way to `other`, another service's.
    fn gives_way(self, other: Self) -> bool {
        self.standing == Some(Standing::Guessed) || (self.in_prose && !other.in_prose)
    }
}

/// The best of `places`; of equal ones the first. Ours win over another service's (some programs put one of those into every invitation), what
/// a field says over what prose does, and a guess over nothing.
pub(super) fn best<T>(places: impl Iterator<Item = (Rank, T)>) -> Option<T> {
    let (ours, others): (Vec<_>, Vec<_>) = places.partition(|(rank, _)| rank.standing.is_some());
    let ours = ours.into_iter().min_by_key(|(rank, _)| rank.among_ours());
    let other = others.into_iter().min_by_key(|(rank, _)| rank.in_prose);
    match (ours, other) {
        (Some((rank, _)), Some((other, place))) if rank.gives_way(other) => Some(place),
        (Some((_, place)), _) | (None, Some((_, place))) => Some(place),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Standing::{Allowed, Guessed, Known, Unknown};

    #[test]
    fn a_server_without_a_question_comes_first_and_a_guess_last() {
        let (field, prose) = (false, true);
        let (ours, zoom) = (Some, None);
        for (places, expected) in [
            // As they stand in the event: the place that is meant is the one of this index.
            (vec![(ours(Unknown), field), (ours(Known), field)], 1),
            (vec![(ours(Unknown), field), (ours(Known), prose)], 0),
            (vec![(ours(Unknown), prose), (ours(Allowed), prose)], 1),
            (vec![(ours(Allowed), field), (ours(Known), field)], 1),
            (vec![(ours(Allowed), field), (ours(Known), prose)], 0),
            (vec![(ours(Known), field), (ours(Known), field)], 0),
            (vec![(ours(Known), prose), (ours(Known), field)], 1),
            (vec![(zoom, field), (ours(Unknown), field)], 1),
            (vec![(zoom, field), (ours(Known), prose)], 0),
            (vec![(zoom, prose), (ours(Unknown), prose)], 1),
            (vec![(ours(Guessed), field), (zoom, prose)], 1),
            (vec![(ours(Guessed), field), (ours(Unknown), prose)], 1),
            (vec![(ours(Guessed), field)], 0),
        ] {
            let ranked = places.iter().map(|&(standing, in_prose)| Rank { standing, in_prose });
            assert_eq!(best(ranked.zip(0..)), Some(expected), "{places:?}");
        }
        assert_eq!(best(std::iter::empty::<(Rank, ())>()), None);
    }
}
