//! The doctor: what is wrong with an installation, and what to do.
//!
//! A check looks at one thing and says what it found as a code; the words in both languages hang on
//! it. It looks and never heals: the program may be ill because somebody meddled with it.

mod database;
mod machine;
mod work;

pub use machine::Surroundings;

use crate::{App, Result};
use domain::access::{Actor, Permission};
use domain::doctor::Verdict;
use domain::time::Instant;
use store::Store;

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at, such as `disk`.
    pub name: &'static str,
    /// How bad it is.
    pub verdict: Verdict,
    /// Code of what was found.
    pub found: &'static str,
    /// Values that the words name.
    pub values: Vec<(&'static str, String)>,
}

impl Check {
    /// A check.
    pub fn new(name: &'static str, (verdict, found): (Verdict, &'static str)) -> Self {
        Self {
            name,
            verdict,
            found,
            values: Vec::new(),
        }
    }

    /// Names a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }
}

/// Examines everything.
///
/// # Errors
/// When the actor may not. What cannot be looked at is a finding, not an error.
pub async fn examine(app: &App, actor: &Actor, now: Instant) -> Result<Vec<Check>> {
    actor.demand(Permission::SystemManage)?;
    let mut checks = Vec::new();
    checks.push(app.surroundings().configuration());
    checks.extend(examine_store(app.store(), now).await);
    checks.extend(app.surroundings().machine());
    checks.push(machine::files(app, now).await);
    checks.push(work::rules(app));
    checks.push(work::calendar(app, now));
    for check in [
        work::backups(app, actor, now).await,
        work::jobs(app, now).await,
        work::imports(app, now).await,
        work::audit(app, now).await,
        work::plan(app, now).await,
    ] {
        checks.push(check?);
    }
    checks.push(work::channels(app, now).await?);
    checks.push(app.surroundings().transport());
    Ok(checks)
}

/// Examines a database alone, as when its schema is behind and the application cannot start on it.
pub async fn examine_store(store: &Store, now: Instant) -> Vec<Check> {
    vec![
        database::engine(store).await,
        database::schema(store).await,
        database::integrity(store).await,
        database::keys(store).await,
        database::clock(store, now).await,
    ]
}

/// The worst of some findings.
pub fn worst(checks: &[Check]) -> Verdict {
    let rank = |v: &Verdict| Verdict::ALL.iter().position(|known| known == v);
    let verdicts = checks.iter().map(|c| c.verdict);
    verdicts.max_by_key(rank).unwrap_or(Verdict::Ok)
}
