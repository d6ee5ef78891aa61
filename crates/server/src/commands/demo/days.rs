//! Fourteen weeks, day by day: files come, lists are drawn and given out, people call, tickets and
//! letters take their course.

use super::chance::earlier;
use super::feed::{Feed, sending_days};
use super::messages;
use super::people::Person;
use super::story::{Story, tolerated};
use crate::commands::shell;
use anyhow::{Result, bail};
use app::App;
use app::callbacks::{AssignTarget, assign};
use app::imports::{ImportRequest, Mapping, import_file};
use app::obligations::{PlanRequest, plan};
use app::segments::{ClassifyRequest, classify};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use domain::access::Role;
use domain::callbacks::CallbackState;
use domain::imports::ImportKind;
use domain::time::{self, Instant};
use std::collections::HashMap;
use std::path::Path;
use store::callbacks::CallbackRow;

/// Length of the story, in days.
pub(super) const DAYS: u64 = 98;
/// The planner looks so many days further back than the story, so that there is work on its first day.
pub(super) const DAYS_BEFORE: u64 = 10;
/// Callbacks in a thousand that nobody gives out on a day, and on the last day.
const LEFT_OUT: (u32, u32) = (90, 480);

/// The moment of a day's files, and of everything that the night does.
pub(super) fn early(day: NaiveDate, until: Instant) -> Instant {
    let at = time::at_in_china(day, NaiveTime::MIN) + TimeDelta::minutes(6 * 60 + 30);
    earlier(at, until)
}

/// Imports one file.
pub(super) async fn import(app: &App, now: Instant, kind: ImportKind, path: &Path) -> Result<u64> {
    let request = ImportRequest {
        kind,
        path: path.to_owned(),
        shown_name: path
            .file_name()
            .map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
        mapping: Mapping::default(),
        dry_run: false,
        errors_file: None,
    };
    let report = import_file(app, &shell(), &move || now, request, &|_| {}).await?;
    for r in report.rejections.iter().take(3) {
        tracing::debug!(
            line = r.line,
            column = r.column,
            reason = r.reason_code,
            "refused"
        );
    }
    Ok(report.tally.rejected)
}

/// Imports what the core system sends on a day, and plans.
pub(super) async fn take_in(
    app: &App,
    feed: &Feed,
    after: Option<NaiveDate>,
    day: NaiveDate,
    now: Instant,
) -> Result<()> {
    let [customers, contacts] = feed.customers(after, day)?;
    let files = [
        (ImportKind::Customers, customers),
        (ImportKind::Contacts, contacts),
        (ImportKind::Policies, feed.policies(after, day)?),
        (ImportKind::Events, feed.events(after, day)?),
    ];
    for (kind, file) in files {
        let Some(file) = file else { continue };
        let rejected = import(app, now, kind, &file).await?;
        std::fs::remove_file(&file)?;
        if rejected > 0 {
            bail!("{rejected} rows of {} were refused", file.display());
        }
    }
    plan_day(app, day, now).await
}

/// What the night does without new files: classes first, because contacts follow from them.
async fn plan_day(app: &App, day: NaiveDate, now: Instant) -> Result<()> {
    let request = ClassifyRequest {
        as_of: Some(day),
        all: false,
    };
    classify(app, &shell(), now, request, &|_| {}).await?;
    let request = PlanRequest {
        as_of: Some(day),
        ..PlanRequest::default()
    };
    plan(app, &shell(), now, request, &|_| {}).await?;
    Ok(())
}

impl<'s> Story<'s> {
    /// Lives through all days; `progress` hears of each.
    pub(super) async fn live(
        &mut self,
        feed: &Feed,
        first: NaiveDate,
        last: NaiveDate,
        progress: &dyn Fn(u64),
    ) -> Result<()> {
        let sending = sending_days(first, last);
        let mut sent = first;
        for (serial, day) in first.iter_days().take_while(|d| *d <= last).enumerate() {
            let morning = early(day, self.until);
            if day > first && sending.contains(&day) {
                take_in(self.app, feed, Some(sent), day, morning).await?;
                sent = day;
            } else {
                plan_day(self.app, day, morning).await?;
            }
            messages::tell(self.app, &self.company, day, self.until).await?;
            self.other_files(feed, first, day, last, morning).await?;
            if self.app.rules().calendar().is_working(day) {
                self.work(day, first, last).await?;
            }
            progress(u64::try_from(serial).unwrap_or(0) + 1);
        }
        Ok(())
    }

