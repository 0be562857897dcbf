# What the papers say together: the timeline, what to ask for, and the points to clarify.

# Whose word it is, after a sentence of the timeline.
how-stated = { "" }
how-set = { " " }(decided by the office)
how-read = { " " }(machine-read; check the page)
how-said = { " " }(by their own account)
how-derived = { " " }(computed)

timeline-job-role = Work for { $employer }, as { $role }{ $how }
timeline-job = Work for { $employer }{ $how }
timeline-job-bare = Work; the paper does not say for whom{ $how }
timeline-pay = Paid by { $employer }: { $gross_cents } before deductions{ $how }
timeline-pay-net = Paid by { $employer }: { $net_cents } after deductions{ $how }
timeline-pay-employer = Paid by { $employer }{ $how }
timeline-pay-amount = Paid { $gross_cents } before deductions{ $how }
timeline-pay-bare = Paid for work{ $how }
timeline-earnings-employer = Earned { $amount_cents } in { $year } from { $employer } ({ $basis }){ $how }
timeline-earnings = Earned { $amount_cents } in { $year } ({ $basis }){ $how }
timeline-earnings-bare = Earnings of a year{ $how }
timeline-earnings-none = No earnings recorded in { $year } ({ $basis }){ $how }
timeline-deposit = Deposit of { $amount_cents } from { $payer_raw }{ $how }
timeline-deposit-amount = Deposit of { $amount_cents }{ $how }
timeline-deposit-bare = Deposit{ $how }
timeline-entry-class = Entered at { $port }, class { $class }{ $how }
timeline-entry-class-code = Entered, port code { $port_code }, class { $class }{ $how }
timeline-entry-class-only = Entered, port not stated, class { $class }{ $how }
timeline-entry = Entered at { $port }{ $how }
timeline-entry-code = Entered, port code { $port_code }{ $how }
timeline-entry-bare = Entered, port not stated{ $how }
timeline-exit = Left at { $port }{ $how }
timeline-exit-code = Left, port code { $port_code }{ $how }
timeline-exit-bare = Left, port not stated{ $how }
timeline-status = Status: { $class }{ $how }
timeline-status-bare = Status{ $how }
timeline-filing-receipt = Form { $form } filed, receipt { $receipt_number }{ $how }
timeline-filing = Form { $form } filed{ $how }
timeline-filing-bare = A form was filed{ $how }
timeline-notice-type = Notice { $form }: { $type }{ $how }
timeline-notice = Notice { $form }{ $how }
timeline-notice-only-type = Notice: { $type }{ $how }
timeline-notice-bare = Notice{ $how }
timeline-hearing-court = Hearing at { $court }{ $how }
timeline-hearing-bare = Hearing{ $how }
timeline-order-form = Decision on form { $form }: { $type }{ $how }
timeline-order = Order or decision: { $type }{ $how }
timeline-order-bare = Order or decision{ $how }
timeline-encounter-agency = Encounter with { $agency } at { $place }{ $how }
timeline-encounter = Encounter at { $place }{ $how }
timeline-encounter-bare = Encounter with officers{ $how }
timeline-document = { $type }: issued { $issued }, expires { $expires }{ $how }
timeline-document-expires = { $type }: expires { $expires }{ $how }
timeline-document-bare = { $type }{ $how }
timeline-document-only = Travel document{ $how }
timeline-address = Lives at { $text }{ $how }
timeline-address-city = Lives in { $city }{ $how }
timeline-address-bare = Home; the paper does not say where{ $how }
timeline-event-text = { $type }: { $text }{ $how }
timeline-event = { $type }{ $how }
timeline-event-only-text = { $text }{ $how }
timeline-event-bare = Something happened; the paper does not say what{ $how }
timeline-calls = { $count ->
    [one] One call
   *[other] { $count } calls
} on { $days ->
    [one] one day
   *[other] { $days } days
} from line { $line }
timeline-calls-no-line = { $count ->
    [one] One call
   *[other] { $count } calls
} on { $days ->
    [one] one day
   *[other] { $days } days
}
timeline-messages = { $count ->
    [one] One message
   *[other] { $count } messages
}

