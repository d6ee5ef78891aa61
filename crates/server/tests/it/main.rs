//! The program as people run it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod audit;
mod backup;
mod keys;
mod killed;
mod program;
mod retention;
mod side_by_side;
mod tls;
