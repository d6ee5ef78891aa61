//! What branches decide when calls do not reach the customer: letters, visits, giving up.

use super::people::Person;
use super::sound;
use super::story::{Story, tolerated};
use super::words;
use anyhow::Result;
use app::callbacks::{Decision, decide};
use app::letters::{
    BatchForm, LetterQuery, StepForm as LetterStep, add_scan, list_letters, start_batch,
    write_letter,
};
use app::recordings::Upload;
use chrono::{Days, NaiveDate, TimeDelta};
use domain::access::Role;
use domain::callbacks::CallbackState;
use domain::time::Instant;
use store::callbacks::CallbackRow;

/// Days after which a branch gives up.
const PATIENCE_DAYS: i64 = 16;

/// Letters to customers whom calls did not reach.
const LETTERS: usize = 3;
/// Policies of these days get a printed letter.
const LETTER_DAYS: u64 = 60;

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
                    0..16 if days >= 1 => self.write(person, row, day, at).await,
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
                let step = self.chance.weighted(&[
                    ("reply_affirmed", 50),
                    ("undeliverable", 42),
                    ("reply_negative", 8),
                ]);
                self.waits.insert(row.id, day);
                self.return_letter(person, row, step, at).await
            }
            CallbackState::VisitPlanned if self.is_back(row, day) => self.end_visit(row, at).await,
            _ => Ok(()),
        }
    }

    /// Letters that are on their way today: some to customers whom calls did not reach, and the printed
    /// callback letters of the last policies.
    pub(super) async fn leave_letters(&mut self, at: Instant) -> Result<()> {
        let day = domain::time::date_in_china(at);
        let waiting = self.callbacks("branch", at).await?;
        let waiting = waiting.iter();
        let waiting = waiting.filter(|c| c.state == CallbackState::BranchSecond);
        let waiting: Vec<_> = waiting.take(LETTERS).cloned().collect();
        for row in waiting {
            let people = self.staff.at(Role::BranchOperations, &row.org_path);
            if let Some(person) = people.first().copied() {
                self.write(person, &row, day, at).await?;
            }
        }
        let operations = self.first(Role::BranchOperations)?;
        let batch = BatchForm {
            programme: "NB-CQ".into(),
            from: (day - Days::new(LETTER_DAYS)).to_string(),
            ..BatchForm::default()
        };
        let begun = start_batch(self.app, &operations.actor, at, &batch).await;
        tolerated("start_batch", begun)?;
        Ok(())
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
        let days = u64::from(2 + self.chance.below(5));
        let on = day + Days::new(days);
        self.waits.insert(row.id, on);
        if kind == "plan_visit" {
            return self.plan_visit(person, row, on, at).await;
        }
        self.decide(person, row, kind, "多次致电未能联系到本人", "", at)
            .await
    }

    /// A letter goes out on the day on which it is written.
    async fn write(
        &mut self,
        person: &Person,
        row: &CallbackRow,
        day: NaiveDate,
        at: Instant,
    ) -> Result<()> {
        let days = u64::from(6 + self.chance.below(5));
        self.waits.insert(row.id, day + Days::new(days));
        let why = "多次致电未能联系到本人";
        let written = write_letter(self.app, &person.actor, at, row.id, why).await;
        if let Some(letter) = tolerated("write_letter", written)? {
            let form = LetterStep {
                step: "send".into(),
                reference: format!("XA{}", row.number.replace('-', "")),
                ..LetterStep::default()
            };
            let at = at + TimeDelta::minutes(30);
            let sent = app::letters::take_step(self.app, &person.actor, at, letter, &form).await;
            tolerated("send", sent)?;
        }
        Ok(())
    }

    /// A letter comes back, signed or not.
    async fn return_letter(
        &mut self,
        person: &Person,
        row: &CallbackRow,
        step: &str,
        at: Instant,
    ) -> Result<()> {
        let query = LetterQuery {
            callback: row.id.to_string(),
            ..LetterQuery::default()
        };
        let open = list_letters(self.app, &person.actor, at, &query).await?;
        let Some(letter) = open.page.rows.first() else {
            return Ok(());
        };
        if step != "undeliverable" {
            let upload = Upload {
                file_name: format!("{}.pdf", letter.number),
                bytes: sound::signed_form(&letter.number),
            };
            let added = add_scan(self.app, &person.actor, at, letter.id, upload).await;
            tolerated("scan", added)?;
        }
        let words = match step {
            "undeliverable" => "信函退回，查无此人",
            _ => "信函已签回",
        };
        let form = LetterStep {
            step: step.to_owned(),
            text: words.into(),
            ..LetterStep::default()
        };
        let at = at + TimeDelta::seconds(5);
        let taken = app::letters::take_step(self.app, &person.actor, at, letter.id, &form).await;
        tolerated(step, taken)?;
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
