//! Online surveys from the application to the archive.

mod anonymity;

use app::Error;
use app::surveys::{
    self as s, CollationForm, MeasureForm, ReportForm, Shown, Submitted, SurveyQuery,
};
use chrono::Duration;
use domain::access::{Actor, Permission};
use domain::surveys::{SurveyState, Verdict};
use domain::time::Instant;
use rstest::rstest;
use testkit::{Approvers, Engine, QUESTIONNAIRE, TestApp, invalid, refused};

/// A moment after the date range.
fn later(t: &TestApp) -> Instant {
    t.now + Duration::days(8)
}

async fn page(t: &TestApp, by: &Actor, number: &str) -> s::SurveyPage {
    s::survey_page(&t.app, by, t.now, number).await.unwrap()
}

async fn results(t: &TestApp, by: &Actor, number: &str) -> s::ResultsPage {
    s::survey_results(&t.app, by, later(t), number, ("", ""))
        .await
        .unwrap()
}

/// Ends the collection, collates, and all that follows.
async fn finish(t: &TestApp, by: &Actor, number: &str) {
    let p = t.people();
    let (app, office, at) = (&t.app, &p.manager, later(t));
    let close = ("close", "");
    let early = s::take_survey_step(app, office, t.now, number, close).await;
    assert_eq!(invalid(early), [("reason".into(), "missing".into())]);
    s::take_survey_step(app, office, at, number, close)
        .await
        .unwrap();
    let nobody = s::collate(app, office, at, number, &CollationForm::default()).await;
    let fields: Vec<_> = invalid(nobody)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, ["departments", "operations_head", "office_head"]);
    let id = |actor: &Actor| actor.user().unwrap().0.to_string();
    let told = CollationForm {
        departments: vec![id(&p.leader_cq)],
        operations_head: id(&p.compliance),
        office_head: id(office),
    };
    s::collate(app, office, at, number, &told).await.unwrap();
    let query = SurveyQuery {
        view: "told".into(),
        ..SurveyQuery::default()
    };
    let listed = s::list_surveys(app, &p.leader_cq, at, &query)
        .await
        .unwrap();
    assert_eq!(listed.count, 1);
    page(t, &p.leader_cq, number).await;
    let seen = page(t, by, number).await;
    let read = seen.told.iter().filter(|t| t.read_at.is_some()).count();
    assert_eq!(
        (seen.told.len(), read),
        (3, 1),
        "who was told, and who has read it"
    );
    follow(t, by, number).await;
}

/// Reports, sets a measure and archives.
async fn follow(t: &TestApp, by: &Actor, number: &str) {
    let p = t.people();
    let (app, office, at) = (&t.app, &p.manager, later(t));
    let id = |actor: &Actor| actor.user().unwrap().0.to_string();
    let report = ReportForm {
        report: "总体满意，报案等候偏长。".into(),
        feedback: "增加夜间坐席的建议已采纳。".into(),
    };
    let other = s::report_survey(app, &p.leader_cq, at, number, &report).await;
    assert_eq!(refused(other), "survey-not-requester");
    s::report_survey(app, by, at, number, &report)
        .await
        .unwrap();
    let none = s::take_survey_step(app, by, at, number, ("set_measures", "")).await;
    assert_eq!(refused(none), "survey-no-measures");
    let measure = MeasureForm {
        department: "客服中心".into(),
        measure: "夜间增加两名坐席".into(),
        owner: id(&p.operations_cq),
        due_on: "2024-04-30".into(),
    };
    let stranger = s::add_measure(app, office, at, number, &measure).await;
    stranger.unwrap();
    let outsider = s::add_measure(app, &p.inspector, at, number, &measure).await;
    assert_eq!(refused(outsider), "survey-not-concerned");
    let set = s::add_measure(app, &p.leader_cq, at, number, &measure)
        .await
        .unwrap();
    s::take_survey_step(app, by, at, number, ("set_measures", ""))
        .await
        .unwrap();
    let done = s::finish_measure(app, &p.operations_cq, at, (number, set), "已到岗").await;
    done.unwrap();
    s::take_survey_step(app, office, at, number, ("archive", ""))
        .await
        .unwrap();
    let end = page(t, by, number).await;
    assert_eq!(end.row.state, SurveyState::Archived);
    assert_eq!(
        end.measures.iter().filter(|m| m.done_on.is_some()).count(),
        1
    );
}

