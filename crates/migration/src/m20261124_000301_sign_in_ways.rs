//! Ways to sign in besides a password: identities at a provider, passkeys, and what a browser was asked
//! and has not answered yet.

crate::ddl::migration! {
    up: "
CREATE TABLE sign_in_challenges (
    token_hash {bytes} NOT NULL PRIMARY KEY,
    browser_hash {bytes} NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('oidc', 'passkey', 'passkey_registration')),
    user_id {id} REFERENCES users (id),
    content TEXT NOT NULL,
    expires_at {instant} NOT NULL
) {strict};
CREATE INDEX sign_in_challenges_expires ON sign_in_challenges (expires_at);
CREATE TABLE user_identities (
    id {id} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL REFERENCES users (id),
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    label TEXT NOT NULL,
    created_at {instant} NOT NULL,
    used_at {instant},
    UNIQUE (issuer, subject)
) {strict};
CREATE INDEX user_identities_user ON user_identities (user_id);
CREATE TABLE passkeys (
    id {id} NOT NULL PRIMARY KEY,
    user_id {id} NOT NULL REFERENCES users (id),
    credential_id {bytes} NOT NULL UNIQUE,
    name TEXT NOT NULL,
    credential TEXT NOT NULL,
    created_at {instant} NOT NULL,
    used_at {instant}
) {strict};
CREATE INDEX passkeys_user ON passkeys (user_id)
",
    drops: ["passkeys", "user_identities", "sign_in_challenges"]
}
