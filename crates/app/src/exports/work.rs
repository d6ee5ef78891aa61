//! Obligations, exclusions, callbacks, attempts, answers and tickets.

use super::table::Cell;
use super::{Export, ListFilter, PAGE_ROWS};
use crate::Result;
use store::PageKey;
use store::callbacks::{
    CallbackFilter, ExportedAnswer, ExportedAttempt, ExportedCallback, export_answers,
    export_attempts, export_callbacks,
};
use store::obligations::{
    ExclusionFilter, ExclusionRow, ObligationFilter, ObligationOrder, ObligationRow,
    list_exclusions, list_obligations,
};
use store::tickets::{ExportedTicket, TicketFilter, export_tickets};

pub(super) const OBLIGATIONS: [&str; 18] = [
    "number",
    "programme",
    "pack",
    "pack_version",
    "trigger_event_type",
    "trigger_on",
    "policy_no",
    "customer_no",
    "claim_no",
    "adjuster_code",
    "respondent",
    "extract_on",
    "earliest_on",
    "due_on",
    "right_end_on",
    "status",
    "org_code",
    "kind",
];
pub(super) const EXCLUSIONS: [&str; 9] = [
    "programme",
    "pack",
    "trigger_event_type",
    "trigger_on",
    "policy_no",
    "customer_no",
    "claim_no",
    "reason_code",
    "reason",
];
pub(super) const CALLBACKS: [&str; 13] = [
    "number",
    "obligation",
    "programme",
    "policy_no",
    "customer_no",
    "state",
    "reached",
    "identity_verified",
    "content_delivered",
    "affirmed",
    "timing",
    "completed_at",
    "caller",
];
pub(super) const ATTEMPTS: [&str; 17] = [
    "callback",
    "attempt",
    "round",
    "programme",
    "policy_no",
    "customer_no",
    "channel",
    "in_branch",
    "is_recall",
    "caller",
    "started_at",
    "ended_at",
    "result",
    "respondent",
    "authorised",
    "appointment_at",
    "note",
];
pub(super) const ANSWERS: [&str; 13] = [
    "callback",
    "attempt",
    "seq",
    "programme",
    "policy_no",
    "customer_no",
    "questionnaire",
    "questionnaire_version",
    "item",
    "answer",
    "rating",
    "answered_at",
    "words",
];
pub(super) const TICKETS: [&str; 22] = [
    "number",
    "callback",
    "programme",
    "policy_no",
    "customer_no",
    "org_code",
    "kind",
    "type",
    "item",
    "state",
    "agent_code",
    "opened_by",
    "opened_at",
    "issued_at",
    "due_on",
    "handler",
    "feedback_at",
    "invalid_feedbacks",
    "closed_at",
    "close_reason",
    "finding",
    "feedback",
];

type Rows = (Vec<Vec<Cell>>, Option<PageKey>);

