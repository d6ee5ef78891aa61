//! Electronic callbacks: offering them, the customer's own pages, the evidence, inspection.
//!
//! What the customer does is written through a link and a session of the customer's own; no use case
//! here takes both an answer and an actor, so that nobody of ours can answer for a customer.

mod case;
mod chain;
mod deliver;
mod evidence;
mod face;
mod follow;
mod identity;
mod inspect;
mod list;
mod offer;
mod phone;
mod questions;
mod submit;
mod terms;
mod visit;

pub use chain::ChainState;
pub use evidence::{Evidence, EvidenceLine, evidence_page};
pub use face::{
    Comparing, FACE_BYTES_MAX, FaceAnswer, FaceQuestion, FaceUnavailable, IdentityVerifier,
    check_face,
};
pub use identity::{IdentityForm, check_code, check_identity, send_code};
pub use inspect::{DrawForm, InspectionForm, SamplePage, draw, inspect, list_samples, sample_page};
pub use list::{LinkList, LinkQuery, links_of_callback, list_links};
pub use offer::{OfferForm, OfferReport, OfferTarget, Offered, offer, offer_many, revoke};
pub use phone::{PhoneForm, want_phone};
pub use questions::{Choice, GlossaryTerm, ItemScreen, ReviewLine, ReviewScreen};
pub use submit::{AnswerForm, Done, SubmitForm, answer, submit};
pub use terms::terms_of;
pub use visit::{Screen, Visitor, visit};
