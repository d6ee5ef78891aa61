//! One file of icons: each is a `<symbol id="icon-NAME">` that pages show with `<use>`.
//!
//! Lines take the colour of the text around them (`currentColor`) and their width from the page
//! (Tabler's class `icon`), so that one drawing serves light, dark and every size.

const HEAD: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\">\n";
const SYMBOL_START: &str = "<symbol id=\"icon-";
/// An invisible square that keeps an icon's size in drawing programs.
const FRAME: &str = "<path stroke=\"none\" d=\"M0 0h24v24H0z\" fill=\"none\" />";

/// The names in a list of icons.
pub(crate) fn names(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|name| !name.is_empty())
}

/// The names of the icons that a sprite holds.
pub(crate) fn symbols(sprite: &str) -> impl Iterator<Item = &str> {
    let starts = sprite.match_indices(SYMBOL_START);
    starts.filter_map(|(offset, start)| sprite[offset + start.len()..].split('"').next())
}

/// Combines icons; `read` gives the drawing of a name.
pub(super) fn sprite<'a>(
    names: impl Iterator<Item = &'a str>,
    read: impl Fn(&str) -> Result<String, String>,
) -> Result<String, String> {
    let mut text = HEAD.to_owned();
    for name in names {
        text += &symbol(name, &read(name)?)?;
    }
    Ok(text + "</svg>\n")
}

fn symbol(name: &str, drawing: &str) -> Result<String, String> {
    let broken = || format!("the icon {name} is not drawn as expected");
    let (head, body) = drawing.split_once('>').ok_or_else(broken)?;
    let body = body.trim().strip_suffix("</svg>").ok_or_else(broken)?;
    let view_box = attribute(head, "viewBox=\"").next().ok_or_else(broken)?;
    let shapes: String = body
        .lines()
        .map(str::trim)
        .filter(|line| *line != FRAME)
        .map(|line| line.replace(" />", "/>"))
        .collect();
    for colour in attribute(&shapes, "fill=\"").chain(attribute(&shapes, "stroke=\"")) {
        if !["none", "currentColor"].contains(&colour) {
            return Err(format!("the icon {name} has the fixed colour {colour}"));
        }
    }
    Ok(format!(
        "{SYMBOL_START}{name}\" viewBox=\"{view_box}\" fill=\"none\" stroke=\"currentColor\" \
         stroke-linecap=\"round\" stroke-linejoin=\"round\">{shapes}</symbol>\n"
    ))
}

/// The values of an attribute; `start` is its name with `="`.
fn attribute<'a>(markup: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    let pieces = markup.split(start).skip(1);
    pieces.filter_map(|piece| piece.split('"').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(shape: &str) -> String {
        format!(
            "<svg\n  viewBox=\"0 0 24 24\"\n  stroke-width=\"2\"\n>\n  {FRAME}\n  {shape}\n</svg>"
        )
    }

    #[test]
    fn a_sprite_holds_the_named_icons() {
        let text =
            sprite(names("a\n\nb-c\n"), |_| Ok(drawing("<path d=\"M1 1\" />"))).expect("two");
        assert_eq!(symbols(&text).collect::<Vec<_>>(), ["a", "b-c"]);
        let symbol = "viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" \
                      stroke-linecap=\"round\" stroke-linejoin=\"round\"><path d=\"M1 1\"/></symbol>";
        assert!(text.contains(symbol), "{text}");
    }

    #[test]
    fn colours_must_not_be_fixed() {
        let red = drawing("<path fill=\"red\" d=\"\" />");
        assert!(sprite(names("a"), |_| Ok(red.clone())).is_err());
    }
}
