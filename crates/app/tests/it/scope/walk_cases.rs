//! The walk through lists of problem cases, reviews, notes and signs of false records.

use super::objects::Objects;
use super::walk::Seen;
use domain::access::{Actor, Permission, Scope};
use domain::callbacks::{
    AttemptResult, Authorisation, AuthorisedBy, ContactChannel, ProxyReason, ProxyRelation,
    RecordVerdict, ResultVerdict, Signal, SignalKind,
};
use domain::time;
use store::callbacks::{self as calls, AttemptEnd, NewAttempt, NewReview, NewSignal, SignalFilter};
use store::tickets::{self as tickets, NewProblemList, TicketFilter};
use store::{AuditEntry, Store, UnitOfWork};
use testkit::TestApp;

/// An attempt that a family member answered with an authorisation.
async fn authorise(work: &UnitOfWork, o: &Objects) {
    let attempt = NewAttempt {
        callback: o.callback,
        customer: o.customer,
        seq: 99,
        round: 1,
        channel: ContactChannel::Phone,
        in_branch: false,
        is_recall: false,
        questionnaire: None,
        caller: o.caller,
    };
    let attempt = calls::insert_attempt(work, &attempt).await.unwrap();
    let authorisation = Authorisation {
        name: "x".into(),
        relation: ProxyRelation::Child,
        reason: ProxyReason::HardOfHearing,
        given: AuthorisedBy::Recorded,
    };
    let end = AttemptEnd {
        result: AttemptResult::NotInPerson,
        respondent: None,
        authorisation: Some(&authorisation),
        note: None,
        appointment_at: None,
    };
    calls::save_attempt(work, attempt, &end).await.unwrap();
}

/// A review, a note, a sign and a list in the unit of some objects.
pub(super) async fn prepare(t: &TestApp, o: &Objects) {
    let p = t.people();
    let handler = [&p.operations_cq, &p.operations_sd][usize::from(o.org == "37")];
    super::walk_information::prepare(t, handler, o.customer_no).await;
    let db: &Store = t.app.store();
    let whole = Actor::system().scope(Permission::CallbacksRead).unwrap();
    let attempts = calls::list_attempts(db, &whole, o.callback).await.unwrap();
    let org = store::orgs::find_org_by_code(db, o.org).await.unwrap();
    let org = org.unwrap().id;
    let sql = format!(
        "UPDATE policies SET channel = 'bancassurance' WHERE policy_no = '{}'",
        o.policy_no
    );
    t.database.execute(&sql).await;
    let work = db.begin(t.now).await.unwrap();
    let review = NewReview {
        callback: o.callback,
        customer: o.customer,
        reviewer: o.handler,
        reviewer_name: "x",
        record: RecordVerdict::InOrder,
        result: ResultVerdict::Agreed,
        guidance: Some("y"),
        caller: Some(o.caller),
    };
    calls::insert_review(&work, &review).await.unwrap();
    let author = (o.handler, "x");
    calls::insert_note(&work, o.callback, o.customer, None, author, "y")
        .await
        .unwrap();
    let signal = NewSignal {
        callback: o.callback,
        attempt: attempts[0].id,
        org: org.0,
        caller: o.caller,
        happened_at: t.now,
        signal: Signal {
            kind: SignalKind::TooFast,
            measured: 0,
            allowed: 2,
        },
        rule: "",
    };
    assert!(calls::insert_signal(&work, &signal).await.unwrap());
    authorise(&work, o).await;
    let today = time::date_in_china(t.now);
    let list = NewProblemList {
        number: &number(o),
        kind: domain::tickets::CaseListKind::Bancassurance,
        words: ("", ""),
        org,
        from: today,
        to: today,
        rows: &[],
        hash: "",
        penalty_rule: "",
        penalty_article: "",
        by: o.handler,
        by_name: "x",
    };
    tickets::insert_problem_list(&work, &list).await.unwrap();
    let entry = AuditEntry::new(&Actor::system(), "ticket.list_made", "ticket", None);
    work.commit(entry).await.unwrap();
}

