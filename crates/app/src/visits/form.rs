//! The customer callback record form (客户回访记录表, annex 1): its columns, what must be filled, and
//! how it is kept.

use super::{Problems, SHORT_MAX, TEXT_MAX, moment, text};
use crate::{Error, Result};
use domain::customers::{Landline, Mobile, PersonName};
use domain::obligations::Respondent;
use domain::tickets::ProblemType;
use domain::time::Instant;
use domain::visits::RecordFormat;
use serde::{Deserialize, Serialize};

/// Names of the fields of the form besides the answers, as pages and the API send them.
pub const FORM_FIELDS: [&str; 12] = [
    "visited_at",
    "respondent",
    "respondent_name",
    "position",
    "phone",
    "place",
    "summary",
    "feedback",
    "follow_up",
    "remarks",
    "affirmed",
    "problem",
];
/// Most answers of a formatted questionnaire.
const ANSWERS_MAX: usize = 100;

/// The form, as it comes from the page or the API.
#[derive(Clone, Debug, Default)]
pub struct VisitForm {
    /// When the visit was made: RFC 3339, or a date and time in China.
    pub visited_at: String,
    /// Code of who answered.
    pub respondent: String,
    /// Name of who answered.
    pub respondent_name: String,
    /// Position of who answered.
    pub position: String,
    /// Telephone number of who answered.
    pub phone: String,
    /// Where it was.
    pub place: String,
    /// Summary of the content.
    pub summary: String,
    /// What the customer said.
    pub feedback: String,
    /// How problems are followed up.
    pub follow_up: String,
    /// Remarks.
    pub remarks: String,
    /// `yes` or `no`: everything was confirmed without objection.
    pub affirmed: String,
    /// Code of the type of problem, when something was not confirmed.
    pub problem: String,
    /// Answers to the questions, in their order.
    pub answers: Vec<String>,
    /// The writing, so that it is not taken twice.
    pub submission: String,
    /// The version of the visit that the person saw.
    pub version: Option<i64>,
}

/// An answer with its question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenAnswer {
    /// The question as it was asked.
    pub question: String,
    /// The answer.
    pub answer: String,
}

/// What is kept of a form, sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormContent {
    /// Name of who answered.
    pub respondent_name: String,
    /// Position of who answered.
    pub position: String,
    /// Telephone number of who answered.
    pub phone: String,
    /// Where it was.
    pub place: String,
    /// Summary of the content.
    pub summary: String,
    /// What the customer said.
    pub feedback: String,
    /// How problems are followed up.
    pub follow_up: String,
    /// Remarks.
    pub remarks: String,
    /// Answers.
    pub answers: Vec<GivenAnswer>,
}

impl FormContent {
    /// Reads what was kept.
    ///
    /// # Errors
    /// A fault, when it cannot be read.
    pub(crate) fn read(kept: Option<&str>) -> Result<Self> {
        match kept {
            Some(text) => serde_json::from_str(text).map_err(|e| Error::Fault(e.to_string())),
            None => Ok(Self::default()),
        }
    }

    /// As it is kept.
    pub(crate) fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::Fault(e.to_string()))
    }

    /// What the customer said and how it is to be followed up, as a ticket is told of it.
    pub(crate) fn in_words(&self) -> String {
        let parts = [self.feedback.trim(), self.follow_up.trim()];
        let parts: Vec<_> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        parts.join("；")
    }

    /// The same with name and telephone number masked.
    #[must_use]
    pub(crate) fn masked(mut self) -> Self {
        if let Ok(name) = PersonName::parse(&self.respondent_name) {
            self.respondent_name = name.to_string();
        }
        if let Ok(mobile) = Mobile::parse(&self.phone) {
            self.phone = mobile.to_string();
        } else if let Ok(phone) = Landline::parse(&self.phone) {
            self.phone = phone.to_string();
        }
        for text in [
            &mut self.summary,
            &mut self.feedback,
            &mut self.follow_up,
            &mut self.remarks,
        ] {
            *text = domain::customers::mask_numbers(text);
        }
        self
    }
}

