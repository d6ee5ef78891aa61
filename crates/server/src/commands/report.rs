//! `huifang report`.

use super::shell;
use crate::cli::{ReportArgs, ReportFormatArg};
use crate::environment::{note, now, say};
use crate::progress;
use anyhow::{Context as _, Result};
use app::App;
use app::reports::{ReportFormat, ReportQuery, export_report, registry};
use rules::Language;
use std::io::Write as _;
use std::process::ExitCode;

/// The name that lists what there is.
pub(crate) const LIST: &str = "list";

/// What is wrong with the arguments, if anything is.
pub(super) fn usage_error(args: &ReportArgs) -> Option<&'static str> {
    let dated = args.from.is_some() && args.to.is_some();
    (args.name != LIST && !dated).then_some("report NAME needs --from and --to")
}

pub(super) async fn run(app: &App, args: ReportArgs) -> Result<ExitCode> {
    let actor = shell();
    let language = if args.lang == "en" {
        Language::En
    } else {
        Language::Zh
    };
    if args.name == LIST {
        list(&registry(&actor)?, args.format, language)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(metric) = domain::reports::find_metric(&args.name)
        && let Some(why) = metric.unavailable
    {
        let title = pick(metric.title, language);
        note(format!("{} {title}: {}", metric.code, pick(why, language)));
        return Ok(ExitCode::FAILURE);
    }
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |d| d.to_string());
    let query = ReportQuery {
        metric: args.name,
        from: day(args.from),
        to: day(args.to),
        org: args.org.unwrap_or_default(),
        by: args.by.unwrap_or_default(),
        programme: args.programme.unwrap_or_default(),
    };
    let bar = progress::counter("report");
    let how = (args.format.into(), language);
    let file = export_report(app, &actor, now(), &query, how, &|done, steps| {
        bar.set_length(steps as u64);
        bar.set_position(done as u64);
    })
    .await;
    bar.finish_and_clear();
    let file = match file {
        Err(app::Error::Invalid(problems)) => {
            for p in &problems {
                note(format!("--{}: {}", p.field, p.code));
            }
            return Ok(ExitCode::from(2));
        }
        other => other?,
    };
    let bytes = file.bytes;
    match args.out {
        Some(path) => std::fs::write(&path, bytes).with_context(|| path.display().to_string())?,
        None => std::io::stdout().write_all(&bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(
    metrics: &[&domain::reports::Metric],
    format: ReportFormatArg,
    language: Language,
) -> Result<()> {
    if format == ReportFormatArg::Json {
        say(serde_json::to_string_pretty(&app::reports::registry_json(
            metrics,
        ))?);
        return Ok(());
    }
    let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
    writer.write_record([
        "code",
        "name",
        "title",
        "source",
        "basis",
        "counted",
        "figures",
        "unavailable",
    ])?;
    for metric in metrics {
        let figures: Vec<_> = metric.figures.iter().map(|f| f.as_str()).collect();
        writer.write_record([
            metric.code,
            metric.name,
            pick(metric.title, language),
            metric.source,
            metric.basis.as_str(),
            metric.counted.as_str(),
            &figures.join(" "),
            metric.unavailable.map_or("", |why| pick(why, language)),
        ])?;
    }
    Ok(writer.flush()?)
}

fn pick(text: domain::reports::Text, language: Language) -> &'static str {
    match language {
        Language::Zh => text.zh,
        Language::En => text.en,
    }
}

impl From<ReportFormatArg> for ReportFormat {
    fn from(format: ReportFormatArg) -> Self {
        match format {
            ReportFormatArg::Csv => Self::Csv,
            ReportFormatArg::Xlsx => Self::Xlsx,
            ReportFormatArg::Json => Self::Json,
        }
    }
}
