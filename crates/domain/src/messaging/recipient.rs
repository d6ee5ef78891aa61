//! Where a message goes. Shown masked, like everything that leads to a person.

use super::MessageChannel;
use crate::customers::{Email, Mobile, Reveal};
use std::fmt;

/// An address that fits a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// A mobile number.
    Mobile(Mobile),
    /// An e-mail address.
    Email(Email),
    /// The number under which the company's official account knows its follower: the customer's own.
    /// Openids stay with the gateway, which keeps them by that number.
    Follower(String),
}

impl Recipient {
    /// An address that was valid when it was stored.
    pub fn from_stored(channel: MessageChannel, text: String) -> Self {
        match channel {
            MessageChannel::Sms => Self::Mobile(Mobile::from_stored(text)),
            MessageChannel::Email => Self::Email(Email::from_stored(text)),
            MessageChannel::Wechat | MessageChannel::Qq => Self::Follower(text),
        }
    }

    /// The address itself.
    pub fn reveal(&self, reveal: Reveal) -> &str {
        match self {
            Self::Mobile(mobile) => mobile.reveal(reveal),
            Self::Email(email) => email.reveal(reveal),
            Self::Follower(number) => number,
        }
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mobile(mobile) => mobile.fmt(f),
            Self::Email(email) => email.fmt(f),
            Self::Follower(number) => f.write_str(number),
        }
    }
}
