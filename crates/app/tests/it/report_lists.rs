//! Lists behind figures, scopes, files and the dashboard.

use crate::reports::{a_day_of_calls, april, march, owned, set, shares};
use app::Error;
use app::exports::{list_exports, mark_of};
use app::reports::{
    BehindQuery, ReportFormat, ReportQuery, dashboard, export_report, list_behind, registry,
    run_report,
};
use domain::access::{Actor, Permission};
use domain::reports::Dimension;
use rstest::rstest;
use testkit::{Engine, TestApp, at, day, invalid};

/// Every figure opens the list behind it: as many units as it counts.
#[rstest]
#[tokio::test]
async fn every_figure_opens_its_list(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    a_day_of_calls(&t).await;
    let manager = &t.people().manager;
    let mut opened = 0;
    for metric in registry(manager).unwrap() {
        if metric.unavailable.is_some() {
            continue;
        }
        for by in Dimension::ALL {
            let query = march(metric.code, by.as_str());
            let r = run_report(&t.app, manager, april(), &query).await.unwrap();
            let rows = r.rows.iter().map(|row| (Some(row.key.clone()), row));
            for (key, row) in rows.chain([(None, &r.total)]) {
                for (column, count) in r.columns.iter().zip(&row.counts) {
                    let behind = BehindQuery {
                        report: query.clone(),
                        figure: column.figure.to_string(),
                        key: key.clone(),
                        after: String::new(),
                    };
                    let list = list_behind(&t.app, manager, april(), &behind)
                        .await
                        .unwrap();
                    let what = format!("{} {by} {key:?} {}", metric.code, column.figure);
                    assert_eq!(list.units.len() as i64, *count, "{what}");
                    assert!(list.units.iter().all(|u| !u.callbacks.is_empty()), "{what}");
                    assert_eq!(list.next, None);
                    opened += list.units.len();
                }
            }
        }
    }
    assert!(opened > 100);
    let unknown = BehindQuery {
        report: march("K-04", "unit"),
        figure: "late".into(),
        ..Default::default()
    };
    let unknown = list_behind(&t.app, manager, april(), &unknown).await;
    assert_eq!(invalid(unknown), [("figure".into(), "unknown-code".into())]);
}

/// ORG scope: a branch sees its own figures, and neither units nor rows of another.
#[rstest]
#[tokio::test]
async fn a_branch_sees_its_own(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let run = async |by: &Actor, query: &ReportQuery| run_report(&t.app, by, april(), query).await;
    let own = run(&p.leader_cq, &march("K-04", "unit")).await.unwrap();
    assert_eq!(shares(&own), owned(&[("5001", 0, 2)]));
    assert_eq!(own.total.ratio.denominator, 2);
    let foreign = ReportQuery {
        org: "37".into(),
        ..march("K-04", "")
    };
    let foreign = run(&p.leader_cq, &foreign).await;
    assert_eq!(invalid(foreign), [("org".into(), "unknown-org".into())]);
    let behind = BehindQuery {
        report: march("K-04", "unit"),
        figure: "ended".into(),
        key: Some("3701".into()),
        after: String::new(),
    };
    let list = list_behind(&t.app, &p.leader_cq, april(), &behind)
        .await
        .unwrap();
    assert!(list.units.is_empty());
    let caller = run(&p.caller_cq, &march("K-04", "")).await;
    assert!(matches!(
        caller,
        Err(Error::Denied(Permission::ReportsRead))
    ));
    let wrong = ReportQuery {
        metric: "K-99".into(),
        from: "2024-02-30".into(),
        by: "moon".into(),
        ..march("", "")
    };
    let expected = [
        ("metric", "unknown-code"),
        ("from", "date"),
        ("by", "unknown-code"),
    ]
    .map(|(field, code)| (field.to_owned(), code.to_owned()));
    assert_eq!(invalid(run(&p.manager, &wrong).await), expected);
    let missing = run(&p.manager, &march("K-36", "")).await;
    assert_eq!(invalid(missing), [("metric".into(), "unavailable".into())]);
}

