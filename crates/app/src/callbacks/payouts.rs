//! Payout callbacks (B13): the problem list and its tracing, aftercare and the follow-up list, remarks and
//! the completed item by its code.

use super::discharge::complete;
use super::record;
use crate::rules::{Rules, ServiceItem};
use crate::tickets::{close_followers, leave_to_second_callback, open_follow_up};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::callbacks::{
    CallbackState, Cause, Command, PayoutError, PayoutList, PayoutNext, PayoutStep,
};
use domain::ids::CallbackId;
use domain::money::Money;
use domain::time::{self, Instant};
use store::callbacks::{
    self as rows, CallbackRecord, CallbackRow, PayoutFilter, PayoutRow, Saved, find_payout,
    list_payouts, save_payout,
};
use store::{AuditEntry, Page, PageKey, UnitOfWork};

/// Longest remark or finding.
const TEXT_MAX: usize = 2_000;
/// Rows of a list that is printed.
const LIST_ROWS: u64 = 200;

/// What to look for, as it comes from the page, the API or the command line.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct PayoutQuery {
    /// Which list, as a code.
    #[serde(default)]
    pub view: String,
    /// Paid from this day.
    #[serde(default)]
    pub from: String,
    /// Paid until this day.
    #[serde(default)]
    pub to: String,
    /// Where the page begins.
    #[serde(default)]
    pub after: String,
}

/// A payout callback with its words.
#[derive(Clone, Debug)]
pub struct PayoutView {
    /// The row.
    pub row: PayoutRow,
    /// The item, by its code: the completed one, else the one that the core system reported.
    pub item_code: Option<String>,
    /// Its row in the table.
    pub item: Option<ServiceItem>,
    /// The amount.
    pub amount: Option<Money>,
    /// How it was paid out, as a code.
    pub method: Option<String>,
}

/// Payout callbacks in sight.
///
/// # Errors
/// When the actor may not, or a field is wrong.
pub async fn payouts(app: &App, actor: &Actor, query: &PayoutQuery) -> Result<Page<PayoutView>> {
    page_of_payouts(app, actor, query, LIST_ROWS).await
}

/// A page of payout callbacks in sight, as systems read it.
///
/// # Errors
/// As [`payouts`].
pub async fn page_of_payouts(
    app: &App,
    actor: &Actor,
    query: &PayoutQuery,
    limit: u64,
) -> Result<Page<PayoutView>> {
    let scope = actor.scope(Permission::CallbacksRead)?;
    let filter = filter(app, query)?;
    let page = list_payouts(app.store(), &scope, &filter, limit).await?;
    Ok(Page {
        rows: page.rows.into_iter().map(|r| view(app, r)).collect(),
        next: page.next,
    })
}

/// The filter of a list.
pub(crate) fn filter(app: &App, query: &PayoutQuery) -> Result<PayoutFilter> {
    let list = match query.view.as_str() {
        "" => PayoutList::Problems,
        code => PayoutList::parse(code).map_err(|_| Error::invalid("view", "unknown-code"))?,
    };
    let day = |field: &'static str, text: &str| match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| Error::invalid(field, "date")),
    };
    Ok(PayoutFilter {
        programmes: app.rules().payout_programmes(),
        state: (list == PayoutList::Problems).then_some(CallbackState::ContactFix),
        followed_up: list == PayoutList::FollowUps,
        open: (list == PayoutList::Open).then_some(true),
        paid_from: day("from", &query.from)?,
        paid_to: day("to", &query.to)?,
        after: PageKey::decode(&query.after),
    })
}

/// A row with its words.
pub(crate) fn view(app: &App, row: PayoutRow) -> PayoutView {
    let facts: serde_json::Value = serde_json::from_str(&row.facts).unwrap_or_default();
    let text = |name: &str| facts.get(name).and_then(serde_json::Value::as_str);
    let reported = text("event.service_item_code").map(str::to_owned);
    let item_code = row.case.item_code.clone().or(reported);
    let rules = app.rules();
    PayoutView {
        item: item_code
            .as_deref()
            .and_then(|c| rules.service_item(c))
            .cloned(),
        amount: facts["event.amount"].as_i64().map(Money),
        method: text("event.payout_method").map(str::to_owned),
        item_code,
        row,
    }
}

