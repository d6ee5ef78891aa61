//! Online surveys: whose approval one more in a year needs.

codes! {
    /// What the yearly limit of routine surveys counts (conflict C-19).
    pub enum LimitCounts ("count of surveys") {
        /// Those of the department that asks for one.
        Department = "department",
        /// Those of all departments together.
        Company = "company",
    }
}

codes! {
    /// Who agrees to a routine survey.
    pub enum SurveyApproval ("approval of a survey") {
        /// The usual approval.
        Usual = "usual",
        /// The general manager, before it is carried out.
        GeneralManager = "general_manager",
    }
}

/// How many routine surveys a year are held without asking the general manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SurveyLimit {
    /// The number.
    pub surveys_max: u32,
    /// Whose surveys are counted.
    pub counts: LimitCounts,
}

/// Routine surveys of a calendar year so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SurveysHeld {
    /// Of the department that asks for one more.
    pub department: u32,
    /// Of all departments, that one included.
    pub company: u32,
}

impl SurveyLimit {
    /// Whose approval one more survey needs.
    pub fn approval(self, held: SurveysHeld) -> SurveyApproval {
        let counted = match self.counts {
            LimitCounts::Department => held.department,
            LimitCounts::Company => held.company,
        };
        if counted < self.surveys_max {
            SurveyApproval::Usual
        } else {
            SurveyApproval::GeneralManager
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LimitCounts::{Company, Department};
    use SurveyApproval::{GeneralManager, Usual};
    use rstest::rstest;

    /// What is counted, held by the department, held by all: whose approval.
    #[rstest]
    #[case(Department, 1, 9, Usual)]
    #[case(Department, 2, 2, GeneralManager)]
    #[case(Company, 0, 1, Usual)]
    #[case(Company, 0, 2, GeneralManager)]
    fn one_more_than_the_limit_is_for_the_general_manager(
        #[case] counts: LimitCounts,
        #[case] department: u32,
        #[case] company: u32,
        #[case] expected: SurveyApproval,
    ) {
        let limit = SurveyLimit {
            surveys_max: 2,
            counts,
        };
        let held = SurveysHeld {
            department,
            company,
        };
        assert_eq!(limit.approval(held), expected);
    }
}
