//! What a plan of contacts says of a callback: what the customer is called for.

use crate::sql::{find, params};
use crate::{Reads, Result};
use domain::ids::CallbackId;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// The campaign that a callback belongs to.
#[derive(Clone, Debug)]
pub struct OccasionRow {
    /// Number of the campaign.
    pub number: String,
    /// Title of the campaign.
    pub title: String,
    /// What the campaign is to find out or to reach.
    pub goal: String,
    /// What this customer is called for.
    pub purpose: Option<String>,
    /// The channel that was planned, as a code.
    pub channel: Option<String>,
    /// What the caller has at hand.
    pub material: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    number: String,
    title: String,
    goal: String,
    purpose: Option<Vec<u8>>,
    channel: Option<String>,
    material: Option<String>,
}

/// The campaign of a callback that its caller has in sight.
///
/// # Errors
/// What the database says.
pub async fn find_occasion(db: &impl Reads, id: CallbackId) -> Result<Option<OccasionRow>> {
    let sql = "SELECT m.id, g.number, g.title, g.goal, m.purpose, g.channel, g.material FROM callbacks b \
               JOIN obligations d ON d.id = b.obligation_id JOIN campaign_members m ON m.id = d.trigger_ref \
               JOIN campaigns g ON g.id = m.campaign_id WHERE b.id = $1";
    let found: Option<Row> = find(db, sql, params![id.0]).await?;
    found
        .map(|r| {
            let open = |sealed: Vec<u8>| db.keys().open("campaign_members.purpose", r.id, &sealed);
            Ok(OccasionRow {
                purpose: r.purpose.map(open).transpose()?,
                number: r.number,
                title: r.title,
                goal: r.goal,
                channel: r.channel,
                material: r.material,
            })
        })
        .transpose()
}
