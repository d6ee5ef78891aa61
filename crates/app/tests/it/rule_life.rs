//! The life of a version: three persons, each refusal, the days on which it counts, and that work
//! keeps the version it started with.

use app::obligations::explain;
use app::rules::drafts::{NewDraft, create_draft, edit_draft, find_proposal, next_version};
use app::rules::steps::{StepForm, take_step};
use domain::access::Actor;
use domain::imports::ImportKind;
use domain::rules::{Origin, ProposalState, RuleStep};
use rstest::rstest;
use testkit::{Engine, Portfolio, TestApp, at, day, invalid, refused};
use uuid::Uuid;

/// The text of the version in force of a pack, as its next version.
pub(super) fn next(t: &TestApp, pack: &str) -> String {
    let rules = t.app.rules();
    let mine = rules.versions().filter(|v| v.pack.pack == pack);
    let last = mine.max_by_key(|v| v.pack.version).unwrap();
    next_version(&last.pack.body, last.pack.version + 1)
}

/// Chongqing's floor of the cooling-off period at twenty days for receipts of late February to the
/// end of 2024: callbacks are due later. The tests of the pack lie on other days.
pub(super) fn twenty_days(t: &TestApp) -> String {
    let text = next(t, "cn-50/new-contract");
    let floor = "value = [ { value = 10, cite = \"第四条\" } ]";
    assert!(text.contains(floor));
    let raised = "value = [ { value = 10, until = 2024-02-20, cite = \"第四条\" }, \
                  { value = 20, from = 2024-02-21, until = 2024-12-31, cite = \"第四条\" }, \
                  { value = 10, from = 2025-01-01, cite = \"第四条\" } ]";
    text.replace(floor, raised)
}

pub(super) async fn draft(t: &TestApp, by: &Actor, body: String) -> Uuid {
    let new = NewDraft {
        body,
        origin: Origin::Written,
        evaluation: None,
    };
    create_draft(&t.app, by, t.now, new).await.unwrap()
}

async fn hash(t: &TestApp, id: Uuid) -> String {
    let view = find_proposal(&t.app, &t.people().compliance, id).await;
    view.unwrap().row.hash
}

pub(super) async fn step(
    t: &TestApp,
    by: &Actor,
    id: Uuid,
    step: &str,
    change: impl FnOnce(&mut StepForm),
) -> app::Result<ProposalState> {
    let mut form = StepForm {
        step: step.into(),
        hash: hash(t, id).await,
        reason: "理由".into(),
        ..StepForm::default()
    };
    change(&mut form);
    take_step(&t.app, by, t.now, id, &form).await
}

/// Drafted by compliance, reviewed by the manager, approved by the executive.
pub(super) async fn approve(t: &TestApp, body: String, from: &str, redate_open: bool) -> Uuid {
    let p = t.people();
    let id = draft(t, &p.compliance, body).await;
    step(t, &p.manager, id, "review", |_| {}).await.unwrap();
    step(t, &p.executive, id, "approve", |f| {
        f.effective_from = from.into();
        f.redate_open = redate_open;
    })
    .await
    .unwrap();
    id
}

