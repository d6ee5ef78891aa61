//! Quality of the work: what follows from an offence, as a proposal that somebody else approves.

mod penalty;

pub use penalty::{Measure, Offence, Penalty, PenaltyError, Signatures};
