//! Numbers that people quote: unique, readable, never reused.

use std::fmt;

codes! {
    /// What a number stands for.
    pub enum NumberKind ("kind of number") {
        /// An obligation.
        Obligation = "OB",
        /// A callback.
        Callback = "CB",
        /// A problem ticket.
        Ticket = "TK",
        /// A letter on paper.
        Letter = "LT",
        /// An on-site visit.
        Visit = "VS",
        /// The slip of a sales visit.
        Slip = "FS",
        /// A symposium or satisfaction-survey event.
        Gathering = "GT",
        /// An online survey.
        Survey = "SU",
        /// A request of a person about their own data.
        DataRequest = "DR",
        /// A legal hold.
        LegalHold = "LH",
        /// A batch of records to be destroyed.
        Destruction = "DS",
        /// A list of bancassurance problem cases.
        ProblemList = "PL",
        /// A message to a customer.
        Message = "MS",
        /// A callback campaign.
        Campaign = "CA",
        /// A customer who was entered here, before the core system knows of them.
        Customer = "KH",
    }
}

/// A number such as `OB-2026-0000123`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    /// What it stands for.
    pub kind: NumberKind,
    /// The year in which it was given out.
    pub year: i32,
    /// Its place in that year, from one.
    pub sequence: i64,
}

impl Number {
    /// Reads a number; the letters may be lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '-');
        let kind = NumberKind::parse(&parts.next()?.to_ascii_uppercase()).ok()?;
        let year = parts.next().filter(|y| y.len() == 4)?.parse().ok()?;
        let digits = parts.next()?;
        let sequence = digits.parse().ok().filter(|n| *n > 0)?;
        (digits.len() >= 7).then_some(Self {
            kind,
            year,
            sequence,
        })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}-{:07}", self.kind, self.year, self.sequence)
    }
}
