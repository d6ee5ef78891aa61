//! Rules as data: calendars, working-time arithmetic and rule packs.
//!
//! A *pack* is one legal instrument or company rule written down as TOML: its articles, its dated
//! parameters and its programmes, each beside its citation. A [`RuleBook`] is a set of packs that
//! were checked against a [`FactSchema`] and fit together. Evaluation is pure and total: the same
//! facts and the same packs give the same answer for ever, and every answer can be traced.
//!
//! The crate knows no insurance word. Facts are known by name and type; what a programme asks
//! people to do after its dates are known is opaque here (`discharge`).

pub mod calendar;
pub mod dates;
pub mod eval;
pub mod facts;
pub mod pack;
pub mod text;

pub use calendar::{Calendar, Day, DayKind, DayStatus};
pub use chrono::NaiveDate;
pub use eval::{Found, Outcome, ScoreTrace, Window};
pub use facts::{FactSchema, Facts, Value};
pub use pack::check::Finding;
pub use pack::{Layer, Programme, RuleBook, Source, Standing, Status};
pub use text::{Language, Text};
