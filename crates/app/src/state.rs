//! What every use case needs at hand: the store, the rules in force, the scripts, the files.

use crate::Result;
use crate::access::Doors;
use crate::backups::BackupPlan;
use crate::doctor::Surroundings;
use crate::electronic::IdentityVerifier;
use crate::messaging::Outlets;
use crate::paper::Typeface;
use crate::questionnaires::Scripts;
use crate::rules::Rules;
use crate::telephony::Line;
use argon2::Argon2;
use domain::access::Rights;
use domain::access::SignInPolicy;
use object_store::ObjectStore;
use std::sync::atomic::{AtomicU64, Ordering};
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
    backups: Option<Arc<BackupPlan>>,
    surroundings: Arc<Surroundings>,
    policy: Arc<SignInPolicy>,
    decoy: Arc<str>,
    doors: Arc<Doors>,
    telephony: Line,
    verifier: Option<Arc<IdentityVerifier>>,
    outlets: Arc<Outlets>,
    typeface: Arc<Typeface>,
    letterhead: Arc<Letterhead>,
    trusted_keys: Arc<[String]>,
}

/// What stands at the head of what is printed.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// Name of the company.
    pub company: String,
    /// Address under which people know the server; nothing when it is not configured.
    pub public_url: Option<String>,
}

impl Default for Letterhead {
    fn default() -> Self {
        Self {
            company: "本公司".into(),
            public_url: None,
        }
    }
}

impl Letterhead {
    /// Where a phone that reads a letter's code is led; the number alone without an address.
    pub fn address_of(&self, number: &str) -> String {
        match &self.public_url {
            Some(url) => format!("{}/letters/{number}", url.trim_end_matches('/')),
            None => number.to_owned(),
        }
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}

/// How passwords are hashed: Argon2id with the library's recommended cost, cheaper in tests.
#[derive(Clone)]
pub struct Passwords {
    argon: Arc<Argon2<'static>>,
    computed: Arc<AtomicU64>,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passwords")
    }
}

impl Passwords {
    /// The cost for real use.
    pub fn strong() -> Self {
        Self::of(Argon2::default())
    }

    /// The least cost that the algorithm allows, for tests that sign in hundreds of times.
    pub fn for_tests() -> Self {
        let params = argon2::Params::new(argon2::Params::MIN_M_COST, 1, 1, None);
        let algorithm = argon2::Algorithm::Argon2id;
        let cost = params.map(|p| Argon2::new(algorithm, argon2::Version::V0x13, p));
        Self::of(cost.unwrap_or_default())
    }

    fn of(argon: Argon2<'static>) -> Self {
        Self {
            argon: Arc::new(argon),
            computed: Arc::new(AtomicU64::new(0)),
        }
    }