/// Puts an application forward; each agrees in turn, and nobody else.
async fn agree(t: &TestApp, by: &Actor, who: &Approvers, number: &str) {
    let office = &t.people().manager;
    t.survey_step(by, number, "submit").await.unwrap();
    let denied = t.survey_step(office, number, "head_approves").await;
    assert!(matches!(
        denied,
        Err(Error::Denied(Permission::SurveysApprove))
    ));
    t.survey_step(&who.head, number, "head_approves")
        .await
        .unwrap();
    let same = t.survey_step(&who.head, number, "executive_approves").await;
    assert_eq!(refused(same), "survey-same-person");
    t.survey_step(&who.executive, number, "executive_approves")
        .await
        .unwrap();
}

/// SRV-02, SRV-04 to SRV-09, programmes SV-ROUT and SV-PROD: from the application to the archive, each
/// step by whom the rule names.
#[rstest]
#[case("routine", "SV-ROUT")]
#[case("product", "SV-PROD")]
#[tokio::test]
async fn a_survey_runs_to_its_archive(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] kind: &str,
    #[case] programme: &str,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (p, who) = (t.people(), t.approvers().await);
    let (by, office) = (&p.operations_cq, &p.manager);
    let form = s::ApplicationForm {
        kind: kind.into(),
        ..t.application("sms", "named")
    };
    let number = s::create_survey(&t.app, by, t.now, &form).await.unwrap();
    let skipped = s::build_questionnaire(&t.app, office, t.now, &number, QUESTIONNAIRE).await;
    assert_eq!(refused(skipped), "survey-wrong-state");
    agree(&t, by, &who, &number).await;
    let bad = s::build_questionnaire(&t.app, office, t.now, &number, "评价？【单选】").await;
    assert_eq!(refused(bad), "survey-form-few-options");
    s::build_questionnaire(&t.app, office, t.now, &number, QUESTIONNAIRE)
        .await
        .unwrap();
    let unconfirmed = t.survey_step(office, &number, "launch").await;
    assert_eq!(refused(unconfirmed), "survey-wrong-state");
    t.survey_step(by, &number, "give_back").await.unwrap();
    s::build_questionnaire(&t.app, office, t.now, &number, QUESTIONNAIRE)
        .await
        .unwrap();
    t.survey_step(by, &number, "confirm").await.unwrap();
    t.survey_step(office, &number, "launch").await.unwrap();
    run_jobs(&t).await;
    let seen = page(&t, by, &number).await;
    assert_eq!(seen.row.kind.programme(), programme);
    assert_eq!(
        seen.row.due_on.unwrap().to_string(),
        "2024-03-19",
        "a week after the last day"
    );
    assert!(seen.invited > 2, "the customers of Chongqing are invited");
    let tokens = t.survey_tokens(seen.row.id).await;
    assert_eq!(i64::try_from(tokens.len()).unwrap(), seen.invited);
    let answers: &[&[&str]] = &[&["4"], &["0"], &["夜间多些坐席"]];
    let at = t.now + Duration::hours(5);
    t.answer_survey(at, &tokens[0], answers, 60).await.unwrap();
    let again = t.answer_survey(at, &tokens[0], answers, 60).await;
    assert!(
        matches!(again, Err(Error::NotFound)),
        "a token is good once"
    );
    let early = results(&t, by, &number).await;
    assert_eq!(early.shown, Shown::Running);
    finish(&t, by, &number).await;
    let end = results(&t, by, &number).await;
    assert_eq!((end.valid, end.shown), (1, Shown::Yes));
    assert_eq!(end.items[0].mean_hundredths, Some(400));
    assert_eq!(end.words.rows[0].words, "夜间多些坐席");
}

