//! Lists of the claims system, read through the maps that come with the program (INT-03).

use app::imports::{ImportReport, ImportRequest, Mapping};
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, TestApp, at};

async fn import(t: &TestApp, map: &str, csv: &str) -> ImportReport {
    let request = ImportRequest {
        mapping: Mapping::parse(Mapping::shipped(map).unwrap()).unwrap(),
        ..t.request(ImportKind::Events, "list.csv", csv.as_bytes())
    };
    t.run_import(t.now, request).await.unwrap()
}

async fn told(t: &TestApp, sql: &str) -> Vec<String> {
    t.database.column(sql).await
}

#[test]
fn four_maps_are_shipped_and_read() {
    let names = Mapping::shipped_names();
    assert_eq!(
        names,
        [
            "claims-registered",
            "claims-settled",
            "motor-loss-reports",
            "motor-settled-7054"
        ]
    );
    for name in names {
        let map = Mapping::parse(Mapping::shipped(&name).unwrap()).unwrap();
        assert!(!map.title.is_empty(), "{name}");
    }
    assert!(Mapping::shipped("nothing").is_none());
}

/// CBK-54: report 7054 by payment date, refusal “否”; what is refused or zero-closed is kept with its reason.
#[rstest]
#[tokio::test]
async fn report_7054_makes_motor_callbacks(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let csv = "\u{feff}赔案号,保单号,赔款支付日期,赔款金额,拒赔,机构\n\
               L-1,P50-CAR,2024-03-01,1200.00,否,重庆\n\
               L-2,P50-CAR,2024-03-01,0.00,是,重庆\n\
               L-3,P50-CAR,2024-03-01,0.00,零结案,重庆\n\
               L-4,NO-SUCH,2024-03-01,1.00,否,重庆\n";
    let report = import(&t, "motor-settled-7054", csv).await;
    assert_eq!((report.tally.created, report.tally.rejected), (3, 1));
    assert_eq!(report.unknown_columns, ["机构"]);
    let again = import(&t, "motor-settled-7054", csv).await;
    assert_eq!((again.tally.created, again.tally.updated), (0, 0));
    t.plan(at("2024-03-12 09:00")).await;
    let due = "SELECT CAST(due_on AS TEXT) FROM obligations WHERE programme = 'MC-PAID' AND claim_no = 'L-1'";
    assert_eq!(told(&t, due).await, ["2024-03-16"]);
    let left_out = "SELECT reason_code FROM exclusions WHERE programme = 'MC-PAID' AND claim_no LIKE 'L-%' \
                    ORDER BY claim_no";
    assert_eq!(told(&t, left_out).await, ["refused", "zero_closed"]);
}

/// CBK-56: loss reports of the month: off-site cases that nobody of the trade reported.
#[rstest]
#[tokio::test]
async fn loss_reports_make_off_site_callbacks(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let csv = "报案号,保单号,报案时间,报案人身份,出险地,承保地\n\
               R-1,P50-CAR,2024-03-02 08:30:00,驾驶员,四川省,重庆市\n\
               R-2,P50-CAR,2024-03-02 09:30:00,被保险人,重庆,500000\n\
               R-3,P50-CAR,2024-03-03 09:30:00,修理厂,四川,重庆\n";
    let report = import(&t, "motor-loss-reports", csv).await;
    assert_eq!(report.tally.created, 3, "{:?}", report.rejections);
    t.plan(t.now).await;
    let called = "SELECT claim_no FROM obligations WHERE programme = 'MC-OFF' ORDER BY claim_no";
    assert_eq!(told(&t, called).await, ["R-1"]);
    let left_out =
        "SELECT reason_code FROM exclusions WHERE programme = 'MC-OFF' ORDER BY claim_no";
    assert_eq!(
        told(&t, left_out).await,
        ["same_place", "reported_by_trade"]
    );
}

/// CBK-57 and the pool of CBK-55: settled cases of other lines, and the registration list with adjusters.
#[rstest]
#[tokio::test]
async fn settled_and_registered_lists(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let settled = "报案号,保单号,结案日期,赔款金额,赔付结论\n\
                   S-1,P50-CORP,2024-03-02,5000.00,赔付\n\
                   S-2,P50-CORP,2024-03-02,0.00,拒赔\n";
    let report = import(&t, "claims-settled", settled).await;
    assert_eq!(report.tally.created, 2, "{:?}", report.rejections);
    let registered = "赔案号,保单号,立案日期,报案人身份,定损员代码,出险地,承保地\n\
                      G-1,P50-CAR,2024-03-02,代理人,D1,重庆市,重庆市\n";
    let report = import(&t, "claims-registered", registered).await;
    assert_eq!(report.tally.created, 1, "{:?}", report.rejections);
    t.plan(t.now).await;
    let called = "SELECT claim_no FROM obligations WHERE programme = 'CP-SET' AND claim_no LIKE 'S-%' \
                  ORDER BY claim_no";
    assert_eq!(
        told(&t, called).await,
        ["S-1", "S-2"],
        "refused claims count too"
    );
    let kept = "SELECT reporter_role || ' ' || adjuster_code || ' ' || loss_region FROM events \
                WHERE type = 'claim_registered'";
    assert_eq!(told(&t, kept).await, ["agent D1 500000"]);
}
