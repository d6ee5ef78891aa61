//! Files for the planner: as many policies, each with one event that makes one obligation.
//!
//! Units, salespersons and customers come from the product's own generator; the policies are one-year
//! motor policies of the last three months, each with the end of its underwriting, which is called
//! back within a month (programme `PC-UW1`).

use crate::Result;
use crate::database::AS_OF;
use app::imports::generate::{GenerateRequest, generate};
use chrono::{Days, NaiveDate};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// Days back over which policies were issued.
const DAYS: u64 = 90;
/// Days back over which policies that get letters were issued.
const ISSUED_DAYS: u64 = 5;

/// Writes the files of a portfolio by the product's own generator.
pub(crate) fn generated(folder: &Path, customers: u64) -> Result<()> {
    let request = GenerateRequest {
        customers,
        seed: 1,
        around: AS_OF.parse()?,
        dirty: false,
    };
    generate(request, folder, &|_| {})?;
    Ok(())
}

/// Writes the files of one customer of a generated portfolio who has fifty policies more, with a thousand events; its
/// number.
pub(crate) fn of_large_customer(folder: &Path) -> Result<String> {
    const POLICIES: usize = 50;
    const EVENTS: u64 = 1_000;
    let of_others = std::fs::read_to_string(folder.with_file_name("policies.csv"))?;
    let mut lines = of_others.lines();
    let (head, line) = lines.next().zip(lines.next()).ok_or("the portfolio has no policies")?;
    let place = |name: &str| head.split(',').position(|c| c == name).ok_or("a column is missing");
    let (number, holder) = (place("policy_no")?, place("policyholder_no")?);
    let cells: Vec<_> = line.split(',').collect();
    std::fs::create_dir_all(folder)?;
    let mut policies = BufWriter::new(File::create(folder.join("policies.csv"))?);
    writeln!(policies, "{head}")?;
    for n in 0..POLICIES {
        let mut cells: Vec<_> = cells.iter().map(|c| (*c).to_owned()).collect();
        cells[number] = format!("LARGE{n:04}");
        writeln!(policies, "{}", cells.join(","))?;
    }
    let mut happened = BufWriter::new(File::create(folder.join("events.csv"))?);
    writeln!(happened, "event_id,type,occurred_at,policy_no,customer_no")?;
    let as_of: NaiveDate = AS_OF.parse()?;
    for n in 0..EVENTS {
        let (day, policy) = (as_of - Days::new(1 + n), n % POLICIES as u64);
        writeln!(
            happened,
            "LARGE{n:05},policy_changed,{day}T10:00:00+08:00,LARGE{policy:04},{}",
            cells[holder]
        )?;
    }
    Ok(cells[holder].to_owned())
}

/// Writes the files for so many events.
pub(crate) fn of_events(folder: &Path, events: u64) -> Result<()> {
    let customers = (events / 2).max(1);
    generated(folder, customers)?;
    let orgs = units(folder)?;
    let as_of: NaiveDate = AS_OF.parse()?;
    let mut policies = BufWriter::new(File::create(folder.join("policies.csv"))?);
    let mut happened = BufWriter::new(File::create(folder.join("events.csv"))?);
    writeln!(
        policies,
        "policy_no,product_code,product_name,product_class,line,channel,policyholder_no,insured_no,\
         org_code,application_date,issue_date,effective_date,expiry_date,term_months,premium,status"
    )?;
    writeln!(happened, "event_id,type,occurred_at,policy_no,customer_no")?;
    for n in 0..events {
        let customer = n % customers + 1;
        let org = &orgs[usize::try_from(n)? % orgs.len()];
        let issued = as_of - Days::new(n % DAYS + 1);
        let last = issued + Days::new(364);
        let (yuan, fen) = (2_000 + n % 4_000, n % 100);
        writeln!(
            policies,
            "M{n:09},MOT1,机动车商业保险,motor,motor,direct,C{customer:08},C{customer:08},{org},\
             {issued},{issued},{issued},{last},12,{yuan}.{fen:02},in_force"
        )?;
        writeln!(
            happened,
            "U{n:09},underwriting_completed,{issued}T10:{:02}:00+08:00,M{n:09},C{customer:08}",
            n % 60
        )?;
    }
    policies.flush()?;
    Ok(happened.flush()?)
}

/// Writes the files for so many letters: as many life policies of the last days, sold by salespersons to people
/// and without a receipt yet, each of which owes a callback ten days after its issue (programme `NB-T10`).
pub(crate) fn of_letters(folder: &Path, letters: u64) -> Result<()> {
    generated(folder, letters)?;
    let orgs = units(folder)?;
    let as_of: NaiveDate = AS_OF.parse()?;
    let people = people(folder)?;
    let mut policies = BufWriter::new(File::create(folder.join("policies.csv"))?);
    writeln!(
        policies,
        "policy_no,product_code,product_name,product_class,line,channel,policyholder_no,insured_no,org_code,\
         application_date,issue_date,effective_date,term_months,premium,premium_frequency,cooling_off_days,status"
    )?;
    for n in 0..letters {
        let holder = &people[usize::try_from(n)? % people.len()];
        let org = &orgs[usize::try_from(n)? % orgs.len()];
        let issued = as_of - Days::new(n % ISSUED_DAYS + 1);
        writeln!(
            policies,
            "L{n:09},WL-A,安享终身寿险（分红型）,participating,life,individual_agent,{holder},{holder},{org},\
             {issued},{issued},{issued},792,12000.00,annual,15,in_force"
        )?;
    }
    Ok(policies.flush()?)
}

/// Numbers of customers who are people.
fn people(folder: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(folder.join("customers.csv"))?;
    let numbers: Vec<_> = text
        .lines()
        .filter(|l| l.contains(",individual,"))
        .filter_map(|l| l.split(',').next())
        .map(str::to_owned)
        .collect();
    if numbers.is_empty() {
        return Err("customers.csv names no people".into());
    }
    Ok(numbers)
}

/// Codes of the units that write business.
fn units(folder: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(folder.join("orgs.csv"))?;
    let codes: Vec<_> = text
        .lines()
        .filter(|l| l.contains(",sub_branch,"))
        .filter_map(|l| l.split(',').next())
        .map(str::to_owned)
        .collect();
    if codes.is_empty() {
        return Err("orgs.csv names no sub-branches".into());
    }
    Ok(codes)
}
