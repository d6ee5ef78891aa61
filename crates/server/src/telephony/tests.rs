//! Calls through an Asterisk over real sockets.

use super::{AriConfig, TelephonyConfig, open};
use app::App;
use app::callbacks::{FinishForm, call_line, dial, finish_attempt, hang_up};
use app::jobs::run_due;
use app::telephony::set_own_extension;
use domain::callbacks::{AttemptResult, CallbackState};
use domain::ids::CallbackId;
use domain::telephony::{CallEnd, CallState};
use rstest::rstest;
use std::time::Duration;
use testkit::{ARI_PASSWORD, ARI_USERNAME, Callee, Engine, FakeAsterisk, TestApp, refused};

/// The number of the customer of P50-ZHOU, by the trunk of the tests.
const CUSTOMER: &str = "PJSIP/13800500001@trunk";

struct Desk {
    t: TestApp,
    app: App,
    pbx: FakeAsterisk,
    id: CallbackId,
}

impl Desk {
    /// A caller at extension 1001, on the call page of P50-ZHOU.
    async fn new(engine: Engine) -> Self {
        let t = TestApp::with_portfolio(engine).await;
        let pbx = FakeAsterisk::start().await;
        pbx.callee("PJSIP/1001", Callee::Answers);
        let folder = tempfile::TempDir::new().unwrap();
        let password_file = folder.path().join("password");
        std::fs::write(&password_file, ARI_PASSWORD).unwrap();
        let config = TelephonyConfig::Ari(AriConfig {
            url: format!("http://{}", pbx.address),
            username: ARI_USERNAME.into(),
            password_file: Some(password_file),
            password_env: None,
            app: AriConfig::app(),
            endpoint: AriConfig::endpoint(),
            trunk: "PJSIP/{number}@trunk".into(),
            caller_id: Some("95500".into()),
            record: true,
        });
        let opened = open(Some(&config), "test").unwrap();
        let app = t.app.clone().with_telephony(opened.line.clone());
        opened.listen(app.clone());
        let id = t.callback("P50-ZHOU", "NB-CQ").await;
        let p = t.people();
        t.assign(&p.leader_cq, id, &p.caller_cq).await;
        t.start(&p.caller_cq, t.now, id).await.unwrap();
        set_own_extension(&app, &p.caller_cq, t.now, "1001")
            .await
            .unwrap();
        wait(async || pbx.is_heard()).await;
        Self { t, app, pbx, id }
    }

    async fn dial(&self) -> app::Result<()> {
        let caller = &self.t.people().caller_cq;
        let call = dial(&self.app, caller, self.t.now, self.id, "mobile").await;
        call.map(|_| ())
    }

    async fn line(&self) -> app::callbacks::LineView {
        let caller = &self.t.people().caller_cq;
        let line = call_line(&self.app, caller, self.t.now, self.id).await;
        line.unwrap().unwrap()
    }

    async fn state(&self) -> Option<CallState> {
        self.line().await.call.map(|c| c.call.state)
    }

    async fn becomes(&self, state: CallState) {
        wait(async || self.state().await == Some(state)).await;
    }
}

/// Waits until something is so; events come over a socket.
async fn wait(so: impl AsyncFn() -> bool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    for _ in 0..500 {
        if so().await {
            return;
        }
        ticks.tick().await;
    }
    panic!("it never became so");
}

