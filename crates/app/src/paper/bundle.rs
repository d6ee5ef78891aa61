//! One PDF file of one or many documents.

use super::PaperError;
use super::document::Document;
use super::layout::lay_out;
use super::pen::FONT;
use super::typeface::{Glyphs, Typeface};
use chrono::{Datelike, Timelike};
use domain::time::{Instant, china};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Date, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use std::collections::BTreeSet;
use std::io::Write;

/// Characters are numbered by the file itself.
const IDENTITY: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// What a file says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Meta<'a> {
    /// Its title.
    pub title: &'a str,
    /// Who made it.
    pub author: &'a str,
    /// When.
    pub created: Instant,
}

struct Page {
    width: f32,
    height: f32,
    packed: Vec<u8>,
}

/// A file being made. It holds the packed pages, some kilobytes each.
pub struct Bundle<'t> {
    glyphs: Glyphs<'t>,
    pages: Vec<Page>,
    /// Titles and the pages where documents begin.
    marks: Vec<(String, usize)>,
}

impl<'t> Bundle<'t> {
    /// An empty file.
    pub fn new(typeface: &'t Typeface) -> Self {
        Self {
            glyphs: Glyphs::new(typeface),
            pages: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Adds a document; returns how many pages it has.
    ///
    /// # Errors
    /// When a page cannot be packed.
    pub fn add(&mut self, document: &Document) -> Result<usize, PaperError> {
        let pens = lay_out(document, &mut self.glyphs);
        let count = pens.len();
        self.marks.push((document.title.clone(), self.pages.len()));
        for pen in pens {
            self.pages.push(Page {
                width: document.size.width,
                height: document.size.height,
                packed: pack(&pen.content.finish())?,
            });
        }
        Ok(count)
    }

    /// How many pages there are.
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// Characters that the typeface lacks; crossed boxes stand for them.
    pub fn missing(&self) -> &BTreeSet<char> {
        &self.glyphs.missing
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When the typeface cannot be cut down.
    pub fn finish(self, meta: &Meta<'_>) -> Result<Vec<u8>, PaperError> {
        let mut next = Ref::new(1);
        let mut new = || next.bump();
        let (catalog, tree, info, font) = (new(), new(), new(), new());
        let mut pdf = Pdf::new();
        let outline = (!self.marks.is_empty()).then(&mut new);
        let kids: Vec<Ref> = self.pages.iter().map(|_| new()).collect();
        for (page, id) in self.pages.iter().zip(&kids) {
            let stream = new();
            let mut written = pdf.page(*id);
            written.media_box(Rect::new(0.0, 0.0, page.width, page.height));
            written.parent(tree).contents(stream);
            written.resources().fonts().pair(FONT, font);
            written.finish();
            pdf.stream(stream, &page.packed).filter(Filter::FlateDecode);
        }
        let count = i32::try_from(kids.len()).unwrap_or(i32::MAX);
        pdf.pages(tree).kids(kids.iter().copied()).count(count);
        if let Some(outline) = outline {
            write_outline(&mut pdf, outline, &self.marks, &kids, &mut new);
        }
        write_font(&mut pdf, font, &self.glyphs, &mut new)?;
        pdf.document_info(info)
            .title(TextStr(meta.title))
            .author(TextStr(meta.author))
            .creation_date(date(meta.created));
        let mut root = pdf.catalog(catalog);
        root.pages(tree).lang(TextStr("zh-CN"));
        root.viewer_preferences().display_doc_title(true);
        if let Some(outline) = outline {
            root.outlines(outline);
        }
        root.finish();
        Ok(pdf.finish())
    }
}

fn pack(bytes: &[u8]) -> Result<Vec<u8>, PaperError> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes)?;
    Ok(packer.finish()?)
}

fn write_outline(
    pdf: &mut Pdf,
    outline: Ref,
    marks: &[(String, usize)],
    pages: &[Ref],
    new: &mut impl FnMut() -> Ref,
) {
    let items: Vec<Ref> = marks.iter().map(|_| new()).collect();
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        return;
    };
    let count = i32::try_from(items.len()).unwrap_or(i32::MAX);
    pdf.outline(outline).first(*first).last(*last).count(count);
    for (at, (title, page)) in marks.iter().enumerate() {
        let mut item = pdf.outline_item(items[at]);
        item.title(TextStr(title)).parent(outline);
        if at > 0 {
            item.prev(items[at - 1]);
        }
        if let Some(next) = items.get(at + 1) {
            item.next(*next);
        }
        if let Some(page) = pages.get(*page) {
            item.dest().page(*page).fit();
        }
    }
}

