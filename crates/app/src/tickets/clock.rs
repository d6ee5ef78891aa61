//! What the packs say about a case: by when, by which post, at which level, by whom not. Every value
//! comes with the article that it is written in.

use crate::obligations::province;
use crate::rules::Rules;
use crate::{Error, Result};
use chrono::NaiveDate;
use domain::access::OrgLevel;
use domain::tickets::{CaseKind, ProblemType};
use rules::pack::DatedValue;
use rules::{Facts, Text, Value};
use serde::{Deserialize, Serialize};
use store::tickets::{TicketCase, TicketRow};

/// A period of working days, with where it is written; kept with the ticket as it was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Working days.
    pub days: i64,
    /// Counted from this day, which is not the first.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// The pack.
    pub pack: String,
    /// Its version.
    pub version: u32,
    /// The article.
    pub article: String,
}

/// How the dates of a ticket came about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueBasis {
    /// The company's own limit.
    pub company: Option<Period>,
    /// The law's.
    pub law: Option<Period>,
    /// After which bancassurance lists the case.
    pub listed: Option<Period>,
}

impl DueBasis {
    pub(super) fn read(text: Option<&str>) -> Self {
        text.and_then(|t| serde_json::from_str(t).ok())
            .unwrap_or_default()
    }

    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A period as people are told of it.
#[derive(Clone, Debug)]
pub struct Clock {
    /// `company`, `law` or `listed`.
    pub kind: &'static str,
    /// The period.
    pub period: Period,
    /// Name of the instrument.
    pub title: Text,
    /// The wording of the article.
    pub words: Option<Text>,
    /// Every day of it: the day, whether it is worked, the holiday, its number.
    pub days: Vec<ClockDay>,
}

/// A day of a period.
#[derive(Clone, Debug)]
pub struct ClockDay {
    /// The day.
    pub date: NaiveDate,
    /// Whether people work on it.
    pub is_working: bool,
    /// The holiday that it belongs to, or that it makes up for.
    pub holiday: Option<Text>,
    /// Its number in the period; nothing when it is passed over.
    pub number: Option<i64>,
}

/// The periods of a ticket, as they were decided, with the words of the rules.
pub(super) fn clocks(rules: &Rules, ticket: &TicketRow) -> Vec<Clock> {
    let basis = DueBasis::read(ticket.due_basis.as_deref());
    let periods = [
        ("company", basis.company),
        ("law", basis.law),
        ("listed", basis.listed),
    ];
    let known = periods
        .into_iter()
        .filter_map(|(kind, period)| Some((kind, period?)));
    known
        .map(|(kind, period)| {
            let packs = rules.book().packs().iter();
            let pack = packs
                .filter(|p| p.id == period.pack)
                .max_by_key(|p| p.version == period.version);
            let unit = rules::dates::Unit::WorkingDay;
            let counted =
                rules::dates::count_days(rules.calendar(), period.from, period.days, unit, false);
            Clock {
                kind,
                title: pack.map_or_else(
                    || Text::new(&period.pack, &period.pack),
                    |p| p.title.clone(),
                ),
                words: pack.and_then(|p| Some(p.article(&period.article)?.text.clone())),
                days: counted
                    .into_iter()
                    .map(|d| ClockDay {
                        date: d.day.date,
                        is_working: d.day.kind.is_working(),
                        holiday: d.day.name.cloned(),
                        number: d.number,
                    })
                    .collect(),
                period,
            }
        })
        .collect()
}

/// The rules as they apply to one case.
pub(super) struct CaseRules<'r> {
    rules: &'r Rules,
    facts: Facts<'r>,
    programme: &'r str,
}

