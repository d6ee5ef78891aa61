//! The words of the pages, in Chinese and English (Fluent).

use chrono::NaiveDate;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use include_dir::{Dir, include_dir};
use std::sync::LazyLock;
use unic_langid::{LanguageIdentifier, langid};

static LOCALES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../locales");

type Bundle = FluentBundle<FluentResource>;

static CHINESE: LazyLock<Bundle> = LazyLock::new(|| bundle("zh-CN", langid!("zh-CN")));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle("en", langid!("en")));

fn bundle(folder: &str, language: LanguageIdentifier) -> Bundle {
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    let files = LOCALES.get_dir(folder).into_iter().flat_map(Dir::files);
    for text in files.filter_map(|f| f.contents_utf8()) {
        let resource = match FluentResource::try_new(text.to_owned()) {
            Ok(resource) => resource,
            // What could be read is kept; a test demands that nothing is lost.
            Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Locale {
    /// Chinese.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Locale {
    /// The language tag.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// Reads a language tag.
    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The first language of an `Accept-Language` header that we speak.
    pub(crate) fn accepted(header: &str) -> Self {
        header
            .split(',')
            .filter_map(|part| part.split(';').next())
            .find_map(|tag| Self::from_tag(tag.trim()))
            .unwrap_or_default()
    }

    fn bundle(self) -> &'static Bundle {
        match self {
            Self::Chinese => &CHINESE,
            Self::English => &ENGLISH,
        }
    }

    /// One of two texts.
    pub(crate) fn pick<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Chinese => zh,
            Self::English if en.is_empty() => zh,
            Self::English => en,
        }
    }

    fn format(self, id: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
        let bundle = self.bundle();
        let pattern = bundle.get_message(id)?.value()?;
        let mut errors = Vec::new();
        Some(
            bundle
                .format_pattern(pattern, args, &mut errors)
                .into_owned(),
        )
    }

    /// A message. One that does not exist shows its id; a test looks for those.
    pub(crate) fn say(self, id: &str) -> String {
        self.format(id, None).unwrap_or_else(|| id.to_owned())
    }

    /// A message with values.
    pub(crate) fn say_with(self, id: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        self.format(id, Some(&args))
            .unwrap_or_else(|| id.to_owned())
    }

    /// The words for a code: the message `<kind>-<code>`, or the code itself.
    pub(crate) fn code(self, kind: &str, code: &str) -> String {
        let id = format!("{kind}-{}", code.replace('.', "-"));
        self.format(&id, None).unwrap_or_else(|| code.to_owned())
    }
}

/// A value inside a message. Templates hand values over by reference, however deep.
pub(crate) trait Said {
    /// The value as messages take it.
    fn said(&self) -> FluentValue<'static>;
}

macro_rules! said_numbers {
    ($($number:ty),+) => { $(
        impl Said for $number {
            fn said(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        }
    )+ };
}

said_numbers!(i32, i64, u8, u16, u32, u64, usize);

impl Said for str {
    fn said(&self) -> FluentValue<'static> {
        FluentValue::from(self.to_owned())
    }
}

impl Said for String {
    fn said(&self) -> FluentValue<'static> {
        FluentValue::from(self.clone())
    }
}

impl Said for NaiveDate {
    fn said(&self) -> FluentValue<'static> {
        FluentValue::from(self.to_string())
    }
}

impl<T: Said + ?Sized> Said for &T {
    fn said(&self) -> FluentValue<'static> {
        (**self).said()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_reads_without_errors() {
        for folder in ["zh-CN", "en"] {
            let dir = LOCALES.get_dir(folder).unwrap();
            for file in dir.files() {
                let text = file.contents_utf8().unwrap().to_owned();
                let errors = FluentResource::try_new(text)
                    .err()
                    .map(|(_, errors)| errors);
                assert_eq!(errors, None, "{}", file.path().display());
            }
        }
    }

    #[test]
    fn the_browser_decides_the_language_when_nobody_chose() {
        for (header, expected) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Locale::Chinese),
            ("en-GB,en;q=0.9", Locale::English),
            ("fr,de", Locale::Chinese),
            ("", Locale::Chinese),
        ] {
            assert_eq!(Locale::accepted(header), expected, "{header}");
        }
    }
}
