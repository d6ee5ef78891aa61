//! Personal data as types. `Display` is the mask; the value needs a [`Reveal`].

use std::fmt;

/// Permission to look at a value. Made for storage, where it is sealed at once, or for a disclosure
/// that has already been written into the audit log.
#[derive(Clone, Copy, Debug)]
pub struct Reveal(());

impl Reveal {
    /// For sealing and indexing a value; used by the store only.
    pub fn for_storage() -> Self {
        Self(())
    }

    /// For a check by the program, of which no value leaves.
    pub(crate) fn for_checks() -> Self {
        Self(())
    }

    /// For a disclosure whose trace exists: the caller passes the id of the audit entry.
    pub fn traced(_audit_entry: uuid::Uuid) -> Self {
        Self(())
    }
}

/// What is wrong with a field of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// Nothing is given.
    #[error("nothing is given")]
    Empty,
    /// Longer than any real value.
    #[error("too long")]
    TooLong,
    /// Not a mainland mobile number: 11 digits that begin with 13 to 19.
    #[error("not a mobile number")]
    Mobile,
    /// Not a landline number.
    #[error("not a telephone number")]
    Landline,
    /// Not an e-mail address.
    #[error("not an e-mail address")]
    Email,
    /// Not a bank account: 8 to 30 digits.
    #[error("not a bank account")]
    BankAccount,
}

/// Longest name that is accepted, in characters: transliterated names and company names are long.
const NAME_MAX: usize = 120;
/// Longest address that is accepted, in characters.
const ADDRESS_MAX: usize = 300;
/// Longest free text that is accepted, in characters.
const TEXT_MAX: usize = 2000;
/// Shown for a name that was destroyed.
const DESTROYED: &str = "已销毁";

macro_rules! personal {
    ($( $(#[$meta:meta])* $name:ident ),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// A value that was valid when it was stored.
            pub fn from_stored(value: String) -> Self {
                Self(value)
            }

            /// The value itself.
            pub fn reveal(&self, _reveal: Reveal) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    )+ };
}

personal! {
    /// A mainland mobile number. Shown as `138****5678`.
    Mobile,
    /// A landline number. Shown with its area code and last two digits.
    Landline,
    /// A name. Persons are shown as `陈*兰`; see [`PersonName::organisation`] for companies.
    PersonName,
    /// An e-mail address. Shown as `c***@example.com`.
    Email,
    /// A postal address. Shown down to the district.
    Address,
    /// A bank account. Shown by its last four digits.
    BankAccount,
    /// Free text about a person that may be sensitive, such as special needs. Never shown masked.
    SensitiveText,
}

macro_rules! opened {
    ($( $name:ident ),+ $(,)?) => { $(
        impl $name {
            /// The value itself, for the types of facts beside it.
            pub(super) fn into_inner(self) -> String {
                self.0
            }
        }
    )+ };
}

opened! { Mobile, Landline, PersonName, Email, Address, SensitiveText }

impl Mobile {
    /// Reads a mobile number; blanks, hyphens and the country code 86 are dropped.
    ///
    /// # Errors
    /// [`FieldError::Mobile`] unless 11 digits beginning with 13 to 19 remain.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let digits = digits.strip_prefix("+86").unwrap_or(&digits);
        let bytes = digits.as_bytes();
        let valid = bytes.len() == 11
            && bytes[0] == b'1'
            && (b'3'..=b'9').contains(&bytes[1])
            && bytes.iter().all(u8::is_ascii_digit);
        if valid {
            Ok(Self(digits.to_owned()))
        } else {
            Err(FieldError::Mobile)
        }
    }
}

impl fmt::Display for Mobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = self.0.get(..3).unwrap_or("");
        let tail = self.0.get(7..).unwrap_or("");
        write!(f, "{head}****{tail}")
    }
}

impl Landline {
    /// Reads a landline number: digits, hyphens, blanks, brackets and a leading plus.
    ///
    /// # Errors
    /// [`FieldError::Landline`] unless 7 to 15 digits remain.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        let allowed = |c: char| c.is_ascii_digit() || matches!(c, '-' | ' ' | '(' | ')' | '+');
        let digits = text.chars().filter(char::is_ascii_digit).count();
        if text.chars().all(allowed) && (7..=15).contains(&digits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(FieldError::Landline)
        }
    }
}

impl fmt::Display for Landline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail: String = self
            .0
            .chars()
            .rev()
            .take(2)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        match self.0.split_once('-') {
            Some((area, _)) => write!(f, "{area}-******{tail}"),
            None => write!(f, "******{tail}"),
        }
    }
}

impl PersonName {
    /// Reads a name; blanks around it are dropped.
    ///
    /// # Errors
    /// When it is empty or longer than any name.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err(FieldError::Empty),
            n if n > NAME_MAX => Err(FieldError::TooLong),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// What stands where a name stood before the customer's data was destroyed.
    pub fn destroyed() -> Self {
        Self(DESTROYED.to_owned())
    }

    /// The name of an organisation, which is public and shown in full.
    pub fn organisation(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == DESTROYED {
            return f.write_str(DESTROYED);
        }
        let mut chars = self.0.chars();
        let Some(first) = chars.next() else {
            return Ok(());
        };
        let rest: Vec<char> = chars.collect();
        match rest.as_slice() {
            [] => f.write_str("*"),
            [_] => write!(f, "{first}*"),
            [middle @ .., last] => {
                write!(f, "{first}{}{last}", "*".repeat(middle.len().min(4)))
            }
        }
    }
}

impl Email {
    /// Reads an e-mail address.
    ///
    /// # Errors
    /// [`FieldError::Email`] unless it has one `@` between a local part and a domain with a dot.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        let valid = text.len() <= 254
            && !text.contains(char::is_whitespace)
            && text.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty() && domain.contains('.') && !domain.contains('@')
            });
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(FieldError::Email)
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first = local.chars().next().unwrap_or('*');
        write!(f, "{first}***@{domain}")
    }
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is empty or longer than any address.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err(FieldError::Empty),
            n if n > ADDRESS_MAX => Err(FieldError::TooLong),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for Address {
    /// Shows the address down to the district or county; nothing when it names none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = ['区', '县', '旗']
            .iter()
            .filter_map(|c| self.0.find(*c))
            .min();
        let end = end.or_else(|| self.0.find('市'));
        match end {
            Some(at) => write!(f, "{}****", &self.0[..at + '区'.len_utf8()]),
            None => f.write_str("****"),
        }
    }
}

impl BankAccount {
    /// Reads a bank account; blanks are dropped.
    ///
    /// # Errors
    /// [`FieldError::BankAccount`] unless 8 to 30 digits remain.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let valid = (8..=30).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if valid {
            Ok(Self(digits))
        } else {
            Err(FieldError::BankAccount)
        }
    }
}

impl fmt::Display for BankAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "****{}",
            self.0.get(self.0.len().saturating_sub(4)..).unwrap_or("")
        )
    }
}

impl SensitiveText {
    /// Reads free text.
    ///
    /// # Errors
    /// When it is empty or longer than a page.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err(FieldError::Empty),
            n if n > TEXT_MAX => Err(FieldError::TooLong),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for SensitiveText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}
