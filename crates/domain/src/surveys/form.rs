//! The questionnaire of a survey as people write it: one question a line, its options below it.
//!
//! ```text
//! 1. 您对本次理赔服务的整体评价？【评分】
//! 2. 您通过哪种方式报案？
//! - 电话
//! - 微信
//! 3. 您还用过哪些服务？【多选】【选填】
//! - 道路救援
//! - 代驾
//! 4. 您有什么意见和建议？【问答】【选填】
//! ```

codes! {
    /// How a question is answered.
    pub enum QuestionKind ("kind of question") {
        /// A rating from 1 (very dissatisfied) to 5 (very satisfied).
        Rate = "rate",
        /// One of several options.
        Single = "single",
        /// Any number of several options.
        Multiple = "multiple",
        /// Own words.
        Open = "open",
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its kind.
    pub kind: QuestionKind,
    /// Its words.
    pub words: String,
    /// What can be chosen.
    pub options: Vec<String>,
    /// Whether a questionnaire without an answer to it is invalid.
    pub mandatory: bool,
}

/// Why a text is no questionnaire; lines and questions count from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// There is no question.
    #[error("there is no question")]
    Empty,
    /// An option stands before any question.
    #[error("line {0}: an option without a question")]
    OptionFirst(usize),
    /// A choice needs two options at least.
    #[error("question {0}: a choice needs two options at least")]
    TooFewOptions(usize),
    /// A rating or open question has no options.
    #[error("question {0}: no options here")]
    NoOptions(usize),
    /// Words are longer than a telephone shows well.
    #[error("line {0}: too long")]
    TooLong(usize),
    /// More than anybody answers.
    #[error("too many questions or options")]
    TooMany,
    /// No question has to be answered, so that nothing tells a valid questionnaire.
    #[error("no question is mandatory")]
    NothingMandatory,
}

/// Most questions; nobody answers more.
const QUESTIONS_MAX: usize = 60;
/// Most options of a question.
const OPTIONS_MAX: usize = 20;
/// Longest question or option, in characters.
const WORDS_MAX: usize = 200;

/// Marks behind a question.
const MARKS: [(&str, Mark); 12] = [
    ("评分", Mark::Kind(QuestionKind::Rate)),
    ("单选", Mark::Kind(QuestionKind::Single)),
    ("多选", Mark::Kind(QuestionKind::Multiple)),
    ("问答", Mark::Kind(QuestionKind::Open)),
    ("选填", Mark::Mandatory(false)),
    ("必填", Mark::Mandatory(true)),
    ("rate", Mark::Kind(QuestionKind::Rate)),
    ("single", Mark::Kind(QuestionKind::Single)),
    ("multiple", Mark::Kind(QuestionKind::Multiple)),
    ("open", Mark::Kind(QuestionKind::Open)),
    ("optional", Mark::Mandatory(false)),
    ("mandatory", Mark::Mandatory(true)),
];

#[derive(Clone, Copy)]
enum Mark {
    Kind(QuestionKind),
    Mandatory(bool),
}

struct Begun {
    kind: Option<QuestionKind>,
    words: String,
    options: Vec<String>,
    mandatory: bool,
}

/// Reads a questionnaire.
///
/// # Errors
/// [`FormError`] says what is wrong, and where.
pub fn parse_form(text: &str) -> Result<Vec<Question>, FormError> {
    let mut begun: Vec<Begun> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if line.chars().count() > WORDS_MAX {
            return Err(FormError::TooLong(at + 1));
        }
        match option_of(line) {
            Some(option) => {
                let question = begun.last_mut().ok_or(FormError::OptionFirst(at + 1))?;
                question.options.push(option.to_owned());
            }
            None => begun.push(question_of(line)),
        }
    }
    if begun.len() > QUESTIONS_MAX || begun.iter().any(|q| q.options.len() > OPTIONS_MAX) {
        return Err(FormError::TooMany);
    }
    let questions = begun.into_iter().enumerate().map(|(n, q)| ended(q, n + 1));
    let questions: Vec<_> = questions.collect::<Result<_, _>>()?;
    match questions.iter().any(|q| q.mandatory) {
        _ if questions.is_empty() => Err(FormError::Empty),
        false => Err(FormError::NothingMandatory),
        true => Ok(questions),
    }
}