impl<'r> CaseRules<'r> {
    /// The rules for a case.
    pub(super) fn new(
        rules: &'r Rules,
        case: &'r TicketCase,
        programme: &'r str,
        kind: CaseKind,
        problem: ProblemType,
    ) -> Self {
        let schema = rules.book().schema();
        let event = rules
            .programme(programme)
            .map(|p| p.trigger.cause.name(schema));
        let mut facts = Facts::new(schema);
        let mut set = |name: &str, value: Value<'r>| {
            if let Some(fact) = schema.find_fact(name) {
                facts.set(fact, value);
            }
        };
        set("ticket.programme", Value::code(programme));
        set("ticket.event", Value::from(event));
        set("ticket.kind", Value::code(kind.as_str()));
        set("ticket.problem", Value::code(problem.as_str()));
        set("policy.line", Value::from(case.line.as_deref()));
        set("policy.channel", Value::from(case.channel.as_deref()));
        set(
            "customer.value_class",
            Value::from(case.value_class.as_deref()),
        );
        if let Some(region) = &case.region {
            set("policy.region", Value::code(province(region)));
        }
        Self {
            rules,
            facts,
            programme,
        }
    }

    /// The rules for a ticket.
    pub(super) fn of(rules: &'r Rules, case: &'r TicketCase, ticket: &'r TicketRow) -> Self {
        Self::new(rules, case, &ticket.programme, ticket.kind, ticket.problem)
    }

    fn find(&self, id: &str, on: NaiveDate) -> Option<(Value<'static>, DatedValue)> {
        let found = self.rules.book().parameter_source(id, &self.facts, on);
        found.filter(|(value, _)| !value.is_unknown())
    }

    fn period(&self, id: &str, from: NaiveDate) -> Option<Period> {
        let (value, source) = self.find(id, from)?;
        let days = value.as_int()?;
        let pack = self.rules.book().pack(source.cite.pack);
        Some(Period {
            days,
            from,
            until: self.rules.working_days_after(from, days),
            pack: pack.id.clone(),
            version: pack.version,
            article: source.cite.article,
        })
    }

    /// The company's limit for a case issued on a day: that of its kind, else that of its programme; the one of the
    /// customer's class where it is shorter (SEG-06).
    pub(super) fn company(&self, issued_on: NaiveDate) -> Result<Period> {
        let usual = self.usual(issued_on)?;
        let first = self.period("ticket_days_priority", issued_on);
        Ok(first.filter(|p| p.until < usual.until).unwrap_or(usual))
    }

    fn usual(&self, issued_on: NaiveDate) -> Result<Period> {
        if let Some(period) = self.period("ticket_days", issued_on) {
            return Ok(period);
        }
        let named = self.rules.programme(self.programme).and_then(|p| {
            let name = p.discharge.get("ticket_due_days")?.as_str()?;
            self.period(name.strip_prefix("param:")?, issued_on)
        });
        // Visits have no questionnaire to discharge them by: the company's own limit holds.
        let named = named.or_else(|| self.period("ticket_due_days", issued_on));
        named.ok_or_else(|| {
            Error::Fault(format!("{} has no time limit for tickets", self.programme))
        })
    }

    /// The law's limit for a problem found on a day.
    pub(super) fn law(&self, found_on: NaiveDate) -> Option<Period> {
        self.period("problem_resolve_days", found_on)
    }

    /// The days after which bancassurance lists a case issued on a day.
    pub(super) fn listed(&self, issued_on: NaiveDate) -> Option<Period> {
        self.period("banc_listed_days", issued_on)
    }

    /// The day from which the handler is warned.
    pub(super) fn warn_on(&self, due_on: NaiveDate) -> NaiveDate {
        let days = self.find("ticket_warn_days", due_on);
        let days = days.and_then(|(value, _)| value.as_int()).unwrap_or(0);
        self.rules.working_days_after(due_on, -days)
    }

    /// Whether the programme keeps the salesperson of the policy away (conflict C-08: life only).
    pub(super) fn bars_salesperson(&self) -> bool {
        let discharge = self.rules.discharge(self.programme);
        discharge.is_ok_and(|d| d.executor.bars_salesperson)
    }

    /// Whether people who sell may not solve it.
    pub(super) fn bars_sales(&self, on: NaiveDate) -> bool {
        self.is_set("problem_sales_barred", on)
    }

    /// Whether whoever caused it handles it.
    pub(super) fn cause_handles(&self, on: NaiveDate) -> bool {
        self.is_set("ticket_cause_handles", on)
    }

    fn is_set(&self, id: &str, on: NaiveDate) -> bool {
        matches!(self.find(id, on), Some((Value::Bool(true), _)))
    }

    fn code(&self, id: &str, on: NaiveDate) -> Option<(String, String)> {
        match self.find(id, on)? {
            (Value::Code(code), source) => Some((code.into_owned(), source.cite.article)),
            _ => None,
        }
    }

    /// The highest level of units that may have it.
    pub(super) fn level_at_most(&self, on: NaiveDate) -> Option<OrgLevel> {
        let (code, _) = self.code("ticket_level", on)?;
        OrgLevel::parse(&code).ok()
    }

    /// The post that handles it.
    pub(super) fn post(&self, on: NaiveDate) -> Option<String> {
        Some(self.code("ticket_post", on)?.0)
    }

    /// The rule under which it goes to the department responsible, with its article.
    pub(super) fn transfer_rule(&self, on: NaiveDate) -> Option<String> {
        let (title, article) = self.code("ticket_transfer_rule", on)?;
        Some(format!("《{title}》（{article}）"))
    }
}

/// A company setting that is written as a code.
pub(super) fn setting(rules: &Rules, id: &str, on: NaiveDate) -> Option<(String, String)> {
    let book = rules.book();
    // Packs of one line of business are asked as for that line.
    let mut facts = Facts::new(book.schema());
    if let Some(line) = book.schema().find_fact("policy.line") {
        facts.set(line, Value::code("life"));
    }
    match book.parameter_source(id, &facts, on)? {
        (Value::Code(code), source) => Some((code.into_owned(), source.cite.article)),
        _ => None,
    }
}
