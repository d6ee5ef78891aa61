//! Everything about the risk of one customer, as far as the viewer may see it; and what others need to know.

use super::assess::flag_of;
use super::measures::list_risk_owners;
use super::monitor::{Monitoring, monitoring};
use super::{Explanation, confidential, find, note_confidential, wording};
use crate::listing::PAGE_ROWS;
use crate::{App, Result};
use chrono::NaiveDate;
use domain::access::{Actor, Permission, Scope};
use domain::ids::CustomerId;
use domain::risk::{AssessmentState, CreditFlag, FlagState, RiskDimension, RiskLevel};
use domain::time::{self, Instant};
use store::access::UserRow;
use store::customers::CustomerRow;
use store::risk::{self as rows, AmlCheckRow, AssessmentFilter, AssessmentRow, CreditEntryRow};
use store::risk::{FlagRow, MeasureFilter, RiskMeasureRow, RiskSignalFilter, RiskSignalRow};

/// Rows of each short list.
const SHORT: u64 = 50;

/// A dimension: what is in force, and what is on its way.
#[derive(Clone, Debug)]
pub struct DimensionView {
    /// Which.
    pub dimension: RiskDimension,
    /// In force.
    pub current: Option<AssessmentRow>,
    /// Draft, or before another person.
    pub open: Option<AssessmentRow>,
    /// Why the one in force comes to its level.
    pub explanation: Option<Explanation>,
}

/// What only those with the right to it see.
#[derive(Clone, Debug)]
pub struct AmlView {
    /// The grade.
    pub grade: DimensionView,
    /// Checks before payments.
    pub checks: Vec<AmlCheckRow>,
}

/// The page of one customer.
#[derive(Clone, Debug)]
pub struct RiskPage {
    /// The customer.
    pub customer: CustomerRow,
    /// The worst of the dimensions in force.
    pub overall: Option<RiskLevel>,
    /// When the customer is looked at again: the first of the days, by class or by assessment.
    pub review_on: Option<NaiveDate>,
    /// What the class of the customer asks for.
    pub monitoring: Option<Monitoring>,
    /// The four dimensions.
    pub dimensions: Vec<DimensionView>,
    /// Assessments that were in force before.
    pub history: Vec<AssessmentRow>,
    /// Signals, the newest first.
    pub signals: Vec<RiskSignalRow>,
    /// Measures, the newest first.
    pub measures: Vec<RiskMeasureRow>,
    /// The credit file.
    pub entries: Vec<CreditEntryRow>,
    /// Changes of the credit flag.
    pub flags: Vec<FlagRow>,
    /// The credit flag in force.
    pub flag: CreditFlag,
    /// What underwriting is asked.
    pub effect: Option<String>,
    /// How risks of this level are controlled.
    pub control: Option<String>,
    /// What is confidential; nothing for who may not see it.
    pub aml: Option<AmlView>,
    /// Who can see to measures; nobody for who sets none.
    pub owners: Vec<UserRow>,
}

impl RiskPage {
    /// The change of the flag that waits for a second person.
    pub fn waiting(&self) -> Option<&FlagRow> {
        self.flags.iter().find(|f| f.state == FlagState::Waiting)
    }
}

fn dimension_view(dimension: RiskDimension, all: &[AssessmentRow]) -> DimensionView {
    let find = |states: &[AssessmentState]| {
        let mut own = all.iter().filter(|a| a.dimension == dimension);
        own.find(|a| states.contains(&a.state)).cloned()
    };
    let current = find(&[AssessmentState::Confirmed]);
    DimensionView {
        dimension,
        explanation: current
            .as_ref()
            .and_then(|a| Explanation::read(a.explanation.as_ref())),
        open: find(&[AssessmentState::Draft, AssessmentState::Submitted]),
        current,
    }
}

/// The risk of a customer in sight. That someone looked is recorded, of what is confidential apart.
///
/// # Errors
/// When the actor may not see risks; [`crate::Error::NotFound`] when the customer is not in sight.
pub async fn risk_page(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
) -> Result<RiskPage> {
    let scope = actor.scope(Permission::RiskRead)?;
    let (db, today) = (app.store(), time::date_in_china(now));
    let customer = find(app, &scope, customer_no).await?;
    let id = customer.id;
    let what = ("customer.viewed", "customer");
    crate::audit::seen(app, actor, now, what, (id.0, Some(id.0))).await?;
    let secret = confidential(actor);
    if secret {
        note_confidential(app, actor, now, &customer).await?;
    }
    let all = assessments(app, &scope, id, secret).await?;
    let signal_filter = RiskSignalFilter {
        customer: Some(id),
        confidential: secret,
        ..RiskSignalFilter::default()
    };
    let measure_filter = MeasureFilter {
        customer: Some(id),
        confidential: secret,
        ..MeasureFilter::default()
    };
    let four = RiskDimension::ALL.iter().copied();
    let four = four.filter(|d| *d != RiskDimension::Aml);
    let dimensions: Vec<_> = four.map(|d| dimension_view(d, &all)).collect();
    let overall = overall(&all);
    let flags = rows::list_flags(db, &scope, id).await?;
    let flag = flag_of(&flags);
    let aml = match secret {
        true => Some(AmlView {
            grade: dimension_view(RiskDimension::Aml, &all),
            checks: rows::list_aml_checks(db, &scope, id).await?,
        }),
        false => None,
    };
    let owners = match actor.may(Permission::RiskAssess) {
        true => list_risk_owners(app, actor).await?,
        false => Vec::new(),
    };
    let past = |a: &AssessmentRow| a.state == AssessmentState::Superseded;
    let monitoring = monitored(app, &scope, id, &all, today).await?;
    Ok(RiskPage {
        overall,
        review_on: review_on(&all, monitoring.as_ref()),
        monitoring,
        control: overall.and_then(|l| wording(app, &format!("risk_control_{l}"), today)),
        effect: wording(app, &format!("risk_credit_effect_{flag}"), today),
        signals: rows::list_risk_signals(db, &scope, &signal_filter, SHORT)
            .await?
            .rows,
        measures: rows::list_risk_measures(db, &scope, &measure_filter, SHORT)
            .await?
            .rows,
        entries: rows::list_credit_entries(db, &scope, id).await?,
        history: all.iter().filter(|a| past(a)).cloned().collect(),
        dimensions,
        flags,
        flag,
        aml,
        owners,
        customer,
    })
}

