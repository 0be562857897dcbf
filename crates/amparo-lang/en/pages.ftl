# The pages of the reading room.
page-language-name = English
page-skip = Skip to the page
page-lock-now = Lock now
page-tabs = This case
page-tab-overview = Overview
page-tab-gather = Gather
page-tab-timeline = Timeline
page-tab-coverage = Coverage
page-tab-calls = Calls
page-tab-findings = Findings
page-tab-find = Search
page-tab-account = Account
page-tab-log = Log
page-problem = This was not done
page-go-back = Go back
page-change-reason = Change the reason
page-print-how = Print it from the browser's menu (Ctrl+P): US Letter, one side.
page-not-an-order = amparo is a program that keeps papers. It is not a juicio de amparo and not an order of a judge.
page-refused-host = This address does not belong to amparo. Open the address that amparo printed when it started.
page-refused-site = This came from a page that is not amparo's. Nothing was done. Open the address that amparo printed when it started.
page-refused-token = Open the address that amparo printed when it started. It is new at each start.
page-foot-look = Written in the log before this page opened: { $member }, { $role }, { $purpose }, today { $at }.
page-foot-head = The log's four words: { $words }
page-foot-nothing-left = Nothing on this page left this machine
page-unmasked = third persons shown
page-done-party = The person was added to the case.
page-done-reason = The reason is written down. It holds until you change it or lock.

page-lock-title = Locked
page-lock-lead = Nothing was lost. No name of any case is on this screen.
page-passphrase = Your passphrase
page-unlock = Open
page-forgot = Forgot it?
page-forgot-member = Another member of the office can let you back in: they add you anew and give you the case. It takes two minutes.
page-forgot-sheet = Nobody else? Find the recovery sheet with the 24 words, and type "amparo recover" in a terminal.
page-forgot-nothing = Without a passphrase and without a sheet nobody can open these files. We cannot either.

page-first-title = Welcome. Six questions first
page-first-lead = The answers make the office on this machine. Nothing leaves it.
page-first-language = 1. Which language do you work in?
page-first-office = 2. What is the office called?
page-first-neutral = 3. A neutral name for pages that clients take home
page-first-neutral-why = It stands on printed pages instead of the office's name, so that a page found in a bag tells less. Leave it empty to use the office's name.
page-first-name = 4. What is your name?
page-first-passphrase = 5. A passphrase, at least 15 letters long
page-first-passphrase-why = Six words that do not belong together are good: easy to remember, hard to guess. Nobody can look it up for you.
page-first-again = The same passphrase again
page-first-recovery = 6. Shall the office have a recovery sheet of its own?
page-first-recovery-why = It opens every case on this machine when every passphrase and every member's sheet is lost. Whoever finds it can, too. A backup it does not open.
page-first-sheets = If yes: how many sheets for the office?
page-first-sheets-why = One opens the office alone. Of two to five, any two together do: then one that is found opens nothing.
page-first-go-on = Make the office
page-sheet-title = Print each recovery sheet
page-sheet-lead = If the passphrase is lost, the 24 words of your own sheet open the files. Nobody else has them.
page-sheet-number = Sheet { $number } of { $all }
page-sheet-kept = Kept at
page-words-back = Type the words back
page-words-back-why = So that we know the paper can be read. Until then the office does not exist.
page-words-done = Open the office

page-cases = Cases
page-cases-none = No case yet. Open the first one below.
page-case-handle = Case
page-case-name = Name
page-case-needs = Needs attention
page-case-papers = Papers
page-case-opened = Opened
page-case-not-yours = you have no access to this case
page-case-new = A new case
page-case-new-why = It gets a name of two words by chance: that is what other people see.
page-case-new-name = What the office calls the case
page-case-new-client = The client's name
page-case-begin = Open the case
page-papers = { $count ->
    [0] none
    [one] { $count } paper
   *[other] { $count } papers
}
page-search-all = Search
page-search-all-why = In every case that you may open. The search is written in the log of each.
page-search-words = Words to look for
page-search = Search
page-custody = Keeping
page-custody-how = A backup is made in a terminal: amparo backup FOLDER. Recovery is tested there, too: amparo recover.

