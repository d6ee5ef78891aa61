//! Classes of customers: what models look at, what they gave, the classes in force and those set by hand.

mod board;
mod cases;
mod overrides;
mod read;
mod whom;
mod write;

pub use board::{
    ClassCount, Histogram, MatrixCell, Movement, MovementFilter, count_classes, count_matrix,
    count_points, find_latest_change, list_movements,
};
pub use cases::{
    Complaints, HeldPolicy, PolicyEvent, ScoredCustomer, read_complaints, read_customers,
    read_events, read_policies,
};
pub use overrides::{
    NewOverride, OverrideRow, attach_approval, decide_override, end_override, end_past_overrides,
    find_override, insert_override, list_overrides,
};
pub use read::{ClassSpan, ScoreRow, list_class_spans, list_scores, read_customer_numbers};
pub use whom::{Whom, read_subjects};
pub use write::{
    NewClass, NewScore, OpenClass, OpenScore, SetByHand, count_open_spans, forget_spans,
    read_open_classes, read_open_scores, read_set_by_hand, write_classes, write_scores,
};
