//! The rule engine: events a second on one core, over the shipped packs.

use crate::machine::Stopwatch;
use crate::report::{Target, figure};
use crate::{Options, Result};
use chrono::{Days, NaiveDate};
use rules::facts::{EventType, FactId};
use rules::{Facts, Outcome, RuleBook, Value, Window};
use std::hint::black_box;
use std::sync::Arc;

/// A measurement lasts at least so long, in seconds of processor time.
const SECONDS_MIN: f64 = 2.0;

/// An event with what is known of its policy.
pub(crate) struct Case {
    /// What happened.
    pub event: EventType,
    /// What is known, by fact.
    pub known: Vec<(FactId, Value<'static>)>,
}

/// Chance that is the same in every run (SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice from a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number under another one.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// True so often in a hundred.
    pub(crate) fn percent(&mut self, n: u64) -> bool {
        self.below(100) < n
    }

    /// One of several, by weight.
    pub(crate) fn weighted<T: Copy>(&mut self, choices: &[(T, u64)]) -> T {
        let mut at = self.below(choices.iter().map(|c| c.1).sum());
        for (choice, weight) in choices {
            if at < *weight {
                return *choice;
            }
            at -= weight;
        }
        choices[0].0
    }
}

/// The shipped packs, as the program loads them.
pub(crate) fn book() -> Result<RuleBook> {
    let schema = Arc::new(app::rules::shipped_schema()?);
    let calendar = Arc::new(app::rules::shipped_calendar()?);
    RuleBook::load(schema, calendar, &app::rules::shipped_packs())
        .map_err(|findings| format!("packs do not load: {findings:?}").into())
}

/// A day so many days after another.
fn later(date: NaiveDate, days: u64) -> NaiveDate {
    date + Days::new(days)
}

/// Fills in cases for a rule book.
pub(crate) struct Maker<'b> {
    book: &'b RuleBook,
    dice: Dice,
}

impl<'b> Maker<'b> {
    /// A maker of cases for a book.
    pub(crate) fn new(book: &'b RuleBook, seed: u64) -> Self {
        let dice = Dice::new(seed);
        Self { book, dice }
    }

    fn event(&self, name: &str) -> Result<EventType> {
        let found = self.book.schema().find_event(name);
        found.ok_or_else(|| format!("no event {name}").into())
    }

    /// A case of the daily mix: two thirds life business, events as a core system sends them.
    pub(crate) fn mixed(&mut self) -> Result<Case> {
        let event = self.dice.weighted(&[
            ("policy_issued", 25),
            ("acknowledgement_signed", 25),
            ("policy_expired", 25),
            ("underwriting_completed", 8),
            ("claim_settled", 6),
            ("claim_paid", 6),
            ("loss_reported", 5),
        ]);
        self.case(
            event,
            &[
                ("500000", 25),
                ("370000", 25),
                ("440000", 30),
                ("110000", 20),
            ],
        )
    }

    /// A signed receipt, mostly in Chongqing.
    #[cfg(feature = "zen")]
    pub(crate) fn receipt(&mut self) -> Result<Case> {
        self.case("acknowledgement_signed", &[("500000", 80), ("370000", 20)])
    }

