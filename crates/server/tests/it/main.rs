//! The program as people run it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod keys;
mod killed;
mod program;
mod tls;
