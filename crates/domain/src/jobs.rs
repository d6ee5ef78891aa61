//! Work that takes longer than a request: kinds, states, and when to try again.

use chrono::Duration;

codes! {
    /// What a job does.
    pub enum JobKind ("kind of job") {
        /// Import an uploaded file.
        Import = "import",
        /// Run the planner.
        Plan = "plan",
        /// Write a table to a file.
        Export = "export",
        /// Write a report to a file.
        Report = "report",
        /// Verify the audit log.
        VerifyAudit = "verify_audit",
        /// Back everything up, and try the backup out.
        Backup = "backup",
        /// Compare what a proposed version of a rule would change.
        RulesDiff = "rules_diff",
        /// Bring sealed values to the newest keys.
        RenewKeys = "renew_keys",
        /// Destroy what an approved batch lists.
        Destruction = "destruction",
        /// Put together everything held about a person who asked for it.
        DataCopy = "data_copy",
        /// Fetch the recording of a telephone call.
        CallRecording = "call_recording",
        /// Print letters.
        PrintLetters = "print_letters",
        /// Invite customers to a survey.
        DistributeSurvey = "distribute_survey",
        /// Delete a file that is not needed any more.
        DiscardFile = "discard_file",
    }
}

codes! {
    /// Where a job stands.
    pub enum JobState ("job state") {
        /// Waiting for its time.
        Queued = "queued",
        /// A server works on it, as long as its lease lasts.
        Running = "running",
        /// Done.
        Finished = "finished",
        /// Given up; the error says why.
        Dead = "dead",
    }
}

/// Tries before a job is given up.
const ATTEMPTS_MAX: i64 = 5;
/// Minutes before the second try; each further one waits four times as long.
const FIRST_WAIT_MINUTES: i64 = 1;

/// How long a server may be silent about a job before another one takes it up.
pub fn lease() -> Duration {
    Duration::minutes(5)
}

/// How long to wait after a number of failed tries; nothing when it is time to give up.
pub fn retry_after(attempts: i64) -> Option<Duration> {
    let waits = u32::try_from(attempts - 1).unwrap_or(0);
    (attempts < ATTEMPTS_MAX).then(|| Duration::minutes(FIRST_WAIT_MINUTES * 4_i64.pow(waits)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_grow_rarer_and_end() {
        let waits: Vec<_> = (1..=5)
            .map(|n| retry_after(n).map(|d| d.num_minutes()))
            .collect();
        assert_eq!(waits, [Some(1), Some(4), Some(16), Some(64), None]);
    }
}
