//! Rights. Each names one thing that a person may do.

codes! {
    /// A right.
    pub enum Permission ("permission") {
        /// See customers (masked).
        CustomersRead = "customers.read",
        /// Correct contact data of customers.
        CustomersEdit = "customers.edit",
        /// Unmask personal data, with a reason that is recorded.
        PersonalDataReveal = "personal_data.reveal",
        /// See policies.
        PoliciesRead = "policies.read",
        /// See obligations and their explanation.
        ObligationsRead = "obligations.read",
        /// See callbacks.
        CallbacksRead = "callbacks.read",
        /// Give callbacks to callers.
        CallbacksAssign = "callbacks.assign",
        /// Make callbacks.
        CallbacksMake = "callbacks.make",
        /// Decide on letters, visits and giving up.
        CallbacksDecide = "callbacks.decide",
        /// Listen to recordings.
        RecordingsListen = "recordings.listen",
        /// See problem tickets.
        TicketsRead = "tickets.read",
        /// Issue tickets to units and persons.
        TicketsIssue = "tickets.issue",
        /// Work on tickets: accept, correct contacts, give feedback.
        TicketsHandle = "tickets.handle",
        /// Judge feedback, approve declarations, close tickets.
        TicketsVerify = "tickets.verify",
        /// Read rule packs, traces and calendars.
        RulesRead = "rules.read",
        /// Import files and see import runs.
        ImportsRun = "imports.run",
        /// Run the planner and see extraction runs.
        PlanRun = "plan.run",
        /// See dashboards and reports.
        ReportsRead = "reports.read",
        /// Take lists and reports out of the system.
        DataExport = "data.export",
        /// Manage users.
        UsersManage = "users.manage",
        /// Manage units and settings.
        OrgsManage = "orgs.manage",
        /// Manage API clients.
        ClientsManage = "clients.manage",
        /// Read the audit log.
        AuditRead = "audit.read",
    }
}
