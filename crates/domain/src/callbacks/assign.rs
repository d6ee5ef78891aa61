//! Who may be given a callback, and who gets the next one.

use crate::access::{OrgPath, duties};
use crate::customers::SpokenLanguage;
use crate::ids::{AgentId, UserId};

/// Someone who makes callbacks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person.
    pub user: UserId,
    /// The unit whose business the person calls for.
    pub org: OrgPath,
    /// Languages spoken besides Mandarin.
    pub languages: Vec<SpokenLanguage>,
    /// The salesperson that this person is.
    pub agent: Option<AgentId>,
    /// Holds a role that makes callbacks.
    pub may_call: bool,
    /// Making callbacks is what the person is there for; leaders call when nobody else can.
    pub is_agent: bool,
    /// Holds a role that sells.
    pub sells: bool,
    /// Accepts work now.
    pub active: bool,
    /// Somebody stands in for the person today.
    pub away: bool,
    /// The telephone callbacks of the person's unit have moved up (ORG-02).
    pub moved_up: bool,
}

/// A caller's open work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Callbacks on the person's list.
    pub open: u32,
}

/// What a programme asks of who calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Executor {
    /// Whoever sold the policy, or sells at all, does not call.
    pub bars_salesperson: bool,
    /// Only those call whose work it is to call (B14 三, 五.1).
    pub specialists_only: bool,
}

/// Why a callback is not given to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssignError {
    /// The account is disabled.
    #[error("the person does not take work at present")]
    Inactive,
    /// Somebody stands in for the person today.
    #[error("somebody stands in for the person today")]
    Away,
    /// The telephone callbacks of the person's unit have moved up to the province or the head office
    /// (保险公司客户回访工作指引 五).
    #[error("the telephone callbacks of the person's unit have moved up")]
    MovedUp,
    /// No right to make callbacks.
    #[error("the person may not make callbacks")]
    NotACaller,
    /// The callback belongs to business outside the person's units.
    #[error("the callback lies outside the person's unit")]
    OutsideUnit,
    /// The programme is for callback specialists only.
    #[error("only callback specialists call for this programme")]
    NotASpecialist,
    /// The person sold the policy, or sells at all where the programme bars it.
    #[error("the salesperson of the policy is barred")]
    SalespersonBarred,
}

/// Whether a callback may be given to a person (requirements §4.1, §5.3).
///
/// # Errors
/// [`AssignError`] says why not.
pub fn assignable(
    caller: &Caller,
    business: &OrgPath,
    salesperson: Option<AgentId>,
    executor: Executor,
) -> Result<(), AssignError> {
    if !caller.active {
        return Err(AssignError::Inactive);
    }
    if caller.away {
        return Err(AssignError::Away);
    }
    if caller.moved_up {
        return Err(AssignError::MovedUp);
    }
    if executor.bars_salesperson {
        duties::apart_from_sale(caller.agent, caller.sells, salesperson)
            .map_err(|_| AssignError::SalespersonBarred)?;
    }
    if !caller.may_call {
        return Err(AssignError::NotACaller);
    }
    if executor.specialists_only && (!caller.is_agent || caller.sells) {
        return Err(AssignError::NotASpecialist);
    }
    if !caller.org.contains(business) {
        return Err(AssignError::OutsideUnit);
    }
    Ok(())
}

/// What a callback asks of whoever makes it.
#[derive(Clone, Debug)]
pub struct Wanted<'w> {
    /// The unit of the business.
    pub business: &'w OrgPath,
    /// The customer's language.
    pub language: Option<SpokenLanguage>,
    /// The salesperson of the policy.
    pub salesperson: Option<AgentId>,
    /// What the programme asks of who calls.
    pub executor: Executor,
    /// Who has other open callbacks of the customer: one contact covers them (CBK-21).
    pub known_to: Option<UserId>,
}

