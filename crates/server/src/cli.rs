//! The command line, word for word as `contracts.md` promises it.

pub(crate) use crate::commands::{BackupArgs, DoctorArgs, RestoreArgs};
use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Huifang: an insurer's promises to its customers, kept and proved.
#[derive(Debug, Parser)]
#[command(name = "huifang", version, about, propagate_version = true)]
pub(crate) struct Cli {
    /// The database: sqlite:PATH or postgres://…
    #[arg(long, global = true, env = "HUIFANG_DATABASE_URL", value_name = "URL")]
    pub database_url: Option<String>,
    /// Configuration file (default: huifang.toml when it exists)
    #[arg(long, global = true, env = "HUIFANG_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Whether the program will serve people.
    pub(crate) fn is_server(&self) -> bool {
        matches!(self.command, Command::Serve(_) | Command::Demo(_))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A fresh database with fourteen weeks of work in it, then serve it
    Demo(DemoArgs),
    /// Migrate the database and serve
    Serve(ServeArgs),
    /// Write a realistic synthetic portfolio as import files
    Generate(GenerateArgs),
    /// Import units, agents, customers, contacts, policies and events from files
    Import(ImportArgs),
    /// Turn events and the calendar into obligations
    Plan(PlanArgs),
    /// Class customers by value and by risk: whoever changed, and everybody once a day
    Classify(ClassifyArgs),
    /// Compare customers who are new or changed with others, and count pairs who may be one
    Duplicates(DuplicatesArgs),
    /// Examine what is known of customers: completeness, truth, shared and forbidden numbers
    Examine,
    /// Write tables for other programs
    Export(ExportArgs),
    /// Say why an obligation exists
    Explain(ExplainArgs),
    /// Run a report of the metrics registry; `report list` names them
    Report(ReportArgs),
    /// Prove that nothing in the audit log was altered
    #[command(subcommand)]
    Audit(crate::commands::audit::AuditCommand),
    /// Write everything into one file, while others work
    Backup(BackupArgs),
    /// Fill an empty database from a backup, and compare every row
    Restore(RestoreArgs),
    /// Say what is wrong with this installation, and what to do
    Doctor(DoctorArgs),
    /// Keys: what there is, exchanging them, and the proof that nothing lies in the clear
    #[command(subcommand)]
    Keys(crate::commands::keys::KeysCommand),
    /// What is past its term: proposing it for destruction, and the batches there are
    #[command(subcommand)]
    Retention(crate::commands::retention::RetentionCommand),
    /// Accounts from the shell
    #[command(subcommand)]
    User(UserCommand),
    /// Check, test and compare rule packs
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Check questionnaires
    #[command(subcommand)]
    Questionnaires(crate::commands::questionnaires::QuestionnairesCommand),
    /// Working days
    #[command(subcommand)]
    Calendar(CalendarCommand),
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where to listen on this machine
    #[arg(long, default_value_t = 7300)]
    pub port: u16,
    /// How many customers
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(50..=20_000))]
    pub customers: u64,
    /// Make the database and stop
    #[arg(long)]
    pub seed_only: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where to listen (default: 127.0.0.1:7300)
    #[arg(long, env = "HUIFANG_BIND", value_name = "ADDRESS")]
    pub bind: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// How many customers
    #[arg(long, default_value_t = 10_000)]
    pub customers: u64,
    /// The same seed gives the same bytes
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Folder of the files
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The day of the portfolio: nothing in it happens later
    #[arg(long, value_name = "DATE", default_value = "2026-06-30")]
    pub around: NaiveDate,
    /// Mix in bad rows (about one in 200), to try out how imports refuse them
    #[arg(long)]
    pub dirty: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Check everything, keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write rows that are not taken to this CSV file
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,
    /// Columns and codes of another system (TOML)
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// orgs, agents, customers, contacts, policies, events, or all
    pub kind: String,
    /// A .csv, .xlsx or .ndjson file; for `all` a folder of them
    pub file: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum TextFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct DuplicatesArgs {
    /// Look at about this many customers and leave the rest for later
    #[arg(long, value_name = "CUSTOMERS")]
    pub limit: Option<u64>,
    /// Compare everybody anew, as after a change of the weights
    #[arg(long)]
    pub all: bool,
    /// Pairs that are known, to measure what is found: two numbers a line, with a comma; after them, where
    /// they are known, a kind of error and whether they are of `one` customer or of `two`
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextFormat,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// Triggers before this day make nothing
    #[arg(long, value_name = "DATE")]
    pub since: Option<NaiveDate>,
    /// Nothing after this day is looked at (default: today)
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<NaiveDate>,
    /// Decide everything, keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ClassifyArgs {
    /// The day for which ages and months are counted (default: today)
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<NaiveDate>,
    /// Look at everybody, whoever changed
    #[arg(long)]
    pub all: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum TableFormat {
    /// Comma-separated values
    Csv,
    /// One JSON object a line
    Ndjson,
    /// An Excel workbook (at most 1,048,575 rows)
    Xlsx,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// obligations, exclusions, callbacks, attempts, answers, tickets, customers, policies or events
    pub kind: String,
    /// First day: of the trigger for obligations, exclusions and callbacks, of what happened otherwise
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// Last day
    #[arg(long, value_name = "DATE")]
    pub to: Option<NaiveDate>,
    /// Output format
    #[arg(long, value_enum, default_value = "csv")]
    pub format: TableFormat,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Personal data in full, for this purpose (such as data_transfer); masked without it
    #[arg(long, value_name = "PURPOSE")]
    pub reveal: Option<String>,
    /// A note beside the purpose, for the audit log
    #[arg(long, value_name = "TEXT", requires = "reveal")]
    pub note: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Number of the obligation, such as OB-2026-0000123
    pub number: String,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextFormat,
    /// Language of the text: zh or en
    #[arg(long, default_value = "zh")]
    pub lang: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormatArg {
    /// Comma-separated values
    Csv,
    /// A workbook
    Xlsx,
    /// JSON
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Code or name of a metric, such as K-04; `list` names them all
    pub name: String,
    /// First day
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// Last day
    #[arg(long, value_name = "DATE")]
    pub to: Option<NaiveDate>,
    /// Only this unit and those below it
    #[arg(long, value_name = "CODE")]
    pub org: Option<String>,
    /// unit, region, programme, channel, product, salesperson or caller
    #[arg(long, value_name = "DIMENSION")]
    pub by: Option<String>,
    /// Only this programme
    #[arg(long, value_name = "CODE")]
    pub programme: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value = "csv")]
    pub format: ReportFormatArg,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Language of names and titles: zh or en
    #[arg(long, default_value = "zh")]
    pub lang: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Load and lint the packs of a folder
    Check {
        /// Folder of packs
        dir: PathBuf,
    },
    /// Run the tests written in the packs of a folder
    Test {
        /// Folder of packs
        dir: PathBuf,
    },
    #[command(flatten)]
    Making(super::commands::rule_making::RuleMaking),
}