    /// The algorithm, for one computation, which is counted.
    pub(crate) fn once(&self) -> Arc<Argon2<'static>> {
        self.computed.fetch_add(1, Ordering::Relaxed);
        Arc::clone(&self.argon)
    }

    /// How many hashes were computed so far. Each takes the same time, so that answers after equally
    /// many cannot be told apart by a watch.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
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
        let decoy = crate::access::decoy_hash(&store, &passwords).await?;
        crate::letters::install(&store, now).await?;
        let rights = store::access::load_rights(&store).await?;
        crate::messaging::install(&store, now).await?;
        let typeface = Typeface::built_in().map_err(|e| crate::Error::Fault(e.to_string()))?;
        Ok(Self {
            typeface: Arc::new(typeface),
            letterhead: Arc::default(),
            trusted_keys: Arc::default(),
            store,
            rules: Arc::new(RwLock::new(Arc::new(rules))),
            scripts: Arc::new(RwLock::new(Arc::new(scripts))),
            rights: Arc::new(RwLock::new(Arc::new(rights))),
            files,
            passwords,
            backups: None,
            surroundings: Arc::default(),
            policy: Arc::default(),
            decoy: decoy.into(),
            doors: Arc::new(Doors::default()),
            telephony: None,
            verifier: None,
            outlets: Arc::default(),
        })
    }

    /// With a plan of backups.
    #[must_use]
    pub fn with_backups(mut self, plan: Option<BackupPlan>) -> Self {
        self.backups = plan.map(Arc::new);
        self
    }

    /// With what the doctor looks at outside of the database.
    #[must_use]
    pub fn with_surroundings(mut self, surroundings: Surroundings) -> Self {
        self.surroundings = Arc::new(surroundings);
        self
    }

    /// What lies around the database.
    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// The plan of backups, if there is one.
    pub fn backup_plan(&self) -> Option<Arc<BackupPlan>> {
        self.backups.clone()
    }

    /// The same application with what the company asks of people who sign in.
    #[must_use]
    pub fn with_policy(mut self, policy: SignInPolicy) -> Self {
        self.policy = Arc::new(policy);
        self
    }

    /// What the company asks of people who sign in.
    pub fn policy(&self) -> &SignInPolicy {
        &self.policy
    }

    /// A hash that no password fits, for names that do not exist.
    pub(crate) fn decoy(&self) -> &str {
        &self.decoy
    }

    /// The application with the public keys, hexadecimal, whose packages of rules it takes.
    #[must_use]
    pub fn with_trusted_keys(mut self, keys: Vec<String>) -> Self {
        self.trusted_keys = keys.into();
        self
    }

    /// Public keys, hexadecimal, whose packages of rules it takes.
    pub fn trusted_keys(&self) -> &[String] {
        &self.trusted_keys
    }

    /// The application with other ways to sign in than passwords.
    #[must_use]
    pub fn with_doors(mut self, doors: Doors) -> Self {
        self.doors = Arc::new(doors);
        self
    }

    /// The application with a service that compares faces of customers.
    #[must_use]
    pub fn with_verifier(mut self, verifier: Option<IdentityVerifier>) -> Self {
        self.verifier = verifier.map(Arc::new);
        self
    }

    /// The service that compares faces, if there is one.
    pub(crate) fn verifier(&self) -> Option<Arc<IdentityVerifier>> {
        self.verifier.clone()
    }

    /// Other ways to sign in than passwords.
    pub fn doors(&self) -> &Arc<Doors> {
        &self.doors
    }

    /// The application with a telephone system.
    #[must_use]
    pub fn with_telephony(mut self, line: Line) -> Self {
        self.telephony = line;
        self
    }

    /// The telephone system, if there is one.
    pub fn telephony(&self) -> Line {
        self.telephony.clone()
    }

    /// The application with ways for messages to go out.
    #[must_use]
    pub fn with_outlets(mut self, outlets: Outlets) -> Self {
        self.outlets = Arc::new(outlets);
        self
    }

    /// Ways for messages to go out.
    pub fn outlets(&self) -> &Arc<Outlets> {
        &self.outlets
    }

    /// The application with the company's own typeface for what is printed.
    #[must_use]
    pub fn with_typeface(mut self, typeface: Typeface) -> Self {
        self.typeface = Arc::new(typeface);
        self
    }

    /// The application with what stands at the head of what is printed.
    #[must_use]
    pub fn with_letterhead(mut self, letterhead: Letterhead) -> Self {
        self.letterhead = Arc::new(letterhead);
        self
    }

    /// What stands at the head of what is printed.
    pub fn letterhead(&self) -> &Letterhead {
        &self.letterhead
    }

    /// What letters and forms are set in.
    pub fn typeface(&self) -> &Typeface {
        &self.typeface
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

    /// Reads the rules anew when somebody approved a version, on whatever server, or a new day has
    /// begun. What is under way keeps the set that it began with.
    ///
    /// # Errors
    /// What the store says.
    pub async fn refresh_rules(&self, now: domain::time::Instant) -> Result<()> {
        let known = self.rules();
        let latest = store::rules::latest_generation(&self.store).await?;
        let today = domain::time::date_in_china(now);
        if latest == known.generation() && today <= known.read_on() {
            return Ok(());
        }
        let rules = Arc::new(crate::rules::load(&self.store, now).await?);
        let mut held = self
            .rules
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *held = rules;
        Ok(())
    }

    /// The rules in force, for somebody who wants to read them.
    ///
    /// # Errors
    /// When the actor may not.
    pub fn rules_for(&self, actor: &domain::access::Actor) -> Result<Arc<Rules>> {
        actor.demand(domain::access::Permission::RulesRead)?;
        Ok(self.rules())
    }

    /// The questionnaires as this server last read them.
    pub fn scripts(&self) -> Arc<Scripts> {
        Arc::clone(
            &self
                .scripts
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    /// The questionnaires in force, read anew when somebody approved a version or changed the glossary,
    /// on whatever server. An interview that has begun keeps its version.
    ///
    /// # Errors
    /// What the store says.
    pub async fn scripts_in_force(&self) -> Result<Arc<Scripts>> {
        let known = self.scripts();
        if store::questionnaires::count_changes(&self.store).await? == known.changes() {
            return Ok(known);
        }
        let fresh = Arc::new(crate::questionnaires::load(&self.store).await?);
        *self
            .scripts
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::clone(&fresh);
        Ok(fresh)
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
