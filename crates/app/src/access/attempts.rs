//! How often somebody may guess, such that nobody can keep somebody else out by guessing.
//!
//! A browser keeps a token for each person who signed in on it. Failures there count against that
//! device alone; failures elsewhere count against the name and the address together, and more generously
//! against each of the two. Whoever guesses somebody's password from elsewhere therefore slows down
//! unknown devices, never the one on the person's desk.

use super::secrets::hash_token;
use super::sign_in::Device;
use crate::{App, Refusal, Result};
use domain::ids::UserId;
use domain::time::Instant;
use store::UnitOfWork;
use store::access::{self as rows, DeviceRow, Failures, NewFailure};

/// Tokens of one browser that are looked at; a shared desk has a few people, an attacker many.
const TOKENS_MAX: usize = 8;

/// A customer who tries to show who they are behind a link.
#[derive(Debug)]
pub(crate) struct Guesser(Attempt);

impl Guesser {
    /// Somebody at an address behind a link.
    pub(crate) fn of_link(app: &App, link: domain::ids::LinkId, address: &str) -> Self {
        Self(Attempt::behind_link(app, link.0, address))
    }

    /// Demands that nobody has to wait.
    pub(crate) async fn demand_open(&self, app: &App, now: Instant) -> Result<()> {
        self.0.demand_open(app, now).await
    }

    /// Counts a failure.
    pub(crate) async fn fail(&self, work: &UnitOfWork) -> Result<()> {
        self.0.fail(work).await
    }
}

/// Somebody who tries to show who they are.
#[derive(Debug)]
pub(super) struct Attempt {
    name_index: i64,
    username: String,
    /// The device, when the person behind the name signed in on it before.
    pub(super) known: Option<DeviceRow>,
    address: String,
}

impl Attempt {
    /// Somebody who types a name.
    pub(super) async fn of(app: &App, username: &str, device: &Device) -> Result<Self> {
        let tokens = device.known.iter().take(TOKENS_MAX);
        let hashes: Vec<_> = tokens.map(|token| hash_token(token)).collect();
        Ok(Self {
            name_index: rows::name_index(app.store(), username),
            known: rows::find_device(app.store(), username, &hashes).await?,
            username: username.to_owned(),
            address: device.address.clone(),
        })
    }

    /// Somebody who signed in and shows it again; the guesses of a thief at an open session count here.
    pub(super) fn again(app: &App, user: UserId) -> Self {
        // No name and no address look like this, so that nothing else is counted with it.
        let own = format!("\n{user}");
        Self {
            name_index: rows::name_index(app.store(), &own),
            username: own.clone(),
            known: None,
            address: own,
        }
    }

    /// Somebody behind a link that leads to one record; guesses are counted by link and by address.
    fn behind_link(app: &App, link: uuid::Uuid, address: &str) -> Self {
        let own = format!("\nlink {link}");
        Self {
            name_index: rows::name_index(app.store(), &own),
            username: own,
            known: None,
            address: address.to_owned(),
        }
    }

    /// Demands that nobody has to wait. The answer hangs on failures alone: it is the same for names
    /// that do not exist.
    pub(super) async fn demand_open(&self, app: &App, now: Instant) -> Result<()> {
        let until = self
            .wait_until(app, now)
            .await?
            .filter(|until| *until > now);
        let Some(until) = until else {
            return Ok(());
        };
        let minutes = (until - now).num_seconds().div_euclid(60) + 1;
        Err(Refusal::with("sign-in-locked", minutes.to_string()).into())
    }

    async fn wait_until(&self, app: &App, now: Instant) -> Result<Option<Instant>> {
        let (db, policy) = (app.store(), app.policy());
        let floor = now - policy.failures_count_for;
        let wait = |free: i64, failures: Failures| {
            let last = failures.last_at?;
            policy.wait_until(free, failures.count, last)
        };
        if let Some(known) = &self.known {
            let after = floor.max(known.seen_at);
            let own = rows::list_failures(db, None, Some(known.id), None, after).await?;
            return Ok(wait(policy.failures_free, own));
        }
        let (name, address) = (Some(self.name_index), Some(self.address.as_str()));
        let last = rows::last_sign_in(db, &self.username, address).await?;
        let after = last.map_or(floor, |last| floor.max(last));
        let own = rows::list_failures(db, name, None, address, after).await?;
        let of_name = rows::list_failures(db, name, None, None, floor).await?;
        let of_address = rows::list_failures(db, None, None, address, floor).await?;
        Ok(wait(policy.failures_free, own)
            .max(wait(policy.failures_free_of_name, of_name))
            .max(wait(policy.failures_free_of_address, of_address)))
    }

    /// Counts a failure.
    pub(super) async fn fail(&self, work: &UnitOfWork) -> Result<()> {
        let failure = NewFailure {
            name_index: self.name_index,
            device: self.known.map(|d| d.id),
            address: &self.address,
        };
        Ok(rows::insert_failure(work, &failure).await?)
    }

    /// Failures under the name after a moment, elsewhere than on this device.
    pub(super) async fn failures_elsewhere(
        &self,
        work: &UnitOfWork,
        after: Instant,
    ) -> Result<i64> {
        let here = self.known.map(|d| d.id);
        Ok(rows::count_failures_since(work, self.name_index, after, here).await?)
    }
}
