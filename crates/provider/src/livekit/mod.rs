//! LiveKit: signalling over one websocket, two peer connections, data channels.