/// The words of an option, if the line is one.
fn option_of(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['-', '—', '·', '•', '○', '□', '－'])?;
    let rest = rest.trim();
    (!rest.is_empty()).then_some(rest)
}

fn question_of(line: &str) -> Begun {
    let mut begun = Begun {
        kind: None,
        words: String::new(),
        options: Vec::new(),
        mandatory: true,
    };
    let mut words = without_number(line);
    while let Some((rest, mark)) = last_mark(words) {
        match mark {
            Mark::Kind(kind) => begun.kind = Some(kind),
            Mark::Mandatory(mandatory) => begun.mandatory = mandatory,
        }
        words = rest;
    }
    begun.words = words.to_owned();
    begun
}

/// A line without its own number; the page counts.
fn without_number(line: &str) -> &str {
    let bare = line.trim_start_matches(['(', '（', '第']);
    let rest = bare.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == bare.len() {
        return line;
    }
    let cut = rest.trim_start_matches(['题']);
    let ended = cut.trim_start_matches(['.', '、', '．', ')', '）', ':', '：']);
    // Words that begin with a figure, such as "24 小时", are no number.
    if ended.len() == cut.len() {
        line
    } else {
        ended.trim()
    }
}

fn last_mark(words: &str) -> Option<(&str, Mark)> {
    let words = words.trim();
    let inner = words.strip_suffix(['】', ']'])?;
    let at = inner.rfind(['【', '['])?;
    let name = inner[at..].trim_start_matches(['【', '[']).trim();
    let mark = MARKS.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
    Some((inner[..at].trim(), mark.1))
}

fn ended(begun: Begun, number: usize) -> Result<Question, FormError> {
    let kind = begun.kind.unwrap_or(if begun.options.is_empty() {
        QuestionKind::Open
    } else {
        QuestionKind::Single
    });
    match kind {
        QuestionKind::Single | QuestionKind::Multiple if begun.options.len() < 2 => {
            return Err(FormError::TooFewOptions(number));
        }
        QuestionKind::Rate | QuestionKind::Open if !begun.options.is_empty() => {
            return Err(FormError::NoOptions(number));
        }
        _ => {}
    }
    Ok(Question {
        kind,
        words: begun.words,
        options: begun.options,
        mandatory: begun.mandatory,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_questionnaire_is_read_as_it_is_written() {
        let text = "1. 整体评价？【评分】\n\n2、您通过哪种方式报案？\n- 电话\n— 微信\n（3）还用过哪些服务？[多选] [选填]\n- 救援\n- 代驾\n\
                    24小时热线好打吗？【单选】\n- 好\n- 不好\n第5题：有什么建议？【选填】";
        let questions = parse_form(text).unwrap();
        let seen: Vec<_> = questions
            .iter()
            .map(|q| (q.kind, q.words.as_str(), q.options.len(), q.mandatory))
            .collect();
        assert_eq!(
            seen,
            [
                (QuestionKind::Rate, "整体评价？", 0, true),
                (QuestionKind::Single, "您通过哪种方式报案？", 2, true),
                (QuestionKind::Multiple, "还用过哪些服务？", 2, false),
                (QuestionKind::Single, "24小时热线好打吗？", 2, true),
                (QuestionKind::Open, "有什么建议？", 0, false),
            ]
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let long = "长".repeat(201);
        for (text, error) in [
            ("", FormError::Empty),
            ("- 电话\n问题", FormError::OptionFirst(1)),
            (
                "一？\n二？【单选】\n- 只有一个",
                FormError::TooFewOptions(2),
            ),
            ("一？【评分】\n- 不该有", FormError::NoOptions(1)),
            ("一？【选填】", FormError::NothingMandatory),
            (long.as_str(), FormError::TooLong(1)),
        ] {
            assert_eq!(parse_form(text), Err(error), "{text}");
        }
        let many = "问？\n".repeat(61);
        assert_eq!(parse_form(&many), Err(FormError::TooMany));
    }
}
