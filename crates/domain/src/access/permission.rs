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
        /// Allow or refuse an export of somebody else that is larger than people may take alone.
        ExportsApprove = "exports.approve",
        /// Write drafts of rule packs and put them forward.
        RulesDraft = "rules.draft",
        /// Review drafts that somebody else wrote.
        RulesReview = "rules.review",
        /// Approve reviewed packs for the leadership.
        RulesApprove = "rules.approve",
        /// Set legal holds, see what may be destroyed, propose destruction.
        RetentionManage = "retention.manage",
        /// Approve a destruction that somebody else proposed.
        RetentionApprove = "retention.approve",
        /// Handle requests of customers about their own data.
        DataRequestsHandle = "data_requests.handle",
        /// Manage keys and backups, see the state of the system.
        SystemManage = "system.manage",
        /// Propose changes of the table of rights.
        RightsManage = "rights.manage",
        /// Approve changes of the table of rights that somebody else proposed.
        RightsApprove = "rights.approve",
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
