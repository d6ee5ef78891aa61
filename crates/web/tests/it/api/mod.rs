//! The JSON API, as other systems and signed-in people use it.

mod documents;
mod scope;
pub(crate) mod system;
mod writes;
