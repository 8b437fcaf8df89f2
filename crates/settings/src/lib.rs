//! Managed policy over user preferences over defaults; secrets.
