//! Everything that is known of a customer, fact by fact, on any day.

use super::demands::{Demands, events_to_follow};
use super::flags::{Flag, derived};
use crate::customers::{find, note};
use crate::{App, Error, Result, listing};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::customers::{CustomerField, FactSheet, Origin, SourceChannel, cross_check};
use domain::information::{Change, Demand, Occasion, completion, state_before};
use domain::policies::EventType;
use domain::time::{self, Instant};
use std::collections::BTreeMap;
use store::customers::{CustomerRow, sheet_of};
use store::information::{
    self as rows, ChangeFilter, ChangeRow, Confirmation, FactLine, MarkRow, Profile,
};

/// Corrections of one customer that are shown.
const CHANGES: u64 = 20;
/// Lines of the history that are shown at once.
const LINES: usize = 200;

/// One fact with where it comes from.
#[derive(Clone, Debug)]
pub struct FactView {
    /// The fact.
    pub field: CustomerField,
    /// How much it is demanded of such a customer.
    pub demand: Demand,
    /// Its value, personal data masked; nothing when it is not known.
    pub shown: Option<String>,
    /// Channel.
    pub source: Option<SourceChannel>,
    /// On what occasion it was learned; nothing for what a file brought.
    pub origin: Option<Origin>,
    /// Who collected it.
    pub collected_by: Option<String>,
    /// When.
    pub collected_at: Option<Instant>,
    /// When it was entered.
    pub entered_at: Option<Instant>,
    /// Who entered it; nothing for what the first file brought.
    pub entered_by: Option<String>,
    /// Whole days from collecting to entering (CUS-08).
    pub lag_days: Option<i64>,
    /// When it was last confirmed, and by whom.
    pub confirmed: Option<(Instant, String)>,
    /// Code of what does not fit.
    pub problem: Option<&'static str>,
    /// It is to be confirmed again after a claim or the like (CUS-13).
    pub is_stale: bool,
}

/// One change, masked.
#[derive(Clone, Debug)]
pub struct HistoryLine {
    /// The change.
    pub line: FactLine,
    /// What it was.
    pub old: Option<String>,
    /// What it became.
    pub new: Option<String>,
}

/// A customer's facts on a day.
#[derive(Clone, Debug)]
pub struct InformationPage {
    /// The customer.
    pub customer: CustomerRow,
    /// The day that is shown.
    pub on: NaiveDate,
    /// It is an earlier day than today.
    pub is_past: bool,
    /// The customer was known on that day.
    pub is_known: bool,
    /// All facts, known or not.
    pub facts: Vec<FactView>,
    /// Changes until that day, the newest first.
    pub history: Vec<HistoryLine>,
    /// Flags that people set.
    pub marks: Vec<MarkRow>,
    /// Flags that follow from what happened.
    pub derived: Vec<Flag>,
    /// Corrections that wait.
    pub waiting: Vec<ChangeRow>,
    /// Policies, claims and complaints, as far as facts hang on them.
    pub profile: Profile,
    /// The last event after which facts are confirmed again.
    pub occasion: Option<Occasion<EventType>>,
}

impl InformationPage {
    /// Mandatory facts that are not known.
    pub fn missing(&self) -> Vec<CustomerField> {
        let open = self
            .facts
            .iter()
            .filter(|f| f.demand == Demand::Mandatory && f.shown.is_none());
        open.map(|f| f.field).collect()
    }

    /// Facts that are to be confirmed again after a claim or the like.
    pub fn stale(&self) -> Vec<CustomerField> {
        self.facts
            .iter()
            .filter(|f| f.is_stale)
            .map(|f| f.field)
            .collect()
    }
}

/// What the overview of a customer says of the facts.
///
/// # Errors
/// As [`information_page`].
pub async fn summary(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
) -> Result<(Vec<CustomerField>, Vec<CustomerField>, Vec<Flag>)> {
    let page = load(app, actor, now, customer_no, "").await?;
    Ok((page.missing(), page.stale(), page.derived))
}

/// A customer's facts today or, as of any past day, as they stood at its end. That somebody looked is
/// recorded.
///
/// # Errors
/// When the actor may not see customers, the customer is not in sight, or the day cannot be read or lies
/// ahead.
pub async fn information_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    on: &str,
) -> Result<InformationPage> {
    let page = load(app, actor, now, customer_no, on).await?;
    note(app, actor, now, &page.customer).await?;
    Ok(page)
}

