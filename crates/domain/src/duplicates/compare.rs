//! What of two customers agrees, field by field.

use super::names::{names, organisations};
use super::normal;
use super::profile::{Identity, Profile};
use crate::UnknownCode;
use crate::customers::CustomerKind;
use chrono::{Datelike as _, NaiveDate};
use std::fmt::Write as _;

codes! {
    /// What is compared.
    pub enum Field ("field of a comparison") {
        /// Number of the identity document, or the credit code of an organisation.
        IdNo = "id_no",
        /// Name of a person.
        Name = "name",
        /// Name of an organisation without its legal form.
        OrgName = "org_name",
        /// Birth date.
        BirthDate = "birth_date",
        /// Sex.
        Sex = "sex",
        /// Mobile number.
        Mobile = "mobile",
        /// Landline number.
        Phone = "phone",
        /// E-mail address.
        Email = "email",
        /// Home address.
        Address = "address",
        /// Unit that looks after the customer.
        Unit = "unit",
    }
}

codes! {
    /// How far a field agrees.
    pub enum Level ("level of agreement") {
        /// Equal.
        Equal = "equal",
        /// Equal, with one of the most frequent surnames.
        Common = "common",
        /// Written differently, sounding the same.
        Sound = "sound",
        /// Sounding alike where dialects do not tell sounds apart.
        Heard = "heard",
        /// One character or digit off, or two exchanged.
        Near = "near",
        /// Day and month exchanged.
        Swapped = "swapped",
        /// Alike in part.
        Part = "part",
        /// The surname alone.
        Surname = "surname",
        /// Different.
        Different = "different",
        /// Different, and each valid by itself: two numbers of two residents.
        Conflict = "conflict",
        /// Not known of one of them.
        Unknown = "unknown",
    }
}

impl Field {
    /// The levels that are weighed, from the strongest agreement to the strongest difference.
    pub fn levels(self) -> &'static [Level] {
        use Level as L;
        match self {
            Self::IdNo => &[L::Equal, L::Near, L::Different, L::Conflict],
            Self::Name => &[
                L::Common,
                L::Equal,
                L::Sound,
                L::Heard,
                L::Near,
                L::Part,
                L::Surname,
                L::Different,
            ],
            Self::OrgName => &[L::Equal, L::Near, L::Part, L::Different],
            Self::BirthDate => &[L::Equal, L::Swapped, L::Near, L::Different],
            Self::Mobile => &[L::Equal, L::Near, L::Different],
            Self::Address => &[L::Equal, L::Part, L::Different],
            Self::Sex | Self::Phone | Self::Email | Self::Unit => &[L::Equal, L::Different],
        }
    }
}

/// From which likeness on addresses count as equal and as alike, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Similar {
    /// Equal.
    pub equal: i64,
    /// Alike in part.
    pub part: i64,
}

/// What of two customers agrees; fields that say nothing are unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Vector([Level; Field::ALL.len()]);

impl Vector {
    /// Compares two customers of one kind.
    pub fn of(a: &Profile, b: &Profile, similar: Similar) -> Self {
        let mut vector = Self([Level::Unknown; Field::ALL.len()]);
        let mut set = |field: Field, level: Level| vector.0[field as usize] = level;
        set(Field::IdNo, both(&a.identity, &b.identity, identities));
        match a.kind {
            CustomerKind::Individual => set(Field::Name, names(a, b)),
            CustomerKind::Group => set(Field::OrgName, organisations(a, b)),
        }
        set(Field::BirthDate, both(&a.birth_date, &b.birth_date, births));
        set(Field::Sex, both(&a.sex, &b.sex, same));
        set(
            Field::Mobile,
            both(&a.mobile, &b.mobile, |a, b| numbers(a, b)),
        );
        set(Field::Phone, both(&a.phone, &b.phone, same));
        set(Field::Email, both(&a.email, &b.email, same));
        let addresses = both(&a.address, &b.address, |a, b| {
            match normal::likeness(a, b) {
                (n, _) if n >= similar.equal => Level::Equal,
                (n, within) if n >= similar.part || within >= similar.equal => Level::Part,
                _ => Level::Different,
            }
        });
        set(Field::Address, addresses);
        set(Field::Unit, same(&a.unit, &b.unit));
        vector
    }