/// GOV-01: a draft becomes a rule by two more persons, the last of them of the leadership; every
/// step is kept with who, when and why.
#[rstest]
#[tokio::test]
async fn three_persons_make_a_rule(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let id = draft(&t, &p.compliance, next(&t, "company/defaults")).await;
    let before = t.app.rules().book().hash().to_owned();
    let own = step(&t, &p.compliance, id, "review", |_| {}).await;
    assert_eq!(refused(own), "rules-own-text");
    let early = step(&t, &p.executive, id, "approve", |_| {}).await;
    assert_eq!(refused(early), "rules-wrong-state");
    step(&t, &p.manager, id, "review", |_| {}).await.unwrap();
    let denied = step(&t, &p.manager, id, "approve", |_| {}).await;
    assert!(matches!(denied, Err(app::Error::Denied(_))), "{denied:?}");
    let shell = step(&t, &Actor::shell("tests"), id, "approve", |_| {}).await;
    assert_eq!(refused(shell), "rules-not-a-person");
    let other = step(&t, &p.executive, id, "approve", |f| f.hash = "0".into()).await;
    assert_eq!(refused(other), "rules-other-text");
    let silent = step(&t, &p.executive, id, "send_back", |f| {
        f.reason = String::new();
    })
    .await;
    assert_eq!(refused(silent), "rules-no-reason");
    step(&t, &p.executive, id, "send_back", |_| {})
        .await
        .unwrap();
    let unreviewed = step(&t, &p.executive, id, "approve", |_| {}).await;
    assert_eq!(refused(unreviewed), "rules-wrong-state");
    step(&t, &p.manager, id, "review", |_| {}).await.unwrap();
    assert_eq!(
        t.app.rules().book().hash(),
        before,
        "nothing counts before approval"
    );
    let state = step(&t, &p.executive, id, "approve", |_| {}).await.unwrap();
    assert_eq!(state, ProposalState::Approved);
    assert_ne!(t.app.rules().book().hash(), before);
    let view = find_proposal(&t.app, &p.compliance, id).await.unwrap();
    let steps: Vec<_> = view.steps.iter().map(|s| s.step).collect();
    use RuleStep as S;
    assert_eq!(
        steps,
        [
            S::Drafted,
            S::Reviewed,
            S::SentBack,
            S::Reviewed,
            S::Approved
        ]
    );
    let last = view.steps.last().unwrap();
    assert_eq!(last.by.user, p.executive.user());
    assert_eq!(last.effective_from, Some(day("2024-03-05")));
    assert_eq!(t.audited("rules.approved").await, 1);
    let again = step(&t, &p.executive, id, "withdraw", |_| {}).await;
    assert!(again.is_err(), "what is approved stays");
}

/// Requirements §5.3 no. 6: nobody approves what they wrote or reviewed, whatever their roles.
#[rstest]
#[tokio::test]
async fn nobody_holds_two_of_the_three_pens(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let mut everything = p.executive.clone();
    let all = domain::access::Role::ALL;
    everything.roles = all.to_vec();
    everything.rights = domain::access::Rights::shipped().held_by(all);
    let id = draft(&t, &everything, next(&t, "company/defaults")).await;
    step(&t, &p.manager, id, "review", |_| {}).await.unwrap();
    let own = step(&t, &everything, id, "approve", |_| {}).await;
    assert_eq!(refused(own), "rules-author-approves");
    step(&t, &p.manager, id, "withdraw", |_| {}).await.unwrap();

    let id = draft(&t, &p.compliance, next(&t, "company/defaults")).await;
    step(&t, &everything, id, "review", |_| {}).await.unwrap();
    let own = step(&t, &everything, id, "approve", |_| {}).await;
    assert_eq!(refused(own), "rules-reviewer-approves");
    let caller = create_draft(
        &t.app,
        &p.caller_cq,
        t.now,
        NewDraft {
            body: String::new(),
            origin: Origin::Written,
            evaluation: None,
        },
    )
    .await;
    assert!(matches!(caller, Err(app::Error::Denied(_))));
}

