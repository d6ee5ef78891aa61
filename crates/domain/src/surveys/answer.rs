//! Answers to a survey, and which questionnaires count (B09 §4(4), SRV-10).

use super::form::{Question, QuestionKind};

/// Longest words of an answer, in characters.
const WORDS_MAX: usize = 1_000;
/// Highest rating.
const RATING_MAX: usize = 5;

codes! {
    /// Whether a questionnaire counts, and why not.
    pub enum Verdict ("verdict on a questionnaire") {
        /// It counts.
        Valid = "valid",
        /// A mandatory question is not answered.
        Incomplete = "incomplete",
        /// Filled in faster than anybody reads.
        TooFast = "too_fast",
        /// From a browser that answered before.
        Duplicate = "duplicate",
    }
}

/// The answer to one question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Places of the chosen options from nought, or the rating.
    pub chosen: Vec<usize>,
    /// Own words.
    pub words: String,
}

impl Given {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty() && self.words.is_empty()
    }
}

/// By which rules questionnaires are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Seconds for each question below which nobody has read it.
    pub seconds_per_question: i64,
}

/// Reads what a page sent for a question: what is not among its options is left out, words are cut.
pub fn given_of(question: &Question, values: &[String]) -> Given {
    let number = |v: &String| v.trim().parse::<usize>().ok();
    let mut given = Given::default();
    match question.kind {
        QuestionKind::Open => {
            let words = values.first().map_or("", |v| v.trim());
            given.words = words.chars().take(WORDS_MAX).collect();
        }
        QuestionKind::Rate => {
            let rating = values.first().and_then(number);
            given.chosen = rating
                .filter(|r| (1..=RATING_MAX).contains(r))
                .into_iter()
                .collect();
        }
        QuestionKind::Single | QuestionKind::Multiple => {
            let most = if question.kind == QuestionKind::Single {
                1
            } else {
                values.len()
            };
            let known = values
                .iter()
                .filter_map(number)
                .filter(|n| *n < question.options.len());
            given.chosen = known.take(most).collect();
            given.chosen.sort_unstable();
            given.chosen.dedup();
        }
    }
    given
}

/// The mandatory questions without an answer, by their place from nought.
pub(crate) fn missing<'q>(
    questions: &'q [Question],
    given: &'q [Given],
) -> impl Iterator<Item = usize> + 'q {
    let open = move |at: &usize| given.get(*at).is_none_or(Given::is_empty);
    let mandatory = questions.iter().enumerate().filter(|(_, q)| q.mandatory);
    mandatory.map(|(at, _)| at).filter(open)
}

/// Judges a questionnaire: `seconds` since the page was opened, as far as that is known, and whether
/// the browser had answered before.
pub fn judge(
    questions: &[Question],
    given: &[Given],
    seconds: Option<i64>,
    is_again: bool,
    rules: Rules,
) -> Verdict {
    let answered = given.iter().filter(|g| !g.is_empty()).count();
    let needed = i64::try_from(answered)
        .unwrap_or(i64::MAX)
        .saturating_mul(rules.seconds_per_question);
    if is_again {
        Verdict::Duplicate
    } else if missing(questions, given).next().is_some() {
        Verdict::Incomplete
    } else if seconds.is_some_and(|s| s < needed) {
        Verdict::TooFast
    } else {
        Verdict::Valid
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_form;
    use super::*;

    fn given(of: &[&[&str]], questions: &[Question]) -> Vec<Given> {
        let values = of
            .iter()
            .map(|v| v.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
        values
            .zip(questions)
            .map(|(v, q)| given_of(q, &v))
            .collect()
    }

    /// SRV-10: by stated rules, in this order.
    #[test]
    fn questionnaires_count_by_stated_rules() {
        let questions = parse_form("评价【评分】\n方式\n- 甲\n- 乙\n建议【选填】").unwrap();
        let rules = Rules {
            seconds_per_question: 2,
        };
        let full: &[&[&str]] = &[&["5"], &["1"], &[""]];
        for (answers, seconds, again, verdict) in [
            (full, Some(4), false, Verdict::Valid),
            (full, None, false, Verdict::Valid),
            (full, Some(3), false, Verdict::TooFast),
            (full, Some(60), true, Verdict::Duplicate),
            (
                &[&["5"], &[], &["好"]],
                Some(60),
                false,
                Verdict::Incomplete,
            ),
            (&[&["6"], &["1"], &[]], Some(60), false, Verdict::Incomplete),
            (&[&["5"], &["2"], &[]], Some(60), false, Verdict::Incomplete),
        ] {
            let given = given(answers, &questions);
            assert_eq!(
                judge(&questions, &given, seconds, again, rules),
                verdict,
                "{answers:?}"
            );
        }
    }

    #[test]
    fn what_is_no_option_is_left_out() {
        let questions = parse_form("服务【多选】\n- 甲\n- 乙\n- 丙").unwrap();
        let seen = given(&[&["2", "0", "2", "9", "x"]], &questions);
        assert_eq!(seen[0].chosen, [0, 2]);
    }
}
