//! Looking a returned copy through (LTR-06).

use crate::{Error, FieldProblem, Result};
use domain::customers::{Address, BankAccount, CustomerField, FactValue, Mobile, NewFact, Reveal};
use domain::letters::{Confirmed, Review};
use domain::questionnaires::Answer;
use serde::{Deserialize, Serialize};

/// Longest name of a bank.
const BANK_MAX: usize = 60;

/// What is on the copy, as a form sends it.
#[derive(Clone, Debug, Default)]
pub struct ReviewForm {
    /// The rights are confirmed on both copies.
    pub rights: bool,
    /// The receipt is confirmed.
    pub receipt: bool,
    /// Signed by the policyholder's own hand.
    pub signature: bool,
    /// Contact data and account are confirmed or changed.
    pub contact: bool,
    /// Answers by the code of their item.
    pub answers: Vec<(String, String)>,
    /// New mobile number.
    pub mobile: String,
    /// New mailing address.
    pub mailing_address: String,
    /// Bank of the renewal account.
    pub bank: String,
    /// Number of the renewal account.
    pub account: String,
}

/// What the customer changes on the form.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// New mobile number.
    pub mobile: Option<Mobile>,
    /// New mailing address.
    pub mailing_address: Option<Address>,
    /// The account for renewal premiums, with its bank.
    pub account: Option<(String, BankAccount)>,
}

impl Changes {
    /// The facts of the customer among them.
    pub(super) fn facts(&self) -> Vec<NewFact> {
        let mobile = self.mobile.clone().map(FactValue::from);
        let address = self.mailing_address.clone().map(FactValue::from);
        let given = [
            (CustomerField::Mobile, mobile),
            (CustomerField::MailingAddress, address),
        ];
        given.into_iter().filter(|(_, v)| v.is_some()).collect()
    }
}

/// Changes as they lie, sealed, with the letter until they are entered.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    mobile: Option<String>,
    mailing_address: Option<String>,
    bank: Option<String>,
    account: Option<String>,
}

/// A review as it is kept.
#[derive(Default, Serialize, Deserialize)]
struct KeptReview {
    rights: bool,
    receipt: bool,
    signature: bool,
    contact: bool,
    answers: Vec<(String, String)>,
}

impl ReviewForm {
    /// Reads the form; all its problems at once.
    pub(super) fn read(&self) -> Result<(Review, Changes)> {
        let mut problems = Vec::new();
        let mut answers = Vec::new();
        for (code, answer) in self.answers.iter().filter(|(_, a)| !a.is_empty()) {
            match Answer::parse(answer) {
                Ok(answer @ (Answer::Affirm | Answer::Negative | Answer::Unclear)) => {
                    answers.push((code.clone(), answer));
                }
                _ => problems.push(FieldProblem::new("answers", "unknown-code")),
            }
        }
        let given = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        let mobile = given(&self.mobile).and_then(|text| {
            let read = Mobile::parse(&text);
            read.map_err(|_| problems.push(FieldProblem::new("mobile", "mobile")))
                .ok()
        });
        let mailing_address = given(&self.mailing_address).and_then(|text| {
            let read = Address::parse(&text);
            read.map_err(|_| problems.push(FieldProblem::new("mailing_address", "missing")))
                .ok()
        });
        let account = match (given(&self.bank), given(&self.account)) {
            (None, None) => None,
            (Some(bank), Some(number)) if bank.chars().count() <= BANK_MAX => {
                match BankAccount::parse(&number) {
                    Ok(number) => Some((bank, number)),
                    Err(_) => {
                        problems.push(FieldProblem::new("account", "bank-account"));
                        None
                    }
                }
            }
            (None, Some(_)) => {
                problems.push(FieldProblem::new("bank", "missing"));
                None
            }
            (Some(_), None) => {
                problems.push(FieldProblem::new("account", "missing"));
                None
            }
            (Some(_), Some(_)) => {
                problems.push(FieldProblem::new("bank", "too-long"));
                None
            }
        };
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let confirmed = Confirmed {
            rights: self.rights,
            receipt: self.receipt,
            signature: self.signature,
            contact: self.contact,
        };
        let changes = Changes {
            mobile,
            mailing_address,
            account,
        };
        Ok((Review { confirmed, answers }, changes))
    }
}

/// A review as text.
pub(super) fn write_review(review: &Review) -> Result<String> {
    let c = review.confirmed;
    let kept = KeptReview {
        rights: c.rights,
        receipt: c.receipt,
        signature: c.signature,
        contact: c.contact,
        answers: review
            .answers
            .iter()
            .map(|(code, answer)| (code.clone(), answer.as_str().to_owned()))
            .collect(),
    };
    serde_json::to_string(&kept).map_err(|e| Error::Fault(e.to_string()))
}

/// A review from its text.
pub(super) fn read_review(text: &str) -> Result<Review> {
    let fault = |e: String| Error::Fault(format!("review of a letter: {e}"));
    let kept: KeptReview = serde_json::from_str(text).map_err(|e| fault(e.to_string()))?;
    let confirmed = Confirmed {
        rights: kept.rights,
        receipt: kept.receipt,
        signature: kept.signature,
        contact: kept.contact,
    };
    let answers = kept.answers.into_iter().map(|(code, answer)| {
        let answer = Answer::parse(&answer).map_err(|e| fault(e.to_string()))?;
        Ok((code, answer))
    });
    Ok(Review {
        confirmed,
        answers: answers.collect::<Result<_>>()?,
    })
}

impl Changes {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.mobile.is_none() && self.mailing_address.is_none() && self.account.is_none()
    }

    /// As text, to be sealed; the trace is the audit entry of the review.
    pub(super) fn write(&self, trace: uuid::Uuid) -> Result<Option<String>> {
        if self.is_empty() {
            return Ok(None);
        }
        let reveal = Reveal::traced(trace);
        let kept = Kept {
            mobile: self.mobile.as_ref().map(|m| m.reveal(reveal).to_owned()),
            mailing_address: self
                .mailing_address
                .as_ref()
                .map(|a| a.reveal(reveal).to_owned()),
            bank: self.account.as_ref().map(|(bank, _)| bank.clone()),
            account: self
                .account
                .as_ref()
                .map(|(_, a)| a.reveal(reveal).to_owned()),
        };
        let text = serde_json::to_string(&kept).map_err(|e| Error::Fault(e.to_string()))?;
        Ok(Some(text))
    }

    /// From the text that was sealed.
    pub(super) fn read(text: &str) -> Result<Self> {
        let kept: Kept = serde_json::from_str(text)
            .map_err(|e| Error::Fault(format!("changes on a letter: {e}")))?;
        Ok(Self {
            mobile: kept.mobile.map(Mobile::from_stored),
            mailing_address: kept.mailing_address.map(Address::from_stored),
            account: kept.bank.zip(kept.account.map(BankAccount::from_stored)),
        })
    }
}
