//! Mail and gateways as the configuration describes them, against servers on sockets.

use super::*;
use app::messaging::{HandError, ReceiptRequest};
use base64::Engine as _;
use rstest::rstest;
use std::path::PathBuf;
use testkit::{GATEWAY_SECRET, MailServer, SmsGateway, at, gateway_signature};

fn opened(text: &str) -> Result<Outlets> {
    let config: MessagingConfig = toml::from_str(text)?;
    config.open("惠民人寿")
}

/// A file with a secret.
fn secret_file(folder: &tempfile::TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("secret");
    std::fs::write(&path, text).unwrap();
    path
}

fn outgoing(channel: MessageChannel, recipient: &str) -> Outgoing {
    Outgoing {
        channel,
        key: "MS-2026-0000001".into(),
        recipient: recipient.into(),
        title: (channel == MessageChannel::Email).then(|| "您的保单已生效".to_owned()),
        body: "尊敬的周女士：\n\n您的保单已生效。".into(),
        template: "policy_effective".into(),
    }
}

async fn hand(
    outlets: &Outlets,
    channel: MessageChannel,
    recipient: &str,
) -> Result<Taken, HandError> {
    let hand = outlets.hand_of(channel).unwrap();
    hand(outgoing(channel, recipient)).await
}

/// The text of a mail: what stands after the headers, decoded.
fn body_of(data: &str) -> String {
    let (headers, body) = data.split_once("\n\n").unwrap();
    let body: String = body.split_whitespace().collect();
    assert!(
        headers
            .to_lowercase()
            .contains("content-transfer-encoding: base64"),
        "{headers}"
    );
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(body)
        .unwrap();
    String::from_utf8(bytes).unwrap()
}

/// A subject as it stands in a header: RFC 2047, folded.
fn subject_of(data: &str) -> String {
    let unfolded = data.replace("\n ", " ");
    let line = unfolded
        .lines()
        .find(|l| l.starts_with("Subject: "))
        .unwrap();
    let words = line["Subject: ".len()..].split_whitespace().map(|word| {
        let inner = word
            .strip_prefix("=?utf-8?b?")
            .and_then(|w| w.strip_suffix("?="));
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(inner.unwrap())
            .unwrap();
        String::from_utf8(bytes).unwrap()
    });
    words.collect()
}

/// INT-06: an e-mail arrives with its headers, a Chinese subject and body.
#[tokio::test]
async fn a_mail_arrives_whole() {
    let server = MailServer::start().await;
    // "\0huifang\0pass" in Base64.
    server.demand("AGh1aWZhbmcAcGFzcw==");
    let folder = tempfile::tempdir().unwrap();
    let text = |password: &str| {
        format!(
            "[smtp]\nserver = '127.0.0.1'\nport = {}\nprotection = 'none'\nfrom = '惠民人寿 <service@huimin.example>'\n\
             reply_to = 'help@huimin.example'\nusername = 'huifang'\npassword_file = '{}'",
            server.port,
            secret_file(&folder, password).display()
        )
    };
    let outlets = opened(&text("pass\n")).unwrap();
    let email = MessageChannel::Email;
    let taken = hand(&outlets, email, "zhou@example.cn").await.unwrap();
    let id = "<MS-2026-0000001@huimin.example>";
    assert_eq!(taken.provider_id.as_deref(), Some(id));
    let mail = server.mails().pop().unwrap();
    assert_eq!(mail.from, "service@huimin.example");
    assert_eq!(mail.to, ["zhou@example.cn"]);
    assert_eq!(subject_of(&mail.data), "您的保单已生效");
    let lines = body_of(&mail.data).replace("\r\n", "\n");
    assert_eq!(lines, "尊敬的周女士：\n\n您的保单已生效。");
    for header in [
        "From: =?utf-8?b?",
        "To: zhou@example.cn",
        "Reply-To: help@huimin.example",
        &format!("Message-ID: {id}"),
        "Content-Type: text/plain; charset=utf-8",
        "Date: ",
    ] {
        assert!(mail.data.contains(header), "{header}: {}", mail.data);
    }
    let wrong = opened(&text("wrong")).unwrap();
    let unknown = hand(&wrong, email, "zhou@example.cn").await;
    assert!(matches!(unknown, Err(HandError::Trouble(_))), "{unknown:?}");
    assert_eq!(server.mails().len(), 1);
}