/// A text with findings or failing tests may be kept as a draft, and goes no further.
#[rstest]
#[tokio::test]
async fn a_failing_test_stops_a_draft(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let good = next(&t, "cn-50/new-contract");
    let bad = good.replace(
        "{ value = 12, cite = \"第三条\" }",
        "{ value = 24, cite = \"第三条\" }",
    );
    let id = draft(&t, &p.compliance, bad).await;
    let view = find_proposal(&t.app, &p.manager, id).await.unwrap();
    assert!(view.checked.findings.is_empty() && view.checked.failed() > 0);
    assert_eq!(
        refused(step(&t, &p.manager, id, "review", |_| {}).await),
        "rules-unsound"
    );

    let uncited = good.replace("cite = \"第八条\"", "cite = \"第八十条\"");
    let uncited = uncited.replace("fact = \"holder.kind\"", "fact = \"holder.kinds\"");
    let edited = edit_draft(&t.app, &p.compliance, t.now, id, 1, uncited).await;
    edited.unwrap();
    let view = find_proposal(&t.app, &p.manager, id).await.unwrap();
    let finding = &view.checked.findings[0];
    assert!(
        finding.line.is_some() && finding.column.is_some(),
        "{finding:?}"
    );
    assert!(finding.hint.as_ref().unwrap().contains("holder.kind"));
    assert_eq!(
        refused(step(&t, &p.manager, id, "review", |_| {}).await),
        "rules-unsound"
    );

    let stale = edit_draft(&t.app, &p.compliance, t.now, id, 1, good.clone()).await;
    assert!(
        matches!(stale, Err(app::Error::Conflict)),
        "somebody else changed it"
    );
    edit_draft(&t.app, &p.compliance, t.now, id, 2, good)
        .await
        .unwrap();
    step(&t, &p.manager, id, "review", |_| {}).await.unwrap();
    let late = edit_draft(
        &t.app,
        &p.compliance,
        t.now,
        id,
        3,
        next(&t, "cn-50/new-contract"),
    );
    assert_eq!(
        refused(late.await),
        "rules-wrong-state",
        "a reviewed text is not changed"
    );
}

/// What cannot be kept at all: nothing that says which version it is, one that exists, another pack.
#[rstest]
#[tokio::test]
async fn a_draft_says_what_it_is(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let body = next(&t, "company/defaults");
    let try_it = async |body: String| {
        let new = NewDraft {
            body,
            origin: Origin::Uploaded,
            evaluation: None,
        };
        create_draft(&t.app, &p.compliance, t.now, new).await
    };
    let code = |result: app::Result<Uuid>| invalid(result)[0].1.clone();
    assert_eq!(code(try_it("[pack".into()).await), "rules-heading");
    let old = body.replace("version = 2", "version = 1");
    assert_eq!(code(try_it(old).await), "rules-version-taken");
    draft(&t, &p.compliance, body.clone()).await;
    assert_eq!(refused(try_it(body).await), "rules-proposed-already");
}

/// K, U and P do not become law, and a version does not begin before its text or its predecessor.
#[rstest]
#[tokio::test]
async fn days_and_sources_are_looked_at(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let p = t.people();
    let law = next(&t, "cn-50/new-contract");
    let unread = law.replace("confidence = \"T\"", "confidence = \"P\"");
    let id = draft(&t, &p.compliance, unread).await;
    step(&t, &p.manager, id, "review", |_| {}).await.unwrap();
    let refusal = step(&t, &p.executive, id, "approve", |_| {}).await;
    assert_eq!(refused(refusal), "rules-not-certain");
    step(&t, &p.manager, id, "withdraw", |_| {}).await.unwrap();

    let id = draft(&t, &p.compliance, law).await;
    step(&t, &p.manager, id, "review", |_| {}).await.unwrap();
    for (from, code) in [
        ("2010-05-01", "rules-overlap"),
        ("2010-04-30", "rules-outside-text"),
    ] {
        let refusal = step(&t, &p.executive, id, "approve", |f| {
            f.effective_from = from.into();
        });
        assert_eq!(refused(refusal.await), code, "{from}");
    }
    let wrong = step(&t, &p.executive, id, "approve", |f| {
        f.effective_from = "soon".into();
    })
    .await;
    assert_eq!(invalid(wrong)[0].0, "effective_from");
}

