//! Databases that live as long as a test.

use sqlx::{Connection as _, PgConnection, Row as _, SqliteConnection};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::UNIX_EPOCH;
use store::DatabaseUrl;
use tempfile::TempDir;

/// Where the PostgreSQL server for tests is looked for when the variable says nothing.
const DEFAULT_SERVER: &str = "postgres://postgres@127.0.0.1:5432";
/// The variable that names another server, without a database.
const SERVER_VARIABLE: &str = "HUIFANG_TEST_POSTGRES";

/// On which engine a test runs. Every test of the store and above runs on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, a file in a folder of its own.
    Sqlite,
    /// A new database on a PostgreSQL server.
    Postgres,
}

/// An empty database. It goes away when it is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    engine: Engine,
    /// Path of the file, or name of the database.
    place: String,
    folder: Option<TempDir>,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

impl TestDatabase {
    /// Creates a database. A PostgreSQL server that does not answer fails the test; it never skips.
    pub async fn create(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = TempDir::new().unwrap();
                let place = folder.path().join("test.db").to_string_lossy().into_owned();
                Self {
                    engine,
                    place,
                    folder: Some(folder),
                }
            }
            Engine::Postgres => {
                let mut server = connect_to_server().await;
                Self::on_server(&mut server, own_name(), "template0").await
            }
        }
    }

    /// Creates a database with what `fill` puts into it. On PostgreSQL the first test of a program fills
    /// a template that stays on the server, the others copy it.
    pub async fn filled(engine: Engine, fill: impl AsyncFn(&Self)) -> Self {
        if engine == Engine::Sqlite {
            let database = Self::create(engine).await;
            fill(&database).await;
            return database;
        }
        let (family, name) = template_names();
        let mut server = connect_to_server().await;
        if !is_template(&mut server, &name).await {
            // Tests in other processes wait here until one of them has filled it.
            let lock = format!("hashtext('{family}')");
            run(&mut server, format!("SELECT pg_advisory_lock({lock})")).await;
            if !is_template(&mut server, &name).await {
                remove_family(&mut server, &family).await;
                let template = Self::on_server(&mut server, name.clone(), "template0").await;
                fill(&template).await;
                std::mem::forget(template);
                let close =
                    format!("ALTER DATABASE {name} IS_TEMPLATE true ALLOW_CONNECTIONS false");
                run(&mut server, close).await;
                // A database that somebody is connected to cannot be copied.
                let leave =
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ";
                run(&mut server, format!("{leave}'{name}'")).await;
            }
            run(&mut server, format!("SELECT pg_advisory_unlock({lock})")).await;
        }
        Self::on_server(&mut server, own_name(), &name).await
    }

    async fn on_server(server: &mut PgConnection, place: String, template: &str) -> Self {
        let drop = format!("DROP DATABASE IF EXISTS {place} WITH (FORCE)");
        run(server, drop).await;
        let create = format!("CREATE DATABASE {place} TEMPLATE {template} ENCODING 'UTF8'");
        run(server, create).await;
        // A test does not outlive a crash of the server, so it need not wait for the disk.
        let hasty = format!("ALTER DATABASE {place} SET synchronous_commit = off");
        run(server, hasty).await;
        Self {
            engine: Engine::Postgres,
            place,
            folder: None,
        }
    }

    /// On which engine it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Where it is.
    pub fn url(&self) -> DatabaseUrl {
        DatabaseUrl::parse(&self.url_text()).unwrap()
    }

    /// Where it is, as the command line takes it.
    pub fn url_text(&self) -> String {
        match self.engine {
            Engine::Sqlite => format!("sqlite:{}", self.place),
            Engine::Postgres => format!("{}/{}", server(), self.place),
        }
    }

    /// The folder of an embedded database.
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_ref().map(TempDir::path)
    }

    /// The first column of a query, which must be text. For looking at what no function shows.
    pub async fn column(&self, sql: &str) -> Vec<String> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self.engine {
            Engine::Sqlite => {
                let mut db = self.sqlite().await;
                let rows = sqlx::query(sql).fetch_all(&mut db).await.unwrap();
                rows.iter().map(|r| r.get(0)).collect()
            }
            Engine::Postgres => {
                let mut db = PgConnection::connect(&self.url_text()).await.unwrap();
                let rows = sqlx::query(sql).fetch_all(&mut db).await.unwrap();
                rows.iter().map(|r| r.get(0)).collect()
            }
        }
    }

    /// A number that a query gives.
    pub async fn number(&self, sql: &str) -> i64 {
        let wrapped = format!("SELECT CAST(n AS TEXT) FROM (SELECT ({sql}) AS n) AS counted");
        self.column(&wrapped).await[0].parse().unwrap()
    }

    /// Changes something behind the program's back, as an intruder or a damaged disk would; several
    /// statements may be given at once.
    pub async fn execute(&self, sql: &str) {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self.engine {
            Engine::Sqlite => {
                let mut db = self.sqlite().await;
                sqlx::raw_sql(sql).execute(&mut db).await.unwrap();
            }
            Engine::Postgres => {
                let mut db = PgConnection::connect(&self.url_text()).await.unwrap();
                sqlx::raw_sql(sql).execute(&mut db).await.unwrap();
            }
        }
    }

    async fn sqlite(&self) -> SqliteConnection {
        SqliteConnection::connect(&format!("sqlite:{}", self.place))
            .await
            .unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if self.engine == Engine::Sqlite {
            return;
        }
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.place);
        // The test's own runtime cannot wait here; another one can.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut server = connect_to_server().await;
                run(&mut server, drop).await;
            });
        });
        let _ = dropping.join();
    }
}

/// A name that no other test has.
fn own_name() -> String {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("huifang_test_{}_{n}", std::process::id())
}

/// What templates of this program's builds are called, and that of the present build.
fn template_names() -> (String, String) {
    let program = std::env::current_exe().unwrap();
    let built = program.metadata().unwrap().modified().unwrap();
    let built = built.duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let mut hasher = DefaultHasher::new();
    program.hash(&mut hasher);
    let family = format!("huifang_template_{:016x}", hasher.finish());
    let name = format!("{family}_{built:x}");
    (family, name)
}

async fn is_template(server: &mut PgConnection, name: &str) -> bool {
    let found = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate")
        .bind(name)
        .fetch_optional(server)
        .await;
    found.unwrap().is_some()
}

/// Removes the templates of older builds, and one whose filling was broken off.
async fn remove_family(server: &mut PgConnection, family: &str) {
    let sql = "SELECT datname::text FROM pg_database WHERE datname LIKE $1 || '%'";
    let rows = sqlx::query(sql).bind(family).fetch_all(&mut *server).await;
    for row in rows.unwrap() {
        let name: String = row.get(0);
        run(server, format!("ALTER DATABASE {name} IS_TEMPLATE false")).await;
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        run(server, drop).await;
    }
}

fn server() -> String {
    let server = std::env::var(SERVER_VARIABLE).unwrap_or_else(|_| DEFAULT_SERVER.to_owned());
    server.trim_end_matches('/').to_owned()
}

async fn connect_to_server() -> PgConnection {
    let url = format!("{}/postgres", server());
    match PgConnection::connect(&url).await {
        Ok(connection) => connection,
        Err(error) => panic!("tests need PostgreSQL at {url} (set {SERVER_VARIABLE}): {error}"),
    }
}

async fn run(server: &mut PgConnection, sql: String) {
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .execute(server)
        .await
        .unwrap();
}
