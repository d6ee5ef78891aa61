//! The watermark of pages that show personal data in the clear: whose screen it is, and when.
//!
//! The picture belongs to one person and one moment, so it is never kept by browsers or proxies. The
//! style sheet lays it over pages that hold an element of the class `in-clear`.

use crate::frame::{Answer, Who};
use crate::state::Web;
use axum::Router;
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::get;
use domain::time;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/watermark.svg", get(show_watermark))
}

async fn show_watermark(who: Who) -> Answer {
    let frame = who.frame("");
    let (name, unit) = frame.session().map_or(("", ""), |s| {
        (s.user.display_name.as_str(), s.user.org_name.as_str())
    });
    let at = who.now.with_timezone(&time::china());
    let at = at.format("%Y-%m-%d %H:%M").to_string();
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, svg(name, unit, &at)).into_response())
}

/// One tile of the pattern.
fn svg(name: &str, unit: &str, at: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"320\" height=\"200\" viewBox=\"0 0 320 200\">\
         <g transform=\"rotate(-24 160 100)\" fill=\"#7f8b99\" font-size=\"14\" text-anchor=\"middle\" \
         font-family=\"sans-serif\"><text x=\"160\" y=\"92\">{} {}</text><text x=\"160\" y=\"114\">{at}</text></g></svg>",
        escaped(name),
        escaped(unit),
    )
}

/// Text as it may stand in a picture: names are typed by people.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_picture() {
        let picture = svg("<script>\"&", "总公司", "2024-03-04 09:30");
        assert!(
            picture.contains("&lt;script&gt;&quot;&amp; 总公司"),
            "{picture}"
        );
        assert!(!picture.contains("<script"), "{picture}");
    }
}
