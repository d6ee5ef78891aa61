//! `huifang classify`: everybody for the first time, everybody again, and one customer who changed.

use crate::database::AS_OF;
use crate::report::{Target, figure, median};
use crate::{Options, Result, database, steps};
use chrono::{Days, NaiveDate};
use rusqlite::{Connection, params};
use std::path::Path;

/// Customers of a transaction while rows are made.
const CHUNK: u64 = 50_000;
/// A million customers in a minute.
const CUSTOMERS_A_SECOND: f64 = 1_000_000.0 / 60.0;

/// Measures over so many customers, each with one or two policies, every third with a claim.
pub(crate) fn measure(options: &Options) -> Result<()> {
    let path = options.dir.join("classify.db");
    let text = steps::text(&path);
    let (mut rates, mut again, mut single, mut peaks) = (vec![], vec![], vec![], vec![]);
    for turn in 1..=options.repeat {
        database::remove(&path);
        steps::call(&["open", &text])?;
        fill(&path, options.rows)?;
        let first = steps::call(&["classify", &text, "all"])?;
        let second = steps::call(&["classify", &text, "all"])?;
        change(&path)?;
        let one = steps::call(&["classify", &text, "waiting"])?;
        eprintln!("classify {turn}: {first:?}\n  again: {second:?}\n  one: {one:?}");
        if first.count("customers") != options.rows || second.count("scored") != 0 {
            return Err("not everybody was classed once".into());
        }
        if one.count("customers") != 1 {
            return Err("not one customer alone was looked at again".into());
        }
        rates.push(options.rows as f64 / first.spent.wall);
        again.push(options.rows as f64 / second.spent.wall);
        single.push(one.spent.wall * 1_000.0);
        peaks.push(first.peak_kib as f64 / 1024.0);
    }
    println!("\nclassify over {} customers", options.rows);
    println!("| figure | measured | target | |\n|---|---|---|---|");
    let target = Target::AtLeast(CUSTOMERS_A_SECOND);
    figure("classify: customers a second, first time", median(rates), "", target);
    figure("classify: customers a second, again", median(again), "", target);
    figure("classify: one customer", median(single), " ms", Target::AtMost(1_000.0));
    figure("classify: peak memory", median(peaks), " MiB", Target::AtMost(512.0));
    database::remove(&path);
    Ok(())
}

/// An id that rises with its number.
fn id(kind: u8, n: u64) -> [u8; 16] {
    let mut id = [0; 16];
    id[0] = 1;
    id[1] = kind;
    id[8..].copy_from_slice(&n.to_be_bytes());
    id
}

/// Numbers that look like chance and are the same every time.
fn dice(n: u64, salt: u64) -> u64 {
    let mut x = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03);
    x ^= x >> 31;
    x = x.wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 29)
}

/// Writes rows straight into the tables.
fn fill(path: &Path, customers: u64) -> Result<()> {
    let mut db = Connection::open(path)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "OFF")?;
    let org = id(9, 1);
    db.execute(
        "INSERT INTO orgs (id, org_code, name, parent_id, level, region, path, created_at, updated_at) \
         VALUES (?1, '000', '总公司', NULL, 'head_office', '110000', '/000/', 0, 0)",
        params![org],
    )?;
    let as_of: NaiveDate = AS_OF.parse()?;
    let degrees = ["low", "medium", "high"];
    let mut low = 0;
    while low < customers {
        let high = (low + CHUNK).min(customers);
        let work = db.transaction()?;
        for n in low..high {
            let d = |salt| dice(n, salt);
            work.prepare_cached(
                "INSERT INTO customers (id, customer_no, kind, name, name_index, birth_date, large, key_account, \
                 shareholder_related, risk_appetite, risk_tolerance, annual_income_fen, org_id, row_hash, version, \
                 created_at, updated_at) VALUES (?1, ?2, 'individual', ?3, 0, ?4, ?5, 0, 0, ?6, ?7, ?8, ?9, 1, 1, 0, 0)",
            )?
            .execute(params![
                id(1, n),
                format!("C{n:08}"),
                vec![0_u8; 60],
                (as_of - Days::new(7_000 + d(1) % 20_000)).to_string(),
                d(2) % 500 == 0,
                degrees.get(usize::try_from(d(3) % 4)?),
                degrees.get(usize::try_from(d(4) % 4)?),
                (d(5) % 3 > 0).then_some(i64::try_from(d(5) % 50_000_000)?),
                org,
            ])?;
            for k in 0..=(d(6) % 2) {
                add_policy(&work, (n, n * 2 + k), as_of)?;
            }
        }
        work.commit()?;
        low = high;
    }
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); ANALYZE;")?;
    Ok(())
}

/// A policy of a customer, sometimes with a claim.
fn add_policy(work: &Connection, (n, p): (u64, u64), as_of: NaiveDate) -> Result<()> {
    let lines = ["life", "health", "accident", "motor", "personal"];
    let often = ["single", "annual", "half_yearly", "quarterly", "monthly"];
    let issued = as_of - Days::new(dice(p, 7) % 4_000);
    work.prepare_cached(
        "INSERT INTO policies (id, policy_no, product_name, product_class, line, channel, policyholder_id, org_id, \
         issue_date, expiry_date, premium_fen, premium_frequency, premium_term_years, sum_insured_fen, status, row_hash, \
         version, created_at, updated_at) VALUES (?1, ?2, '安享', 'ordinary', ?3, 'direct', ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
         ?11, ?12, 1, 1, 0, 0)",
    )?
    .execute(params![
        id(2, p),
        format!("P{p:09}"),
        lines[usize::try_from(dice(p, 8) % 5)?],
        id(1, n),
        id(9, 1),
        issued.to_string(),
        (issued + Days::new(365 * (1 + dice(p, 9) % 20))).to_string(),
        i64::try_from(50_000 + dice(p, 10) % 3_000_000)?,
        often[usize::try_from(dice(p, 11) % 5)?],
        (dice(p, 12) % 2 == 0).then_some(i64::try_from(1 + dice(p, 12) % 20)?),
        i64::try_from(dice(p, 13) % 100_000_000)?,
        if dice(p, 14) % 8 == 0 { "surrendered" } else { "in_force" },
    ])?;
    if dice(p, 15) % 3 == 0 {
        work.prepare_cached(
            "INSERT INTO events (id, event_id, type, source, occurred_at, occurred_on, policy_id, claim_no, amount_fen, \
             row_hash, created_at, updated_at) VALUES (?1, ?2, 'claim_paid', 'file', 0, ?3, ?4, ?5, ?6, 1, 0, 0)",
        )?
        .execute(params![
            id(3, p),
            format!("E{p:09}"),
            (as_of - Days::new(dice(p, 16) % 2_000)).to_string(),
            id(2, p),
            format!("CL{p:09}"),
            i64::try_from(dice(p, 17) % 2_000_000)?,
        ])?;
    }
    Ok(())
}

/// One customer becomes a key account and waits to be looked at.
fn change(path: &Path) -> Result<()> {
    let db = Connection::open(path)?;
    db.execute("UPDATE customers SET key_account = 1 WHERE customer_no = 'C00000007'", [])?;
    db.execute(
        "INSERT INTO derivations (derived, id, subject, low, high) VALUES ('scores', ?1, 'customers', ?2, ?2)",
        params![id(8, 1), id(1, 7)],
    )?;
    Ok(())
}
