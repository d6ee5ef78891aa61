//! Terms as the packs write them: a basis is a pair of parameters, `keep_NAME_years` (or `_months`)
//! and `keep_NAME_from`.

use crate::rules::Rules;
use crate::{App, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::retention::{Basis, Clock, Clocks, RecordKind, Start, Term};
use domain::time::{self, Instant};
use rules::dates::add_months;
use rules::pack::{DatedValue, Operand, ParameterGroup};
use rules::{Facts, Text, Value};
use store::retention::KeptPolicy;

/// Beginning of the ids of bases.
const PREFIX: &str = "keep_";
/// End of the id of the clock of a basis.
const CLOCK: &str = "_from";
const MONTHS_OF_A_YEAR: i64 = 12;

/// Where a basis is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What people call it.
    pub label: Text,
    /// How long, in its unit.
    pub amount: i64,
    /// The unit.
    pub unit: Text,
    /// The article.
    pub article: String,
    /// What the article says.
    pub words: Text,
    /// Title of the instrument.
    pub pack: Text,
    /// Its id, for links.
    pub pack_id: String,
    /// How sure the text is (T, T2, K, U, P).
    pub confidence: String,
}

impl Source {
    /// The basis in one line, as certificates quote it.
    pub(crate) fn line(&self) -> String {
        format!(
            "{} {} {}（{}·{}）",
            self.label.zh, self.amount, self.unit.zh, self.pack.zh, self.article
        )
    }
}

/// A basis as a parameter: its group, its name, and months of its unit.
struct Found<'r> {
    group: &'r ParameterGroup,
    name: &'r str,
    months: i64,
}

fn bases(rules: &Rules) -> impl Iterator<Item = Found<'_>> {
    rules.book().parameters().iter().filter_map(|group| {
        let rest = group.id.strip_prefix(PREFIX)?;
        let (name, months) = match rest.strip_suffix("_years") {
            Some(name) => (name, MONTHS_OF_A_YEAR),
            None => (rest.strip_suffix("_months")?, 1),
        };
        Some(Found {
            group,
            name,
            months,
        })
    })
}

fn clock(rules: &Rules, name: &str, facts: &Facts<'_>, today: NaiveDate) -> Option<Clock> {
    let id = format!("{PREFIX}{name}{CLOCK}");
    match rules.book().parameter_value(&id, facts, today)? {
        Value::Code(code) => Clock::parse(&code).ok(),
        _ => None,
    }
}

fn source(rules: &Rules, group: &ParameterGroup, dated: &DatedValue) -> Option<Source> {
    let pack = rules.book().pack(dated.cite.pack);
    let words = pack.article(&dated.cite.article).map(|a| a.text.clone());
    Some(Source {
        label: group.label.clone(),
        amount: dated.value.as_int()?,
        unit: group.unit.clone().unwrap_or_default(),
        article: dated.cite.article.clone(),
        words: words.unwrap_or_default(),
        pack: pack.title.clone(),
        pack_id: pack.id.clone(),
        confidence: pack.confidence.clone(),
    })
}

/// Facts about a record; the policy's where it belongs to one.
pub(super) fn facts<'f>(
    rules: &Rules,
    kind: RecordKind,
    policy: Option<&'f KeptPolicy>,
) -> Facts<'f> {
    let schema = rules.book().schema();
    let mut facts = Facts::new(schema);
    let mut set = |name: &str, value: Value<'f>| {
        if let Some(id) = schema.find_fact(name) {
            facts.set(id, value);
        }
    };
    set("record.kind", Value::code(kind.as_str()));
    if let Some(p) = policy {
        set("policy.line", Value::code(p.line.as_str()));
        set(
            "policy.product_class",
            Value::code(p.product_class.as_str()),
        );
        set("policy.channel", Value::code(p.channel.as_str()));
        set("policy.term_months", Value::from(term_months(p)));
        set("policy.issue_date", Value::from(Some(p.issue_date)));
        set("holder.kind", Value::code(p.holder_kind.as_str()));
    }
    facts
}

/// The coverage term: as the core system says it, or from its first to its last day.
fn term_months(policy: &KeptPolicy) -> Option<i64> {
    if policy.term_months.is_some() {
        return policy.term_months;
    }
    let (from, until) = (policy.effective_date?, policy.expiry_date?);
    // A month that was begun counts whole: the longer reading keeps records longer.
    (0..=MONTHS_OF_A_YEAR * 120).find(|n| add_months(from, *n) >= until)
}