async fn run_jobs(t: &TestApp) {
    let (app, now) = (t.app.clone(), t.now);
    let run = tokio::spawn(async move { app::jobs::run_due(&app, &move || now).await });
    run.await.unwrap().unwrap();
}

/// §5.3(3): the requester neither builds nor distributes, whatever the rights.
#[rstest]
#[tokio::test]
async fn the_requester_does_not_build(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let who = t.approvers().await;
    let both = &t.people().leader_cq;
    let number = t.asked(both, "sms", "named").await;
    t.survey_step(both, &number, "submit").await.unwrap();
    t.survey_step(&who.head, &number, "head_approves")
        .await
        .unwrap();
    t.survey_step(&who.executive, &number, "executive_approves")
        .await
        .unwrap();
    let own = s::build_questionnaire(&t.app, both, t.now, &number, QUESTIONNAIRE).await;
    assert_eq!(refused(own), "duty-survey-requester");
    let offered = page(&t, both, &number).await;
    assert!(offered.steps.is_empty(), "{:?}", offered.steps);
}

/// SRV-01, C-19: two routine surveys of a department in a year; one more is the general manager's.
#[rstest]
#[tokio::test]
async fn the_third_of_the_year_is_the_general_managers(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (p, who) = (t.people(), t.approvers().await);
    let (by, office) = (&p.operations_cq, &p.manager);
    for _ in 0..2 {
        let number = t.asked(by, "open_link", "anonymous").await;
        t.launch(by, &who, &number).await;
    }
    let Approvers {
        head,
        executive,
        general,
    } = &who;
    let third = t.asked(by, "open_link", "anonymous").await;
    t.survey_step(by, &third, "submit").await.unwrap();
    t.survey_step(head, &third, "head_approves").await.unwrap();
    t.survey_step(executive, &third, "executive_approves")
        .await
        .unwrap();
    let over = s::build_questionnaire(&t.app, office, t.now, &third, QUESTIONNAIRE).await;
    assert_eq!(refused(over), "survey-over-limit");
    let seen = page(&t, by, &third).await;
    assert_eq!(
        (seen.needs_manager, seen.waiting),
        (true, s::Waiting::GeneralManager)
    );
    let same = t.survey_step(executive, &third, "manager_approves").await;
    assert_eq!(refused(same), "survey-same-person");
    t.survey_step(general, &third, "manager_approves")
        .await
        .unwrap();
    s::build_questionnaire(&t.app, office, t.now, &third, QUESTIONNAIRE)
        .await
        .unwrap();
    t.survey_step(by, &third, "confirm").await.unwrap();
    t.survey_step(office, &third, "launch").await.unwrap();
    // Another department has its own two; a product survey has no number.
    for (department, kind) in [("承保部", "routine"), ("理赔部", "product")] {
        let form = s::ApplicationForm {
            department: department.into(),
            kind: kind.into(),
            ..t.application("open_link", "anonymous")
        };
        let number = s::create_survey(&t.app, by, t.now, &form).await.unwrap();
        t.launch(by, &who, &number).await;
    }
    let help = s::application_help(&t.app, by, t.now).await.unwrap();
    let used: Vec<_> = help
        .departments
        .iter()
        .map(|(n, c)| (n.as_str(), c.unwrap().launched))
        .collect();
    assert!(
        used.contains(&("理赔部", 3)) && used.contains(&("承保部", 1)),
        "{used:?}"
    );
}

