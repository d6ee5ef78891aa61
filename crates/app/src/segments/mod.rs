//! Classes of customers by value and by risk: worked out by models of the packs, set by hand where two
//! persons agree, with their history.

mod board;
mod chunk;
mod classify;
mod facts;
mod models;
mod overrides;
mod page;
mod preview;

pub(crate) use board::movement_filter;
pub use board::{
    Board, BoardQuery, ModelBoard, MovementQuery, UnitClasses, class_board, list_class_movements,
};
pub use classify::{ClassifyReport, ClassifyRequest, classify, classify_waiting};
pub(crate) use facts::whole_months;
pub use models::ModelOutline;
pub(crate) use models::check_models;
pub use overrides::{
    ClassProposal, OverrideAsked, OverrideForm, ask_override, decide_asked, end_override_early,
};
pub(crate) use overrides::{drop_override, put_override};
pub use page::{
    ClassLine, ClassSummary, ClassesPage, ModelClasses, classes_page, replay, summary_of_classes,
};
pub use preview::{ClassDiff, ClassExample, PointsColumn};
pub(crate) use preview::{differ, preview};
