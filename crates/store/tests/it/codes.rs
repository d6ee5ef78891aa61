//! The lists of codes in the schema are those of the domain, on both engines.

use domain::access::{ApprovalKind, ApprovalState, OrgLevel, Role, RowScope};
use domain::backups::{BackupKind, BackupState};
use domain::callbacks::{
    AttemptResult, CallbackState, Cause, ContactChannel, RecordVerdict, ResultVerdict, SignalKind,
    SignalState, Verdict,
};
use domain::campaigns::{CampaignState, CampaignStep, MemberSource};
use domain::customers::{
    ContactRole, CustomerKind, Degree, IdType, KeptRelation, Origin as Occasion, RelationSource,
    RelationshipStage, Sex, SourceChannel, StageSource, ValueClass,
};
use domain::data_quality::{
    Aspect, Check, Field, FindingState, NumberOwner, SampleResult, SampleState, Severity,
    VerifiedBy,
};
use domain::duplicates::{BlockKind, Grade, MergeState, PairState};
use domain::electronic::{EvidenceStep, LinkState, Proof, Stage, Verdict as InspectionVerdict};
use domain::imports::{ImportKind, ImportState};
use domain::information::{ChangeState, CoreState, CustomerMark};
use domain::letters::{LetterKind, LetterState, TemplateState as LetterTemplateState};
use domain::messaging::{
    ConsentSource, ConsentTopic, MessageChannel, MessagePurpose, MessageReason, MessageState,
    TemplateState,
};
use domain::obligations::{ObligationKind, ObligationStatus, Respondent, Timing};
use domain::policies::{
    AgentKind, AgentStatus, Channel, EventType, Line, PolicyStatus, PremiumFrequency, ProductClass,
};
use domain::questionnaires::{Answer, ScriptStep};
use domain::retention::{
    BatchState, HoldKind, HoldSubject, IdentityMethod, Outcome, RecordKind, RequestKind,
    RequestState, Requester, Way,
};
use domain::risk::{
    AmlResult, AmlSubject, AssessmentState, CreditEntryKind, CreditFlag, ErrorKind,
    FlagState as CreditFlagState, RiskDimension, RiskLevel, RiskSignalKind, SignalResponse,
};
use domain::rules::{EvaluationResult, Origin, ProposalState, RuleStep};
use domain::segments::{ClassCause, ClassModel, CustomerClass, OverrideState};
use domain::service::{
    ChargeEnd, ChargeWay, FlagKind, FlagSource, FlagState, ItemKind, ItemOutcome, WatchEnd,
    WatchSource,
};
use domain::surveys::{
    Platform, SurveyIdentity, SurveyKind, SurveyState, ToldAs, Verdict as SurveyVerdict,
};
use domain::telephony::{CallEnd, CallState};
use domain::tickets::{CaseKind, CaseListKind, EvidenceKind, ProblemType, TicketState};
use domain::visits::{
    FormattedState, GatheringKind, GatheringState, Receiver, RecordFormat, SignatureWay, SlipState,
    Suspicion, VisitPurpose, VisitState,
};
use rstest::rstest;
use std::collections::{BTreeMap, BTreeSet};
use testkit::{Engine, TestApp, TestDatabase};

type Lists = BTreeMap<String, BTreeSet<String>>;

/// Lists that only the store or the server knows.
const NOT_OF_THE_DOMAIN: [&str; 15] = [
    "audit_entries.actor_kind",
    "derivations.derived",
    "derivations.subject",
    "destruction_items.state",
    "encryption_keys.purpose",
    "events.source",
    "extraction_runs.state",
    "jobs.state",
    "merge_copies.moment",
    "one_time_links.purpose",
    "plan_queue.kind",
    "record_changes.entity",
    "recordings.owner",
    "sign_in_challenges.purpose",
    "rule_packs.status",
];

macro_rules! lists {
    ($($column:literal => $type:ty),+ $(,)?) => {
        Lists::from([
            $( ($column.into(), <$type>::ALL.iter().map(|c| c.as_str().to_owned()).collect()) ),+
        ])
    };
}

/// What the domain says of the quality of information.
fn of_data_quality() -> Lists {
    lists! {
        "information_findings.check_code" => Check,
        "information_findings.field" => Field,
        "information_findings.aspect" => Aspect,
        "information_findings.severity" => Severity,
        "information_findings.state" => FindingState,
        "information_verifications.way" => VerifiedBy,
        "own_numbers.owner" => NumberOwner,
        "information_samples.state" => SampleState,
        "information_samples.result" => SampleResult,
    }
}

/// What the domain says of risk.
fn of_risk() -> Lists {
    lists! {
        "risk_assessments.dimension" => RiskDimension,
        "risk_assessments.state" => AssessmentState,
        "risk_assessments.level" => RiskLevel,
        "risk_signals.kind" => RiskSignalKind,
        "risk_signals.level" => RiskLevel,
        "risk_signals.response" => SignalResponse,
        "credit_entries.kind" => CreditEntryKind,
        "credit_flags.from_flag" => CreditFlag,
        "credit_flags.to_flag" => CreditFlag,
        "credit_flags.state" => CreditFlagState,
        "aml_checks.subject" => AmlSubject,
        "aml_checks.result" => AmlResult,
        "operational_errors.kind" => ErrorKind,
    }
}

