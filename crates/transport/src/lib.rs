//! One ICE, DTLS and SRTP association over the webrtc crate, with our own repair, congestion control and pacing.
