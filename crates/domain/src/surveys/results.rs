//! What answers add up to, question by question. Nothing crosses one question with another, so that no
//! small group stands out.

use super::form::{Question, QuestionKind};

/// How often an option was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionResult {
    /// Its words; the rating as a figure.
    pub label: String,
    /// How often.
    pub count: i64,
    /// Share of those who answered the question, in thousandths.
    pub per_mille: i64,
}

/// What the answers to a question add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemResult {
    /// The question.
    pub question: Question,
    /// Valid questionnaires with an answer to it.
    pub answered: i64,
    /// The options, as they stand in the questionnaire; of a rating from the best.
    pub options: Vec<OptionResult>,
    /// Mean of a rating, in hundredths.
    pub mean_hundredths: Option<i64>,
}

/// Highest rating.
const RATING_MAX: i64 = 5;

/// Adds up. `chosen` says for the place of a question and an option or rating how often it was chosen;
/// `answered` how many answered the question at a place.
pub fn item_results(
    questions: &[Question],
    chosen: impl Fn(usize, i64) -> i64,
    answered: impl Fn(usize) -> i64,
) -> Vec<ItemResult> {
    let item = |(at, question): (usize, &Question)| {
        let all = answered(at);
        let option = |label: String, value: i64| OptionResult {
            label,
            count: chosen(at, value),
            per_mille: (chosen(at, value) * 1000 + all / 2)
                .checked_div(all)
                .unwrap_or(0),
        };
        let options: Vec<_> = match question.kind {
            QuestionKind::Open => Vec::new(),
            QuestionKind::Rate => (1..=RATING_MAX)
                .rev()
                .map(|r| option(r.to_string(), r))
                .collect(),
            QuestionKind::Single | QuestionKind::Multiple => {
                let numbered = (0..).zip(&question.options);
                numbered
                    .map(|(n, label)| option(label.clone(), n))
                    .collect()
            }
        };
        let sum: i64 = (1..=RATING_MAX).map(|r| r * chosen(at, r)).sum();
        let mean = (sum * 100 + all / 2).checked_div(all);
        ItemResult {
            question: question.clone(),
            answered: all,
            options,
            mean_hundredths: mean.filter(|_| question.kind == QuestionKind::Rate),
        }
    };
    questions.iter().enumerate().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::super::parse_form;
    use super::*;

    #[test]
    fn counts_shares_and_means() {
        let questions = parse_form("评价【评分】\n方式\n- 甲\n- 乙\n建议【选填】").unwrap();
        let chosen = |at: usize, value: i64| match (at, value) {
            (0, 5) | (1, 0) => 2,
            (0, 2) | (1, 1) => 1,
            _ => 0,
        };
        let results = item_results(&questions, chosen, |at| if at == 2 { 0 } else { 3 });
        assert_eq!(results[0].mean_hundredths, Some(400));
        assert_eq!(results[0].options[0].per_mille, 667);
        assert_eq!(
            (results[1].options[1].count, results[1].options[1].per_mille),
            (1, 333)
        );
        assert_eq!((results[1].mean_hundredths, results[2].answered), (None, 0));
    }
}
