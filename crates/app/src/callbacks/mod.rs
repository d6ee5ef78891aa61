//! Callbacks: lists, giving them to callers, calling, and what follows.

mod announce;
mod assign;
mod attempt;
mod authorisation;
mod call;
mod conduct;
mod confirmed;
mod decide;
mod dial;
mod discharge;
mod find;
mod finish;
mod list;
mod notes;
mod page;
pub(crate) mod payouts;
mod prepare;
mod record_form;
mod recordings;
mod refusals;
mod reviews;
mod signals;
mod spoken;
mod spot_checks;
mod together;
mod workbench;

pub use crate::questionnaires::ScriptValues;
pub use announce::{ComingCallback, announce, coming_callbacks};
pub use assign::{AssignReport, AssignTarget, assign, list_callers, unassign};
pub use attempt::{AnswerForm, StartForm, answer_item, start_attempt};
pub(crate) use attempt::{ScriptOf, case_facts, facts_of, script_of};
pub use authorisation::{ProxyForm, authorisations_of};
pub use call::{CallItem, CallPage, call_page};
pub use conduct::{Conduct, conduct};
pub(crate) use decide::{Decided, carry_out, follow_letter};
pub use decide::{Decision, decide};
pub use dial::{LineView, call_line, dial, hang_up};
pub(crate) use discharge::{complete, timing_of};
pub use find::{find_callback, page_of_callbacks};
pub(crate) use finish::parse_instant;
pub use finish::{FinishForm, finish_attempt};
pub(crate) use list::filter;
pub use list::{CallbackList, ListQuery, list_callbacks};
pub use notes::add_note;
pub use page::{CallbackPage, PastAnswer, callback_page};
pub use payouts::{
    PayoutForm, PayoutQuery, PayoutView, page_of_payouts, payouts, record_payout, service_items,
};
pub use prepare::{Preparation, PreparedScript, preparation};
pub use record_form::record_pdf;
pub use recordings::{add_link, add_upload};
pub use reviews::{
    ReviewForm, ReviewPage, acknowledge, list_waiting_reviews, review_callback, review_page,
};
pub use signals::{SignalQuery, check_records, decide_record_signal, list_record_signals};
pub(crate) use spoken::{Spoken, policy_values, salutation, values as spoken_values};
pub use spot_checks::{
    JudgementForm, SpotCheck, close_spot_check, draw_spot_check, judge_spot_check, spot_check,
    spot_checks,
};
pub use together::start_together;
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
