# Words for codes
callback-state-planned = Planned
callback-state-ready = Ready
callback-state-assigned = Assigned
callback-state-in_progress = In progress
callback-state-retry_wait = To retry
callback-state-contact_fix = Contact data to correct
callback-state-branch_second = Second attempt by the branch
callback-state-letter_out = Letter sent
callback-state-visit_planned = Visit planned
callback-state-problem_open = Problem open
callback-state-recall_due = Second callback due
callback-state-completed = Completed
callback-state-not_completed = Not completed
callback-state-cancelled = Cancelled

callback-view-due = Due today or late
callback-view-open = All open
callback-view-mine = My list
callback-view-unassigned = Unassigned
callback-view-overdue = Overdue
callback-view-week = Due in 7 days
callback-view-problem = Problems
callback-view-branch = With branches
callback-view-no_date = No receipt yet
callback-view-closed = Closed

attempt-result-no_answer = No answer
attempt-result-busy = Busy or switched off
attempt-result-wrong_number = Wrong number
attempt-result-not_in_person = Someone else answered
attempt-result-proxy_offered = Proxy offered
attempt-result-dialect = Language not understood
attempt-result-hearing_difficulty = Hearing difficulty
attempt-result-refused_now = Not convenient now
attempt-result-refused_finally = Refused for good
attempt-result-appointment = Appointment
attempt-result-interrupted = Interrupted
attempt-result-finished = Interview finished
attempt-result-cancelled = Cancelled

callback-step-start_attempt = Call begun
callback-step-start_together = Went on in the same conversation
callback-step-assign = Assigned
callback-step-unassign = Taken back
callback-step-send_letter = Letter sent
callback-step-letter_affirmed = Letter returned, affirmed
callback-step-letter_negative = Letter returned, objections
callback-step-letter_failed = Letter without reply
callback-step-plan_visit = Visit planned
callback-step-visit_affirmed = Visit, affirmed
callback-step-visit_negative = Visit, objections
callback-step-cannot_correct = Contact cannot be corrected
callback-step-give_up = Given up
callback-step-cancel = Cancelled
callback-step-no_answer = No answer
callback-step-busy = Busy or switched off
callback-step-wrong_number = Wrong number
callback-step-not_in_person = Someone else answered
callback-step-proxy_offered = Proxy offered
callback-step-dialect = Language not understood
callback-step-hearing_difficulty = Hearing difficulty
callback-step-refused_now = Not convenient now
callback-step-refused_finally = Refused for good
callback-step-appointment = Appointment
callback-step-interrupted = Interrupted
callback-step-finished = Interview finished
callback-step-ticket_resolved = Ticket resolved
callback-step-contact_corrected = Contact corrected
callback-step-judge_valid = Feedback judged valid
callback-step-correct_contact = Contact corrected
callback-step-contact_uncorrectable = Contact cannot be corrected
callback-step-close = Ticket closed
callback-step-payout_remark = Remark
callback-step-payout_recall = Traced: call again
callback-step-payout_closed = Traced: closed
callback-step-payout_aftercare = Aftercare needed
callback-step-payout_no_aftercare = No aftercare; second callback

decision-send_letter = Send a letter
decision-letter_affirmed = Letter returned, affirmed
decision-letter_negative = Letter returned, objections
decision-letter_failed = Letter without reply
decision-plan_visit = Plan a visit
decision-visit_affirmed = Visit done, affirmed
decision-visit_negative = Visit done, objections
decision-cannot_correct = Contact cannot be corrected
decision-give_up = Give up for cause
decision-cancel = Cancel

contact-channel-phone = Phone
contact-channel-letter = Letter
contact-channel-visit = Visit
contact-channel-sms = Text message
contact-channel-email = E-mail
contact-channel-wechat = WeChat
contact-channel-qq = QQ
contact-channel-electronic = electronic callback
contact-channel-gathering = symposium or survey event

cause-policyholder = On the policyholder's side
cause-other = Other

timing-early = Early
timing-in_time = In time
timing-late = Late

