//! Decisions of the domain as refusals that people read.

use crate::{Error, Refusal};
use domain::data_quality::SampleError;

impl From<SampleError> for Error {
    fn from(error: SampleError) -> Self {
        Refusal::new(match error {
            SampleError::Judged => "sample-judged",
            SampleError::NothingToRectify => "sample-nothing-to-rectify",
        })
        .into()
    }
}