async fn assessments(
    app: &App,
    scope: &Scope,
    customer: CustomerId,
    secret: bool,
) -> Result<Vec<AssessmentRow>> {
    let filter = AssessmentFilter {
        customer: Some(customer),
        confidential: secret,
        ..AssessmentFilter::default()
    };
    let page = rows::list_assessments(app.store(), scope, &filter, PAGE_ROWS).await?;
    Ok(page.rows)
}

/// Assessments in force that everybody who sees risks may see.
fn in_force(all: &[AssessmentRow]) -> impl Iterator<Item = &AssessmentRow> {
    let confirmed = |a: &&AssessmentRow| a.state == AssessmentState::Confirmed;
    let open = |a: &&AssessmentRow| a.dimension != RiskDimension::Aml;
    all.iter().filter(confirmed).filter(open)
}

/// The worst of the dimensions in force (公司 等级).
fn overall(all: &[AssessmentRow]) -> Option<RiskLevel> {
    in_force(all).map(|a| a.level).max()
}

/// The first day on which an assessment or the class asks for another look.
fn review_on(all: &[AssessmentRow], monitoring: Option<&Monitoring>) -> Option<NaiveDate> {
    let by_class = monitoring.map(|m| m.due_on);
    let by_level = in_force(all).filter_map(|a| a.review_on);
    by_level.chain(by_class).min()
}

/// What the class of a customer in sight asks for.
async fn monitored(
    app: &App,
    scope: &Scope,
    customer: CustomerId,
    all: &[AssessmentRow],
    today: NaiveDate,
) -> Result<Option<Monitoring>> {
    let Some(standing) = rows::find_risk_standing(app.store(), scope, customer).await? else {
        return Ok(None);
    };
    let confirmed = in_force(all).filter_map(|a| Some((a.dimension, a.confirmed_on?)));
    let confirmed: Vec<_> = confirmed.collect();
    Ok(monitoring(app, standing, &confirmed, today))
}

/// What others need to know of the risk of a customer. Nothing of it is confidential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskFlags {
    /// The credit flag in force.
    pub credit: CreditFlag,
    /// What underwriting is asked.
    pub effect: Option<String>,
    /// The worst of the dimensions in force; nothing while nobody assessed the customer.
    pub level: Option<RiskLevel>,
    /// When the customer is looked at again.
    pub review_on: Option<NaiveDate>,
    /// Open signals.
    pub signals: i64,
}

/// What others need to know of the risk of a customer in a scope, such as a feed to underwriting.
///
/// # Errors
/// What the store says.
pub async fn flags_of(
    app: &App,
    scope: &Scope,
    now: Instant,
    customer: CustomerId,
) -> Result<RiskFlags> {
    let (db, today) = (app.store(), time::date_in_china(now));
    let all = assessments(app, scope, customer, false).await?;
    let monitoring = monitored(app, scope, customer, &all, today).await?;
    let flags = rows::list_flags(db, scope, customer).await?;
    let credit = flag_of(&flags);
    let filter = RiskSignalFilter {
        customer: Some(customer),
        open: Some(true),
        ..RiskSignalFilter::default()
    };
    let most = i64::try_from(SHORT).unwrap_or(i64::MAX);
    Ok(RiskFlags {
        credit,
        effect: wording(app, &format!("risk_credit_effect_{credit}"), today),
        level: overall(&all),
        review_on: review_on(&all, monitoring.as_ref()),
        signals: rows::count_risk_signals(db, scope, &filter, most).await?,
    })
}

/// What others need to know of the risk of a customer, by number; with the number as it is written. That someone
/// looked is recorded.
///
/// # Errors
/// When the actor may not see risks; [`crate::Error::NotFound`] when the customer is not in sight.
pub async fn customer_flags(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer_no: &str,
) -> Result<(String, RiskFlags)> {
    let scope = actor.scope(Permission::RiskRead)?;
    let customer = find(app, &scope, customer_no).await?;
    let id = customer.id;
    let what = ("customer.viewed", "customer");
    crate::audit::seen(app, actor, now, what, (id.0, Some(id.0))).await?;
    let flags = flags_of(app, &scope, now, id).await?;
    Ok((customer.customer_no, flags))
}

/// The risk of a customer in a line, for the overview; nothing for who may not see it.
///
/// # Errors
/// What the store says.
pub async fn summary(
    app: &App,
    actor: &Actor,
    now: Instant,
    customer: CustomerId,
) -> Result<Option<RiskFlags>> {
    match actor.scope(Permission::RiskRead) {
        Ok(scope) => Ok(Some(flags_of(app, &scope, now, customer).await?)),
        Err(_) => Ok(None),
    }
}
