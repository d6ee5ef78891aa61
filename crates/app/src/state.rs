//! What every use case needs at hand: the store, the rules in force, the scripts, the files.

use crate::Result;
use crate::questionnaires::Scripts;
use crate::rules::Rules;
use argon2::Argon2;
use domain::access::Rights;
use object_store::ObjectStore;
use std::sync::{Arc, RwLock};
use store::Store;

/// The application. Cheap to clone; shared by requests and jobs.
#[derive(Clone)]
pub struct App {
    store: Store,
    rules: Arc<RwLock<Arc<Rules>>>,
    scripts: Arc<RwLock<Arc<Scripts>>>,
    rights: Arc<RwLock<Arc<Rights>>>,
    files: Arc<dyn ObjectStore>,
    passwords: Passwords,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}

/// How passwords are hashed: Argon2id with the library's recommended cost, cheaper in tests.
#[derive(Clone)]
pub struct Passwords(pub(crate) Arc<Argon2<'static>>);

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passwords")
    }
}

impl Passwords {
    /// The cost for real use.
    pub fn strong() -> Self {
        Self(Arc::new(Argon2::default()))
    }

    /// The least cost that the algorithm allows, for tests that sign in hundreds of times.
    pub fn for_tests() -> Self {
        let params = argon2::Params::new(argon2::Params::MIN_M_COST, 1, 1, None);
        let algorithm = argon2::Algorithm::Argon2id;
        let cost = params.map(|p| Argon2::new(algorithm, argon2::Version::V0x13, p));
        Self(Arc::new(cost.unwrap_or_default()))
    }
}

impl App {
    /// Starts the application on a store: shipped rule packs, calendars and questionnaires that the
    /// store does not have yet are added to it, then everything is loaded and checked.
    ///
    /// # Errors
    /// When a pack or questionnaire does not load, or the store fails.
    pub async fn start(
        store: Store,
        files: Arc<dyn ObjectStore>,
        passwords: Passwords,
        now: domain::time::Instant,
    ) -> Result<Self> {
        let rules = crate::rules::install(&store, now).await?;
        let scripts = crate::questionnaires::install(&store, now).await?;
        let rights = store::access::load_rights(&store).await?;
        Ok(Self {
            store,
            rules: Arc::new(RwLock::new(Arc::new(rules))),
            scripts: Arc::new(RwLock::new(Arc::new(scripts))),
            rights: Arc::new(RwLock::new(Arc::new(rights))),
            files,
            passwords,
        })
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The rules in force.
    pub fn rules(&self) -> Arc<Rules> {
        Arc::clone(
            &self
                .rules
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    /// The rules in force, for somebody who wants to read them.
    ///
    /// # Errors
    /// When the actor may not.
    pub fn rules_for(&self, actor: &domain::access::Actor) -> Result<Arc<Rules>> {
        actor.demand(domain::access::Permission::RulesRead)?;
        Ok(self.rules())
    }

    /// The questionnaires in force.
    pub fn scripts(&self) -> Arc<Scripts> {
        Arc::clone(
            &self
                .scripts
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    /// The table of rights as this server last read it.
    pub fn rights(&self) -> Arc<Rights> {
        Arc::clone(
            &self
                .rights
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    /// The table of rights in force: read anew when any server changed it.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn rights_in_force(&self) -> Result<Arc<Rights>> {
        let known = self.rights();
        if store::access::rights_version(&self.store).await? == known.version() {
            return Ok(known);
        }
        let fresh = Arc::new(store::access::load_rights(&self.store).await?);
        *self
            .rights
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::clone(&fresh);
        Ok(fresh)
    }

    /// Recordings and scans.
    pub fn files(&self) -> &dyn ObjectStore {
        self.files.as_ref()
    }

    /// How passwords are hashed.
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }
}
