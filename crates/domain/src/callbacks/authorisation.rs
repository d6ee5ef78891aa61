//! A family member who answers for the policyholder, where a programme allows it (bancassurance rules): who it is,
//! why, and how the policyholder agreed (CBK-27).

codes! {
    /// What the family member is to the policyholder.
    pub enum ProxyRelation ("relation") {
        /// Husband or wife.
        Spouse = "spouse",
        /// Son or daughter.
        Child = "child",
        /// Father or mother.
        Parent = "parent",
        /// Brother or sister.
        Sibling = "sibling",
        /// Another member of the family.
        OtherFamily = "other_family",
    }
}

codes! {
    /// Why the policyholder cannot take the call.
    pub enum ProxyReason ("reason of an authorisation") {
        /// Does not understand Mandarin.
        NoMandarin = "no_mandarin",
        /// Hears badly.
        HardOfHearing = "hard_of_hearing",
        /// Another special reason, which the note tells.
        OtherSpecial = "other_special",
    }
}

codes! {
    /// How the policyholder authorised it.
    pub enum AuthorisedBy ("form of an authorisation") {
        /// In the recorded call itself.
        Recorded = "recorded",
        /// In writing.
        Written = "written",
    }
}

/// The authorisation of a family member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorisation {
    /// Name of the family member.
    pub name: String,
    /// What they are to the policyholder.
    pub relation: ProxyRelation,
    /// Why they answer.
    pub reason: ProxyReason,
    /// How it was given.
    pub given: AuthorisedBy,
}
