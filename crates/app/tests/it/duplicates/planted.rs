//! Planted duplicates with the errors that people make: how many are found, and how many that are none.

use super::compare;
use app::duplicates::measure;
use domain::access::Actor;
use domain::duplicates::Grade;
use domain::imports::ImportKind;
use rstest::rstest;
use std::collections::BTreeSet;
use store::Entropy as _;
use testkit::{Engine, FixedChance, Table, TestApp, resident_id, row};

/// Customers, and how many of them are there twice.
const CUSTOMERS: usize = 1_200;
const PLANTED: usize = 400;

struct Dice(FixedChance);

impl Dice {
    fn below(&self, n: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::try_from(u64::from_be_bytes(bytes) % n as u64).unwrap()
    }

    fn of(&self, text: &str) -> char {
        text.chars().nth(self.below(text.chars().count())).unwrap()
    }
}

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高贾夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段";
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰秀珍建国志文海波鑫宇晨浩然子轩梓涵欣怡雨思佳琪博嘉颖婷";
const ROADS: &str = "和平建设人民解放中山新华胜利光明文化青年";

#[derive(Clone)]
struct Person {
    name: String,
    born: (usize, usize, usize),
    id_type: &'static str,
    id_no: String,
    sex: &'static str,
    mobile: String,
    address: String,
    org: &'static str,
}

fn person(dice: &Dice) -> Person {
    let mut name = dice.of(SURNAMES).to_string();
    for _ in 0..=dice.below(2) {
        name.push(dice.of(GIVEN));
    }
    let born = (
        1945 + dice.below(60),
        1 + dice.below(12),
        1 + dice.below(28),
    );
    let serial = dice.below(999);
    Person {
        name,
        born,
        id_type: "resident_id",
        id_no: id_of(born, u32::try_from(serial).unwrap()),
        sex: if serial % 2 == 1 { "male" } else { "female" },
        mobile: format!("1{}{:09}", 3 + dice.below(7), dice.below(1_000_000_000)),
        address: format!(
            "重庆市渝中区{}{}路{}号{}栋{}室",
            dice.of(ROADS),
            dice.of(ROADS),
            1 + dice.below(300),
            1 + dice.below(20),
            101 + dice.below(2_000)
        ),
        org: if dice.below(2) == 0 { "5001" } else { "50" },
    }
}

fn id_of(born: (usize, usize, usize), serial: u32) -> String {
    resident_id(
        "500103",
        &format!("{}{:02}{:02}", born.0, born.1, born.2),
        serial,
    )
}

/// The same person as somebody else wrote it down.
fn again(dice: &Dice, of: &Person, kind: usize) -> Person {
    let mut p = of.clone();
    match kind {
        // A typo in the given name.
        0 => {
            p.name.pop();
            p.name.push(dice.of(GIVEN));
        }
        // A homophone.
        1 => p.name = p.name.chars().map(homophone).collect(),
        // A digit of the identity number is missing.
        2 => {
            p.id_no.remove(6 + dice.below(10));
            p.id_type = "other";
        }
        // The old number of fifteen digits.
        3 if p.born.0 < 2000 => {
            p.id_no = format!("{}{}", &p.id_no[..6], &p.id_no[8..17]);
            p.id_type = "other";
        }
        // Moved, with another telephone.
        4 => {
            let other = person(dice);
            (p.address, p.mobile) = (other.address, other.mobile);
        }
        // Day and month exchanged, the identity number not given.
        5 => {
            p.born = if p.born.2 <= 12 {
                (p.born.0, p.born.2, p.born.1)
            } else {
                p.born
            };
            (p.id_no, p.id_type) = (String::new(), "");
        }
        // Another surname.
        6 => {
            let given: String = p.name.chars().skip(1).collect();
            p.name = format!("{}{given}", dice.of(SURNAMES));
        }
        // Another telephone, the address written otherwise, no identity number.
        7 => {
            p.mobile = person(dice).mobile;
            p.address = p
                .address
                .replace("重庆市", "")
                .replace('栋', "幢")
                .replace('室', "");
            (p.id_no, p.id_type) = (String::new(), "");
        }
        // A mistyped mobile and the other unit.
        _ => {
            let last = p.mobile.pop();
            p.mobile.push(if last == Some('7') { '1' } else { '7' });
            p.org = if p.org == "50" { "5001" } else { "50" };
        }
    }
    p
}

fn homophone(c: char) -> char {
    let pairs = "伟玮芳方娜纳敏闽静靖丽莉强墙磊蕾军均洋阳勇永艳燕杰洁娟捐涛滔明铭超抄霞侠平萍";
    let all: Vec<char> = pairs.chars().collect();
    let found = all.chunks(2).find(|p| p.contains(&c));
    found.map_or(c, |p| if p[0] == c { p[1] } else { p[0] })
}

fn cells(number: &str, p: &Person) -> Vec<(&'static str, String)> {
    let born = format!("{}-{:02}-{:02}", p.born.0, p.born.1, p.born.2);
    row([
        ("customer_no", number),
        ("kind", "individual"),
        ("name", &p.name),
        ("sex", p.sex),
        ("birth_date", &born),
        ("id_type", p.id_type),
        ("id_no", &p.id_no),
        ("mobile", &p.mobile),
        ("address", &p.address),
        ("org_code", p.org),
    ])
}

/// CUS-17: of planted duplicates at least 95 in a hundred are likely or certain, and of what is likely or
/// certain at least 98 in a hundred are planted.
#[rstest]
#[tokio::test]
async fn planted_duplicates_are_found(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let dice = Dice(FixedChance::new(41));
    let (mut table, mut truth) = (Table::default(), BTreeSet::new());
    for n in 0..CUSTOMERS {
        let one = person(&dice);
        table.add(cells(&format!("D{n:05}"), &one));
        if n < PLANTED {
            table.add(cells(&format!("E{n:05}"), &again(&dice, &one, n % 9)));
            truth.insert((format!("D{n:05}"), format!("E{n:05}")));
        }
    }
    let report = t.import(ImportKind::Customers, &table).await;
    assert_eq!(report.tally.rejected, 0, "{:?}", report.rejections);
    compare(&t).await;
    let measured = measure(&t.app, &Actor::shell("tests"), &truth)
        .await
        .unwrap();
    let likely = measured
        .lines
        .iter()
        .find(|l| l.grade == Grade::Likely)
        .unwrap();
    assert!(likely.recall() >= 0.95, "{likely:?} {:?}", measured.wrong);
    assert!(
        likely.precision() >= 0.98,
        "{likely:?} {:?}",
        measured.wrong
    );
    let certain = measured
        .lines
        .iter()
        .find(|l| l.grade == Grade::Certain)
        .unwrap();
    assert!(
        certain.precision() >= 0.99,
        "{certain:?} {:?}",
        measured.wrong
    );
}
