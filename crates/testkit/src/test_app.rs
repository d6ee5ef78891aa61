//! The application on a throw-away database.

use crate::{Engine, FixedChance, People, Portfolio, Table, TestDatabase, morning};
use app::imports::{ImportReport, ImportRequest, Mapping, import_file};
use app::obligations::{PlanReport, PlanRequest, plan};
use app::{App, Passwords};
use domain::access::{Actor, SignInPolicy};
use domain::imports::ImportKind;
use domain::time::Instant;
use object_store::memory::InMemory;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::sealing::{MasterKey, Suite};
use store::{Ids, Store};
use tempfile::TempDir;

/// The master key of tests, in hexadecimal.
pub const MASTER_KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// The application, the people who use it, and the moment at which the test begins.
#[derive(Debug)]
pub struct TestApp {
    /// The application.
    pub app: App,
    /// People; only [`TestApp::with_portfolio`] has them.
    people: Option<People>,
    /// When the test begins.
    pub now: Instant,
    folder: TempDir,
    /// The database. It is dropped last.
    pub database: TestDatabase,
}

impl TestApp {
    /// The schema, rule packs and questionnaires, and nothing else.
    pub async fn empty(engine: Engine) -> Self {
        let now = morning();
        let fill = async |database: &TestDatabase| {
            let ids = Ids::new(Arc::new(FixedChance::new(u64::MAX)));
            drop(start(database, now, ids).await);
        };
        let database = TestDatabase::filled(engine, fill).await;
        let app = start(&database, now, new_ids()).await;
        let folder = TempDir::new().unwrap();
        Self {
            app,
            people: None,
            now,
            folder,
            database,
        }
    }

    /// Opens the database once more, as another server does; `migrate` says whether it may bring the
    /// schema up to date.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open(&self, migrate: bool) -> store::Result<Store> {
        open(&self.database, self.now, migrate).await
    }

    /// Opens the database once more with another configuration: the family of keys that it asks for,
    /// and the master key in hexadecimal.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open_with(&self, suite: Suite, master: &str) -> store::Result<Store> {
        let (url, key) = (self.database.url(), master.to_owned());
        let key = move |_| MasterKey::parse(&key);
        Store::open_with(url, true, suite, new_ids(), self.now, key).await
    }

    /// Starts a server whose configuration asks for a family of keys.
    pub async fn restart_with(&self, suite: Suite) -> App {
        let store = self.open_with(suite, MASTER_KEY).await.unwrap();
        let files = Arc::new(InMemory::new());
        App::start(store, files, Passwords::for_tests(), self.now)
            .await
            .unwrap()
    }

    /// The small portfolio, imported and planned, with people of every role.
    pub async fn with_portfolio(engine: Engine) -> Self {
        Self::with(engine, &Portfolio::small()).await
    }

    /// Another portfolio with the same units, imported and planned, with people of every role.
    pub async fn with(engine: Engine, portfolio: &Portfolio) -> Self {
        let mut t = Self::empty(engine).await;
        t.import_all(portfolio).await;
        t.plan(t.now).await;
        t.people = Some(People::add(&t.app, t.now).await);
        t
    }

    /// The people.
    ///
    /// # Panics
    /// When the test began without them.
    pub fn people(&self) -> &People {
        self.people.as_ref().unwrap()
    }

    /// Changes what the company asks of people who sign in.
    pub fn change_policy(&mut self, change: impl FnOnce(&mut SignInPolicy)) {
        let mut policy = self.app.policy().clone();
        change(&mut policy);
        self.app = self.app.clone().with_policy(policy);
    }

    /// Starts a second server on the same database, as after a restart.
    pub async fn restart(&self) -> App {
        start(&self.database, self.now, new_ids()).await
    }

    /// Imports every file of a portfolio; no row may be rejected.
    pub async fn import_all(&self, portfolio: &Portfolio) {
        for (kind, table) in portfolio.files() {
            let report = self.import(kind, table).await;
            assert_eq!(report.tally.rejected, 0, "{kind}: {:?}", report.rejections);
        }
    }

    /// Imports a table at the moment at which the test began.
    pub async fn import(&self, kind: ImportKind, table: &Table) -> ImportReport {
        self.import_at(self.now, kind, table).await
    }

    /// Imports a table at a moment.
    pub async fn import_at(&self, now: Instant, kind: ImportKind, table: &Table) -> ImportReport {
        let request = self.request(kind, &format!("{kind}.csv"), table.csv().as_bytes());
        self.run_import(now, request).await.unwrap()
    }

    /// A request to import bytes, to be changed by the test before it is run.
    pub fn request(&self, kind: ImportKind, file_name: &str, bytes: &[u8]) -> ImportRequest {
        let path = self.path(file_name);
        std::fs::write(&path, bytes).unwrap();
        ImportRequest {
            kind,
            path,
            shown_name: file_name.to_owned(),
            mapping: Mapping::default(),
            dry_run: false,
            errors_file: None,
        }
    }

    /// Runs an import.
    ///
    /// # Errors
    /// What the import says.
    pub async fn run_import(
        &self,
        now: Instant,
        request: ImportRequest,
    ) -> app::Result<ImportReport> {
        import_file(
            &self.app,
            &Actor::shell("tests"),
            &move || now,
            request,
            &|_| {},
        )
        .await
    }

    /// Plans as of a moment.
    pub async fn plan(&self, now: Instant) -> PlanReport {
        let request = PlanRequest::default();
        plan(&self.app, &Actor::shell("tests"), now, request, &|_| {})
            .await
            .unwrap()
    }

    /// A path in the test's own folder.
    pub fn path(&self, file_name: &str) -> PathBuf {
        self.folder.path().join(file_name)
    }
}

/// Servers that were started on any database of this process; each has chance of its own.
static SERVERS: AtomicU64 = AtomicU64::new(1);

fn new_ids() -> Ids {
    let seed = SERVERS.fetch_add(1, Ordering::Relaxed);
    Ids::new(Arc::new(FixedChance::new(seed)))
}

async fn open(database: &TestDatabase, now: Instant, migrate: bool) -> store::Result<Store> {
    let key = |_| MasterKey::parse(MASTER_KEY);
    Store::open(database.url(), migrate, new_ids(), now, key).await
}

async fn start(database: &TestDatabase, now: Instant, ids: Ids) -> App {
    let key = |_| MasterKey::parse(MASTER_KEY);
    let store = Store::open(database.url(), true, ids, now, key).await;
    let files = Arc::new(InMemory::new());
    let store = store.unwrap();
    let app = App::start(store, files, Passwords::for_tests(), now);
    app.await.unwrap().with_policy(policy())
}

/// What tests ask of people who sign in: what the company does by default, but that people keep the
/// passwords which the test gave them.
fn policy() -> SignInPolicy {
    SignInPolicy {
        password_replaced_first: false,
        ..SignInPolicy::default()
    }
}

/// The code of a refusal; anything else fails the test.
pub fn refused<T: std::fmt::Debug>(result: app::Result<T>) -> &'static str {
    match result {
        Err(app::Error::Refused(refusal)) => refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

/// Fields and codes of what was not taken; anything else fails the test.
pub fn invalid<T: std::fmt::Debug>(result: app::Result<T>) -> Vec<(String, String)> {
    match result {
        Err(app::Error::Invalid(problems)) => {
            problems.into_iter().map(|p| (p.field, p.code)).collect()
        }
        other => panic!("not invalid: {other:?}"),
    }
}
