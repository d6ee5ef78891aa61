//! What a proposed model would make of the classes, as the comparison of rules shows it.

use super::chart;
use crate::frame::Frame;
use app::segments::{ClassDiff, ClassExample};
use domain::segments::CustomerClass;

/// Codes of the rows and columns of a matrix; the last stands for those whom a model leaves out.
pub(crate) fn codes() -> Vec<&'static str> {
    let codes = CustomerClass::ALL.iter().map(|c| c.as_str());
    codes.chain([""]).collect()
}

/// A class of a model in words.
pub(crate) fn class_name(f: &Frame, model: &str, code: &str) -> String {
    match code {
        "" => f.say("class-none"),
        code => f.code(&format!("class-{model}"), code),
    }
}

/// One side of an example in words.
pub(crate) fn said(f: &Frame, model: &str, side: &Option<(String, i64)>) -> String {
    match side {
        None => f.say("class-none"),
        Some((class, points)) => {
            format!("{} {}", class_name(f, model, class), super::points(points))
        }
    }
}

/// The plot of points by both models.
pub(crate) fn plot(f: &Frame, diff: &ClassDiff) -> String {
    let columns: Vec<_> = diff
        .points
        .iter()
        .map(|c| (c.first_point, c.before, c.after))
        .collect();
    let (now, then) = (f.say("class-now"), f.say("class-then"));
    chart::two(&columns, [&now, &then])
}

/// The examples of customers, those with the widest move first as they came.
pub(crate) fn examples(diff: &ClassDiff) -> &[ClassExample] {
    &diff.examples
}
