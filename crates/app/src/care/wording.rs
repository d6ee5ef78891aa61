//! What a programme wants said, and the values that stand in the text.

use crate::rules::Rules;
use chrono::NaiveDate;
use domain::callbacks::ContactChannel;
use rules::Programme;
use store::care::DueContact;

/// What a programme wants done so that a contact is discharged.
#[derive(Clone, Debug, Default)]
pub(super) struct Wording {
    /// Code of the text; nothing where a person tells the customer.
    pub template: Option<String>,
    /// Channels by which a person may tell the customer in place of the message.
    pub by_hand: Vec<ContactChannel>,
}

/// Reads what a programme wants. Where it names no channel, the telephone will do.
pub(super) fn wording(programme: Option<&Programme>) -> Wording {
    let Some(table) = programme.map(|p| &p.discharge) else {
        return Wording::default();
    };
    let template = table.get("template").and_then(toml::Value::as_str);
    let channels = table.get("by_hand").and_then(toml::Value::as_array);
    let by_hand = channels.into_iter().flatten();
    let by_hand = by_hand.filter_map(toml::Value::as_str);
    let mut by_hand: Vec<_> = by_hand
        .filter_map(|c| ContactChannel::parse(c).ok())
        .collect();
    if by_hand.is_empty() {
        by_hand.push(ContactChannel::Phone);
    }
    Wording {
        template: template.map(str::to_owned),
        by_hand,
    }
}

/// Codes of the programmes whose contacts are owed even when they are late; all others are of no use
/// after their last day.
pub(super) fn owed_late(rules: &Rules) -> Vec<String> {
    let programmes = rules.book().programmes().iter();
    let owed = programmes.filter(|p| {
        let late = p.discharge.get("owed_late");
        p.kind == "message" && late.and_then(toml::Value::as_bool) == Some(true)
    });
    let mut codes: Vec<_> = owed.map(|p| p.code.clone()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Characters of a policy number that a message shows.
const TAIL: usize = 4;

/// What is known of a contact, by the places of texts.
pub(super) fn values(rules: &Rules, contact: &DueContact) -> Vec<(&'static str, String)> {
    let policy = contact.policy_no.as_deref().map(tail);
    let holiday = rules.calendar().day(contact.trigger_on);
    let known = [
        ("product", contact.product.clone()),
        ("policy_tail", policy),
        ("effective_on", contact.effective_on.map(in_words)),
        ("due_on", contact.premium_due_on.map(in_words)),
        (
            "cooling_off_days",
            contact.cooling_off_days.map(|n| n.to_string()),
        ),
        ("claim_no", contact.claim_no.clone()),
        (
            "registered_on",
            fact(&contact.facts, "event.occurred_on").map(in_words),
        ),
        ("holiday", holiday.name.map(|name| name.zh.clone())),
    ];
    let known = known.into_iter();
    known
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn tail(number: &str) -> String {
    let skip = number.chars().count().saturating_sub(TAIL);
    number.chars().skip(skip).collect()
}

fn in_words(day: NaiveDate) -> String {
    day.format("%Y年%-m月%-d日").to_string()
}

/// A date among the facts that a decision rests on.
fn fact(facts: &str, name: &str) -> Option<NaiveDate> {
    let facts: serde_json::Value = serde_json::from_str(facts).ok()?;
    facts.get(name)?.as_str()?.parse().ok()
}