/// What the domain says of visits.
fn of_visits() -> Lists {
    lists! {
        "customer_merges.state" => MergeState,
        "duplicate_blocks.kind" => BlockKind,
        "duplicate_pairs.grade" => Grade,
        "duplicate_pairs.kind" => CustomerKind,
        "duplicate_pairs.state" => PairState,
        "visits.purpose" => VisitPurpose,
        "visits.format" => RecordFormat,
        "visits.state" => VisitState,
        "visits.respondent" => Respondent,
        "visits.problem" => ProblemType,
        "visits.signed_way" => SignatureWay,
        "visit_questionnaires.state" => FormattedState,
        "field_slips.category" => RelationshipStage,
        "field_slips.state" => SlipState,
        "field_slips.suspicion" => Suspicion,
        "slip_receipts.receiver" => Receiver,
        "surveys.kind" => SurveyKind,
        "surveys.identity" => SurveyIdentity,
        "surveys.platform" => Platform,
        "surveys.state" => SurveyState,
        "surveys.customer_kind" => CustomerKind,
        "survey_told.told_as" => ToldAs,
        "survey_answers.verdict" => SurveyVerdict,
        "gatherings.kind" => GatheringKind,
        "gatherings.state" => GatheringState,
        "campaigns.state" => CampaignState,
        "campaigns.channel" => ContactChannel,
        "campaign_steps.step" => CampaignStep,
        "campaign_members.source" => MemberSource,
        "service_teams.serves" => ValueClass,
        "service_charges.way" => ChargeWay,
        "service_charges.end_cause" => ChargeEnd,
        "service_items.kind" => ItemKind,
        "service_items.outcome" => ItemOutcome,
        "watched_customers.source" => WatchSource,
        "watched_customers.end_state" => WatchEnd,
        "customer_flags.flag" => FlagKind,
        "customer_flags.source" => FlagSource,
        "customer_flags.state" => FlagState,
    }
}

/// What the domain says of information about customers.
fn of_information() -> Lists {
    lists! {
        "record_changes.origin" => Occasion,
        "record_changes.source_channel" => SourceChannel,
        "information_changes.state" => ChangeState,
        "information_changes.origin" => Occasion,
        "information_changes.source_channel" => SourceChannel,
        "customer_marks.flag" => CustomerMark,
        "fact_confirmations.origin" => Occasion,
        "core_changes.state" => CoreState,
    }
}

/// What the domain says, by table and column.
fn of_the_domain() -> Lists {
    let features = [
        of_messages(),
        of_visits(),
        of_data_quality(),
        of_information(),
        of_risk(),
        of_retention(),
        of_correspondence(),
        of_segments(),
    ];
    features
        .into_iter()
        .flatten()
        .chain(of_the_core())
        .collect()
}

/// What the domain says of units, customers, policies and the work that follows from them.
fn of_the_core() -> Lists {
    lists! {
        "orgs.level" => OrgLevel,
        "user_roles.role" => Role,
        "role_rights.scope" => RowScope,
        "approvals.kind" => ApprovalKind,
        "approvals.state" => ApprovalState,
        "agents.kind" => AgentKind,
        "agents.status" => AgentStatus,
        "customers.kind" => CustomerKind,
        "customers.sex" => Sex,
        "customers.id_type" => IdType,
        "customers.risk_appetite" => Degree,
        "customers.risk_tolerance" => Degree,
        "customers.value_class" => ValueClass,
        "customers.imported_value_class" => ValueClass,
        "customers.risk_class" => CustomerClass,
        "customers.source_channel" => SourceChannel,
        "contacts.role" => ContactRole,
        "policies.product_class" => ProductClass,
        "policies.line" => Line,
        "policies.channel" => Channel,
        "policies.premium_frequency" => PremiumFrequency,
        "policies.status" => PolicyStatus,
        "events.type" => EventType,
        "obligations.kind" => ObligationKind,
        "obligations.status" => ObligationStatus,
        "rule_proposals.state" => ProposalState,
        "rule_proposals.origin" => Origin,
        "questionnaire_drafts.state" => ProposalState,
        "questionnaire_drafts.origin" => Origin,
        "questionnaire_steps.step" => ScriptStep,
        "rule_steps.step" => RuleStep,
        "rule_evaluations.result" => EvaluationResult,
        "obligations.timing" => Timing,
        "callbacks.state" => CallbackState,
        "callbacks.timing" => Timing,
        "callbacks.cause" => Cause,
        "spot_check_items.records" => Verdict,
        "spot_check_items.follow_up" => Verdict,
        "spot_check_items.truthful" => Verdict,
        "spot_check_items.script" => Verdict,
        "attempts.channel" => ContactChannel,
        "attempts.result" => AttemptResult,
        "answers.answer" => Answer,
        "recordings.kind" => EvidenceKind,
        "calls.state" => CallState,
        "calls.end_kind" => CallEnd,
        "callback_reviews.record_verdict" => RecordVerdict,
        "callback_reviews.result_verdict" => ResultVerdict,
        "record_signals.kind" => SignalKind,
        "record_signals.state" => SignalState,
        "tickets.kind" => CaseKind,
        "problem_lists.kind" => CaseListKind,
        "tickets.type" => ProblemType,
        "tickets.state" => TicketState,
        "import_runs.kind" => ImportKind,
        "import_runs.state" => ImportState,
        "backup_runs.kind" => BackupKind,
        "backup_runs.state" => BackupState,
    }
}

