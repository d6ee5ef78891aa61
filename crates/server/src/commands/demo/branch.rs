//! What branches decide when calls do not reach the customer: letters, visits, giving up.

use super::people::Person;
use super::sound;
use super::story::{Story, tolerated};
use super::words;
use anyhow::Result;
use app::callbacks::{Decision, add_upload, decide};
use app::recordings::Upload;
use chrono::{Days, NaiveDate, TimeDelta};
use domain::access::Role;
use domain::callbacks::CallbackState;
use domain::tickets::EvidenceKind;
use domain::time::Instant;
use store::callbacks::CallbackRow;

/// Days after which a branch gives up.
const PATIENCE_DAYS: i64 = 16;

impl Story<'_> {
    /// A day's decisions, in the afternoon.
    pub(super) async fn decide_at_branches(&mut self, day: NaiveDate) -> Result<()> {
        let mut at = self.chance.moment(day, 15, 16);
        for row in self.callbacks("branch", at).await? {
            at += TimeDelta::seconds(self.chance.between(20, 90));
            if at >= self.until {
                return Ok(());
            }
            let people = self.staff.at(Role::BranchOperations, &row.org_path);
            if people.is_empty() {
                continue;
            }
            let person = *self.chance.pick(&people);
            self.branch(person, &row, day, at).await?;
        }
        if self.chance.per_mille(45) {
            self.cancel_one(at).await?;
        }
        Ok(())
    }

    async fn branch(
        &mut self,
        person: &Person,
        row: &CallbackRow,
        day: NaiveDate,
        at: Instant,
    ) -> Result<()> {
        match row.state {
            CallbackState::BranchSecond => {
                let since = *self.waits.entry(row.id).or_insert(day);
                let days = (day - since).num_days();
                match self.chance.below(100) {
                    0..16 if days >= 1 => self.send(person, row, "send_letter", day, at).await,
                    16..24 if days >= 1 => self.send(person, row, "plan_visit", day, at).await,
                    _ if days > PATIENCE_DAYS => {
                        let why = *self.chance.pick(&words::CIRCUMSTANCES);
                        self.decide(person, row, "give_up", why, "policyholder", at)
                            .await
                    }
                    _ => Ok(()),
                }
            }
            CallbackState::LetterOut if self.is_back(row, day) => {
                let kind = self.chance.weighted(&[
                    ("letter_affirmed", 50),
                    ("letter_failed", 42),
                    ("letter_negative", 8),
                ]);
                if kind != "letter_failed" {
                    self.sign(person, row, at).await?;
                }
                let reason = if kind == "letter_failed" {
                    "信函退回，查无此人"
                } else {
                    "信函已签回"
                };
                self.waits.insert(row.id, day);
                self.decide(person, row, kind, reason, "", at).await
            }
            CallbackState::VisitPlanned if self.is_back(row, day) => self.end_visit(row, at).await,
            _ => Ok(()),
        }
    }

    fn is_back(&self, row: &CallbackRow, day: NaiveDate) -> bool {
        self.waits.get(&row.id).is_none_or(|on| *on <= day)
    }

    async fn send(
        &mut self,
        person: &Person,
        row: &CallbackRow,
        kind: &str,
        day: NaiveDate,
        at: Instant,
    ) -> Result<()> {
        let days = u64::from(if kind == "send_letter" { 6 } else { 2 } + self.chance.below(5));
        let on = day + Days::new(days);
        self.waits.insert(row.id, on);
        if kind == "plan_visit" {
            return self.plan_visit(person, row, on, at).await;
        }
        self.decide(person, row, kind, "多次致电未能联系到本人", "", at)
            .await
    }

    async fn sign(&mut self, person: &Person, row: &CallbackRow, at: Instant) -> Result<()> {
        let upload = Upload {
            file_name: format!("{}.pdf", row.number),
            bytes: sound::signed_form(&row.number),
        };
        let kind = EvidenceKind::SignedVisitQuestionnaire;
        let added = add_upload(self.app, &person.actor, at, row.id, kind, upload).await;
        tolerated("sign", added)?;
        Ok(())
    }

    async fn decide(
        &mut self,
        person: &Person,
        row: &CallbackRow,
        kind: &str,
        reason: &str,
        cause: &str,
        at: Instant,
    ) -> Result<()> {
        let decision = Decision {
            kind: kind.to_owned(),
            reason: reason.to_owned(),
            cause: cause.to_owned(),
        };
        let at = at + TimeDelta::seconds(5);
        let decided = decide(self.app, &person.actor, at, row.id, &decision).await;
        tolerated(kind, decided)?;
        Ok(())
    }

    /// Something that the rules cannot know makes one callback pointless.
    async fn cancel_one(&mut self, at: Instant) -> Result<()> {
        let rows = self.callbacks("week", at).await?;
        if rows.is_empty() || at >= self.until {
            return Ok(());
        }
        let row = self.chance.pick(&rows).clone();
        let leader = self.first(Role::TeamLeader)?;
        let why = *self.chance.pick(&words::CANCELLATIONS);
        self.decide(leader, &row, "cancel", why, "", at).await
    }
}
