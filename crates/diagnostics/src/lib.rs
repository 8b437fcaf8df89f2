//! Tracing, redaction and process statistics.
