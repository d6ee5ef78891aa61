//! The checks, one a file.

pub(super) mod assets;
pub(super) mod borders;
pub(super) mod calls;
pub(super) mod conflicts;
pub(super) mod data_files;
pub(super) mod documents;
pub(super) mod features;
pub(super) mod headers;
pub(super) mod leaks;
pub(super) mod locales;
pub(super) mod packs;
pub(super) mod places;
pub(super) mod requirements;
pub(super) mod sizes;
