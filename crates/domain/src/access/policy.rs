//! What the company asks of people who sign in: passwords, second factors, sessions, and how often
//! somebody may guess.

use super::{Actor, Permission, Role};
use crate::time::Instant;
use chrono::Duration;
use std::net::IpAddr;

/// What the company asks of people who sign in. The values are the company's; those of
/// [`SignInPolicy::default`] hold where it says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInPolicy {
    /// Shortest password, in characters.
    pub password_length_min: usize,
    /// Least strength of a password, from 0 to 4 as zxcvbn counts it.
    pub password_score_min: u8,
    /// The last passwords that may not come back, the present one among them.
    pub password_history: usize,
    /// How long a password may be used; without end when nothing is said.
    pub password_life: Option<Duration>,
    /// Whether a password that somebody else set has to be replaced at the first sign-in.
    pub password_replaced_first: bool,
    /// Words that no password may hold, such as the name of the company.
    pub password_words: Vec<String>,
    /// Roles whose holders need a second factor.
    pub second_factor_roles: Vec<Role>,
    /// Rights whose holders need a second factor.
    pub second_factor_rights: Vec<Permission>,
    /// A session ends after this long without use.
    pub session_idle: Duration,
    /// A session ends after this long, whatever happens.
    pub session_life: Duration,
    /// Failures on one device, or under one name from one address, before people have to wait.
    pub failures_free: i64,
    /// Failures under one name from unknown devices, wherever they are, before those have to wait.
    pub failures_free_of_name: i64,
    /// Failures from unknown devices at one address before those have to wait; whole offices share one.
    pub failures_free_of_address: i64,
    /// The first wait; it doubles with each further failure.
    pub wait_first: Duration,
    /// The longest wait.
    pub wait_max: Duration,
    /// How long a failure counts.
    pub failures_count_for: Duration,
    /// Proxies whose word on the address of a browser is taken.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for SignInPolicy {
    fn default() -> Self {
        Self {
            password_length_min: 10,
            password_score_min: 3,
            password_history: 5,
            password_life: None,
            password_replaced_first: true,
            password_words: Vec::new(),
            second_factor_roles: Vec::new(),
            second_factor_rights: Vec::new(),
            session_idle: Duration::hours(4),
            session_life: Duration::hours(12),
            failures_free: 5,
            failures_free_of_name: 50,
            failures_free_of_address: 100,
            wait_first: Duration::seconds(30),
            wait_max: Duration::minutes(15),
            failures_count_for: Duration::hours(1),
            trusted_proxies: Vec::new(),
        }
    }
}

/// What somebody has to do before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owed {
    /// Replace a password that somebody else set, or that is too old.
    Password,
    /// Set up a second factor.
    SecondFactor,
}

/// What is known of the credentials with which somebody signed in.
#[derive(Clone, Copy, Debug)]
pub struct Credentials {
    /// Whether it was with a password; other means bring what they ask for themselves.
    pub by_password: bool,
    /// Whether somebody else set the password.
    pub password_is_initial: bool,
    /// When the password was set.
    pub password_set_at: Instant,
    /// Whether a second factor is set up.
    pub has_second_factor: bool,
}

impl SignInPolicy {
    /// Whether somebody needs a second factor.
    pub fn demands_second_factor(&self, actor: &Actor) -> bool {
        let by_role = |r: &Role| actor.roles.contains(r);
        self.second_factor_roles.iter().any(by_role)
            || self.second_factor_rights.iter().any(|p| actor.may(*p))
    }

    /// What somebody has to do before anything else.
    pub fn owed(&self, actor: &Actor, of: Credentials, now: Instant) -> Option<Owed> {
        if !of.by_password {
            return None;
        }
        let initial = self.password_replaced_first && of.password_is_initial;
        let old = |life: Duration| of.password_set_at + life <= now;
        if initial || self.password_life.is_some_and(old) {
            return Some(Owed::Password);
        }
        let wanted = !of.has_second_factor && self.demands_second_factor(actor);
        wanted.then_some(Owed::SecondFactor)
    }

    /// Until when people have to wait after so many failures, the last of them at a moment: not at all
    /// while some are free, then for a time that doubles.
    pub fn wait_until(&self, free: i64, failures: i64, last: Instant) -> Option<Instant> {
        let over = failures - free;
        if over < 0 {
            return None;
        }
        // Twenty doublings of a second are longer than any wait that makes sense.
        let factor = 1_i32 << over.min(20);
        let wait = self.wait_first.checked_mul(factor);
        Some(last + wait.unwrap_or(self.wait_max).min(self.wait_max))
    }
}

/// The shortest stretch that a mobile number in a password would have.
const MOBILE_DIGITS: usize = 11;

/// Whether a password holds a mobile number: eleven digits in a row, of which the first is a one.
pub fn holds_mobile(password: &str) -> bool {
    let runs = password.split(|c: char| !c.is_ascii_digit());
    let mut long = runs.filter(|run| run.len() >= MOBILE_DIGITS);
    long.any(|run| {
        let starts = 0..=run.len() - MOBILE_DIGITS;
        let mut starts = starts.map(|at| &run.as_bytes()[at..]);
        starts.any(|rest| rest[0] == b'1' && rest[1] >= b'3')
    })
}

/// Whether a password holds one of some words, however written; words of one or two letters do not count.
pub fn holds_word<'w>(password: &str, words: impl IntoIterator<Item = &'w str>) -> bool {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let password = plain(password);
    let long = |word: &String| word.chars().count() >= if word.is_ascii() { 3 } else { 2 };
    words
        .into_iter()
        .map(plain)
        .filter(long)
        .any(|word| password.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let policy = SignInPolicy::default();
        let last = Instant::UNIX_EPOCH;
        let wait = |failures| {
            let until = policy.wait_until(5, failures, last);
            until.map_or(0, |until| (until - last).num_seconds())
        };
        let waits: Vec<_> = (4..=12).map(wait).collect();
        assert_eq!(waits, [0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(wait(i64::MAX), 900);
    }

    #[test]
    fn passwords_hold_no_numbers_and_no_names() {
        for (password, holds) in [
            ("my13800005678!", true),
            ("x0013800005678", true),
            ("1380000567", false),
            ("12345678901234", false),
        ] {
            assert_eq!(holds_mobile(password), holds, "{password}");
        }
        for (password, holds) in [
            ("Li.Na-is-here-7", true),
            ("LINA2026strong", true),
            ("惠民人寿二零二六", true),
            ("Correct-horse-7", false),
        ] {
            assert_eq!(
                holds_word(password, ["li.na", "惠民人寿", "李", "co"]),
                holds,
                "{password}"
            );
        }
    }
}
