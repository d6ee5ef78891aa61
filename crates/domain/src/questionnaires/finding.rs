//! What a check of a questionnaire can find.

codes! {
    /// A finding. Its message and its remedy hang on the code, in both languages.
    pub enum FindingCode ("finding") {
        /// It has no item.
        NoItems = "no_items",
        /// Nothing must be asked.
        NothingMust = "nothing_must",
        /// It names no programme.
        NoProgramme = "no_programme",
        /// A programme that no rule knows.
        UnknownProgramme = "unknown_programme",
        /// Its last day lies before its first.
        NoDays = "no_days",
        /// A value of a restriction that does not exist.
        UnknownReach = "unknown_reach",
        /// Another questionnaire is used for the same cases, and neither goes before the other.
        Clash = "clash",
        /// Words are missing in one language or both.
        WordsMissing = "words_missing",
        /// Longer than can be read aloud or printed.
        TooLong = "too_long",
        /// A value that nothing fills in.
        UnknownValue = "unknown_value",
        /// The two languages name different values.
        ValuesDiffer = "values_differ",
        /// Two items have the same code.
        CodeTwice = "code_twice",
        /// A code that is none: small letters, digits and underscores.
        BadCode = "bad_code",
        /// Promotion in a programme that does not allow it (C-12).
        Promotion = "promotion",
        /// The next item waits for an answer that is no clear one (C-13).
        GatedOpen = "gated_open",
        /// A life programme, and no ticket on a negative or unclear answer.
        TicketMissing = "ticket_missing",
        /// A subject that the rule demands is not asked in every case.
        TopicMissing = "topic_missing",
        /// The programme checks identity, and the first item does not.
        IdentityFirst = "identity_first",
        /// A condition with a value that does not exist.
        UnknownCondition = "unknown_condition",
        /// Conditions that never hold together.
        NeverAsked = "never_asked",
        /// So many conditions that nobody can say when they hold.
        Undecidable = "undecidable",
        /// It hangs on an answer to an item that does not stand before it.
        AfterMissing = "after_missing",
        /// It hangs on an answer that the earlier item cannot have.
        AfterAnswer = "after_answer",
        /// It lies in a part that does not exist.
        BlockMissing = "block_missing",
        /// The expected answer does not fit the kind of item.
        ExpectedUnfit = "expected_unfit",
        /// No source is named for something that must be asked.
        CiteMissing = "cite_missing",
        /// A term is explained twice.
        TermTwice = "term_twice",
    }
}

impl FindingCode {
    /// Whether it keeps a questionnaire from being reviewed and approved; the others are advice. One may
    /// well be written before the rule that makes its programme, or keep items for cases that it is not
    /// used for any more.
    pub fn is_error(self) -> bool {
        !matches!(
            self,
            Self::CiteMissing
                | Self::TermTwice
                | Self::NoProgramme
                | Self::UnknownProgramme
                | Self::NeverAsked
        )
    }
}
