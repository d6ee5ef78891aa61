//! Messages to customers, from the wish to the proof of delivery (INT-06).
//!
//! Whoever wants a message calls [`queue()`] in the transaction of what it is about: the message exists
//! when that does. A server takes what is due with a lease, asks whether the customer may be written to
//! now ([`limits()`]), hands it to the mail server or gateway ([`outlets`]) and notes what came of it.
//! Nothing is lost: what nobody can send waits in sight, with its reason.

mod consents;
mod limits;
mod list;
mod outlets;
mod page;
mod queue;
mod queue_many;
mod receipts;
mod send;
mod shipped;
mod templates;

pub use consents::{ConsentForm, Consents, consents_of, record_consent};
pub use limits::{Limits, LimitsOf, limits};
pub use list::{
    MessageList, MessageQuery, MessageView, list_messages, messages_of_customer, page_of_messages,
};
pub use outlets::{Hand, HandError, Handing, Outgoing, Outlets, ReadReceipts, Receipt, Taken};
pub use page::{MessagePage, cancel_message, message_page, resend_message};
pub use queue::{Addressed, Queued, Wanted, WrittenForm, queue, send_written, withdraw_about};
pub(crate) use queue_many::{Texts, WantedMany, queue_many};
pub use receipts::{ReceiptRequest, take_receipts};
pub use send::send_due;
pub(crate) use shipped::install;
pub use templates::{
    TemplateForm, TemplateProposal, TemplateView, change_draft, discard_template, draft_template,
    list_templates, propose_template, retire_template, template_page,
};
pub(crate) use templates::{put_back, put_in_use};
