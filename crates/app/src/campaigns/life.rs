//! From the list to the end: before sales and back, released, carried out, analysed, closed.

use super::members::begin_callbacks;
use super::{SHORT_MAX, TEXT_MAX, decision_view, load};
use crate::visits::{person, text};
use crate::{App, Error, Result};
use domain::access::{Actor, Permission};
use domain::campaigns::{CampaignCommand, CampaignState, CampaignStep};
use domain::ids::CampaignId;
use domain::time::Instant;
use store::campaigns::{self as rows, CampaignRow};
use store::{AuditEntry, UnitOfWork};

/// A step, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct LifeForm {
    /// `submit`, `confirm`, `send_back`, `release`, `finish`, `analyse`, `improve`, `close` or `cancel`.
    pub step: String,
    /// What the results say, for `analyse`.
    pub text: String,
    /// Why, for `send_back` and `cancel`.
    pub reason: String,
    /// The version that the person saw; not looked at when missing.
    pub version: Option<i64>,
}

impl LifeForm {
    fn command(&self) -> Result<CampaignCommand> {
        let reason = text("reason", &self.reason, SHORT_MAX)?.unwrap_or_default();
        let reason = reason.to_owned();
        Ok(match self.step.as_str() {
            "submit" => CampaignCommand::Submit,
            "confirm" => CampaignCommand::Confirm,
            "send_back" => CampaignCommand::SendBack { reason },
            "release" => CampaignCommand::Release,
            "finish" => CampaignCommand::Finish,
            "analyse" => CampaignCommand::Analyse {
                text: text("text", &self.text, TEXT_MAX)?
                    .unwrap_or_default()
                    .to_owned(),
            },
            "improve" => CampaignCommand::Improve,
            "close" => CampaignCommand::Close,
            "cancel" => CampaignCommand::Cancel { reason },
            _ => return Err(Error::invalid("step", "unknown-code")),
        })
    }
}

/// The right that a step needs. Sending a list back is for sales; who plans may take it back, too.
fn right(actor: &Actor, command: &CampaignCommand) -> Permission {
    match command {
        CampaignCommand::Confirm => Permission::CampaignsConfirm,
        CampaignCommand::SendBack { .. } if !actor.may(Permission::CampaignsPlan) => {
            Permission::CampaignsConfirm
        }
        _ => Permission::CampaignsPlan,
    }
}

/// Takes a step of a campaign.
///
/// # Errors
/// When the actor may not, the step does not fit, something is missing for it, or who made the list would
/// confirm it.
pub async fn take_step(
    app: &App,
    actor: &Actor,
    now: Instant,
    id: CampaignId,
    form: &LifeForm,
) -> Result<CampaignState> {
    let command = form.command()?;
    let right = right(actor, &command);
    let scope = actor.scope(right)?;
    let by = person(actor)?;
    let work = app.store().begin(now).await?;
    let row = load(&work, actor, right, (id, form.version)).await?;
    let view = decision_view(&work, &scope, &row).await?;
    let state = view.decide(&command, by)?;
    let detail = serde_json::json!({ "number": row.number, "customers": view.members });
    let action = carry_out(&work, actor, (&row, state), &command).await?;
    let entry = AuditEntry::new(actor, action, "campaign", id.0);
    work.commit(entry.detail(detail)).await?;
    Ok(state)
}

/// Writes what a step means; the name under which it is recorded.
async fn carry_out(
    work: &UnitOfWork,
    actor: &Actor,
    (row, state): (&CampaignRow, CampaignState),
    command: &CampaignCommand,
) -> Result<&'static str> {
    let done = async |step| rows::record_step(work, row.id, step, &actor.name).await;
    let moved = async |reason| rows::save_state(work, row, state, reason).await;
    Ok(match command {
        CampaignCommand::Submit => {
            moved(None).await?;
            "campaign.submitted"
        }
        CampaignCommand::Confirm => {
            moved(None).await?;
            done(CampaignStep::Goal).await?;
            "campaign.confirmed"
        }
        CampaignCommand::SendBack { reason } => {
            moved(Some(reason.as_str())).await?;
            rows::forget_step(work, row.id, CampaignStep::Goal).await?;
            "campaign.sent_back"
        }
        CampaignCommand::Release => {
            moved(None).await?;
            begin_callbacks(work, row).await?;
            "campaign.released"
        }
        CampaignCommand::Finish => {
            moved(None).await?;
            done(CampaignStep::Execution).await?;
            "campaign.carried_out"
        }
        CampaignCommand::Analyse { text } => {
            rows::save_analysis(work, row, text).await?;
            done(CampaignStep::Analysis).await?;
            "campaign.analysed"
        }
        CampaignCommand::Improve => {
            moved(None).await?;
            done(CampaignStep::Improvement).await?;
            "campaign.improvement_set"
        }
        CampaignCommand::Close => {
            moved(None).await?;
            "campaign.closed"
        }
        CampaignCommand::Cancel { reason } => {
            moved(Some(reason.as_str())).await?;
            "campaign.cancelled"
        }
        CampaignCommand::Change
        | CampaignCommand::Add { .. }
        | CampaignCommand::Remove { .. }
        | CampaignCommand::Prepare(_)
        | CampaignCommand::Measure => return Err(Error::invalid("step", "unknown-code")),
    })
}
