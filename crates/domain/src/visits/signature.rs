//! A signature as it was drawn: strokes on a field of fixed size, kept as a drawing.

use std::fmt::Write as _;

/// Width of the field on which people sign.
const WIDTH: u16 = 1000;
/// Height of the field.
const HEIGHT: u16 = 400;
/// Most strokes of a signature; names have fewer than fifty.
const STROKES_MAX: usize = 200;
/// Most points of a signature: a minute of drawing at the rate of a screen.
const POINTS_MAX: usize = 4_000;
/// A drawing that is smaller than this in both directions is a slip of the finger.
const EXTENT_MIN: u16 = 40;

/// What is wrong with a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Nothing, or next to nothing, was drawn.
    #[error("nothing was drawn")]
    Empty,
    /// Not strokes, or more than a signature has.
    #[error("this is no signature")]
    Unreadable,
}

/// Strokes, each a list of points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature(Vec<Vec<(u16, u16)>>);

impl Signature {
    /// Reads strokes: points as `x,y`, separated by blanks, strokes by semicolons.
    ///
    /// # Errors
    /// [`SignatureError`] when nothing was drawn or it cannot be read.
    pub fn parse(text: &str) -> Result<Self, SignatureError> {
        let mut strokes = Vec::new();
        let mut count = 0;
        for stroke in text.split(';').filter(|s| !s.trim().is_empty()) {
            let points: Option<Vec<_>> = stroke.split_whitespace().map(point).collect();
            let points = points.ok_or(SignatureError::Unreadable)?;
            count += points.len();
            strokes.push(points);
            if strokes.len() > STROKES_MAX || count > POINTS_MAX {
                return Err(SignatureError::Unreadable);
            }
        }
        let signature = Self(strokes);
        if signature.extent() < EXTENT_MIN {
            return Err(SignatureError::Empty);
        }
        Ok(signature)
    }

    /// The strokes.
    pub fn strokes(&self) -> &[Vec<(u16, u16)>] {
        &self.0
    }

    fn extent(&self) -> u16 {
        let points = || self.0.iter().flatten();
        let span = |of: fn(&(u16, u16)) -> u16| {
            let (low, high) = (points().map(of).min(), points().map(of).max());
            high.unwrap_or(0) - low.unwrap_or(0)
        };
        span(|p| p.0).max(span(|p| p.1))
    }

    /// The drawing as SVG; it holds numbers and nothing else of what was sent.
    pub fn svg(&self) -> String {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
             height=\"{HEIGHT}\" fill=\"none\" stroke=\"#000\" stroke-width=\"6\" stroke-linecap=\"round\" \
             stroke-linejoin=\"round\"><rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\" stroke=\"none\"/>"
        );
        for stroke in &self.0 {
            svg.push_str("<polyline points=\"");
            for (x, y) in stroke {
                let _ = write!(svg, "{x},{y} ");
            }
            svg.push_str("\"/>");
        }
        svg.push_str("</svg>");
        svg
    }
}

fn point(text: &str) -> Option<(u16, u16)> {
    let (x, y) = text.split_once(',')?;
    let (x, y) = (x.parse().ok()?, y.parse().ok()?);
    (x <= WIDTH && y <= HEIGHT).then_some((x, y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_become_a_drawing() {
        let signature = Signature::parse("10,20 110,220;300,40 320,60 ;").unwrap();
        assert_eq!(signature.strokes().len(), 2);
        let svg = signature.svg();
        assert!(
            svg.contains("<polyline points=\"10,20 110,220 \"/>"),
            "{svg}"
        );
    }

    #[test]
    fn dots_and_nonsense_are_no_signatures() {
        for (text, error) in [
            ("", SignatureError::Empty),
            (";;", SignatureError::Empty),
            ("10,10 20,20", SignatureError::Empty),
            ("10,10 20", SignatureError::Unreadable),
            ("10,10 2000,20", SignatureError::Unreadable),
            ("<script>", SignatureError::Unreadable),
        ] {
            assert_eq!(Signature::parse(text), Err(error), "{text}");
        }
        let endless = "1,1 100,100;".repeat(STROKES_MAX + 1);
        assert_eq!(Signature::parse(&endless), Err(SignatureError::Unreadable));
    }
}
