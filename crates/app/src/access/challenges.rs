//! Questions to a browser on the way in: answered once, by the browser that was asked, in time.

use super::secrets::{Token, hash_token};
use crate::{App, Error, Result};
use chrono::Duration;
use domain::access::Actor;
use domain::ids::UserId;
use domain::time::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::access::{self as rows, Challenge, ChallengeKey, ChallengePurpose};
use store::{AuditActor, AuditEntry};

/// A question that was answered: what it was, and who had signed in when it was asked.
pub(super) struct Answered<Q> {
    pub(super) question: Q,
    pub(super) user: Option<UserId>,
}

/// Keeps a question. The answer must come with the token and from the browser that has the cookie.
pub(super) async fn ask(
    app: &App,
    now: Instant,
    purpose: ChallengePurpose,
    (token, browser): (&Token, &Token),
    actor: Option<&Actor>,
    question: &impl Serialize,
    good_for: Duration,
) -> Result<()> {
    let challenge = Challenge {
        user: actor.and_then(Actor::user),
        content: serde_json::to_string(question).map_err(|e| Error::Fault(e.to_string()))?,
    };
    let key = key(purpose, &token.0, &browser.0);
    let work = app.store().begin(now).await?;
    rows::insert_challenge(&work, &key, &challenge, now + good_for).await?;
    let who = actor.map_or_else(|| AuditActor::anonymous(""), AuditActor::from);
    let detail = serde_json::json!({ "purpose": purpose.as_str() });
    let entry = AuditEntry::new(who, "access.challenge_asked", "user", user_of(&challenge));
    Ok(work.commit(entry.detail(detail)).await?)
}

/// Takes an answer. Whatever comes of it, the question is used up. Nothing when there is none that this
/// browser could answer now.
pub(super) async fn take<Q: DeserializeOwned>(
    app: &App,
    now: Instant,
    purpose: ChallengePurpose,
    (token, browser): (&str, &str),
) -> Result<Option<Answered<Q>>> {
    let work = app.store().begin(now).await?;
    let Some(challenge) = rows::take_challenge(&work, &key(purpose, token, browser)).await? else {
        return Ok(None);
    };
    let detail = serde_json::json!({ "purpose": purpose.as_str() });
    let who = AuditActor::anonymous("");
    let entry = AuditEntry::new(
        who,
        "access.challenge_answered",
        "user",
        user_of(&challenge),
    );
    work.commit(entry.detail(detail)).await?;
    let question = serde_json::from_str(&challenge.content);
    Ok(Some(Answered {
        question: question.map_err(|e| Error::Fault(e.to_string()))?,
        user: challenge.user,
    }))
}

fn user_of(challenge: &Challenge) -> Option<uuid::Uuid> {
    challenge.user.map(|u| u.0)
}

fn key(purpose: ChallengePurpose, token: &str, browser: &str) -> ChallengeKey {
    ChallengeKey {
        token_hash: hash_token(token),
        browser_hash: hash_token(browser),
        purpose,
    }
}
