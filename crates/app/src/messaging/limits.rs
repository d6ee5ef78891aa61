//! Do-not-disturb hours and caps: dated parameters of the rules, by purpose.

use crate::rules::{BusinessCalendar, Rules};
use crate::{App, Result};
use chrono::NaiveTime;
use domain::access::{Actor, Permission};
use domain::callbacks::DayOff as _;
use domain::messaging::{Cap, Holidays, MessagePurpose, SlotRules, Window};
use domain::time::{Instant, date_in_china};
use rules::{Facts, NaiveDate, Value};

impl Holidays for BusinessCalendar<'_> {
    fn is_holiday(&self, date: NaiveDate) -> bool {
        self.is_public_holiday(date)
    }
}

/// What holds for the messages of a purpose on a day. What no parameter says is not limited.
pub(crate) fn slot_rules(rules: &Rules, purpose: MessagePurpose, on: NaiveDate) -> SlotRules {
    let number = |what: &str| {
        let setting = rules.setting(&format!("message_{purpose}_{what}"), on);
        setting.and_then(|n| u32::try_from(n).ok())
    };
    let hour = |what| {
        let hour = number(what).unwrap_or(0);
        NaiveTime::from_hms_opt(hour.min(23), 0, 0).unwrap_or_default()
    };
    let facts = Facts::new(rules.book().schema());
    let holidays = format!("message_{purpose}_on_public_holidays");
    let holidays = rules.book().parameter_value(&holidays, &facts, on);
    let own = number("own_cap").zip(number("own_cap_days"));
    SlotRules {
        window: Window {
            from: hour("from"),
            until: hour("until"),
        },
        on_public_holidays: holidays != Some(Value::Bool(false)),
        per_day: number("day_cap"),
        own: own.map(|(messages, days)| Cap { messages, days }),
    }
}

/// What holds for the messages of a purpose.
#[derive(Clone, Copy, Debug)]
pub struct LimitsOf {
    /// The purpose.
    pub purpose: MessagePurpose,
    /// What holds.
    pub rules: SlotRules,
}

/// What holds for messages, and which channels have a way.
#[derive(Clone, Debug)]
pub struct Limits {
    /// By purpose, by precedence.
    pub purposes: Vec<LimitsOf>,
    /// The pack that says so.
    pub pack: &'static str,
}

/// The pack that holds the parameters.
const PACK: &str = "company/contacts";

/// What holds for messages today.
///
/// # Errors
/// When the actor may not see messages.
pub fn limits(app: &App, actor: &Actor, now: Instant) -> Result<Limits> {
    actor.demand(Permission::MessagesRead)?;
    let (rules, today) = (app.rules(), date_in_china(now));
    let of = |purpose: &MessagePurpose| LimitsOf {
        purpose: *purpose,
        rules: slot_rules(&rules, *purpose, today),
    };
    Ok(Limits {
        purposes: MessagePurpose::ALL.iter().map(of).collect(),
        pack: PACK,
    })
}
