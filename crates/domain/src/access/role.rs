//! Roles (requirements §5.2). The rights that they give stand in the table of [`super::Rights`].

codes! {
    /// A role of a person.
    pub enum Role ("role") {
        /// Administers users, units, imports and clients; sees the audit log.
        Administrator = "administrator",
        /// Manages all callback work at head office.
        HeadOfficeManager = "head_office_manager",
        /// Draws lists and gives them to callers.
        TeamLeader = "team_leader",
        /// Makes callbacks from an own list.
        CallbackAgent = "callback_agent",
        /// Follows up at a branch: second callbacks, problem lists.
        BranchOperations = "branch_operations",
        /// Corrects contact data and solves contract-quality cases at a branch.
        BranchSales = "branch_sales",
        /// Inspects records and recordings.
        QualityInspector = "quality_inspector",
        /// Reads rules, records and the audit log.
        ComplianceOfficer = "compliance_officer",
        /// Sees figures and reports.
        Executive = "executive",
        /// Traces problem cases, decides re-calls, enters returned receipts (保全岗、回执录入).
        PolicyServicing = "policy_servicing",
        /// Calls from an own list for a team outside the company (外包访员).
        OutsourcedCaller = "outsourced_caller",
    }
}

impl Role {
    /// Roles that sell; they never write callback results (2010 No. 4, article 14).
    pub fn is_sales(self) -> bool {
        matches!(self, Self::BranchSales)
    }

    /// Roles of people outside the company, who see their own list and nothing else (SEC-07).
    pub fn is_outsourced(self) -> bool {
        matches!(self, Self::OutsourcedCaller)
    }

    /// Roles of those who are there to call.
    pub fn is_caller(self) -> bool {
        matches!(self, Self::CallbackAgent | Self::OutsourcedCaller)
    }
}
