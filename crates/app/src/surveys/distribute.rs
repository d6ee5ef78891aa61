//! Sending a survey out: every customer within the scope is invited once, in portions, each its own
//! transaction, so that a job that was interrupted goes on where it was.

use super::apply::read_points;
use super::find;
use crate::access::{Token, hash_token};
use crate::jobs::Clock;
use crate::messaging::{Addressed, Wanted, queue};
use crate::{App, Result};
use domain::access::{Actor, Permission};
use domain::ids::{CustomerId, SurveyId};
use domain::messaging::MessageChannel;
use domain::surveys::{Platform, SurveyIdentity, SurveyState};
use domain::time::{self, Instant};
use sha2::{Digest as _, Sha256};
use store::surveys::{self as rows, Respondents, SurveyRow};
use store::{Audit, AuditEntry, UnitOfWork};

/// Customers invited in one transaction: other writers wait no longer than for these.
const PORTION: i64 = 100;
/// The path of surveys.
pub(super) const PATH: &str = "/s/";

/// Invites the customers of a survey that runs; says how many there are now.
///
/// # Errors
/// When the actor may not, or there is no text for the platform.
pub(crate) async fn distribute(
    app: &App,
    actor: &Actor,
    clock: Clock<'_>,
    survey: SurveyId,
    tell: &(dyn Fn(u64, u64) + Sync),
) -> Result<u64> {
    let scope = actor.scope(Permission::SurveysRun)?;
    let row = find(app.store(), &scope, &survey.to_string()).await?;
    let Some(channel) = channel_of(row.platform) else {
        return Ok(0);
    };
    let of = Respondents {
        org_path: &row.scope_org_path,
        kind: row.customer_kind,
    };
    let all = rows::count_candidates(app.store(), &scope, &of, i64::MAX - 1).await?;
    let expected = (all * row.sample_percent / 100).max(1);
    let points = read_points(&row.time_points);
    let mut invited = rows::count_invitations(app.store(), survey).await?;
    let mut after = None;
    loop {
        let work = app.store().begin(clock()).await?;
        let now = find(&work, &scope, &survey.to_string()).await?;
        let found = rows::list_candidates(&work, &scope, &of, survey, after, PORTION).await?;
        let Some(last) = found
            .last()
            .copied()
            .filter(|_| now.state == SurveyState::Running)
        else {
            work.roll_back().await?;
            break;
        };
        let mut audit = Vec::new();
        for customer in found
            .into_iter()
            .filter(|c| is_drawn(survey, *c, row.sample_percent))
        {
            let at = points.get(place(invited, expected, points.len())).copied();
            audit.extend(invite(app, &work, actor, &row, customer, (channel, at)).await?);
            invited += 1;
        }
        let done = u64::try_from(invited).unwrap_or(0);
        let detail = serde_json::json!({ "number": row.number, "invited": invited });
        let entry = AuditEntry::new(actor, "survey.distributed", "survey", survey.0);
        work.commit(Audit::with(entry.detail(detail), audit))
            .await?;
        after = Some(last);
        tell(done, u64::try_from(expected).unwrap_or(done).max(done));
    }
    Ok(u64::try_from(invited).unwrap_or(0))
}

/// The channel of a platform; none where one link serves everybody.
fn channel_of(platform: Platform) -> Option<MessageChannel> {
    match platform {
        Platform::Sms => Some(MessageChannel::Sms),
        Platform::Email => Some(MessageChannel::Email),
        Platform::Wechat => Some(MessageChannel::Wechat),
        Platform::OpenLink => None,
    }
}

/// Whether a customer is in the sample: by chance, and the same whenever it is asked.
fn is_drawn(survey: SurveyId, customer: CustomerId, percent: i64) -> bool {
    let mut hash = Sha256::new();
    hash.update(survey.0.as_bytes());
    hash.update(customer.0.as_bytes());
    let digest = hash.finalize();
    let drawn = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    i64::from(drawn % 100) < percent
}

/// Which of the moments an invitation goes out at: equal parts, one after the other.
fn place(invited: i64, expected: i64, points: usize) -> usize {
    let all = i64::try_from(points).unwrap_or(0);
    let place = (invited * all / expected.max(1)).min(all - 1);
    usize::try_from(place).unwrap_or(0)
}

async fn invite(
    app: &App,
    work: &UnitOfWork,
    actor: &Actor,
    row: &SurveyRow,
    customer: CustomerId,
    (channel, at): (MessageChannel, Option<Instant>),
) -> Result<Option<AuditEntry>> {
    let token = Token::new(app).0;
    let named = row.identity == SurveyIdentity::Named;
    rows::insert_invitation(work, row.id, customer, &hash_token(&token), named).await?;
    let url = address(app, &token);
    let until = row.to_on.format("%m月%d日").to_string();
    let wanted = Wanted {
        template: if named {
            "survey_named"
        } else {
            "survey_anonymous"
        },
        channel: Some(channel),
        to: Addressed::Customer(customer),
        values: &[("title", &row.title), ("url", &url), ("until", &until)],
        about: ("survey", Some(row.id.0)),
        once: None,
        not_before: at.filter(|at| *at > work.now()),
        expires_at: Some(time::end_of_day_in_china(row.to_on)),
    };
    Ok(queue(app, work, actor, &wanted).await?.entry)
}

/// The address of a survey's page.
pub(super) fn address(app: &App, token: &str) -> String {
    let base = app.doors().public_url().trim_end_matches('/').to_owned();
    format!("{base}{PATH}{token}")
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn invitations_are_spread_over_the_time_points() {
        let places: Vec<_> = (0..7).map(|n| place(n, 6, 3)).collect();
        assert_eq!(places, [0, 0, 1, 1, 2, 2, 2]);
        assert_eq!(place(5, 1, 0), 0);
    }
}
