//! HTTPS as browsers meet it: handshake, redirect, headers, a new certificate without a restart.

use crate::program::{huifang, run};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
};
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use testkit::{Engine, TestDatabase};

const CONFIG: &str = "\
metrics_bind = \"127.0.0.1:0\"
[tls]
certificate = \"certificate.pem\"
key = \"key.pem\"
redirect_bind = \"127.0.0.1:0\"
";

/// A certificate of this machine, written where the configuration looks for it.
fn write_certificate(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("certificate.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

/// A server that runs; it is killed when the test ends.
struct Served {
    child: Child,
    said: BufReader<ChildStderr>,
    https: String,
    http: String,
    metrics: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address between two texts of a line.
fn between(line: &str, before: &str, after: &str) -> Option<String> {
    let rest = line.split_once(before)?.1;
    let end = if after.is_empty() {
        Some(rest)
    } else {
        rest.split_once(after).map(|p| p.0)
    };
    end.map(|text| text.trim().to_owned())
}

impl Served {
    fn start(database: &TestDatabase, folder: &Path) -> Self {
        std::fs::write(folder.join("huifang.toml"), CONFIG).unwrap();
        let mut child = huifang(database, folder, &["serve", "--bind", "127.0.0.1:0"])
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        let none = String::new;
        let mut served = Self {
            child,
            said,
            https: none(),
            http: none(),
            metrics: none(),
        };
        while served.https.is_empty() || served.http.is_empty() || served.metrics.is_empty() {
            let line = served.line();
            if let Some(address) = between(&line, "listens on https://", "") {
                served.https = address;
            } else if let Some(address) = between(&line, "http://", " sends to https") {
                served.http = address;
            } else if let Some(address) = between(&line, "metrics are on http://", "/metrics") {
                served.metrics = address;
            }
        }
        served
    }

    /// The next line of what the server says.
    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(
            self.said.read_line(&mut line).unwrap() > 0,
            "the server ended"
        );
        line
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// A connection that trusts one certificate and speaks one version.
    fn connect(
        &self,
        trusted: &CertificateDer<'static>,
        version: &'static SupportedProtocolVersion,
    ) -> Secure {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        StreamOwned::new(connection, plain(&self.https))
    }
}

type Secure = StreamOwned<ClientConnection, TcpStream>;

fn plain(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
}

/// Sends a request and reads the head of the answer and a body of known length.
fn ask(
    stream: &mut (impl std::io::Read + std::io::Write),
    request: &str,
) -> std::io::Result<String> {
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Ok(String::from_utf8_lossy(&answer).into_owned());
        }
        answer.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&answer).to_lowercase();
    let length = between(&head, "content-length: ", "\r\n");
    let mut body = vec![0; length.map_or(0, |l| l.parse().unwrap())];
    stream.read_exact(&mut body)?;
    answer.extend(body);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

/// SEC-04: both versions of TLS that are safe, headers and cookies that bind browsers to them, the
/// plain port that only sends on, and metrics apart.
#[tokio::test]
async fn browsers_are_kept_on_https() {
    let folder = TempDir::new().unwrap();
    let database = TestDatabase::create(Engine::Sqlite).await;
    let added = ["user", "add", "root", "--role", "administrator"];
    let said = run(&database, folder.path(), &added);
    let password = said.trim().rsplit(' ').next().unwrap().to_owned();
    let certificate = write_certificate(folder.path());
    let served = Served::start(&database, folder.path());
    for version in [&TLS12, &TLS13] {
        let mut connection = served.connect(&certificate, version);
        let answer = ask(&mut connection, &get("/healthz")).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(
            answer.contains("strict-transport-security: max-age=31536000"),
            "{answer}"
        );
        assert_eq!(connection.conn.protocol_version(), Some(version.version));
        let answer = ask(&mut connection, &get("/metrics")).unwrap();
        assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    }
    // A stranger's certificate is not ours.
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let mut wrong = served.connect(other.cert.der(), &TLS13);
    assert!(ask(&mut wrong, &get("/healthz")).is_err());

    let form = format!("username=root&password={password}");
    let request = format!(
        "POST /session HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
        form.len()
    );
    let mut connection = served.connect(&certificate, &TLS13);
    let answer = ask(&mut connection, &request).unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert!(
        answer.contains("set-cookie: __Host-huifang_session="),
        "{answer}"
    );
    assert!(answer.contains("; Secure"), "{answer}");

    // The plain port sends on, lives, and takes nothing.
    let redirected = ask(&mut plain(&served.http), &get("/customers?q=1")).unwrap();
    assert!(redirected.starts_with("HTTP/1.1 308"), "{redirected}");
    let port = served.https.rsplit(':').next().unwrap();
    let place = format!("location: https://localhost:{port}/customers?q=1");
    assert!(redirected.contains(&place), "{redirected}");
    let healthy = ask(&mut plain(&served.http), &get("/healthz")).unwrap();
    assert!(healthy.starts_with("HTTP/1.1 200"), "{healthy}");
    let refused = ask(&mut plain(&served.http), &request).unwrap();
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    let metrics = ask(&mut plain(&served.metrics), &get("/metrics")).unwrap();
    assert!(metrics.contains("huifang_http_requests"), "{metrics}");
    assert!(
        ask(&mut plain(&served.metrics), &get("/sign-in"))
            .unwrap()
            .starts_with("HTTP/1.1 404")
    );

    // Plain HTTP on the port of TLS gets no answer, and hurts nobody else.
    let mut confused = plain(&served.https);
    let answer = ask(&mut confused, &get("/healthz")).unwrap_or_default();
    assert!(!answer.contains("HTTP/1.1 200"), "{answer}");
    let answer = ask(&mut served.connect(&certificate, &TLS13), &get("/healthz")).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// A new certificate is taken without a restart; connections that are open go on; a file that cannot
/// be read leaves the old one in use; asked to stop, the server ends well.
#[tokio::test]
async fn a_new_certificate_is_taken() {
    let folder = TempDir::new().unwrap();
    let database = TestDatabase::create(Engine::Sqlite).await;
    let first = write_certificate(folder.path());
    let mut served = Served::start(&database, folder.path());
    let mut open = served.connect(&first, &TLS13);
    assert!(
        ask(&mut open, &get("/healthz"))
            .unwrap()
            .starts_with("HTTP/1.1 200")
    );
    let second = write_certificate(folder.path());
    served.signal("-HUP");
    while !served.line().contains("a new certificate is in use") {}
    assert!(
        ask(&mut open, &get("/healthz"))
            .unwrap()
            .starts_with("HTTP/1.1 200")
    );
    let mut new = served.connect(&second, &TLS13);
    assert!(
        ask(&mut new, &get("/healthz"))
            .unwrap()
            .starts_with("HTTP/1.1 200")
    );
    assert_eq!(new.conn.peer_certificates().unwrap()[0], second);
    assert!(ask(&mut served.connect(&first, &TLS13), &get("/healthz")).is_err());
    std::fs::write(folder.path().join("key.pem"), "nothing").unwrap();
    served.signal("-HUP");
    while !served.line().contains("the new certificate is not taken") {}
    let answer = ask(&mut served.connect(&second, &TLS12), &get("/healthz")).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop((open, new));
    served.signal("-TERM");
    assert!(served.child.wait().unwrap().success());
}