/// What lies beside a payout callback; nothing for others.
pub(super) async fn beside(
    app: &App,
    scope: &domain::access::Scope,
    callback: &CallbackRow,
    is_payout: bool,
) -> Result<Option<PayoutView>> {
    if !is_payout {
        return Ok(None);
    }
    let found = find_payout(app.store(), scope, callback.id).await?;
    Ok(found.map(|r| view(app, r)))
}

/// The table of servicing items, as it counts today.
///
/// # Errors
/// When the actor may not.
pub fn service_items(app: &App, actor: &Actor) -> Result<Vec<ServiceItem>> {
    actor.demand(Permission::CallbacksRead)?;
    Ok(app.rules().service_items().cloned().collect())
}

/// What is recorded, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct PayoutForm {
    /// `note`, `settle` or `trace`.
    pub step: String,
    /// Code of the completed item, for notes.
    pub item: String,
    /// Remark, for notes; what tracing found; what the customer was told.
    pub text: String,
    /// It was explained how to check, and the customer was asked to confirm separately.
    pub explained: bool,
    /// `yes` or `no`: aftercare, or calling again.
    pub answer: String,
}

/// Records the completed item and a remark, settles whether aftercare is needed, or decides after
/// tracing whether to call again.
///
/// # Errors
/// When the actor may not, the callback is no payout, the step does not fit, or a field is wrong.
pub async fn record_payout(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CallbackId,
    form: &PayoutForm,
) -> Result<CallbackState> {
    let making = actor.may(Permission::CallbacksMake) && form.step != "trace";
    let permission = if making {
        Permission::CallbacksMake
    } else {
        Permission::CallbacksDecide
    };
    let scope = actor.scope(permission)?;
    let text = form.text.trim();
    if text.chars().count() > TEXT_MAX {
        return Err(Error::invalid("text", "too-long"));
    }
    let work = app.store().begin(now).await?;
    let record = record(&work, &scope, id).await?;
    let rules = app.rules();
    let discharge = rules.discharge_of(record.pack, &record.programme)?;
    let case = find_payout(&work, &scope, id).await?;
    let case = case.filter(|_| discharge.payout);
    let case = case
        .ok_or_else(|| Error::from(crate::Refusal::new("payout-none")))?
        .case;
    let item = completed_item(app, form)?;
    let Some(step) = step_of(form)? else {
        save_payout(&work, id, &case, (&case.payout, item), &actor.name).await?;
        note(&work, actor, &record, text).await?;
        let detail = serde_json::json!({ "item": item, "remark": !text.is_empty() });
        let entry = AuditEntry::new(actor, "payout.noted", "callback", id.0);
        work.commit(entry.customer(record.customer.0).detail(detail))
            .await?;
        return Ok(record.callback.state);
    };
    let (payout, next) = case.payout.decide(record.callback.state, &step)?;
    save_payout(&work, id, &case, (&payout, item), &actor.name).await?;
    let settling = Settling {
        rules: &rules,
        actor,
        record: &record,
        discharge,
        form,
        text,
    };
    let (state, audit) = settling.follow(&work, next).await?;
    let detail =
        serde_json::json!({ "step": form.step, "answer": form.answer, "state": state.as_str() });
    let entry = AuditEntry::new(actor, "payout.settled", "callback", id.0);
    let first = entry.customer(record.customer.0).detail(detail);
    work.commit(store::Audit::with(first, audit)).await?;
    Ok(state)
}

fn completed_item<'f>(app: &App, form: &'f PayoutForm) -> Result<Option<&'f str>> {
    let code = form.item.trim();
    if code.is_empty() {
        return Ok(None);
    }
    let known = app.rules().service_item(code).is_some();
    known
        .then_some(Some(code))
        .ok_or_else(|| Error::invalid("item", "unknown-code"))
}

fn step_of(form: &PayoutForm) -> Result<Option<PayoutStep>> {
    let yes = match form.answer.as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let yes = yes.ok_or_else(|| Error::invalid("answer", "missing"));
    Ok(Some(match form.step.as_str() {
        "note" => return Ok(None),
        "settle" => PayoutStep::Settle {
            explained: form.explained,
            aftercare: yes?,
        },
        "trace" => PayoutStep::Trace {
            recall: yes?,
            finding: form.text.clone(),
        },
        _ => return Err(Error::invalid("step", "unknown-code")),
    }))
}