page-add-papers = Add papers
page-print-ask = Print the ask-list
page-what-to-ask = What to ask for next
page-month-by-month = Month by month
page-months-note = { $who }, { $from } to { $to }. The taller the bar, the stronger the proof.
page-from-to = { $from } to { $to }
page-proven = proven
page-weak = weak
page-out-of-reach = out of reach
page-ask-word = without evidence
page-needs = Needs attention
page-needs-note = Nothing here was decided for you.
page-needs-none = Nothing needs attention now.
page-needs-whose = { $count ->
    [one] { $count } paper belongs to nobody yet
   *[other] { $count } papers belong to nobody yet
}
page-needs-whose-why = They enter no count and no finding until somebody says whose they are.
page-needs-pages = { $count ->
    [one] { $count } page is not read yet
   *[other] { $count } pages are not read yet
}
page-needs-pages-why = Search and findings do not know them.
page-needs-party = nobody is named in it yet
page-look-at-papers = Look at the papers
page-say-whose = Say whose
page-see-files = See the files
page-parties = People
page-parties-note = Each has a drawer of their own: papers, records and log kept apart.
page-party-who = Who
page-party-name = Name
page-party-role = In this case
page-party-add = Add a person
page-col-records = Records
page-phone-reaches = Phone reaches
page-months = Months
page-months-proven = { $proven } of { $all } proven
page-no-phone = no phone file yet
page-no-claim = no evidence yet
page-who-looked = Who looked
page-whole-log = The whole log
page-look-line = { $on }, { $at }, { $member }: { $purpose } ({ $via })

page-reason-title = Why are you looking?
page-reason-lead = Each page you open is written in this case's log with your name and this reason.
page-reason-which = The reason
page-reason-note = More about it
page-reason-note-why = Work product: sealed apart, not in the client's copy.
page-reason-unmask = Show third persons
page-reason-unmask-why = Names and numbers of people who are not in this case stay hidden unless there is a reason to see them. That they were shown is written down.
page-reason-set = Use this reason

