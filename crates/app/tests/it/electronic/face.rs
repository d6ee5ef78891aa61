//! Comparing faces, where the company has a service for it.

use app::electronic::{
    ChainState, Comparing, FaceAnswer, FaceQuestion, FaceUnavailable, IdentityVerifier, Screen,
    check_code, check_face, check_identity, evidence_page, visit,
};
use bytes::Bytes;
use domain::electronic::{EvidenceStep, Proof};
use rstest::rstest;
use std::sync::Arc;
use testkit::{Engine, TestApp, refused};

/// A service by which a picture that ends with its score is that much alike; one without is no answer.
fn fake() -> IdentityVerifier {
    IdentityVerifier {
        name: "face-centre".into(),
        threshold: 800,
        compare: Arc::new(|question: FaceQuestion| -> Comparing {
            assert_eq!(question.name, "周敏");
            let score = question.picture.last().map(|n| u32::from(*n) * 10);
            Box::pin(async move {
                match score.filter(|s| *s > 0) {
                    Some(score) => Ok(FaceAnswer {
                        score,
                        reference: "F-1".into(),
                    }),
                    None => Err(FaceUnavailable("busy".into())),
                }
            })
        }),
    }
}

fn picture(score: u8) -> Bytes {
    Bytes::copy_from_slice(&[0xff, 0xd8, 0xff, score])
}

/// 2020 No. 11: identity by effective technical means; how it was proved is kept, the picture is not.
#[rstest]
#[tokio::test]
async fn a_face_is_compared(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mut t = TestApp::with_portfolio(engine).await;
    t.app = t.app.clone().with_verifier(Some(fake()));
    t.change_policy(|p| p.failures_free = 100);
    let id = t.callback("P50-ZHOU", "NB-CQ").await;
    let leader = &t.people().leader_cq;
    let (link, mut customer) = t.offer(leader, t.now, id).await;
    let early = check_face(&t.app, t.now, &customer, picture(99)).await;
    assert_eq!(refused(early), "electronic-session-over");
    let token = check_identity(&t.app, t.now, &customer, &TestApp::zhou()).await;
    customer.session = Some(token.unwrap().0);
    let code = t.code_about(link).await;
    check_code(&t.app, t.now, &customer, &code).await.unwrap();
    let screen = visit(&t.app, t.now, &customer, None).await.unwrap();
    assert!(matches!(screen, Screen::Face), "{screen:?}");
    let none = check_face(&t.app, t.now, &customer, Bytes::from_static(b"MZ")).await;
    assert_eq!(refused(none), "electronic-no-picture");
    let busy = check_face(&t.app, t.now, &customer, picture(0)).await;
    assert_eq!(refused(busy), "electronic-face-unavailable");
    let other = check_face(&t.app, t.now, &customer, picture(79)).await;
    assert_eq!(refused(other), "electronic-face-mismatch");
    check_face(&t.app, t.now, &customer, picture(80))
        .await
        .unwrap();
    let first = t.item(t.now, &customer).await;
    assert_eq!(first.position, 1);
    let evidence = evidence_page(&t.app, leader, t.now, link, true).await;
    let evidence = evidence.unwrap();
    assert_eq!(evidence.chain, Some(ChainState::Sound));
    assert_eq!(evidence.link.proof, Some(Proof::DataCodeAndFace));
    let passed = evidence
        .lines
        .iter()
        .find(|l| l.row.kind == EvidenceStep::FacePassed);
    let detail = &passed.unwrap().row.detail;
    assert!(
        detail.contains("\"score\":800") && detail.contains("F-1"),
        "{detail}"
    );
}
