//! Callbacks: lists, giving them to callers, calling, and what follows.

mod assign;
mod attempt;
mod call;
mod decide;
mod finish;
mod list;
mod recordings;
mod refusals;
mod values;
mod workbench;

pub use assign::{AssignReport, AssignTarget, assign, list_callers, unassign};
pub use attempt::{AnswerForm, StartForm, answer_item, start_attempt};
pub use call::{CallItem, CallPage, CallbackPage, PastAnswer, call_page, callback_page};
pub use decide::{Decision, decide};
pub use finish::{FinishForm, finish_attempt};
pub(crate) use list::filter;
pub use list::{CallbackList, ListQuery, list_callbacks};
pub use recordings::{add_link, add_upload};
pub use values::ScriptValues;
pub use workbench::{Workbench, badges, next_callback, workbench};

use crate::{Error, Result};
use domain::access::Scope;
use domain::ids::CallbackId;
use store::Reads;
use store::callbacks::CallbackRecord;

/// The record of a callback in sight.
pub(crate) async fn record(
    db: &impl Reads,
    scope: &Scope,
    id: CallbackId,
) -> Result<CallbackRecord> {
    store::callbacks::find_record(db, scope, id)
        .await?
        .ok_or(Error::NotFound)
}
