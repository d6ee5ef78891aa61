//! How many electronic callbacks are inspected.

/// Callbacks to inspect of a number of them: the rate, rounded up, so that a few are never none.
pub fn sample_size(population: usize, per_mille: u32) -> usize {
    let per_mille = usize::try_from(per_mille.min(1_000)).unwrap_or(1_000);
    (population * per_mille).div_ceil(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, 50, 0)]
    #[case(1, 50, 1)]
    #[case(20, 50, 1)]
    #[case(21, 50, 2)]
    #[case(10, 1_000, 10)]
    #[case(10, 5_000, 10)]
    #[case(10, 0, 0)]
    fn sizes(#[case] population: usize, #[case] per_mille: u32, #[case] expected: usize) {
        assert_eq!(sample_size(population, per_mille), expected);
    }
}
