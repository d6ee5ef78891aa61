//! A realistic synthetic portfolio as import files.
//!
//! The same request gives the same bytes, on every machine: chance comes from ChaCha streams chosen
//! by the seed, and the day of the portfolio is a parameter. Each household has a stream of its own and
//! is written as soon as it is made, so that memory does not grow with the portfolio. Names, addresses
//! and numbers are made up; numbers pass their checks.

mod claims;
mod dice;
mod events;
mod life;
mod names;
mod numbers;
mod offices;
mod people;
mod places;
mod policies;
mod products;
mod profile;
mod sheet;
mod terms;

use chrono::NaiveDate;
use dice::Dice;
use events::Events;
use sheet::Sheet;
use std::path::Path;

/// Customers of a portfolio, at most: their numbers have eight digits.
pub const CUSTOMERS_MAX: u64 = 99_999_999;
/// Streams of chance that are not those of households.
const STREAM_OFFICES: u64 = 0;
const STREAM_DEPARTURES: u64 = 1;
const STREAM_HOUSEHOLDS: u64 = 1_000;
/// Bad rows among customers, policies and events, in a thousand, when they are asked for.
const DIRTY_PER_MILLE: u32 = 5;
/// Progress is told after so many households.
const PROGRESS_EVERY: u64 = 1_000;

/// What to generate. The files depend on nothing else.
#[derive(Clone, Copy, Debug)]
pub struct GenerateRequest {
    /// How many customers.
    pub customers: u64,
    /// The seed.
    pub seed: u64,
    /// The day of the portfolio: nothing in it happened later.
    pub around: NaiveDate,
    /// Bad rows are mixed in: numbers too short, dates in the wrong order, unknown policies.
    pub dirty: bool,
}

/// Rows that were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generated {
    /// Units.
    pub orgs: u64,
    /// People who work for the insurer.
    pub agents: u64,
    /// Customers.
    pub customers: u64,
    /// Contact persons of companies.
    pub contacts: u64,
    /// Policies.
    pub policies: u64,
    /// Events.
    pub events: u64,
}

/// Why a portfolio could not be written.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// More customers than numbers.
    #[error("at most {CUSTOMERS_MAX} customers")]
    TooMany,
    /// A file could not be written.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// A row could not be written.
    #[error("{0}")]
    Row(#[from] csv::Error),
}

/// Writes the files of a portfolio into a folder, which is made when it is missing. `progress` is
/// told how many customers are written.
///
/// # Errors
/// When a file cannot be written, or there are more customers than numbers.
pub fn generate(
    request: GenerateRequest,
    folder: &Path,
    progress: &dyn Fn(u64),
) -> Result<Generated, GenerateError> {
    if request.customers > CUSTOMERS_MAX {
        return Err(GenerateError::TooMany);
    }
    std::fs::create_dir_all(folder)?;
    let mut orgs = Sheet::create(folder, "orgs", &super::orgs::COLUMNS)?;
    let mut offices = offices::write_orgs(&mut orgs)?;
    let mut agents = Sheet::create(folder, "agents", &super::agents::COLUMNS)?;
    let mut chance = Dice::new(request.seed, STREAM_OFFICES);
    offices::write_agents(
        &mut agents,
        &mut chance,
        &mut offices,
        request.customers,
        request.around,
    )?;
    let mut files = Files::create(folder, &request)?;
    let mut written = 0;
    let mut serial = 0;
    while written < request.customers {
        let mut chance = Dice::new(request.seed, STREAM_HOUSEHOLDS + serial);
        let room = request.customers - written;
        let household = people::household(&mut chance, &offices, written + 1, room, request.around);
        files.household(&mut chance, &household, &request)?;
        written += household.members.len() as u64;
        serial += 1;
        if serial % PROGRESS_EVERY == 0 {
            progress(written);
        }
    }
    let mut chance = Dice::new(request.seed, STREAM_DEPARTURES);
    files.events.departures(&mut chance, &offices)?;
    progress(written);
    Ok(Generated {
        orgs: orgs.finish()?,
        agents: agents.finish()?,
        customers: files.customers.finish()?,
        contacts: files.contacts.finish()?,
        policies: files.policies.finish()?,
        events: files.events.finish()?,
    })
}

/// The files that grow with the portfolio.
struct Files {
    customers: Sheet,
    contacts: Sheet,
    policies: Sheet,
    events: Events,
    dirty_per_mille: u32,
}

impl Files {
    fn create(folder: &Path, request: &GenerateRequest) -> Result<Self, GenerateError> {
        let dirty_per_mille = if request.dirty { DIRTY_PER_MILLE } else { 0 };
        let events = Sheet::create(folder, "events", &super::events::COLUMNS)?;
        Ok(Self {
            customers: Sheet::create(folder, "customers", &super::customers::COLUMNS)?,
            contacts: Sheet::create(folder, "contacts", &super::contacts::COLUMNS)?,
            policies: Sheet::create(folder, "policies", &super::policies::COLUMNS)?,
            events: Events::new(events, request.around, dirty_per_mille),
            dirty_per_mille,
        })
    }

    fn household(
        &mut self,
        chance: &mut Dice,
        household: &people::Household<'_>,
        request: &GenerateRequest,
    ) -> Result<(), GenerateError> {
        let around = request.around;
        let policies = policies::policies(chance, household, around);
        for (at, member) in household.members.iter().enumerate() {
            let relationship = policies::relationship(chance, &member.number, &policies, around);
            let dirty = chance.per_mille(self.dirty_per_mille);
            let sheet = &mut self.customers;
            household.write_member(sheet, chance, at, &relationship, around, dirty)?;
        }
        if household.is_company {
            household.write_contacts(&mut self.contacts, chance)?;
        }
        for policy in &policies {
            let dirty = chance.per_mille(self.dirty_per_mille);
            policy.write(&mut self.policies, dirty)?;
            self.events.policy(chance, policy, household.office)?;
        }
        self.events.household(chance, household)
    }
}

#[cfg(test)]
mod tests;
