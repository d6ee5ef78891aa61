//! Rights. Each names one thing that a person may do.

codes! {
    /// A right.
    pub enum Permission ("permission") {
        /// See customers (masked).
        CustomersRead = "customers.read",
        /// Correct contact data of customers.
        CustomersEdit = "customers.edit",
        /// Ask for a class of a customer that no model gives, and end it early.
        ClassesOverride = "classes.override",
        /// Agree to classes that others ask for.
        ClassesApprove = "classes.approve",
        /// See customers who may be one.
        DuplicatesRead = "duplicates.read",
        /// Decide whether two records are one customer, and merge them.
        DuplicatesDecide = "duplicates.decide",
        /// Agree to merges of others, and take merges back.
        DuplicatesApprove = "duplicates.approve",
        /// Explain findings about customers' information, give them out, draw samples, keep own numbers.
        InformationManage = "information.manage",
        /// Decide on corrections of customers that somebody else asked for.
        InformationApprove = "information.approve",
        /// Hand accepted changes of customers to the core system, and settle what it refused.
        InformationDeliver = "information.deliver",
        /// See who is in charge of customers, service plans, the watch list and flags.
        ServiceRead = "service.read",
        /// Keep service plans and the watch list, ask for flags.
        ServiceKeep = "service.keep",
        /// Make service teams and put people in charge of customers.
        ServiceAssign = "service.assign",
        /// Agree to flags that somebody else asked for.
        FlagsDecide = "flags.decide",
        /// See risk assessments, credit files, signals and registers of risk.
        RiskRead = "risk.read",
        /// Assess customers, keep credit files and registers, handle signals, set measures.
        RiskAssess = "risk.assess",
        /// Confirm assessments and credit flags that somebody else proposed.
        RiskConfirm = "risk.confirm",
        /// See and keep what concerns money laundering; nobody else hears of it.
        RiskConfidential = "risk.confidential",
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
        /// See callback campaigns with their lists.
        CampaignsRead = "campaigns.read",
        /// Plan callback campaigns, release and analyse them.
        CampaignsPlan = "campaigns.plan",
        /// Supply and confirm lists of customers for sales.
        CampaignsConfirm = "campaigns.confirm",
        /// Draw and judge the monthly spot checks of payout callbacks.
        PayoutsInspect = "payouts.inspect",
        /// Examine callback records as the supervisor responsible, with guidance to the caller.
        CallbacksReview = "callbacks.review",
        /// See signs of late, forged or concealed records, and explain or confirm them.
        CallbacksCheck = "callbacks.check",
        /// Offer the electronic callback: send, send again and take back links.
        ElectronicOffer = "electronic.offer",
        /// Draw samples of electronic callbacks and inspect them.
        ElectronicInspect = "electronic.inspect",
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
        /// Make the numbered lists of bancassurance problem cases.
        TicketsList = "tickets.list",
        /// See letters and receipts.
        LettersRead = "letters.read",
        /// Print, send, deliver and take back letters.
        LettersHandle = "letters.handle",
        /// Look through returned copies, accept them and enter receipts.
        LettersReview = "letters.review",
        /// Write versions of letter templates, and approve those of others.
        LettersTemplates = "letters.templates",
        /// See messages to customers.
        MessagesRead = "messages.read",
        /// Send messages to customers, take them back, send them again.
        MessagesSend = "messages.send",
        /// Write texts of messages.
        TemplatesEdit = "templates.edit",
        /// Approve texts of messages that somebody else wrote.
        TemplatesApprove = "templates.approve",
        /// See on-site visits, gatherings and formatted questionnaires.
        VisitsRead = "visits.read",
        /// Ask for visits, arrange and make them, hold gatherings, write formatted questionnaires.
        VisitsMake = "visits.make",
        /// Decide on visits and formatted questionnaires for the customer-service office.
        VisitsApprove = "visits.approve",
        /// Agree to formatted questionnaires as supervising executive.
        VisitsEndorse = "visits.endorse",
        /// See online surveys and their results.
        SurveysRead = "surveys.read",
        /// Ask for surveys, confirm their questionnaire, report on results and set measures.
        SurveysRequest = "surveys.request",
        /// Agree to surveys as head of the requesting department.
        SurveysApprove = "surveys.approve",
        /// Agree to surveys as supervising executive.
        SurveysEndorse = "surveys.endorse",
        /// Agree to surveys over the limit of the year as general manager.
        SurveysAllow = "surveys.allow",
        /// Build, send out, collate and archive surveys for the customer-service office.
        SurveysRun = "surveys.run",
        /// See slips of sales visits.
        SlipsRead = "slips.read",
        /// Register slips of one's own sales visits.
        SlipsRegister = "slips.register",
        /// Hear of dissatisfaction, important information and suspicions after sales visits.
        SlipsOversee = "slips.oversee",
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
        /// Read questionnaires, the glossary and what checks say.
        QuestionnairesRead = "questionnaires.read",
        /// Write drafts of questionnaires and put them forward.
        QuestionnairesWrite = "questionnaires.write",
        /// Review drafts of questionnaires that somebody else wrote, keep the glossary.
        QuestionnairesReview = "questionnaires.review",
        /// Approve reviewed questionnaires, end versions.
        QuestionnairesApprove = "questionnaires.approve",
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

codes! {
    /// An area under which rights are shown together.
    pub enum RightArea ("area of rights") {
        /// Customers and policies.
        Customers = "customers",
        /// Obligations and callbacks.
        Callbacks = "callbacks",
        /// Problem tickets.
        Tickets = "tickets",
        /// Messages to customers.
        Messages = "messages",
        /// On-site visits and sales visits.
        Visits = "visits",
        /// Online surveys.
        Surveys = "surveys",
        /// Rules and lists that they draw.
        Rules = "rules",
        /// Figures and data that leave.
        Figures = "figures",
        /// Keeping, destroying, requests of customers.
        Records = "records",
        /// The house itself.
        House = "house",
    }
}

impl Permission {
    /// The area under which it is shown.
    #[rustfmt::skip]
    pub fn area(self) -> RightArea {
        use Permission as P;
        match self {
            P::CustomersRead | P::CustomersEdit | P::ClassesOverride | P::ClassesApprove
            | P::PersonalDataReveal | P::PoliciesRead
            | P::DuplicatesRead | P::DuplicatesDecide | P::DuplicatesApprove
            | P::InformationManage
            | P::InformationApprove | P::InformationDeliver
            | P::ServiceRead | P::ServiceKeep | P::ServiceAssign | P::FlagsDecide
            | P::RiskRead | P::RiskAssess | P::RiskConfirm | P::RiskConfidential => RightArea::Customers,
            P::ObligationsRead | P::CallbacksRead | P::CallbacksAssign | P::CallbacksMake
            | P::CallbacksDecide | P::CampaignsRead | P::CampaignsPlan | P::CampaignsConfirm
            | P::PayoutsInspect | P::CallbacksReview | P::CallbacksCheck | P::ElectronicOffer
            | P::ElectronicInspect | P::RecordingsListen | P::LettersRead | P::LettersHandle
            | P::LettersReview | P::LettersTemplates => RightArea::Callbacks,
            P::TicketsRead | P::TicketsIssue | P::TicketsHandle | P::TicketsVerify
            | P::TicketsList => RightArea::Tickets,
            P::MessagesRead | P::MessagesSend | P::TemplatesEdit | P::TemplatesApprove => RightArea::Messages,
            P::VisitsRead | P::VisitsMake | P::VisitsApprove | P::VisitsEndorse
            | P::SlipsRead | P::SlipsRegister | P::SlipsOversee => RightArea::Visits,
            P::SurveysRead | P::SurveysRequest | P::SurveysApprove | P::SurveysEndorse
            | P::SurveysAllow | P::SurveysRun => RightArea::Surveys,
            P::RulesRead | P::RulesDraft | P::RulesReview | P::RulesApprove
            | P::QuestionnairesRead | P::QuestionnairesWrite | P::QuestionnairesReview | P::QuestionnairesApprove
            | P::PlanRun => RightArea::Rules,
            P::ReportsRead | P::DataExport | P::ExportsApprove => RightArea::Figures,
            P::RetentionManage | P::RetentionApprove | P::DataRequestsHandle => RightArea::Records,
            P::ImportsRun | P::SystemManage | P::RightsManage | P::RightsApprove
            | P::UsersManage | P::OrgsManage | P::ClientsManage | P::AuditRead => RightArea::House,
        }
    }

    /// Whether it shows data in the clear, lets data out, or gives power over others: flagged where
    /// it is given, and a role that holds it counts as sensitive.
    pub fn is_sensitive(self) -> bool {
        matches!(
            self,
            Self::PersonalDataReveal
                | Self::RiskConfidential
                | Self::InformationDeliver
                | Self::DataExport
                | Self::ExportsApprove
                | Self::RetentionApprove
                | Self::RulesApprove
                | Self::SystemManage
                | Self::RightsManage
                | Self::RightsApprove
                | Self::UsersManage
                | Self::ClientsManage
                | Self::AuditRead
        )
    }
}
