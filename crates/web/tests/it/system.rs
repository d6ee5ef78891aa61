//! Pages of the house: backups and the state of the system.

use crate::browser::Site;
use app::backups::BackupPlan;
use axum::http::StatusCode;
use chrono::{Duration, NaiveTime};
use domain::backups::Retention;
use rstest::rstest;
use testkit::{Engine, TestApp};

#[rstest]
#[tokio::test]
async fn an_administrator_sees_backups_and_health(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut t = TestApp::with_portfolio(engine).await;
    let site = Site::of(&t);
    let mut caller = site.sign_in("caller_cq").await;
    let mut administrator = site.sign_in("administrator").await;
    for path in ["/system/backups", "/system/health"] {
        assert_eq!(caller.get(path).await.status, StatusCode::FORBIDDEN);
    }
    let page = administrator.read("/system/backups").await;
    assert!(
        page.contains("没有设置定期备份") && !page.contains("立即备份</button>"),
        "{page}"
    );
    let folder = t.path("backups");
    t.app = t.app.clone().with_backups(Some(BackupPlan {
        folder: folder.clone(),
        at: NaiveTime::from_hms_opt(2, 0, 0).unwrap(),
        retention: Retention {
            daily: 7,
            weekly: 4,
            monthly: 12,
        },
        verify: true,
        with_files: true,
        warn_after: Duration::hours(26),
    }));
    let site = Site::of(&t);
    let mut administrator = site.sign_in("administrator").await;
    let asked = administrator.post("/system/backups", &[]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    let again = administrator.post("/system/backups", &[]).await;
    assert!(again.text.contains("已有备份在进行"), "{}", again.text);
    let now = t.now;
    app::jobs::run_due(&t.app, &move || now).await.unwrap();
    let page = administrator.read("/system/backups").await;
    assert!(
        page.contains("已通过恢复验证") && page.contains(".huifang"),
        "{page}"
    );
    let health = administrator.read("/system/health").await;
    assert!(health.contains("最近一次成功备份在 0 小时前"), "{health}");
    administrator.language = "en";
    for path in ["/system/backups", "/system/health"] {
        let page = administrator.read(path).await;
        for id in [
            ">doctor-",
            ">backups-",
            "doctor-verdict-",
            "backups-outcome-",
        ] {
            assert!(!page.contains(id), "{id}: {page}");
        }
    }
}