/// A form that could be read.
pub(super) struct ReadForm {
    pub visited_at: Instant,
    pub respondent: Option<Respondent>,
    pub affirmed: Option<bool>,
    pub problem: Option<ProblemType>,
    pub content: FormContent,
}

/// What a form is about: who may answer, which questions, whether an organisation is visited.
pub(super) struct Asked<'a> {
    pub format: RecordFormat,
    pub respondents: &'a [Respondent],
    pub questions: &'a [String],
    pub is_group: bool,
}

/// Reads a form; every field that cannot be taken is named at once.
pub(super) fn read_form(form: &VisitForm, asked: &Asked<'_>) -> Result<ReadForm> {
    let mut problems = Problems::default();
    let mut long = |field: &str, given: &str, max: usize| -> Result<String> {
        let taken = problems.take(text(field, given, max))?;
        Ok(taken.flatten().unwrap_or_default().to_owned())
    };
    let mut content = FormContent {
        respondent_name: long("respondent_name", &form.respondent_name, SHORT_MAX)?,
        position: long("position", &form.position, SHORT_MAX)?,
        phone: String::new(),
        place: long("place", &form.place, SHORT_MAX)?,
        summary: long("summary", &form.summary, TEXT_MAX)?,
        feedback: long("feedback", &form.feedback, TEXT_MAX)?,
        follow_up: long("follow_up", &form.follow_up, TEXT_MAX)?,
        remarks: long("remarks", &form.remarks, TEXT_MAX)?,
        answers: Vec::new(),
    };
    for (at, question) in asked.questions.iter().enumerate().take(ANSWERS_MAX) {
        let given = form.answers.get(at).map_or("", String::as_str);
        content.answers.push(GivenAnswer {
            question: question.clone(),
            answer: long(&format!("answer_{at}"), given, TEXT_MAX)?,
        });
    }
    content.phone = problems.take(phone(&form.phone))?.unwrap_or_default();
    let visited_at = problems
        .take(moment("visited_at", &form.visited_at))?
        .flatten();
    let respondent = problems.take(respondent(&form.respondent, asked.respondents))?;
    let affirmed = problems.take(affirmed(&form.affirmed))?.flatten();
    let problem = crate::listing::code("problem", &form.problem, ProblemType::parse);
    let problem = problems.take(problem)?.flatten();
    if visited_at.is_none() && form.visited_at.trim().is_empty() {
        problems
            .0
            .push(crate::FieldProblem::new("visited_at", "missing"));
    }
    problems.end()?;
    let visited_at = visited_at.ok_or_else(|| Error::invalid("visited_at", "missing"))?;
    Ok(ReadForm {
        visited_at,
        respondent: respondent.flatten(),
        affirmed,
        problem: problem.filter(|_| affirmed == Some(false)),
        content,
    })
}

fn phone(given: &str) -> Result<String> {
    let given = given.trim();
    let good = given.is_empty() || Mobile::parse(given).is_ok() || Landline::parse(given).is_ok();
    if good {
        Ok(given.to_owned())
    } else {
        Err(Error::invalid("phone", "phone"))
    }
}

fn respondent(given: &str, allowed: &[Respondent]) -> Result<Option<Respondent>> {
    let found = crate::listing::code("respondent", given, Respondent::parse)?;
    match found {
        Some(who) if !allowed.contains(&who) => Err(Error::invalid("respondent", "unknown-code")),
        found => Ok(found),
    }
}

fn affirmed(given: &str) -> Result<Option<bool>> {
    match given.trim() {
        "" => Ok(None),
        "yes" | "true" => Ok(Some(true)),
        "no" | "false" => Ok(Some(false)),
        _ => Err(Error::invalid("affirmed", "unknown-code")),
    }
}

