//! Roles and the rights they give (requirements §5.4).

use super::Permission;

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
    }
}

impl Role {
    /// The rights of the role.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Administrator => &[
                P::CustomersRead,
                P::PoliciesRead,
                P::ObligationsRead,
                P::CallbacksRead,
                P::TicketsRead,
                P::RulesRead,
                P::ImportsRun,
                P::PlanRun,
                P::ReportsRead,
                P::DataExport,
                P::UsersManage,
                P::OrgsManage,
                P::ClientsManage,
                P::AuditRead,
                P::SystemManage,
                P::RightsManage,
            ],
            Self::HeadOfficeManager => &[
                P::CustomersRead,
                P::CustomersEdit,
                P::PersonalDataReveal,
                P::PoliciesRead,
                P::ObligationsRead,
                P::CallbacksRead,
                P::CallbacksAssign,
                P::CallbacksMake,
                P::CallbacksDecide,
                P::RecordingsListen,
                P::TicketsRead,
                P::TicketsIssue,
                P::TicketsHandle,
                P::TicketsVerify,
                P::RulesRead,
                P::ImportsRun,
                P::PlanRun,
                P::ReportsRead,
                P::DataExport,
                P::ExportsApprove,
                P::RulesDraft,
                P::RulesReview,
                P::RetentionManage,
                P::DataRequestsHandle,
            ],
            Self::TeamLeader => &[
                P::CustomersRead,
                P::CustomersEdit,
                P::PersonalDataReveal,
                P::PoliciesRead,
                P::ObligationsRead,
                P::CallbacksRead,
                P::CallbacksAssign,
                P::CallbacksMake,
                P::CallbacksDecide,
                P::RecordingsListen,
                P::TicketsRead,
                P::TicketsIssue,
                P::TicketsHandle,
                P::TicketsVerify,
                P::RulesRead,
                P::PlanRun,
                P::ReportsRead,
                P::DataExport,
            ],
            Self::CallbackAgent => &[
                P::CustomersRead,
                P::CustomersEdit,
                P::PersonalDataReveal,
                P::PoliciesRead,
                P::ObligationsRead,
                P::CallbacksRead,
                P::CallbacksMake,
                P::RecordingsListen,
                P::TicketsRead,
                P::RulesRead,
            ],
            Self::BranchOperations => &[
                P::CustomersRead,
                P::CustomersEdit,
                P::PersonalDataReveal,
                P::PoliciesRead,
                P::ObligationsRead,
                P::CallbacksRead,
                P::CallbacksAssign,
                P::CallbacksMake,
                P::CallbacksDecide,
                P::RecordingsListen,
                P::TicketsRead,
                P::TicketsIssue,
                P::TicketsHandle,
                P::TicketsVerify,
                P::RulesRead,
                P::ReportsRead,
                P::DataExport,
            ],
            Self::BranchSales => &[
                P::CustomersRead,
                P::CustomersEdit,
                P::PoliciesRead,
                P::ObligationsRead,
                P::CallbacksRead,
                P::TicketsRead,
                P::TicketsHandle,
                P::RulesRead,
                P::ReportsRead,
            ],
            Self::QualityInspector => &[
                P::CustomersRead,
                P::PoliciesRead,
                P::ObligationsRead,
                P::CallbacksRead,
                P::RecordingsListen,
                P::TicketsRead,
                P::RulesRead,
                P::ReportsRead,
                P::DataExport,
            ],
            Self::ComplianceOfficer => &[
                P::CustomersRead,
                P::PoliciesRead,
                P::ObligationsRead,
                P::CallbacksRead,
                P::RecordingsListen,
                P::TicketsRead,
                P::RulesRead,
                P::ReportsRead,
                P::DataExport,
                P::AuditRead,
                P::ExportsApprove,
                P::RulesDraft,
                P::RulesReview,
                P::RetentionManage,
                P::DataRequestsHandle,
                P::RightsApprove,
            ],
            Self::Executive => &[
                P::ObligationsRead,
                P::CallbacksRead,
                P::TicketsRead,
                P::PoliciesRead,
                P::CustomersRead,
                P::RulesRead,
                P::ReportsRead,
                P::RulesApprove,
                P::RetentionApprove,
                P::RightsApprove,
            ],
        }
    }

    /// Whether the role gives a right.
    pub fn grants(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }

    /// Whether callbacks are visible only where they are on the person's own list (CBK-19).
    pub fn is_own_list_only(self) -> bool {
        matches!(self, Self::CallbackAgent)
    }

    /// Roles that sell; they never write callback results (2010 No. 4, article 14).
    pub fn is_sales(self) -> bool {
        matches!(self, Self::BranchSales)
    }
}
