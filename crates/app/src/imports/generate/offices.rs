//! Units and the people who sell, assess and repair for them.

use super::GenerateError;
use super::dice::Dice;
use super::names;
use super::numbers;
use super::places::{City, PROVINCES, Province};
use super::sheet::Sheet;
use chrono::{Datelike as _, Days, NaiveDate};

/// Customers of a salesperson, about.
const CUSTOMERS_PER_SELLER: u64 = 90;
/// Salespersons of an office, at least and at most; the upper bound bounds the memory.
const SELLERS: (u64, u64) = (8, 400);
/// Share of salespersons who have left, in a thousand.
const LEFT_PER_MILLE: u32 = 60;

/// A city office with its sub-branches and people.
pub(super) struct Office {
    /// Its province.
    pub province: &'static Province,
    /// Its city.
    pub city: &'static City,
    /// Its code and those of its sub-branches.
    pub units: Vec<String>,
    /// Salespersons.
    pub sellers: Vec<Agent>,
    /// Bank outlets.
    pub outlets: Vec<Agent>,
    /// Agencies and brokers.
    pub agencies: Vec<Agent>,
    /// Damage assessors.
    pub adjusters: Vec<Agent>,
}

/// Someone who works for the insurer.
pub(super) struct Agent {
    /// Code.
    pub code: String,
    /// Code of the unit.
    pub unit: String,
    /// The day of leaving.
    pub left_on: Option<NaiveDate>,
    /// The file of people says that day; otherwise only an event does.
    pub left_on_told: bool,
}

/// The code of head office.
pub(super) const HEAD_OFFICE: &str = "000";

/// Banks whose outlets sell.
const BANKS: [&str; 6] = [
    "工商银行",
    "农业银行",
    "建设银行",
    "邮储银行",
    "招商银行",
    "农商银行",
];

/// Writes the units; gives the offices without people.
pub(super) fn write_orgs(sheet: &mut Sheet) -> Result<Vec<Office>, GenerateError> {
    let mut org = |code: &str, name: &str, parent: &str, level: &str, region: u32| {
        sheet.text(code).text(name).text(parent).text(level);
        sheet.shown(region).end()
    };
    org(HEAD_OFFICE, "总公司", "", "head_office", 110_000)?;
    org(
        "000-W1",
        "总公司电话中心外包团队",
        HEAD_OFFICE,
        "outsourced_team",
        110_000,
    )?;
    let mut offices = Vec::new();
    for province in &PROVINCES {
        let branch = province.code.to_string();
        let name = format!("{}分公司", province.name);
        let region = province.code * 10_000;
        org(&branch, &name, HEAD_OFFICE, "provincial_branch", region)?;
        for (at, city) in province.cities.iter().enumerate() {
            let code = format!("{branch}{:02}", at + 1);
            let name = format!("{}中心支公司", city.name);
            org(&code, &name, &branch, "city_office", city.region)?;
            let mut units = vec![code.clone()];
            for (at, (region, district)) in city.districts.iter().take(2).enumerate() {
                let sub = format!("{code}{:02}", at + 1);
                let name = format!("{district}支公司");
                org(&sub, &name, &code, "sub_branch", *region)?;
                units.push(sub);
            }
            offices.push(Office {
                province,
                city,
                units,
                sellers: Vec::new(),
                outlets: Vec::new(),
                agencies: Vec::new(),
                adjusters: Vec::new(),
            });
        }
    }
    Ok(offices)
}

/// Writes the people of every office for so many customers.
pub(super) fn write_agents(
    sheet: &mut Sheet,
    dice: &mut Dice,
    offices: &mut [Office],
    customers: u64,
    around: NaiveDate,
) -> Result<(), GenerateError> {
    let total: u64 = offices.iter().map(|o| u64::from(o.city.weight)).sum();
    let mut serial = 0;
    for office in offices {
        let share = customers * u64::from(office.city.weight) / total.max(1);
        let sellers = (share / CUSTOMERS_PER_SELLER).clamp(SELLERS.0, SELLERS.1);
        let kinds = [
            ("salesperson", sellers),
            ("bank_outlet", (sellers / 4).max(2)),
            ("agency", (sellers / 16).max(1)),
            ("adjuster", (sellers / 8).max(2)),
            ("repair_shop", (sellers / 10).max(1)),
        ];
        for (kind, count) in kinds {
            for _ in 0..count {
                serial += 1;
                let agent = write_agent(sheet, dice, office, kind, serial, around)?;
                match kind {
                    "salesperson" => office.sellers.push(agent),
                    "bank_outlet" => office.outlets.push(agent),
                    "agency" => office.agencies.push(agent),
                    "adjuster" => office.adjusters.push(agent),
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

fn write_agent(
    sheet: &mut Sheet,
    dice: &mut Dice,
    office: &Office,
    kind: &'static str,
    serial: u32,
    around: NaiveDate,
) -> Result<Agent, GenerateError> {
    let sells = kind == "salesperson";
    let name = match kind {
        "bank_outlet" => {
            let district = dice.pick(office.city.districts).1;
            format!("{}{district}支行", dice.pick(&BANKS))
        }
        "agency" => names::company(dice, office.city.name).replace("有限公司", "保险代理有限公司"),
        "repair_shop" => {
            names::company(dice, office.city.name).replace("有限公司", "汽车维修有限公司")
        }
        _ => {
            let male = dice.per_mille(if sells { 380 } else { 800 });
            let born = around.year() - i32::try_from(dice.between(23, 57)).unwrap_or(40);
            let surname = names::surname(dice);
            format!("{surname}{}", names::given(dice, born, male))
        }
    };
    let left = sells && dice.per_mille(LEFT_PER_MILLE);
    let back = if dice.per_mille(450) { 90 } else { 1_000 };
    let left_on = left.then(|| around - Days::new(u64::from(dice.below(back))));
    let agent = Agent {
        code: format!("A{serial:06}"),
        unit: dice.pick(&office.units).clone(),
        left_on,
        left_on_told: !dice.per_mille(200),
    };
    let licence = sells.then(|| format!("{:02}000{serial:09}", office.province.code));
    sheet.text(&agent.code).text(&name);
    sheet
        .text(&numbers::mobile(dice))
        .text(&agent.unit)
        .text(kind);
    sheet
        .maybe(licence)
        .text(if left { "left" } else { "active" });
    sheet
        .date(agent.left_on.filter(|_| agent.left_on_told))
        .end()?;
    Ok(agent)
}

impl Office {
    /// Who sold over a channel on a day; nobody for channels without intermediaries.
    pub(super) fn seller(&self, dice: &mut Dice, channel: &str, on: NaiveDate) -> Option<&Agent> {
        match channel {
            "individual_agent" => {
                let here = |a: &&Agent| a.left_on.is_none_or(|left| left > on);
                let tried = std::iter::repeat_with(|| dice.pick(&self.sellers)).take(8);
                let found = tried.into_iter().find(here);
                found.or_else(|| self.sellers.iter().find(here))
            }
            "bancassurance" | "bancassurance_realtime" => Some(dice.pick(&self.outlets)),
            "broker" => Some(dice.pick(&self.agencies)),
            _ => None,
        }
    }
}
