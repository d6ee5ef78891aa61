//! The ways by which messages leave. `server` brings a function for each channel, because nothing here
//! speaks SMTP or HTTP.

use domain::messaging::MessageChannel;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

/// Name of the company when nothing is said.
const COMPANY: &str = "本公司";
/// What gateways hear when nothing is said.
const THANKS: &str = "ok";

/// A message on its way to a mail server or gateway, in the clear.
#[derive(Clone)]
pub struct Outgoing {
    /// How it goes out.
    pub channel: MessageChannel,
    /// Our number of it: the same for every try, so that a gateway takes it once.
    pub key: String,
    /// Mobile number, e-mail address, or number of the follower.
    pub recipient: String,
    /// Subject of an e-mail.
    pub title: Option<String>,
    /// The text; a text message with its signature.
    pub body: String,
    /// Code of the text, which gateways may know as a template of their own.
    pub template: String,
}

// What leads to a person stays out of logs.
impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Outgoing({} {})", self.channel, self.key)
    }
}

/// What a mail server or gateway said when it took a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// What it calls the message.
    pub provider_id: Option<String>,
}

/// Why a message was not taken. The words are short and hold nothing about the customer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandError {
    /// It will not be taken, however often it is tried.
    #[error("{0}")]
    Refused(String),
    /// Trying again may help.
    #[error("{0}")]
    Trouble(String),
}

/// A message being handed over.
pub type Handing = Pin<Box<dyn Future<Output = Result<Taken, HandError>> + Send>>;

/// Hands a message over. It ends within the lease of a message.
pub type Hand = Arc<dyn Fn(Outgoing) -> Handing + Send + Sync>;

/// What a gateway says became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What the gateway calls the message, or our number of it.
    pub name: String,
    /// It arrived; otherwise it did not.
    pub delivered: bool,
    /// What the gateway says to that.
    pub note: String,
}

/// Verifies the signature of a gateway's request and reads what it says.
pub type ReadReceipts =
    Arc<dyn Fn(&super::ReceiptRequest<'_>) -> Result<Vec<Receipt>, String> + Send + Sync>;

/// The ways that are open.
pub struct Outlets {
    company: String,
    hands: BTreeMap<MessageChannel, Hand>,
    receipts: BTreeMap<MessageChannel, ReadReceipts>,
    answers: BTreeMap<MessageChannel, String>,
}

impl Default for Outlets {
    fn default() -> Self {
        Self::of(COMPANY)
    }
}

impl std::fmt::Debug for Outlets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outlets")
    }
}

impl Outlets {
    /// No way yet, for a company of a name.
    pub fn of(company: &str) -> Self {
        Self {
            company: company.to_owned(),
            hands: BTreeMap::new(),
            receipts: BTreeMap::new(),
            answers: BTreeMap::new(),
        }
    }

    /// With a way for a channel.
    #[must_use]
    pub fn with(mut self, channel: MessageChannel, hand: Hand) -> Self {
        self.hands.insert(channel, hand);
        self
    }

    /// With a reader of what the gateway of a channel says later.
    #[must_use]
    pub fn with_receipts(mut self, channel: MessageChannel, read: ReadReceipts) -> Self {
        self.receipts.insert(channel, read);
        self
    }

    /// With what the gateway of a channel wants to hear when its receipts were taken.
    #[must_use]
    pub fn answering(mut self, channel: MessageChannel, answer: String) -> Self {
        self.answers.insert(channel, answer);
        self
    }

    /// What the gateway of a channel wants to hear.
    pub fn answer(&self, channel: MessageChannel) -> &str {
        self.answers.get(&channel).map_or(THANKS, String::as_str)
    }

    /// Name of the company, as it stands in texts and signatures.
    pub fn company(&self) -> &str {
        &self.company
    }

    /// The channels that have a way.
    pub fn channels(&self) -> Vec<MessageChannel> {
        self.hands.keys().copied().collect()
    }

    /// Whether a channel has a way.
    pub fn serves(&self, channel: MessageChannel) -> bool {
        self.hands.contains_key(&channel)
    }

    /// Whether a gateway says later what became of a message.
    pub fn hears_of(&self, channel: MessageChannel) -> bool {
        self.receipts.contains_key(&channel)
    }

    /// The way of a channel.
    pub fn hand_of(&self, channel: MessageChannel) -> Option<&Hand> {
        self.hands.get(&channel)
    }

    /// The reader of what the gateway of a channel says later.
    pub fn reader_of(&self, channel: MessageChannel) -> Option<&ReadReceipts> {
        self.receipts.get(&channel)
    }
}