/// INT-05: dialled from the page, recorded by itself, the recording on the attempt without a hand.
#[rstest]
#[tokio::test]
async fn a_call_is_dialled_recorded_and_filed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let desk = Desk::new(engine).await;
    let (t, caller) = (&desk.t, &desk.t.people().caller_cq);
    desk.pbx.callee(CUSTOMER, Callee::Answers);
    desk.dial().await.unwrap();
    desk.becomes(CallState::Answered).await;
    assert_eq!(desk.pbx.asked(), ["PJSIP/1001", CUSTOMER]);
    assert_eq!(refused(desk.dial().await), "call-running");
    t.answer_all(caller, t.now, desk.id, &[]).await;
    desk.pbx.customer_hangs_up();
    desk.becomes(CallState::Ended).await;
    let call = desk.line().await.call.unwrap();
    assert_eq!(call.call.end, Some(CallEnd::Spoken));
    wait(async || desk.pbx.open_channels() == 0).await;
    // Nobody added a recording by hand: the telephone system has it.
    let form = FinishForm {
        result: "finished".into(),
        ..FinishForm::default()
    };
    let state = finish_attempt(&desk.app, caller, t.now, desk.id, &form).await;
    assert_eq!(state.unwrap(), CallbackState::Completed);
    let page = app::callbacks::callback_page(&desk.app, caller, t.now, desk.id);
    assert!(page.await.unwrap().recordings.is_empty());
    let later = crate::environment::now() + chrono::Duration::minutes(1);
    wait(async || {
        let app = desk.app.clone();
        let ran = tokio::spawn(async move { run_due(&app, &move || later).await });
        ran.await.unwrap().unwrap() > 0
    })
    .await;
    let page = app::callbacks::callback_page(&desk.app, caller, t.now, desk.id);
    let page = page.await.unwrap();
    assert_eq!(page.recordings.len(), 1);
    assert_eq!(page.recordings[0].owner_id, page.attempts[0].id.0);
    assert!(page.recordings[0].sha256.is_some() && page.calls[0].recording.is_some());
    assert_eq!(t.audited("call.requested").await, 1);
    assert_eq!(t.audited("recording.fetched").await, 1);
}

/// What the network says becomes the result that is proposed.
#[rstest]
#[case(Callee::Ends(17), CallEnd::Busy, Some(AttemptResult::Busy))]
#[case(Callee::Ends(19), CallEnd::NoAnswer, Some(AttemptResult::NoAnswer))]
#[case(
    Callee::Ends(1),
    CallEnd::NoSuchNumber,
    Some(AttemptResult::WrongNumber)
)]
#[case(Callee::Ends(21), CallEnd::Rejected, None)]
#[tokio::test]
async fn the_end_of_a_call_proposes_a_result(
    #[case] does: Callee,
    #[case] end: CallEnd,
    #[case] result: Option<AttemptResult>,
) {
    let desk = Desk::new(Engine::Sqlite).await;
    desk.pbx.callee(CUSTOMER, does);
    desk.dial().await.unwrap();
    desk.becomes(CallState::Ended).await;
    let line = desk.line().await;
    assert_eq!(line.call.as_ref().and_then(|c| c.call.end), Some(end));
    assert_eq!(line.suggested, result);
    wait(async || desk.pbx.open_channels() == 0).await;
    // It can be tried again.
    desk.dial().await.unwrap();
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_called_says_so(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let desk = Desk::new(engine).await;
    let (t, caller) = (&desk.t, &desk.t.people().caller_cq);
    // A trunk that knows no such number: the caller's leg rang, the next step failed.
    desk.dial().await.unwrap();
    desk.becomes(CallState::Ended).await;
    assert_eq!(
        desk.line().await.call.unwrap().call.end,
        Some(CallEnd::Failed)
    );
    // An extension that does not exist.
    set_own_extension(&desk.app, caller, t.now, "2002")
        .await
        .unwrap();
    assert_eq!(refused(desk.dial().await), "telephony-failed");
    let line = desk.line().await;
    assert!(!line.is_busy() && line.call.unwrap().failure.is_some());
    // Hanging up before anybody answers.
    set_own_extension(&desk.app, caller, t.now, "1001")
        .await
        .unwrap();
    desk.pbx.callee(CUSTOMER, Callee::Rings);
    desk.dial().await.unwrap();
    desk.becomes(CallState::Ringing).await;
    hang_up(&desk.app, caller, t.now, desk.id).await.unwrap();
    desk.becomes(CallState::Ended).await;
    assert_eq!(
        desk.line().await.call.unwrap().call.end,
        Some(CallEnd::GivenUp)
    );
    let none = dial(&t.app, caller, t.now, desk.id, "mobile").await;
    assert_eq!(refused(none.map(|_| ())), "telephony-none");
}
