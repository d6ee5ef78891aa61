//! Messages to customers: what is sent, for what, when, and where each stands until it is delivered.

mod life;
mod recipient;
mod slot;
mod template;

pub use life::{MessageError, MessageStep, retry_after, send_lease};
pub use recipient::Recipient;
pub use slot::{
    Addressee, Cap, Contact, History, Holidays, Never, Slot, SlotRules, Window, find_slot,
};
pub use template::{
    Length, Template, TemplateError, Value, length, sms_text, template_fits, template_values,
};

codes! {
    /// How a message goes out (INT-06).
    pub enum MessageChannel ("message channel") {
        /// Text message.
        Sms = "sms",
        /// E-mail.
        Email = "email",
        /// WeChat, through the gateway of the company's official account.
        Wechat = "wechat",
        /// QQ, through the gateway of the company's official account.
        Qq = "qq",
    }
}

codes! {
    /// What a message is for, by precedence: what the company owes goes before what it wishes.
    pub enum MessagePurpose ("message purpose") {
        /// What the customer waits for at this moment, such as a code: no hours, no caps.
        Requested = "requested",
        /// What law, contract or a rule obliges the company to say.
        Duty = "duty",
        /// About a matter that the customer has under way.
        Service = "service",
        /// Greetings and consolation (REL-03).
        Care = "care",
        /// Products and events; only with consent.
        Marketing = "marketing",
    }
}

impl MessagePurpose {
    /// Its place: a smaller one goes first.
    pub fn rank(self) -> i64 {
        match self {
            Self::Requested => -1,
            Self::Duty => 0,
            Self::Service => 1,
            Self::Care => 2,
            Self::Marketing => 3,
        }
    }

    /// Whether it goes before another purpose.
    pub fn beats(self, other: Self) -> bool {
        self.rank() < other.rank()
    }

    /// Whether somebody has to look when it cannot be sent.
    pub fn must_be_seen_to(self) -> bool {
        matches!(self, Self::Duty | Self::Service)
    }
}

codes! {
    /// Where a message stands.
    pub enum MessageState ("message state") {
        /// Waiting to be looked at.
        Queued = "queued",
        /// Waiting for its slot; the reason says why, `next_at` until when.
        Waiting = "waiting",
        /// A server hands it over, as long as its lease lasts.
        Sending = "sending",
        /// Taken by the mail server or gateway.
        Sent = "sent",
        /// The gateway says that it arrived.
        Delivered = "delivered",
        /// Handing over failed; it is tried again.
        Failed = "failed",
        /// Given up; somebody has to look.
        Dead = "dead",
        /// Not to be sent.
        Cancelled = "cancelled",
    }
}

impl MessageState {
    /// Whether nothing more happens by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Dead | Self::Cancelled)
    }

    /// Whether it still has to go out.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Queued | Self::Waiting | Self::Failed)
    }

    /// Whether it reached the mail server or gateway.
    pub fn is_out(self) -> bool {
        matches!(self, Self::Sent | Self::Delivered)
    }
}

codes! {
    /// Why a message waits or does not go out.
    pub enum MessageReason ("message reason") {
        /// Its time has not come.
        NotYet = "not_yet",
        /// Do-not-disturb hours.
        QuietHours = "quiet_hours",
        /// A public holiday.
        PublicHoliday = "public_holiday",
        /// The customer gets as many messages that day as the cap allows.
        DailyCap = "daily_cap",
        /// The customer got as many of this kind in the period as the cap allows.
        PeriodCap = "period_cap",
        /// The mail server or gateway had trouble.
        Trouble = "trouble",
        /// The mail server or gateway refused it.
        Rejected = "rejected",
        /// The gateway took it and could not deliver it.
        Undelivered = "undelivered",
        /// All tries are used up.
        GivenUp = "given_up",
        /// There is no address for the channel.
        NoAddress = "no_address",
        /// The customer did not consent to marketing.
        NoConsent = "no_consent",
        /// The customer wants no greetings.
        CareStopped = "care_stopped",
        /// The customer's data may only be stored.
        Restricted = "restricted",
        /// The customer's data was destroyed.
        Erased = "erased",
        /// It came too late to be of use.
        Expired = "expired",
        /// Somebody took it back.
        ByPerson = "by_person",
        /// What it is about fell away.
        Superseded = "superseded",
        /// Somebody had it sent again.
        Again = "again",
    }
}

codes! {
    /// Where a version of a template stands.
    pub enum TemplateState ("template state") {
        /// Being written.
        Draft = "draft",
        /// Put before a second person.
        Proposed = "proposed",
        /// In use, unless a later version is.
        Approved = "approved",
        /// The second person refused.
        Refused = "refused",
        /// Out of use.
        Retired = "retired",
    }
}

codes! {
    /// Where a customer's word on being contacted came from.
    pub enum ConsentSource ("consent source") {
        /// A form that the customer signed.
        SignedForm = "signed_form",
        /// Said on a recorded call.
        RecordedCall = "recorded_call",
        /// Given on a page or in an app of the company.
        Online = "online",
        /// Answered to a message.
        Reply = "reply",
        /// Said in person.
        InPerson = "in_person",
        /// A request about personal data.
        DataRequest = "data_request",
    }
}

codes! {
    /// What the word of a customer is about.
    pub enum ConsentTopic ("consent topic") {
        /// Products and events. Asked for: silence is no consent.
        Marketing = "marketing",
        /// Greetings on birthdays and holidays. Sent unless the customer says no.
        Care = "care",
    }
}