/// The typeface with the characters used, their widths and what they mean.
fn write_font(
    pdf: &mut Pdf,
    font: Ref,
    glyphs: &Glyphs<'_>,
    new: &mut impl FnMut() -> Ref,
) -> Result<(), PaperError> {
    let typeface = glyphs.typeface();
    let (cid, descriptor, meanings, program) = (new(), new(), new(), new());
    let cut = typeface.cut(&glyphs.remapper);
    let cut = cut.map_err(|error| PaperError::Typeface(error.to_string()))?;
    let outlines = ttf_parser::RawFace::parse(&cut, 0).ok();
    let outlines = outlines.and_then(|f| f.table(ttf_parser::Tag::from_bytes(b"CFF ")));
    let name = format!("HFSUBS+{}", typeface.name());
    let name = Name(name.as_bytes());

    pdf.type0_font(font)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(meanings);
    let mut written = pdf.cid_font(cid);
    written.subtype(if outlines.is_some() {
        CidFontType::Type0
    } else {
        CidFontType::Type2
    });
    written
        .base_font(name)
        .system_info(IDENTITY)
        .font_descriptor(descriptor);
    written.default_width(1000.0);
    if outlines.is_none() {
        written.cid_to_gid_map_predefined(Name(b"Identity"));
    }
    let mut widths = written.widths();
    for (code, width) in &glyphs.widths {
        widths.consecutive(*code, [*width]);
    }
    widths.finish();
    written.finish();

    describe(
        pdf,
        typeface,
        (name, descriptor, program),
        outlines.is_some(),
    );
    let packed = pack(outlines.unwrap_or(&cut))?;
    let mut stream = pdf.stream(program, &packed);
    stream.filter(Filter::FlateDecode);
    if outlines.is_some() {
        stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
    }
    stream.finish();
    let mut map = UnicodeCmap::<u16>::new(Name(b"Custom"), IDENTITY);
    for (code, letter) in &glyphs.meanings {
        map.pair(*code, *letter);
    }
    let packed = pack(&map.finish())?;
    pdf.stream(meanings, &packed).filter(Filter::FlateDecode);
    Ok(())
}

/// The measures of the typeface, for readers that lay text out again.
fn describe(
    pdf: &mut Pdf,
    typeface: &Typeface,
    (name, descriptor, program): (Name<'_>, Ref, Ref),
    is_cff: bool,
) {
    let face = typeface.face();
    let bounds = face.global_bounding_box();
    let per_mille = |units: i16| typeface.per_mille(units.into());
    let mut written = pdf.font_descriptor(descriptor);
    written
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .italic_angle(0.0)
        .stem_v(90.0);
    written.bbox(Rect::new(
        per_mille(bounds.x_min),
        per_mille(bounds.y_min),
        per_mille(bounds.x_max),
        per_mille(bounds.y_max),
    ));
    written
        .ascent(per_mille(face.ascender()))
        .descent(per_mille(face.descender()));
    written.cap_height(per_mille(face.capital_height().unwrap_or(face.ascender())));
    if is_cff {
        written.font_file3(program);
    } else {
        written.font_file2(program);
    }
    written.finish();
}

fn date(at: Instant) -> Date {
    let local = at.with_timezone(&china());
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    Date::new(u16::try_from(local.year()).unwrap_or_default())
        .month(small(local.month()))
        .day(small(local.day()))
        .hour(small(local.hour()))
        .minute(small(local.minute()))
        .second(small(local.second()))
        .utc_offset_hour(8)
        .utc_offset_minute(0)
}
