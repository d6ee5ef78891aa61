//! Requests of people about their own data.

use super::{look, person, run, step, submitted};
use app::Error;
use app::customers::{RevealForm, reveal};
use app::exports::{ExportFormat, ExportKind, ExportQuery, export};
use app::retention::{
    DataRequestForm, DataRequestQuery, RequestStepForm, create_request, list_requests, open_copy,
    request_page, start_copy, take_request_step,
};
use domain::access::Actor;
use domain::imports::ImportKind;
use domain::retention::{RequestKind, RequestState as S};
use rstest::rstest;
use std::io::Read as _;
use testkit::{Engine, Table, TestApp, day, invalid, refused, row};

async fn receive(t: &TestApp, by: &Actor, customer: &str, kind: RequestKind) -> String {
    let form = DataRequestForm {
        kind: kind.as_str().into(),
        requester: "self".into(),
        received_through: "phone".into(),
        wish: "请处理本人的个人信息".into(),
        ..Default::default()
    };
    create_request(&t.app, by, t.now, customer, &form)
        .await
        .unwrap()
}

fn form(step: &str) -> RequestStepForm {
    RequestStepForm {
        step: step.into(),
        ..Default::default()
    }
}

fn decide(outcome: &str, ground: &str) -> RequestStepForm {
    RequestStepForm {
        outcome: outcome.into(),
        ground: ground.into(),
        ..form("decide")
    }
}

fn identity() -> RequestStepForm {
    RequestStepForm {
        method: "number_and_mobile".into(),
        ..form("check_identity")
    }
}

fn answer() -> RequestStepForm {
    RequestStepForm {
        through: "letter".into(),
        text: "已书面答复".into(),
        ..form("answer")
    }
}

async fn take(t: &TestApp, number: &str, form: &RequestStepForm) -> app::Result<S> {
    take_request_step(&t.app, &t.people().compliance, t.now, number, form).await
}

/// PIPL article 47: while a contract runs, deletion is refused with its ground, and the data is stored
/// and nothing else.
#[rstest]
#[tokio::test]
async fn deletion_is_refused_while_a_term_runs(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let compliance = &t.people().compliance;
    let number = receive(&t, compliance, "C50-LI", RequestKind::Delete).await;
    assert_eq!(number, "DR-2024-0000001");
    let unchecked = take(&t, &number, &decide("granted", "")).await;
    assert_eq!(refused(unchecked), "data-request-wrong-state");
    let how = take(&t, &number, &form("check_identity")).await;
    assert_eq!(invalid(how), [("method".into(), "missing".into())]);
    assert_eq!(
        take(&t, &number, &identity()).await.unwrap(),
        S::IdentityChecked
    );
    let granted = take(&t, &number, &decide("granted", "")).await;
    assert_eq!(refused(granted), "data-request-must-be-kept");
    let groundless = take(&t, &number, &decide("refused", "")).await;
    assert_eq!(refused(groundless), "data-request-ground-missing");
    let foreign = take(&t, &number, &decide("refused", "transfer_conditions")).await;
    assert_eq!(invalid(foreign)[0].0, "ground");
    let page = request_page(&t.app, compliance, t.now, &number)
        .await
        .unwrap();
    let ground = page.grounds.iter().find(|g| g.code == "retention_running");
    assert_eq!(ground.unwrap().article, "个人信息保护法第四十七条第二款");
    assert!(page.must_be_kept.is_some());
    let decided = take(&t, &number, &decide("refused", "retention_running")).await;
    assert_eq!(decided.unwrap(), S::Decided);
    let customer = app::customers::customer_in_sight(&t.app, compliance, t.now, "C50-LI").await;
    let customer = customer.unwrap().0;
    assert!(customer.restricted_at.is_some() && customer.erased_at.is_none());
    assert_eq!(customer.marketing_consent, Some(false));
    assert!(take(&t, &number, &form("carry_out")).await.is_err());
    assert_eq!(take(&t, &number, &answer()).await.unwrap(), S::Answered);
    assert_eq!(take(&t, &number, &form("close")).await.unwrap(), S::Closed);
    let page = request_page(&t.app, compliance, t.now, &number)
        .await
        .unwrap();
    assert_eq!(page.row.ground.as_deref(), Some("retention_running"));
    assert_eq!(page.row.answer.as_deref(), Some("已书面答复"));
    let steps: Vec<_> = page.entries.iter().map(|e| e.step.as_str()).collect();
    assert_eq!(
        steps,
        ["receive", "check_identity", "decide", "answer", "close"]
    );
    assert!(page.steps.is_empty());
}