# Months that are not proven, and what to ask for.
lack-nothing = { $count ->
    [one] { $count } month without evidence
   *[other] { $count } months without evidence
}
lack-weak = { $count ->
    [one] { $count } month with only weak evidence
   *[other] { $count } months with only weak evidence
}
lack-out-of-reach = { $count ->
    [one] { $count } month that no source covers
   *[other] { $count } months that no source covers
}
gap-nothing = Gap: { $what } ({ $when })
gap-weak = Weak: { $what } ({ $when })
gap-out-of-reach = Out of reach: { $what } ({ $when })
ask-why-each = One paper for each month is enough. Any of these helps:
ask-why-beyond = Nothing we have reaches this time. If you kept something, bring it. If not, do not worry. Any of these helps:
ask-paper-rent = a receipt for rent, light, water or telephone
ask-paper-clinic = a paper from a clinic, a dentist or a pharmacy
ask-paper-child = a paper from the school or the clinic of your child
ask-paper-money = a bank statement, or a receipt for money you sent
ask-paper-pay = a pay stub, or a letter from work
ask-paper-letter = a paper from your church, or a letter from somebody who saw you then, with name, address and signature
ask-paper-ticket = a bus ticket, the envelope of a letter, a photograph with a date
ask-paper-stub = a pay stub
ask-paper-deposit = a bank statement that shows what the employer paid in
ask-paper-schedule = a schedule, or a message about work
ask-paper-employer = a letter from the employer, or from somebody you worked with
ask-paper-lease = a lease, or a receipt for rent
ask-paper-bill = a bill for light, water or telephone with your address
ask-paper-mail = a letter that came to your home, with its envelope

finding-identity-differs = Two papers do not agree about the { $field }: one says { $one }, another says { $other }.
finding-employment-gap = No work is on record from { $from } to { $to }, { $months } months between two times of work.{ $beyond ->
    [0] { "" }
   *[other] { " " }No source covers { $beyond } of them.
}
finding-address-gap = No home is on record from { $from } to { $to }, { $months } months between two homes.{ $beyond ->
    [0] { "" }
   *[other] { " " }No source covers { $beyond } of them.
}
finding-employment-overlap = Two jobs at once, from { $from } to { $to }: { $one } and { $other }.
finding-address-overlap = Two homes at once, from { $from } to { $to }: { $one } and { $other }.
finding-employer-differs = A pay paper of { $when } names the employer { $paper }; for that time the case says { $said }.
finding-job-date-differs = Two papers do not agree about the { $field } of the work for { $employer }: one says { $one }, another says { $other }.
finding-earnings-differ = Two papers do not agree about what was earned in { $year } ({ $basis }): one says { $one }, another says { $other }.
finding-pay-differs = Two pay papers from { $employer } of { $when } do not agree: one says { $one }, another says { $other }.
finding-entry-differs = Two papers do not agree about the day of an entry: one says { $one }, another says { $other }.
finding-entry-class-differs = Two papers do not agree about the entry on { $when }: one says class { $one }, another says class { $other }.
finding-exports-differ = { $count ->
    [one] One call of { $when } stands
   *[other] { $count } calls of { $when } stand
} in { $one } and not in { $other }, although both reach that time and are of the same telephone.
finding-end-before-start = Dates that cannot be right ({ $kind }): it ends { $end }, before it begins, { $start }.
finding-expired-before-issued = Dates that cannot be right (travel document): it expires { $expires }, before it was issued, { $issued }.
finding-paid-before-period = Dates that cannot be right (pay): it was paid { $paid }, before the time it pays for, { $period }.
finding-before-birth = A date that cannot be right ({ $kind }): { $when } is before the day of birth, { $birth }.
finding-in-the-future = A date that cannot be right ({ $kind }): { $when } had not come yet when the paper was handed in, { $given }.
