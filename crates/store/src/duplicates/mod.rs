//! Customers who may be one: keys of blocks, pairs, decisions, merges and taking them back.

mod copies;
mod keys;
mod merge;
mod pairs;
mod read;
mod references;
mod row;
mod unmerge;

pub use keys::{
    BlockRow, KeyedCustomer, OversizedBlock, count_blocks, forget_oversized,
    forget_oversized_in_bulk, list_oversized_blocks, note_oversized, read_members, read_profiles,
    read_profiles_between, replace_keys, sample_ids,
};
pub use merge::{MergedPair, NewMerge, merge_customers};
pub use pairs::{Found, PairChange, StoredPair, decide_pair, read_pairs_between, write_pairs};
pub use read::{
    DuplicateFilter, count_open_duplicates, find_duplicate, find_merge, is_built_on,
    list_duplicates, list_merges,
};
pub use references::{How, REFERENCES, Reference};
pub use row::{DuplicateRow, DuplicateSide, MergeRow};
pub use unmerge::{Undone, unmerge_customers};
