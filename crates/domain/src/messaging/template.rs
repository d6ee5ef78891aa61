//! Texts with places for values: `尊敬的{salutation}，……`. A text says which values it needs, and is
//! filled only when all of them are there.

use super::{MessageChannel, MessagePurpose};
use std::collections::BTreeSet;

/// Longest body of a text message, in UTF-16 units, without the signature. Gateways cut longer ones.
const SMS_UNITS_MAX: usize = 480;
/// Longest body of other messages, in characters.
const BODY_MAX: usize = 5_000;
/// Longest subject of an e-mail, in characters.
const TITLE_MAX: usize = 80;
/// Longest name of a value.
const NAME_MAX: usize = 40;
/// UTF-16 units in a single text message.
const SINGLE_UNITS: usize = 70;
/// UTF-16 units in each part of a longer one.
const PART_UNITS: usize = 67;
/// How an advertising text message says that it can be refused (通信短信息服务管理规定).
const REFUSALS: [&str; 2] = ["拒收", "退订"];

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Nothing is written.
    #[error("nothing is written")]
    Empty,
    /// Too long for the channel.
    #[error("too long")]
    TooLong,
    /// A brace that is not closed, or a name that is none.
    #[error("a place for a value cannot be read: {0}")]
    Place(String),
    /// A place for a value that nobody gives.
    #[error("there is no value {0}")]
    Unknown(String),
    /// An e-mail needs a subject, other channels have none.
    #[error("an e-mail needs a subject, other channels have none")]
    Title,
    /// The signature is set in front when it is sent.
    #[error("the signature 【…】 is set by the program")]
    Signature,
    /// Advertising says how to refuse it.
    #[error("advertising says how it can be refused")]
    NoRefusal,
    /// A value is missing.
    #[error("the value {0} is missing")]
    Missing(String),
}

/// A value for a place.
pub type Value<'v> = (&'v str, &'v str);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(String),
}

/// A text with places for values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

impl Template {
    /// Reads a text.
    ///
    /// # Errors
    /// [`TemplateError::Place`].
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return Err(place(after));
            };
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if name.is_empty() || name.len() > NAME_MAX || !name.chars().all(plain) {
                return Err(place(name));
            }
            push(&mut parts, before)?;
            parts.push(Part::Place(name.to_owned()));
            rest = after;
        }
        push(&mut parts, rest)?;
        Ok(Self(parts))
    }

    /// The values that it needs.
    pub fn places(&self) -> BTreeSet<&str> {
        let places = self.0.iter().filter_map(|part| match part {
            Part::Place(name) => Some(name.as_str()),
            Part::Text(_) => None,
        });
        places.collect()
    }

    /// Fills every place.
    ///
    /// # Errors
    /// [`TemplateError::Missing`] names the first value that is not there.
    pub fn fill(&self, values: &[Value<'_>]) -> Result<String, TemplateError> {
        let mut filled = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Place(name) => {
                    let value = values.iter().find(|(n, v)| n == name && !v.is_empty());
                    let missing = || TemplateError::Missing(name.clone());
                    filled.push_str(value.ok_or_else(missing)?.1);
                }
            }
        }
        Ok(filled)
    }
}

fn place(text: &str) -> TemplateError {
    TemplateError::Place(text.chars().take(NAME_MAX).collect())
}

fn push(parts: &mut Vec<Part>, text: &str) -> Result<(), TemplateError> {
    if text.contains('}') {
        return Err(place(text));
    }
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
    Ok(())
}

/// The values that subject and body need together.
///
/// # Errors
/// When one of them cannot be read.
pub fn template_values(title: Option<&str>, body: &str) -> Result<Vec<String>, TemplateError> {
    let (title, body) = (
        Template::parse(title.unwrap_or(""))?,
        Template::parse(body)?,
    );
    let all: BTreeSet<_> = title.places().union(&body.places()).copied().collect();
    Ok(all.into_iter().map(str::to_owned).collect())
}