/// Columns that are still to be filled before the respondent can sign (VIS-04).
pub(super) fn missing(form: &ReadForm, asked: &Asked<'_>) -> Vec<&'static str> {
    let c = &form.content;
    let objection = form.affirmed == Some(false);
    let unanswered =
        asked.format == RecordFormat::Formatted && c.answers.iter().any(|a| a.answer.is_empty());
    let columns = [
        ("respondent", form.respondent.is_none()),
        ("respondent_name", c.respondent_name.is_empty()),
        ("position", asked.is_group && c.position.is_empty()),
        ("phone", c.phone.is_empty()),
        ("place", c.place.is_empty()),
        ("summary", c.summary.is_empty()),
        ("feedback", c.feedback.is_empty()),
        ("affirmed", form.affirmed.is_none()),
        ("problem", objection && form.problem.is_none()),
        ("follow_up", objection && c.follow_up.is_empty()),
        ("answers", unanswered),
    ];
    let open = columns.into_iter().filter(|(_, is_missing)| *is_missing);
    open.map(|(column, _)| column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> VisitForm {
        VisitForm {
            visited_at: "2024-03-05T10:00".into(),
            respondent: "insurance_contact".into(),
            respondent_name: "钱进".into(),
            position: "财务经理".into(),
            phone: "13800500001".into(),
            place: "公司会议室".into(),
            summary: "介绍风险查勘结果".into(),
            feedback: "满意".into(),
            affirmed: "yes".into(),
            ..VisitForm::default()
        }
    }

    fn asked(questions: &[String]) -> Asked<'_> {
        Asked {
            format: RecordFormat::FreeForm,
            respondents: &[Respondent::InsuranceContact],
            questions,
            is_group: true,
        }
    }

    #[test]
    fn every_column_is_demanded_before_the_signature() {
        let asked = asked(&[]);
        let left = |form: &VisitForm| missing(&read_form(form, &asked).unwrap(), &asked);
        assert!(left(&whole()).is_empty());
        let bare = VisitForm {
            visited_at: "2024-03-05T10:00".into(),
            ..VisitForm::default()
        };
        let all = [
            "respondent",
            "respondent_name",
            "position",
            "phone",
            "place",
            "summary",
            "feedback",
            "affirmed",
        ];
        assert_eq!(left(&bare), all);
        let objection = VisitForm {
            affirmed: "no".into(),
            ..whole()
        };
        assert_eq!(left(&objection), ["problem", "follow_up"]);
    }

    #[test]
    fn all_wrong_fields_are_named_at_once() {
        let wrong = VisitForm {
            visited_at: "yesterday".into(),
            respondent: "driver".into(),
            phone: "12".into(),
            ..whole()
        };
        let Err(Error::Invalid(problems)) = read_form(&wrong, &asked(&[])) else {
            panic!("taken");
        };
        let fields: Vec<_> = problems.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(fields, ["phone", "visited_at", "respondent"]);
    }

    #[test]
    fn a_formatted_questionnaire_is_answered_whole() {
        let questions = ["防灾建议落实了吗？".to_owned(), "还有哪些需求？".to_owned()];
        let asked = Asked {
            format: RecordFormat::Formatted,
            ..asked(&questions)
        };
        let mut form = whole();
        form.answers = vec!["已落实".into()];
        let read = read_form(&form, &asked).unwrap();
        assert_eq!(missing(&read, &asked), ["answers"]);
        form.answers.push("货运险".into());
        let read = read_form(&form, &asked).unwrap();
        assert!(missing(&read, &asked).is_empty());
        assert_eq!(read.content.answers[1].question, "还有哪些需求？");
    }

    #[test]
    fn names_and_numbers_are_masked() {
        let read = read_form(&whole(), &asked(&[])).unwrap();
        let kept = read.content.write().unwrap();
        let back = FormContent::read(Some(&kept)).unwrap();
        assert_eq!(back, read.content);
        let masked = back.masked();
        assert_eq!(masked.respondent_name, "钱*");
        assert_eq!(masked.phone, "138****0001");
    }
}
