//! Looking for values in bytes, in every form in which a value is likely to be written down.

use store::sealing::proof::Secret;

/// Values shorter than this are found everywhere and prove nothing.
const CHARACTERS_MIN: usize = 2;
/// Forms shorter than this, in bytes, are not looked for: they come up in random bytes by chance.
const BYTES_MIN: usize = 5;
/// Digits from which a number is also looked for in packed forms.
const DIGITS_MIN: usize = 7;

/// A value in one form.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    /// Table and column that seal it.
    pub(super) column: String,
    /// The form.
    pub(super) form: &'static str,
    bytes: Vec<u8>,
}

/// Finds values in bytes.
pub(super) struct Finder {
    needles: Vec<Needle>,
    /// Needles by their first two bytes.
    by_start: Vec<Vec<u32>>,
    longest: usize,
}

impl Finder {
    pub(super) fn new(secrets: &[Secret]) -> Self {
        let mut needles: Vec<Needle> = Vec::new();
        for secret in secrets {
            for (form, bytes) in forms(&secret.plain) {
                let is_known = needles.iter().any(|n| n.bytes == bytes);
                if bytes.len() >= BYTES_MIN && !is_known {
                    needles.push(Needle {
                        column: secret.column.clone(),
                        form,
                        bytes,
                    });
                }
            }
        }
        let mut by_start = vec![Vec::new(); 1 << 16];
        for (n, needle) in (0..).zip(&needles) {
            by_start[start(&needle.bytes)].push(n);
        }
        let longest = needles.iter().map(|n| n.bytes.len()).max().unwrap_or(0);
        Self {
            needles,
            by_start,
            longest,
        }
    }

    /// How many forms of how many values are looked for.
    pub(super) fn len(&self) -> usize {
        self.needles.len()
    }

    /// Tells where each needle lies in some bytes.
    pub(super) fn find(&self, bytes: &[u8], mut tell: impl FnMut(usize, &Needle)) {
        for at in 0..bytes.len().saturating_sub(1) {
            for n in &self.by_start[start(&bytes[at..])] {
                let needle = &self.needles[*n as usize];
                if bytes[at..].starts_with(&needle.bytes) {
                    tell(at, needle);
                }
            }
        }
    }

    /// Looks through bytes that come piece by piece.
    pub(super) fn stream(&self) -> Stream<'_> {
        Stream {
            finder: self,
            kept: Vec::new(),
            passed: 0,
        }
    }
}

fn start(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// Bytes that come piece by piece; what lies across two pieces is found too.
pub(super) struct Stream<'f> {
    finder: &'f Finder,
    kept: Vec<u8>,
    passed: u64,
}

impl Stream<'_> {
    /// Takes the next piece and tells the place of what is found.
    pub(super) fn feed(&mut self, piece: &[u8], mut tell: impl FnMut(u64, &Needle)) {
        let old = self.kept.len();
        self.kept.extend_from_slice(piece);
        self.finder.find(&self.kept, |at, needle| {
            // What lies wholly in the part that was kept has been told already.
            if at + needle.bytes.len() > old {
                tell(self.passed + at as u64, needle);
            }
        });
        let keep = self.finder.longest.saturating_sub(1).min(self.kept.len());
        let gone = self.kept.len() - keep;
        self.kept.drain(..gone);
        self.passed += gone as u64;
    }
}

