//! `huifang generate`.

use crate::cli::GenerateArgs;
use crate::environment::say;
use crate::progress;
use anyhow::{Context as _, Result};
use app::imports::generate::{GenerateRequest, generate};
use std::process::ExitCode;

pub(super) fn run(args: &GenerateArgs) -> Result<ExitCode> {
    let request = GenerateRequest {
        customers: args.customers,
        seed: args.seed,
        around: args.around,
        dirty: args.dirty,
    };
    let bar = progress::things(args.customers, "customers");
    let written = generate(request, &args.out, &|done| bar.set_position(done));
    bar.finish_and_clear();
    let written = written.with_context(|| args.out.display().to_string())?;
    say(format!(
        "{}: orgs {}, agents {}, customers {}, contacts {}, policies {}, events {}",
        args.out.display(),
        written.orgs,
        written.agents,
        written.customers,
        written.contacts,
        written.policies,
        written.events
    ));
    Ok(ExitCode::SUCCESS)
}