fn number(o: &Objects) -> String {
    format!("PL-2024-00000{}", o.org)
}

pub(super) async fn walk_cases(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let today = time::date_in_china(t.now);
    let mut seen = super::walk_information::walk_information(t, scope, o).await;
    let mut note = |name, n| seen.insert(name, n);
    let source = tickets::TicketSource::Callback(o.callback);
    let found = tickets::list_tickets_raised(db, scope, source).await;
    note("list_tickets_raised", found.unwrap().len());
    let span = (today - chrono::Days::new(400), today);
    let found = tickets::list_timeliness(db, scope, span, today, 100).await;
    let found = found.unwrap();
    let own = found.iter().filter(|s| s.org_code.starts_with(o.org));
    note("list_timeliness", own.count());
    let reviews = calls::list_reviews(db, scope, o.callback).await.unwrap();
    note("list_reviews", reviews.len());
    let notes = calls::list_notes(db, scope, o.callback).await.unwrap();
    note("list_notes", notes.len());
    let of = calls::list_signals_of_callback(db, scope, o.callback).await;
    note("list_signals_of_callback", of.unwrap().len());
    let all = calls::list_signals(db, scope, &SignalFilter::default(), 50).await;
    let all = all.unwrap().rows.into_iter();
    let ours: Vec<_> = all.filter(|s| s.callback_id == o.callback).collect();
    note("list_signals", ours.len());
    let whole = Actor::system().scope(Permission::CallbacksRead).unwrap();
    let known = calls::list_signals_of_callback(db, &whole, o.callback).await;
    let id = known.unwrap()[0].id;
    let found = calls::find_signal(db, scope, id).await.unwrap();
    note("find_signal", usize::from(found.is_some()));
    let verdicts = calls::count_verdicts(db, scope, today, today)
        .await
        .unwrap();
    let reviewed = calls::list_reviews(db, scope, o.callback).await.unwrap();
    note("count_verdicts", verdicts.len().min(reviewed.len()));
    note("list_unreviewed", unreviewed(t, scope, o).await);
    let path = format!("/000/{}/", o.org);
    let cases = tickets::list_listed_cases(
        db,
        scope,
        (domain::tickets::CaseListKind::Bancassurance, &path),
        today,
        today,
        50,
    )
    .await;
    note("list_listed_cases", cases.unwrap().len());
    let filter = TicketFilter {
        customer: Some(o.customer),
        ..Default::default()
    };
    let ids = tickets::list_ticket_ids(db, scope, &filter, 50).await;
    note("list_ticket_ids", ids.unwrap().len());
    let lists = tickets::list_problem_lists(db, scope, None, 50)
        .await
        .unwrap();
    let ours = lists.rows.iter().filter(|l| l.number == number(o));
    note("list_problem_lists", ours.count());
    let found = tickets::find_problem_list(db, scope, &number(o)).await;
    note("find_problem_list", usize::from(found.unwrap().is_some()));
    seen
}

/// The next callback, as if it had ended without a review.
async fn unreviewed(t: &TestApp, scope: &Scope, o: &Objects) -> usize {
    let next = t.look(o.next).await;
    let set = async |change: &str| {
        let sql = format!(
            "UPDATE callbacks SET {change} WHERE number = '{}'",
            next.number
        );
        t.database.execute(&sql).await;
    };
    set("state = 'completed', is_open = FALSE, attempts_total = 1").await;
    let wanted = [next.programme.clone()];
    let found = calls::list_unreviewed(t.app.store(), scope, &wanted, None, 50).await;
    let found = found
        .unwrap()
        .rows
        .iter()
        .filter(|c| c.id == o.next)
        .count();
    set("state = 'assigned', is_open = TRUE, attempts_total = 0").await;
    found
}
