//! Short words for what tests do all the time with callbacks and tickets.

use crate::TestApp;
use app::callbacks::{self, AnswerForm, AssignTarget, FinishForm, StartForm};
use app::recordings::Upload;
use app::tickets::{StepForm, take_step};
use bytes::Bytes;
use domain::access::{Actor, Permission};
use domain::callbacks::CallbackState;
use domain::ids::{CallbackId, RecordingId, TicketId, UserId};
use domain::questionnaires::{Answer, ItemKind};
use domain::tickets::{EvidenceKind, TicketState};
use domain::time::Instant;
use store::callbacks::{CallbackFilter, CallbackRow};
use store::obligations::{ObligationFilter, ObligationRow};
use store::tickets::TicketRow;

impl TestApp {
    /// The callback of a policy and programme.
    ///
    /// # Panics
    /// When there is none.
    pub async fn callback(&self, policy_no: &str, programme: &str) -> CallbackId {
        let found = self.find_callback(policy_no, programme).await;
        let found = found.unwrap_or_else(|| panic!("no callback {programme} of {policy_no}"));
        found.id
    }

    /// The callback of a policy and programme, if there is one.
    pub async fn find_callback(&self, policy_no: &str, programme: &str) -> Option<CallbackRow> {
        let scope = Actor::system().scope(Permission::CallbacksRead).unwrap();
        let store = self.app.store();
        let policy = store::policies::find_policy_by_number(store, &scope, policy_no)
            .await
            .unwrap()?;
        // By policy the list also shows what has no due date yet.
        let filter = CallbackFilter {
            programme: Some(programme.to_owned()),
            policy: Some(policy.id),
            ..Default::default()
        };
        let page = store::callbacks::list_callbacks(store, &scope, &filter, 10)
            .await
            .unwrap();
        page.rows.into_iter().next()
    }

    /// A callback as it stands.
    pub async fn look(&self, id: CallbackId) -> CallbackRow {
        let scope = Actor::system().scope(Permission::CallbacksRead).unwrap();
        let found = store::callbacks::find_callback(self.app.store(), &scope, id).await;
        found.unwrap().unwrap()
    }

    /// The obligation of a policy and programme, if there is one.
    pub async fn obligation(&self, policy_no: &str, programme: &str) -> Option<ObligationRow> {
        let scope = Actor::system().scope(Permission::ObligationsRead).unwrap();
        let filter = ObligationFilter {
            programme: Some(programme.to_owned()),
            ..Default::default()
        };
        let page = store::obligations::list_obligations(self.app.store(), &scope, &filter, 500)
            .await
            .unwrap();
        page.rows
            .into_iter()
            .find(|o| o.policy_no.as_deref() == Some(policy_no))
    }

    /// Gives a callback to someone; it must be taken.
    pub async fn assign(&self, by: &Actor, id: CallbackId, to: &Actor) {
        let target = AssignTarget::Ids(vec![id]);
        let report = callbacks::assign(&self.app, by, self.now, &target, to.user())
            .await
            .unwrap();
        assert_eq!(report.assigned, 1, "{:?}", report.refused);
    }

