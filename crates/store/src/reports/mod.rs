//! Figures of reports: set-based, one sweep over a covering index, one query text for both
//! databases.

mod behind;
mod dashboard;
mod figures;
mod formula;
mod labels;

pub use behind::{BehindFilter, BehindUnit, SlotValue, has_ids, list_behind};
pub use dashboard::{LateRow, Tally, TallyBy, list_late, list_tallies};
pub use figures::{FigureQuery, FigureRow, list_figures, weigh_period};
pub use labels::{Label, find_label, list_labels};