    /// How far a field agrees.
    pub fn level(&self, field: Field) -> Level {
        self.0[field as usize]
    }

    /// The fields that are known of both.
    pub fn known(&self) -> impl Iterator<Item = (Field, Level)> + '_ {
        let all = Field::ALL.iter().map(|f| (*f, self.level(*f)));
        all.filter(|(_, level)| *level != Level::Unknown)
    }

    /// As it is stored: every known field with its level, each between two bars.
    pub fn write(&self) -> String {
        let mut text = "|".to_owned();
        for (field, level) in self.known() {
            let _ = write!(text, "{field}={level}|");
        }
        text
    }

    /// Reads what [`Self::write`] wrote.
    ///
    /// # Errors
    /// When a field or a level is none.
    pub fn read(text: &str) -> Result<Self, UnknownCode> {
        let mut vector = Self([Level::Unknown; Field::ALL.len()]);
        for pair in text.split('|').filter(|p| !p.is_empty()) {
            let (field, level) = pair.split_once('=').unwrap_or((pair, ""));
            vector.0[Field::parse(field)? as usize] = Level::parse(level)?;
        }
        Ok(vector)
    }
}

fn both<T>(a: &Option<T>, b: &Option<T>, compare: impl Fn(&T, &T) -> Level) -> Level {
    match (a, b) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Level::Unknown,
    }
}

fn same<T: PartialEq>(a: &T, b: &T) -> Level {
    if a == b {
        Level::Equal
    } else {
        Level::Different
    }
}

fn identities(a: &Identity, b: &Identity) -> Level {
    let is_one = a.text == b.text || (!a.core.is_empty() && a.core == b.core);
    if is_one {
        Level::Equal
    } else if a.is_valid && b.is_valid {
        Level::Conflict
    } else if normal::is_one_off(&a.text, &b.text)
        || normal::is_exchanged(&a.text, &b.text)
        || (!a.core.is_empty() && !b.core.is_empty() && normal::is_one_off(&a.core, &b.core))
    {
        Level::Near
    } else {
        Level::Different
    }
}

fn births(a: &NaiveDate, b: &NaiveDate) -> Level {
    let parts = [
        a.year() == b.year(),
        a.month() == b.month(),
        a.day() == b.day(),
    ];
    let agreeing = parts.iter().filter(|same| **same).count();
    if agreeing == parts.len() {
        Level::Equal
    } else if parts[0] && a.month() == b.day() && a.day() == b.month() {
        Level::Swapped
    } else if agreeing + 1 == parts.len() {
        Level::Near
    } else {
        Level::Different
    }
}

