//! The preview of a proposed version says what the next plan then really does; signed packages.

use super::rule_life::{approve, draft, step, twenty_days};
use app::rules::diff::{DiffTask, Kind, diff_folder, find_diff, start_diff};
use app::rules::package::{key_pair, load_package, open, sign};
use domain::access::Actor;
use rstest::rstest;
use rules::Source;
use std::collections::BTreeSet;
use testkit::{Engine, TestApp, at, day, refused};

const DUE: &str = "SELECT number || ' ' || COALESCE(CAST(due_on AS TEXT), '-') || ' ' || status \
     FROM obligations ORDER BY number";

async fn made(t: &TestApp, by: &Actor, task: DiffTask) -> uuid::Uuid {
    let job = start_diff(&t.app, by, t.now, task).await.unwrap();
    let (app, now) = (t.app.clone(), t.now);
    let ran = tokio::spawn(async move { app::jobs::run_due(&app, &move || now).await });
    assert!(ran.await.unwrap().unwrap() >= 1);
    let view = app::jobs::find_job(&t.app, by, job).await.unwrap();
    view.run.unwrap_or_else(|| panic!("{view:?}"))
}

/// What the preview lists is what the planner does after the approval, number by number.
#[rstest]
#[case(Engine::Sqlite, true)]
#[case(Engine::Postgres, true)]
#[case(Engine::Sqlite, false)]
#[case(Engine::Postgres, false)]
#[tokio::test]
async fn the_preview_is_what_the_plan_does(#[case] engine: Engine, #[case] redate: bool) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let begun = t.callback("P50-LI", "NB-CQ").await;
    t.assign(&p.leader_cq, begun, &p.caller_cq).await;
    t.start(&p.caller_cq, t.now, begun).await.unwrap();
    let body = twenty_days(&t);
    let id = draft(&t, &p.compliance, body).await;
    let from = Some(day("2024-02-01"));
    let task = DiffTask {
        proposal: id,
        effective_from: from,
        redate_open: redate,
    };
    let before = t.database.column(DUE).await;
    let diff = made(&t, &p.compliance, task).await;
    let (row, diff) = find_diff(&t.app, &p.executive, diff).await.unwrap();
    assert_eq!(row.effective_from, day("2024-02-01"));
    assert_eq!(t.database.column(DUE).await, before, "nothing is written");
    step(&t, &p.manager, id, "review", |_| {}).await.unwrap();
    step(&t, &p.executive, id, "approve", |f| {
        f.effective_from = "2024-02-01".into();
        f.redate_open = redate;
    })
    .await
    .unwrap();
    let report = t.plan(t.now).await;
    let [appears, vanishes, moves] = diff.totals();
    let sums = report.sums;
    let really = [sums.created, sums.cancelled, sums.redated];
    assert_eq!(
        [appears, vanishes, moves],
        really.map(|n| u64::try_from(n).unwrap())
    );
    let after: BTreeSet<_> = t.database.column(DUE).await.into_iter().collect();
    let changed: BTreeSet<_> = before.into_iter().filter(|b| !after.contains(b)).collect();
    let told: BTreeSet<_> = diff
        .lines
        .iter()
        .filter(|l| l.kind != Kind::Appears)
        .map(|l| {
            let due = l.before.unwrap()[1].map_or("-".to_owned(), |d| d.to_string());
            format!("{} {due} open", l.number.clone().unwrap())
        })
        .collect();
    assert_eq!(told, changed);
    for line in diff.lines.iter().filter(|l| l.kind == Kind::Moves) {
        let due = line.after.unwrap()[1].unwrap();
        let number = line.number.as_ref().unwrap();
        assert!(after.contains(&format!("{number} {due} open")), "{line:?}");
        assert!(line.cite.contains('条'), "{line:?}");
    }
    assert_eq!(moves > 0, redate, "{diff:?}");
}

/// A person of one branch compares what is in their sight.
#[rstest]
#[tokio::test]
async fn a_branch_sees_its_own_part(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = draft(&t, &p.compliance, twenty_days(&t)).await;
    let task = || DiffTask {
        proposal: id,
        effective_from: Some(day("2024-02-01")),
        redate_open: true,
    };
    let mut shandong = p.compliance.clone();
    shandong.org = p.leader_sd.org.clone();
    let whole = made(&t, &p.compliance, task()).await;
    let hidden = find_diff(&t.app, &shandong, whole).await;
    assert!(matches!(hidden, Err(app::Error::NotFound)));
    let caller = start_diff(&t.app, &p.caller_cq, t.now, task()).await;
    assert!(matches!(caller, Err(app::Error::Denied(_))));
    let (_, seen) = find_diff(&t.app, &p.executive, whole).await.unwrap();
    assert!(seen.counts.iter().all(|c| c.org_code.starts_with("50")));
    let text = String::from_utf8(seen.csv().unwrap()).unwrap();
    assert!(
        text.starts_with("change,number,") && text.contains("P50-ZHOU"),
        "{text}"
    );
}

