//! Callbacks: lists, giving them to callers, calling, and what follows.

mod assign;
mod attempt;
mod call;
mod decide;
mod discharge;
mod find;
mod finish;
mod list;
mod page;
mod recordings;
mod refusals;
mod spoken;
mod values;
mod workbench;

pub use assign::{AssignReport, AssignTarget, assign, list_callers, unassign};
pub use attempt::{AnswerForm, StartForm, answer_item, start_attempt};
pub use call::{CallItem, CallPage, call_page};
pub(crate) use decide::{Decided, carry_out};
pub use decide::{Decision, decide};
pub use find::{find_callback, page_of_callbacks};
pub use finish::{FinishForm, finish_attempt};
pub(crate) use list::filter;
pub use list::{CallbackList, ListQuery, list_callbacks};
pub use page::{CallbackPage, PastAnswer, callback_page};
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