page-add-files = Add files
page-drop-here = Drop files here, or the whole USB stick. Each is sealed before it is read.
page-choose-files = Choose files
page-photograph = Photograph a paper
page-these-are-from = These are from
page-decide-later = decide later
page-add-these = Add these files
page-drop-limit = Up to 1 GiB a file and 2 GiB at once. Larger ones, in a terminal: amparo add CASE PATH
page-reading-now = Reading now
page-reading-at = File { $file } of { $files }: { $done } of { $all } MB, { $records } records so far.
page-reading-waits = Waits for files of another case, which are read first.
page-reading-goes-on = What is done is sealed and stays. You may close this page: reading goes on until you lock.
page-reading-again = This page loads itself again every 15 seconds.
page-reading-ended = Done. What each file became:
page-reading-nothing = Nothing is being read.
page-waits-none = Nothing else waits.
page-waits = { $count ->
    [one] { $count } more file waits its turn.
   *[other] { $count } more files wait their turn.
}
page-became = { $name }: { $state }, { $count ->
    [one] { $count } record
   *[other] { $count } records
}.
page-not-done = { $count ->
    [one] { $count } file was not done.
   *[other] { $count } files were not done.
} { $why }
page-not-taken-in = { $count ->
    [one] { $count } file was not taken in, because the office was locked before. Add it again.
   *[other] { $count } files were not taken in, because the office was locked before. Add them again.
}
page-handed-in = What was handed in
page-handed-in-none = Nothing yet.
page-sums = { $count ->
    [one] { $count } file
   *[other] { $count } files
}, { $units } lines, fields and pages = { $read } read + { $furniture } furniture + { $rejects } rejected + { $unread } not read yet. They gave { $records } records.
page-furniture-is = Furniture: headings, totals, blank lines.
page-col-file = File
page-col-state = State
page-col-whose = Whose
page-whose-ask = Whose?
page-whose-is = Whose is
page-nobody-yet = nobody yet
page-save = Save
page-units = Handed in
page-col-furniture = Furniture
page-col-rejects = Rejects
page-col-unread = Not read
page-col-reaches = Reaches
page-reaches-none = no dates of its own
page-change = Change
covers-first-record = its first and last line
covers-stated = the source says so
covers-cap-suspected = it may be cut off: a known limit of the export
page-some-rejected = Some lines could not be read; the number of rejects leads to them.
page-more-inside = { $count ->
    [one] { $count } more file inside
   *[other] { $count } more files inside
}
page-withdraw = withdraw
page-move = move
page-reread = read again
page-reread-all = Read again what newer readers may read
page-reread-all-why = Files that were not read, or were read by an older reader. What you decided stays.
page-add-person-first = Name a person of the case first.
page-left-behind = Left behind
page-left-behind-why = The copies that you gave still lie where they were: in a folder, on a stick, on the phone. amparo does not delete what it did not write. Remove them by hand when nobody needs them there.
page-not-yet-forgotten = These backup places still hold what was withdrawn, until their next backup:
page-sheets = Collection sheets
page-sheets-why = One printed page each, with the phone's own menu words. English and Spanish.
page-sheet-to-get = To get
page-sheet-from = From
page-sheet-print = Print
page-all-files = All files
page-this-file = This file
page-given-on = Handed in on
page-inside-of = Inside
page-brought-by = Brought by
page-bytes = Bytes
page-beside = Came beside it
page-assumed = Assumed
page-reader = Read by
page-sha256 = Fingerprint (SHA-256)
page-copy-lies = The copy that you gave still lies where it was. amparo does not delete what it did not write.
page-rejects-why = Rejected lines, and why
page-rejects-hidden = The lines themselves are hidden, since they may name third persons.
page-more-rejects = { $count ->
    [one] And { $count } more.
   *[other] And { $count } more.
}
page-where = Where
page-why = Why
page-the-line = The line
page-inside = Files inside
page-pages = Pages
page-leaf = Page { $page } of { $pages }
page-move-title = Move a paper
page-move-person = To another person
page-move-person-why = Its records, and what was found in them, count for that person from then on.
page-move-case = To another case
page-move-case-why = The paper is sealed anew there, with its reading and your corrections, and withdrawn here. Nobody is named for it there yet.
page-move-no-case = There is no other case that you may open.
page-move-do = Move it to that case
page-move-which = Which case?
page-same-bytes = These are the same file, given another time. They go with it:
page-withdraw-title = Withdraw a paper?
page-withdraw-what = Its key is destroyed: the paper, its records and the decisions about it can no longer be opened by anybody. The log keeps that something was withdrawn, when, and by whom.
page-withdraw-inside = { $count ->
    [one] It holds { $count } file inside, which goes with it.
   *[other] It holds { $count } files inside, which all go with it. To keep the others, go back and withdraw the one that is listed below it.
}
page-withdraw-apart = { $count ->
    [0] It is the only file of its archive, which goes with it.
    [one] Its archive goes with it. The other file in it is kept and read on its own first.
   *[other] Its archive goes with it. The other { $count } files in it are kept and read on their own first; that can take a while.
}
page-show-first = Show the first
page-done-withdraw-begun = The other files of the archive are kept and read first, then this one is withdrawn. Below you see when that is done.
page-withdraw-backups = These backup places hold it until their next backup:
page-withdraw-not-reached = What amparo cannot reach: copies that were printed or handed over, and the copy that you gave.
page-withdraw-no-way-back = This cannot be undone.
page-withdraw-do = Withdraw it
page-withdraw-not = Keep it
page-withdraw-held = An order to keep (hold) forbids it. Whoever gave the order can end it in a terminal: amparo hold CASE --release
page-done-added = The files are here and will be sealed and read one after the other.
page-done-whose = It is written down whose the paper is.
page-done-nobody = The paper belongs to nobody yet.
page-done-reread = The files are read again; what they said before is kept.
page-done-reread-none = There is nothing to read again: every file was read by the newest reader.
page-done-moved = The paper is in the other case now, and forgotten here.
page-done-moved-rest = The paper is in the other case now, and forgotten here. The backup places named below still hold it until their next backup.
page-done-withdrawn = The paper was withdrawn. Nobody can open it any more.
page-done-withdrawn-rest = The paper was withdrawn. The backup places named below still hold it until their next backup.

