//! The program as people run it.

mod killed;
mod program;
