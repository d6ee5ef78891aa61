//! Letters of a unit, and every function of the store that shows them.

use super::objects::Objects;
use super::walk::Seen;
use app::letters::{BatchForm, start_batch};
use domain::access::{Actor, Permission, Scope};
use domain::customers::BankAccount;
use domain::ids::LetterId;
use store::letters::{self as rows, Candidates, LetterFilter, NewAccount};
use store::{AuditEntry, Store};
use testkit::TestApp;
use uuid::Uuid;

/// A letter with its batch.
pub(super) struct Paper {
    pub(super) letter: LetterId,
    pub(super) number: String,
    pub(super) batch: Uuid,
}

/// Prints the letter of a policy and notes an account on it.
pub(super) async fn print(t: &TestApp, by: &Actor, policy_no: &str) -> Paper {
    let form = BatchForm {
        programme: "PC-CL1".into(),
        ..BatchForm::default()
    };
    let batch = start_batch(&t.app, by, t.now, &form).await.unwrap();
    let (app, now) = (t.app.clone(), t.now);
    let run = tokio::spawn(async move { app::jobs::run_due(&app, &move || now).await });
    run.await.unwrap().unwrap();
    let whole = Actor::system().scope(Permission::LettersRead).unwrap();
    let made = rows::list_batch(t.app.store(), &whole, batch, None, 50)
        .await
        .unwrap();
    let of_policy = |l: &&rows::LetterRow| l.policy_no.as_deref() == Some(policy_no);
    let letter = made.iter().find(of_policy).unwrap();
    let account = BankAccount::parse("6222021234567890").unwrap();
    let work = t.app.store().begin(t.now).await.unwrap();
    let new = NewAccount {
        policy: letter.policy_id.unwrap(),
        customer: letter.customer_id,
        letter: letter.id,
        bank: "工商银行",
        account: &account,
        given_on: letter.issued_on,
        recorded_by: &by.name,
    };
    rows::insert_account(&work, &new).await.unwrap();
    let entry = AuditEntry::new(by, "policy.account_changed", "policy", new.policy.0);
    work.commit(entry).await.unwrap();
    Paper {
        letter: letter.id,
        number: letter.number.clone(),
        batch,
    }
}

pub(super) async fn walk_letters(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let paper = &o.paper;
    let mut seen = Seen::new();
    let mut note = |name, n| seen.insert(name, n);
    let filter = LetterFilter {
        customer: Some(o.customer),
        ..LetterFilter::default()
    };
    let found = rows::list_letters(db, scope, &filter, 50).await.unwrap();
    note("list_letters", found.rows.len());
    let found = rows::count_letters(db, scope, &filter, 50).await.unwrap();
    note("count_letters", usize::try_from(found).unwrap());
    let found = rows::list_letters_of_callback(db, scope, o.next)
        .await
        .unwrap();
    note("list_letters_of_callback", found.len());
    let found = rows::find_letter(db, scope, paper.letter).await.unwrap();
    note("find_letter", usize::from(found.is_some()));
    let found = rows::find_letter_by_number(db, scope, &paper.number)
        .await
        .unwrap();
    note("find_letter_by_number", usize::from(found.is_some()));
    let found = rows::list_letter_entries(db, scope, paper.letter)
        .await
        .unwrap();
    note("list_letter_entries", found.len());
    let found = rows::list_batch(db, scope, paper.batch, None, 50)
        .await
        .unwrap();
    note("list_batch", found.len());
    let found = rows::count_batch(db, scope, paper.batch).await.unwrap();
    note("count_batch", usize::try_from(found).unwrap());
    let found = rows::find_account(db, scope, o.policy).await.unwrap();
    note("find_account", usize::from(found.is_some()));
    let wanted = Candidates {
        programme: "CP-SET".into(),
        ..Candidates::default()
    };
    let found = rows::list_candidates(db, scope, &wanted, None, 50)
        .await
        .unwrap();
    note(
        "list_candidates",
        found.iter().filter(|id| **id == o.callback).count(),
    );
    seen
}
