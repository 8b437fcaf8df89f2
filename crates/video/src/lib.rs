//! Capture, scaling, encoding, jitter buffer, decoding and presentation of pictures.