respondent-policyholder = Policyholder
respondent-insured = Insured
respondent-beneficiary = Beneficiary
respondent-insurance_contact = Insurance contact
respondent-legal_representative = Legal representative
respondent-actual_controller = Actual controller
respondent-claim_reporter = Claim reporter
respondent-driver = Driver
respondent-accident_party = Party to the accident
respondent-authorized_proxy = Authorised proxy
respondent-customer = Customer
respondent-contact_person = Contact person
respondent-complainant = Complainant

answer-affirm = Yes, clear
answer-unclear = Unclear
answer-negative = No, objection
answer-question = Has a question
answer-given = Answered
answer-skipped = Skipped

rating-1 = Very dissatisfied
rating-2 = Dissatisfied
rating-3 = Neutral
rating-4 = Satisfied
rating-5 = Very satisfied

case-kind-problem = Problem
case-kind-verification = Verification
case-kind-failed = Failed callback
case-kind-contract_quality = Contract quality
case-kind-clarification = Clarification
case-kind-letter = Letter

problem-type-rights_unclear = Rights unclear
problem-type-contract_quality = Contract quality
problem-type-document_unsigned = Document unsigned
problem-type-proxy_signature = Proxy signature
problem-type-mis_selling_premium_term = Mis-selling: premium term
problem-type-mis_selling_coverage_period = Mis-selling: coverage period
problem-type-mis_selling_benefits = Mis-selling: benefits
problem-type-mis_selling_surrender = Mis-selling: surrender loss
problem-type-wrong_phone = Wrong phone
problem-type-wrong_address = Wrong address
problem-type-false_customer_information = False customer information
problem-type-terms_not_supplied = Terms not supplied
problem-type-unanswerable_question = Question to answer
problem-type-payout_not_confirmed = Payout not confirmed
problem-type-payout_follow_up = Payout follow-up
problem-type-service_dissatisfaction = Dissatisfied with service
problem-type-suspected_false_visit = Suspected false visit
problem-type-complaint = Complaint
problem-type-not_reached = Not reached
problem-type-other = Other

ticket-state-open = To issue
ticket-state-issued = Issued
ticket-state-in_progress = In progress
ticket-state-extended = Extended
ticket-state-feedback_given = Feedback to judge
ticket-state-invalid_feedback = Feedback invalid
ticket-state-verified = Verified
ticket-state-closed = Closed
ticket-state-transferred = Transferred
ticket-state-contact_being_checked = Checking contact data
ticket-state-corrected = Corrected
ticket-state-branch_assigned = With the branch
ticket-state-second_callback = Second callback
ticket-state-letter_out = Letter sent
ticket-state-visit_planned = Visit planned

evidence-kind-recording = Recording
evidence-kind-signed_visit_questionnaire = Signed questionnaire
evidence-kind-document = Document

obligation-status-open = Open
obligation-status-discharged = Discharged
obligation-status-not_discharged = Not discharged
obligation-status-cancelled = Cancelled

policy-status-in_force = In force
policy-status-grace = Grace period
policy-status-lapsed = Lapsed
policy-status-surrendered = Surrendered
policy-status-cooling_off_cancelled = Cancelled in cooling-off
policy-status-expired = Expired
policy-status-terminated = Terminated

premium-frequency-single = Single
premium-frequency-annual = Annual
premium-frequency-half_yearly = Half-yearly
premium-frequency-quarterly = Quarterly
premium-frequency-monthly = Monthly

channel-individual_agent = Individual agent
channel-bancassurance = Bancassurance
channel-bancassurance_realtime = Bancassurance, real-time
channel-telesales = Telesales
channel-online = Online
channel-direct = Direct
channel-broker = Broker

product-class-ordinary = Ordinary
product-class-participating = Participating
product-class-universal = Universal
product-class-unit_linked = Unit-linked
product-class-long_term_health = Long-term health
product-class-short_term_health = Short-term health
product-class-accident = Accident
product-class-annuity = Annuity
product-class-motor = Motor
product-class-property = Property
product-class-cargo = Cargo
product-class-liability = Liability

line-life = Life
line-health = Health
line-accident = Accident
line-motor = Motor
line-commercial = Commercial
line-personal = Personal

