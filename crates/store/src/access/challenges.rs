//! What a browser was asked on the way in and has not answered yet. Each can be answered once, by the
//! browser that was asked, until it expires. Only hashes of tokens are stored.

use crate::sql::{find, millis, params};
use crate::{Reads, Result, UnitOfWork};
use domain::ids::UserId;
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// What is being answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengePurpose {
    /// A provider sends somebody back, to sign in or to link an identity.
    Oidc,
    /// Somebody signs in with a passkey.
    Passkey,
    /// Somebody registers a passkey.
    PasskeyRegistration,
}

impl ChallengePurpose {
    /// The code in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Passkey => "passkey",
            Self::PasskeyRegistration => "passkey_registration",
        }
    }
}

/// What names a challenge: a token that comes back with the answer, and the browser that was asked.
#[derive(Clone, Copy, Debug)]
pub struct ChallengeKey {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// SHA-256 of the browser's cookie.
    pub browser_hash: [u8; 32],
    /// What is being answered.
    pub purpose: ChallengePurpose,
}

/// What is kept of a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The person who signed in before they were asked, if that was so.
    pub user: Option<UserId>,
    /// What the answer is checked against, as JSON.
    pub content: String,
}

/// Keeps a challenge until a moment, and forgets those that expired.
///
/// # Errors
/// What the database says.
pub async fn insert_challenge(
    work: &UnitOfWork,
    key: &ChallengeKey,
    challenge: &Challenge,
    expires_at: domain::time::Instant,
) -> Result<()> {
    let expired = "DELETE FROM sign_in_challenges WHERE expires_at <= $1";
    work.execute(expired, params![millis(work.now())]).await?;
    let sql = "INSERT INTO sign_in_challenges (token_hash, browser_hash, purpose, user_id, content, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = params![
        key.token_hash.to_vec(),
        key.browser_hash.to_vec(),
        key.purpose.as_str(),
        challenge.user.map(|u| u.0),
        challenge.content.as_str(),
        millis(expires_at),
    ];
    work.execute(sql, values).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct Row {
    user_id: Option<Uuid>,
    content: String,
}

/// Uses a challenge up. Nothing when there is none of this browser and purpose, when it expired, or when
/// somebody else was faster.
///
/// # Errors
/// What the database says.
pub async fn take_challenge(work: &UnitOfWork, key: &ChallengeKey) -> Result<Option<Challenge>> {
    const WHICH: &str =
        "token_hash = $1 AND browser_hash = $2 AND purpose = $3 AND expires_at > $4";
    let values = params![
        key.token_hash.to_vec(),
        key.browser_hash.to_vec(),
        key.purpose.as_str(),
        millis(work.now()),
    ];
    let sql = format!("SELECT user_id, content FROM sign_in_challenges WHERE {WHICH}");
    let row = find::<Row>(work, &sql, values.clone()).await?;
    let sql = format!("DELETE FROM sign_in_challenges WHERE {WHICH}");
    let taken = work.execute(&sql, values).await?;
    let row = row.filter(|_| taken == 1);
    Ok(row.map(|r| Challenge {
        user: r.user_id.map(UserId),
        content: r.content,
    }))
}

/// How many challenges wait for an answer.
///
/// # Errors
/// What the database says.
pub async fn count_challenges(db: &impl Reads) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM sign_in_challenges";
    crate::sql::count(db, sql, Vec::new()).await
}
