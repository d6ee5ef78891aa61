//! What tests share: throw-away databases on both engines, a clock that stands still, a small
//! portfolio that comes in through the real import, and people of every role.
//!
//! A test names its engine and reads as who does what:
//!
//! ```ignore
//! #[rstest]
//! #[tokio::test]
//! async fn a_wrong_number_is_corrected(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
//!     let t = TestApp::with_portfolio(engine).await;
//!     let id = t.callback("P50-ZHOU", "NB-CQ").await;
//!     t.assign(&t.people().leader_cq, id, &t.people().caller_cq).await;
//!     let state = t.not_reached(&t.people().caller_cq, t.now, id, "wrong_number").await;
//!     assert_eq!(state, CallbackState::ContactFix);
//! }
//! ```
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up must fail, with the place of it"
)]

mod asterisk;
mod calls;
mod chance;
mod clock;
mod database;
mod electronic;
mod gateway;
mod mail_server;
mod people;
mod portfolio;
mod sink;
mod statements;
mod surveys;
mod table;
mod test_app;

pub use asterisk::{ARI_PASSWORD, ARI_USERNAME, Callee, FakeAsterisk};
pub use chance::{FixedChance, resident_id};
pub use clock::{at, day, morning};
pub use database::{Engine, TestDatabase};
pub use gateway::{GATEWAY_SECRET, SmsGateway, gateway_signature};
pub use mail_server::{Mail, MailServer};
pub use people::{PASSWORD, People, actor_of, code_of, enrol};
pub use portfolio::Portfolio;
pub use sink::Sink;
pub use statements::Statements;
pub use surveys::{Approvers, QUESTIONNAIRE};
pub use table::{Table, row};
pub use test_app::{MASTER_KEY, TestApp, invalid, refused};
