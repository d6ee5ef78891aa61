//! Planted duplicates with the errors that people make, and families, namesakes and branches who only look like
//! duplicates: how many are found, kind by kind.
//!
//! `planted/customers.csv` and `planted/truth.csv` were made by `huifang generate --customers 1500 --around 2024-02-01` and
//! `bench/plant_duplicates.py customers.csv 270 FOLDER 114`; columns that nobody looks at were left out, most customers without a part in any pair, too,
//! and the units are two of the test portfolio. The figures of a whole portfolio stand in `bench/README.md`.

use super::compare;
use app::duplicates::{KnownPair, KnownPairs, Measured, measure};
use domain::access::Actor;
use domain::duplicates::Grade;
use domain::imports::ImportKind;
use rstest::rstest;
use testkit::{Engine, Table, TestApp};

const CUSTOMERS: &str = include_str!("planted/customers.csv");
const TRUTH: &str = include_str!("planted/truth.csv");

fn customers() -> Table {
    let mut reader = csv::Reader::from_reader(CUSTOMERS.as_bytes());
    let heading = reader.headers().unwrap().clone();
    let columns: Vec<&'static str> = heading.iter().map(|c| &*c.to_owned().leak()).collect();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cells = columns.iter().copied().zip(row.iter().map(str::to_owned));
        cells.collect::<Vec<_>>()
    });
    Table::new(rows)
}

fn truth() -> KnownPairs {
    let lines = TRUTH.lines().map(|line| {
        let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let [a, b, kind, sign] = cells.try_into().unwrap();
        let is_one = sign == "one";
        let pair = if a < b { (a, b) } else { (b, a) };
        (pair, KnownPair { kind, is_one })
    });
    lines.collect()
}

/// What share of the kinds that begin so is found from a grade on.
fn share(measured: &Measured, begin: &str, grade: Grade) -> f64 {
    let kinds = measured.kinds.iter().filter(|k| k.kind.starts_with(begin));
    let (found, all) = kinds.fold((0, 0), |(found, all), k| {
        (found + k.found[grade as usize], all + k.truth)
    });
    assert!(all > 0, "{begin}");
    found as f64 / all as f64
}

/// Least share that is found, of each kind of error.
const LEAST: &[(&str, Grade, f64)] = &[
    ("easy/", Grade::Certain, 1.0),
    ("medium/", Grade::Likely, 0.93),
    ("medium/", Grade::Possible, 1.0),
    ("hard/name+part-address", Grade::Likely, 1.0),
    ("hard/homophone+part-address", Grade::Likely, 0.8),
    ("hard/dialect+part-address", Grade::Likely, 0.6),
    ("hard/typo+part-address", Grade::Possible, 0.8),
    ("hard/pinyin+mobile", Grade::Likely, 0.8),
    ("hard/pinyin+part-address", Grade::Likely, 0.8),
    ("hard/english-name+mobile", Grade::Possible, 1.0),
    ("hard/old-name+mobile", Grade::Possible, 1.0),
    ("hard/husband-name+address", Grade::Possible, 0.8),
    ("hard/far-digits+moved", Grade::Likely, 0.8),
    ("hard/no-birth+mobile", Grade::Likely, 1.0),
    ("hard/no-birth+address", Grade::Likely, 0.8),
    ("hard/lunar-birth+part-address", Grade::Possible, 0.3),
    ("hard/sex+day-month+mobile", Grade::Likely, 1.0),
    ("hard/name+birth-only", Grade::Likely, 0.8),
    ("group/legal-form+phone", Grade::Certain, 1.0),
    ("group/old-code+short-name", Grade::Likely, 1.0),
    ("group/renamed", Grade::Likely, 1.0),
    ("group/short-name+address", Grade::Possible, 0.8),
    ("group/short-name+no-code", Grade::Possible, 1.0),
    ("group/typo+no-code", Grade::Possible, 1.0),
];

/// Largest share that is taken for one customer, of each kind of two.
const MOST: &[(&str, Grade, f64)] = &[
    ("two/", Grade::Certain, 0.0),
    ("two/twins", Grade::Likely, 0.3),
    ("two/twins-no-number", Grade::Likely, 0.5),
    ("two/father-and-son", Grade::Likely, 0.1),
    ("two/siblings", Grade::Possible, 0.0),
    ("two/spouses-no-number", Grade::Possible, 0.0),
    ("two/parents-number", Grade::Likely, 0.2),
    ("two/namesakes-no-number", Grade::Likely, 0.0),
    ("two/mobile-given-on", Grade::Likely, 0.0),
    ("two/next-tenants-no-number", Grade::Possible, 0.0),
    ("two/dormitory-no-number", Grade::Likely, 0.0),
    ("two/branches", Grade::Possible, 0.0),
    ("two/sister-companies-no-code", Grade::Possible, 0.0),
    ("two/one-switchboard-no-code", Grade::Possible, 0.0),
];

/// CUS-17: planted duplicates are found, and of what is likely or certain as good as nothing is wrong.
#[rstest]
#[tokio::test]
async fn planted_duplicates_are_found(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let t = TestApp::with_portfolio(engine).await;
    let report = t.import(ImportKind::Customers, &customers()).await;
    assert_eq!(report.tally.rejected, 0, "{:?}", report.rejections);
    compare(&t).await;
    let measured = measure(&t.app, &Actor::shell("tests"), &truth()).await;
    let measured = measured.unwrap();
    for (begin, grade, least) in LEAST {
        let found = share(&measured, begin, *grade);
        assert!(found >= *least, "{begin} {grade}: {found} {measured:#?}");
    }
    for (begin, grade, most) in MOST {
        let found = share(&measured, begin, *grade);
        assert!(found <= *most, "{begin} {grade}: {found} {measured:#?}");
    }
    for (line, least) in measured.lines.iter().zip([1.0, 0.94, 0.9]) {
        assert!(line.precision() >= least, "{line:?} {:?}", measured.wrong);
    }
}
