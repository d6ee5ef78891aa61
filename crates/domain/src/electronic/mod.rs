//! Electronic callbacks (电子化回访): the customer reads and answers on a page of the company's own,
//! behind a link that is sent to the telephone number on record (银保监办发〔2020〕11号).

mod link;
mod sample;
mod terms;

pub use link::{Link, LinkError, LinkStep};
pub use sample::sample_size;
pub use terms::{ElectronicTerms, TermsError};

codes! {
    /// Where a link stands. Expired is computed.
    pub enum LinkState ("link state") {
        /// Sent; nobody has opened it.
        Sent = "sent",
        /// Opened; who opened it is not known.
        Opened = "opened",
        /// The customer's identity was verified.
        Identified = "identified",
        /// The customer submitted the answers.
        Submitted = "submitted",
        /// The customer chose to be called.
        PhoneWanted = "phone_wanted",
        /// Taken back by the company.
        Revoked = "revoked",
        /// Too many failures of the identity check.
        Locked = "locked",
        /// Whoever opened it says to be somebody else.
        NotThePerson = "not_the_person",
    }
}

impl LinkState {
    /// Whether nothing can be done with the link any more.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Sent | Self::Opened | Self::Identified)
    }

    /// Whether the customer has no way but the telephone after it, unless they ask for another link.
    pub fn leads_to_phone(self) -> bool {
        matches!(self, Self::PhoneWanted | Self::Locked | Self::NotThePerson)
    }
}

codes! {
    /// What a row of the evidence says.
    pub enum EvidenceStep ("evidence step") {
        /// The link was sent.
        Sent = "sent",
        /// The link was opened.
        Opened = "opened",
        /// Name, number or birth date did not fit.
        IdentityFailed = "identity_failed",
        /// Name, number and birth date fit.
        IdentityPassed = "identity_passed",
        /// A code was sent to the number on record.
        CodeSent = "code_sent",
        /// The code did not fit.
        CodeFailed = "code_failed",
        /// The code fits.
        CodePassed = "code_passed",
        /// The face was not recognised.
        FaceFailed = "face_failed",
        /// The face was recognised.
        FacePassed = "face_passed",
        /// An item was on the screen.
        Shown = "shown",
        /// An item was answered.
        Answered = "answered",
        /// All answers were on the screen, before submission.
        Reviewed = "reviewed",
        /// The answers were submitted.
        Submitted = "submitted",
        /// The customer chose to be called.
        PhoneWanted = "phone_wanted",
        /// The link ended otherwise.
        Ended = "ended",
    }
}

codes! {
    /// How an identity was proved.
    pub enum Proof ("proof of identity") {
        /// Name, number and birth date, and a code sent to the number on record.
        DataAndCode = "data_and_code",
        /// The same, and the face compared with the picture of the identity document.
        DataCodeAndFace = "data_code_and_face",
    }
}

codes! {
    /// How far somebody has come in proving who they are.
    pub enum Stage ("stage of identity check") {
        /// The code is asked for.
        Code = "code",
        /// The picture of the face is asked for.
        Face = "face",
        /// The questions are open.
        Open = "open",
    }
}

codes! {
    /// What an inspection of an electronic callback found.
    pub enum Verdict ("verdict of inspection") {
        /// Nothing is wrong with it.
        Sound = "sound",
        /// It does not count; the customer is called.
        Problem = "problem",
    }
}