/// What the domain says of classes of customers.
fn of_segments() -> Lists {
    lists! {
        "customer_scores.model" => ClassModel,
        "customer_scores.class" => CustomerClass,
        "customer_classes.model" => ClassModel,
        "customer_classes.class" => CustomerClass,
        "customer_classes.earlier" => CustomerClass,
        "customer_classes.cause" => ClassCause,
        "class_overrides.model" => ClassModel,
        "class_overrides.class" => CustomerClass,
        "class_overrides.state" => OverrideState,
    }
}

/// What the domain says of letters and of electronic callbacks.
fn of_correspondence() -> Lists {
    lists! {
        "letter_templates.kind" => LetterKind,
        "letter_templates.state" => LetterTemplateState,
        "letters.kind" => LetterKind,
        "letters.state" => LetterState,
        "electronic_links.state" => LinkState,
        "electronic_links.proof" => Proof,
        "electronic_sessions.stage" => Stage,
        "electronic_evidence.kind" => EvidenceStep,
        "electronic_evidence.answer" => Answer,
        "electronic_inspections.verdict" => InspectionVerdict,
    }
}

/// What the domain says of keeping and destroying.
fn of_retention() -> Lists {
    lists! {
        "legal_holds.subject" => HoldSubject,
        "legal_holds.kind" => HoldKind,
        "destruction_batches.state" => BatchState,
        "destruction_items.kind" => RecordKind,
        "data_requests.kind" => RequestKind,
        "data_requests.state" => RequestState,
        "data_requests.requester" => Requester,
        "data_requests.received_through" => Way,
        "data_requests.identity_method" => IdentityMethod,
        "data_requests.outcome" => Outcome,
    }
}

fn of_messages() -> Lists {
    lists! {
        "message_templates.channel" => MessageChannel,
        "message_templates.purpose" => MessagePurpose,
        "message_templates.state" => TemplateState,
        "messages.channel" => MessageChannel,
        "messages.purpose" => MessagePurpose,
        "messages.state" => MessageState,
        "messages.reason" => MessageReason,
        "message_entries.state" => MessageState,
        "message_entries.reason" => MessageReason,
        "consent_entries.topic" => ConsentTopic,
        "consent_entries.source" => ConsentSource,
        "contact_records.channel" => ContactChannel,
        "customer_relations.relation" => KeptRelation,
        "customer_relations.source" => RelationSource,
        "customer_stages.from_stage" => RelationshipStage,
        "customer_stages.to_stage" => RelationshipStage,
        "customer_stages.source" => StageSource,
    }
}

/// Lists of the CHECK constraints, by table and column.
async fn of_the_schema(database: &TestDatabase) -> Lists {
    let sql = match database.engine() {
        Engine::Sqlite => {
            "SELECT name || '|' || sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%CHECK%'"
        }
        Engine::Postgres => {
            "SELECT conrelid::regclass || '|' || pg_get_constraintdef(oid) FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace AND contype = 'c'"
        }
    };
    let mut lists = Lists::new();
    for found in database.column(sql).await {
        let (table, text) = found.split_once('|').unwrap();
        for check in text.split("CHECK (").skip(1) {
            let column: String = check
                .trim_start_matches('(')
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            // `IN ('a', 'b')` here, `= ANY (ARRAY['a'::text, 'b'::text])` there.
            let list = check.split([')', ']']).next().unwrap();
            let codes: BTreeSet<_> = list
                .split('\'')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect();
            if !codes.is_empty() {
                lists.insert(format!("{table}.{column}"), codes);
            }
        }
    }
    lists
}

/// Style §4: one list of codes, in the domain and as a CHECK.
#[rstest]
#[tokio::test]
async fn the_schema_and_the_domain_agree(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let t = TestApp::empty(engine).await;
    let schema = of_the_schema(&t.database).await;
    let domain = of_the_domain();
    for (column, codes) in &domain {
        assert_eq!(schema.get(column), Some(codes), "{column}");
    }
    let unknown: Vec<_> = schema
        .keys()
        .filter(|c| !domain.contains_key(*c) && !NOT_OF_THE_DOMAIN.contains(&c.as_str()))
        .collect();
    assert!(
        unknown.is_empty(),
        "lists of the schema that nobody compares: {unknown:?}"
    );
}
