//! Signatures of requests, ours and the gateway's: a keyed code over a text that the configuration
//! puts together.

use anyhow::{Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use sm3::Sm3;

/// How a signature is computed.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) enum Algorithm {
    #[default]
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
    #[serde(rename = "hmac-sm3")]
    HmacSm3,
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Encoding {
    #[default]
    Hex,
    Base64,
}

/// A key with the way of using it.
#[derive(Clone)]
pub(super) struct Signer {
    algorithm: Algorithm,
    encoding: Encoding,
    key: String,
}

impl Signer {
    pub(super) fn new(
        algorithm: Algorithm,
        encoding: Encoding,
        key: Option<String>,
    ) -> Result<Self> {
        let Some(key) = key else {
            bail!("a signature needs secret_file or secret_env");
        };
        Ok(Self {
            algorithm,
            encoding,
            key,
        })
    }

    fn code(&self, text: &[u8]) -> Vec<u8> {
        let key = self.key.as_bytes();
        match self.algorithm {
            Algorithm::HmacSha256 => code::<Hmac<Sha256>>(key, text),
            Algorithm::HmacSm3 => code::<Hmac<Sm3>>(key, text),
        }
    }

    /// The signature of a text.
    pub(super) fn sign(&self, text: &str) -> String {
        let code = self.code(text.as_bytes());
        match self.encoding {
            Encoding::Hex => hex::encode(code),
            Encoding::Base64 => STANDARD.encode(code),
        }
    }

    /// Whether a signature belongs to a text; how long it takes says nothing.
    pub(super) fn verify(&self, text: &str, signature: &str) -> bool {
        let given = match self.encoding {
            Encoding::Hex => hex::decode(signature.trim()).ok(),
            Encoding::Base64 => STANDARD.decode(signature.trim()).ok(),
        };
        let expected = self.code(text.as_bytes());
        given.is_some_and(|given| {
            bool::from(subtle::ConstantTimeEq::ct_eq(&given[..], &expected[..]))
        })
    }
}

fn code<M: Mac + KeyInit>(key: &[u8], text: &[u8]) -> Vec<u8> {
    // Keys of any length are taken.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// SHA-256 of a text, in hexadecimal.
pub(super) fn digest(text: &[u8]) -> String {
    hex::encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_standard() {
        let signer =
            |encoding| Signer::new(Algorithm::HmacSha256, encoding, Some("key".into())).unwrap();
        let text = "The quick brown fox jumps over the lazy dog";
        // RFC 4231 computes alike; this value is widely published.
        let expected = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
        assert_eq!(signer(Encoding::Hex).sign(text), expected);
        assert!(signer(Encoding::Hex).verify(text, &expected.to_uppercase()));
        assert!(!signer(Encoding::Hex).verify("another", expected));
        assert!(!signer(Encoding::Hex).verify(text, "zz"));
        let base64 = signer(Encoding::Base64).sign(text);
        assert!(signer(Encoding::Base64).verify(text, &base64));
        assert!(Signer::new(Algorithm::HmacSm3, Encoding::Hex, None).is_err());
    }
}
