//! What people are told about their own account, and the devices that they are told of.

codes! {
    /// What happened to an account.
    pub enum NoticeKind ("notice kind") {
        /// A device that was not seen before signed in.
        NewDevice = "new_device",
        /// Somebody failed to sign in under this name.
        FailedAttempts = "failed_attempts",
        /// The person changed the password.
        PasswordChanged = "password_changed",
        /// Somebody else set the password.
        PasswordReset = "password_reset",
        /// A second factor was set up.
        SecondFactorOn = "second_factor_on",
        /// The person removed the second factor.
        SecondFactorOff = "second_factor_off",
        /// Somebody else removed the second factor.
        SecondFactorReset = "second_factor_reset",
        /// A recovery code was used up.
        RecoveryCodeUsed = "recovery_code_used",
        /// New recovery codes replaced the old ones.
        RecoveryCodesRenewed = "recovery_codes_renewed",
        /// The person added a passkey.
        PasskeyAdded = "passkey_added",
        /// The person linked an identity at a provider.
        IdentityLinked = "identity_linked",
        /// Somebody else linked an identity at a provider.
        IdentityGiven = "identity_given",
        /// Somebody else ended the sessions.
        SessionsEnded = "sessions_ended",
    }
}

/// Names of browsers, by what they write of themselves; the first that fits counts, because most of
/// them claim to be others too.
const BROWSERS: [(&str, &str); 9] = [
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("QQBrowser", "QQ浏览器"),
    ("360SE", "360浏览器"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("huifang", "huifang"),
];

/// Names of systems, in the same way.
const SYSTEMS: [(&str, &str); 8] = [
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("UOS", "统信 UOS"),
    ("Linux", "Linux"),
];

/// A browser as people know it, such as `Firefox · Windows`; empty when it says nothing of itself.
pub fn device_name(user_agent: &str) -> String {
    let known = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(mark, _)| user_agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => user_agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::device_name;

    #[test]
    fn browsers_have_names() {
        for (user_agent, name) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 \
                 Safari/537.36 Edg/131.0",
                "Edge · Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 Version/17.0 Safari/604.1",
                "Safari · iPhone",
            ),
            ("Firefox", "Firefox"),
            ("curl/8.0", "curl/8.0"),
            ("", ""),
        ] {
            assert_eq!(device_name(user_agent), name);
        }
    }
}
