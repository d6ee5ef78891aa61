//! What has to be examined again though no customer changed: rules changed, numbers of agents changed, a day
//! came, a callback confirmed contact data, keys were exchanged.

use super::read_rules::InformationRules;
use crate::Result;
use crate::rules::Rules;
use chrono::NaiveDate;
use domain::access::Actor;
use store::customers::{Derived, enqueue_derived, enqueue_derived_for_everybody};
use store::data_quality as rows;
use store::dialect::bulk::Bulk;
use store::settings::{find_setting_in_bulk, put_setting_in_bulk};
use store::{AuditEntry, Turn};

/// What the rules were when everybody was examined.
const RULES_SEEN: &str = "information.rules";
/// Until when changes of agents were looked at, in milliseconds.
const AGENTS_SEEN: &str = "information.agents";
/// Until when callbacks were looked at, in milliseconds.
const CALLBACKS_SEEN: &str = "information.callbacks";
/// Customers whose day has come that are queued at once.
const DUE: i64 = 20_000;
/// Callbacks that are looked at at once.
const CALLBACKS: i64 = 5_000;

/// Queues what is to be examined again.
pub(super) async fn keep_house(
    bulk: &mut Bulk,
    rules: &Rules,
    read: &InformationRules,
    today: NaiveDate,
) -> Result<()> {
    bulk.begin().await?;
    bulk.take_turn(Turn::Information).await?;
    match queue(bulk, rules, read, today).await {
        Ok(0) => bulk.roll_back().await?,
        Ok(n) => {
            let detail = serde_json::json!({ "queued": n });
            let entry = AuditEntry::new(&Actor::system(), "information.queued", "customer", None);
            bulk.commit(entry.detail(detail)).await?;
        }
        Err(error) => {
            bulk.roll_back().await?;
            return Err(error);
        }
    }
    Ok(())
}

/// Says how much there was to note; nothing of it is kept when there was nothing.
async fn queue(
    bulk: &mut Bulk,
    rules: &Rules,
    read: &InformationRules,
    today: NaiveDate,
) -> Result<usize> {
    let mut noted = 0;
    // While keys are exchanged values of both are compared with neither; afterwards everybody is looked at again.
    let exchange = bulk.keyring().has_older_index();
    let now = format!(
        "{} {exchange} {:?} {:?}",
        rules.book().hash(),
        read.limits,
        read.completion
    );
    if find_setting_in_bulk(bulk, RULES_SEEN).await?.as_deref() != Some(&now) {
        enqueue_derived_for_everybody(bulk, Derived::Quality).await?;
        put_setting_in_bulk(bulk, RULES_SEEN, now).await?;
        noted += 1;
    }
    let since = number(find_setting_in_bulk(bulk, AGENTS_SEEN).await?);
    let seen = rows::enqueue_of_agents(bulk, since).await?;
    if seen != since {
        put_setting_in_bulk(bulk, AGENTS_SEEN, seen.to_string()).await?;
        noted += 1;
    }
    loop {
        let since = number(find_setting_in_bulk(bulk, CALLBACKS_SEEN).await?);
        let (customers, seen) = rows::import_callback_verifications(bulk, since, CALLBACKS).await?;
        if seen == since {
            break;
        }
        enqueue_derived(bulk, Derived::Quality, &customers).await?;
        put_setting_in_bulk(bulk, CALLBACKS_SEEN, seen.to_string()).await?;
        noted += 1;
    }
    noted += rows::enqueue_due(bulk, today, DUE).await?;
    Ok(noted)
}

fn number(setting: Option<String>) -> i64 {
    setting.and_then(|s| s.parse().ok()).unwrap_or(0)
}
