//! Policies: codes, dates in order, references, the floor of the cooling-off period.

use super::reason::Reason;
use super::row::RowReader;
use chrono::{Datelike, NaiveDate};
use domain::policies::{Channel, Line, PolicyStatus, PremiumFrequency, ProductClass};
use std::collections::HashMap;
use store::dialect::bulk::Cell;
use store::imports::{Field, Record};
use uuid::Uuid;

pub(crate) const COLUMNS: [&str; 30] = [
    "policy_no",
    "product_code",
    "product_name",
    "product_class",
    "line",
    "channel",
    "policyholder_no",
    "insured_no",
    "beneficiary_no",
    "agent_code",
    "org_code",
    "application_date",
    "issue_date",
    "system_entry_date",
    "print_date",
    "effective_date",
    "expiry_date",
    "term_months",
    "premium",
    "premium_frequency",
    "premium_term_years",
    "sum_insured",
    "next_premium_due_on",
    "cooling_off_days",
    "ack_signed_on",
    "ack_entered_on",
    "electronic_ack",
    "double_recorded",
    "juvenile",
    "status",
];
pub(super) const REQUIRED: [&str; 9] = [
    "policy_no",
    "product_name",
    "product_class",
    "line",
    "channel",
    "policyholder_no",
    "org_code",
    "issue_date",
    "status",
];

/// Columns of the record, by position, that later steps look at.
pub(super) mod at {
    pub(in crate::imports) const ACK_SIGNED_ON: usize = 24;
    pub(in crate::imports) const STATUS: usize = 29;
}

#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub number: String,
    pub holder_no: String,
    pub insured_no: Option<String>,
    pub beneficiary_no: Option<String>,
    pub ack: Option<(NaiveDate, Option<NaiveDate>, Option<bool>)>,
    pub status: PolicyStatus,
    pub record: Record,
}

/// What policies refer to.
pub(super) struct References<'r> {
    pub orgs: &'r HashMap<String, (Uuid, String)>,
    pub agents: &'r HashMap<String, Uuid>,
    /// The least cooling-off period that any product over one year may have, in days.
    pub cooling_off_floor: Option<i64>,
    /// The coverage term above which that floor counts, in months.
    pub term_months_over: Option<i64>,
}

/// Terms beyond this are typing errors, in months; whole-life policies of infants reach it.
const TERM_MONTHS_MAX: i64 = 1500;

pub(super) fn parse(row: &mut RowReader<'_>, references: &References<'_>) -> Option<Policy> {
    let number = row.required("policy_no").map(str::to_owned);
    row.required("product_name");
    let class = row.required_code("product_class", ProductClass::parse);
    let line = row.required_code("line", Line::parse);
    let channel = row.required_code("channel", Channel::parse);
    let holder_no = row.required("policyholder_no").map(str::to_owned);
    let org = row.required("org_code").and_then(|code| {
        let found = references.orgs.get(code).map(|(id, _)| *id);
        if found.is_none() {
            row.reject("org_code", Reason::UnknownOrg);
        }
        found
    });
    let agent = row.value("agent_code").and_then(|code| {
        let found = references.agents.get(code).copied();
        if found.is_none() {
            row.reject("agent_code", Reason::UnknownAgent);
        }
        found
    });
    let dates = Dates::read(row);
    let status = row.required_code("status", PolicyStatus::parse);
    let term = row
        .number("term_months", 0..=TERM_MONTHS_MAX)
        .or_else(|| dates.term_months());
    let cooling_off = row.number("cooling_off_days", 0..=365);
    check_floor(row, references, line, term, cooling_off);
    let mut fields = vec![
        row.text("policy_no"),
        row.text("product_code"),
        row.text("product_name"),
        row.field("product_class", class.map(|c| Cell::Code(c.as_str()))),
        row.field("line", line.map(|c| Cell::Code(c.as_str()))),
        row.field("channel", channel.map(|c| Cell::Code(c.as_str()))),
        Field::Absent,
        row.field("insured_no", None),
        row.field("beneficiary_no", None),
        row.field("agent_code", agent.map(Cell::Id)),
        row.field("org_code", org.map(Cell::Id)),
    ];
    fields.extend(dates.fields(row));
    fields.push(match term {
        Some(months) => Field::Value(Cell::Int(months)),
        None => row.field("term_months", None),
    });
    fields.extend(money(row));
    let next_premium = row.date("next_premium_due_on");
    fields.push(row.field("next_premium_due_on", next_premium.map(Cell::Date)));
    fields.push(row.field("cooling_off_days", cooling_off.map(Cell::Int)));
    fields.push(row.field("ack_signed_on", dates.ack_signed.map(Cell::Date)));
    fields.push(row.field("ack_entered_on", dates.ack_entered.map(Cell::Date)));
    let electronic = row.bool("electronic_ack");
    fields.push(row.field("electronic_ack", electronic.map(Cell::Bool)));
    for column in ["double_recorded", "juvenile"] {
        let value = row.bool(column);
        fields.push(row.field(column, value.map(Cell::Bool)));
    }
    fields.push(row.field("status", status.map(|s| Cell::Code(s.as_str()))));
    Some(Policy {
        number: number?,
        holder_no: holder_no?,
        insured_no: row.value("insured_no").map(str::to_owned),
        beneficiary_no: row.value("beneficiary_no").map(str::to_owned),
        ack: dates
            .ack_signed
            .map(|signed| (signed, dates.ack_entered, electronic)),
        status: status?,
        record: Record { fields },
    })
}