    /// Begins a call.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn start(&self, by: &Actor, now: Instant, id: CallbackId) -> app::Result<()> {
        let form = StartForm {
            channel: String::new(),
        };
        callbacks::start_attempt(&self.app, by, now, id, &form)
            .await
            .map(|_| ())
    }

    /// Answers one item, without a rating.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn answer(
        &self,
        by: &Actor,
        now: Instant,
        id: CallbackId,
        item: &str,
        answer: &str,
    ) -> app::Result<()> {
        let form = AnswerForm {
            item: item.to_owned(),
            answer: answer.to_owned(),
            ..Default::default()
        };
        callbacks::answer_item(&self.app, by, now, id, &form).await
    }

    /// Answers every item that is open, in order: as the item hopes, but for the exceptions, which
    /// name an item and a code of an answer.
    pub async fn answer_all(
        &self,
        by: &Actor,
        now: Instant,
        id: CallbackId,
        exceptions: &[(&str, &str)],
    ) {
        loop {
            let page = callbacks::call_page(&self.app, by, now, id, "惠民人寿")
                .await
                .unwrap();
            let Some(next) = page.items.get(page.current) else {
                return;
            };
            let code = next.item.code.clone();
            let exception = exceptions.iter().find(|(item, _)| *item == code);
            let (answer, rating) = match (exception, next.item.kind) {
                (Some((_, answer)), _) => ((*answer).to_owned(), None),
                (None, ItemKind::Rate) => (Answer::Given.to_string(), Some(5)),
                (None, ItemKind::Open | ItemKind::Promotion) => (Answer::Given.to_string(), None),
                (None, _) => (Answer::Affirm.to_string(), None),
            };
            let form = AnswerForm {
                item: code,
                answer,
                rating,
                words: String::new(),
            };
            callbacks::answer_item(&self.app, by, now, id, &form)
                .await
                .unwrap();
        }
    }

    /// Attaches a recording to the call under way.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn record(
        &self,
        by: &Actor,
        now: Instant,
        id: CallbackId,
    ) -> app::Result<RecordingId> {
        let upload = Upload {
            file_name: "call.mp3".into(),
            bytes: Bytes::from_static(b"sound of a call"),
        };
        callbacks::add_upload(&self.app, by, now, id, EvidenceKind::Recording, upload).await
    }

    /// Ends the call under way with a result.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn finish(
        &self,
        by: &Actor,
        now: Instant,
        id: CallbackId,
        result: &str,
    ) -> app::Result<CallbackState> {
        let form = FinishForm {
            result: result.to_owned(),
            ..Default::default()
        };
        callbacks::finish_attempt(&self.app, by, now, id, &form).await
    }

    /// A call that ends without an interview; the state after it.
    pub async fn not_reached(
        &self,
        by: &Actor,
        now: Instant,
        id: CallbackId,
        result: &str,
    ) -> CallbackState {
        self.start(by, now, id).await.unwrap();
        self.finish(by, now, id, result).await.unwrap()
    }

    /// A whole interview, recorded; exceptions name an item and a code of an answer. The state after
    /// it.
    pub async fn interview(
        &self,
        by: &Actor,
        now: Instant,
        id: CallbackId,
        exceptions: &[(&str, &str)],
    ) -> CallbackState {
        self.start(by, now, id).await.unwrap();
        self.answer_all(by, now, id, exceptions).await;
        self.record(by, now, id).await.unwrap();
        self.finish(by, now, id, "finished").await.unwrap()
    }

    /// Tickets of a callback, the oldest first.
    pub async fn tickets(&self, id: CallbackId) -> Vec<TicketRow> {
        let scope = Actor::system().scope(Permission::TicketsRead).unwrap();
        store::tickets::list_tickets_of_callback(self.app.store(), &scope, id)
            .await
            .unwrap()
    }

    /// Takes a step with a ticket that needs no more than a text.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn step(
        &self,
        by: &Actor,
        now: Instant,
        ticket: TicketId,
        step: &str,
        text: &str,
    ) -> app::Result<TicketState> {
        let form = StepForm {
            step: step.to_owned(),
            text: text.to_owned(),
            ..Default::default()
        };
        take_step(&self.app, by, now, ticket, &form).await
    }

    /// Issues a ticket to someone.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn issue(
        &self,
        by: &Actor,
        now: Instant,
        ticket: TicketId,
        to: UserId,
    ) -> app::Result<TicketState> {
        let form = StepForm {
            step: "issue".into(),
            handler: to.0.to_string(),
            ..Default::default()
        };
        take_step(&self.app, by, now, ticket, &form).await
    }

    /// Issues a ticket, has it accepted and reported on, and judges the report valid: the second callback
    /// is due then.
    pub async fn solve(&self, leader: &Actor, handler: &Actor, ticket: TicketId) {
        let (now, to) = (self.now, handler.user().unwrap());
        self.issue(leader, now, ticket, to).await.unwrap();
        for (by, step, text) in [
            (handler, "accept", ""),
            (handler, "give_feedback", "已向客户逐条说明，客户表示清楚"),
            (leader, "judge_valid", ""),
        ] {
            self.step(by, now, ticket, step, text).await.unwrap();
        }
    }

    /// Attaches a recording to a ticket.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn evidence(
        &self,
        by: &Actor,
        now: Instant,
        ticket: TicketId,
        kind: EvidenceKind,
    ) -> app::Result<RecordingId> {
        let upload = Upload {
            file_name: "talk.wav".into(),
            bytes: Bytes::from_static(b"sound of an explanation"),
        };
        app::tickets::add_evidence(&self.app, by, now, ticket, kind, upload).await
    }

    /// How many audit entries of an action there are.
    pub async fn audited(&self, action: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM audit_entries WHERE action = '{action}'");
        self.database.number(&sql).await
    }
}
