//! The desk: a scanner types one code after the other into one field.

use crate::failure::app_words;
use crate::forms::Sent;
use crate::frame::{Answer, Frame, Who, html};
use crate::state::Web;
use app::Error;
use app::letters::StepForm;
use axum::extract::State;

/// Codes of this sitting that stay on the page.
const SHOWN_MAX: usize = 30;
/// Steps that a desk takes with many letters.
const STEPS: [&str; 4] = ["return", "deliver", "send", "undeliverable"];

#[derive(askama::Template)]
#[template(path = "letters/desk.html")]
struct DeskPage {
    f: Frame,
    step: String,
    day: String,
    signed_on: String,
    /// What became of the last code.
    last: Option<Line>,
    /// Codes before it.
    done: Vec<String>,
}

/// What became of a code.
struct Line {
    is_good: bool,
    words: String,
}

pub(crate) async fn show_desk(who: Who) -> Answer {
    who.actor
        .demand(domain::access::Permission::LettersHandle)
        .map_err(Error::from)?;
    let f = who.frame("letters");
    html(&DeskPage {
        step: "return".into(),
        day: f.today.to_string(),
        signed_on: String::new(),
        last: None,
        done: Vec::new(),
        f,
    })
}

/// Takes a step with the letter of a code, and waits for the next.
pub(crate) async fn scan_code(State(web): State<Web>, Sent(who, form): Sent) -> Answer {
    who.actor
        .demand(domain::access::Permission::LettersHandle)
        .map_err(Error::from)?;
    let f = who.frame("letters");
    let code = form.get("code").trim();
    let step = form.own("step");
    if !STEPS.contains(&step.as_str()) {
        return Err(Error::invalid("step", "unknown-code").into());
    }
    let step_form = StepForm {
        step: step.clone(),
        day: form.own("day"),
        ..StepForm::default()
    };
    let (actor, signed_on) = (&who.actor, form.own("signed_on"));
    let taken =
        app::letters::work_at_desk(&web.app, actor, who.now, code, &step_form, &signed_on).await;
    let (is_good, words) = match taken {
        Ok(desk) => {
            let state = f.code("letter-state", desk.state.as_str());
            let letter = desk.letter;
            (
                true,
                format!("{} {} → {state}", letter.number, letter.customer_name),
            )
        }
        Err(Error::Invalid(problems)) => {
            let words = problems.iter().map(|p| f.code("problem", &p.code));
            let words = words.collect::<Vec<_>>().join(" ");
            (false, format!("{code}: {words}"))
        }
        Err(error @ (Error::Refused(_) | Error::NotFound | Error::Conflict)) => {
            let words = app_words(f.locale, &error, "").0;
            (false, format!("{code}: {words}"))
        }
        Err(error) => return Err(error.into()),
    };
    let mut done = form.all("done");
    done.truncate(SHOWN_MAX - 1);
    html(&DeskPage {
        step,
        day: form.own("day"),
        signed_on,
        last: Some(Line { is_good, words }),
        done,
        f,
    })
}

impl DeskPage {
    fn steps(&self) -> [&'static str; 4] {
        STEPS
    }

    fn is_step(&self, step: &str) -> bool {
        self.step == step
    }

    /// What the next form carries along: the line of now before those of earlier.
    fn lines(&self) -> Vec<&String> {
        let now = self.last.as_ref().map(|line| &line.words);
        now.into_iter().chain(&self.done).collect()
    }
}