/// Files carry the figures; taking them out needs the right and leaves a trace.
#[rstest]
#[tokio::test]
async fn files(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    a_day_of_calls(&t).await;
    let p = t.people();
    let query = march("problem_rate", "unit");
    let export = async |by: &Actor, format| {
        let how = (format, rules::Language::Zh);
        export_report(&t.app, by, april(), &query, how, &|_, _| {}).await
    };
    let csv = export(&p.manager, ReportFormat::Csv).await.unwrap();
    let expected = "unit,name,succeeded,completed,problem,numerator,denominator,ratio\n\
                    3701,济南中心支公司,1,1,0,0,1,0.000000\n\
                    5001,渝中支公司,1,0,1,1,1,1.000000\n\
                    total,合计,2,1,1,1,2,0.500000\n";
    assert_eq!(String::from_utf8(csv.bytes).unwrap(), expected);
    let kept = list_exports(&t.app, &p.administrator, "").await.unwrap();
    let mark = mark_of(kept.rows[0].id);
    assert_eq!(
        (kept.rows[0].kind.as_str(), kept.rows[0].rows),
        ("report", 3)
    );
    assert_eq!(csv.name, format!("K-07_2024-03-01_2024-03-31-{mark}.csv"));
    let json = export(&p.manager, ReportFormat::Json).await.unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json.bytes).unwrap();
    assert_eq!(json["total"]["ratio"], 0.5);
    assert_eq!(json["rows"][1]["figures"]["problem"], 1);
    assert_eq!(json["metric"]["source"], "B06 §7");
    let xlsx = export(&p.manager, ReportFormat::Xlsx).await.unwrap();
    assert_eq!(xlsx.bytes[..2], *b"PK");
    let denied = export(&p.executive, ReportFormat::Csv).await;
    assert!(matches!(denied, Err(Error::Denied(Permission::DataExport))));
    assert_eq!(t.audited("report.exported").await, 3);
    assert_eq!(t.audited("report.run").await, 3);
}

/// The dashboard of 5 March: what is due until today, and the days ahead.
#[rstest]
#[tokio::test]
async fn the_dashboard(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    a_day_of_calls(&t).await;
    let p = t.people();
    // On 16 March LI's three and ZHOU's three are late, but for none that was made.
    let d = dashboard(&t.app, &p.manager, at("2024-03-16 12:00"))
        .await
        .unwrap();
    let total = d.total.tally;
    // LI 3, ZHOU 3, SUN 3; MC-PAID, PC-CL1, CP-SET, three of SC-NEW and one GN-1WS.
    assert_eq!(total.due, 16);
    assert_eq!((total.made, total.in_time, total.late), (1, 1, 0));
    assert_eq!((total.succeeded, total.problem), (2, 1));
    // Of those, SUN's other two and CP-SET are due today and not late yet.
    assert_eq!(d.total.overdue, 13);
    let unit = |code: &str| d.by_unit.iter().find(|r| r.key == code).unwrap();
    assert_eq!((unit("3701").tally.due, unit("3701").overdue), (5, 2));
    assert_eq!((unit("5001").tally.due, unit("5001").overdue), (9, 9));
    let cq = d.by_programme.iter().find(|r| r.key == "NB-CQ").unwrap();
    assert_eq!((cq.tally.due, cq.tally.problem, cq.overdue), (2, 1, 2));
    assert_eq!(d.days.len(), 28);
    let on = |date: &str| d.days.iter().find(|x| x.day == day(date)).unwrap();
    assert_eq!(
        (on("2024-03-05").tally.due, on("2024-03-06").tally.due),
        (3, 0)
    );
    assert_eq!(on("2024-03-16").outstanding(), 3);
    let sd = dashboard(&t.app, &p.leader_sd, at("2024-03-16 12:00"))
        .await
        .unwrap();
    assert_eq!((sd.total.tally.due, sd.by_unit.len()), (5, 1));
    assert!(dashboard(&t.app, &p.caller_cq, t.now).await.is_err());
}

/// The list goes on over pages and months without losing or repeating a unit.
#[rstest]
#[tokio::test]
async fn long_lists_go_on(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut portfolio = testkit::Portfolio::small();
    for n in 0..60 {
        // Fifty of them fall due on one day of March, ten in the month before.
        let (issued, signed) = if n < 50 {
            ("2024-02-20", "2024-02-21")
        } else {
            ("2024-02-01", "2024-02-02")
        };
        let number = format!("P50-M{n:02}");
        portfolio.policies.add(testkit::Portfolio::life_policy(
            &number, "C50-LI", "5001", "A5002", issued, signed,
        ));
    }
    let t = TestApp::with(engine, &portfolio).await;
    set(&t, "P50-M07", "NB-CQ", "first_called_on = '2024-03-01'").await;
    let mut query = BehindQuery {
        report: ReportQuery {
            from: "2024-02-01".into(),
            ..march("K-04", "unit")
        },
        figure: "ended".into(),
        key: Some("5001".into()),
        after: String::new(),
    };
    let manager = &t.people().manager;
    let report = run_report(&t.app, manager, april(), &query.report)
        .await
        .unwrap();
    assert_eq!(report.row("5001").unwrap().ratio.numerator, 1);
    let expected = report.row("5001").unwrap().ratio.denominator;
    let mut seen = Vec::new();
    loop {
        let page = list_behind(&t.app, manager, april(), &query).await.unwrap();
        assert!(page.units.len() <= 50);
        seen.extend(page.units.iter().map(|u| (u.day, u.id)));
        match page.next {
            Some(next) => query.after = next,
            None => break,
        }
    }
    assert_eq!(seen.len() as i64, expected);
    assert_eq!(expected, 62);
    assert!(seen.is_sorted());
    seen.dedup();
    assert_eq!(seen.len(), 62);
}