/// Who never had a contract is erased by the next destruction.
#[rstest]
#[tokio::test]
async fn deletion_of_somebody_without_a_contract_goes_into_a_destruction(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let prospect = Table::new([row([
        ("customer_no", "C50-NEW"),
        ("kind", "individual"),
        ("name", "吴晓"),
        ("mobile", "13800500099"),
        ("org_code", "5001"),
    ])]);
    t.import(ImportKind::Customers, &prospect).await;
    let number = receive(&t, &p.compliance, "C50-NEW", RequestKind::Delete).await;
    for step in [
        identity(),
        decide("granted", ""),
        form("carry_out"),
        answer(),
    ] {
        take(&t, &number, &step).await.unwrap();
    }
    let batch = submitted(&t, t.now).await;
    step(&t, &p.executive, t.now, &batch, "approve")
        .await
        .unwrap();
    run(&t, t.now).await;
    assert_eq!(look(&t, &batch).await.row.destroyed, 1);
    let gone = "SELECT COUNT(*) FROM customers WHERE customer_no = 'C50-NEW' AND erased_at IS NOT NULL \
                AND mobile IS NULL AND mobile_index IS NULL";
    assert_eq!(t.database.number(gone).await, 1);
    let page = request_page(&t.app, &p.compliance, t.now, &number)
        .await
        .unwrap();
    assert_eq!((page.row.wish, page.row.answer), (None, None));
    assert_eq!(page.row.customer_name, "已销毁");
}

/// A copy holds what is the person's in full and others masked; it is fetched for a purpose.
#[rstest]
#[tokio::test]
async fn a_copy_is_made_and_fetched_for_a_purpose(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let compliance = &t.people().compliance;
    let number = receive(&t, compliance, "C50-ZHOU", RequestKind::Copy).await;
    take(&t, &number, &identity()).await.unwrap();
    let early = start_copy(&t.app, compliance, t.now, &number).await;
    assert_eq!(refused(early), "data-request-wrong-state");
    let own = take(&t, &number, &decide("granted", "")).await;
    assert_eq!(refused(own), "data-request-same-person");
    let manager = &t.people().manager;
    take_request_step(&t.app, manager, t.now, &number, &decide("granted", ""))
        .await
        .unwrap();
    let empty = take(&t, &number, &form("carry_out")).await;
    assert_eq!(refused(empty), "data-request-copy-missing");
    start_copy(&t.app, compliance, t.now, &number)
        .await
        .unwrap();
    run(&t, t.now).await;
    let purpose = "customer_request";
    let own = open_copy(&t.app, compliance, t.now, &number, purpose, "").await;
    assert_eq!(refused(own), "data-request-same-person");
    let nameless = open_copy(&t.app, manager, t.now, &number, "", "").await;
    assert_eq!(invalid(nameless)[0].0, "purpose");
    let (name, bytes) = open_copy(&t.app, manager, t.now, &number, purpose, "")
        .await
        .unwrap();
    assert_eq!(name, format!("{number}.zip"));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut json = String::new();
    archive
        .by_name("data.json")
        .unwrap()
        .read_to_string(&mut json)
        .unwrap();
    assert!(archive.by_name("data.xlsx").is_ok());
    for own in ["13800500001", "周敏", "P50-ZHOU", "人民路 1 号"] {
        assert!(json.contains(own), "{own}");
    }
    assert!(!json.contains("陈东"), "the salesperson is a third person");
    assert_eq!(t.audited("data_request.copy_fetched").await, 1);
    let seen = "SELECT CAST(SUM(field_count) AS BIGINT) FROM disclosure_counts";
    assert_eq!(t.database.number(seen).await, 1);
    let waiting = "SELECT COUNT(*) FROM jobs WHERE kind = 'discard_file' AND state = 'queued'";
    assert_eq!(t.database.number(waiting).await, 1, "the copy goes later");
    assert_eq!(
        take(&t, &number, &form("carry_out")).await.unwrap(),
        S::CarriedOut
    );
    assert_eq!(take(&t, &number, &answer()).await.unwrap(), S::Answered);
}

/// PIPL articles 15 and 46: consent is withdrawn, contact data corrected, each with its trace.
#[rstest]
#[tokio::test]
async fn consent_is_withdrawn_and_data_corrected(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let number = receive(&t, &p.compliance, "C50-LI", RequestKind::WithdrawConsent).await;
    for step in [identity(), decide("granted", ""), form("carry_out")] {
        take(&t, &number, &step).await.unwrap();
    }
    let consent =
        "SELECT COUNT(*) FROM customers WHERE customer_no = 'C50-LI' AND marketing_consent = FALSE";
    assert_eq!(t.database.number(consent).await, 1);
    let reason = "SELECT reason FROM record_changes WHERE field = 'marketing_consent'";
    assert_eq!(t.database.column(reason).await, [number]);
    let number = receive(&t, &p.manager, "C50-LI", RequestKind::Correct).await;
    for step in [identity(), decide("granted", "")] {
        take(&t, &number, &step).await.unwrap();
    }
    let correct = RequestStepForm {
        mobile: "13900500088".into(),
        ..form("carry_out")
    };
    let done = take_request_step(&t.app, &p.manager, t.now, &number, &correct).await;
    assert_eq!(done.unwrap(), S::CarriedOut);
    let customer = app::customers::customer_in_sight(&t.app, &p.manager, t.now, "C50-LI").await;
    assert_eq!(
        customer.unwrap().0.mobile.unwrap().to_string(),
        "139****0088"
    );
}

