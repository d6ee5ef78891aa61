//! Exports: promised columns, masks, units, round trips, workbooks.

use app::Error;
use app::callbacks::ListQuery;
use app::exports::{ExportFormat, ExportKind, ExportQuery, ListFilter, export};
use domain::access::Actor;
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, TestApp, at, day};

async fn write(t: &TestApp, actor: &Actor, query: &ExportQuery) -> app::Result<Vec<u8>> {
    let mut sink = Vec::new();
    export(&t.app, actor, t.now, query, &mut sink, &|_| {}).await?;
    Ok(sink)
}

async fn csv(t: &TestApp, actor: &Actor, query: &ExportQuery) -> Vec<csv::StringRecord> {
    let bytes = write(t, actor, query).await.unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes.as_slice());
    reader.records().map(Result::unwrap).collect()
}

fn shell() -> Actor {
    Actor::shell("tests")
}

fn query(kind: ExportKind) -> ExportQuery {
    ExportQuery::new(kind, ExportFormat::Csv).stating("policy_service", "")
}

#[rstest]
#[case(
    ExportKind::Obligations,
    "number,programme,pack,pack_version,trigger_event_type,trigger_on,policy_no,customer_no,claim_no,adjuster_code,respondent,extract_on,earliest_on,due_on,right_end_on,status,org_code,kind,due_at"
)]
#[case(
    ExportKind::Exclusions,
    "programme,pack,trigger_event_type,trigger_on,policy_no,customer_no,claim_no,reason_code,reason"
)]
#[case(
    ExportKind::Callbacks,
    "number,obligation,programme,policy_no,customer_no,state,reached,identity_verified,content_delivered,affirmed,timing,completed_at,caller"
)]
fn columns_are_as_promised(#[case] kind: ExportKind, #[case] promised: &str) {
    assert_eq!(kind.columns().join(","), promised);
}

#[rstest]
#[tokio::test]
async fn every_table_can_be_written_in_every_format(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, &t.people().caller_cq)
        .await;
    t.not_reached(&t.people().caller_cq, t.now, id, "busy")
        .await;
    for kind in ExportKind::ALL {
        let rows = csv(&t, &shell(), &query(*kind)).await;
        let width = kind.columns().len();
        assert!(rows.iter().all(|r| r.len() == width), "{kind}");
        let unused = [
            ExportKind::Answers,
            ExportKind::Tickets,
            ExportKind::Payouts,
            ExportKind::Campaigns,
            ExportKind::Classes,
            ExportKind::Information,
            ExportKind::CommissionHolds,
        ];
        let may_be_empty = unused.contains(kind);
        assert!(rows.len() > 1 || may_be_empty, "{kind}: {rows:?}");
        let lines = write(&t, &shell(), &ExportQuery::new(*kind, ExportFormat::Ndjson)).await;
        let lines = String::from_utf8(lines.unwrap()).unwrap();
        assert_eq!(lines.lines().count(), rows.len() - 1, "{kind}");
        for line in lines.lines() {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(object.as_object().unwrap().len(), width, "{kind}");
        }
        let book = write(&t, &shell(), &ExportQuery::new(*kind, ExportFormat::Xlsx)).await;
        assert!(book.unwrap().starts_with(b"PK"), "{kind}");
    }
    let entries = "SELECT COUNT(*) FROM audit_entries WHERE action = 'export.finished'";
    let written = i64::try_from(3 * ExportKind::ALL.len()).unwrap();
    assert_eq!(t.database.number(entries).await, written);
}

#[rstest]
#[tokio::test]
async fn exclusions_say_why_in_words(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let rows = csv(&t, &shell(), &query(ExportKind::Exclusions)).await;
    assert!(rows.iter().skip(1).any(|r| &r[4] == "P50-SHORT"));
    for row in rows.iter().skip(1) {
        assert!(!row[7].is_empty() && !row[8].is_empty(), "{row:?}");
    }
}

