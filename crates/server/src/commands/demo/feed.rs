//! The portfolio as the core system would have sent it, day by day: new policies, receipts that came
//! back, changes of status, events.

use anyhow::{Context as _, Result};
use chrono::{Days, NaiveDate};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A table in memory; demonstrations are small.
struct Table {
    heading: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
}

impl Table {
    fn read(path: &Path) -> Result<Self> {
        let mut reader =
            csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
        let heading = reader.headers()?.clone();
        let rows = reader.records().collect::<Result<_, _>>()?;
        Ok(Self { heading, rows })
    }

    fn column(&self, name: &str) -> usize {
        self.heading.iter().position(|c| c == name).unwrap_or(0)
    }

    fn write<'r>(
        &self,
        path: &Path,
        rows: impl Iterator<Item = std::borrow::Cow<'r, csv::StringRecord>>,
    ) -> Result<u64> {
        let mut writer = csv::Writer::from_path(path)?;
        writer.write_record(&self.heading)?;
        let mut count = 0;
        for row in rows {
            writer.write_record(row.as_ref())?;
            count += 1;
        }
        writer.flush()?;
        Ok(count)
    }
}

/// Status changes of a policy by day.
type Changes = HashMap<String, Vec<(NaiveDate, &'static str)>>;

/// The files of a generated portfolio, cut by day.
pub(super) struct Feed {
    folder: PathBuf,
    agents: Table,
    customers: Table,
    contacts: Table,
    policies: Table,
    events: Table,
    changes: Changes,
    departures: HashMap<String, NaiveDate>,
    /// The day on which each customer becomes known.
    known: HashMap<String, NaiveDate>,
}

impl Feed {
    /// Reads the files of a folder.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let table = |kind: &str| Table::read(&folder.join(format!("{kind}.csv")));
        let (agents, policies, events) = (table("agents")?, table("policies")?, table("events")?);
        let mut changes = Changes::new();
        let mut departures = HashMap::new();
        let (kind, at, policy, agent) = (
            events.column("type"),
            events.column("occurred_at"),
            events.column("policy_no"),
            events.column("agent_code"),
        );
        for row in &events.rows {
            let Some(on) = day_of(&row[at]) else { continue };
            if &row[kind] == "agent_left" {
                departures.insert(row[agent].to_owned(), on);
            }
            if let Some(status) = status_after(&row[kind]) {
                changes
                    .entry(row[policy].to_owned())
                    .or_default()
                    .push((on, status));
            }
        }
        let (code, left) = (agents.column("agent_code"), agents.column("left_on"));
        for row in &agents.rows {
            if let Some(on) = day_of(&row[left]) {
                departures.insert(row[code].to_owned(), on);
            }
        }
        let (customers, contacts) = (table("customers")?, table("contacts")?);
        let known = known_customers(&customers, &policies, &events);
        Ok(Self {
            folder: folder.to_owned(),
            agents,
            customers,
            contacts,
            policies,
            events,
            changes,
            departures,
            known,
        })
    }

    /// Code of a salesperson at a branch who has not left.
    pub(super) fn salesperson_at(&self, branch: &str) -> Option<String> {
        let (code, kind, unit, status) = (
            self.agents.column("agent_code"),
            self.agents.column("kind"),
            self.agents.column("org_code"),
            self.agents.column("status"),
        );
        let fits = |row: &&csv::StringRecord| {
            &row[kind] == "salesperson" && row[unit].starts_with(branch) && &row[status] == "active"
        };
        self.agents
            .rows
            .iter()
            .find(fits)
            .map(|row| row[code].to_owned())
    }

    /// The file of people as it stood on a day.
    pub(super) fn agents(&self, day: NaiveDate) -> Result<PathBuf> {
        let (code, status, left) = (
            self.agents.column("agent_code"),
            self.agents.column("status"),
            self.agents.column("left_on"),
        );
        let path = self.folder.join(format!("agents-{day}.csv"));
        let rows = self.agents.rows.iter().map(|row| {
            let still_here = self.departures.get(&row[code]).is_some_and(|on| *on > day);
            let cell = |(at, text): (usize, &str)| match at {
                _ if !still_here => text.to_owned(),
                _ if at == status => "active".to_owned(),
                _ if at == left => String::new(),
                _ => text.to_owned(),
            };
            std::borrow::Cow::Owned(row.iter().enumerate().map(cell).collect())
        });
        self.agents.write(&path, rows)?;
        Ok(path)
    }

    /// Customers who become known after one day and until another, and the contact persons of the
    /// companies among them; nothing when there are none.
    pub(super) fn customers(
        &self,
        after: Option<NaiveDate>,
        until: NaiveDate,
    ) -> Result<[Option<PathBuf>; 2]> {
        let write = |table: &Table, kind: &str| {
            let number = table.column("customer_no");
            let fits = |row: &&csv::StringRecord| {
                let known = self.known.get(&row[number]);
                known.is_some_and(|on| *on <= until && after.is_none_or(|after| *on > after))
            };
            let path = self.folder.join(format!("{kind}-{until}.csv"));
            let rows = table
                .rows
                .iter()
                .filter(fits)
                .map(std::borrow::Cow::Borrowed);
            let count = table.write(&path, rows)?;
            Ok::<_, anyhow::Error>((count > 0).then_some(path))
        };
        Ok([
            write(&self.customers, "customers")?,
            write(&self.contacts, "contacts")?,
        ])
    }

    /// Policies that are new or changed after one day and until another, as they stood on the
    /// latter; nothing when there are none.
    pub(super) fn policies(
        &self,
        after: Option<NaiveDate>,
        until: NaiveDate,
    ) -> Result<Option<PathBuf>> {
        let column = |name| self.policies.column(name);
        let number = column("policy_no");
        let (issue, signed, entered) = (
            column("issue_date"),
            column("ack_signed_on"),
            column("ack_entered_on"),
        );
        let is_new = |on: NaiveDate| on <= until && after.is_none_or(|after| on > after);
        let fits = |row: &&csv::StringRecord| {
            let issued = day_of(&row[issue]);
            let known = day_of(&row[entered]).or_else(|| day_of(&row[signed]));
            let changed = self.changes.get(&row[number]).into_iter().flatten();
            issued.is_some_and(|on| on <= until)
                && (issued.is_some_and(is_new)
                    || known.is_some_and(is_new)
                    || changed.into_iter().any(|(on, _)| is_new(*on)))
        };
        let rows = self.policies.rows.iter().filter(fits);
        let path = self.folder.join(format!("policies-{until}.csv"));
        let rows = rows.map(|row| std::borrow::Cow::Owned(self.policy_on(row, until)));
        let count = self.policies.write(&path, rows)?;
        Ok((count > 0).then_some(path))
    }

    /// A policy as it stood on a day: what came later is not known yet.
    fn policy_on(&self, row: &csv::StringRecord, day: NaiveDate) -> csv::StringRecord {
        let column = |name| self.policies.column(name);
        let (signed, entered, print, status) = (
            column("ack_signed_on"),
            column("ack_entered_on"),
            column("print_date"),
            column("status"),
        );
        let beneficiary = column("beneficiary_no");
        let unborn = self
            .known
            .get(&row[beneficiary])
            .is_some_and(|on| *on > day);
        let later = |at: usize| day_of(&row[at]).is_some_and(|on| on > day);
        let receipt_unknown = later(entered) || later(signed);
        let changes = self.changes.get(&row[column("policy_no")]);
        let latest = changes
            .into_iter()
            .flatten()
            .filter(|(on, _)| *on <= day)
            .max_by_key(|(on, _)| *on);
        let stood = match (changes, latest) {
            (_, Some((_, status))) => status,
            (Some(_), None) => "in_force",
            (None, None) => &row[status],
        };
        let cell = |(at, text): (usize, &str)| match at {
            _ if at == status => stood.to_owned(),
            _ if at == beneficiary && unborn => String::new(),
            _ if (at == signed || at == entered) && receipt_unknown => String::new(),
            _ if at == print && later(print) => String::new(),
            _ => text.to_owned(),
        };
        row.iter().enumerate().map(cell).collect()
    }

    /// Events after one day and until another; nothing when there are none.
    pub(super) fn events(
        &self,
        after: Option<NaiveDate>,
        until: NaiveDate,
    ) -> Result<Option<PathBuf>> {
        let at = self.events.column("occurred_at");
        let fits = |row: &&csv::StringRecord| {
            day_of(&row[at]).is_some_and(|on| on <= until && after.is_none_or(|after| on > after))
        };
        let path = self.folder.join(format!("events-{until}.csv"));
        let rows = self
            .events
            .rows
            .iter()
            .filter(fits)
            .map(std::borrow::Cow::Borrowed);
        let count = self.events.write(&path, rows)?;
        Ok((count > 0).then_some(path))
    }

    /// A file in which a partner's customers have mistakes: check digits, telephone numbers, dates.
    pub(super) fn mistaken_customers(&self, day: NaiveDate) -> Result<PathBuf> {
        let customers = &self.customers;
        let (id, mobile, birth, kind) = (
            customers.column("id_no"),
            customers.column("mobile"),
            customers.column("birth_date"),
            customers.column("id_type"),
        );
        let path = self.folder.join(format!("customers-partner-{day}.csv"));
        let number = customers.column("customer_no");
        let people = customers.rows.iter().filter(|row| {
            let known = self.known.get(&row[number]).is_some_and(|on| *on <= day);
            known && &row[kind] == "resident_id" && !row[mobile].is_empty()
        });
        let rows = people.take(24).enumerate().map(|(serial, row)| {
            let cell = |(at, text): (usize, &str)| match serial % 8 {
                1 if at == id => format!("{}0", &text[..17]).replace('X', "1"),
                3 if at == mobile => "12345678901".to_owned(),
                5 if at == birth => "1990-02-30".to_owned(),
                _ => text.to_owned(),
            };
            std::borrow::Cow::Owned(row.iter().enumerate().map(cell).collect())
        });
        customers.write(&path, rows)?;
        Ok(path)
    }
}

