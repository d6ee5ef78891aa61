//! Enumerations with stable codes, as they stand in files, columns and URLs.

/// A text that is none of an enumeration's codes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no {kind}; known: {known}")]
pub struct UnknownCode {
    /// What was given.
    pub text: String,
    /// What it should have been, such as `channel`.
    pub kind: &'static str,
    /// The codes that exist.
    pub known: String,
}

/// Defines an enumeration whose values have a code in snake_case.
///
/// Gives `ALL`, `as_str`, `parse` and `Display`, so that one list serves files, columns, URLs and
/// CHECK constraints.
macro_rules! codes {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident ($kind:literal) {
            $( $(#[$vmeta:meta])* $variant:ident = $code:literal ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $( $(#[$vmeta])* $variant ),+ }

        impl $name {
            /// Every value, in the order of definition.
            pub const ALL: &'static [Self] = &[ $( Self::$variant ),+ ];

            /// The code.
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $code ),+ }
            }

            /// Reads a code.
            ///
            /// # Errors
            /// Names the codes that exist.
            pub fn parse(text: &str) -> Result<Self, $crate::UnknownCode> {
                match text {
                    $( $code => Ok(Self::$variant), )+
                    _ => Err($crate::UnknownCode {
                        text: text.chars().take(40).collect(),
                        kind: $kind,
                        known: [ $( $code ),+ ].join(", "),
                    }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
