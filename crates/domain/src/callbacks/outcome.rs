//! What a callback amounts to: four separate facts (CBK-43) and the cause when it failed (CBK-42).

codes! {
    /// Whose side the cause of a callback that was not completed lies on.
    pub enum Cause ("cause") {
        /// The policyholder refused, or could not be reached although everything was tried.
        Policyholder = "policyholder",
        /// Anything else: the insurer answers for it (CPL-14).
        Other = "other",
    }
}

/// The four facts. Each regulation's own words are computed from them, never stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The respondent was reached in person.
    pub reached: bool,
    /// The respondent's identity was confirmed.
    pub identity_verified: bool,
    /// Everything that must be told or asked was.
    pub content_delivered: bool,
    /// All of it was affirmed without objection.
    pub affirmed: bool,
}

impl Outcome {
    /// 成功 as in the Shandong measures of 2013: reached in person, told, warned (K-01).
    pub fn is_succeeded(self) -> bool {
        self.reached && self.identity_verified && self.content_delivered
    }

    /// 完成: succeeded and affirmed without objection (K-02).
    pub fn is_completed(self) -> bool {
        self.is_succeeded() && self.affirmed
    }

    /// 问题件: succeeded but not affirmed (K-03).
    pub fn is_problem(self) -> bool {
        self.is_succeeded() && !self.affirmed
    }
}