async fn load(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
    on: &str,
) -> Result<InformationPage> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let today = time::date_in_china(now);
    let on = listing::date("on", on)?.unwrap_or(today);
    if on > today {
        return Err(Error::invalid("on", "in-future"));
    }
    let customer = find(app, &scope, customer_no).await?;
    let (db, id) = (app.store(), customer.id);
    let lines = rows::list_fact_lines(db, &scope, id).await?;
    let (later, until): (Vec<_>, Vec<_>) = lines
        .into_iter()
        .partition(|l| time::date_in_china(l.changed_at) > on);
    let is_known = time::date_in_china(customer.created_at) <= on;
    let later = later.into_iter().map(|l| Change {
        field: l.field,
        old: l.old,
    });
    let mut sheet = state_before(sheet_of(&customer), later);
    if !is_known || customer.erased_at.is_some() {
        sheet.clear();
    }
    let profile = rows::find_profile(db, &scope, id).await?;
    let rules = app.rules_for(actor)?;
    let demands = Demands::new(&rules, customer.kind, profile.lines.clone(), on);
    let confirmed = rows::list_confirmations(db, &scope, id).await?;
    let followed = events_to_follow(&rules, on);
    let latest = rows::list_latest_events(db, &scope, id, &followed, on).await?;
    let latest = latest.into_iter().max_by_key(|(_, day)| *day);
    let occasion = latest.map(|(event, on)| Occasion {
        event,
        on,
        facts: demands.confirmed_after_events(),
    });
    let facts = facts(
        (&customer, &sheet),
        (&until, &confirmed),
        &demands,
        occasion.as_ref(),
        on,
    );
    let kind = customer.kind;
    let history = until.into_iter().take(LINES).map(|line| HistoryLine {
        old: line.old.as_ref().map(|v| v.shown(line.field, kind)),
        new: line.new.as_ref().map(|v| v.shown(line.field, kind)),
        line,
    });
    Ok(InformationPage {
        is_past: on < today,
        history: history.collect(),
        marks: rows::list_marks(db, &scope, id).await?,
        derived: derived(&rules, &profile, on),
        waiting: waiting(app, &scope, &customer).await?,
        on,
        is_known,
        facts,
        profile,
        occasion,
        customer,
    })
}

async fn waiting(app: &App, scope: &Scope, customer: &CustomerRow) -> Result<Vec<ChangeRow>> {
    let filter = ChangeFilter {
        state: Some(domain::information::ChangeState::Pending),
        customer: Some(customer.id),
        after: None,
    };
    Ok(
        rows::list_information_changes(app.store(), scope, &filter, CHANGES)
            .await?
            .rows,
    )
}

fn facts(
    (customer, sheet): (&CustomerRow, &FactSheet),
    (until, confirmed): (&[FactLine], &[Confirmation]),
    demands: &Demands<'_>,
    occasion: Option<&Occasion<EventType>>,
    on: NaiveDate,
) -> Vec<FactView> {
    let wrong: BTreeMap<_, _> = cross_check(sheet, customer.kind, on).into_iter().collect();
    let last_confirmed = |field| {
        let until = |c: &&Confirmation| c.field == field && time::date_in_china(c.at) <= on;
        confirmed.iter().find(until)
    };
    let seen_on = |field| {
        let changed = until.iter().find(|l| l.field == field);
        let confirmed = last_confirmed(field).map(|c| time::date_in_china(c.at));
        confirmed.max(changed.map(|l| time::date_in_china(l.changed_at)))
    };
    let open = occasion.and_then(|o| completion(std::slice::from_ref(o), seen_on, on));
    let stale = open.map(|o| o.facts).unwrap_or_default();
    let view = |field: CustomerField| {
        let shown = sheet.get(&field).map(|v| v.shown(field, customer.kind));
        let is_known = shown.is_some();
        let line = until.iter().find(|l| l.field == field);
        // What the first file brought has the file's word for where it was collected.
        let own = line.filter(|l| l.origin.is_some());
        let source = own.map_or_else(|| first_source(customer), |l| l.source);
        let by = own.map_or_else(|| customer.collected_by.clone(), |l| l.collected_by.clone());
        let collected = own.map_or(customer.collected_at, |l| l.collected_at);
        let entered = line.map_or(customer.created_at, |l| l.changed_at);
        FactView {
            demand: demands.of(field),
            source: source.filter(|_| is_known),
            origin: line.and_then(|l| l.origin),
            collected_by: by.filter(|_| is_known),
            collected_at: collected.filter(|_| is_known),
            entered_at: is_known.then_some(entered),
            entered_by: line.map(|l| l.actor_name.clone()).filter(|_| is_known),
            lag_days: collected
                .filter(|_| is_known)
                .map(|at| (entered - at).num_days()),
            confirmed: last_confirmed(field).map(|c| (c.at, c.actor_name.clone())),
            problem: wrong.get(&field).copied(),
            is_stale: stale.contains(&field),
            shown,
            field,
        }
    };
    let all = CustomerField::ALL
        .iter()
        .copied()
        .filter(|f| f.is_entered());
    all.map(view).collect()
}

fn first_source(customer: &CustomerRow) -> Option<SourceChannel> {
    let code = customer.source_channel.as_deref()?;
    SourceChannel::parse(code).ok()
}