impl Export<'_> {
    pub(super) async fn obligations(&self, after: Option<PageKey>) -> Result<Rows> {
        let filter = match &self.query.list {
            None => ObligationFilter {
                trigger_from: self.query.from,
                trigger_to: self.query.to,
                ..ObligationFilter::default()
            },
            Some(ListFilter::Obligations(query)) => {
                crate::obligations::filter(self.app, &self.scope, self.now, query).await?
            }
            Some(_) => return Err(self.foreign_filter()),
        };
        let filter = ObligationFilter {
            order: ObligationOrder::Planned,
            after,
            ..filter
        };
        let page = list_obligations(self.app.store(), &self.scope, &filter, PAGE_ROWS).await?;
        Ok((page.rows.into_iter().map(obligation).collect(), page.next))
    }

    pub(super) async fn exclusions(&self, after: Option<PageKey>) -> Result<Rows> {
        if self.query.list.is_some() {
            return Err(self.foreign_filter());
        }
        let filter = ExclusionFilter {
            trigger_from: self.query.from,
            trigger_to: self.query.to,
            after,
            ..ExclusionFilter::default()
        };
        let page = list_exclusions(self.app.store(), &self.scope, &filter, PAGE_ROWS).await?;
        let rows = page.rows.into_iter().map(|e| self.exclusion(e)).collect();
        Ok((rows, page.next))
    }

    fn exclusion(&self, e: ExclusionRow) -> Vec<Cell> {
        let rules = self.app.rules();
        let reason = rules.book().find_reason(&e.programme, &e.reason_code);
        let reason = reason.map(|r| r.text.zh.clone());
        vec![
            e.programme.into(),
            e.pack.into(),
            e.trigger_type.into(),
            e.trigger_on.into(),
            e.policy_no.into(),
            e.customer_no.into(),
            e.claim_no.into(),
            e.reason_code.into(),
            reason.into(),
        ]
    }

    pub(super) async fn callbacks(&self, after: Option<PageKey>) -> Result<Rows> {
        let filter = match &self.query.list {
            None => CallbackFilter::default(),
            Some(ListFilter::Callbacks(query)) => {
                crate::callbacks::filter(self.app, self.actor, &self.scope, self.now, query).await?
            }
            Some(_) => return Err(self.foreign_filter()),
        };
        let window = self.query.window(after);
        let (db, scope) = (self.app.store(), &self.scope);
        let page = export_callbacks(db, scope, &filter, &window, PAGE_ROWS).await?;
        Ok((page.rows.into_iter().map(callback).collect(), page.next))
    }

    pub(super) async fn attempts(&self, after: Option<PageKey>) -> Result<Rows> {
        if self.query.list.is_some() {
            return Err(self.foreign_filter());
        }
        let window = self.query.window(after);
        let page = export_attempts(self.app.store(), &self.scope, &window, PAGE_ROWS).await?;
        let rows = page.rows.into_iter().map(|a| self.attempt(a)).collect();
        Ok((rows, page.next))
    }

    fn attempt(&self, a: ExportedAttempt) -> Vec<Cell> {
        vec![
            a.callback.into(),
            a.seq.into(),
            a.round.into(),
            a.programme.into(),
            a.policy_no.into(),
            a.customer_no.into(),
            a.channel.into(),
            a.in_branch.into(),
            a.is_recall.into(),
            a.caller.into(),
            a.started_at.into(),
            a.ended_at.into(),
            a.result.into(),
            a.respondent.into(),
            a.authorised.into(),
            a.appointment_at.into(),
            self.words(a.note.as_ref()),
        ]
    }

    pub(super) async fn answers(&self, after: Option<PageKey>) -> Result<Rows> {
        if self.query.list.is_some() {
            return Err(self.foreign_filter());
        }
        let window = self.query.window(after);
        let page = export_answers(self.app.store(), &self.scope, &window, PAGE_ROWS).await?;
        let rows = page.rows.into_iter().map(|a| self.answer(a)).collect();
        Ok((rows, page.next))
    }

    fn answer(&self, a: ExportedAnswer) -> Vec<Cell> {
        vec![
            a.callback.into(),
            a.attempt_seq.into(),
            a.seq.into(),
            a.programme.into(),
            a.policy_no.into(),
            a.customer_no.into(),
            a.questionnaire.into(),
            a.questionnaire_version.into(),
            a.item.into(),
            a.answer.into(),
            a.rating.into(),
            a.answered_at.into(),
            self.words(a.words.as_ref()),
        ]
    }

    pub(super) async fn tickets(&self, after: Option<PageKey>) -> Result<Rows> {
        let filter = match &self.query.list {
            None => TicketFilter {
                opened_from: self.query.from,
                opened_to: self.query.to,
                ..TicketFilter::default()
            },
            Some(ListFilter::Tickets(query)) => {
                crate::tickets::filter(self.app, self.actor, &self.scope, self.now, query).await?
            }
            Some(_) => return Err(self.foreign_filter()),
        };
        let filter = TicketFilter { after, ..filter };
        let page = export_tickets(self.app.store(), &self.scope, &filter, PAGE_ROWS).await?;
        let rows = page.rows.into_iter().map(|t| self.ticket(t)).collect();
        Ok((rows, page.next))
    }

    fn ticket(&self, t: ExportedTicket) -> Vec<Cell> {
        vec![
            t.number.into(),
            t.callback.into(),
            t.programme.into(),
            t.policy_no.into(),
            t.customer_no.into(),
            t.org_code.into(),
            t.kind.into(),
            t.problem.into(),
            t.item.into(),
            t.state.into(),
            t.salesperson.into(),
            t.opened_by.into(),
            t.opened_at.into(),
            t.issued_at.into(),
            t.due_on.into(),
            t.handler.into(),
            t.feedback_at.into(),
            t.invalid_feedbacks.into(),
            t.closed_at.into(),
            t.close_reason.into(),
            self.words(t.finding.as_ref()),
            self.words(t.feedback.as_ref()),
        ]
    }
}

fn obligation(o: ObligationRow) -> Vec<Cell> {
    vec![
        o.number.into(),
        o.programme.into(),
        o.pack.into(),
        o.pack_version.into(),
        o.trigger_type.into(),
        o.trigger_on.into(),
        o.policy_no.into(),
        o.customer_no.into(),
        o.claim_no.into(),
        o.adjuster_code.into(),
        o.respondent.into(),
        o.extract_on.into(),
        o.earliest_on.into(),
        o.due_on.into(),
        o.right_end_on.into(),
        o.status.into(),
        o.org_code.into(),
        o.kind.into(),
    ]
}

fn callback(c: ExportedCallback) -> Vec<Cell> {
    let completed = c.completed();
    vec![
        c.number.into(),
        c.obligation.into(),
        c.programme.into(),
        c.policy_no.into(),
        c.customer_no.into(),
        c.state.into(),
        c.reached.into(),
        c.identity_verified.into(),
        c.content_delivered.into(),
        c.affirmed.into(),
        c.timing.into(),
        completed.into(),
        c.caller.into(),
    ]
}
