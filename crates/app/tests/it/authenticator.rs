//! A device with passkeys, made of software: it does what browsers and their authenticators do with the
//! options that a page hands them (Web Authentication Level 2, sections 6.1 and 6.5.4).

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Where the page was opened.
pub(crate) const ORIGIN: &str = "http://localhost:7300";

/// User present, user verified, a new credential follows.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const NEW: u8 = 0x40;

/// One passkey on one device. A clone of it is what a thief would have.
#[derive(Clone)]
pub(crate) struct Authenticator {
    key: SigningKey,
    id: Vec<u8>,
    owner: String,
    /// Signatures so far.
    pub(crate) counter: u32,
    /// Whether it asks for a finger, a face or a number.
    pub(crate) verifies: bool,
    /// Where the page was opened.
    pub(crate) origin: &'static str,
}

impl Authenticator {
    /// A device without a passkey; each number is another device.
    pub(crate) fn new(number: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[number; 32]).unwrap(),
            id: vec![number; 16],
            owner: String::new(),
            counter: 0,
            verifies: true,
            origin: ORIGIN,
        }
    }

    /// Makes the passkey that a page asks for.
    pub(crate) fn create(&mut self, options: &Value) -> String {
        let asked = &options["publicKey"];
        self.owner = text(&asked["user"]["id"]).to_owned();
        let client = self.client_data("webauthn.create", &asked["challenge"]);
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        let mut data = self.data(text(&asked["rp"]["id"]), NEW);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        // A COSE key: EC2, ES256, P-256, x, y.
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(x);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(y);
        // CBOR: { fmt: "none", attStmt: {}, authData }.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        let id = base64url(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "extensions": {},
            "response": { "attestationObject": base64url(&object), "clientDataJSON": base64url(&client) },
        })
        .to_string()
    }

    /// Answers a page that asks who it is.
    pub(crate) fn answer(&mut self, options: &Value) -> String {
        let asked = &options["publicKey"];
        self.counter += 1;
        let client = self.client_data("webauthn.get", &asked["challenge"]);
        let data = self.data(text(&asked["rpId"]), 0);
        let signed: Vec<u8> = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = self.key.sign(&signed);
        let id = base64url(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "extensions": {},
            "response": {
                "authenticatorData": base64url(&data), "clientDataJSON": base64url(&client),
                "signature": base64url(signature.to_der().as_bytes()), "userHandle": self.owner,
            },
        })
        .to_string()
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let data = json!({
            "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false,
        });
        data.to_string().into_bytes()
    }

    fn data(&self, site: &str, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = Sha256::digest(site.as_bytes()).to_vec();
        data.push(PRESENT | verified | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Base64 for addresses, without padding (RFC 4648, section 5).
pub(crate) fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut three = [0; 3];
        three[..chunk.len()].copy_from_slice(chunk);
        let all = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for place in 0..=chunk.len() {
            let at = (all >> (18 - 6 * place)) & 63;
            out.push(char::from(LETTERS[at as usize]));
        }
    }
    out
}
