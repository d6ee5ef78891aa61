//! Tables: cells with lines around them; a row that does not fit goes on on the next page.

use super::document::{Align, Cell, Row, Table};
use super::layout::{BASE, LINE, Layout};
use super::pen::Ink;

/// Space between text and lines.
const PAD: f32 = 3.5;

/// A cell ready to be drawn.
struct Set<'a> {
    cell: &'a Cell,
    x: f32,
    width: f32,
    lines: Vec<String>,
}

/// Draws a table where the page stands.
pub(super) fn draw(layout: &mut Layout<'_, '_, '_>, table: &Table) {
    let size = table.text_size();
    let head = (!table.head.is_empty()).then(|| Row {
        cells: table.head.clone(),
        at_least: 0.0,
    });
    let head = head.as_ref();
    if let Some(head) = head {
        // A head alone at the foot of a page helps nobody.
        layout.need(4.0 * size * LINE);
        row(layout, table, head, None);
    }
    for each in &table.rows {
        row(layout, table, each, head);
    }
    layout.y += 6.0;
}

fn row(layout: &mut Layout<'_, '_, '_>, table: &Table, row: &Row, head: Option<&Row>) {
    let size = table.text_size();
    let line = size * LINE;
    let cells = set(layout, table, row);
    let most = cells
        .iter()
        .map(|c| c.lines.len())
        .max()
        .unwrap_or(1)
        .max(1);
    let mut from = 0;
    while from < most {
        let left = most - from;
        let height = (height_of(left, line)).max(if from == 0 { row.at_least } else { 0.0 });
        if layout.free() < height && (from > 0 || height <= layout.room()) {
            next_page(layout, table, head);
        }
        let fits = lines_in(layout.free(), line).max(1).min(left);
        let height = if fits == left {
            height.min(layout.free().max(height_of(left, line)))
        } else {
            height_of(fits, line)
        };
        slice(layout, &cells, (from, fits), height, size);
        layout.y += height;
        from += fits;
        if from < most {
            next_page(layout, table, head);
        }
    }
}

fn next_page(layout: &mut Layout<'_, '_, '_>, table: &Table, head: Option<&Row>) {
    layout.new_page();
    if let Some(head) = head {
        row(layout, table, head, None);
    }
}

fn height_of(lines: usize, line: f32) -> f32 {
    f32::from(u16::try_from(lines).unwrap_or(u16::MAX)) * line + 2.0 * PAD
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a page has few lines"
)]
fn lines_in(height: f32, line: f32) -> usize {
    ((height - 2.0 * PAD) / line).max(0.0) as usize
}

fn set<'a>(layout: &mut Layout<'_, '_, '_>, table: &Table, row: &'a Row) -> Vec<Set<'a>> {
    let total: f32 = table.columns.iter().sum();
    let unit = layout.width() / total.max(f32::EPSILON);
    let mut x = layout.left();
    let mut column = 0;
    let mut cells = Vec::new();
    for cell in &row.cells {
        let end = (column + cell.span.max(1)).min(table.columns.len());
        let width: f32 = table.columns[column.min(end)..end].iter().sum::<f32>() * unit;
        let lines = layout.lines(&cell.text, table.text_size(), width - 2.0 * PAD);
        cells.push(Set {
            cell,
            x,
            width,
            lines,
        });
        x += width;
        column = end;
    }
    cells
}

/// Draws some lines of every cell of a row.
fn slice(
    layout: &mut Layout<'_, '_, '_>,
    cells: &[Set<'_>],
    (from, count): (usize, usize),
    height: f32,
    size: f32,
) {
    let top = layout.y;
    for set in cells {
        if let Some(pen) = layout.page() {
            pen.cell(set.x, top, set.width, height, set.cell.shaded);
        }
    }
    for set in cells {
        let lines = set.lines.iter().skip(from).take(count);
        let shown = lines.clone().count();
        // Short cells stand in the middle of tall rows.
        let slack = if set.cell.align == Align::Centre || set.cell.shaded {
            (height - height_of(shown, size * LINE)) / 2.0
        } else {
            0.0
        };
        let mut y = top + PAD + slack.max(0.0);
        let ink = Ink {
            size,
            bold: set.cell.bold,
            grey: 0.0,
        };
        for line in lines {
            let place = (set.x + PAD, y + size * BASE, set.width - 2.0 * PAD);
            layout.aligned(place, line, set.cell.align, ink);
            y += size * LINE;
        }
    }
}