page-done-settled = It is written down how this was settled.
page-done-corrected = The correction is written down. The source still says what it said.
page-done-account = It is written down as what the person says.

page-findings-title = Points to clarify
page-findings-open = Open
page-findings-none = Nothing is open.
page-findings-settled = Settled
page-finding-next = Next point
page-finding-is-settled = This is settled:
page-doubtful = Doubtful readings
page-doubtful-note = A machine read these and is not sure. Look at the page and correct what is wrong.
page-where-they-differ = Where they differ
page-differs-what = What
page-open-record = Open the record
page-also-behind = Other papers of this point
page-settle = Settle it
page-settle-note = Your choice is written in the log with your name. Both papers stay as they are.
page-settle-explained = Both papers stand. Say why they differ.
page-settle-corrected = One was read wrongly. The next page asks for the right reading.
page-settle-superseded = A later paper replaces one of them.
page-settle-not-same = One of the papers is about somebody else.
page-settle-explained-gap = There is a reason for these months. Say what it is.
page-settle-explained-one = The paper stands as it is. Say why its dates are so.
page-settle-superseded-file = One file is newer or more complete, and counts.
page-settle-not-same-one = The paper is about somebody else.
page-what-they-say = What the papers say
page-settle-open = Leave it open
page-settle-open-what = It stays first on the overview.
page-settle-why = Why
page-settle-not-you = Somebody else of the office settles this: a paralegal or a representative.
page-write-down = Write it down

page-the-whole-file = The whole file
page-certainty = How sure
page-masked = Names and numbers of third persons are hidden here.
page-masked-how = Show them, with a reason
page-findings-about = Points about it
page-other-sources = Other sources that say the same
page-no-other-source = No other paper says this yet.
page-history = History
page-no-history = Nobody has changed this record.
page-history-line = Entry { $entry }, { $member }: { $field }, from "{ $was }" to "{ $is }"
page-nothing = nothing
page-correct = Correct a value
page-correct-note = The paper keeps what it says; the correction stands beside it with your name.
page-correct-field = Which value
page-correct-value = The right reading
page-correct-value-note = A day as 2019-08-31, a month as 2019-08, an amount without the sign. Empty takes the value away.

page-find = Search
page-find-note = Words or numbers; "in quotes" for words in this order; a star at the end for words that begin so. Accents do not matter.
page-find-narrow = Narrow it
page-find-kind = Kind
page-find-any = any
page-find-who = Whose
page-find-from = From month (2019-08)
page-find-to = To month
page-find-more = { $count ->
    [one] { $count } more. Narrow the search to see it.
   *[other] { $count } more. Narrow the search to see them.
}

page-account = What the client says
page-account-lead = Write it as the person tells it. A month is enough, a year is enough, and "not known" is an answer: leave it empty.
page-account-who = Who says it
page-account-dates = Dates: 2019-08-31, or 2019-08, or 2019. "About 2019" is 2019~.
page-account-wrong = "{ $value }" was not understood. Everything else is still in the form; nothing was written yet.

page-log = The log
page-log-lead = Each look is written here before anything is shown. Nobody can take a line out without it being noticed.
page-log-print = Print it for the client
page-newer = Newer
page-older = Older

