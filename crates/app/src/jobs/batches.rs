//! Jobs that work through many customers: letters that are printed, surveys that are sent out.

use super::files::{self, FileResult};
use super::perform::{Done, at, made, temporary};
use super::run::Clock;
use crate::{App, Result};
use domain::access::Actor;
use domain::ids::SurveyId;
use store::jobs::JobProgress;
use tokio::sync::watch;
use uuid::Uuid;

pub(super) async fn print_letters(
    app: &App,
    actor: &Actor,
    clock: Clock<'_>,
    batch: (Uuid, &crate::letters::LetterBatch),
    progress: &watch::Sender<JobProgress>,
) -> Result<Done> {
    let path = temporary("pdf")?;
    let (rows, ending) =
        crate::letters::print_batch(app, actor, clock, batch, &path, &|done, total| {
            progress.send_replace(at(done, total, None));
        })
        .await?;
    let now = clock();
    let key = files::new_key(app, now, "exports", ending);
    files::send(app, now, &key, &path).await?;
    let day = domain::time::date_in_china(now).format("%Y%m%d");
    let file = FileResult {
        key,
        name: format!("letters-{day}.{ending}"),
        media_type: format!("application/{ending}"),
        rows,
    };
    made(now, file)
}

pub(super) async fn distribute_survey(
    app: &App,
    actor: &Actor,
    clock: Clock<'_>,
    survey: SurveyId,
    progress: &watch::Sender<JobProgress>,
) -> Result<Done> {
    let tell = |done, total| {
        progress.send_replace(at(done, Some(total), None));
    };
    let done = crate::surveys::distribute(app, actor, clock, survey, &tell).await?;
    Ok(Done {
        progress: at(done, Some(done), None),
        discard: None,
    })
}
