//! The two families of algorithms: AES-256-GCM with HMAC-SHA-256, and SM4-GCM with HMAC-SM3
//! (GB/T 32907, GB/T 32905; the GCM mode of SM4 as in RFC 8998).

use crate::{Result, StoreError};
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, AesGcm, KeyInit as _, Nonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use sm3::Sm3;
use sm4::Sm4;

/// Bytes of a nonce.
pub(crate) const NONCE_LENGTH: usize = 12;
/// Bytes of a tag.
pub(crate) const TAG_LENGTH: usize = 16;

type Sm4Gcm = AesGcm<Sm4, U12>;

/// A family of algorithms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Suite {
    /// AES-256-GCM and HMAC-SHA-256.
    #[default]
    Aes,
    /// SM4-GCM and HMAC-SM3, the algorithms of the Chinese national standards.
    Sm,
}

impl Suite {
    /// Its name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aes => "aes-256-gcm",
            Self::Sm => "sm4-gcm",
        }
    }

    /// Reads a name of the configuration.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Aes, Self::Sm]
            .into_iter()
            .find(|s| s.as_str() == text)
    }

    /// The algorithm that is written beside a key of a purpose.
    pub(crate) fn algorithm(self, purpose: &str) -> &'static str {
        match (self, purpose) {
            (Self::Aes, "seal") => "AES-256-GCM",
            (Self::Sm, "seal") => "SM4-GCM",
            (Self::Aes, _) => "HMAC-SHA-256",
            (Self::Sm, _) => "HMAC-SM3",
        }
    }

    /// The family that an algorithm belongs to.
    pub(crate) fn of_algorithm(algorithm: &str) -> Option<Self> {
        match algorithm {
            "AES-256-GCM" | "HMAC-SHA-256" => Some(Self::Aes),
            "SM4-GCM" | "HMAC-SM3" => Some(Self::Sm),
            _ => None,
        }
    }

    /// Bytes of a new key of a purpose.
    pub(crate) fn key_length(self, purpose: &str) -> usize {
        match (self, purpose) {
            (Self::Sm, "seal") => 16,
            _ => 32,
        }
    }
}

/// A cipher with its key.
pub(crate) enum Cipher {
    Aes(Box<Aes256Gcm>),
    Sm(Box<Sm4Gcm>),
}

impl Cipher {
    pub(crate) fn new(suite: Suite, key: &[u8]) -> Result<Self> {
        let wrong = |_| StoreError::Key("a key has the wrong length".into());
        Ok(match suite {
            Suite::Aes => Self::Aes(Box::new(Aes256Gcm::new_from_slice(key).map_err(wrong)?)),
            Suite::Sm => Self::Sm(Box::new(Sm4Gcm::new_from_slice(key).map_err(wrong)?)),
        })
    }

    /// Ciphertext and tag; nothing only for texts that are far longer than ours.
    pub(crate) fn encrypt(
        &self,
        nonce: [u8; NONCE_LENGTH],
        msg: &[u8],
        aad: &[u8],
    ) -> Option<Vec<u8>> {
        let (nonce, payload) = (Nonce::from(nonce), Payload { msg, aad });
        match self {
            Self::Aes(cipher) => cipher.encrypt(&nonce, payload),
            Self::Sm(cipher) => cipher.encrypt(&nonce, payload),
        }
        .ok()
    }

    /// The text; nothing when anything was altered.
    pub(crate) fn decrypt(
        &self,
        nonce: [u8; NONCE_LENGTH],
        msg: &[u8],
        aad: &[u8],
    ) -> Option<Vec<u8>> {
        let (nonce, payload) = (Nonce::from(nonce), Payload { msg, aad });
        match self {
            Self::Aes(cipher) => cipher.decrypt(&nonce, payload),
            Self::Sm(cipher) => cipher.decrypt(&nonce, payload),
        }
        .ok()
    }
}

/// A keyed hash with its key.
#[derive(Clone)]
pub(crate) enum KeyedHash {
    Sha256(Hmac<Sha256>),
    Sm3(Hmac<Sm3>),
}

impl KeyedHash {
    pub(crate) fn new(suite: Suite, key: &[u8]) -> Result<Self> {
        let wrong = |_| StoreError::Key("a key has the wrong length".into());
        Ok(match suite {
            Suite::Aes => Self::Sha256(Hmac::new_from_slice(key).map_err(wrong)?),
            Suite::Sm => Self::Sm3(Hmac::new_from_slice(key).map_err(wrong)?),
        })
    }

    /// The digest of parts, one after the other.
    pub(crate) fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        match self.clone() {
            Self::Sha256(mut mac) => {
                parts.iter().for_each(|part| mac.update(part));
                mac.finalize().into_bytes().into()
            }
            Self::Sm3(mut mac) => {
                parts.iter().for_each(|part| mac.update(part));
                mac.finalize().into_bytes().into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sm3::Digest as _;

    fn bytes(hex: &str) -> Vec<u8> {
        let hex: String = hex.chars().filter(|c| !c.is_whitespace()).collect();
        hex::decode(hex).unwrap()
    }

    fn check(suite: Suite, key: &str, nonce: &str, aad: &str, plain: &str, sealed: &str) {
        let cipher = Cipher::new(suite, &bytes(key)).unwrap();
        let nonce = bytes(nonce).try_into().unwrap();
        let (aad, plain, sealed) = (bytes(aad), bytes(plain), bytes(sealed));
        assert_eq!(cipher.encrypt(nonce, &plain, &aad).unwrap(), sealed);
        assert_eq!(cipher.decrypt(nonce, &sealed, &aad).unwrap(), plain);
        assert_eq!(cipher.decrypt(nonce, &sealed, b"other"), None);
    }

    /// RFC 8998, appendix A.1.
    #[test]
    fn sm4_gcm_gives_the_values_of_rfc_8998() {
        check(
            Suite::Sm,
            "0123456789ABCDEFFEDCBA9876543210",
            "00001234567800000000ABCD",
            "FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2",
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD\
             EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA",
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735\
             D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D\
             83DE3541E4C2B58177E065A9BF7B62EC",
        );
    }

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16, as in NIST's examples.
    #[test]
    fn aes_256_gcm_gives_the_values_of_nist() {
        check(
            Suite::Aes,
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
             1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
             8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662\
             76fc6ece0f4e1768cddf8853bb2d551b",
        );
    }

    /// GB/T 32905-2016, appendix A.1.
    #[test]
    fn sm3_gives_the_value_of_the_standard() {
        assert_eq!(
            hex::encode(Sm3::digest(b"abc")),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
    }

    /// GM/T 0042-2015, appendix D, and RFC 4231, test case 1.
    #[test]
    fn hmac_gives_the_values_of_the_standards() {
        let key = bytes(
            "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324\
             25",
        );
        let data = [0xcd; 50];
        let sm3 = KeyedHash::new(Suite::Sm, &key).unwrap();
        assert_eq!(
            hex::encode(sm3.digest(&[&data[..20], &data[20..]])),
            "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae"
        );
        let sha = KeyedHash::new(Suite::Aes, &[0x0b; 20]).unwrap();
        assert_eq!(
            hex::encode(sha.digest(&[b"Hi There"])),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }
}
