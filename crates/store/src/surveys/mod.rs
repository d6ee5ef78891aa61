//! Online surveys: the survey with its history, who is told, measures, invitations, answers.

mod answers;
mod entries;
mod follow;
mod invitations;
mod read;
mod results;
mod row;
mod write;

pub use answers::{
    Door, NewAnswer, NewItem, delete_token, find_door, insert_answer, is_nonce_known,
};
pub use entries::{SurveyEntryRow, insert_survey_entry, list_survey_entries};
pub use follow::{
    MeasureRow, NewMeasure, PersonRow, ToldRow, count_measures, finish_measure, insert_measure,
    insert_told, list_measures, list_persons_near, list_told, read_told,
};
pub use invitations::{
    Respondents, count_candidates, count_invitations, insert_invitation, list_candidates,
};
pub use read::{
    Department, LaunchedRow, SurveyFilter, Todo, count_launched, count_surveys, find_survey,
    list_departments, list_launched, list_surveys,
};
pub use results::{
    WordsRow, count_answered, count_chosen, count_verdicts, list_words, settle_answers,
};
pub use row::SurveyRow;
pub use write::{NewSurvey, SurveyChange, insert_survey, save_survey, write_application};

use domain::ids::SurveyId;

/// Which survey is looked for.
#[derive(Clone, Copy, Debug)]
pub enum SurveyKey<'k> {
    /// By id.
    Id(SurveyId),
    /// By number.
    Number(&'k str),
}
