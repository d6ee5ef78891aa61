//! Service by class: teams, who is in charge, the register of what was done, watched customers, flags.

mod charges;
mod done;
mod figures;
mod flags;
mod items;
mod keep;
mod served;
mod teams;
mod watch;

pub use charges::{ChargeRow, NewCharge, end_charge, insert_charge, list_charges};
pub use done::{DoneCounts, RiskCodes, find_risk_codes, read_done};
pub use figures::{ClassFigures, ConversionFigures, read_class_figures, read_conversion};
pub use flags::{
    FlagChangeRow, FlagFilter, FlagRow, NewFlag, find_flag, insert_flag, list_flag_changes,
    list_flags, save_flag,
};
pub use items::{ItemRow, NewItem, find_item, finish_item, insert_item, list_items};
pub use keep::{
    Unserved, list_outgrown, list_promising, list_unflagged, list_unneeded_charges, list_unserved,
    list_vacated, list_wrongly_flagged,
};
pub use served::{MineRow, ServedFilter, ServedRow, count_served, list_mine, list_served};
pub use teams::{
    MemberRow, NewTeam, TeamRow, close_team, end_member, find_team, insert_member, insert_team,
    list_candidates, list_team_members, list_teams,
};
pub use watch::{
    NewWatched, WatchFilter, WatchedRow, end_watching, find_watched, insert_watched, list_watched,
    set_watch_owner,
};

use crate::Result;
use crate::sealing::Keyring;
use domain::access::Scope;
use uuid::Uuid;

/// Opens a sealed text that may be missing.
fn open(keys: &Keyring, column: &str, id: Uuid, sealed: Option<Vec<u8>>) -> Result<Option<String>> {
    sealed.map(|s| keys.open(column, id, &s)).transpose()
}

/// Seals a text that may be missing.
fn seal(keys: &Keyring, column: &str, id: Uuid, text: Option<&str>) -> Result<Option<Vec<u8>>> {
    text.map(|t| keys.seal(column, id, t)).transpose()
}

/// The customers of a scope; the customer is `c`.
fn in_sight(select: &mut crate::sql::Select, scope: &Scope) {
    select.scope(scope, "c.org_id").own(scope, "c.id");
}
