//! Work that takes longer than a request: it goes on after the answer, and its run is a page.

use crate::failure::Failure;
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// How long a request waits for quick work to end, so that small files need no second look.
const PATIENCE: Duration = Duration::from_millis(600);

/// Says under which id the run can be seen, as soon as it is known.
pub(crate) type Began = watch::Sender<Option<Uuid>>;

/// Where the work stands when the request is answered.
pub(crate) enum Begun<T> {
    /// It goes on; this is its run.
    Running(Uuid),
    /// It is over.
    Done(T),
}

/// Starts work. What fails before there is a run is told to the person; later failures are kept
/// with the run.
pub(crate) async fn begin<T, Work>(make: impl FnOnce(Began) -> Work) -> Result<Begun<T>, Failure>
where
    T: Send + 'static,
    Work: Future<Output = app::Result<T>> + Send + 'static,
{
    let (began, mut run) = watch::channel(None);
    let mut task = tokio::spawn(make(began));
    let broken = |e: tokio::task::JoinError| Failure::fault(e.to_string());
    tokio::select! {
        biased;
        done = &mut task => return Ok(Begun::Done(done.map_err(broken)??)),
        _ = run.wait_for(Option::is_some) => {}
    }
    let id = *run.borrow();
    match (tokio::time::timeout(PATIENCE, &mut task).await, id) {
        (Ok(done), _) => Ok(Begun::Done(done.map_err(broken)??)),
        (Err(_), Some(id)) => Ok(Begun::Running(id)),
        // The sender is gone without an id, so the work is about to end.
        (Err(_), None) => Ok(Begun::Done(task.await.map_err(broken)??)),
    }
}