event-type-policy_issued = Policy issued
event-type-acknowledgement_signed = Receipt signed
event-type-underwriting_completed = Underwritten
event-type-premium_due = Premium due
event-type-grace_entered = Grace period begun
event-type-lapsed = Lapsed
event-type-reinstated = Reinstated
event-type-surrendered = Surrendered
event-type-cooling_off_cancelled = Cancelled in cooling-off
event-type-service_payout = Service payout
event-type-policy_changed = Policy changed
event-type-loss_reported = Loss reported
event-type-claim_registered = Claim registered
event-type-claim_settled = Claim settled
event-type-claim_paid = Claim paid
event-type-policy_expired = Expired
event-type-sales_visit_ended = Sales visit
event-type-service_completed = Service completed
event-type-agent_left = Salesperson left
event-type-enquiry_closed = Enquiry closed
event-type-complaint_resolved = Complaint resolved
event-type-planned_contact = Entered in a plan
event-type-first_purchase = First purchase
event-type-callback_completed = Callback completed
event-type-every_month = Every month
event-type-every_quarter = Every quarter
event-type-every_half_year = Every half-year
event-type-every_year = Every year
event-type-anniversary = Anniversary

payout-method-cash = Cash
payout-method-bank_transfer = Bank transfer

claim-outcome-paid = Paid
claim-outcome-refused = Refused
claim-outcome-zero_closed = Closed without payment

reporter-role-policyholder = Policyholder

customer-kind-individual = Individual
customer-kind-group = Group

sex-male = Male
sex-female = Female

id-type-resident_id = Resident ID
id-type-passport = Passport
id-type-military_id = Military ID
id-type-hk_macau_permit = HK/Macau permit
id-type-taiwan_permit = Taiwan permit
id-type-unified_social_credit = Unified social credit code
id-type-other = Other

language-mandarin = Mandarin
language-cantonese = Cantonese
language-wu = Wu
language-minnan = Minnan
language-hakka = Hakka
language-sichuan = Sichuanese
language-xiang = Xiang
language-gan = Gan
language-jin = Jin
language-tibetan = Tibetan
language-uyghur = Uyghur
language-mongolian = Mongolian
language-english = English
language-other = Other

relationship-stage-prospect = Prospect
relationship-stage-in_negotiation = In negotiation
relationship-stage-under_contract = Under contract
relationship-stage-closed = Closed
relationship-stage-lost = Lost

level-low = Low
level-medium = Medium
level-high = High

source-channel-sales = Sales
source-channel-service = Service
source-channel-market_research = Market research
source-channel-partner = Partner

contact-role-insurance_contact = Insurance contact
contact-role-legal_representative = Legal representative
contact-role-actual_controller = Actual controller
contact-role-other = Other

org-level-head_office = Head office
org-level-provincial_branch = Provincial branch
org-level-city_office = City office
org-level-sub_branch = Sub-branch
org-level-outsourced_team = Outsourced team

agent-kind-salesperson = Salesperson
agent-kind-bank_outlet = Bank outlet
agent-kind-adjuster = Adjuster
agent-kind-repair_shop = Repair shop
agent-kind-agency = Agency

import-kind-orgs = Units
import-kind-agents = Agents
import-kind-customers = Customers
import-kind-contacts = Contacts
import-kind-policies = Policies
import-kind-events = Events

run-state-queued = Queued
run-state-running = Running
run-state-finished = Finished
run-state-failed = Failed

obligation-kind-callback = Callback
obligation-kind-message = Message
obligation-kind-visit = Visit

value-class-high = High value
value-class-medium = Medium value
value-class-low = Low value
proxy-relation-spouse = Husband or wife
proxy-relation-child = Son or daughter
proxy-relation-parent = Parent
proxy-relation-sibling = Brother or sister
proxy-relation-other_family = Other family
proxy-reason-no_mandarin = Does not understand Mandarin
proxy-reason-hard_of_hearing = Hears badly
proxy-reason-other_special = Another special reason (told in the note)
proxy-given-recorded = Agreed in the call itself (recorded)
proxy-given-written = In writing
