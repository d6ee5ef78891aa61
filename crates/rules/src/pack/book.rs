//! A set of packs that fit together, and what can be asked of it.

use super::check::Finding;
use super::{
    Cause, OCCURRENCE, Pack, PackId, ParameterGroup, Programme, ProgrammeId, Reason, Recurrence,
    Score, Source, Standing, TestReport, compile, file, tests,
};
use crate::calendar::Calendar;
use crate::facts::{EventType, FactId, FactSchema};
use std::sync::Arc;

/// A set of packs that fit together.
#[derive(Clone, Debug)]
pub struct RuleBook {
    pub(crate) schema: Arc<FactSchema>,
    pub(crate) calendar: Arc<Calendar>,
    pub(crate) packs: Vec<Pack>,
    pub(crate) parameters: Vec<ParameterGroup>,
    pub(crate) programmes: Vec<Programme>,
    pub(crate) scores: Vec<Score>,
    pub(crate) by_event: Vec<Vec<ProgrammeId>>,
    pub(crate) recurring: Vec<ProgrammeId>,
    pub(crate) files: Vec<file::PackFile>,
    pub(crate) unknown_reasons: Vec<Reason>,
    pub(crate) conflict: Reason,
    pub(crate) not_drawn: Reason,
    pub(crate) hash: String,
}

impl RuleBook {
    /// Parses and checks packs against a schema and each other.
    ///
    /// # Errors
    /// Every finding, each with file, line, what is wrong and what to do.
    pub fn load(
        schema: Arc<FactSchema>,
        calendar: Arc<Calendar>,
        sources: &[Source],
    ) -> Result<Self, Vec<Finding>> {
        compile::load(schema, calendar, sources)
    }

    /// Fits packs together as they stand, without running their tests: those are written for the
    /// days of the text, and were run when the pack was reviewed.
    ///
    /// # Errors
    /// Every finding, each with file, line, what is wrong and what to do.
    pub fn fit(
        schema: Arc<FactSchema>,
        calendar: Arc<Calendar>,
        sources: &[Source],
        standings: &[Standing],
    ) -> Result<Self, Vec<Finding>> {
        compile::fit(schema, calendar, sources, standings)
    }

    /// The facts that packs may use.
    pub fn schema(&self) -> &FactSchema {
        &self.schema
    }

    /// The calendar that dates are computed with.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// All packs.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// All parameters, one entry an id over all layers.
    pub fn parameters(&self) -> &[ParameterGroup] {
        &self.parameters
    }

    /// All programmes.
    pub fn programmes(&self) -> &[Programme] {
        &self.programmes
    }

    /// All scores, those of packs that are not in force among them.
    pub fn scores(&self) -> &[Score] {
        &self.scores
    }

    /// A pack.
    pub fn pack(&self, id: PackId) -> &Pack {
        &self.packs[id.0]
    }

    /// A programme.
    pub fn programme(&self, id: ProgrammeId) -> &Programme {
        &self.programmes[id.0]
    }

    /// The id of the programme at a position of [`Self::programmes`].
    pub fn programme_id(&self, position: usize) -> Option<ProgrammeId> {
        (position < self.programmes.len()).then_some(ProgrammeId(position))
    }

    /// The programmes of a code, one for each pack that defines it.
    pub fn find_programmes<'b>(&'b self, code: &'b str) -> impl Iterator<Item = &'b Programme> {
        self.programmes.iter().filter(move |p| p.code == code)
    }

    /// The programmes that an event type may set off.
    pub fn triggered_by(&self, event: EventType) -> &[ProgrammeId] {
        &self.by_event[event.index()]
    }

    /// The programmes that the calendar sets off, with what it asks for each.
    pub fn recurring(&self) -> impl Iterator<Item = (ProgrammeId, &Recurrence)> {
        self.recurring.iter().filter_map(|id| {
            let Cause::Calendar(recurrence) = &self.programme(*id).trigger.cause else {
                return None;
            };
            Some((*id, recurrence))
        })
    }

    /// The fact that holds the day on which the calendar sets a programme off.
    pub fn occurrence_fact(&self) -> Option<FactId> {
        self.schema.find_fact(OCCURRENCE)
    }

    /// SHA-256 over packs, facts in use and calendar: changes when any decision might.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// A parameter group by id.
    pub fn find_parameter(&self, id: &str) -> Option<&ParameterGroup> {
        self.parameters.iter().find(|p| p.id == id)
    }

    /// Runs the tests that are written in the packs.
    pub fn run_tests(&self) -> TestReport {
        tests::run(self)
    }
}