#[derive(Debug, Subcommand)]
pub(crate) enum CalendarCommand {
    /// List days with their kind
    Days {
        /// First day
        #[arg(long, value_name = "DATE")]
        from: NaiveDate,
        /// Last day
        #[arg(long, value_name = "DATE")]
        to: NaiveDate,
        /// Output format
        #[arg(long, default_value = "csv")]
        format: String,
    },
    /// Add days to a date
    Add {
        /// The starting day
        #[arg(long, value_name = "DATE")]
        from: NaiveDate,
        /// How many days; negative counts backwards
        #[arg(long, allow_negative_numbers = true)]
        days: i64,
        /// What to count
        #[arg(long, value_enum, default_value = "calendar")]
        unit: DayUnit,
        /// Count the starting day as day one
        #[arg(long)]
        count_start: bool,
        /// What happens to a result on a day off
        #[arg(long, value_enum, default_value = "none")]
        roll: RollChoice,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DayUnit {
    /// Working days
    Working,
    /// Calendar days
    Calendar,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum RollChoice {
    /// It moves to the next working day
    NextWorking,
    /// It stays
    None,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a user; prints a new password unless one comes in
    Add(NewUserArgs),
    /// Keep a user out and end their sessions
    Disable {
        /// Name to sign in with
        username: String,
    },
    /// Let a user sign in again
    Enable {
        /// Name to sign in with
        username: String,
    },
    /// Give a user a new password and end their sessions
    ResetPassword {
        /// Name to sign in with
        username: String,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Remove the second factor of a user who lost it, and end their sessions
    ResetSecondFactor {
        /// Name to sign in with
        username: String,
    },
    /// List users: name, unit, state, roles
    List,
}

#[derive(Debug, Args)]
pub(crate) struct NewUserArgs {
    /// Name to sign in with
    pub username: String,
    /// Name to show (default: the user name)
    #[arg(long)]
    pub name: Option<String>,
    /// Code of a role, such as administrator or team_leader; may be given several times
    #[arg(long = "role", value_name = "ROLE", required = true)]
    pub roles: Vec<String>,
    /// Code of the unit (default: the head office)
    #[arg(long, value_name = "CODE")]
    pub org: Option<String>,
    /// A language spoken besides Mandarin; may be given several times
    #[arg(long = "language", value_name = "LANGUAGE")]
    pub languages: Vec<String>,
    /// Code of the salesperson that this user is
    #[arg(long, value_name = "CODE")]
    pub agent: Option<String>,
    /// Read the password from the first line of standard input
    #[arg(long)]
    pub password_stdin: bool,
}
