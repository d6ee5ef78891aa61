//! The root of a tree of hashes (RFC 6962 §2.1), made from leaves as they come, in memory that grows
//! with the logarithm of their number.

use sha2::{Digest as _, Sha256};

type Hash = [u8; 32];

/// A tree under way: the roots of its full subtrees, the largest first, with their heights.
#[derive(Debug, Default)]
pub(super) struct Tree(Vec<(u32, Hash)>);

impl Tree {
    /// Adds a leaf.
    pub(super) fn push(&mut self, leaf: Hash) {
        let mut node = (0, leaf);
        while let Some((height, left)) = self.0.pop_if(|(height, _)| *height == node.0) {
            node = (height + 1, join(&left, &node.1));
        }
        self.0.push(node);
    }

    /// The root; of no leaves the hash of nothing.
    pub(super) fn root(mut self) -> Hash {
        let Some((_, mut root)) = self.0.pop() else {
            return Sha256::digest([]).into();
        };
        while let Some((_, left)) = self.0.pop() {
            root = join(&left, &root);
        }
        root
    }
}

fn join(left: &Hash, right: &Hash) -> Hash {
    Sha256::new_with_prefix([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of RFC 6962: split at the largest power of two below the number.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => *one,
            many => {
                let split = many.len().next_power_of_two() / 2;
                let (left, right) = many.split_at(split);
                join(&by_definition(left), &by_definition(right))
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_definition() {
        let leaves: Vec<Hash> = (0..70_u8).map(|n| Sha256::digest([n]).into()).collect();
        for count in 0..leaves.len() {
            let mut tree = Tree::default();
            for leaf in &leaves[..count] {
                tree.push(*leaf);
            }
            assert_eq!(tree.root(), by_definition(&leaves[..count]), "{count}");
        }
    }
}
