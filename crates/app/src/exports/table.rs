//! Tables by name: their columns, and what a cell may hold.

use chrono::{NaiveDate, SecondsFormat};
use domain::access::Permission;
use domain::money::Money;
use domain::time::{self, Instant};
use std::fmt;

/// A name that is none of the known ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no {what}; known: {known}")]
pub struct TableName {
    what: &'static str,
    given: String,
    known: String,
}

macro_rules! names {
    ($(#[$meta:meta])* $type:ident ($what:literal) { $( $(#[$vmeta:meta])* $variant:ident = $name:literal ),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $type { $( $(#[$vmeta])* $variant ),+ }

        impl $type {
            /// All of them.
            pub const ALL: &'static [Self] = &[ $( Self::$variant ),+ ];

            /// The name.
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $name ),+ }
            }

            /// Reads a name.
            ///
            /// # Errors
            /// Says which names are known.
            pub fn parse(text: &str) -> Result<Self, TableName> {
                let found = Self::ALL.iter().copied().find(|v| v.as_str() == text);
                found.ok_or_else(|| TableName {
                    what: $what,
                    given: text.chars().take(40).collect(),
                    known: [ $( $name ),+ ].join(", "),
                })
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

names! {
    /// What can be exported.
    ExportKind ("table to export") {
        /// What the company owes or owed.
        Obligations = "obligations",
        /// Candidates that a rule excluded.
        Exclusions = "exclusions",
        /// Callbacks.
        Callbacks = "callbacks",
        /// Attempts to reach customers.
        Attempts = "attempts",
        /// What customers answered.
        Answers = "answers",
        /// Problem tickets.
        Tickets = "tickets",
        /// Customers.
        Customers = "customers",
        /// Policies.
        Policies = "policies",
        /// Events.
        Events = "events",
        /// Payout callbacks with what is recorded beside the interview: problem and follow-up lists.
        Payouts = "payouts",
        /// Scheduled contacts: reminders, notices and greetings.
        Contacts = "contacts",
        /// Customers on the lists of callback campaigns, with what became of them.
        Campaigns = "campaigns",
        /// Customers whose class changed.
        Classes = "classes",
        /// Findings on the quality of customers' information.
        Information = "information",
        /// Commission held back because of customers' information.
        CommissionHolds = "commission_holds",
    }
}

names! {
    /// In which form.
    ExportFormat ("export format") {
        /// Comma-separated values with a heading.
        Csv = "csv",
        /// One JSON object a line.
        Ndjson = "ndjson",
        /// An Excel workbook of one sheet.
        Xlsx = "xlsx",
    }
}

impl ExportFormat {
    /// Media type of the file.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => "application/x-ndjson",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

impl ExportKind {
    /// The right to see the table at all.
    pub fn permission(self) -> Permission {
        match self {
            Self::Obligations | Self::Exclusions => Permission::ObligationsRead,
            Self::Callbacks | Self::Attempts | Self::Answers | Self::Payouts => {
                Permission::CallbacksRead
            }
            Self::Tickets => Permission::TicketsRead,
            Self::Contacts => Permission::MessagesRead,
            Self::Campaigns => Permission::CampaignsRead,
            Self::Customers | Self::Classes | Self::Information => Permission::CustomersRead,
            Self::CommissionHolds => Permission::InformationManage,
            Self::Policies | Self::Events => Permission::PoliciesRead,
        }
    }

    /// Its columns, in order.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Obligations => &super::work::OBLIGATIONS,
            Self::Exclusions => &super::work::EXCLUSIONS,
            Self::Callbacks => &super::work::CALLBACKS,
            Self::Attempts => &super::work::ATTEMPTS,
            Self::Answers => &super::work::ANSWERS,
            Self::Tickets => &super::work::TICKETS,
            Self::Customers => &super::people::CUSTOMERS,
            Self::Policies => &super::people::POLICIES,
            Self::Events => &super::people::EVENTS,
            Self::Payouts => &super::payouts::COLUMNS,
            Self::Contacts => &super::contacts::COLUMNS,
            Self::Campaigns => &super::campaigns::COLUMNS,
            Self::Classes => &super::classes::COLUMNS,
            Self::Information => &super::data_quality::FINDINGS,
            Self::CommissionHolds => &super::data_quality::HOLDS,
        }
    }
}

/// A value in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Unknown.
    Empty,
    /// Text or a code.
    Text(String),
    /// A number.
    Int(i64),
    /// True or false.
    Bool(bool),
    /// A civil date.
    Date(NaiveDate),
    /// A moment.
    Instant(Instant),
    /// An amount in fen.
    Money(i64),
}

impl Cell {
    /// As it stands in text files; the same form that imports read.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Int(number) => number.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Instant(at) => at
                .with_timezone(&time::china())
                .to_rfc3339_opts(SecondsFormat::AutoSi, false),
            Self::Money(fen) => Money(*fen).to_string(),
        }
    }

    /// An amount in fen, or nothing.
    pub(super) fn money(fen: Option<i64>) -> Self {
        fen.map_or(Self::Empty, Self::Money)
    }
}

macro_rules! cell_from {
    ($($type:ty => $variant:ident),+ $(,)?) => { $(
        impl From<$type> for Cell {
            fn from(value: $type) -> Self {
                Self::$variant(value)
            }
        }
        impl From<Option<$type>> for Cell {
            fn from(value: Option<$type>) -> Self {
                value.map_or(Self::Empty, Self::$variant)
            }
        }
    )+ };
}

cell_from! { String => Text, i64 => Int, bool => Bool, NaiveDate => Date, Instant => Instant }

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
