//! What of a callback's surroundings decides which items of a questionnaire are asked.

use crate::sql::{find, params};
use crate::{Reads, Result};
use domain::ids::CallbackId;
use sea_orm::FromQueryResult;

/// Surroundings of a callback; nothing personal is among them.
#[derive(Clone, Debug, Default, FromQueryResult)]
pub struct CaseRow {
    /// Region of the nearest unit above that has one.
    pub region: Option<String>,
    /// The customer is a key account.
    pub key_account: bool,
    /// The insured is a minor.
    pub juvenile: Option<bool>,
    /// Subjects that the campaign behind the callback wants asked, with commas between them.
    pub planned_topics: Option<String>,
}

/// Surroundings of a callback that its caller has in sight.
///
/// # Errors
/// What the database says.
pub async fn find_case(db: &impl Reads, id: CallbackId) -> Result<Option<CaseRow>> {
    let sql = "SELECT (SELECT a.region FROM orgs a WHERE a.region IS NOT NULL AND substr(o.path, 1, length(a.path)) = a.path \
               ORDER BY length(a.path) DESC LIMIT 1) AS region, c.key_account, p.juvenile, \
               (SELECT g.topics FROM obligations d JOIN campaign_members m ON m.id = d.trigger_ref \
               JOIN campaigns g ON g.id = m.campaign_id WHERE d.id = b.obligation_id) AS planned_topics FROM callbacks b \
               JOIN orgs o ON o.id = b.org_id JOIN customers c ON c.id = b.customer_id \
               LEFT JOIN policies p ON p.id = b.policy_id WHERE b.id = $1";
    find(db, sql, params![id.0]).await
}