impl Policy {
    /// Fills in the parties, once they are known; the column whose customer is unknown otherwise.
    pub(super) fn resolve(
        &mut self,
        customers: &HashMap<String, Uuid>,
    ) -> Result<(), &'static str> {
        let find = |number: &str| customers.get(number).map(|id| Field::Value(Cell::Id(*id)));
        self.record.fields[6] = find(&self.holder_no).ok_or("policyholder_no")?;
        if let Some(number) = &self.insured_no {
            self.record.fields[7] = find(number).ok_or("insured_no")?;
        }
        if let Some(number) = &self.beneficiary_no {
            self.record.fields[8] = find(number).ok_or("beneficiary_no")?;
        }
        Ok(())
    }
}

fn money(row: &mut RowReader<'_>) -> [Field; 4] {
    let premium = row.money("premium");
    let frequency = row.code("premium_frequency", PremiumFrequency::parse);
    let years = row.number("premium_term_years", 0..=120);
    let sum_insured = row.money("sum_insured");
    [
        row.field("premium", premium.map(Cell::Int)),
        row.field(
            "premium_frequency",
            frequency.map(|f| Cell::Code(f.as_str())),
        ),
        row.field("premium_term_years", years.map(Cell::Int)),
        row.field("sum_insured", sum_insured.map(Cell::Int)),
    ]
}

/// Products under the floor are refused (Chongqing measures, article 4).
fn check_floor(
    row: &mut RowReader<'_>,
    references: &References<'_>,
    line: Option<Line>,
    term: Option<i64>,
    days: Option<i64>,
) {
    let covered = matches!(line, Some(Line::Life | Line::Health | Line::Accident));
    let long = term
        .zip(references.term_months_over)
        .is_some_and(|(term, over)| term > over);
    let short = days
        .zip(references.cooling_off_floor)
        .is_some_and(|(days, floor)| days < floor);
    if covered && long && short {
        let floor = references.cooling_off_floor.unwrap_or_default();
        row.reject_because(
            "cooling_off_days",
            Reason::CoolingOffTooShort,
            &format!("{floor}"),
        );
    }
}

struct Dates {
    application: Option<NaiveDate>,
    issue: Option<NaiveDate>,
    entry: Option<NaiveDate>,
    print: Option<NaiveDate>,
    effective: Option<NaiveDate>,
    expiry: Option<NaiveDate>,
    ack_signed: Option<NaiveDate>,
    ack_entered: Option<NaiveDate>,
}

impl Dates {
    fn read(row: &mut RowReader<'_>) -> Self {
        row.required("issue_date");
        let dates = Self {
            application: row.date("application_date"),
            issue: row.date("issue_date"),
            entry: row.date("system_entry_date"),
            print: row.date("print_date"),
            effective: row.date("effective_date"),
            expiry: row.date("expiry_date"),
            ack_signed: row.date("ack_signed_on"),
            ack_entered: row.date("ack_entered_on"),
        };
        let after = |a: Option<NaiveDate>, b: Option<NaiveDate>| matches!((a, b), (Some(a), Some(b)) if a > b);
        let pairs = [
            (
                dates.application,
                dates.issue,
                "issue_date",
                "application_date",
            ),
            (dates.issue, dates.ack_signed, "ack_signed_on", "issue_date"),
            (
                dates.ack_signed,
                dates.ack_entered,
                "ack_entered_on",
                "ack_signed_on",
            ),
            (
                dates.effective,
                dates.expiry,
                "expiry_date",
                "effective_date",
            ),
        ];
        for (earlier, later, column, other) in pairs {
            if after(earlier, later) {
                row.reject_because(column, Reason::DateOrder, other);
            }
        }
        dates
    }

    /// The term, when only its dates are given: whole months from effective to expiry.
    fn term_months(&self) -> Option<i64> {
        let (from, to) = (self.effective?, self.expiry?.succ_opt()?);
        let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month())
            - i64::from(from.month());
        Some(if to.day() < from.day() {
            months - 1
        } else {
            months
        })
    }

    fn fields(&self, row: &RowReader<'_>) -> [Field; 6] {
        let field = |name: &str, date: Option<NaiveDate>| row.field(name, date.map(Cell::Date));
        [
            field("application_date", self.application),
            field("issue_date", self.issue),
            field("system_entry_date", self.entry),
            field("print_date", self.print),
            field("effective_date", self.effective),
            field("expiry_date", self.expiry),
        ]
    }
}
