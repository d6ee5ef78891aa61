//! Questionnaires as data: versioned wording for each programme, frozen with every record.

pub mod check;
pub mod compare;
pub mod drafts;
pub mod edit;
mod file;
pub mod glossary;
mod install;
pub mod needs;
pub mod preview;
mod script;
mod sheet;
pub mod steps;
#[cfg(test)]
mod tests;
mod values;
mod write;

pub use domain::questionnaires::CaseFacts;
pub(crate) use install::{install, load};
pub use script::{AnswerLabels, Block, NotChosen, Script, ScriptItem, Scripts, Term};
pub use sheet::{Sheet, SheetItem};
pub use values::{SAMPLES, ScriptValues, named};

/// Reads the text of a questionnaire, which may still be under work.
///
/// # Errors
/// What cannot be read.
pub fn read_text(text: &str) -> Result<Script, String> {
    file::read(text)
}

/// The text of a questionnaire, as a file.
pub fn write_text(script: &Script) -> String {
    write::write(script)
}
