//! Which of the streams that play are to be heard. Pure.

use super::Whose;

/// More generations than between any program and the first process.
const MOST_GENERATIONS: usize = 64;

/// A stream that a program plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Playing {
    /// The sound server's number of it.
    pub input: u32,
    /// The loudspeaker into which it plays.
    pub sink: u32,
    /// Who plays it, where a process says so.
    pub process: Option<u32>,
    /// It hands on what others play: a filter, a loop, an echo canceller. What goes in is heard where it goes in, and ours may be in it.
    pub hands_on: bool,
}

/// Whether it is to be heard. `own`: this process; `parent`: who started a process, where that is known.
pub fn is_wanted(playing: &Playing, whose: Whose, own: u32, parent: &impl Fn(u32) -> Option<u32>) -> bool {
    let Some(process) = playing.process.filter(|_| !playing.hands_on) else { return false };
    !descends(process, own, parent)
        && match whose {
            Whose::Others => true,
            Whose::Process(root) => descends(process, root, parent),
        }
}

/// Whether a process is another one, or was started by it at some remove.
fn descends(process: u32, root: u32, parent: &impl Fn(u32) -> Option<u32>) -> bool {
    std::iter::successors(Some(process), |one| parent(*one)).take(MOST_GENERATIONS).any(|one| one == root)
}

/// What is to be changed: streams that are open and not wanted any more (their channels), and those that are wanted and not open.
///
/// One that has moved to another loudspeaker is opened anew. `open`: channel, and what is heard there.
pub fn changes(open: &[(u32, Playing)], opening: &[Playing], wanted: &[Playing]) -> (Vec<u32>, Vec<Playing>) {
    let same = |a: &Playing, b: &Playing| (a.input, a.sink) == (b.input, b.sink);
    let close = open.iter().filter(|(_, playing)| !wanted.iter().any(|one| same(one, playing)));
    let begin = wanted
        .iter()
        .filter(|one| !open.iter().map(|(_, playing)| playing).chain(opening).any(|known| same(one, known)));
    (close.map(|(channel, _)| *channel).collect(), begin.copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: u32 = 100;

    /// 100 is ours and started 101; 200 is a browser whose child 201 started 202; all come from 1.
    fn parent(process: u32) -> Option<u32> {
        match process {
            101 => Some(100),
            201 => Some(200),
            202 => Some(201),
            100 | 200 | 300 => Some(1),
            7 => Some(7),
            _ => None,
        }
    }

    fn of(process: u32) -> Playing {
        Playing { input: process, sink: 1, process: Some(process), hands_on: false }
    }

    fn wanted(playing: &Playing, whose: Whose) -> bool {
        is_wanted(playing, whose, OWN, &parent)
    }

    #[test]
    fn everything_is_heard_but_ourselves() {
        let heard: Vec<u32> =
            [100, 101, 200, 202, 300, 999].into_iter().filter(|one| wanted(&of(*one), Whose::Others)).collect();
        assert_eq!(heard, [200, 202, 300, 999]);
    }

    #[test]
    fn of_a_window_its_process_is_heard_and_what_that_started() {
        let heard: Vec<u32> =
            [100, 101, 200, 202, 300, 999].into_iter().filter(|one| wanted(&of(*one), Whose::Process(200))).collect();
        assert_eq!(heard, [200, 202]);
        assert!(!wanted(&of(101), Whose::Process(OWN)), "our own window has no sound to share");
    }

    #[test]
    fn what_hands_on_or_says_nothing_is_not_heard() {
        assert!(!wanted(&Playing { hands_on: true, ..of(300) }, Whose::Others), "our own sound may be in it");
        assert!(!wanted(&Playing { process: None, ..of(300) }, Whose::Others));
        assert!(wanted(&of(7), Whose::Others), "whoever is said to be its own parent ends the search");
    }

    #[test]
    fn streams_follow_what_plays() {
        let (a, b) = (of(200), of(300));
        assert_eq!(changes(&[], &[], &[a, b]), (vec![], vec![a, b]));
        assert_eq!(changes(&[(9, a)], &[b], &[a, b]), (vec![], vec![]), "one that is being opened is not opened twice");
        assert_eq!(changes(&[(9, a), (10, b)], &[], &[b]), (vec![9], vec![]));
        let moved = Playing { sink: 2, ..a };
        assert_eq!(changes(&[(9, a)], &[], &[moved]), (vec![9], vec![moved]));
    }
}