fn numbers(a: &str, b: &str) -> Level {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a == b {
        Level::Equal
    } else if normal::is_one_off(&a, &b) {
        Level::Near
    } else {
        Level::Different
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::{IdNumber, Mobile, PersonName};
    use crate::duplicates::Known;
    use crate::ids::OrgId;

    const SIMILAR: Similar = Similar {
        equal: 85,
        part: 50,
    };

    fn profile(name: &str, id_no: &str, born: &str, mobile: &str) -> Profile {
        let name = PersonName::from_stored(name.into());
        let id_no = Some(IdNumber::from_stored(id_no.into())).filter(|_| !id_no.is_empty());
        let mobile = Some(Mobile::from_stored(mobile.into())).filter(|_| !mobile.is_empty());
        Profile::of(&Known {
            kind: CustomerKind::Individual,
            name: &name,
            id_type: None,
            id_no: id_no.as_ref(),
            birth_date: born.parse().ok(),
            sex: None,
            mobile: mobile.as_ref(),
            phone: None,
            email: None,
            address: None,
            unit: OrgId(uuid::Uuid::nil()),
        })
    }

    #[test]
    fn each_field_has_its_levels() {
        use {Field as F, Level as L};
        let base = ("贾颖", "370102197804163707", "1978-04-16", "13405584912");
        let (_, b, c, d) = base;
        let foreign = "11010519491231002X";
        for (name, id_no, born, mobile, field, expected) in [
            ("贾颖", b, c, d, F::Name, L::Equal),
            ("贾影", b, c, d, F::Name, L::Sound),
            ("贾引", b, c, d, F::Name, L::Heard),
            ("夏颖", b, c, d, F::Name, L::Part),
            ("贾大明", b, c, d, F::Name, L::Surname),
            ("王大明", b, c, d, F::Name, L::Different),
            ("Ying JIA", b, c, d, F::Name, L::Sound),
            ("Jia, Ying", b, c, d, F::Name, L::Sound),
            ("Mary Jia", b, c, d, F::Name, L::Surname),
            ("贾颖", b, c, d, F::IdNo, L::Equal),
            ("贾颖", "370102780416370", c, d, F::IdNo, L::Equal),
            ("贾颖", "370102197804163708", c, d, F::IdNo, L::Equal),
            ("贾颖", "37010219780416370", c, d, F::IdNo, L::Near),
            ("贾颖", "370102197804613707", c, d, F::IdNo, L::Near),
            ("贾颖", "370102197806143707", c, d, F::IdNo, L::Near),
            ("贾颖", foreign, c, d, F::IdNo, L::Conflict),
            ("贾颖", "G12345678", c, d, F::IdNo, L::Different),
            ("贾颖", "", c, d, F::IdNo, L::Unknown),
            ("贾颖", b, "1978-04-17", d, F::BirthDate, L::Near),
            ("贾颖", b, "1979-05-16", d, F::BirthDate, L::Different),
            ("贾颖", b, c, "13405584921", F::Mobile, L::Near),
            ("贾颖", b, c, "15405584921", F::Mobile, L::Different),
        ] {
            let one = profile(base.0, base.1, base.2, base.3);
            let other = profile(name, id_no, born, mobile);
            let vector = Vector::of(&one, &other, SIMILAR);
            assert_eq!(
                vector.level(field),
                expected,
                "{name} {id_no} {born} {mobile}"
            );
            assert_eq!(Vector::of(&other, &one, SIMILAR), vector, "both ways");
            assert_eq!(Vector::read(&vector.write()).unwrap(), vector);
        }
    }

    #[test]
    fn day_and_month_are_exchanged_and_frequent_surnames_say_less() {
        use {Field as F, Level as L};
        let (a, b) = (
            profile("王芳", "", "1978-04-06", ""),
            profile("王芳", "", "1978-06-04", ""),
        );
        let vector = Vector::of(&a, &b, SIMILAR);
        assert_eq!(vector.level(F::BirthDate), L::Swapped);
        assert_eq!(vector.level(F::Name), L::Common);
        assert!(format!("{a:?}").starts_with("Profile("));
    }

    #[test]
    fn organisations_have_parts_short_names_and_old_codes() {
        use {Field as F, Level as L};
        let of = |name: &str, code: &str| {
            let (name, code) = (
                PersonName::from_stored(name.into()),
                IdNumber::from_stored(code.into()),
            );
            Profile::of(&Known {
                kind: CustomerKind::Group,
                name: &name,
                id_type: None,
                id_no: Some(&code),
                birth_date: None,
                sex: None,
                mobile: None,
                phone: None,
                email: None,
                address: None,
                unit: OrgId(uuid::Uuid::nil()),
            })
        };
        let one = of("重庆市联合餐饮管理有限公司", "91350100M000100Y43");
        for (name, code, expected) in [
            ("重庆联合餐饮管理公司", "M000100Y-4", (L::Equal, L::Equal)),
            ("联合餐饮", "M000100Y4", (L::Part, L::Equal)),
            (
                "重庆市联合餐饮管理有限公司涪陵分公司",
                "91500103945807305T",
                (L::Different, L::Conflict),
            ),
            ("重庆市联合食品有限公司", "", (L::Different, L::Unknown)),
        ] {
            let vector = Vector::of(&one, &of(name, code), SIMILAR);
            let found = (vector.level(F::OrgName), vector.level(F::IdNo));
            assert_eq!(found, expected, "{name}");
        }
    }
}