    /// Files that come now and then: people who left, and a partner's list with mistakes.
    async fn other_files(
        &mut self,
        feed: &Feed,
        first: NaiveDate,
        day: NaiveDate,
        last: NaiveDate,
        now: Instant,
    ) -> Result<()> {
        if day == last || day == first + Days::new(49) {
            let file = feed.agents(day)?;
            import(self.app, now, ImportKind::Agents, &file).await?;
            std::fs::remove_file(&file)?;
        }
        if day == last - Days::new(4) {
            let file = feed.mistaken_customers(day)?;
            import(self.app, now, ImportKind::Customers, &file).await?;
            std::fs::remove_file(&file)?;
        }
        Ok(())
    }

    /// A working day.
    async fn work(&mut self, day: NaiveDate, first: NaiveDate, last: NaiveDate) -> Result<()> {
        let mut shift = self.shift(day, (first, last));
        self.give_out(day, day == last).await?;
        self.calls(&mut shift, day, (9, 12)).await?;
        self.work_on_tickets(day).await?;
        self.calls(&mut shift, day, (13, 15)).await?;
        self.decide_at_branches(day).await?;
        self.calls(&mut shift, day, (16, 19)).await
    }

    /// The team leader gives out what is ready: to agents by language and load, to branches what
    /// they took over.
    async fn give_out(&mut self, day: NaiveDate, is_last: bool) -> Result<()> {
        let now = time::at_in_china(day, NaiveTime::MIN) + TimeDelta::minutes(8 * 60 + 40);
        if now >= self.until {
            return Ok(());
        }
        let mut load = self.load(now).await?;
        let mut lists: HashMap<&str, (&Person, AssignTarget)> = HashMap::new();
        for row in self.callbacks("unassigned", now).await? {
            let left_out = if is_last { LEFT_OUT.1 } else { LEFT_OUT.0 };
            if self.chance.per_mille(left_out) {
                continue;
            }
            let Some(person) = self.caller_for(&row, &load) else {
                continue;
            };
            *load.entry(person.id).or_default() += 1;
            let list = lists
                .entry(&person.username)
                .or_insert_with(|| (person, AssignTarget::Ids(Vec::new())));
            if let AssignTarget::Ids(ids) = &mut list.1 {
                ids.push(row.id);
            }
        }
        let mut lists: Vec<_> = lists.into_values().collect();
        lists.sort_by_key(|(person, _)| person.username.clone());
        let leader = self.first(Role::TeamLeader)?;
        for (at, (person, ids)) in lists.into_iter().enumerate() {
            let at = now + TimeDelta::seconds(i64::try_from(at).unwrap_or(0) * 20);
            let given = assign(self.app, &leader.actor, at, &ids, Some(person.id)).await;
            if let Some(report) = tolerated("assign", given)?
                && !report.refused.is_empty()
            {
                tracing::debug!(refused = ?report.refused, "not assigned");
            }
        }
        Ok(())
    }

    async fn load(&self, now: Instant) -> Result<HashMap<domain::ids::UserId, u32>> {
        let mut load = HashMap::new();
        for row in self.callbacks("open", now).await? {
            if let Some(user) = row.assignee_id {
                *load.entry(user).or_default() += 1;
            }
        }
        Ok(load)
    }

    fn caller_for(
        &self,
        row: &CallbackRow,
        load: &HashMap<domain::ids::UserId, u32>,
    ) -> Option<&'s Person> {
        let staff = self.staff;
        let people: Vec<_> = match row.state {
            CallbackState::Planned | CallbackState::RetryWait | CallbackState::RecallDue => {
                staff.of(Role::CallbackAgent).collect()
            }
            CallbackState::BranchSecond => staff.at(Role::BranchOperations, &row.org_path),
            _ => return None,
        };
        let speaks = |p: &Person| {
            row.language
                .as_ref()
                .is_none_or(|l| l == "mandarin" || p.languages.contains(l))
        };
        people.into_iter().min_by_key(|p| {
            let open = load.get(&p.id).copied().unwrap_or(0);
            // A stranger to the language is as good as someone with six callbacks more.
            (open + if speaks(p) { 0 } else { 6 }, p.username.clone())
        })
    }

    /// The moment at which calls can still be under way: a few minutes ago, or the last evening on
    /// which anybody called.
    pub(super) fn last_calling_moment(&self) -> Instant {
        let calendar_day = time::date_in_china(self.until);
        let rules = self.app.rules();
        let clock = time::time_in_china(self.until);
        let hour = |h: u32| NaiveTime::from_hms_opt(h, 10, 0).unwrap_or(NaiveTime::MIN);
        let works = rules.calendar().is_working(calendar_day);
        if works && clock > hour(9) && clock < hour(19) {
            return self.until;
        }
        let day = if works && clock >= hour(19) {
            calendar_day
        } else {
            rules.calendar().on_or_before(calendar_day - Days::new(1))
        };
        time::at_in_china(day, hour(19))
    }
}
