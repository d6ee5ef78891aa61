//! `[security]` of `huifang.toml`: what the company asks of people who sign in.

use anyhow::{Context as _, Result, ensure};
use chrono::Duration;
use domain::access::{Permission, Role, SignInPolicy};
use serde::Deserialize;
use std::net::IpAddr;

/// Longer stretches than this many days, hours or minutes are as good as none.
const NUMBER_MAX: i64 = 1_000_000;

/// The table as it is written. What is left out stays as [`SignInPolicy::default`] has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Security {
    /// Shortest password, in characters.
    pub password_length_min: Option<usize>,
    /// Least strength of a password, from 0 to 4 (zxcvbn).
    pub password_score_min: Option<u8>,
    /// The last passwords that may not come back.
    pub password_history: Option<usize>,
    /// Days after which a password has to be replaced; none without it.
    pub password_days_max: Option<i64>,
    /// Whether a password that somebody else set has to be replaced at the first sign-in.
    pub password_replaced_first: Option<bool>,
    /// Words that no password may hold, besides the name of the company.
    pub password_words: Vec<String>,
    /// Roles whose holders need a second factor.
    pub second_factor_roles: Vec<String>,
    /// Rights whose holders need a second factor.
    pub second_factor_rights: Vec<String>,
    /// Minutes without use after which a session ends.
    pub session_idle_minutes: Option<i64>,
    /// Hours after which a session ends.
    pub session_life_hours: Option<i64>,
    /// Failures on one device before people have to wait.
    pub failures_free: Option<i64>,
    /// Failures under one name from unknown devices before those have to wait.
    pub failures_free_of_name: Option<i64>,
    /// Failures at one address before unknown devices there have to wait.
    pub failures_free_of_address: Option<i64>,
    /// The longest wait, in minutes.
    pub wait_minutes_max: Option<i64>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Security {
    /// The policy of the table.
    pub(crate) fn policy(&self, company: Option<&str>) -> Result<SignInPolicy> {
        let default = SignInPolicy::default();
        let roles = self.second_factor_roles.iter().map(|r| Role::parse(r));
        let roles = roles
            .collect::<Result<_, _>>()
            .context("security.second_factor_roles")?;
        let rights = self
            .second_factor_rights
            .iter()
            .map(|r| Permission::parse(r));
        let rights = rights
            .collect::<Result<_, _>>()
            .context("security.second_factor_rights")?;
        let most = |n: i64| n.clamp(0, NUMBER_MAX);
        let minutes = |said: Option<i64>, other| said.map_or(other, |n| Duration::minutes(most(n)));
        let policy = SignInPolicy {
            password_length_min: self
                .password_length_min
                .unwrap_or(default.password_length_min),
            password_score_min: self
                .password_score_min
                .unwrap_or(default.password_score_min),
            password_history: self.password_history.unwrap_or(default.password_history),
            password_life: self.password_days_max.map(|n| Duration::days(most(n))),
            password_replaced_first: self
                .password_replaced_first
                .unwrap_or(default.password_replaced_first),
            password_words: self
                .password_words
                .iter()
                .cloned()
                .chain(company.map(str::to_owned))
                .collect(),
            second_factor_roles: roles,
            second_factor_rights: rights,
            session_idle: minutes(self.session_idle_minutes, default.session_idle),
            session_life: self
                .session_life_hours
                .map_or(default.session_life, |n| Duration::hours(most(n))),
            failures_free: self.failures_free.unwrap_or(default.failures_free),
            failures_free_of_name: self
                .failures_free_of_name
                .unwrap_or(default.failures_free_of_name),
            failures_free_of_address: self
                .failures_free_of_address
                .unwrap_or(default.failures_free_of_address),
            wait_max: minutes(self.wait_minutes_max, default.wait_max),
            trusted_proxies: self.trusted_proxies.clone(),
            ..default
        };
        check(&policy)?;
        Ok(policy)
    }
}

/// Values with which nobody could sign in, or everybody.
fn check(policy: &SignInPolicy) -> Result<()> {
    let positive = |d: Duration| d > Duration::zero();
    ensure!(
        (1..=128).contains(&policy.password_length_min),
        "security.password_length_min: between 1 and 128"
    );
    ensure!(
        policy.password_score_min <= 4,
        "security.password_score_min: between 0 and 4"
    );
    ensure!(
        policy.password_history <= 24,
        "security.password_history: at most 24, because each is compared at a cost"
    );
    ensure!(
        policy.password_life.is_none_or(positive),
        "security.password_days_max: at least 1"
    );
    ensure!(
        positive(policy.session_idle) && positive(policy.session_life),
        "security.session_idle_minutes, security.session_life_hours: at least 1"
    );
    ensure!(
        policy.failures_free >= 1
            && policy.failures_free_of_name >= policy.failures_free
            && policy.failures_free_of_address >= policy.failures_free,
        "security.failures_free: at least 1, and no more than those of a name and of an address"
    );
    ensure!(
        positive(policy.wait_max),
        "security.wait_minutes_max: at least 1"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SignInPolicy> {
        toml::from_str::<Security>(text)?.policy(Some("惠民人寿"))
    }

    #[test]
    fn what_is_left_out_stays_as_it_was() {
        let policy =
            read("password_length_min = 14\nsecond_factor_roles = [\"administrator\"]").unwrap();
        assert_eq!(policy.password_length_min, 14);
        assert_eq!(policy.second_factor_roles, [Role::Administrator]);
        assert_eq!(policy.password_words, ["惠民人寿"]);
        assert_eq!(policy.session_life, SignInPolicy::default().session_life);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for bad in [
            "password_score_min = 5",
            "password_history = 99",
            "second_factor_roles = [\"emperor\"]",
            "second_factor_rights = [\"everything\"]",
            "failures_free = 0",
            "session_life_hours = 0",
            "unknown = 1",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
