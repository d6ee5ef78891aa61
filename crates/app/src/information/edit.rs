//! Changing facts by form or by a system: all problems at once, what is sensitive waits for a second person.

use super::demands::Demands;
use crate::customers::{find, put_facts};
use crate::{App, Error, FieldProblem, Refusal, Result, listing};
use chrono::{NaiveDate, NaiveTime};
use domain::access::{Actor, ActorKind, Permission, Role};
use domain::customers::{CustomerField, FactSheet, NewFact, Origin, SourceChannel, cross_check};
use domain::information::Demand;
use domain::time::{self, Instant};
use store::customers::{CustomerRow, Learned, sheet_of};
use store::information::{self as rows, NewChange};
use store::{Audit, AuditActor, AuditEntry};
use uuid::Uuid;

/// Longest reason, in characters.
const REASON_MAX: usize = 200;
/// Longest name of a collector, and number of a callback, letter or visit, in characters.
const NAME_MAX: usize = 60;

/// What a form or a system says.
#[derive(Clone, Debug, Default)]
pub struct InformationForm {
    /// Facts by their codes, as text; nothing takes a fact away. What is not named stays.
    pub facts: Vec<(String, Option<String>)>,
    /// Code of the channel; that of the person's own work when empty.
    pub source: String,
    /// Who collected it; whoever enters it when empty.
    pub collected_by: String,
    /// The day on which it was collected; today when empty.
    pub collected_on: String,
    /// How it became known.
    pub reason: String,
    /// Code of the occasion; that of the entrance when empty.
    pub origin: String,
    /// Number of the callback, letter or visit on which it was learned.
    pub about: String,
    /// The customer's identity was verified.
    pub is_identified: bool,
    /// The version of the customer that was shown.
    pub version: i64,
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Facts that hold from now on.
    pub facts: Vec<CustomerField>,
    /// Facts that wait for a second person.
    pub waiting: Vec<CustomerField>,
    /// The correction that waits.
    pub change: Option<Uuid>,
}

/// Facts of a form with where they were learned.
pub(super) struct Read {
    pub facts: Vec<NewFact>,
    pub learned: Learned,
    pub reason: String,
    pub about: Option<String>,
}

impl InformationForm {
    /// Reads the form; problems are collected, so that all of them are told at once.
    pub(super) fn read(
        &self,
        actor: &Actor,
        now: Instant,
        problems: &mut Vec<FieldProblem>,
    ) -> Read {
        let mut note = |field: &str, code: &str| problems.push(FieldProblem::new(field, code));
        let mut facts: Vec<NewFact> = Vec::new();
        for (name, text) in &self.facts {
            let field = CustomerField::parse(name).ok().filter(|f| f.is_entered());
            let Some(field) = field else {
                note(name, "unknown-code");
                continue;
            };
            match text.as_deref().map_or(Ok(None), |t| field.read(t)) {
                Ok(value) => {
                    facts.retain(|(f, _)| *f != field);
                    facts.push((field, value));
                }
                Err(code) => note(name, code),
            }
        }
        let source = listing::code("source", &self.source, SourceChannel::parse);
        if source.is_err() {
            note("source", "unknown-code");
        }
        let origin = listing::code("origin", &self.origin, Origin::parse);
        if origin.is_err() {
            note("origin", "unknown-code");
        }
        let today = time::date_in_china(now);
        let collected = listing::date("collected_on", &self.collected_on);
        match &collected {
            Err(_) => note("collected_on", "date"),
            Ok(Some(day)) if *day > today => note("collected_on", "in-future"),
            Ok(_) => {}
        }
        let reason = self.reason.trim();
        match reason.chars().count() {
            0 => note("reason", "missing"),
            n if n > REASON_MAX => note("reason", "too-long"),
            _ => {}
        }
        for (field, text) in [("collected_by", &self.collected_by), ("about", &self.about)] {
            if text.trim().chars().count() > NAME_MAX {
                note(field, "too-long");
            }
        }
        let fallback = match actor.kind {
            ActorKind::Client(_) => Origin::System,
            _ => Origin::Form,
        };
        let by = listing::some(&self.collected_by).unwrap_or_else(|| actor.name.clone());
        Read {
            facts,
            reason: reason.to_owned(),
            about: listing::some(&self.about),
            learned: Learned {
                origin: origin.ok().flatten().unwrap_or(fallback),
                source: Some(source.ok().flatten().unwrap_or_else(|| own_channel(actor))),
                collected_by: Some(by),
                collected_at: Some(collected_at(collected.ok().flatten(), now)),
            },
        }
    }
}

/// Today means now; an earlier day its beginning.
fn collected_at(day: Option<NaiveDate>, now: Instant) -> Instant {
    let today = time::date_in_china(now);
    let earlier = day.filter(|d| *d < today);
    earlier.map_or(now, |d| time::at_in_china(d, NaiveTime::MIN))
}

/// The channel of a person's own work (CUS-01).
fn own_channel(actor: &Actor) -> SourceChannel {
    if actor.roles.contains(&Role::BranchSales) {
        SourceChannel::Sales
    } else {
        SourceChannel::Service
    }
}

/// A sheet with some facts changed.
pub(super) fn changed_sheet(sheet: &FactSheet, facts: &[NewFact]) -> FactSheet {
    let mut sheet = sheet.clone();
    for (field, value) in facts {
        match value {
            Some(value) => sheet.insert(*field, value.clone()),
            None => sheet.remove(field),
        };
    }
    sheet
}

