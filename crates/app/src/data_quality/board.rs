//! Figures of the quality of customers' information.

use crate::{App, Error, Result, listing};
use chrono::Months;
use domain::access::{Actor, Permission};
use domain::time::{self, Instant};
use store::data_quality::{self as rows, BoardBy, BoardRow, CheckCount, DueMonth, Spread};

/// Lines of the board.
const LINES: i64 = 50;
/// Months ahead for which due verifications are counted.
const MONTHS_AHEAD: u32 = 6;

/// Filters of the board, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoardQuery {
    /// `unit` (when empty), `channel` or `agent`.
    pub by: String,
    /// Code of the unit.
    pub org: String,
}

/// Customers by tenths of a score, from 0 to 100.
pub type Tenths = [i64; 11];

/// The board.
#[derive(Clone, Debug)]
pub struct Board {
    /// Lines by unit, channel or salesperson.
    pub rows: Vec<BoardRow>,
    /// Open and explained findings by check.
    pub checks: Vec<CheckCount>,
    /// How completeness is spread.
    pub completeness: Tenths,
    /// How truth is spread.
    pub truth: Tenths,
    /// Customers to be verified, by month.
    pub due: Vec<DueMonth>,
    /// Customers that were examined.
    pub customers: i64,
}

/// Figures of what is in sight.
///
/// # Errors
/// When the actor may not, or a filter cannot be read.
pub async fn board(app: &App, actor: &Actor, now: Instant, query: &BoardQuery) -> Result<Board> {
    let scope = actor.scope(Permission::CustomersRead)?;
    let by = match query.by.as_str() {
        "" | "unit" => BoardBy::Org,
        "channel" => BoardBy::Channel,
        "agent" => BoardBy::Agent,
        _ => return Err(Error::invalid("by", "unknown-code")),
    };
    let path = listing::org_path(app, &scope, &query.org).await?;
    let (db, path) = (app.store(), path.as_deref());
    let today = time::date_in_china(now);
    let until = today
        .checked_add_months(Months::new(MONTHS_AHEAD))
        .unwrap_or(today);
    let (completeness, truth) = rows::read_spread(db, &scope, path).await?;
    let completeness = tenths(&completeness);
    Ok(Board {
        rows: rows::list_board(db, &scope, by, path, LINES).await?,
        checks: rows::count_checks(db, &scope, path).await?,
        customers: completeness.iter().sum(),
        completeness,
        truth: tenths(&truth),
        due: rows::count_verifications_due(db, &scope, path, until).await?,
    })
}

fn tenths(spread: &[Spread]) -> Tenths {
    let mut tenths = Tenths::default();
    for s in spread {
        if let Some(at) = usize::try_from(s.tenth)
            .ok()
            .filter(|at| *at < tenths.len())
        {
            tenths[at] += s.n;
        }
    }
    tenths
}
