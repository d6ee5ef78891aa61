//! Files come in: idempotent, by any name of columns, in three formats, or only for a look.

use app::Error;
use app::access::{UserForm, create_user};
use app::imports::{ImportRequest, Mapping, import_file};
use domain::imports::{ImportKind, Tally};
use rstest::rstest;
use rust_xlsxwriter::Workbook;
use testkit::{Engine, PASSWORD, Portfolio, Table, TestApp, actor_of, refused, row};

fn tally(read: u64, created: u64, updated: u64, unchanged: u64) -> Tally {
    Tally {
        read,
        created,
        updated,
        unchanged,
        rejected: 0,
    }
}

/// INT-02, contracts §2: a second run changes nothing; a changed row is updated and its change kept.
#[rstest]
#[tokio::test]
async fn a_second_run_changes_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::empty(engine).await;
    let mut portfolio = Portfolio::small();
    for (kind, table) in portfolio.files() {
        let n = table.len();
        assert_eq!(
            t.import(kind, table).await.tally,
            tally(n, n, 0, 0),
            "{kind}"
        );
    }
    for (kind, table) in portfolio.files() {
        let n = table.len();
        assert_eq!(
            t.import(kind, table).await.tally,
            tally(n, 0, 0, n),
            "{kind}"
        );
    }
    portfolio.customers.set("C50-LI", "mobile", "13800500099");
    portfolio.policies.set("P50-LI", "premium", "13000.00");
    portfolio.agents.set("A5001", "name", "陈东升");
    portfolio.contacts.set("C50-CORP", "position", "总经理");
    portfolio.orgs.set("5001", "name", "渝中中心支公司");
    for (kind, table) in portfolio.files() {
        let n = table.len();
        let changed = u64::from(kind != ImportKind::Events);
        assert_eq!(
            t.import(kind, table).await.tally,
            tally(n, 0, changed, n - changed),
            "{kind}"
        );
    }
    let fields = t
        .database
        .column("SELECT DISTINCT field FROM record_changes ORDER BY 1")
        .await;
    assert!(
        fields.contains(&"mobile".into()) && fields.contains(&"premium_fen".into()),
        "{fields:?}"
    );
}

/// Columns that a file does not have stay as they were; empty cells mean unknown.
#[rstest]
#[tokio::test]
async fn missing_columns_stay_as_they_were(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    t.import_all(&Portfolio::small()).await;
    let few = Table::new([row([
        ("customer_no", "C50-LI"),
        ("kind", "individual"),
        ("name", "李强"),
        ("org_code", "5001"),
    ])]);
    assert_eq!(
        t.import(ImportKind::Customers, &few).await.tally.rejected,
        0
    );
    let kept = "SELECT COUNT(*) FROM customers WHERE customer_no = 'C50-LI' AND mobile IS NOT NULL";
    assert_eq!(t.database.number(kept).await, 1);
}

/// Contracts §2: a dry run says what would happen and keeps nothing.
#[rstest]
#[tokio::test]
async fn a_dry_run_keeps_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::empty(engine).await;
    let portfolio = Portfolio::small();
    let csv = portfolio.orgs.csv();
    let dry = || ImportRequest {
        dry_run: true,
        ..t.request(ImportKind::Orgs, "orgs.csv", csv.as_bytes())
    };
    let report = t.run_import(t.now, dry()).await.unwrap();
    assert_eq!(report.tally, tally(5, 5, 0, 0));
    assert_eq!(report.run, None);
    for table in [
        "orgs",
        "import_runs",
        "settings WHERE key = 'obligations.since'",
    ] {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        assert_eq!(t.database.number(&sql).await, 0, "{table}");
    }
}

