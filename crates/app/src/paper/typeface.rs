//! The typeface: Noto Sans SC unless the company names its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId, name_id};

/// Covers GB 2312, the CJK block and much of its extensions, so that rare names print.
const BUILT_IN: &[u8] = include_bytes!("../../assets/vendor/noto-sans-sc.ttf");

/// What the page shows for characters that no typeface has: `.notdef`, the first glyph.
const NOT_DEFINED: u16 = 0;

/// A typeface that pages are set in.
pub struct Typeface {
    data: &'static [u8],
    face: Face<'static>,
    name: String,
}

impl std::fmt::Debug for Typeface {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Typeface").field(&self.name).finish()
    }
}

/// Why a file is no typeface for us.
#[derive(Debug, thiserror::Error)]
pub enum TypefaceError {
    /// It cannot be read.
    #[error("the file is no TrueType or OpenType font: {0}")]
    Format(#[from] ttf_parser::FaceParsingError),
    /// It may not lie in files that are handed on.
    #[error("the font may not be embedded, as it says itself")]
    Embedding,
    /// It has no Chinese.
    #[error("the font has no Chinese characters")]
    Chinese,
}

impl Typeface {
    /// Noto Sans SC, which lies in the program.
    ///
    /// # Errors
    /// Never, as a test shows.
    pub fn built_in() -> Result<Self, TypefaceError> {
        Self::parse(BUILT_IN)
    }

    /// The company's own: a TrueType or OpenType font. It is kept until the program ends.
    ///
    /// # Errors
    /// When it cannot be read, may not be embedded or lacks Chinese.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, TypefaceError> {
        Face::parse(&bytes, 0)?;
        // One typeface per process: leaking it spares every page a lifetime.
        Self::parse(Box::leak(bytes.into_boxed_slice()))
    }

    fn parse(data: &'static [u8]) -> Result<Self, TypefaceError> {
        let face = Face::parse(data, 0)?;
        if face.permissions() == Some(ttf_parser::Permissions::Restricted) {
            return Err(TypefaceError::Embedding);
        }
        if face.glyph_index('回').is_none() {
            return Err(TypefaceError::Chinese);
        }
        let names = face.names();
        let name = names
            .into_iter()
            .find(|n| n.name_id == name_id::POST_SCRIPT_NAME);
        let name = name.and_then(|n| n.to_string()).unwrap_or_default();
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        Ok(Self { data, face, name })
    }

    /// Its PostScript name, letters and digits only.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn face(&self) -> &Face<'static> {
        &self.face
    }

    /// The bytes of a font with some glyphs only.
    pub(super) fn cut(&self, glyphs: &GlyphRemapper) -> Result<Vec<u8>, subsetter::Error> {
        subsetter::subset(self.data, 0, glyphs)
    }

    /// A length of the font in thousandths of the size.
    pub(super) fn per_mille(&self, units: i32) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "fonts count in thousands")]
        let units = units as f32;
        units * 1000.0 / f32::from(self.face.units_per_em())
    }
}

/// A character as it is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drawn {
    /// Its number in the file.
    pub(super) code: u16,
    /// Its width in thousandths of the size.
    pub(super) width: f32,
}

/// The characters that a file uses, numbered as they come.
pub(super) struct Glyphs<'a> {
    typeface: &'a Typeface,
    known: HashMap<char, Drawn>,
    pub(super) remapper: GlyphRemapper,
    /// What each number stands for, so that text can be searched and copied.
    pub(super) meanings: BTreeMap<u16, char>,
    pub(super) widths: BTreeMap<u16, f32>,
    pub(super) missing: BTreeSet<char>,
}

impl<'a> Glyphs<'a> {
    pub(super) fn new(typeface: &'a Typeface) -> Self {
        Self {
            typeface,
            known: HashMap::new(),
            remapper: GlyphRemapper::new(),
            meanings: BTreeMap::new(),
            widths: BTreeMap::new(),
            missing: BTreeSet::new(),
        }
    }

    pub(super) fn typeface(&self) -> &'a Typeface {
        self.typeface
    }

    /// A character, numbered if it is new.
    pub(super) fn draw(&mut self, letter: char) -> Drawn {
        if let Some(known) = self.known.get(&letter) {
            return *known;
        }
        // Boxes are one sign; the tick is drawn over it.
        let sought = match letter {
            '☐' | '☑' => '□',
            other => other,
        };
        let found = self.typeface.face.glyph_index(sought);
        if found.is_none() {
            self.missing.insert(letter);
        }
        let glyph = found.map_or(NOT_DEFINED, |g| g.0);
        let advance = self.typeface.face.glyph_hor_advance(GlyphId(glyph));
        let drawn = Drawn {
            code: self.remapper.remap(glyph),
            width: self.typeface.per_mille(advance.unwrap_or_default().into()),
        };
        let meaning = if found.is_some() { sought } else { '\u{fffd}' };
        self.meanings.entry(drawn.code).or_insert(meaning);
        self.widths.insert(drawn.code, drawn.width);
        self.known.insert(letter, drawn);
        drawn
    }

    /// The width of a text in points.
    pub(super) fn width(&mut self, text: &str, size: f32) -> f32 {
        let sum: f32 = text.chars().map(|c| self.draw(c).width).sum();
        sum * size / 1000.0
    }
}
