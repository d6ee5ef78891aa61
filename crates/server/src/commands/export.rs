//! `huifang export`.

use crate::cli::ExportArgs;
use crate::environment::note;
use anyhow::Result;
use app::App;
use domain::access::Permission;
use std::process::ExitCode;
use store::obligations::{ObligationFilter, list_obligations};

pub(super) async fn run(app: &App, args: ExportArgs) -> Result<ExitCode> {
    let actor = super::shell();
    let scope = actor.scope(Permission::ObligationsRead)?;
    let mut w = csv::Writer::from_writer(std::io::stdout().lock());
    let mut filter = ObligationFilter {
        trigger_from: args.from,
        trigger_to: args.to,
        ..Default::default()
    };
    if args.kind == "exclusions" {
        w.write_record([
            "programme",
            "pack",
            "trigger_event_type",
            "trigger_on",
            "policy_no",
            "customer_no",
            "claim_no",
            "reason_code",
        ])?;
        let mut f = store::obligations::ExclusionFilter::default();
        loop {
            let page = store::obligations::list_exclusions(app.store(), &scope, &f, 2000).await?;
            for r in &page.rows {
                w.write_record([
                    &r.programme,
                    &r.pack,
                    &r.trigger_type,
                    &r.trigger_on.to_string(),
                    r.policy_no.as_deref().unwrap_or(""),
                    &r.customer_no,
                    r.claim_no.as_deref().unwrap_or(""),
                    &r.reason_code,
                ])?;
            }
            match page.next {
                Some(n) => f.after = Some(n),
                None => break,
            }
        }
        w.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    w.write_record([
        "number",
        "programme",
        "pack",
        "pack_version",
        "trigger_event_type",
        "trigger_on",
        "policy_no",
        "customer_no",
        "claim_no",
        "adjuster_code",
        "respondent",
        "extract_on",
        "earliest_on",
        "due_on",
        "right_end_on",
        "status",
        "org_code",
    ])?;
    loop {
        let page = list_obligations(app.store(), &scope, &filter, 2000).await?;
        let d = |x: Option<chrono::NaiveDate>| x.map_or(String::new(), |d| d.to_string());
        for r in &page.rows {
            w.write_record([
                &r.number,
                &r.programme,
                &r.pack,
                &r.pack_version.to_string(),
                &r.trigger_type,
                &r.trigger_on.to_string(),
                r.policy_no.as_deref().unwrap_or(""),
                &r.customer_no,
                r.claim_no.as_deref().unwrap_or(""),
                r.adjuster_code.as_deref().unwrap_or(""),
                &r.respondent,
                &d(r.extract_on),
                &d(r.earliest_on),
                &d(r.due_on),
                &d(r.right_end_on),
                &r.status,
                &r.org_code,
            ])?;
        }
        match page.next {
            Some(n) => filter.after = Some(n),
            None => break,
        }
    }
    w.flush()?;
    note("");
    Ok(ExitCode::SUCCESS)
}
