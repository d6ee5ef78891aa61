//! Households and companies: members of one family live together and share a name.

use super::GenerateError;
use super::dice::Dice;
use super::names;
use super::numbers;
use super::offices::Office;
use super::places::{ESTATES, STREETS};
use super::sheet::Sheet;
use chrono::{Datelike as _, Days, NaiveDate};

/// Companies among the customers, in a thousand.
const COMPANIES_PER_MILLE: u32 = 30;
/// Yearly premiums from which on a customer is large, and worth much to the company: 50,000 yuan.
pub(super) const LARGE_FEN: i64 = 5_000_000;
/// Yearly premiums of a customer of medium value: 10,000 yuan.
const MEDIUM_FEN: i64 = 1_000_000;
/// The age at which people buy insurance for themselves.
pub(super) const ADULT_YEARS: i32 = 18;

const POSITIONS: [&str; 6] = [
    "行政主管",
    "人力资源经理",
    "财务经理",
    "办公室主任",
    "安全主管",
    "采购经理",
];

/// A member of a household, or a company.
pub(super) struct Member {
    /// Customer number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Male.
    pub male: bool,
    /// Birth date; the day of founding for companies.
    pub born: NaiveDate,
}

impl Member {
    /// Completed years on a day.
    pub(super) fn age(&self, on: NaiveDate) -> i32 {
        domain::time::years_between(self.born, on)
    }
}

/// A household, or a company that stands for itself.
pub(super) struct Household<'o> {
    /// The office that serves it.
    pub office: &'o Office,
    /// The unit that serves it.
    pub unit: &'o str,
    /// Whether it is a company.
    pub is_company: bool,
    /// Its members: adults first, then children.
    pub members: Vec<Member>,
    /// Division code and name of its district.
    pub district: (u32, &'static str),
    address: String,
    /// The language in which it is best served.
    pub language: &'static str,
}

/// What the policies of a member say of the relationship.
pub(super) struct Relationship {
    /// Stage, as a code.
    pub stage: &'static str,
    /// First day on which something was collected.
    pub since: NaiveDate,
    /// Yearly premium of everything in force, in fen.
    pub premium_fen: i64,
    /// Salesperson who collected the data.
    pub agent: Option<String>,
}

impl Relationship {
    /// What the customer is worth, as a code; nothing without a policy in force.
    fn value_class(&self) -> &'static str {
        match self.premium_fen {
            fen if fen >= LARGE_FEN => "high",
            fen if fen >= MEDIUM_FEN => "medium",
            fen if fen > 0 => "low",
            _ => "",
        }
    }
}

/// A household of at most so many members, numbered from `first` on.
pub(super) fn household<'o>(
    dice: &mut Dice,
    offices: &'o [Office],
    first: u64,
    room: u64,
    around: NaiveDate,
) -> Household<'o> {
    let office = dice.weighted(offices, |o| o.city.weight);
    let unit = dice.pick(&office.units).as_str();
    let district = *dice.pick(office.city.districts);
    let is_company = dice.per_mille(COMPANIES_PER_MILLE);
    let street = dice.pick(&STREETS);
    let house = dice.between(1, 399);
    let address = if is_company {
        let floor = dice.between(1, 28);
        format!(
            "{}{}{street}{house}号{floor}层",
            office.city.address, district.1
        )
    } else {
        let (estate, building, flat) = (
            dice.pick(&ESTATES),
            dice.between(1, 32),
            dice.between(1, 26) * 100 + dice.between(1, 4),
        );
        format!(
            "{}{}{street}{house}号{estate}{building}栋{flat}室",
            office.city.address, district.1
        )
    };
    let language = match office.province.dialect {
        Some((dialect, chance)) if dice.per_mille(chance) => dialect,
        _ => "mandarin",
    };
    let members = if is_company {
        vec![Member {
            number: number(first),
            name: names::company(dice, office.city.name),
            male: false,
            born: around - Days::new(u64::from(400 + dice.below(8_000))),
        }]
    } else {
        family(dice, first, room, around)
    };
    Household {
        office,
        unit,
        is_company,
        members,
        district,
        address,
        language,
    }
}

fn number(serial: u64) -> String {
    format!("C{serial:08}")
}

