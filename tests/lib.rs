//! Real servers and peers for whole-product tests.
