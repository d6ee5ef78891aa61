//! What is printed can be read, searched and scanned.

use super::*;
use domain::time::Instant;
use std::process::Command;

fn meta() -> Meta<'static> {
    Meta {
        title: "样张",
        author: "回访",
        created: Instant::UNIX_EPOCH,
    }
}

fn form() -> Document {
    let mut form = Document::new("客户回访函");
    form.header = ("某某人寿保险股份有限公司".into(), "LT-2026-0000001".into());
    form.footer = ("本函一式两联".into(), "第 {page} 页，共 {pages} 页".into());
    form.watermark = "样张".into();
    form.heading("客户回访函暨保险单签收回执");
    form.push(Block::Codes {
        bar: "LT-2026-0000001".into(),
        square: "https://hf.example.cn/letters/by-number/LT-2026-0000001".into(),
    });
    form.text("尊敬的欧阳䶮女士：感谢您选择本公司。请您在收到保险合同后逐项确认，并亲笔签名。");
    let mut table = Table::new(&[1.0, 7.0, 4.0]).head(["序号", "回访问题", "您的回答"]);
    for number in 1..=40 {
        let answer = if number % 2 == 0 {
            "☑是　☐否"
        } else {
            "☐是　☐否"
        };
        table = table.row([
            Cell::from(number.to_string()).centred(),
            Cell::from("您是否清楚保险责任、责任免除、犹豫期权利以及退保可能遭受的损失？"),
            Cell::from(answer),
        ]);
    }
    form.table(table);
    form.sign(&["投保人亲笔签名", "签收日期"]);
    form.push(Block::Tear("公司联请沿此线撕下".into()));
    form
}

/// The text of a PDF as poppler, which knows nothing of us, reads it.
pub(crate) fn text_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, pdf).unwrap();
    let run = Command::new("pdftotext")
        .arg("-layout")
        .arg(&path)
        .arg("-")
        .output();
    let output = run.expect("pdftotext of poppler-utils, which ./test installs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "",
        "poppler complains"
    );
    String::from_utf8(output.stdout).unwrap()
}

fn write(forms: &[Document]) -> Vec<u8> {
    let typeface = Typeface::built_in().unwrap();
    let mut bundle = Bundle::new(&typeface);
    for form in forms {
        bundle.add(form).unwrap();
    }
    bundle.finish(&meta()).unwrap()
}

#[test]
fn a_form_can_be_read_by_others_and_is_small() {
    let pdf = write(&[form()]);
    if let Ok(path) = std::env::var("HUIFANG_PAPER_SAMPLE") {
        std::fs::write(path, &pdf).unwrap();
    }
    assert!(pdf.len() < 60_000, "{} bytes", pdf.len());
    assert_eq!(pdf, write(&[form()]), "the same form gives the same bytes");
    let text = text_of(&pdf);
    for words in [
        "客户回访函暨保险单签收回执",
        "欧阳䶮女士",
        "LT-2026-0000001",
        "投保人亲笔签名",
        "公司联请沿此线撕下",
        "第 3 页，共 3 页",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(
        text.matches("回访问题").count(),
        3,
        "the head comes again: {text}"
    );
    assert_eq!(text.matches("您是否清楚").count(), 40, "{text}");
}

#[test]
fn a_missing_character_is_seen_and_named() {
    let typeface = Typeface::built_in().unwrap();
    let mut bundle = Bundle::new(&typeface);
    let mut form = Document::new("");
    form.text("张\u{31350}先生");
    bundle.add(&form).unwrap();
    assert_eq!(
        bundle.missing().iter().copied().collect::<String>(),
        "\u{31350}"
    );
    let text = text_of(&bundle.finish(&meta()).unwrap());
    assert!(text.contains("张\u{fffd}先生"), "{text}");
}

#[test]
fn names_of_gb2312_are_all_there() {
    let typeface = Typeface::built_in().unwrap();
    let has = |c: char| typeface.face().glyph_index(c).is_some();
    let block = ('\u{4e00}'..='\u{9fa5}').filter(|c| !has(*c));
    assert_eq!(
        block.count(),
        0,
        "the CJK block, which contains GB 2312 and GBK"
    );
    for rare in "䶮㛃𬭎𬸚𫍽𫖯𬀩𬍛𬭳□✓①⑩《》〔〕·—…￥".chars() {
        assert!(has(rare), "{rare}");
    }
}

#[test]
fn what_is_no_typeface_is_refused() {
    assert!(matches!(
        Typeface::from_bytes(b"nothing".to_vec()),
        Err(TypefaceError::Format(_))
    ));
}

#[test]
fn bars_are_read_back() {
    for text in ["LT-2026-0000001", "LT-2026-9999999", "VS-2026-0000042"] {
        let (bars, width) = bars_of(text);
        let mut ends = bars.iter().skip(1).map(|(at, _)| *at).chain([width]);
        let read: Vec<code128::Bar> = bars
            .iter()
            .map(|(at, wide)| code128::Bar {
                width: u8::try_from(*wide).unwrap(),
                space: u8::try_from(ends.next().unwrap() - at - wide).unwrap(),
            })
            .collect();
        assert_eq!(code128::decode_str(&read).unwrap(), text);
    }
}

/// The three corner marks that a reader of QR codes looks for, and the timing rows between them.
#[test]
fn squares_have_their_marks() {
    let (dark, width) =
        squares_of("https://hf.example.cn/letters/by-number/LT-2026-0000001").unwrap();
    let at = |x: usize, y: usize| dark[y * width + x];
    for (x, y) in [(0, 0), (width - 7, 0), (0, width - 7)] {
        for step in 0..7 {
            assert!(
                at(x + step, y) && at(x, y + step) && at(x + step, y + 6),
                "frame"
            );
        }
        assert!(!at(x + 1, y + 1) && at(x + 3, y + 3), "ring and core");
    }
    for step in 8..width - 8 {
        assert_eq!(at(step, 6), step % 2 == 0, "timing");
    }
    assert_eq!((width - 17) % 4, 0, "a size that QR codes have");
    assert_eq!(squares_of(&"字".repeat(4000)), None);
}

#[test]
fn a_cell_taller_than_a_page_goes_on() {
    let mut form = Document::new("");
    form.table(
        Table::new(&[1.0, 4.0])
            .head(["摘要", "内容"])
            .row(["经过", &"一二三四五。".repeat(900)]),
    );
    let text = text_of(&write(&[form]));
    let sum: usize = text.matches('。').count();
    assert_eq!(sum, 900, "nothing is cut off");
}