/// Checks a text for its channel and purpose; `known` are the values that there will be.
///
/// # Errors
/// What is wrong first.
pub fn template_fits(
    channel: MessageChannel,
    purpose: MessagePurpose,
    title: Option<&str>,
    body: &str,
    known: &[&str],
) -> Result<(), TemplateError> {
    let is_sms = channel == MessageChannel::Sms;
    let too_long = if is_sms {
        body.encode_utf16().count() > SMS_UNITS_MAX
    } else {
        body.chars().count() > BODY_MAX
    };
    if body.trim().is_empty() {
        return Err(TemplateError::Empty);
    }
    if too_long || title.is_some_and(|t| t.chars().count() > TITLE_MAX) {
        return Err(TemplateError::TooLong);
    }
    let has_title = title.is_some_and(|t| !t.trim().is_empty());
    if has_title != (channel == MessageChannel::Email) {
        return Err(TemplateError::Title);
    }
    if is_sms && body.contains(['【', '】']) {
        return Err(TemplateError::Signature);
    }
    if purpose == MessagePurpose::Marketing && !REFUSALS.iter().any(|r| body.contains(r)) {
        return Err(TemplateError::NoRefusal);
    }
    for name in template_values(title, body)? {
        if !known.contains(&name.as_str()) {
            return Err(TemplateError::Unknown(name));
        }
    }
    Ok(())
}

/// A text message with the signature that gateways ask for.
pub fn sms_text(company: &str, body: &str) -> String {
    format!("【{company}】{body}")
}

/// How long a text message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    /// UTF-16 units.
    pub units: usize,
    /// Parts in which it is sent and paid for.
    pub parts: usize,
}

/// How long a text message is, signature included.
pub fn length(text: &str) -> Length {
    let units = text.encode_utf16().count();
    let parts = if units <= SINGLE_UNITS {
        1
    } else {
        units.div_ceil(PART_UNITS)
    };
    Length { units, parts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MessageChannel as C;
    use MessagePurpose as P;
    use TemplateError as E;
    use rstest::rstest;

    #[test]
    fn every_place_is_filled_or_nothing_is() {
        let template = Template::parse("尊敬的{salutation}：保单{policy_no}。").unwrap();
        assert_eq!(
            template.places().into_iter().collect::<Vec<_>>(),
            ["policy_no", "salutation"]
        );
        let values = [("salutation", "陈女士"), ("policy_no", "P50")];
        assert_eq!(template.fill(&values).unwrap(), "尊敬的陈女士：保单P50。");
        assert_eq!(
            template.fill(&values[..1]),
            Err(E::Missing("policy_no".into()))
        );
        assert_eq!(
            template.fill(&[("salutation", ""), values[1]]),
            Err(E::Missing("salutation".into()))
        );
    }

    #[rstest]
    #[case("{", "")]
    #[case("a}b", "a}b")]
    #[case("{Salutation}", "Salutation")]
    #[case("{}", "")]
    fn a_broken_place_is_named(#[case] text: &str, #[case] named: &str) {
        assert_eq!(Template::parse(text), Err(E::Place(named.into())));
    }

    #[rstest]
    #[case(C::Sms, P::Duty, None, "您好", Ok(()))]
    #[case(C::Sms, P::Duty, None, " ", Err(E::Empty))]
    #[case(C::Sms, P::Duty, Some("题"), "您好", Err(E::Title))]
    #[case(C::Email, P::Duty, None, "您好", Err(E::Title))]
    #[case(C::Email, P::Duty, Some("题"), "您好{name}", Ok(()))]
    #[case(C::Email, P::Duty, Some("{title}"), "您好", Err(E::Unknown("title".into())))]
    #[case(C::Sms, P::Duty, None, "【公司】您好", Err(E::Signature))]
    #[case(C::Sms, P::Marketing, None, "新品", Err(E::NoRefusal))]
    #[case(C::Sms, P::Marketing, None, "新品，拒收请回复R", Ok(()))]
    fn a_text_fits_its_channel(
        #[case] channel: C,
        #[case] purpose: P,
        #[case] title: Option<&str>,
        #[case] body: &str,
        #[case] expected: Result<(), E>,
    ) {
        let found = template_fits(channel, purpose, title, body, &["name"]);
        assert_eq!(found, expected);
    }

    #[rstest]
    #[case(70, 1)]
    #[case(71, 2)]
    #[case(134, 2)]
    #[case(135, 3)]
    fn parts_are_counted(#[case] units: usize, #[case] parts: usize) {
        assert_eq!(length(&"汉".repeat(units)), Length { units, parts });
        assert_eq!(sms_text("公司", "您好"), "【公司】您好");
    }
}