    fn case(&mut self, event: &str, regions: &[(&'static str, u64)]) -> Result<Case> {
        let property = match event {
            "underwriting_completed" | "claim_settled" | "claim_paid" | "loss_reported" => 90,
            "acknowledgement_signed" => 5,
            _ => 35,
        };
        let dice = &mut self.dice;
        let property = dice.percent(property);
        let (line, class) = if property {
            dice.weighted(&[
                (("motor", "motor"), 75),
                (("commercial", "property"), 15),
                (("personal", "liability"), 10),
            ])
        } else {
            dice.weighted(&[
                (("life", "participating"), 30),
                (("life", "ordinary"), 20),
                (("life", "universal"), 10),
                (("health", "long_term_health"), 25),
                (("accident", "accident"), 15),
            ])
        };
        let long = !property && class != "accident";
        let start = NaiveDate::from_ymd_opt(2024, 1, 1).ok_or("no such day")?;
        let issued = later(start, dice.below(900));
        let term = if long { 12 * (5 + dice.below(35)) } else { 12 };
        let code = |text: &'static str| Value::code(text);
        let number = |n: u64| Value::from(i64::try_from(n).ok());
        let mut named = vec![
            ("policy.line", code(line)),
            ("policy.product_class", code(class)),
            ("policy.region", code(dice.weighted(regions))),
            ("policy.term_months", number(term)),
            ("policy.application_date", Value::Date(issued)),
            ("policy.issue_date", Value::Date(issued)),
            ("policy.system_entry_date", Value::Date(issued)),
            ("policy.effective_date", Value::Date(later(issued, 1))),
            ("policy.expiry_date", Value::Date(later(issued, term * 30))),
            ("policy.premium", number(100 * (500 + dice.below(20_000)))),
            ("policy.double_recorded", Value::Bool(dice.percent(40))),
            ("policy.juvenile", Value::Bool(dice.percent(8))),
            ("insured.kind", code("individual")),
        ];
        let channels = if property {
            [
                ("direct", 60),
                ("broker", 20),
                ("online", 20),
                ("telesales", 1),
            ]
        } else {
            [
                ("individual_agent", 55),
                ("bancassurance", 20),
                ("bancassurance_realtime", 10),
                ("online", 15),
            ]
        };
        named.push(("policy.channel", code(dice.weighted(&channels))));
        let holder = if dice.percent(8) {
            "group"
        } else {
            "individual"
        };
        named.push(("holder.kind", code(holder)));
        if long {
            named.push(("policy.cooling_off_days", number(15)));
            named.push(("policy.print_date", Value::Date(later(issued, 1))));
        }
        if (long && dice.percent(95)) || event == "acknowledgement_signed" {
            let signed = later(issued, 1 + dice.below(12));
            named.push(("policy.ack_signed_on", Value::Date(signed)));
            named.push(("policy.ack_entered_on", Value::Date(later(signed, 1))));
            if dice.percent(3) {
                named.push(("policy.withdrawn_on", Value::Date(later(signed, 5))));
            }
        }
        if !matches!(
            event,
            "policy_issued" | "acknowledgement_signed" | "policy_expired"
        ) {
            let on = later(issued, dice.below(200));
            named.push(("event.occurred_on", Value::Date(on)));
            named.push(("event.paid_on", Value::Date(on)));
            named.push(("event.amount", number(100 * (300 + dice.below(50_000)))));
            let outcome = dice.weighted(&[("paid", 90), ("refused", 5), ("zero_closed", 5)]);
            named.push(("event.outcome", code(outcome)));
            let reporter = dice.weighted(&[("insured", 70), ("repair_shop", 20), ("agent", 10)]);
            named.push(("event.reporter_role", code(reporter)));
            named.push(("event.underwriting_region", code("500000")));
            let place = dice.weighted(&[("500000", 80), ("510000", 20)]);
            named.push(("event.loss_region", code(place)));
        }
        let mut known = Vec::with_capacity(named.len());
        for (name, value) in named {
            let fact = self.book.schema().find_fact(name);
            known.push((fact.ok_or_else(|| format!("no fact {name}"))?, value));
        }
        let event = self.event(event)?;
        Ok(Case { event, known })
    }
}

/// All cases lie in it.
pub(crate) fn window() -> Result<Window> {
    let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).ok_or("no such day");
    Ok(Window {
        since: day(2000)?,
        as_of: day(2100)?,
    })
}

/// Measures the engine alone, then against `zen-engine`.
pub(crate) fn measure(options: &Options) -> Result<()> {
    let book = book()?;
    let mut maker = Maker::new(&book, 7);
    let cases = (0..options.rows).map(|_| maker.mixed());
    let cases = cases.collect::<Result<Vec<_>>>()?;
    let window = window()?;
    let mut facts = Facts::new(book.schema());
    let (mut rounds, mut evaluations, mut applied, mut excluded) = (0_u64, 0_u64, 0_u64, 0_u64);
    let watch = Stopwatch::thread();
    let spent = loop {
        for case in &cases {
            facts.clear();
            for (fact, value) in &case.known {
                facts.set(*fact, value.clone());
            }
            for programme in book.triggered_by(case.event) {
                evaluations += 1;
                match black_box(book.evaluate(*programme, &facts, window)) {
                    Outcome::Applies(_) => applied += 1,
                    Outcome::Excluded { .. } => excluded += 1,
                    _ => {}
                }
            }
        }
        rounds += 1;
        let spent = watch.spent();
        if spent.cpu >= SECONDS_MIN {
            break spent;
        }
    };
    let events = (rounds * options.rows) as f64;
    println!("\nrules over {} different events", options.rows);
    println!("| figure | measured | target | |\n|---|---|---|---|");
    let rate = events / spent.cpu;
    figure(
        "rules: events a second a core",
        rate,
        "",
        Target::AtLeast(1e6),
    );
    figure(
        "rules: programmes an event",
        evaluations as f64 / events,
        "",
        Target::None,
    );
    figure(
        "rules: obligations an event",
        applied as f64 / events,
        "",
        Target::None,
    );
    figure(
        "rules: exclusions an event",
        excluded as f64 / events,
        "",
        Target::None,
    );
    #[cfg(feature = "zen")]
    crate::zen::measure(options, &book)?;
    #[cfg(not(feature = "zen"))]
    println!("rules: built without zen-engine; no ratio");
    Ok(())
}

/// Calls a closure over and over until enough time has passed; gives seconds of processor time a
/// call.
#[cfg(feature = "zen")]
pub(crate) fn seconds_a_call(mut call: impl FnMut()) -> f64 {
    let watch = Stopwatch::thread();
    let mut calls = 0_u32;
    loop {
        call();
        calls += 1;
        let spent = watch.spent().cpu;
        if spent >= SECONDS_MIN {
            return spent / f64::from(calls);
        }
    }
}