/// Contracts: `rules diff DIR`: a folder in place of what is in force, as of a day.
#[rstest]
#[tokio::test]
async fn a_folder_is_compared(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let shell = Actor::shell("tests");
    let schema = || app::rules::shipped_schema().unwrap();
    let same = app::rules::shipped_packs();
    let diff = async |sources: Vec<Source>, as_of| {
        let packs = (schema(), sources);
        let now = at("2024-03-05 12:00");
        diff_folder(&t.app, &shell, now, packs, as_of, &|_| {}).await
    };
    let nothing = diff(same.clone(), None).await.unwrap();
    assert_eq!((nothing.totals(), nothing.lines.len()), ([0; 3], 0));
    let changed: Vec<_> = same
        .into_iter()
        .map(|s| match s.name.as_str() {
            "cn-50/new-contract.toml" => Source {
                text: twenty_days(&t).replace("\"draft\"", "\"approved\""),
                ..s
            },
            _ => s,
        })
        .collect();
    let found = diff(changed.clone(), None).await.unwrap();
    assert!(found.totals()[2] > 0, "{found:?}");
    let moved = found.lines.iter().find(|l| l.programme == "NB-CQ").unwrap();
    assert_eq!(moved.after.unwrap()[1], Some(day("2024-03-20")));
    let early = diff(changed, Some(day("2024-02-27"))).await.unwrap();
    assert!(
        early
            .lines
            .iter()
            .all(|l| l.trigger_on <= day("2024-02-27"))
    );
}

/// A signed package becomes drafts; whatever is altered, unsigned or of an unknown signer does not.
#[rstest]
#[tokio::test]
async fn packages_are_taken_from_known_signers_only(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut t = TestApp::with_portfolio(engine).await;
    let (secret, public) = key_pair(&[7; 32]);
    let (_, stranger) = key_pair(&[8; 32]);
    let source = |text: String| Source {
        name: "cn-50/new-contract.toml".into(),
        text,
    };
    let package = sign(&[source(twenty_days(&t))], &secret).unwrap();
    let trusted = [public.clone()];
    assert_eq!(open(&package, &trusted).unwrap()[0].text, twenty_days(&t));
    assert_eq!(refused(open(&package, &[stranger])), "package-signer");
    assert_eq!(refused(open(&package, &[])), "package-signer");
    let altered = package.replace("value = 20", "value = 30");
    assert_ne!(altered, package);
    assert_eq!(refused(open(&altered, &trusted)), "package-altered");
    let other = sign(&[source(twenty_days(&t) + "# x\n")], &secret).unwrap();
    let part = |text: &str, key: &str| {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        value[key].as_str().unwrap().to_owned()
    };
    let forged = package.replace(&part(&package, "signature"), &part(&other, "signature"));
    assert_eq!(refused(open(&forged, &trusted)), "package-signature");
    assert_eq!(refused(open("{}", &trusted)), "package-unreadable");

    t.app = t.app.clone().with_trusted_keys(trusted.to_vec());
    let shell = Actor::shell("tests");
    let broken = sign(
        &[source(twenty_days(&t).replace("holder.kind", "holder.kin"))],
        &secret,
    );
    let broken = load_package(&t.app, &shell, t.now, &broken.unwrap()).await;
    assert_eq!(refused(broken), "package-unsound");
    let ids = load_package(&t.app, &shell, t.now, &package).await;
    let id = ids.unwrap()[0];
    let p = t.people();
    step(&t, &p.manager, id, "review", |_| {}).await.unwrap();
    step(&t, &p.executive, id, "approve", |_| {}).await.unwrap();
    let again = load_package(&t.app, &shell, t.now, &package).await;
    assert!(again.unwrap().is_empty(), "the database has it");
    // An approved version is followed by the next one, with the days cut between them.
    approve(
        &t,
        super::rule_life::next(&t, "cn-50/new-contract"),
        "2024-06-01",
        false,
    )
    .await;
    let spans = t.app.rules().span("cn-50/new-contract", 3);
    assert_eq!(spans.until, Some(day("2024-05-31")));
}