/// Contracts §2: XLSX and NDJSON hold the same rows as CSV.
#[rstest]
#[tokio::test]
async fn three_formats_give_the_same(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::empty(engine).await;
    let portfolio = Portfolio::small();
    for (kind, table) in portfolio.files() {
        let report = t
            .run_import(t.now, t.request(kind, "a.xlsx", &xlsx(table)))
            .await
            .unwrap();
        let n = table.len();
        assert_eq!(
            report.tally,
            tally(n, n, 0, 0),
            "{kind}: {:?}",
            report.rejections
        );
        let request = t.request(kind, "a.ndjson", ndjson(table).as_bytes());
        let report = t.run_import(t.now, request).await.unwrap();
        assert_eq!(report.tally, tally(n, 0, 0, n), "{kind} as NDJSON");
        let with_bom = format!("\u{feff}{}", table.csv());
        let report = t
            .run_import(t.now, t.request(kind, "a.csv", with_bom.as_bytes()))
            .await
            .unwrap();
        assert_eq!(report.tally, tally(n, 0, 0, n), "{kind} as CSV");
    }
}

fn xlsx(table: &Table) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in table.heading().into_iter().enumerate() {
        sheet
            .write_string(0, u16::try_from(column).unwrap(), name)
            .unwrap();
    }
    for (line, cells) in table.cells().into_iter().enumerate() {
        for (column, value) in cells.into_iter().enumerate().filter(|(_, v)| !v.is_empty()) {
            let (line, column) = (
                u32::try_from(line + 1).unwrap(),
                u16::try_from(column).unwrap(),
            );
            sheet.write_string(line, column, value).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn ndjson(table: &Table) -> String {
    let heading = table.heading();
    let line = |cells: Vec<String>| {
        let filled = heading.iter().zip(cells).filter(|(_, v)| !v.is_empty());
        let object: serde_json::Map<_, _> = filled
            .map(|(column, value)| ((*column).to_owned(), value.into()))
            .collect();
        format!("{}\n", serde_json::Value::Object(object))
    };
    table.cells().into_iter().map(line).collect()
}

/// Contracts §2: `--map` renames columns and codes of another system.
#[rstest]
#[tokio::test]
async fn a_map_renames_columns_and_codes(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let csv = "机构编码,机构名称,级别,备注\n000,总公司,总部,x\n";
    let map = "[columns]\n\"机构编码\" = \"org_code\"\n\"机构名称\" = \"name\"\n\"级别\" = \"level\"\n\
               [codes.level]\n\"总部\" = \"head_office\"\n";
    let request = ImportRequest {
        mapping: Mapping::parse(map).unwrap(),
        ..t.request(ImportKind::Orgs, "orgs.csv", csv.as_bytes())
    };
    let report = t.run_import(t.now, request).await.unwrap();
    assert_eq!(report.tally, tally(1, 1, 0, 0));
    assert_eq!(report.unknown_columns, ["备注"]);
    assert_eq!(
        t.database.column("SELECT level FROM orgs").await,
        ["head_office"]
    );
    assert!(Mapping::parse("[columns]\na = 1\n").is_err());
}

/// What is no table is refused as a whole; nobody imports without the right to.
#[rstest]
#[tokio::test]
async fn what_is_no_table_is_refused(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    for (name, bytes) in [
        ("a.csv", &b"name,level\nx,head_office\n"[..]),
        ("a.csv", b""),
        ("a.xlsx", b"no workbook"),
        ("a.doc", b"x"),
    ] {
        let request = t.request(ImportKind::Orgs, name, bytes);
        assert_eq!(
            refused(t.run_import(t.now, request).await),
            "import-unreadable",
            "{name}"
        );
    }
    let request = t.request(
        ImportKind::Orgs,
        "a.csv",
        Portfolio::small().orgs.csv().as_bytes(),
    );
    let denied = import_file(&t.app, &t.people().leader_cq, &|| t.now, request, &|_| {}).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
}

/// SEC-02: a file names any unit, so the administrator of a branch may not send one.
#[rstest]
#[tokio::test]
async fn a_branch_administrator_imports_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let form = UserForm {
        username: "administrator_cq".into(),
        display_name: "重庆管理员".into(),
        password: PASSWORD.into(),
        org_code: "50".into(),
        roles: vec!["administrator".into()],
        ..Default::default()
    };
    create_user(&t.app, &t.people().administrator, t.now, &form)
        .await
        .unwrap();
    let branch = actor_of(&t.app, t.now, "administrator_cq").await;
    let table = Portfolio::small().agents.csv();
    let request = t.request(ImportKind::Agents, "agents.csv", table.as_bytes());
    let refused = import_file(&t.app, &branch, &|| t.now, request, &|_| {}).await;
    assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
}
