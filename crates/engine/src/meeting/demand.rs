//! What is wanted of each remote picture, without a flicker.
//!
//! A server that hears *nothing* and *this size* within moments stops the sender's encoder in between, and the next picture takes
//! more than half a second (measured with livekit-server 1.13.5 and a sender with dynacast). So a new track is wanted for a moment
//! before the page shows it, and one that has just been shown for a moment after.

use super::*;

/// How long a track that the page has not shown yet is wanted as if it had.
const NEW_FOR: Duration = Duration::from_millis(1500);
/// How long a track that is not shown any more is still wanted: a page is turned back, a pane opens and closes.
const SEEN_FOR: Duration = Duration::from_millis(1000);

/// What was asked of one track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Demanded {
    told: Option<VideoDemand>,
    since: MediaTime,
    seen: Option<MediaTime>,
}

impl Demanded {
    fn new(now: MediaTime) -> Self {
        Self { told: None, since: now, seen: None }
    }

    /// `shown`: what its tile wants; `before`: what it is given before it has one.
    fn next(&mut self, shown: Option<VideoDemand>, before: VideoDemand, now: MediaTime) -> VideoDemand {
        if let Some(demand) = shown {
            self.seen = Some(now);
            return demand;
        }
        match (self.seen, self.told) {
            (Some(seen), Some(told)) if now.since(seen) < SEEN_FOR => told,
            (None, _) if now.since(self.since) < NEW_FOR => before,
            _ => VideoDemand::NOTHING,
        }
    }
}

impl Meeting {
    /// What is seen is wanted, at the size of its tile; what is not seen costs nothing.
    ///
    /// Before the page's first layout the first others' pictures are wanted: they are there when it comes.
    pub(super) fn demand(&mut self) {
        let now = self.clock.now();
        let Some(call) = &mut self.call else { return };
        let share_window_opens = self.state.view().share_window && self.share_layout.is_none();
        let mut people: Vec<_> = self.state.view().participants.values().collect();
        people.sort_by_key(|view| view.order);
        let pictures: Vec<_> = people
            .into_iter()
            .flat_map(|view| view.publications.iter())
            .filter(|publication| publication.source.kind() == visavis_model::MediaKind::Video)
            .collect();
        let mut demands = HashMap::new();
        let mut again = false;
        for (rank, publication) in pictures.iter().enumerate() {
            let first = rank < publish::MOST_BEFORE_LAYOUT && !publication.muted;
            let before = match first {
                true => publish::demand_before_layout(publication.source, pictures.len()),
                false => VideoDemand::NOTHING,
            };
            let known = call.demands.get(&publication.track).copied();
            let mut demanded = known.unwrap_or_else(|| Demanded::new(now));
            let demand = match &self.layout {
                Some(layout) => {
                    let layouts = std::iter::once(layout).chain(&self.share_layout);
                    let mut shown = publish::demand_of_layouts(publication.source, &publication.track, layouts);
                    if share_window_opens && publication.source == TrackSource::ScreenShare {
                        shown = shown.or(demanded.told);
                    }
                    let demand = demanded.next(shown, before, now);
                    again |= shown.is_none() && demand != VideoDemand::NOTHING;
                    demand
                }
                None => before,
            };
            if demanded.told != Some(demand) {
                demanded.told = Some(demand);
                call.net.demand(publication.track.clone(), demand);
            }
            demands.insert(publication.track.clone(), demanded);
        }
        call.demands = demands;
        call.demands_pass = again;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{Fps, Size};

    fn of(width: u32) -> VideoDemand {
        VideoDemand { size: Size::new(width, width), fps: Fps(30.0), priority: 1 }
    }

    fn at(ms: u64) -> MediaTime {
        MediaTime::ZERO + Duration::from_millis(ms)
    }

    fn tell(demanded: &mut Demanded, shown: Option<VideoDemand>, ms: u64) -> VideoDemand {
        let demand = demanded.next(shown, of(100), at(ms));
        demanded.told = Some(demand);
        demand
    }

    #[test]
    fn a_new_picture_is_wanted_before_its_tile_comes() {
        let mut demanded = Demanded::new(at(0));
        assert_eq!(tell(&mut demanded, None, 0), of(100));
        assert_eq!(tell(&mut demanded, Some(of(640)), 200), of(640));
        let mut hidden = Demanded::new(at(0));
        tell(&mut hidden, None, 0);
        assert_eq!(tell(&mut hidden, None, 1499), of(100));
        assert_eq!(tell(&mut hidden, None, 1500), VideoDemand::NOTHING, "nobody looks at it");
    }

    #[test]
    fn a_picture_that_comes_back_at_once_was_never_gone() {
        let mut demanded = Demanded::new(at(0));
        tell(&mut demanded, Some(of(640)), 5000);
        assert_eq!(tell(&mut demanded, None, 5100), of(640));
        assert_eq!(tell(&mut demanded, None, 5999), of(640));
        assert_eq!(tell(&mut demanded, None, 6000), VideoDemand::NOTHING);
        assert_eq!(tell(&mut demanded, Some(of(320)), 7000), of(320));
        let empty = demanded.next(Some(VideoDemand::NOTHING), of(100), at(7100));
        assert_eq!(empty, VideoDemand::NOTHING, "a tile of no size is an answer");
    }
}