fn family(dice: &mut Dice, first: u64, room: u64, around: NaiveDate) -> Vec<Member> {
    let (spouse, children) = *dice.pick(&[
        (false, 0),
        (false, 0),
        (false, 0),
        (false, 1),
        (true, 0),
        (true, 0),
        (true, 1),
        (true, 1),
        (true, 2),
    ]);
    let surname = names::surname(dice);
    let male = dice.per_mille(530);
    let age = dice.between(23, 66);
    let head = person(dice, first, surname, male, age, around);
    let family_name = if male { surname } else { names::surname(dice) };
    let mut members = vec![head];
    if spouse {
        let their_age = (age + dice.between(-4, 4)).max(22);
        let their_name = if male {
            names::surname(dice)
        } else {
            family_name
        };
        members.push(person(
            dice,
            first + 1,
            their_name,
            !male,
            their_age,
            around,
        ));
    }
    for _ in 0..children {
        let child_age = (age - dice.between(23, 34)).clamp(0, 24);
        let serial = first + members.len() as u64;
        let male = dice.per_mille(515);
        members.push(person(dice, serial, family_name, male, child_age, around));
    }
    members.truncate(usize::try_from(room).unwrap_or(usize::MAX));
    members
}

fn person(
    dice: &mut Dice,
    serial: u64,
    surname: &str,
    male: bool,
    age: i64,
    around: NaiveDate,
) -> Member {
    // So many birthdays ago, and some days that are not a full year.
    let days = age * 1461 / 4 + dice.between(30, 364);
    let born = around - Days::new(u64::try_from(days).unwrap_or(0));
    Member {
        number: number(serial),
        name: format!("{surname}{}", names::given(dice, born.year(), male)),
        male,
        born,
    }
}

impl Household<'_> {
    /// Writes the row of a member.
    pub(super) fn write_member(
        &self,
        sheet: &mut Sheet,
        dice: &mut Dice,
        at: usize,
        relationship: &Relationship,
        around: NaiveDate,
        dirty: bool,
    ) -> Result<(), GenerateError> {
        let member = &self.members[at];
        let adult = self.is_company || member.age(around) >= ADULT_YEARS;
        let kind = if self.is_company {
            "group"
        } else {
            "individual"
        };
        sheet.text(&member.number).text(kind).text(&member.name);
        self.write_identity(sheet, dice, member, around);
        let mobile =
            (!self.is_company && adult && !dice.per_mille(12)).then(|| numbers::mobile(dice));
        match mobile.as_deref() {
            Some(mobile) if dirty => sheet.text(&mobile[..10]),
            mobile => sheet.maybe(mobile),
        };
        let landline = self.is_company || dice.per_mille(90);
        sheet.maybe(landline.then(|| numbers::landline(dice, self.office.city.area)));
        let email = adult && dice.per_mille(330);
        sheet.maybe(email.then(|| format!("u{}@mail.example.com", dice.below(100_000_000))));
        sheet.text(&self.address);
        let elsewhere = adult && dice.per_mille(60);
        sheet.maybe(elsewhere.then(|| {
            let street = dice.pick(&STREETS);
            format!(
                "{}{}{street}{}号",
                self.office.city.address,
                self.district.1,
                dice.between(1, 300)
            )
        }));
        self.write_profile(sheet, dice, adult, relationship);
        sheet.text(self.unit).text(relationship.value_class()).end()
    }

    /// Writes the contact persons of a company.
    pub(super) fn write_contacts(
        &self,
        sheet: &mut Sheet,
        dice: &mut Dice,
    ) -> Result<(), GenerateError> {
        let roles: &[&str] = match dice.below(10) {
            0..5 => &["insurance_contact", "legal_representative"],
            5..8 => &["insurance_contact"],
            _ => &[
                "insurance_contact",
                "legal_representative",
                "actual_controller",
            ],
        };
        for role in roles {
            let male = dice.per_mille(600);
            let born = i32::try_from(dice.between(1962, 1996)).unwrap_or(1980);
            let surname = names::surname(dice);
            sheet.text(&self.members[0].number).text(role);
            sheet.shown(format_args!("{surname}{}", names::given(dice, born, male)));
            let position = match *role {
                "legal_representative" => "法定代表人",
                "actual_controller" => "董事长",
                _ => *dice.pick(&POSITIONS),
            };
            sheet.text(position).text(&numbers::mobile(dice)).end()?;
        }
        Ok(())
    }
}
