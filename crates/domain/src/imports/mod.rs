//! Imports: kinds of files, and what became of their rows.

codes! {
    /// Kind of import file, in the order in which a folder of them is read.
    pub enum ImportKind ("import kind") {
        /// Units.
        Orgs = "orgs",
        /// Salespersons, outlets, adjusters.
        Agents = "agents",
        /// Customers.
        Customers = "customers",
        /// Contact persons of group customers.
        Contacts = "contacts",
        /// Policies.
        Policies = "policies",
        /// Events.
        Events = "events",
    }
}

codes! {
    /// Where an import run stands.
    pub enum ImportState ("import state") {
        /// Waiting for its turn.
        Queued = "queued",
        /// Being read.
        Running = "running",
        /// Finished; bad rows are listed.
        Finished = "finished",
        /// Stopped by an error that concerns the whole file.
        Failed = "failed",
    }
}

/// What became of the rows of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows read.
    pub read: u64,
    /// Rows that made something new.
    pub created: u64,
    /// Rows that changed something.
    pub updated: u64,
    /// Rows that changed nothing.
    pub unchanged: u64,
    /// Rows with errors.
    pub rejected: u64,
}

impl Tally {
    /// Adds another tally.
    pub fn add(&mut self, other: Self) {
        self.read += other.read;
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
    }
}
