//! Tickets: issued, accepted, worked on with evidence, judged by another person.

use super::people::Person;
use super::sound;
use super::story::{Story, tolerated};
use super::words;
use anyhow::Result;
use app::recordings::Upload;
use app::tickets::{StepForm, add_evidence, take_step};
use chrono::{Days, NaiveDate, TimeDelta};
use domain::access::Role;
use domain::tickets::{CaseKind, EvidenceKind, TicketState};
use domain::time::{self, Instant};
use store::tickets::TicketRow;

impl Story<'_> {
    /// A day's work on tickets, around noon.
    pub(super) async fn work_on_tickets(&mut self, day: NaiveDate) -> Result<()> {
        let mut at = self.chance.moment(day, 11, 12);
        for ticket in self.tickets(at).await? {
            at += TimeDelta::seconds(self.chance.between(20, 120));
            if at >= self.until {
                break;
            }
            self.work_on(&ticket, at).await?;
        }
        Ok(())
    }

    async fn work_on(&mut self, ticket: &TicketRow, at: Instant) -> Result<()> {
        let staff = self.staff;
        let handler = ticket.handler_id.and_then(|id| staff.find(id));
        let follows = ticket.kind.goes_with_callback();
        match (ticket.state, handler) {
            (TicketState::Open, _) if self.chance.per_mille(640) => self.issue(ticket, at).await,
            (TicketState::Issued | TicketState::Transferred, Some(handler))
                if self.chance.per_mille(560) =>
            {
                self.step(ticket, handler, "accept", "", at).await
            }
            (TicketState::ContactBeingChecked | TicketState::Extended, Some(handler))
                if ticket.kind == CaseKind::Verification && self.chance.per_mille(300) =>
            {
                self.verify_contact(ticket, handler, at).await
            }
            (TicketState::InProgress, Some(handler)) if !follows => match self.chance.below(100) {
                0..9 => self.declare(ticket, handler, at).await,
                9..12 => self.transfer(ticket, handler, at).await,
                12..38 => self.give_feedback(ticket, handler, at).await,
                _ => Ok(()),
            },
            (TicketState::Extended | TicketState::InvalidFeedback, Some(handler))
                if !follows && self.chance.per_mille(260) =>
            {
                self.give_feedback(ticket, handler, at).await
            }
            (TicketState::FeedbackGiven, _) if self.chance.per_mille(420) => {
                self.judge(ticket, at).await
            }
            _ => Ok(()),
        }
    }

    async fn step(
        &mut self,
        ticket: &TicketRow,
        person: &Person,
        step: &str,
        text: &str,
        at: Instant,
    ) -> Result<()> {
        let form = StepForm {
            step: step.to_owned(),
            text: text.to_owned(),
            ..StepForm::default()
        };
        self.take(ticket, person, &form, at).await
    }

    async fn take(
        &mut self,
        ticket: &TicketRow,
        person: &Person,
        form: &StepForm,
        at: Instant,
    ) -> Result<()> {
        let taken = take_step(self.app, &person.actor, at, ticket.id, form).await;
        tolerated(&form.step, taken)?;
        Ok(())
    }

    async fn issue(&mut self, ticket: &TicketRow, at: Instant) -> Result<()> {
        let staff = self.staff;
        let role = match ticket.kind {
            CaseKind::Verification | CaseKind::ContractQuality => Role::BranchSales,
            _ => Role::BranchOperations,
        };
        let handlers = staff.at(role, &ticket.org_path);
        if handlers.is_empty() {
            return Ok(());
        }
        let leaders: Vec<_> = staff.of(Role::TeamLeader).collect();
        let (to, leader) = (*self.chance.pick(&handlers), *self.chance.pick(&leaders));
        let form = StepForm {
            step: "issue".to_owned(),
            handler: to.id.0.to_string(),
            ..StepForm::default()
        };
        self.take(ticket, leader, &form, at).await
    }

    async fn verify_contact(
        &mut self,
        ticket: &TicketRow,
        handler: &Person,
        at: Instant,
    ) -> Result<()> {
        if self.chance.per_mille(200) {
            let why = *self.chance.pick(&words::UNCORRECTABLE);
            return self
                .step(ticket, handler, "contact_uncorrectable", why, at)
                .await;
        }
        let form = StepForm {
            step: "correct_contact".to_owned(),
            mobile: self.chance.mobile(),
            address: format!(
                "新华街{}号{}室",
                self.chance.between(1, 200),
                self.chance.between(101, 2_604)
            ),
            text: "经业务员与客户核实，已取得新的联系方式".to_owned(),
            ..StepForm::default()
        };
        self.take(ticket, handler, &form, at).await
    }

    async fn declare(&mut self, ticket: &TicketRow, handler: &Person, at: Instant) -> Result<()> {
        let due = ticket.due_on.unwrap_or(time::date_in_china(at));
        let until = self
            .app
            .rules()
            .working_days_after(due, 5)
            .max(due + Days::new(1));
        let form = StepForm {
            step: "declare_special".to_owned(),
            until: until.to_string(),
            text: (*self.chance.pick(&words::DECLARATIONS)).to_owned(),
            ..StepForm::default()
        };
        self.take(ticket, handler, &form, at).await?;
        // Most declarations are agreed to, by somebody else.
        if self.chance.per_mille(800) {
            let at = at + TimeDelta::seconds(5);
            let leader = self.first(Role::TeamLeader)?;
            return self
                .step(ticket, leader, "approve_special", "同意延期", at)
                .await;
        }
        Ok(())
    }

    async fn transfer(&mut self, ticket: &TicketRow, handler: &Person, at: Instant) -> Result<()> {
        let staff = self.staff;
        let others = staff.at(Role::BranchOperations, &ticket.org_path);
        let Some(to) = others.into_iter().find(|p| p.id != handler.id) else {
            return Ok(());
        };
        let leader = self.first(Role::TeamLeader)?;
        let form = StepForm {
            step: "transfer".to_owned(),
            handler: to.id.0.to_string(),
            text: "转由运营部专人处理".to_owned(),
            ..StepForm::default()
        };
        self.take(ticket, leader, &form, at).await
    }

    async fn give_feedback(
        &mut self,
        ticket: &TicketRow,
        handler: &Person,
        at: Instant,
    ) -> Result<()> {
        let visited = self.chance.per_mille(400);
        let (kind, file_name, bytes) = if visited {
            let name = format!("{}.pdf", ticket.number);
            (
                EvidenceKind::SignedVisitQuestionnaire,
                name,
                sound::signed_form(&ticket.number),
            )
        } else {
            (
                EvidenceKind::Recording,
                format!("{}.wav", ticket.number),
                self.sound(),
            )
        };
        let upload = Upload { file_name, bytes };
        let added = add_evidence(self.app, &handler.actor, at, ticket.id, kind, upload).await;
        tolerated("evidence", added)?;
        let text = words::feedback(ticket.problem);
        let at = at + TimeDelta::seconds(15);
        self.step(ticket, handler, "give_feedback", text, at).await
    }

    /// Sees to it that every state of a ticket can be seen when the demonstration opens.
    pub(super) async fn leave_tickets(&mut self, now: Instant) -> Result<()> {
        let (mut at, staff) = (now, self.staff);
        let tickets = self.tickets(now).await?;
        let is_there = |state| tickets.iter().any(|t| t.state == state);
        let clarifies = |t: &&TicketRow| !t.kind.goes_with_callback();
        let of = |state| {
            tickets
                .iter()
                .filter(move |t| t.state == state)
                .filter(clarifies)
        };
        let mut judged = of(TicketState::FeedbackGiven);
        if !is_there(TicketState::InvalidFeedback)
            && let Some(ticket) = judged.next()
        {
            at += TimeDelta::seconds(7);
            self.judge_as(ticket, false, at).await?;
        }
        for ticket in judged.take(2) {
            at += TimeDelta::seconds(7);
            self.judge_as(ticket, true, at).await?;
        }
        let mut worked_on = of(TicketState::InProgress);
        for state in [TicketState::Extended, TicketState::Transferred] {
            if is_there(state) {
                continue;
            }
            let Some(ticket) = worked_on.next() else {
                break;
            };
            let Some(handler) = ticket.handler_id.and_then(|id| staff.find(id)) else {
                continue;
            };
            at += TimeDelta::seconds(7);
            match state {
                TicketState::Extended => self.declare(ticket, handler, at).await?,
                _ => self.transfer(ticket, handler, at).await?,
            }
        }
        Ok(())
    }

    async fn judge(&mut self, ticket: &TicketRow, at: Instant) -> Result<()> {
        let valid = self.chance.per_mille(870);
        self.judge_as(ticket, valid, at).await
    }

    /// Feedback is judged by someone who did not give it.
    async fn judge_as(&mut self, ticket: &TicketRow, valid: bool, at: Instant) -> Result<()> {
        let staff = self.staff;
        let mut judges = staff.at(Role::BranchOperations, &ticket.org_path);
        judges.extend(staff.of(Role::TeamLeader));
        judges.retain(|p| Some(p.id) != ticket.feedback_by);
        if judges.is_empty() {
            return Ok(());
        }
        let judge = *self.chance.pick(&judges);
        let (step, text) = if valid {
            ("judge_valid", "反馈属实，安排第二次回访")
        } else {
            ("judge_invalid", "未说明与客户沟通的具体内容，退回补充")
        };
        self.step(ticket, judge, step, text, at).await
    }
}
