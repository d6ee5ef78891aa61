//! What a password has to be, and changing it.

use super::attempts::Attempt;
use super::secrets;
use super::sessions::person;
use crate::{App, Error, FieldProblem, Result};
use domain::access::{Actor, NoticeKind, SignInPolicy, holds_mobile, holds_word};
use domain::time::Instant;
use store::AuditEntry;
use store::access::{self as rows, UserRow};
use uuid::Uuid;

/// Longest password that is accepted: hashing takes longer with every byte.
const PASSWORD_MAX: usize = 200;

/// What somebody types to change the own password.
#[derive(Clone, Default)]
pub struct PasswordForm {
    /// The present password.
    pub current: String,
    /// The new one.
    pub new: String,
    /// The new one again.
    pub again: String,
}

impl std::fmt::Debug for PasswordForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordForm")
    }
}

/// What is wrong with a new password of somebody with these names.
pub(super) fn check_password(
    policy: &SignInPolicy,
    password: &str,
    names: &[&str],
) -> std::result::Result<(), &'static str> {
    match password.chars().count() {
        n if n < policy.password_length_min => return Err("password-short"),
        n if n > PASSWORD_MAX => return Err("too-long"),
        _ => {}
    }
    if holds_mobile(password) {
        return Err("password-mobile");
    }
    let words = policy.password_words.iter().map(String::as_str);
    let words: Vec<_> = words.chain(names.iter().copied()).collect();
    if holds_word(password, words.iter().copied()) {
        return Err("password-name");
    }
    let score = u8::from(zxcvbn::zxcvbn(password, &words).score());
    if score < policy.password_score_min {
        return Err("password-weak");
    }
    Ok(())
}

/// Whether a password is the present one of a user or one of the last.
pub(super) async fn was_used(app: &App, user: &UserRow, password: &str) -> Result<bool> {
    let mut last = vec![user.password_hash.clone()];
    let earlier = app.policy().password_history.saturating_sub(1);
    last.extend(rows::list_earlier_passwords(app.store(), user.id, earlier).await?);
    last.truncate(app.policy().password_history);
    for hash in last {
        if secrets::verify_password(app, password, &hash).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Changes the actor's own password; every session but the one that is kept ends.
///
/// # Errors
/// All problems of the form at once; [`Error::Refused`] with `sign-in-locked` after too many guesses.
pub async fn change_own_password(
    app: &App,
    actor: &Actor,
    now: Instant,
    kept: Uuid,
    form: &PasswordForm,
) -> Result<()> {
    let user = rows::find_user(app.store(), person(actor)?).await?;
    let user = user.ok_or(Error::NotFound)?;
    let attempt = Attempt::again(app, user.id);
    attempt.demand_open(app, now).await?;
    if !secrets::verify_password(app, &form.current, &user.password_hash).await? {
        let work = app.store().begin(now).await?;
        attempt.fail(&work).await?;
        let entry = AuditEntry::new(actor, "access.password_refused", "user", user.id.0);
        work.commit(entry).await?;
        return Err(Error::invalid("current_password", "password-wrong"));
    }
    let names = [user.username.as_str(), &user.display_name];
    let mut problems = Vec::new();
    if let Err(code) = check_password(app.policy(), &form.new, &names) {
        problems.push(FieldProblem::new("new_password", code));
    } else if was_used(app, &user, &form.new).await? {
        problems.push(FieldProblem::new("new_password", "password-used"));
    }
    if form.new != form.again {
        problems.push(FieldProblem::new("new_password_again", "password-differs"));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let hash = secrets::hash_password(app, &form.new).await?;
    let work = app.store().begin(now).await?;
    let history = app.policy().password_history;
    rows::set_password(&work, user.id, &hash, false, history).await?;
    rows::delete_other_sessions(&work, user.id, kept).await?;
    rows::delete_half_sessions_of(&work, user.id).await?;
    rows::insert_notice(&work, user.id, NoticeKind::PasswordChanged, "").await?;
    let entry = AuditEntry::new(actor, "access.password_changed", "user", user.id.0);
    Ok(work.commit(entry).await?)
}