/// SRV-04: what is missing is said of every field at once.
#[rstest]
#[tokio::test]
async fn everything_is_mandatory(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let by = &t.people().operations_cq;
    let empty = s::create_survey(&t.app, by, t.now, &s::ApplicationForm::default()).await;
    let fields: Vec<_> = invalid(empty).into_iter().map(|(field, _)| field).collect();
    for field in [
        "department",
        "title",
        "purpose",
        "draft",
        "respondents",
        "kind",
        "identity",
        "platform",
        "from_on",
        "to_on",
    ] {
        assert!(fields.iter().any(|f| f == field), "{field}: {fields:?}");
    }
    let form = s::ApplicationForm {
        time_points: "2024-03-20 10:00".into(),
        ..t.application("open_link", "named")
    };
    let wrong = invalid(s::create_survey(&t.app, by, t.now, &form).await);
    let wrong: Vec<_> = wrong
        .iter()
        .map(|(f, c)| (f.as_str(), c.as_str()))
        .collect();
    assert_eq!(
        wrong,
        [
            ("identity", "survey-open-named"),
            ("time_points", "survey-point-outside")
        ]
    );
}

/// SRV-06: a job that is run again invites nobody twice; a share is drawn by chance.
#[rstest]
#[tokio::test]
async fn nobody_is_invited_twice(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let (by, who) = (&t.people().operations_cq, t.approvers().await);
    let number = t.asked(by, "sms", "anonymous").await;
    t.launch(by, &who, &number).await;
    let first = page(&t, by, &number).await;
    let of_chongqing = "SELECT COUNT(*) FROM customers WHERE customer_no LIKE 'C50%'";
    assert_eq!(first.invited, t.database.number(of_chongqing).await);
    t.database
        .execute("UPDATE jobs SET state = 'queued', run_at = 0 WHERE kind = 'distribute_survey'")
        .await;
    run_jobs(&t).await;
    assert_eq!(page(&t, by, &number).await.invited, first.invited);
    let sent = t.survey_tokens(first.row.id).await.len();
    assert_eq!(i64::try_from(sent).unwrap(), first.invited);
    // Half go out at the first moment, half at the second.
    let moments = "SELECT COUNT(DISTINCT not_before) FROM messages WHERE about_kind = 'survey'";
    assert_eq!(t.database.number(moments).await, 2);
}

/// SRV-10: valid and invalid questionnaires are told apart, and both are reported.
#[rstest]
#[tokio::test]
async fn valid_and_invalid_are_both_reported(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::with_portfolio(engine).await;
    let (by, who) = (&t.people().operations_cq, t.approvers().await);
    let number = t.asked(by, "open_link", "anonymous").await;
    t.launch(by, &who, &number).await;
    let link = page(&t, by, &number).await.link.unwrap();
    let token = link.split("/s/").nth(1).unwrap();
    let full: &[&[&str]] = &[&["5"], &["1"], &[]];
    for _ in 0..4 {
        let taken = t.answer_survey(t.now, token, full, 60).await.unwrap();
        assert_eq!(taken, Submitted::Taken { is_open: true });
    }
    t.answer_survey(t.now, token, full, 0).await.unwrap();
    t.answer_survey(t.now, token, &[&["5"], &[], &[]], 60)
        .await
        .unwrap();
    s::take_survey_step(
        &t.app,
        &t.people().manager,
        t.now,
        &number,
        ("close", "提前结束"),
    )
    .await
    .unwrap();
    let late = t.answer_survey(t.now, token, full, 60).await;
    assert!(late.is_err(), "nothing is taken after the end");
    let few = results(&t, by, &number).await;
    assert_eq!((few.received, few.valid), (6, 4));
    assert_eq!(few.shown, Shown::TooFew { needed: 5 });
    assert!(few.items.is_empty());
    let of = |verdict| few.verdicts.iter().find(|v| v.0 == verdict).unwrap().1;
    assert_eq!((of(Verdict::TooFast), of(Verdict::Incomplete)), (1, 1));
    let hidden = s::results_csv(&t.app, &t.people().leader_cq, t.now, &number).await;
    assert_eq!(refused(hidden), "survey-results-hidden");
}