/// Facts that say who a person is and must fit each other.
const IDENTITY: [CustomerField; 4] = [
    CustomerField::IdNo,
    CustomerField::IdType,
    CustomerField::BirthDate,
    CustomerField::Sex,
];

/// What does not fit after a change; what was wrong before and is not touched stays for later.
pub(super) fn misfits(
    before: &FactSheet,
    facts: &[NewFact],
    demands: &Demands<'_>,
    (kind, today): (domain::customers::CustomerKind, NaiveDate),
) -> Vec<FieldProblem> {
    let touched = |field: CustomerField| facts.iter().any(|(f, _)| *f == field);
    let identity = IDENTITY.into_iter().any(touched);
    let found = cross_check(&changed_sheet(before, facts), kind, today);
    let concerns = |f: CustomerField| touched(f) || identity && IDENTITY.contains(&f);
    let misfits = found.into_iter().filter(|(f, _)| concerns(*f));
    let mut problems: Vec<_> = misfits
        .map(|(f, code)| FieldProblem::new(f.as_str(), code))
        .collect();
    for (field, value) in facts {
        if value.is_none() && demands.of(*field) == Demand::Mandatory {
            problems.push(FieldProblem::new(field.as_str(), "mandatory"));
        }
    }
    problems
}

/// Changes facts of a customer in sight. Sensitive facts, and contact data of customers whose identity
/// nobody verified, wait for a second person (CUS-09, CUS-12).
///
/// # Errors
/// All problems at once, each on its field; [`Error::NotFound`] when the customer is not in sight;
/// [`Error::Conflict`] when someone else changed the customer; [`Error::Refused`] when the data was
/// destroyed or may only be stored.
pub async fn change_information(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    form: &InformationForm,
) -> Result<Changed> {
    let scope = actor.scope(Permission::CustomersEdit)?;
    let customer = find(app, &scope, customer_no).await?;
    let mut problems = Vec::new();
    let read = form.read(actor, now, &mut problems);
    let before = sheet_of(&customer);
    let mut facts = read.facts;
    facts.retain(|(field, new)| before.get(field) != new.as_ref());
    let today = time::date_in_china(now);
    let rules = app.rules_for(actor)?;
    let profile = rows::find_profile(app.store(), &scope, customer.id).await?;
    let demands = Demands::new(&rules, customer.kind, profile.lines, today);
    problems.extend(misfits(&before, &facts, &demands, (customer.kind, today)));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if customer.erased_at.is_some() || customer.restricted_at.is_some() {
        return Err(Refusal::new("information-restricted").into());
    }
    if customer.version != form.version {
        return Err(Error::Conflict);
    }
    let identified = match (read.learned.origin, &read.about) {
        // A callback speaks for itself: who was asked and affirmed it stands in its answers.
        (Origin::Callback, Some(number)) => {
            let items = app.scripts().identity_items();
            rows::is_identified_on(app.store(), &scope, customer.id, number, &items).await?
        }
        (Origin::Callback, None) => false,
        _ => form.is_identified,
    };
    let (waiting, direct): (Vec<_>, Vec<_>) = facts
        .into_iter()
        .partition(|(field, _)| demands.needs_approval(*field, identified));
    write(
        app,
        actor,
        now,
        &customer,
        Parts {
            direct,
            waiting,
            learned: read.learned,
            reason: read.reason,
            about: read.about,
        },
    )
    .await
}

struct Parts {
    direct: Vec<NewFact>,
    waiting: Vec<NewFact>,
    learned: Learned,
    reason: String,
    about: Option<String>,
}

async fn write(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer: &CustomerRow,
    parts: Parts,
) -> Result<Changed> {
    let mut changed = Changed {
        facts: parts.direct.iter().map(|(f, _)| *f).collect(),
        waiting: parts.waiting.iter().map(|(f, _)| *f).collect(),
        change: None,
    };
    let work = app.store().begin(now).await?;
    let (version, learned) = (customer.version, &parts.learned);
    let mut audit: Vec<AuditEntry> = Vec::new();
    audit.extend(
        put_facts(
            &work,
            actor,
            customer,
            version,
            &parts.direct,
            &parts.reason,
            learned,
        )
        .await?,
    );
    if !parts.waiting.is_empty() {
        let by = AuditActor::from(actor);
        let new = NewChange {
            customer: customer.id,
            facts: &parts.waiting,
            reason: &parts.reason,
            origin: learned.origin,
            about_no: parts.about.as_deref(),
            source: learned.source,
            collected_by: learned.collected_by.as_deref().unwrap_or(&by.name),
            collected_at: learned.collected_at.unwrap_or(now),
            asked_by: actor.user(),
            asked_name: &by.name,
        };
        let id = rows::insert_information_change(&work, &new).await?;
        changed.change = Some(id);
        let fields: Vec<_> = changed.waiting.iter().map(|f| f.as_str()).collect();
        let entry = AuditEntry::new(actor, "information.asked", "information_change", id)
            .customer(customer.id.0)
            .detail(serde_json::json!({ "fields": fields, "origin": learned.origin.as_str() }));
        audit.push(entry);
    }
    let mut audit = audit.into_iter();
    match audit.next() {
        Some(first) => work.commit(Audit::with(first, audit)).await?,
        None => work.roll_back().await?,
    }
    Ok(changed)
}
