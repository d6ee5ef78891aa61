//! Progress bars on standard error, when it is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over a known number of bytes, with rate and time left.
pub(crate) fn bytes(total: u64, what: &str) -> ProgressBar {
    let style = "{prefix} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} {msg}";
    bar(Some(total), what, style)
}

/// A bar over a known number of things, with rate and time left.
pub(crate) fn things(total: u64, what: &str) -> ProgressBar {
    let style = "{prefix} {wide_bar} {human_pos}/{human_len} ({per_sec}) {eta} {msg}";
    bar(Some(total), what, style)
}

/// A counter over an unknown number of things, with rate.
pub(crate) fn counter(what: &str) -> ProgressBar {
    bar(
        None,
        what,
        "{prefix} {spinner} {human_pos} ({per_sec}) {msg}",
    )
}

/// A bar over the stages of a backup or restore.
pub(crate) fn stages() -> (ProgressBar, app::backups::Heard) {
    let bar = things(0, "");
    let shown = bar.clone();
    let heard = std::sync::Arc::new(move |p: app::backups::Progress| {
        let what = match p.stage {
            app::backups::Stage::Rows => "rows",
            app::backups::Stage::Files => "files",
            app::backups::Stage::Check => "checking",
            app::backups::Stage::Compare => "comparing",
        };
        if shown.prefix() != what {
            shown.reset();
            shown.set_prefix(what);
        }
        shown.set_length(p.total);
        shown.set_position(p.done);
    });
    (bar, heard)
}

fn bar(total: Option<u64>, what: &str, template: &str) -> ProgressBar {
    let bar = match total {
        Some(total) => ProgressBar::new(total),
        None => ProgressBar::new_spinner(),
    };
    bar.set_draw_target(ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_prefix(what.to_owned());
    bar
}
