//! `[messaging]` of `huifang.toml`: the mail server and the gateways by which messages leave.

mod fill;
mod gateway;
mod receipts;
mod secret;
mod sign;
mod smtp;
#[cfg(test)]
mod tests;

use anyhow::{Context as _, Result};
use app::messaging::{Hand, Handing, Outgoing, Outlets, Taken};
use domain::messaging::MessageChannel;
use gateway::GatewayConfig;
use serde::Deserialize;
use smtp::SmtpConfig;
use std::sync::Arc;
use std::time::Duration;

/// How long a mail server or gateway may take. Shorter than the lease of a message
/// ([`domain::messaging::send_lease`]), so that nobody else takes it up meanwhile.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest part of an answer that is kept.
const SAID_MAX: usize = 200;

/// The ways by which messages leave: `[messaging]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessagingConfig {
    /// Name in the signature 【…】 of text messages; the company's when nothing is said.
    signature: Option<String>,
    /// The mail server: `[messaging.smtp]`.
    smtp: Option<SmtpConfig>,
    /// The gateway of text messages: `[messaging.sms]`.
    sms: Option<GatewayConfig>,
    /// The gateway of the WeChat official account: `[messaging.wechat]`.
    wechat: Option<GatewayConfig>,
    /// The gateway of the QQ official account: `[messaging.qq]`.
    qq: Option<GatewayConfig>,
}

impl MessagingConfig {
    /// The ways, for a company of a name. Whatever is described wrongly is said with its place.
    pub(crate) fn open(&self, company: &str) -> Result<Outlets> {
        let mut outlets = Outlets::of(self.signature.as_deref().unwrap_or(company));
        if let Some(smtp) = &self.smtp {
            let hand = smtp.open().context("[messaging.smtp]")?;
            outlets = outlets.with(MessageChannel::Email, hand);
        }
        let gateways = [
            (MessageChannel::Sms, &self.sms),
            (MessageChannel::Wechat, &self.wechat),
            (MessageChannel::Qq, &self.qq),
        ];
        for (channel, gateway) in gateways {
            let Some(gateway) = gateway else { continue };
            let place = || format!("[messaging.{channel}]");
            outlets = outlets.with(channel, gateway.open().with_context(place)?);
            if let Some((read, answer)) = gateway.listen().with_context(place)? {
                outlets = outlets
                    .with_receipts(channel, read)
                    .answering(channel, answer);
            }
        }
        Ok(outlets)
    }
}

/// Ways of a demonstration: nothing leaves, and every message shows what would.
pub(crate) fn demonstration(company: &str) -> Outlets {
    let hand: Hand = Arc::new(|outgoing: Outgoing| -> Handing {
        Box::pin(async move {
            Ok(Taken {
                provider_id: Some(format!("DEMO-{}", outgoing.key)),
            })
        })
    });
    let channels = [
        MessageChannel::Sms,
        MessageChannel::Email,
        MessageChannel::Wechat,
    ];
    let outlets = Outlets::of(company);
    channels.into_iter().fold(outlets, |outlets, channel| {
        outlets.with(channel, Arc::clone(&hand))
    })
}

/// What somebody else said, short and without numbers that may be a customer's.
fn said(text: &str) -> String {
    let masked = domain::customers::mask_numbers(text);
    masked
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(SAID_MAX)
        .collect()
}