/// The days on which the core system sends files, the first included: every third at first, every
/// day in the end.
pub(super) fn sending_days(first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
    /// Days before the end from which files come daily.
    const DAILY: u64 = 10;
    let daily_from = last - Days::new(DAILY);
    first
        .iter_days()
        .take_while(|day| *day <= last)
        .filter(|day| *day >= daily_from || (*day - first).num_days() % 3 == 0)
        .collect()
}

/// Customers are known from their first contact on, or from the first policy or event in which they
/// have a part; children not before they are born.
fn known_customers(
    customers: &Table,
    policies: &Table,
    events: &Table,
) -> HashMap<String, NaiveDate> {
    let column = |name| customers.column(name);
    let (number, at, born) = (
        column("customer_no"),
        column("collected_at"),
        column("birth_date"),
    );
    let mut known: HashMap<String, NaiveDate> = customers
        .rows
        .iter()
        .filter_map(|row| Some((row[number].to_owned(), day_of(&row[at])?)))
        .collect();
    let parties: [(&Table, &str, &[&str]); 2] = [
        (
            policies,
            "issue_date",
            &["policyholder_no", "insured_no", "beneficiary_no"],
        ),
        (events, "occurred_at", &["customer_no"]),
    ];
    for (table, day, columns) in parties {
        let day = table.column(day);
        let columns: Vec<_> = columns.iter().map(|c| table.column(c)).collect();
        for row in &table.rows {
            let Some(on) = day_of(&row[day]) else {
                continue;
            };
            for column in &columns {
                if let Some(first) = known.get_mut(&row[*column]) {
                    *first = on.min(*first);
                }
            }
        }
    }
    for row in &customers.rows {
        if let (Some(first), Some(born)) = (known.get_mut(&row[number]), day_of(&row[born])) {
            *first = born.max(*first);
        }
    }
    known
}

fn day_of(text: &str) -> Option<NaiveDate> {
    text.get(..10)?.parse().ok()
}

fn status_after(event: &str) -> Option<&'static str> {
    match event {
        "surrendered" => Some("surrendered"),
        "cooling_off_cancelled" => Some("cooling_off_cancelled"),
        "grace_entered" => Some("grace"),
        "lapsed" => Some("lapsed"),
        "reinstated" => Some("in_force"),
        "policy_expired" => Some("expired"),
        _ => None,
    }
}
