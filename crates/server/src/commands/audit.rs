//! `huifang audit verify`: proves that nothing in the audit log was altered, or names what was.

use super::shell;
use crate::config::Config;
use crate::environment::{now, say};
use crate::{heads, progress};
use anyhow::{Context as _, Result};
use app::App;
use app::audit::{HeadFlaw, HeadLine, VerifyReport, verify};
use clap::{Args, Subcommand};
use domain::time;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use store::audit::{Flaw, Problem};

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Recompute every seal; fails and names the first bad entry when anything was altered
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Write the verified heads to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// Compare with heads that were written earlier: tells when the database was put back
    #[arg(long, value_name = "FILE")]
    pub heads: Option<PathBuf>,
}

pub(super) async fn run(app: &App, config: &Config, command: AuditCommand) -> Result<ExitCode> {
    let AuditCommand::Verify(args) = command;
    let kept = match &args.heads {
        Some(path) => heads::read_heads(path)?,
        None => Vec::new(),
    };
    heads::seal_and_hand_out(app, config).await;
    let mut export = match &args.export {
        Some(path) => {
            let file = File::create(path).with_context(|| path.display().to_string())?;
            Some(BufWriter::new(file))
        }
        None => None,
    };
    let mut unwritten = None;
    let bar = progress::counter("verify");
    let mut each = |head: &HeadLine| {
        bar.set_position(u64::try_from(head.total).unwrap_or_default());
        if let Some(file) = &mut export {
            let written = writeln!(file, "{}", head.to_json());
            unwritten = unwritten.take().or(written.err());
        }
    };
    let report = verify(app, &shell(), now(), &kept, &mut each).await;
    bar.finish_and_clear();
    let report = report?;
    if let Some(mut file) = export {
        let ended = file.flush().err();
        if let Some(error) = unwritten.or(ended) {
            return Err(error).context("--export");
        }
    }
    print(&report);
    Ok(if report.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn print(report: &VerifyReport) {
    let v = &report.verified;
    say(format!(
        "已核对审计记录 {} 条、封印 {} 个（其中未封存 {} 条）",
        v.entries, v.seals, v.unsealed
    ));
    if report.compared > 0 {
        say(format!("已比对外存链头 {} 个", report.compared));
    }
    if let Some(problem) = &v.problem {
        say(describe(problem));
    }
    if let Some((flaw, head)) = &report.head {
        let what = match flaw {
            HeadFlaw::Forged => "签名不符：该行不是本系统写出的，或已被改动",
            HeadFlaw::Gone => "日志中没有这个封印：数据库被退回到更早的状态，或日志末尾被截断",
            HeadFlaw::Other => "日志中的封印与它不同：数据库曾被退回到更早的状态，之后又继续写入",
        };
        say(format!(
            "外存链头 {}（{}）：{what}",
            head.number, head.sealed_at
        ));
    }
    say(if report.is_clean() {
        "结论：完好，未发现改动"
    } else {
        "结论：有改动，请保留现场并报告信息安全负责人"
    });
}

/// What is wrong, in words.
fn describe(problem: &Problem) -> String {
    let n = problem.missing;
    let what = match problem.flaw {
        Flaw::Changed => "记录被改动，或不是由系统写入：内容与校验码不符".to_owned(),
        Flaw::Inserted => "记录不是由系统写入，是插入的".to_owned(),
        Flaw::Removed if problem.is_after => format!("此条之后被删除 {n} 条"),
        Flaw::Removed => format!("此条之前被删除 {n} 条"),
        Flaw::Reordered => "记录被调换了位置".to_owned(),
        Flaw::Truncated => format!("日志末尾被截断，此条之后缺少 {n} 条"),
        Flaw::Replaced => "记录不是当时封存的那些".to_owned(),
        Flaw::SealChanged => "封印被改动".to_owned(),
        Flaw::SealRemoved => "封印被删除".to_owned(),
        Flaw::SealsTruncated => "末尾的封印被删除".to_owned(),
        Flaw::HeadChanged => "记录总数（链头）被改动、退回或删除，末尾可能缺少记录".to_owned(),
    };
    let seal = problem
        .seal
        .map_or_else(String::new, |s| format!("封印 {s}，"));
    match &problem.entry {
        Some(e) => {
            let at =
                e.at.with_timezone(&time::china())
                    .format("%Y-%m-%d %H:%M:%S");
            format!(
                "首个异常：{seal}记录 {}（{at}，{}）：{what}",
                e.id, e.action
            )
        }
        None => format!("首个异常：{seal}{what}"),
    }
}