/// The forms of a value.
fn forms(plain: &str) -> Vec<(&'static str, Vec<u8>)> {
    if plain.chars().count() < CHARACTERS_MIN {
        return Vec::new();
    }
    let utf8 = plain.as_bytes();
    let wide: Vec<u16> = plain.encode_utf16().collect();
    let mut forms = vec![
        ("utf-8", utf8.to_vec()),
        (
            "utf-16le",
            wide.iter().flat_map(|u| u.to_le_bytes()).collect(),
        ),
        (
            "utf-16be",
            wide.iter().flat_map(|u| u.to_be_bytes()).collect(),
        ),
        ("hex", hex::encode(utf8).into_bytes()),
        ("hex", hex::encode_upper(utf8).into_bytes()),
    ];
    if !plain.is_ascii() {
        let escaped: String = wide.iter().map(|u| format!("\\u{u:04x}")).collect();
        let percent: String = utf8.iter().map(|b| format!("%{b:02X}")).collect();
        forms.push(("json escapes", escaped.clone().into_bytes()));
        forms.push((
            "json escapes",
            escaped.to_uppercase().replace("\\U", "\\u").into_bytes(),
        ));
        forms.push(("percent escapes", percent.into_bytes()));
    }
    for alphabet in [BASE64, BASE64_URL] {
        forms.extend((0..3).map(|shift| ("base64", base64_core(utf8, shift, alphabet))));
    }
    let digits: Vec<u8> = utf8
        .iter()
        .filter(|b| b.is_ascii_digit())
        .map(|b| b - b'0')
        .collect();
    if digits.len() >= DIGITS_MIN && digits.len() * 4 >= utf8.len() * 3 {
        for skipped in 0..2 {
            // Both halves of the byte in which a number may begin, and both orders of the halves.
            let pairs = digits[skipped..].chunks_exact(2);
            forms.push(("bcd", pairs.clone().map(|p| p[0] << 4 | p[1]).collect()));
            forms.push(("swapped bcd", pairs.map(|p| p[1] << 4 | p[0]).collect()));
        }
        let number = digits
            .iter()
            .try_fold(0_u64, |n, d| n.checked_mul(10)?.checked_add(u64::from(*d)));
        if let Some(number) = number {
            let big = number.to_be_bytes();
            let first = big.iter().position(|b| *b != 0).unwrap_or(0);
            forms.push(("binary", big[first..].to_vec()));
            let mut little = big[first..].to_vec();
            little.reverse();
            forms.push(("binary", little));
        }
    }
    forms
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The characters of Base64 that depend on the value alone when `shift` other bytes come before it.
fn base64_core(bytes: &[u8], shift: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let bit = |n: usize| -> Option<u8> {
        let byte = bytes.get(n / 8)?;
        Some(byte >> (7 - n % 8) & 1)
    };
    // The first character that begins inside the value.
    let mut at = (6 - shift * 8 % 6) % 6;
    let mut text = Vec::new();
    loop {
        let mut value = 0;
        for n in at..at + 6 {
            let Some(bit) = bit(n) else { return text };
            value = value << 1 | bit;
        }
        text.push(alphabet[usize::from(value)]);
        at += 6;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder(values: &[&str]) -> Finder {
        let secret = |v: &&str| Secret {
            column: "customers.mobile".into(),
            plain: (*v).to_owned().into(),
        };
        Finder::new(&values.iter().map(secret).collect::<Vec<_>>())
    }

    fn found(finder: &Finder, bytes: &[u8]) -> Vec<(usize, &'static str)> {
        let mut found = Vec::new();
        finder.find(bytes, |at, needle| found.push((at, needle.form)));
        found
    }

    #[test]
    fn a_number_is_found_in_every_form() {
        let finder = finder(&["13800005678"]);
        let cases: [(&[u8], &str); 10] = [
            (b"--13800005678--", "utf-8"),
            (
                b"1\x003\x008\x000\x000\x000\x000\x005\x006\x007\x008\x00",
                "utf-16le",
            ),
            (
                b"\x001\x003\x008\x000\x000\x000\x000\x005\x006\x007\x008",
                "utf-16be",
            ),
            (b"3133383030303035363738", "hex"),
            (b"MTM4MDAwMDU2Nzg=", "base64"),
            // "x13800005678" and "xy13800005678"
            (b"eDEzODAwMDA1Njc4", "base64"),
            (b"eHkxMzgwMDAwNTY3OA==", "base64"),
            (b"\x13\x80\x00\x05\x67\x8f", "bcd"),
            (b"\x31\x08\x00\x50\x76\xf8", "swapped bcd"),
            (b"\x03\x36\x8b\x60\x2e", "binary"),
        ];
        for (bytes, form) in cases {
            let found = found(&finder, bytes);
            assert!(found.iter().any(|(_, f)| *f == form), "{form}: {found:?}");
        }
        assert_eq!(found(&finder, b"13800005679 and 1380000567"), Vec::new());
    }

    #[test]
    fn a_name_is_found_in_json() {
        let finder = finder(&["陈秀兰"]);
        for text in [
            "\\u9648\\u79c0\\u5170",
            "\\u9648\\u79C0\\u5170",
            "%E9%99%88%E7%A7%80%E5%85%B0",
        ] {
            assert_eq!(found(&finder, text.as_bytes()).len(), 1, "{text}");
        }
    }

    #[test]
    fn what_lies_across_pieces_is_found_once() {
        let finder = finder(&["13800005678"]);
        let text = b"0123456789 13800005678 0123456789";
        for cut in 1..text.len() {
            let mut stream = finder.stream();
            let mut places = Vec::new();
            for piece in [&text[..cut], &text[cut..]] {
                stream.feed(piece, |at, needle| {
                    if needle.form == "utf-8" {
                        places.push(at);
                    }
                });
            }
            assert_eq!(places, [11], "cut at {cut}");
        }
    }
}