#[rstest]
#[tokio::test]
async fn personal_data_is_masked_unless_a_purpose_is_stated(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let masked = query(ExportKind::Customers);
    let find = |rows: &[csv::StringRecord]| {
        let row = rows.iter().find(|r| &r[0] == "C50-ZHOU").unwrap();
        (row[2].to_owned(), row[9].to_owned())
    };
    let seen = find(&csv(&t, &t.people().leader_cq, &masked).await);
    assert_eq!(seen, ("周*".into(), "138****0001".into()));
    let full = ExportQuery {
        purpose: "data_transfer".into(),
        in_full: true,
        ..masked.clone()
    };
    let seen = find(&csv(&t, &t.people().leader_cq, &full).await);
    assert_eq!(seen, ("周敏".into(), "13800500001".into()));
    let denied = write(&t, &t.people().inspector, &full).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    let vague = ExportQuery {
        purpose: "because".into(),
        ..masked.clone()
    };
    assert!(matches!(
        write(&t, &shell(), &vague).await,
        Err(Error::Invalid(_))
    ));
    let caller = write(&t, &t.people().caller_cq, &masked).await;
    assert!(matches!(caller, Err(Error::Denied(_))));
}

#[rstest]
#[tokio::test]
async fn a_branch_exports_its_own_rows(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    for kind in ExportKind::ALL {
        let bytes = write(&t, &t.people().leader_cq, &query(*kind))
            .await
            .unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            !text.contains("C37-") && !text.contains("P37-"),
            "{kind}: {text}"
        );
    }
}

#[rstest]
#[tokio::test]
async fn what_was_exported_can_be_imported_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let kinds = [
        (ExportKind::Customers, ImportKind::Customers),
        (ExportKind::Policies, ImportKind::Policies),
        (ExportKind::Events, ImportKind::Events),
    ];
    for format in [ExportFormat::Csv, ExportFormat::Ndjson, ExportFormat::Xlsx] {
        for (from, to) in kinds {
            let full = ExportQuery {
                purpose: "data_transfer".into(),
                in_full: true,
                ..ExportQuery::new(from, format)
            };
            let bytes = write(&t, &shell(), &full).await.unwrap();
            let request = t.request(to, &full.file_name(), &bytes);
            let report = t.run_import(t.now, request).await.unwrap();
            let why = format!(
                "{from} {format}: {:?} {:?}",
                report.tally, report.rejections
            );
            assert_eq!(report.tally.rejected, 0, "{why}");
            assert_eq!(
                (report.tally.created, report.tally.updated),
                (0, 0),
                "{why}"
            );
        }
    }
    let masked = write(&t, &shell(), &query(ExportKind::Customers))
        .await
        .unwrap();
    let request = t.request(ImportKind::Customers, "customers.csv", &masked);
    let report = t.run_import(t.now, request).await.unwrap();
    assert_eq!(report.tally.updated, 0, "masks overwrite nothing");
}

/// CBK-08, INT-09: the core system is told until when a surrender counts as cooling-off cancellation.
#[rstest]
#[tokio::test]
async fn a_deemed_right_goes_out_with_the_policy(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let caller = &t.people().caller_cq;
    let id = t.callback("P50-LI", "NB-CQ").await;
    t.assign(&t.people().leader_cq, id, caller).await;
    t.interview(caller, at("2024-03-08 10:00"), id, &[]).await;
    let rows = csv(&t, &shell(), &query(ExportKind::Policies)).await;
    let column = rows[0].iter().position(|c| c == "deemed_until_on").unwrap();
    let of = |no: &str| rows.iter().find(|r| &r[0] == no).unwrap()[column].to_owned();
    assert_eq!(
        of("P50-LI"),
        "2024-03-15",
        "seven days after the late callback"
    );
    assert_eq!(of("P50-ZHOU"), "");
}

#[rstest]
#[tokio::test]
async fn days_and_list_filters_cut_the_rows(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let issued = ExportQuery {
        from: Some(day("2024-02-26")),
        to: Some(day("2024-02-27")),
        ..query(ExportKind::Policies)
    };
    assert_eq!(csv(&t, &shell(), &issued).await.len(), 1 + 3);
    let list = ListQuery {
        programme: "NB-CQ".into(),
        ..Default::default()
    };
    let filtered = ExportQuery {
        list: Some(ListFilter::Callbacks(list.clone())),
        ..query(ExportKind::Callbacks)
    };
    let rows = csv(&t, &shell(), &filtered).await;
    assert!(rows.len() > 1 && rows.iter().skip(1).all(|r| &r[2] == "NB-CQ"));
    let foreign = ExportQuery {
        list: Some(ListFilter::Callbacks(list)),
        ..query(ExportKind::Tickets)
    };
    assert!(matches!(
        write(&t, &shell(), &foreign).await,
        Err(Error::Invalid(_))
    ));
}