/// What a mail server refuses for good is not tried again, what it puts off is; no number of a customer
/// stands in what is kept of its words.
#[tokio::test]
async fn a_mail_server_says_no_or_later() {
    let server = MailServer::start().await;
    let text = format!(
        "[smtp]\nserver = '127.0.0.1'\nport = {}\nprotection = 'none'\nfrom = 'a@huimin.example'",
        server.port
    );
    let outlets = opened(&text).unwrap();
    let email = MessageChannel::Email;
    server.say_to_recipients(Some("550 5.1.1 13800500001@example.cn unknown"));
    let no = hand(&outlets, email, "13800500001@example.cn").await;
    let Err(HandError::Refused(words)) = no else {
        panic!("not refused: {no:?}");
    };
    assert!(
        words.contains("550") && !words.contains("13800500001"),
        "{words}"
    );
    server.say_to_recipients(Some("451 4.7.1 greylisted"));
    let later = hand(&outlets, email, "zhou@example.cn").await;
    assert!(matches!(later, Err(HandError::Trouble(_))), "{later:?}");
    let nobody = text.replace(&server.port.to_string(), "1");
    let nobody = hand(&opened(&nobody).unwrap(), email, "zhou@example.cn").await;
    assert!(matches!(nobody, Err(HandError::Trouble(_))), "{nobody:?}");
    // Without the protection that was asked for nothing is sent.
    let protected = text.replace("'none'", "'starttls'");
    let unprotected = hand(&opened(&protected).unwrap(), email, "zhou@example.cn").await;
    assert!(unprotected.is_err());
    assert!(server.mails().is_empty());
}

fn gateway_text(gateway: &SmsGateway, folder: &tempfile::TempDir) -> String {
    format!(
        r#"
        [sms]
        url = "{}"
        body = '{{"to":"${{recipient}}","text":"${{body}}","out":"${{key}}"}}'
        key_id = "huimin"
        secret_file = "{}"
        sign = "${{key_id}}\n${{timestamp}}\n${{payload_sha256}}"
        headers = {{ x-app = "${{key_id}}", x-time = "${{timestamp}}", x-signature = "${{signature}}" }}
        [sms.answer]
        success_at = "/code"
        success = ["0"]
        refused = ["1003"]
        id_at = "/data/id"
        words_at = "/message"
        [sms.receipts]
        signature_header = "X-Signature"
        timestamp_header = "X-Time"
        sign = "${{timestamp}}.${{payload}}"
        list_at = "/reports"
        id_at = "/id"
        state_at = "/state"
        delivered = ["DELIVRD"]
        under_way = ["ACCEPTD"]
        answer = '{{"code":0}}'
        "#,
        gateway.url,
        secret_file(folder, GATEWAY_SECRET).display()
    )
}

/// INT-06: the gateway gets a request whose signature fits, and takes a message once.
#[tokio::test]
async fn a_gateway_takes_what_is_signed() {
    let gateway = SmsGateway::start().await;
    let folder = tempfile::tempdir().unwrap();
    let text = gateway_text(&gateway, &folder);
    let outlets = opened(&text).unwrap();
    let sms = MessageChannel::Sms;
    let taken = hand(&outlets, sms, "13800500001").await.unwrap();
    assert_eq!(taken.provider_id.as_deref(), Some("SID-MS-2026-0000001"));
    hand(&outlets, sms, "13800500001").await.unwrap();
    assert_eq!(gateway.counts(), (2, 0));
    let messages = gateway.messages();
    assert_eq!(messages.len(), 1, "the key makes two tries one message");
    let message = &messages["MS-2026-0000001"];
    assert_eq!(message["to"], "13800500001");
    assert_eq!(message["text"], "尊敬的周女士：\n\n您的保单已生效。");
    let forged = text
        .replace("huimin\"", "another\"")
        .replace("${key_id}\\n", "x\\n");
    let forged = hand(&opened(&forged).unwrap(), sms, "13800500001").await;
    assert!(matches!(forged, Err(HandError::Trouble(_))), "{forged:?}");
    assert_eq!(gateway.counts(), (3, 1));
}

