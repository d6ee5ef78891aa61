//! What another set of rules would change.