/// Consent that was withdrawn, and data that was restricted, stay so whatever the next file says;
/// restricted data is shown for what the law demands.
#[rstest]
#[tokio::test]
async fn an_import_gives_no_consent_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let compliance = &t.people().compliance;
    let file = |occupation: &str| {
        Table::new(["C50-LI", "C50-ZHOU", "C50-NEW"].map(|number| {
            row([
                ("customer_no", number),
                ("kind", "individual"),
                ("name", "吴晓"),
                ("occupation", occupation),
                ("marketing_consent", "true"),
                ("org_code", "5001"),
            ])
        }))
    };
    t.import(ImportKind::Customers, &file("教师")).await;
    let withdrawn = receive(&t, compliance, "C50-LI", RequestKind::WithdrawConsent).await;
    for step in [identity(), decide("granted", ""), form("carry_out")] {
        take(&t, &withdrawn, &step).await.unwrap();
    }
    let restricted = receive(&t, compliance, "C50-ZHOU", RequestKind::Delete).await;
    for step in [identity(), decide("refused", "retention_running")] {
        take(&t, &restricted, &step).await.unwrap();
    }
    t.import(ImportKind::Customers, &file("医生")).await;
    let consents =
        "SELECT customer_no FROM customers WHERE occupation = '医生' AND marketing_consent = TRUE";
    assert_eq!(t.database.column(consents).await, ["C50-NEW"]);
    let changed = "SELECT COUNT(*) FROM customers WHERE occupation = '医生'";
    assert_eq!(t.database.number(changed).await, 3);
    let reveal = async |purpose: &str| {
        let form = RevealForm {
            field: "name".into(),
            purpose: purpose.into(),
            note: String::new(),
        };
        let actor = Actor::shell("tests");
        reveal(&t.app, &actor, t.now, "C50-ZHOU", &form).await
    };
    assert_eq!(
        refused(reveal("data_transfer").await.map(|_| ())),
        "reveal-restricted"
    );
    assert!(reveal("regulator_request").await.is_ok());
    let exported = async |purpose: &str| {
        let query = ExportQuery::new(ExportKind::Customers, ExportFormat::Csv);
        let (query, mut file) = (query.stating(purpose, ""), Vec::new());
        let actor = Actor::shell("tests");
        export(&t.app, &actor, t.now, &query, &mut file, &|_| {})
            .await
            .unwrap();
        String::from_utf8(file).unwrap().contains("C50-ZHOU")
    };
    assert!(
        !exported("data_transfer").await,
        "restricted data is handed over to nobody"
    );
    assert!(exported("regulator_request").await);
}

/// Answered in time by rule; another branch sees and does nothing.
#[rstest]
#[tokio::test]
async fn a_request_keeps_to_its_branch_and_its_time(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let cq = person(&t, "compliance_cq", &["compliance_officer"], "50").await;
    let sd = person(&t, "compliance_sd", &["compliance_officer"], "37").await;
    let number = receive(&t, &cq, "C50-LI", RequestKind::Access).await;
    let page = request_page(&t.app, &cq, t.now, &number).await.unwrap();
    assert_eq!(page.row.due_on, day("2024-03-20"));
    assert!(page.row.due_cite.contains("公司资料保存规定"));
    let seen = async |actor: &Actor| {
        let query = DataRequestQuery::default();
        list_requests(&t.app, actor, t.now, &query)
            .await
            .unwrap()
            .count
    };
    assert_eq!((seen(&cq).await, seen(&sd).await), (1, 0));
    let hidden = request_page(&t.app, &sd, t.now, &number).await;
    assert!(matches!(hidden, Err(Error::NotFound)));
    let step = take_request_step(&t.app, &sd, t.now, &number, &identity()).await;
    assert!(matches!(step, Err(Error::NotFound)));
    let elsewhere = DataRequestForm {
        kind: "access".into(),
        requester: "self".into(),
        received_through: "phone".into(),
        ..Default::default()
    };
    let created = create_request(&t.app, &sd, t.now, "C50-LI", &elsewhere).await;
    assert!(matches!(created, Err(Error::NotFound)));
    let caller = create_request(&t.app, &t.people().caller_cq, t.now, "C50-LI", &elsewhere).await;
    assert!(matches!(caller, Err(Error::Denied(_))));
}