#[rstest]
#[case::refused(200, r#"{"code":"1003","message":"13800500001 blacklisted"}"#, false)]
#[case::busy(200, r#"{"code":"5","message":"busy"}"#, true)]
#[case::no_json(200, "welcome", true)]
#[case::too_many(429, "", true)]
#[case::broken(502, "", true)]
#[case::unknown(404, "", true)]
#[case::wrong(422, "", false)]
#[tokio::test]
async fn an_answer_means_later_or_never(
    #[case] status: u16,
    #[case] answer: &str,
    #[case] later: bool,
) {
    let gateway = SmsGateway::start().await;
    let folder = tempfile::tempdir().unwrap();
    let outlets = opened(&gateway_text(&gateway, &folder)).unwrap();
    gateway.say(Some((status, answer)));
    let came = hand(&outlets, MessageChannel::Sms, "13800500001").await;
    let error = came.unwrap_err();
    assert_eq!(matches!(error, HandError::Trouble(_)), later, "{error:?}");
    assert!(!error.to_string().contains("13800500001"), "{error}");
}

/// Receipts are believed when their signature fits and they are fresh.
#[tokio::test]
async fn receipts_are_believed_when_they_are_signed_and_fresh() {
    let gateway = SmsGateway::start().await;
    let folder = tempfile::tempdir().unwrap();
    let outlets = opened(&gateway_text(&gateway, &folder)).unwrap();
    let sms = MessageChannel::Sms;
    let read = outlets.reader_of(sms).unwrap();
    let now = at("2026-11-20 10:00");
    let body = r#"{"reports":[{"id":"A","state":"DELIVRD"},{"id":"B","state":"UNDELIV"},{"id":"C","state":"ACCEPTD"}]}"#;
    let ask = |time: String, signed: &str| {
        let headers = [
            ("x-time".to_owned(), time.clone()),
            (
                "x-signature".to_owned(),
                gateway_signature(&format!("{time}.{signed}")),
            ),
        ];
        let request = ReceiptRequest {
            headers: &headers,
            body: body.as_bytes(),
            now,
        };
        read(&request)
    };
    let fresh = now.timestamp().to_string();
    let receipts = ask(fresh.clone(), body).unwrap();
    let said: Vec<_> = receipts
        .iter()
        .map(|r| (r.name.as_str(), r.delivered))
        .collect();
    assert_eq!(said, [("A", true), ("B", false)]);
    let millis = now.timestamp_millis().to_string();
    assert_eq!(ask(millis, body).unwrap().len(), 2);
    assert!(ask(fresh, "another").unwrap_err().contains("signature"));
    let stale = (now.timestamp() - 301).to_string();
    assert!(ask(stale, body).unwrap_err().contains("old"));
    assert_eq!(outlets.answer(sms), r#"{"code":0}"#);
}

/// What is described wrongly is said with its place.
#[rstest]
#[case("[smtp]\nserver = 'mail.example'\nfrom = 'nobody'", "from")]
#[case(
    "[smtp]\nserver = 'mail.example'\nfrom = 'a@b.example'\nprotection = 'none'",
    "protection"
)]
#[case(
    "[smtp]\nserver = 'mail.example'\nfrom = 'a@b.example'\nusername = 'a'",
    "password_file"
)]
#[case(
    "[smtp]\nserver = 'mail.example'\nfrom = 'a@b.example'\npassword = 'open'",
    "password"
)]
#[case("[sms]\nurl = 'http://gateway.example/'", "https")]
#[case("[sms]\nurl = 'https://gateway.example/?a=${phone}'", "${phone}")]
#[case(
    "[sms]\nurl = 'https://gateway.example/'\nbody = '${signature}'",
    "sign"
)]
#[case(
    "[sms]\nurl = 'https://gateway.example/'\nsign = '${payload}'",
    "secret_file"
)]
#[case("[sms]\nurl = 'https://gateway.example/'\nmethod = 'PUT'", "PUT")]
#[case(
    "[wechat]\nurl = 'https://gateway.example/'\n[wechat.answer]\nsuccess_at = '/code'",
    "[messaging.wechat]"
)]
#[case(
    "[sms]\nurl = 'https://gateway.example/'\nsecret_env = 'NOBODY_SETS_THIS'\nsign = '${key}'",
    "NOBODY_SETS_THIS"
)]
#[case("[fax]\nurl = 'x'", "fax")]
#[tokio::test]
async fn a_way_is_described_well_or_not_at_all(#[case] text: &str, #[case] place: &str) {
    let error = opened(text).unwrap_err();
    assert!(format!("{error:#}").contains(place), "{text}: {error:#}");
}
