//! The program `huifang`: configuration, wiring and subcommands. No business logic lives here.

mod backup_plan;
mod cli;
mod commands;
mod config;
mod doors;
mod environment;
mod face;
mod heads;
mod messaging;
mod progress;
mod security;
mod telephony;
mod tls;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    environment::start_logging(cli.is_server());
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return environment::explain(&error.into()),
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(code) => code,
        Err(error) => environment::explain(&error),
    }
}