page-style = The parts of a page
page-style-lead = Six sizes of letters, seven spaces, one filled button a page. A colour never stands alone.
page-style-type = Letters
page-style-signs = Signs
page-style-inks = Colours
page-style-controls = Controls
page-style-table = Tables
page-proven-fair = proven, fair
page-sign-differ = papers disagree
page-sign-read = read
page-sign-part = partly read
page-sign-unread = kept, not read
page-account-more = More lines
page-account-job = Jobs
page-account-job-employer = Where did you work?
page-account-job-role = As what?
page-account-job-start = From
page-account-job-end = Until
page-account-job-place = City
page-account-job-household-employer = Was it in somebody's home?
page-account-address = Homes
page-account-address-text = Street and number
page-account-address-start = From
page-account-address-end = Until
page-account-entry = Times you came in
page-account-entry-on = When?
page-account-entry-port-raw = Where?
page-account-entry-class = With which visa or class?
page-account-exit = Times you left
page-account-exit-on = When?
page-account-exit-port-raw = Where?
page-account-identity = People of the family
page-account-identity-birth-country-raw = Country of birth
page-account-identity-role = Who is it?
page-account-event = Other things that happened
page-account-event-on = When?
page-account-event-type = What kind of thing?
page-account-event-text = What happened?

page-print-this = Print this page
page-person = Person
page-span = Span
page-month-of-year = Month
page-rows = { $from } to { $to } of { $all }
page-rows-nav = Pages of the table
page-rows-before = Before
page-rows-after = Next
page-and-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
page-nobody = Nobody is in this case yet. Add a person first: papers, months and calls belong to somebody.
page-when = When
page-lane = Lane
page-col-what = What
page-stands-in = Stands in
page-the-table = The same as a table
page-as-table-years = The same as a table, by year
page-timeline-lead = Work, phone and immigration, one above the other. Every mark opens its paper.
page-ten-years = Ten years
page-before = Up to { $to }
page-papers-here = papers
page-nothing-dated = No paper speaks of these months.
page-claim = What is to be proven
page-months-for = { $who }, { $claim }: { $from } to { $to }. The fuller the box, the stronger the proof. Choose a month to see its papers.
page-months-caption = { $who }: each month and its best proof. The number says how many records there are.
page-records-count = { $count ->
    [one] one record
   *[other] { $count } records
}
page-sign-strong-presence = a paper of that month: a pay stub, a deposit, an entry, a hearing
page-sign-fair-presence = a paper of that year (W-2 or 1099), a paper about a job or a home, or calls on eight days or more
page-sign-weak-presence = a notice, messages, calls on a few days, or Social Security's total for the year
page-sign-strong-employment = a pay stub of that month
page-sign-fair-employment = a paper of that year (W-2 or 1099), a deposit, or a paper about the job
page-sign-weak-employment = Social Security's total for the year
page-sign-strong-residence = a paper that names the home for that month
page-sign-fair-residence = a paper that names the home for that year
page-sign-weak-residence = a notice of that month
page-sign-ask = sources reach it and show nothing
page-sign-reach = no source reaches it: nothing can be known
page-gaps = Gaps
page-gaps-note = More than three months in a row without strong or fair proof, told apart by what is there.
page-gaps-none = No gap of more than three months.
page-ask-none = Nothing to ask for.
page-see-month = See the month
page-not-said = What this does not say
page-not-said-why = A month without a paper does not mean that the person was not here. It says only that there is nothing yet to prove it with. No file reaches the hatched months: nothing can be known of them.
page-all-months = All months
page-month-before = The month before
page-month-after = The month after
page-day-by-day = See it day by day
page-evidence = Evidence
page-evidence-note = The strongest first.
page-evidence-none = No paper proves this month yet.
page-strength = Strength
page-strength-strong = strong
page-strength-fair = fair
page-strength-weak = weak
page-calls-with = { $count ->
    [one] One call with { $number }
   *[other] { $count } calls with { $number }
}
page-phone-file = phone file
page-sources = Sources
page-reaches-no-month = No source reaches this month.
page-reaches-note = Files that say between which dates they reach.
page-reaches-not = These do not reach it, and say nothing of it
page-calls-head = Calls
page-calls-reach = { $who }: the phone's file reaches from { $from } to { $to }, with { $count ->
    [one] one number
   *[other] { $count } numbers
}.
page-calls-before = Earlier and later months: no source reaches. It says nothing about them.
page-calls-no-file = { $who }: no file of calls yet.
page-calls-none = Without a file nothing is known of calls: neither that there were any, nor that there were none.
page-by-number = By number and month
page-calls-count = { $count ->
    [one] one call
   *[other] { $count } calls
}
page-calls-masked = People who are not in this case are masked, here, in print and in every export.
page-calls-unmask = To show them, give a reason
page-calls-of-month = { $calls } { $days }, { $numbers }.
page-days-count = { $count ->
    [one] on one day
   *[other] on { $count } days
}
page-numbers-count = { $count ->
    [one] with one number
   *[other] with { $count } numbers
}
page-all-numbers = All numbers
page-number-lead = { $who }: { $count ->
    [one] one call
   *[other] { $count } calls
} with this number, { $from } to { $to }.
page-single-calls = Single calls
page-calls-times = Times are those where the person lived.
page-direction = Direction
page-outcome = Answered
page-length = Length
page-seconds = { $seconds } s
page-minutes = { $minutes } min { $seconds } s

