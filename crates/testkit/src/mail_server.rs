//! A mail server that speaks SMTP on a socket of this machine and keeps what it is sent.

use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Who sent it, as the envelope says.
    pub from: String,
    /// Whom it is for, as the envelope says.
    pub to: Vec<String>,
    /// Headers and body as they came.
    pub data: String,
}

#[derive(Debug, Default)]
struct State {
    mails: Vec<Mail>,
    /// What it says to a recipient instead of taking it.
    to_recipient: Option<String>,
    /// User name and password in the form of `AUTH PLAIN`, when they are asked for.
    credentials: Option<String>,
}

/// A mail server of a test. It ends with the test's runtime.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// Its port on 127.0.0.1.
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl MailServer {
    /// Starts one that takes everything.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            state: Arc::default(),
        };
        let mine = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mine = mine.clone();
                tokio::spawn(async move { mine.talk(stream).await });
            }
        });
        server
    }

    fn with<T>(&self, what: impl FnOnce(&mut State) -> T) -> T {
        what(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What arrived.
    pub fn mails(&self) -> Vec<Mail> {
        self.with(|s| s.mails.clone())
    }

    /// From now on it says this to recipients, such as `550 5.1.1 unknown`; nothing takes them again.
    pub fn say_to_recipients(&self, answer: Option<&str>) {
        self.with(|s| s.to_recipient = answer.map(str::to_owned));
    }

    /// From now on it wants `AUTH PLAIN` with these, in Base64.
    pub fn demand(&self, credentials: &str) {
        self.with(|s| s.credentials = Some(credentials.to_owned()));
    }

    /// One connection. A client that goes away ends it.
    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 test ESMTP\r\n").await.ok()?;
        let mut mail = Mail {
            from: String::new(),
            to: Vec::new(),
            data: String::new(),
        };
        let mut is_known = self.with(|s| s.credentials.is_none());
        while let Some(line) = lines.next_line().await.ok()? {
            let word: String = line.chars().take(4).collect::<String>().to_uppercase();
            let address = || {
                let inner = line
                    .split_once('<')
                    .and_then(|(_, rest)| rest.split_once('>'));
                inner.map_or("", |(address, _)| address).to_owned()
            };
            let answer = match word.as_str() {
                "EHLO" => "250-test\r\n250-AUTH PLAIN\r\n250-8BITMIME\r\n250 SMTPUTF8".to_owned(),
                "AUTH" => {
                    let given = line.rsplit(' ').next().unwrap_or_default().to_owned();
                    is_known = self.with(|s| s.credentials.as_deref() == Some(given.as_str()));
                    let answer = if is_known { "235 ok" } else { "535 5.7.8 no" };
                    answer.to_owned()
                }
                "MAIL" if !is_known => "530 5.7.0 authentication required".to_owned(),
                "MAIL" => {
                    mail.from = address();
                    "250 ok".to_owned()
                }
                "RCPT" => {
                    mail.to.push(address());
                    let answer = self.with(|s| s.to_recipient.clone());
                    answer.unwrap_or_else(|| "250 ok".to_owned())
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    while let Some(line) = lines.next_line().await.ok()? {
                        if line == "." {
                            break;
                        }
                        mail.data.push_str(&line);
                        mail.data.push('\n');
                    }
                    self.with(|s| s.mails.push(mail.clone()));
                    "250 2.0.0 queued".to_owned()
                }
                "QUIT" => {
                    write.write_all(b"221 bye\r\n").await.ok()?;
                    return Some(());
                }
                "NOOP" | "RSET" => "250 ok".to_owned(),
                _ => "500 unknown".to_owned(),
            };
            write
                .write_all(format!("{answer}\r\n").as_bytes())
                .await
                .ok()?;
        }
        Some(())
    }
}
