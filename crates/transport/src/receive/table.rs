//! Which track a packet belongs to.

use crate::sdp::{Description, Encoding, ExtensionIds, Format, MediaSection};
use rtc::rtp;
use std::collections::HashMap;
use visavis_model::{Codec, MediaKind, TrackId};

/// Sources that are told apart by their extensions only, at most: a flood of new sources must not take memory.
const MAX_LEARNED: usize = 256;

/// One section of the remote description that sends media.
#[derive(Clone, Debug)]
pub(super) struct Section {
    pub mid: String,
    pub kind: MediaKind,
    pub track: TrackId,
    pub formats: Vec<Format>,
    pub ids: ExtensionIds,
}

/// What an SSRC is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub section: usize,
    /// It repairs this SSRC.
    pub repairs: Option<u32>,
}

/// Routes by SSRC (`a=ssrc`, what LiveKit gives), else by the MID and RID extensions.
#[derive(Clone, Debug, Default)]
pub(super) struct RoutingTable {
    pub sections: Vec<Section>,
    routes: HashMap<u32, Route>,
    /// Layer streams by section and RID.
    layers: HashMap<(usize, Vec<u8>), u32>,
    learned: usize,
}

impl RoutingTable {
    /// From a remote description. `tracks`: the server's track ids by mid; else the second token of `a=msid`.
    pub fn new(description: &Description, tracks: &[(String, TrackId)]) -> Self {
        let mut table = Self::default();
        for section in description.media.iter().filter(|section| section.sends) {
            let Some(kind) = section.kind else { continue };
            let track = tracks.iter().find(|(mid, _)| *mid == section.mid).map(|(_, track)| track.clone());
            let Some(track) = track.or_else(|| section.track.clone().map(TrackId)) else { continue };
            table.add(section, kind, track);
        }
        table
    }

    fn add(&mut self, section: &MediaSection, kind: MediaKind, track: TrackId) {
        let index = self.sections.len();
        self.sections.push(Section {
            mid: section.mid.clone(),
            kind,
            track,
            formats: section.formats.clone(),
            ids: section.extensions,
        });
        for ssrc in &section.ssrcs {
            let repairs = section.repairs.iter().find(|(_, repair)| repair == ssrc).map(|(media, _)| *media);
            self.routes.insert(*ssrc, Route { section: index, repairs });
        }
    }

    pub fn route(&self, ssrc: u32) -> Option<Route> {
        self.routes.get(&ssrc).copied()
    }

    /// The route of a source that no description names, from its first packet's extensions.
    pub fn learn(&mut self, header: &rtp::Header) -> Option<Route> {
        if self.learned >= MAX_LEARNED || !header.extension {
            return None;
        }
        let (index, section) = self.sections.iter().enumerate().find(|(_, section)| {
            let mid = section.ids.mid.and_then(|id| header.get_extension(id));
            mid.is_some_and(|mid| mid == section.mid.as_bytes())
        })?;
        let rid = section.ids.rid.and_then(|id| header.get_extension(id));
        let repaired = section.ids.repaired_rid.and_then(|id| header.get_extension(id));
        let repairs = match repaired {
            // The stream that it repairs must be known first.
            Some(rid) => Some(*self.layers.get(&(index, rid.to_vec()))?),
            None => {
                if let Some(rid) = rid {
                    self.layers.insert((index, rid.to_vec()), header.ssrc);
                }
                None
            }
        };
        let route = Route { section: index, repairs };
        self.routes.insert(header.ssrc, route);
        self.learned += 1;
        Some(route)
    }

    pub fn section(&self, index: usize) -> Option<&Section> {
        self.sections.get(index)
    }

    pub fn forget(&mut self, track: &TrackId) {
        let sections = &self.sections;
        self.routes.retain(|_, route| sections.get(route.section).is_some_and(|section| section.track != *track));
    }
}

impl Section {
    pub fn format(&self, payload_type: u8) -> Option<&Format> {
        self.formats.iter().find(|format| format.payload_type == payload_type)
    }

    /// Codec and clock rate of a media payload type.
    pub fn codec(&self, payload_type: u8) -> Option<(Codec, u32)> {
        match self.format(payload_type)? {
            Format { encoding: Encoding::Codec(codec), clock_rate, .. } => Some((*codec, *clock_rate)),
            _ => None,
        }
    }

    /// How often a missing packet is asked for, by the payload type of those around it: not at all without `nack`.
    ///
    /// LiveKit offers `nack` for Opus only, and answers for redundant audio too where the sender makes it (what it makes itself it
    /// does not keep: requests for that are in vain, and harmless).
    pub fn tries(&self, payload_type: u8) -> u32 {
        let asks = |format: &Format| match format.encoding {
            Encoding::Codec(Codec::Red) => self.formats.iter().any(|format| format.nack),
            _ => format.nack,
        };
        match self.kind {
            _ if !self.format(payload_type).is_some_and(asks) => 0,
            // As often as browsers: servers let a packet rest after each time that they send it (LiveKit up to 100 ms).
            MediaKind::Video => 10,
            MediaKind::Audio => 4,
        }
    }

    pub fn uses_remb(&self) -> bool {
        self.ids.absolute_send_time.is_some()
            && self.formats.iter().any(|format| format.remb)
            && !(self.ids.transport_cc.is_some() && self.formats.iter().any(|format| format.transport_cc))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const OFFER: &str = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 125 126\r\na=mid:3\r\na=sendonly\r\na=rtpmap:125 H264/90000\r\n\
        a=rtcp-fb:125 nack\r\na=rtpmap:126 rtx/90000\r\na=fmtp:126 apt=125\r\n\
        a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n\
        a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\na=rid:q send\r\na=msid:s TR_v\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:4\r\na=sendrecv\r\na=rtpmap:111 opus/48000/2\r\na=ssrc:77 cname:x\r\n";

    fn table() -> RoutingTable {
        let tracks = [("4".to_owned(), TrackId::from("TR_a"))];
        RoutingTable::new(&Description::parse(OFFER), &tracks)
    }

    fn header(ssrc: u32, extensions: &[(u8, &'static [u8])]) -> rtp::Header {
        let mut header = rtp::Header { version: 2, ssrc, ..Default::default() };
        for (id, value) in extensions {
            header.set_extension(*id, Bytes::from_static(value)).expect("fits");
        }
        header
    }

    #[test]
    fn a_declared_source_is_known_at_once() {
        let table = table();
        let route = table.route(77).expect("declared");
        let section = table.section(route.section).expect("exists");
        assert_eq!((section.track.as_str(), section.tries(111)), ("TR_a", 0));
        assert_eq!(section.codec(111), Some((Codec::Opus, 48_000)));
    }

    #[test]
    fn layers_and_their_repair_are_learned_from_extensions() {
        let mut table = table();
        assert_eq!(table.learn(&header(9, &[(1, b"3"), (3, b"q")])), None);
        assert_eq!(table.learn(&header(8, &[(1, b"3"), (2, b"q")])), Some(Route { section: 0, repairs: None }));
        assert_eq!(table.learn(&header(9, &[(1, b"3"), (3, b"q")])), Some(Route { section: 0, repairs: Some(8) }));
        assert_eq!(table.learn(&header(10, &[(1, b"7"), (2, b"q")])), None);
        assert_eq!(table.section(0).map(|section| section.track.as_str()), Some("TR_v"));
    }

    #[test]
    fn a_flood_of_sources_is_bounded() {
        let mut table = table();
        let learned = (1000..3000).filter(|ssrc| table.learn(&header(*ssrc, &[(1, b"3")])).is_some()).count();
        assert_eq!(learned, MAX_LEARNED);
    }
}
