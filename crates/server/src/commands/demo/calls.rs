//! Calls: the next one of each caller's own list, through the same steps as on the call page.

use super::people::Person;
use super::story::{Story, tolerated};
use super::words;
use anyhow::Result;
use app::callbacks::{
    AnswerForm, CallPage, FinishForm, StartForm, add_upload, answer_item, call_page,
    finish_attempt, next_callback, start_attempt,
};
use app::recordings::Upload;
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use domain::access::Role;
use domain::callbacks::{AttemptResult, CallbackState};
use domain::customers::CustomerKind;
use domain::obligations::Respondent;
use domain::questionnaires::{Answer, Item, ItemKind};
use domain::tickets::EvidenceKind;
use domain::time::{self, Instant};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use store::callbacks::CallbackRow;

/// Interviews in a thousand in which one item is not affirmed.
const DOUBTFUL_PER_MILLE: u32 = 120;
/// The same in second callbacks.
const STILL_DOUBTFUL_PER_MILLE: u32 = 70;
/// Seconds that one item takes.
const ITEM_SECONDS: (i64, i64) = (8, 26);

/// Callers of a day with what they can still do.
pub(super) struct Shift<'s> {
    left: HashMap<&'s str, i64>,
    callers: Vec<&'s Person>,
}

impl<'s> Story<'s> {
    /// Who calls on a day: agents, and branch operations for second callbacks. Some are away, and
    /// some weeks are short of staff, so that work piles up now and then.
    pub(super) fn shift(
        &mut self,
        day: NaiveDate,
        (first, last): (NaiveDate, NaiveDate),
    ) -> Shift<'s> {
        let week = (day - first).num_days() / 7;
        let short = matches!(week, 4 | 10);
        // In the last days lists fill up, so that whoever signs in finds work.
        let closing = (last - day).num_days() < 7;
        let (mut left, mut callers) = (HashMap::new(), Vec::new());
        let staff = self.staff;
        for person in staff.of(Role::CallbackAgent) {
            if self.chance.per_mille(if short { 480 } else { 60 }) {
                continue;
            }
            let usual = if closing {
                self.calls_per_day / 3
            } else {
                self.calls_per_day
            };
            let calls = self.chance.between((usual / 2).max(1), usual + usual / 2);
            left.insert(person.username.as_str(), calls);
            callers.push(person);
        }
        for person in staff.of(Role::BranchOperations) {
            left.insert(person.username.as_str(), self.chance.between(0, 3));
            callers.push(person);
        }
        Shift { left, callers }
    }

    /// Calls between two hours of a day.
    pub(super) async fn calls(
        &mut self,
        shift: &mut Shift<'s>,
        day: NaiveDate,
        hours: (i64, i64),
    ) -> Result<()> {
        let end = time::at_in_china(day, NaiveTime::MIN) + TimeDelta::hours(hours.1);
        let mut due = BinaryHeap::new();
        for at in 0..shift.callers.len() {
            due.push(Reverse((self.chance.moment(day, hours.0, hours.0 + 1), at)));
        }
        while let Some(Reverse((now, at))) = due.pop() {
            let caller = shift.callers[at];
            let left = shift.left.entry(&caller.username).or_default();
            if *left <= 0 || now >= end || now >= self.until {
                continue;
            }
            let Some(row) = next_callback(self.app, &caller.actor, now).await? else {
                due.push(Reverse((now + TimeDelta::minutes(50), at)));
                continue;
            };
            *left -= 1;
            let free = self.call(caller, &row, now).await?;
            due.push(Reverse((self.chance.later(free, 4, 25), at)));
        }
        Ok(())
    }

    /// One call; gives the moment of its end.
    async fn call(&mut self, caller: &Person, row: &CallbackRow, now: Instant) -> Result<Instant> {
        if row.state == CallbackState::InProgress {
            return Ok(now + TimeDelta::hours(1));
        }
        let form = StartForm {
            channel: String::new(),
        };
        let started = start_attempt(self.app, &caller.actor, now, row.id, &form).await;
        if tolerated("start", started)?.is_none() {
            return Ok(now + TimeDelta::minutes(40));
        }
        let result = self.result(caller, row);
        if result == AttemptResult::Finished {
            return self.interview(caller, row, now).await;
        }
        let end = now + TimeDelta::seconds(self.chance.between(20, 75));
        self.unfinished(caller, row, result, end).await?;
        Ok(end)
    }

    fn result(&mut self, caller: &Person, row: &CallbackRow) -> AttemptResult {
        use AttemptResult as R;
        if is_elusive(row) && !self.chance.per_mille(160) {
            return self
                .chance
                .weighted(&[(R::NoAnswer, 76), (R::Busy, 14), (R::NotInPerson, 10)]);
        }
        let strange = row
            .language
            .as_ref()
            .is_some_and(|l| l != "mandarin" && !caller.languages.contains(l));
        self.chance.weighted(&[
            (R::Finished, if row.is_recall { 900 } else { 640 }),
            (R::NoAnswer, 150),
            (R::Busy, 50),
            (R::NotInPerson, 40),
            (R::ProxyOffered, 9),
            (R::RefusedNow, 26),
            (R::RefusedFinally, 5),
            (R::Appointment, 45),
            (R::Interrupted, 12),
            (R::WrongNumber, 16),
            (R::HearingDifficulty, 5),
            (R::Dialect, if strange { 130 } else { 0 }),
        ])
    }

    /// Ends an attempt without an interview.
    async fn unfinished(
        &mut self,
        caller: &Person,
        row: &CallbackRow,
        result: AttemptResult,
        end: Instant,
    ) -> Result<()> {
        let day = time::date_in_china(end) + Days::new(u64::from(1 + self.chance.below(2)));
        let agreed = self.chance.moment(day, 10, 18);
        self.end_without(caller, row, result, end, agreed).await
    }

    /// Ends an attempt without an interview, with the moment to agree on.
    async fn end_without(
        &mut self,
        caller: &Person,
        row: &CallbackRow,
        result: AttemptResult,
        end: Instant,
        agreed: Instant,
    ) -> Result<()> {
        let form = FinishForm {
            result: result.as_str().to_owned(),
            note: words::note(result.as_str()).to_owned(),
            appointment_at: if result == AttemptResult::Appointment {
                agreed.to_rfc3339()
            } else {
                String::new()
            },
            ..FinishForm::default()
        };
        let done = finish_attempt(self.app, &caller.actor, end, row.id, &form).await;
        tolerated("finish", done)?;
        Ok(())
    }

    /// An interview from the first item to the last, with its recording.
    async fn interview(
        &mut self,
        caller: &Person,
        row: &CallbackRow,
        now: Instant,
    ) -> Result<Instant> {
        let page = call_page(self.app, &caller.actor, now, row.id, &self.company).await?;
        let doubtful = self.doubtful(&page, row);
        let mut at = now + TimeDelta::seconds(15);
        for item in &page.items {
            at += TimeDelta::seconds(self.chance.between(ITEM_SECONDS.0, ITEM_SECONDS.1));
            let form = self.answer(&item.item, doubtful == Some(&item.item.code));
            answer_item(self.app, &caller.actor, at, row.id, &form).await?;
        }
        let upload = Upload {
            file_name: format!("{}-{}.wav", row.number, row.attempts_total + 1),
            bytes: self.sound(),
        };
        let kind = EvidenceKind::Recording;
        add_upload(self.app, &caller.actor, at, row.id, kind, upload).await?;
        let group = page.page.customer.kind == CustomerKind::Group;
        let contact = Respondent::InsuranceContact;
        let allowed = page.page.discharge.respondents.contains(&contact);
        let respondent = if group && allowed {
            contact.as_str()
        } else {
            ""
        };
        let form = FinishForm {
            result: AttemptResult::Finished.as_str().to_owned(),
            respondent: respondent.to_owned(),
            ..FinishForm::default()
        };
        let done = finish_attempt(self.app, &caller.actor, at, row.id, &form).await;
        if tolerated("finish", done)?.is_some() {
            self.interviews += 1;
        }
        Ok(at)
    }

    /// The item that will not be affirmed, in some interviews.
    fn doubtful<'p>(&mut self, page: &'p CallPage, row: &CallbackRow) -> Option<&'p String> {
        let chance = if row.is_recall {
            STILL_DOUBTFUL_PER_MILLE
        } else {
            DOUBTFUL_PER_MILLE
        };
        let asked: Vec<_> = page
            .items
            .iter()
            .filter(|i| {
                matches!(
                    i.item.kind,
                    ItemKind::Inform | ItemKind::Confirm | ItemKind::Verify
                )
            })
            .collect();
        if asked.is_empty() || !self.chance.per_mille(chance) {
            return None;
        }
        Some(&self.chance.pick(&asked).item.code)
    }

    fn answer(&mut self, item: &Item, doubtful: bool) -> AnswerForm {
        let (answer, rating) = match item.kind {
            ItemKind::Rate => {
                let rating = self
                    .chance
                    .weighted(&[(5, 104), (4, 70), (3, 22), (2, 3), (1, 1)]);
                (Answer::Given, Some(rating))
            }
            ItemKind::Open | ItemKind::Promotion if item.must_ask || self.chance.per_mille(220) => {
                (Answer::Given, None)
            }
            ItemKind::Open | ItemKind::Promotion => (Answer::Skipped, None),
            _ if doubtful => {
                let choices = [
                    (Answer::Unclear, 50),
                    (Answer::Negative, 35),
                    (Answer::Question, 15),
                ];
                (self.chance.weighted(&choices), None)
            }
            _ => (Answer::Affirm, None),
        };
        let affirmed = item.is_affirmed_by(answer, rating);
        let words = match (item.kind, answer) {
            (ItemKind::Open | ItemKind::Promotion, Answer::Given) => {
                *self.chance.pick(&words::REMARKS)
            }
            _ if !affirmed => words::objection(item, answer),
            _ => "",
        };
        AnswerForm {
            item: item.code.clone(),
            answer: answer.as_str().to_owned(),
            rating,
            words: words.to_owned(),
        }
    }

    /// What is under way when the demonstration opens: calls in the middle of the script, and
    /// appointments for later.
    pub(super) async fn leave_under_way(&mut self, now: Instant) -> Result<()> {
        let staff = self.staff;
        let agents: Vec<_> = staff.of(Role::CallbackAgent).collect();
        let calendar_next = self
            .app
            .rules()
            .calendar()
            .on_or_after(time::date_in_china(now) + Days::new(1));
        for (at, caller) in agents.iter().enumerate() {
            let mut moment = now + TimeDelta::seconds(i64::try_from(at).unwrap_or(0) * 20);
            for step in 0..2 {
                let Some(row) = next_callback(self.app, &caller.actor, moment).await? else {
                    break;
                };
                let form = StartForm {
                    channel: String::new(),
                };
                let started = start_attempt(self.app, &caller.actor, moment, row.id, &form).await;
                if tolerated("start", started)?.is_none() {
                    break;
                }
                // Most agents agree on a time; the last ones are in the middle of a call.
                if step == 0 && at < agents.len() - 1 {
                    let soon = moment + TimeDelta::minutes(self.chance.between(25, 150));
                    let today = time::time_in_china(soon)
                        < NaiveTime::from_hms_opt(20, 0, 0).unwrap_or(NaiveTime::MIN)
                        && soon > self.until;
                    let agreed = if today {
                        soon
                    } else {
                        self.chance.moment(calendar_next, 9, 12)
                    };
                    let end = moment + TimeDelta::seconds(10);
                    self.end_without(caller, &row, AttemptResult::Appointment, end, agreed)
                        .await?;
                    moment = end + TimeDelta::seconds(5);
                    if at < agents.len() - 3 {
                        break;
                    }
                    continue;
                }
                let page =
                    call_page(self.app, &caller.actor, moment, row.id, &self.company).await?;
                for item in page.items.iter().take(2 + at % 4) {
                    moment += TimeDelta::seconds(1);
                    let form = self.answer(&item.item, false);
                    answer_item(self.app, &caller.actor, moment, row.id, &form).await?;
                }
                break;
            }
        }
        Ok(())
    }
}

/// One customer in sixteen is hardly ever at the telephone.
fn is_elusive(row: &CallbackRow) -> bool {
    let serial: u64 = row
        .customer_no
        .get(1..)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    serial % 16 == 5
}