/// GOV-03: the day before its first day the earlier version decides, from that day on the new one.
#[rstest]
#[tokio::test]
async fn a_version_counts_from_its_day(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    approve(&t, twenty_days(&t), "2024-03-10", false).await;
    let mut policies = Portfolio::small().policies.only("P50-HE");
    policies.set("P50-HE", "ack_signed_on", "2024-03-09");
    policies.set("P50-HE", "cooling_off_days", "10");
    t.import(ImportKind::Policies, &policies).await;
    t.plan(at("2024-03-12 09:00")).await;
    let before = t.obligation("P50-HE", "NB-CQ").await.unwrap();
    assert_eq!(before.due_on, Some(day("2024-03-18")), "ten days");
    assert_eq!(before.pack_version, 2);

    let t = TestApp::with_portfolio(engine).await;
    approve(&t, twenty_days(&t), "2024-03-10", false).await;
    policies.set("P50-HE", "ack_signed_on", "2024-03-10");
    // The floor is dated by the application.
    for date in ["application_date", "issue_date", "effective_date"] {
        policies.set("P50-HE", date, "2024-03-10");
    }
    t.import(ImportKind::Policies, &policies).await;
    t.plan(at("2024-03-12 09:00")).await;
    let after = t.obligation("P50-HE", "NB-CQ").await.unwrap();
    assert_eq!(after.due_on, Some(day("2024-03-29")), "twenty days");
    assert_eq!(after.pack_version, 3);
    let explanation = explain(&t.app, &t.people().compliance, t.now, &after.number).await;
    assert!(!explanation.unwrap().rules_changed);
}

/// GOV-04: work keeps the version that it started with; open obligations that nobody has begun move
/// only when the approver chose so.
#[rstest]
#[case(Engine::Sqlite, false)]
#[case(Engine::Postgres, false)]
#[case(Engine::Sqlite, true)]
#[case(Engine::Postgres, true)]
#[tokio::test]
async fn work_keeps_the_version_it_started_with(#[case] engine: Engine, #[case] redate: bool) {
    let t = TestApp::with_portfolio(engine).await;
    let (p, caller) = (t.people(), &t.people().caller_cq);
    let begun = t.callback("P50-LI", "NB-CQ").await;
    t.assign(&p.leader_cq, begun, caller).await;
    t.start(caller, t.now, begun).await.unwrap();
    let old = t.obligation("P50-LI", "NB-CQ").await.unwrap();
    let open = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap();
    approve(&t, twenty_days(&t), "2024-02-01", redate).await;
    let report = t.plan(t.now).await;
    assert_eq!(report.sums.created, 0);
    let now = t.obligation("P50-LI", "NB-CQ").await.unwrap();
    assert_eq!(
        (now.due_on, now.pack_version),
        (old.due_on, 2),
        "begun: stays"
    );
    let now = t.obligation("P50-ZHOU", "NB-CQ").await.unwrap();
    if redate {
        assert_eq!((now.due_on, now.pack_version), (Some(day("2024-03-20")), 3));
    } else {
        assert_eq!((now.due_on, now.pack_version), (open.due_on, 2), "kept");
        assert_eq!(report.sums.redated, 0);
        let explained = explain(&t.app, &p.compliance, t.now, &now.number)
            .await
            .unwrap();
        assert!(explained.rules_changed && explained.obligation.due_on == open.due_on);
    }
    // A corrected fact still moves what is kept, by its own version: ten days, not twenty.
    let mut policies = Portfolio::small().policies.only("P50-LI");
    policies.set("P50-LI", "ack_signed_on", "2024-02-26");
    policies.set("P50-LI", "ack_entered_on", "2024-02-26");
    let imported = t.import(ImportKind::Policies, &policies).await;
    assert_eq!(imported.tally.updated, 1, "{imported:?}");
    let planned = t.plan(at("2024-03-05 12:00")).await;
    assert!(planned.sums.redated >= 1, "{planned:?}");
    let moved = t.obligation("P50-LI", "NB-CQ").await.unwrap();
    assert_eq!(moved.pack_version, 2);
    assert_eq!(moved.due_on, old.due_on.map(|d| d + chrono::Days::new(1)));
}