/// Every basis that applies to a record, with its last day.
pub(super) fn term(
    rules: &Rules,
    kind: RecordKind,
    policy: Option<&KeptPolicy>,
    clocks: &Clocks,
    today: NaiveDate,
) -> Term<Source> {
    let facts = facts(rules, kind, policy);
    let found = bases(rules).filter_map(|basis| {
        let clock = clock(rules, basis.name, &facts, today)?;
        let start = clocks.start(clock);
        if start == Start::Never {
            return None;
        }
        // The value is chosen by the day on which the clock started: a change of the law does not
        // reach back to contracts that had ended before it.
        let on = start.day().unwrap_or(today);
        let (_, dated) = rules.book().parameter_source(&basis.group.id, &facts, on)?;
        let source = source(rules, basis.group, &dated)?;
        let months = source.amount * basis.months;
        Some(Basis {
            until: start.day().map(|day| add_months(day, months)),
            source,
            clock,
            start,
        })
    });
    Term(found.collect())
}

/// The day before which something must have ended to be past any term at all.
pub(super) fn earliest_end(rules: &Rules, today: NaiveDate) -> NaiveDate {
    let facts = Facts::new(rules.book().schema());
    let shortest = bases(rules)
        .filter(|b| clock(rules, b.name, &facts, today) == Some(Clock::ContractEnd))
        .flat_map(|b| {
            let values = b.group.members.iter().flat_map(|m| &m.values);
            values.filter_map(move |v| Some(v.value.as_int()? * b.months))
        })
        .min();
    add_months(today, -shortest.unwrap_or(0))
}

/// The last day on which a record can have been made whose own term is over.
pub(super) fn latest_made(rules: &Rules, kind: RecordKind, today: NaiveDate) -> NaiveDate {
    let facts = Facts::new(rules.book().schema());
    let own = |v: &&DatedValue| kinds(rules, v).iter().any(|k| k == kind.as_str());
    let shortest = bases(rules)
        .filter(|b| clock(rules, b.name, &facts, today) == Some(Clock::Made))
        .flat_map(|b| {
            let values = b.group.members.iter().flat_map(|m| &m.values).filter(own);
            values.filter_map(move |v| Some(v.value.as_int()? * b.months))
        })
        .min();
    add_months(today, -shortest.unwrap_or(0))
}

/// A line of the schedule of terms.
#[derive(Clone, Debug)]
pub struct ScheduleLine {
    /// Where it is written.
    pub source: Source,
    /// Kinds of records that it covers.
    pub kinds: Vec<String>,
    /// What it counts from.
    pub clock: Option<Clock>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// Every term in every pack in force; drafts wait among the proposals of rules.
///
/// # Errors
/// When the actor may neither manage retention nor handle requests.
pub fn schedule(app: &App, actor: &Actor, now: Instant) -> Result<Vec<ScheduleLine>> {
    if !actor.may(Permission::RetentionApprove) {
        actor.demand(Permission::RetentionManage)?;
    }
    let rules = app.rules();
    let today = time::date_in_china(now);
    let empty = Facts::new(rules.book().schema());
    let mut lines = Vec::new();
    for basis in bases(&rules) {
        let clock = clock(&rules, basis.name, &empty, today);
        for member in &basis.group.members {
            let pack = rules.book().pack(member.pack);
            for dated in &member.values {
                let Some(source) = source(&rules, basis.group, dated) else {
                    continue;
                };
                lines.push(ScheduleLine {
                    source,
                    kinds: kinds(&rules, dated),
                    clock,
                    from: dated.from.or(pack.in_force.from),
                    until: dated.until.or(pack.in_force.until),
                });
            }
        }
    }
    Ok(lines)
}

/// The kinds of records that the conditions of a value name.
fn kinds(rules: &Rules, dated: &DatedValue) -> Vec<String> {
    let fact = rules.book().schema().find_fact("record.kind");
    let named = dated.when.iter().filter(|c| Some(c.fact) == fact);
    named
        .flat_map(|c| match &c.operand {
            Operand::Literals(values) => values.clone(),
            _ => Vec::new(),
        })
        .filter_map(|v| match v {
            Value::Code(code) => Some(code.into_owned()),
            _ => None,
        })
        .collect()
}
