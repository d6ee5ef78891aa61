# The frame of pages
product = Huifang
skip-to-content = Skip to content
menu = Menu
menu-customers = Customers
menu-manage = Management
menu-system = System
nav-workbench = Workbench
nav-callbacks = Callbacks
nav-tickets = Tickets
nav-reviews = Reviews
nav-record-signals = Record checks
nav-problem-lists = Problem lists
nav-customers = Customers
nav-policies = Policies
nav-obligations = Obligations
nav-dashboard = Dashboard
nav-reports = Reports
nav-rules = Rules
nav-imports = Imports
nav-extraction-runs = Extraction runs
nav-users = Users
nav-clients = API clients
nav-audit = Audit log
search-hint = Name, pinyin or initials, policy no., last four of mobile or ID
other-language = 中文
theme-light = Light
theme-dark = Dark
keys = Keys
close = Close
cancel = Cancel
save = Save
yes = Yes
no = No
money = CNY { $amount }
to-workbench = To the workbench
all-of = All
next-page = Next page
first-page = First page
count-total = { $n } in all
count-more-than = more than { $n }
export = Export
filter = Filter

when-today = today
when-tomorrow = tomorrow
when-yesterday = yesterday
when-hours-left = { $n ->
    [one] 1 hour left
   *[other] { $n } hours left
}
when-days-left = { $n ->
    [one] 1 day left
   *[other] { $n } days left
}
when-days-late = { $n ->
    [one] 1 day late
   *[other] { $n } days late
}
when-headline = Today, { $weekday } { $day }/{ $month }
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday

failure-sign-in = Please sign in first
failure-forged = This page has expired
failure-forged-hint = Reload the page and send it again; going back in the browser brings back what you typed.
failure-too-many = Too many tries
failure-too-many-hint = Try again in { $seconds } seconds.
failure-unreadable = What was sent cannot be read
failure-denied = You do not have this right
failure-denied-hint = It takes the right “{ $right }”. Ask an administrator if you need it.
failure-not-found = Not found
failure-not-found-hint = There is no such record, or it is not in your unit.
failure-conflict = Someone else has just changed this record
failure-conflict-hint = Reload to see the latest, then decide again; your change was not saved.
failure-invalid = Some fields need a change
failure-go-back = Go back in the browser: the form still has what you typed.
failure-unavailable = The system is busy
failure-unavailable-hint = Nothing was saved; please try again in a moment.
failure-fault = Something unexpected happened
failure-fault-hint = Nothing was saved. Tell the administrator the reference { $reference }.