/// The caller for a callback: an agent before a leader, one who speaks the language before one who does not,
/// one who calls the customer anyway, then the one with the least open work.
pub fn pick_caller(callers: &[(Caller, Load)], wanted: &Wanted<'_>) -> Option<UserId> {
    let Wanted {
        language,
        salesperson,
        executor,
        ..
    } = *wanted;
    let speaks = |caller: &Caller| match language {
        None | Some(SpokenLanguage::Mandarin) => true,
        Some(language) => caller.languages.contains(&language),
    };
    callers
        .iter()
        .filter(|(c, _)| assignable(c, wanted.business, salesperson, executor).is_ok())
        .min_by_key(|(caller, load)| {
            let known = wanted.known_to == Some(caller.user);
            (
                !caller.is_agent,
                !speaks(caller),
                !known,
                load.open,
                caller.user,
            )
        })
        .map(|(caller, _)| caller.user)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    /// Whoever sold stays away.
    const APART: Executor = Executor {
        bars_salesperson: true,
        specialists_only: false,
    };

    fn path(codes: &[&str]) -> OrgPath {
        let mut path = OrgPath::below(None, codes[0]);
        for code in &codes[1..] {
            path = OrgPath::below(Some(&path), code);
        }
        path
    }

    fn caller(n: u128, open: u32) -> (Caller, Load) {
        let caller = Caller {
            user: UserId(Uuid::from_u128(n)),
            org: path(&["000"]),
            languages: Vec::new(),
            agent: None,
            may_call: true,
            is_agent: true,
            sells: false,
            active: true,
            away: false,
            moved_up: false,
        };
        (caller, Load { open })
    }

    fn wanted(business: &OrgPath) -> Wanted<'_> {
        Wanted {
            business,
            language: None,
            salesperson: None,
            executor: APART,
            known_to: None,
        }
    }

    #[test]
    fn the_least_loaded_caller_gets_it() {
        let callers = [caller(1, 5), caller(2, 3)];
        let picked = pick_caller(&callers, &wanted(&path(&["000", "50"])));
        assert_eq!(picked, Some(callers[1].0.user));
    }

    #[test]
    fn who_calls_the_customer_anyway_goes_before_who_has_less() {
        let mut callers = [caller(1, 5), caller(2, 3)];
        let business = path(&["000", "50"]);
        let known = Wanted {
            known_to: Some(callers[0].0.user),
            ..wanted(&business)
        };
        assert_eq!(pick_caller(&callers, &known), known.known_to);
        callers[0].0.away = true;
        assert_eq!(pick_caller(&callers, &known), Some(callers[1].0.user));
    }

    #[test]
    fn a_speaker_of_the_language_comes_first() {
        let mut callers = [caller(1, 50), caller(2, 3)];
        callers[0].0.languages = vec![SpokenLanguage::Sichuan];
        let business = path(&["000", "50"]);
        let sichuan = Wanted {
            language: Some(SpokenLanguage::Sichuan),
            known_to: Some(callers[1].0.user),
            ..wanted(&business)
        };
        assert_eq!(pick_caller(&callers, &sichuan), Some(callers[0].0.user));
    }

    #[test]
    fn salespersons_and_other_units_are_refused() {
        let salesperson = Some(AgentId(Uuid::from_u128(7)));
        let business = path(&["000", "50"]);
        let (mut seller, _) = caller(1, 0);
        seller.agent = salesperson;
        let refused = assignable(&seller, &business, salesperson, APART);
        assert_eq!(refused, Err(AssignError::SalespersonBarred));
        assert_eq!(
            assignable(&seller, &business, salesperson, Executor::default()),
            Ok(())
        );
        seller.agent = None;
        seller.org = path(&["000", "37"]);
        assert_eq!(
            assignable(&seller, &business, None, APART),
            Err(AssignError::OutsideUnit)
        );
    }

    #[test]
    fn people_away_and_units_that_moved_up_get_none() {
        let business = path(&["000", "50"]);
        let (mut away, load) = caller(1, 0);
        away.away = true;
        let refused = assignable(&away, &business, None, APART);
        assert_eq!(refused, Err(AssignError::Away));
        let (mut moved, _) = caller(2, 0);
        moved.moved_up = true;
        let refused = assignable(&moved, &business, None, APART);
        assert_eq!(refused, Err(AssignError::MovedUp));
        let callers = [(away, load), (moved, load), caller(3, 90)];
        let picked = pick_caller(&callers, &wanted(&business));
        assert_eq!(picked, Some(callers[2].0.user));
    }

    #[test]
    fn leaders_are_picked_only_when_no_agent_may_call() {
        let leader = |n, open| {
            let (mut caller, load) = caller(n, open);
            caller.is_agent = false;
            (caller, load)
        };
        let pick = |callers: &[(Caller, Load)]| {
            pick_caller(callers, &wanted(&path(&["000"]))).map(|user| user.0.as_u128())
        };
        assert_eq!(pick(&[leader(1, 0), caller(2, 30)]), Some(2));
        assert_eq!(pick(&[leader(1, 0)]), Some(1));
    }

    #[test]
    fn specialists_call_where_the_programme_wants_them() {
        let specialists = Executor {
            specialists_only: true,
            ..Executor::default()
        };
        let business = path(&["000"]);
        let (specialist, load) = caller(1, 90);
        let (mut leader, _) = caller(2, 0);
        leader.is_agent = false;
        let (mut seller, _) = caller(3, 0);
        seller.sells = true;
        for other in [&leader, &seller] {
            let refused = assignable(other, &business, None, specialists);
            assert_eq!(refused, Err(AssignError::NotASpecialist));
        }
        let callers = [(leader, load), (seller, load), (specialist, load)];
        let picked = pick_caller(
            &callers,
            &Wanted {
                executor: specialists,
                ..wanted(&business)
            },
        );
        assert_eq!(picked, Some(callers[2].0.user));
    }
}