page-print-sheet = Sheets
page-print-language = Language of the sheet
page-print-names = Name on the sheet
page-print-no-name = Without the person's name
page-print-name = With the person's name
page-print-ask-title = Papers we ask you for
page-print-ask-lead = We already have proof of { $proven } of { $all } months.
page-print-ask-none = We have proof of { $proven } of { $all } months. There is nothing to bring now.
page-print-before = Before you come
page-print-as-it-is = Bring the paper as it is, torn or stained. We copy it and give it back.
page-print-photo = A clear photograph helps, too: by day, the whole sheet, without shadow.
page-print-nothing = Write nothing on the papers. If you do not find one, do not worry: tell us.
page-print-government = Do not ask the government for papers before talking with us.
page-print-bring = Bring them before:
page-print-questions = Questions:
page-print-yours = This sheet is yours.
page-print-timeline-title = What your papers say, year by year
page-print-timeline-note = If something is not right, tell us.
page-print-lines-more = { $count ->
    [one] One more line is in the file.
   *[other] { $count } more lines are in the file.
}
page-print-coverage-title = Months with proof
page-print-looks-title = Who opened your file
page-print-looks-lead = Each time somebody of the office opens your file, it is written down: who, when and why. The newest first.
page-print-looks-note = It lists what was opened with this program. It cannot list what was done with a copy outside of it.
page-print-who-why = Who and why
page-print-visit = { $member }: { $purpose } ({ $what })
page-print-done = { $member }: { $what }
page-from-to-time = { $from } to { $to }
page-settle-which = Which one was read wrongly?
page-correct-wrong = "{ $value }" does not fit that value. Write a day as 1988-07-21 or 07/21/1988, a month as 1988-07, an amount without the sign. Nothing was changed.
page-needs-points = { $count ->
    [one] { $count } point to clarify
   *[other] { $count } points to clarify
}
page-history-hidden = Entry { $entry }, { $member }: { $field } was changed (hidden here)

page-zone = Where months are counted
page-zone-where = Where does the person live?
page-zone-why = An evening call can fall into another month elsewhere: months and hours are counted where the person lives.
page-zone-other = Somewhere else: the zone's name, such as America/Guatemala
page-zone-is = Months and hours of this case are counted in this time zone: { $zone }.
page-zone-is-because = Months and hours of this case are counted in this time zone: { $zone }. Why: { $because }
page-zone-change = Change the time zone
page-zone-because = Why does it change?
page-zone-eastern = Eastern time (New York, Miami, Atlanta)
page-zone-central = Central time (Chicago, Houston, Dallas)
page-zone-mountain = Mountain time (Denver, El Paso)
page-zone-arizona = Arizona (Phoenix, Tucson)
page-zone-pacific = Pacific time (Los Angeles, Seattle, Las Vegas)
page-zone-alaska = Alaska
page-zone-hawaii = Hawaii
page-zone-puerto-rico = Puerto Rico
page-zone-mexico = Mexico City
page-done-zone = The time zone is changed. Months are counted anew.
