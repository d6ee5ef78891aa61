//! Comparing the customer's face with the picture of the identity document, by a service of the company's
//! own choice. `server` brings the way to it, because nothing here speaks HTTP.

use super::case::whole;
use super::chain::{Entry, Pen};
use super::identity::fail;
use super::terms::terms_of;
use super::visit::{Visitor, entry};
use crate::access::Guesser;
use crate::{App, Error, Refusal, Result};
use bytes::Bytes;
use domain::access::Permission;
use domain::customers::Reveal;
use domain::electronic::{EvidenceStep, LinkStep, Proof, Stage};
use domain::time::{self, Instant};
use sha2::{Digest as _, Sha256};
use std::pin::Pin;
use std::sync::Arc;
use store::electronic::{self as rows, LinkChange};

/// Largest picture.
pub const FACE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Longest reference of a service that is kept.
const REFERENCE_MAX: usize = 100;

/// Whose face it is said to be. Neither prints.
pub struct FaceQuestion {
    /// Name.
    pub name: String,
    /// Number of the identity document.
    pub id_no: String,
    /// The picture as the browser sent it.
    pub picture: Bytes,
}

impl std::fmt::Debug for FaceQuestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FaceQuestion")
    }
}

/// What the service says.
#[derive(Clone, Debug)]
pub struct FaceAnswer {
    /// How alike the faces are, of a thousand.
    pub score: u32,
    /// Under what the service keeps the comparison.
    pub reference: String,
}

/// A service that did not answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct FaceUnavailable(pub String);

/// An answer on its way.
pub type Comparing =
    Pin<Box<dyn Future<Output = std::result::Result<FaceAnswer, FaceUnavailable>> + Send>>;

/// A service that compares faces.
#[derive(Clone)]
pub struct IdentityVerifier {
    /// What the evidence calls it.
    pub name: String,
    /// Faces that are less alike are of somebody else, of a thousand.
    pub threshold: u32,
    /// Asks it.
    pub compare: Arc<dyn Fn(FaceQuestion) -> Comparing + Send + Sync>,
}

impl std::fmt::Debug for IdentityVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityVerifier")
    }
}

/// Compares a picture that the customer took just now; the questions open when it is the customer. The
/// picture itself is not kept, only its hash.
///
/// # Errors
/// [`Error::Refused`] when the faces are not alike, the picture is none, or the session is over;
/// [`Error::Unavailable`] when the service does not answer.
pub async fn check_face(app: &App, now: Instant, visitor: &Visitor, picture: Bytes) -> Result<()> {
    let verifier = app.verifier().ok_or(Error::NotFound)?;
    let is_picture = picture.starts_with(&[0xff, 0xd8, 0xff]) || picture.starts_with(b"\x89PNG");
    if !is_picture || picture.len() > FACE_BYTES_MAX {
        return Err(Refusal::new("electronic-no-picture").into());
    }
    let hash = hex::encode(Sha256::digest(&picture));
    let link = visitor.link(app.store()).await?.ok_or(Error::NotFound)?;
    link.link.decide(LinkStep::Open, now)?;
    let session = visitor.session(app.store(), &link, now).await?;
    let over = || Error::from(Refusal::new("electronic-session-over"));
    let session = session
        .filter(|s| s.stage == Stage::Face)
        .ok_or_else(over)?;
    let guesser = Guesser::of_link(app, link.id, &visitor.address);
    guesser.demand_open(app, now).await?;
    let scope = whole(Permission::CustomersRead)?;
    let found = store::customers::find_customer(app.store(), &scope, link.customer).await?;
    let person = found.ok_or(Error::NotFound)?;
    let reveal = || Reveal::traced(link.id.0);
    let question = FaceQuestion {
        name: person.name.reveal(reveal()).to_owned(),
        id_no: person
            .id_no
            .as_ref()
            .map(|n| n.reveal(reveal()).to_owned())
            .unwrap_or_default(),
        picture,
    };
    // No transaction is open while the service thinks.
    let answer = (verifier.compare)(question).await;
    let answer = answer.map_err(|e| {
        tracing::warn!(service = %verifier.name, %e, "faces are not compared");
        Error::from(Refusal::new("electronic-face-unavailable"))
    })?;
    let reference: String = answer.reference.chars().take(REFERENCE_MAX).collect();
    let detail = serde_json::json!({
        "service": verifier.name, "score": answer.score, "threshold": verifier.threshold,
        "reference": reference, "picture_sha256": hash, "proof": Proof::DataCodeAndFace.as_str(),
    })
    .to_string();
    let work = app.store().begin(now).await?;
    let link = rows::find_link(&work, link.id)
        .await?
        .ok_or(Error::NotFound)?;
    if answer.score < verifier.threshold {
        let terms = terms_of(&app.rules(), time::date_in_china(now));
        let step = (EvidenceStep::FaceFailed, detail);
        return fail(work, visitor, app, &link, step, &guesser, &terms).await;
    }
    rows::open_stage(&work, &session, Stage::Open).await?;
    let device = visitor.device(app);
    let mut pen = Pen::of(&work, &link);
    let row = Entry {
        detail,
        device: Some(&device),
        ..Entry::default()
    };
    pen.write(EvidenceStep::FacePassed, &row).await?;
    let proof = Proof::DataCodeAndFace;
    let state = link.link.decide(LinkStep::Identify(proof), now)?;
    let change = LinkChange {
        state: Some(state),
        proof: Some(proof),
        head: pen.head(),
        ..LinkChange::default()
    };
    rows::save_link(&work, &link, &change).await?;
    Ok(work.commit(entry("electronic.identified", &link)).await?)
}
