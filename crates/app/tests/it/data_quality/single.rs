//! Planted errors in single customers: thousands of each kind in customers who are otherwise in order.

use super::planted::Tally;
use app::data_quality::InformationRules;
use chrono::{Days, NaiveDate};
use domain::customers::{
    Address, CustomerKind, IdNumber, IdType, Landline, Mobile, PersonName, Sex,
};
use domain::data_quality::{Around, Check, Subject, examine};
use testkit::{Engine, TestApp, resident_id};

/// Errors of each kind.
const EACH: usize = 2_000;

/// A person in order: every one different.
fn good(n: usize, today: NaiveDate) -> Subject {
    let surname = ["王", "李", "张", "刘", "陈", "杨", "欧阳", "赵"][n % 8];
    let given = ["桂兰", "伟", "秀英", "敏", "建国", "丽", "强", "静怡"][n / 8 % 8];
    let born = NaiveDate::from_ymd_opt(1950 + i32::try_from(n % 50).unwrap(), 3, 9).unwrap();
    let serial = u32::try_from(n % 900 + 1).unwrap();
    let name = PersonName::from_stored(format!("{surname}{given}"));
    let id = resident_id("500103", &born.format("%Y%m%d").to_string(), serial);
    Subject {
        sex: Some(if serial % 2 == 1 {
            Sex::Male
        } else {
            Sex::Female
        }),
        birth_date: Some(born),
        id_type: Some(IdType::ResidentId),
        id_no: Some(IdNumber::from_stored(id)),
        id_expires_on: Some(today + Days::new(400 + n as u64 % 900)),
        has_nationality: true,
        mobile: Some(Mobile::from_stored(format!(
            "13{:09}",
            590_482_317 + n * 7_919
        ))),
        phone: Some(Landline::from_stored(format!(
            "023-{:08}",
            63_812_047 + n * 31
        ))),
        address: Some(Address::from_stored(format!(
            "重庆市渝中区和平路{}号{}栋{}室",
            n + 1,
            n % 30 + 1,
            n % 2000
        ))),
        occupation: Some("教师".into()),
        lines: vec!["life".into()],
        holder_since: Some(born + Days::new(365 * 24)),
        ..Subject::named(CustomerKind::Individual, name)
    }
}

/// Plants one error into a person in order.
fn spoil(check: Check, s: &mut Subject, n: usize, today: NaiveDate) {
    match check {
        Check::Missing => match n % 4 {
            0 => s.id_no = None,
            1 => (s.mobile, s.phone) = (None, None),
            2 => s.address = None,
            _ => s.sex = None,
        },
        Check::IdNumber => {
            let born = s.birth_date.unwrap().format("%Y%m%d").to_string();
            let mut id = resident_id("500103", &born, 77);
            let last = if id.ends_with('5') { '6' } else { '5' };
            id.pop();
            id.push(last);
            if n.is_multiple_of(2) {
                id.truncate(17);
            }
            s.id_no = Some(IdNumber::from_stored(id));
        }
        Check::IdBirthDate => {
            s.birth_date = s.birth_date.map(|d| d + Days::new(1 + n as u64 % 300));
        }
        Check::IdSex => {
            s.sex = s.sex.map(|x| {
                if x == Sex::Male {
                    Sex::Female
                } else {
                    Sex::Male
                }
            });
        }
        Check::IdKind => {
            s.id_type = Some(IdType::UnifiedSocialCredit);
            s.id_no = Some(IdNumber::from_stored("91350100M000100Y43".into()));
        }
        Check::IdExpired => s.id_expires_on = Some(today - Days::new(1 + n as u64)),
        Check::IdExpiring => s.id_expires_on = Some(today + Days::new(n as u64 % 90)),
        Check::Mobile => {
            s.mobile = Some(Mobile::from_stored(
                ["12345678", "23812345678", "139123456789"][n % 3].into(),
            ));
        }
        Check::Landline => s.phone = Some(Landline::from_stored(["63x1", "转3"][n % 2].into())),
        Check::AddressDetail => {
            s.address = Some(Address::from_stored(
                ["家里", "重庆市渝中区", "老地方旁边那栋白房子", "公司"][n % 4].into(),
            ));
        }
        Check::Placeholder => match n % 4 {
            0 => {
                s.mobile = Some(Mobile::from_stored(
                    ["13800000000", "13111111111", "13812345678"][n / 4 % 3].into(),
                ));
            }
            1 => s.name = PersonName::from_stored("测试".into()),
            2 => s.address = Some(Address::from_stored("不详".into())),
            _ => s.occupation = Some("无".into()),
        },
        Check::Name => {
            s.name =
                PersonName::from_stored(["王先生", "陈", "李1", "张女士", "刘?"][n % 5].into());
        }
        Check::Age => s.holder_since = s.birth_date.map(|d| d + Days::new(365 * (n as u64 % 15))),
        _ => unreachable!("not planted in single customers"),
    }
}

/// CUS-09, 保监发〔2013〕82号: thousands of errors of each kind in customers who are otherwise in order.
#[tokio::test]
async fn errors_in_single_customers_are_found() {
    let t = TestApp::empty(Engine::Sqlite).await;
    let today = domain::time::date_in_china(t.now);
    let rules = InformationRules::read(&t.app.rules(), today);
    let parts = (&rules.demands, &rules.limits, &rules.grades);
    let mut tally = Tally::default();
    let kinds = Check::ALL.iter().copied();
    let kinds: Vec<Check> = kinds
        .filter(|c| !c.is_across() && *c != Check::IdAge)
        .collect();
    for (at, check) in kinds.iter().copied().enumerate() {
        for n in 0..EACH {
            let who = format!("{at}-{n}");
            let mut subject = good(n + at * EACH, today);
            spoil(check, &mut subject, n, today);
            tally.plant(check, &who);
            for found in examine(&subject, &Around::default(), parts, today).found {
                tally
                    .found
                    .insert((found.check.as_str().into(), who.clone()));
            }
        }
    }
    tally.report();
}