async fn note(work: &UnitOfWork, actor: &Actor, record: &CallbackRecord, text: &str) -> Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let state = record.callback.state.as_str();
    let (id, name) = (record.id, &actor.name);
    rows::insert_entry(work, id, name, "payout_remark", state, state, Some(text)).await?;
    Ok(())
}

/// A decision on its way into the callback and its tickets.
struct Settling<'s> {
    rules: &'s Rules,
    actor: &'s Actor,
    record: &'s CallbackRecord,
    discharge: &'s domain::callbacks::Discharge,
    form: &'s PayoutForm,
    text: &'s str,
}

impl Settling<'_> {
    async fn follow(
        &self,
        work: &UnitOfWork,
        next: PayoutNext,
    ) -> Result<(CallbackState, Vec<AuditEntry>)> {
        let (actor, record) = (self.actor, self.record);
        match next {
            PayoutNext::Recall => {
                let state = self.apply(work, &Command::ContactCorrected).await?.0;
                let audit = close_followers(work, actor, record, self.text).await?;
                Ok((state, audit))
            }
            PayoutNext::Close(finding) => {
                let command = Command::GiveUp {
                    cause: Cause::Other,
                    circumstances: finding,
                };
                let (state, mut audit) = self.apply(work, &command).await?;
                audit.extend(close_followers(work, actor, record, self.text).await?);
                Ok((state, audit))
            }
            PayoutNext::FollowUp => {
                self.remember(work, record.callback.state).await?;
                let finding = Some(self.text).filter(|t| !t.is_empty());
                let opened = open_follow_up(work, actor, self.rules, record, finding).await?;
                Ok((record.callback.state, opened.into_iter().collect()))
            }
            PayoutNext::SecondCallback => {
                let told = "the customer checks and is asked again";
                let reason = if self.text.is_empty() {
                    told
                } else {
                    self.text
                };
                let (audit, others) = leave_to_second_callback(work, actor, record, reason).await?;
                if others {
                    self.remember(work, record.callback.state).await?;
                    return Ok((record.callback.state, audit));
                }
                let state = self.apply(work, &Command::TicketResolved).await?.0;
                Ok((state, audit))
            }
        }
    }

    /// Moves the callback.
    async fn apply(
        &self,
        work: &UnitOfWork,
        command: &Command,
    ) -> Result<(CallbackState, Vec<AuditEntry>)> {
        let record = self.record;
        let by = self.actor.user();
        let by = by.ok_or_else(|| Error::from(crate::Refusal::new("person-needed")))?;
        let today = time::date_in_china(work.now());
        let change = record.callback.decide(command, self.discharge, by, today)?;
        let saved = Saved {
            is_recall: matches!(command, Command::TicketResolved) || record.callback.is_recall,
            end_reason: Some(self.text).filter(|_| !change.to.is_open()),
            ..Saved::default()
        };
        rows::save_change(work, record, &change, &saved).await?;
        self.remember(work, change.to).await?;
        let audit = complete(work, self.actor, record, self.discharge, &change, None).await?;
        Ok((change.to, audit))
    }

    /// A line of the history.
    async fn remember(&self, work: &UnitOfWork, to: CallbackState) -> Result<()> {
        let step = match (self.form.step.as_str(), self.form.answer.as_str()) {
            ("trace", "yes") => "payout_recall",
            ("trace", _) => "payout_closed",
            (_, "yes") => "payout_aftercare",
            _ => "payout_no_aftercare",
        };
        let text = Some(self.text).filter(|t| !t.is_empty());
        let (id, name) = (self.record.id, &self.actor.name);
        let from = self.record.callback.state.as_str();
        rows::insert_entry(work, id, name, step, from, to.as_str(), text).await?;
        Ok(())
    }
}

impl From<PayoutError> for Error {
    fn from(error: PayoutError) -> Self {
        match error {
            PayoutError::NotListed(state) => {
                crate::Refusal::with("payout-not-listed", state.as_str()).into()
            }
            PayoutError::NothingToSettle(state) => {
                crate::Refusal::with("payout-nothing-to-settle", state.as_str()).into()
            }
            PayoutError::FindingMissing => Self::invalid("text", "missing"),
            PayoutError::NotExplained => Self::invalid("explained", "missing"),
        }
    }
}
