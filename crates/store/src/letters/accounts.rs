//! Accounts from which renewal premiums are debited, as customers wrote them on a form; the newest
//! counts.

use crate::sql::{Select, millis, params};
use crate::{Reads, Result, UnitOfWork};
use chrono::NaiveDate;
use domain::access::Scope;
use domain::customers::{BankAccount, Reveal};
use domain::ids::{CustomerId, LetterId, PolicyId};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// An account of a policy.
#[derive(Clone, Debug)]
pub struct AccountRow {
    /// The bank.
    pub bank: String,
    /// Its number.
    pub account: BankAccount,
    /// The day on which the customer signed for it.
    pub given_on: NaiveDate,
    /// Who entered it.
    pub recorded_by: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    bank: String,
    account: Vec<u8>,
    given_on: NaiveDate,
    recorded_by: String,
}

/// The account of a policy in sight.
///
/// # Errors
/// What the database says.
pub async fn find_account(
    db: &impl Reads,
    scope: &Scope,
    policy: PolicyId,
) -> Result<Option<AccountRow>> {
    let mut select = Select::new(
        "SELECT r.id, r.bank, r.account, r.given_on, r.recorded_by FROM renewal_accounts r \
         JOIN policies p ON p.id = r.policy_id",
    );
    select.scope(scope, "p.org_id").own(scope, "r.customer_id");
    select.filter("r.policy_id = ?", params![policy.0]);
    select.then("ORDER BY r.id DESC LIMIT 1", Vec::new());
    let rows: Vec<Row> = select.list(db).await?;
    let row = rows.into_iter().next();
    row.map(|r| {
        let plain = db
            .keys()
            .open("renewal_accounts.account", r.id, &r.account)?;
        Ok(AccountRow {
            bank: r.bank,
            account: BankAccount::from_stored(plain),
            given_on: r.given_on,
            recorded_by: r.recorded_by,
        })
    })
    .transpose()
}

/// An account to keep.
#[derive(Clone, Copy, Debug)]
pub struct NewAccount<'n> {
    /// The policy.
    pub policy: PolicyId,
    /// The customer.
    pub customer: CustomerId,
    /// The letter on which it was written.
    pub letter: LetterId,
    /// The bank.
    pub bank: &'n str,
    /// Its number.
    pub account: &'n BankAccount,
    /// The day on which the customer signed for it.
    pub given_on: NaiveDate,
    /// Who enters it.
    pub recorded_by: &'n str,
}

/// Keeps an account of a policy; earlier ones stay.
///
/// # Errors
/// What the database says.
pub async fn insert_account(work: &UnitOfWork, new: &NewAccount<'_>) -> Result<Uuid> {
    let id = work.next_id();
    let plain = new.account.reveal(Reveal::for_storage());
    let sealed = work.keys().seal("renewal_accounts.account", id, plain)?;
    let sql = "INSERT INTO renewal_accounts (id, policy_id, customer_id, letter_id, bank, account, given_on, \
               recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = params![
        id,
        new.policy.0,
        new.customer.0,
        new.letter.0,
        new.bank,
        sealed,
        new.given_on,
        new.recorded_by,
        millis(work.now()),
    ];
    work.execute(sql, values).await?;
    Ok(id)
}
