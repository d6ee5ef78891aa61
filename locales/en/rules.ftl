# Rules
rules-summary = { $packs } packs, { $programmes } programmes
rules-calendar = Working-day calendar
rules-pack = Pack
rules-layer = Layer
rules-layer-law = Law
rules-layer-regulator = Regulator
rules-layer-province = Province
rules-layer-company = Company
rules-programmes = Programmes
rules-numbers-only = numbers only
rules-source = Instrument
rules-issuer = Issuer
rules-in-force = In force
rules-status = Status
rules-status-draft = draft
rules-status-reviewed = reviewed
rules-status-approved = approved
rules-status-effective = effective
rules-status-superseded = superseded
rules-version = Version
rules-from = from { $from }
rules-until = until { $until }
rules-from-until = { $from } to { $until }
rules-undated = undated
rules-list-note = Narrower packs may add to or tighten wider ones. Holidays are announced up to { $year }.
rules-tests = Tests of the pack
rules-tests-now = run just now
rules-tests-pass = all { $n } tests pass
rules-tests-fail = { $n } tests fail
rules-no-tests = This pack only lays down numbers and has no tests.
rules-all = All packs
rules-overridden-by = replaced where this applies:
rules-its-obligations = Obligations made by it
rules-not-verbatim = summary, not verbatim
rules-trigger = Trigger
rules-scope = Applies to
rules-require = Conditions (what fails one is left out, with the reason)
rules-condition = Condition
rules-else = Reason otherwise
rules-if-unknown = When unknown
rules-unknown-skip = not decided yet
rules-unknown-exclude = left out, the gap is named
rules-unknown-pass = counts as met
rules-article = Article
rules-dates = How dates are computed
rules-cancel = Cancelled when
rules-discharge = How it is discharged
rules-channels = Channels, in order
rules-respondents = Respondent
rules-attempts = Calls
rules-rounds = { $rounds } rounds of { $n } calls
rules-success = Success
rules-success-life = in person, identified, told item by item; completed when affirmed
rules-success-generic = an allowed respondent answered every must-ask item
rules-recording = Recording of calls
rules-needed = required
rules-not-needed = not required
rules-barred = Salesperson
rules-barred-yes = whoever sold the policy may not call
rules-specialists-only = callback specialists only
rules-ticket-days = Problem tickets due
rules-working-days = { $n } working days
rules-questionnaire = Questionnaire
rules-parameters = Numbers
rules-parameter = Name
rules-value = Value
rules-applies = Applies
rules-expected = expected
rules-relation-overrides = replaces the wider rule
rules-relation-tightens = tightens the wider rule
rules-relation-fills = company value where nothing wider applies
rules-source-text = Source text (TOML)
rules-origin = Origin
rules-confidence = Confidence in the source
rules-confidence-T = full text read
rules-confidence-T2 = excerpt read, or two sources agree
rules-confidence-K = well known, text not seen
rules-confidence-U = unsure
rules-confidence-P = set by the company
rules-implements = Implements
rules-interpretation = Interpretation
rules-note = Note
rules-articles = Articles
copy = Copy
list-comma = ,{" "}
calendar-title = Working days of { $year }
calendar-year = Year
calendar-month = { $n ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
  }
year-official = official
year-expected = expected
calendar-expected-note = The holidays of this year are not announced yet: statutory days and weekends are assumed, without make-up days. Dates computed from them are provisional and will be computed again.
calendar-working-days = { $n } working days in the year
calendar-days = { $n } working days
calendar-days-off = { $n } days off
calendar-holidays = Holidays and make-up days
calendar-make-up = worked:
calendar-source = Source
calendar-no-notice = The notice of the State Council is still to come.
calendar-notice-unnumbered = Notice of the State Council (number unknown)
day-kind-working = working day
day-kind-weekend = weekend
day-kind-holiday = holiday
day-kind-make_up = make-up working day
rules-score-term = Term
rules-score-weight = Weight
rules-score-band = Values
rules-score-points = Points
rules-score-classes = Classes
rules-score-floors = Floors
rules-score-start = { $n } points to begin with
