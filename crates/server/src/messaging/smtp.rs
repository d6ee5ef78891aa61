//! E-mail through the company's mail server.

use super::{PATIENCE, said, secret};
use crate::environment;
use anyhow::{Context as _, Result, bail};
use app::messaging::{Hand, HandError, Handing, Outgoing, Taken};
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Protection {
    /// TLS from the first byte, usually on port 465.
    #[default]
    Tls,
    /// TLS after a first word in the clear, usually on port 587; without it nothing is sent.
    Starttls,
    /// None: for a relay on the same machine.
    None,
}

/// The mail server: `[messaging.smtp]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SmtpConfig {
    /// Its name.
    server: String,
    /// Its port; that of the protection when nothing is said.
    port: Option<u16>,
    /// `tls`, `starttls` or `none`.
    #[serde(default)]
    protection: Protection,
    /// Who writes, such as `惠民人寿 <service@example.cn>`.
    from: String,
    /// Where answers go.
    reply_to: Option<String>,
    /// Our name there.
    username: Option<String>,
    /// File that holds our password there.
    password_file: Option<PathBuf>,
    /// Environment variable that holds our password there.
    password_env: Option<String>,
    /// File with the certificate that vouches for the server, when it is no public one.
    certificate: Option<PathBuf>,
}

struct Sender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

impl SmtpConfig {
    /// A way to this server.
    pub(super) fn open(&self) -> Result<Hand> {
        let mailbox = |what: &str, text: &str| {
            let parsed = text.parse::<Mailbox>();
            parsed.with_context(|| format!("{what}: {text:?} is no address"))
        };
        let reply_to = self.reply_to.as_deref();
        let sender = Arc::new(Sender {
            transport: self.transport()?,
            from: mailbox("from", &self.from)?,
            reply_to: reply_to.map(|text| mailbox("reply_to", text)).transpose()?,
        });
        Ok(Arc::new(move |outgoing: Outgoing| -> Handing {
            let sender = Arc::clone(&sender);
            Box::pin(async move { sender.hand(outgoing).await })
        }))
    }

    fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>> {
        // Another part of the program may have chosen already; it chooses the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let near = matches!(self.server.as_str(), "localhost" | "127.0.0.1" | "::1");
        let (tls, port) = match self.protection {
            Protection::Tls => (Tls::Wrapper(self.parameters()?), 465),
            Protection::Starttls => (Tls::Required(self.parameters()?), 587),
            Protection::None if near => (Tls::None, 25),
            Protection::None => bail!("protection = \"none\" is for a relay on this machine only"),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.server)
            .tls(tls)
            .port(self.port.unwrap_or(port))
            .timeout(Some(PATIENCE));
        let password = secret::read(
            "password",
            self.password_file.as_deref(),
            self.password_env.as_deref(),
        )?;
        builder = match (&self.username, password) {
            (Some(name), Some(password)) => {
                builder.credentials(Credentials::new(name.clone(), password))
            }
            (None, None) => builder,
            _ => bail!("username and password_file (or password_env) belong together"),
        };
        Ok(builder.build())
    }

    fn parameters(&self) -> Result<TlsParameters> {
        let mut builder = TlsParameters::builder(self.server.clone());
        if let Some(path) = &self.certificate {
            let pem = std::fs::read(path);
            let pem = pem.with_context(|| format!("certificate: {}", path.display()))?;
            let read = Certificate::from_pem(&pem);
            let read = read.with_context(|| format!("certificate: {}", path.display()))?;
            builder = builder.add_root_certificate(read);
        }
        Ok(builder.build_rustls()?)
    }
}

impl Sender {
    async fn hand(&self, outgoing: Outgoing) -> Result<Taken, HandError> {
        let refused = |e: &dyn std::fmt::Display| HandError::Refused(said(&e.to_string()));
        let id = self.message_id(&outgoing.key);
        let message = self.message(&outgoing, &id).map_err(|e| refused(&e))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(Taken {
                provider_id: Some(id),
            }),
            Err(error) if error.is_permanent() && !is_about_us(&error) => Err(refused(&error)),
            Err(error) => Err(HandError::Trouble(said(&error.to_string()))),
        }
    }

    /// The same for every try, so that a mail server or reader sees one message.
    fn message_id(&self, key: &str) -> String {
        format!("<{key}@{}>", self.from.email.domain())
    }

    fn message(&self, outgoing: &Outgoing, id: &str) -> Result<Message> {
        let to = outgoing.recipient.parse().context("no e-mail address")?;
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .date(environment::now().into())
            .message_id(Some(id.to_owned()))
            .subject(outgoing.title.as_deref().unwrap_or_default())
            .header(ContentType::TEXT_PLAIN);
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        Ok(builder.body(outgoing.body.clone())?)
    }
}

/// Whether a mail server speaks of who we are (RFC 4954: 530, 534, 535, 538), which is for somebody to
/// mend and says nothing about the message.
fn is_about_us(error: &lettre::transport::smtp::Error) -> bool {
    error
        .status()
        .is_some_and(|code| code.to_string().starts_with("53"))
}
