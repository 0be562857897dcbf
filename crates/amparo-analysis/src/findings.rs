//! Points that a person has to look at: papers of one person that cannot all be right, overlap, or leave a hole.
//!
//! Contradictions are looked for between sources, before they are merged: a fact that two papers tell
//! differently is two records, and both stand behind the finding. Records of nobody enter no finding, and
//! no finding mixes two people.

use crate::calls::CallTable;
use crate::coverage::{GAP_MONTHS, reach};
use crate::exports;
use crate::names::{may_be_same, may_be_same_company, plain};
use crate::says::arg;
use crate::view::{View, is_kind};
use amparo_model::event::Resolution;
use amparo_model::results::{About, Arg, Claim, EvidenceId, Finding, FindingType, Month, Says, Severity};
use amparo_model::{ANumber, Certainty, Edtf, JournalId, Kind, PartyId, Record};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Entries of two sources that lie so few days apart speak of one entry.
pub const ENTRY_DAYS: i32 = 62;

/// The findings of every party, the gravest and earliest first. `merged` are the view's records, each fact once.
pub fn findings(view: &View, case: JournalId, merged: &[Record], calls: &CallTable<'_>, as_of: Date) -> Vec<Finding> {
    let mut out = Vec::new();
    for (subject, papers) in by_person(&view.records) {
        let mut found = Found { case, subject, out: &mut out };
        identity(&papers, &mut found);
        impossible(view, &papers, &mut found);
        work(&papers, &mut found);
        entries(&papers, &mut found);
    }
    for (subject, facts) in by_person(merged) {
        let mut found = Found { case, subject, out: &mut out };
        holes(view, &facts, as_of, &mut found);
        overlaps(&facts, as_of, &mut found);
    }
    out.extend(exports::findings(view, case, calls));
    for f in &mut out {
        f.resolution = view.file.settled.get(&f.id()).map(|(_, r, _)| *r);
    }
    let day = |f: &Finding| f.when.as_ref().and_then(|w| w.earliest().or(w.latest()));
    // What has no date comes last among its like.
    let key = |f: &Finding| (f.severity, day(f).is_none(), day(f), f.about, f.id());
    out.sort_by_key(key);
    out.dedup_by_key(|f| f.id());
    out
}

/// The fields of a record whose values a finding disputes.
pub fn disputed<'f>(finding: &'f Finding, record: &Record) -> Vec<&'f str> {
    let first = finding.what.split(' ').next().unwrap_or_default();
    match finding.says.id {
        "finding-identity-differs" if first == "name" => vec!["name", "given_names", "surname"],
        "finding-identity-differs" | "finding-job-date-differs" | "finding-entry-differs" | "finding-entry-class-differs" => vec![first],
        "finding-employer-differs" => vec!["employer"],
        "finding-earnings-differ" => vec!["amount_cents"],
        "finding-pay-differs" => vec!["gross_cents"],
        "finding-expired-before-issued" => vec!["issued", "expires"],
        "finding-paid-before-period" => vec!["paid_on", "period"],
        "finding-before-birth" if record.fields.contains_key("birth_date") => vec!["birth_date"],
        "finding-before-birth" => vec!["on", "start", "period", "year"],
        "finding-in-the-future" => vec!["on", "at", "paid_on", "period"],
        "finding-exports-differ" => vec!["at"],
        // A hole lies between an end and a beginning.
        _ if finding.kind == FindingType::Gap => {
            let hole = finding.when.as_ref().and_then(Edtf::earliest);
            let before = record.edtf("start").or(record.edtf("period")).and_then(Edtf::earliest).is_some_and(|d| Some(d) < hole);
            vec![if before { "end" } else { "start" }, "period"]
        }
        _ => vec!["start", "end"],
    }
}

/// How a finding of this kind can be settled: what leaves a hole is no other person's, and what one paper says alone is
/// replaced by no other.
pub fn ways(finding: &Finding) -> &'static [Resolution] {
    use Resolution::{Corrected, Explained, NotSamePerson, Superseded};
    match (finding.kind, finding.about) {
        (FindingType::Gap | FindingType::Unsupported, _) => &[Explained, Corrected],
        (FindingType::Impossible, _) => &[Explained, Corrected, NotSamePerson],
        // Two files of one telephone.
        (FindingType::Contradiction, About::Phone) => &[Explained, Superseded],
        (FindingType::Contradiction | FindingType::Overlap, _) => &[Explained, Corrected, Superseded, NotSamePerson],
    }
}

fn by_person(records: &[Record]) -> BTreeMap<PartyId, Vec<&Record>> {
    let mut people: BTreeMap<PartyId, Vec<&Record>> = BTreeMap::new();
    for r in records {
        if let Some(subject) = r.subject {
            people.entry(subject).or_default().push(r);
        }
    }
    for all in people.values_mut() {
        all.sort_by(|a, b| crate::view::strength_order(a, b));
    }
    people
}

/// Where one person's findings are written down.
struct Found<'a> {
    case: JournalId,
    subject: PartyId,
    out: &'a mut Vec<Finding>,
}

impl Found<'_> {
    #[allow(clippy::too_many_arguments)] // each is a column of the contract
    fn add<'r>(&mut self, kind: FindingType, severity: Severity, about: About, when: Option<Edtf>, what: &str, says: Says, because: impl IntoIterator<Item = &'r Record>) {
        let because = because.into_iter().map(|r| EvidenceId::Record(r.id)).collect();
        self.out.extend(Finding::new(self.case, kind, severity, about, when, Some(self.subject), what, says, because));
    }
}

// ---- who the person is ----

/// The fields in which a person's papers are compared, and how grave it is where they differ.
const IDENTITY: &[(&str, Severity)] =
    &[("birth_date", Severity::High), ("a_number", Severity::High), ("ssn_last4", Severity::High), ("birth_country", Severity::Medium), ("name", Severity::Medium)];

fn identity(papers: &[&Record], found: &mut Found<'_>) {
    let own = |r: &Record| r.text("role").is_none_or(|role| role == "client");
    let known: Vec<&Record> = papers.iter().copied().filter(|r| is_kind(r, &[Kind::Identity, Kind::TravelDocument]) && own(r)).collect();
    for (field, severity) in IDENTITY {
        let said: Vec<(&Record, String)> = known.iter().filter_map(|r| Some((*r, text_of(r, field)?))).collect();
        let Some((one, other)) = first_pair(&said, |a, b| differs(field, a, b)) else { continue };
        // Every paper that disagrees with one of the others has to be seen.
        let because: Vec<&Record> = said.iter().filter(|(r, t)| said.iter().any(|(o, u)| o.id != r.id && differs(field, (r, t), (o, u)))).map(|(r, _)| *r).collect();
        let when = because.iter().filter_map(|r| r.edtf(field)).min_by_key(|e| e.earliest()).cloned();
        let shown = |r: &Record, text: &str| r.edtf(field).map_or_else(|| Arg::Text(text.to_owned()), |e| Arg::When(e.clone()));
        let says =
            Says::new("finding-identity-differs").with("field", Arg::Term(format!("field-{field}"))).with("one", shown(one.0, &one.1)).with("other", shown(other.0, &other.1));
        found.add(FindingType::Contradiction, *severity, About::Identity, when, field, says, because);
    }
}

fn text_of(r: &Record, field: &str) -> Option<String> {
    if field == "name" && r.text("name").is_none() {
        return Some(format!("{} {}", r.text("given_names")?, r.text("surname")?));
    }
    r.text(field).map(str::to_owned)
}

fn differs(field: &str, (a, x): (&Record, &str), (b, y): (&Record, &str)) -> bool {
    match field {
        "name" => !may_be_same(x, y),
        "birth_date" => apart(a.edtf(field), b.edtf(field)),
        "a_number" => matches!((ANumber::parse(x), ANumber::parse(y)), (Some(x), Some(y)) if x != y),
        _ => plain(x) != plain(y),
    }
}

/// Two dates that cannot be one.
fn apart(a: Option<&Edtf>, b: Option<&Edtf>) -> bool {
    let of = |e: Option<&Edtf>| e.map(|e| (e.earliest(), e.latest()));
    matches!((of(a), of(b)), (Some((Some(a0), Some(a1))), Some((Some(b0), Some(b1)))) if a1 < b0 || b1 < a0)
}

type Named<'p, 'r> = &'p (&'r Record, String);

/// The first two that differ and come from different papers or places.
fn first_pair<'p, 'r>(all: &'p [(&'r Record, String)], differs: impl Fn((&Record, &str), (&Record, &str)) -> bool) -> Option<(Named<'p, 'r>, Named<'p, 'r>)> {
    all.iter().enumerate().find_map(|(i, a)| all[i + 1..].iter().find(|b| differs((a.0, &a.1), (b.0, &b.1))).map(|b| (a, b)))
}

// ---- what cannot be ----

/// The end stands before the start.
fn is_backwards(r: &Record) -> bool {
    matches!((r.edtf("start").and_then(Edtf::earliest), r.edtf("end").and_then(Edtf::latest)), (Some(a), Some(b)) if b < a)
}

fn impossible(view: &View, papers: &[&Record], found: &mut Found<'_>) {
    use FindingType::Impossible;
    let births: Vec<&Record> = papers
        .iter()
        .copied()
        .filter(|r| is_kind(r, &[Kind::Identity, Kind::TravelDocument]) && r.text("role").is_none_or(|role| role == "client") && r.edtf("birth_date").is_some())
        .collect();
    // The latest day of birth that any paper allows: what lies before the earliest is impossible by all of them.
    let birth = births.iter().min_by_key(|r| r.edtf("birth_date").and_then(Edtf::earliest));
    for r in papers {
        let kind = || Arg::Term(format!("kind-{}", r.kind));
        if is_backwards(r)
            && let (Some(start), Some(end)) = (r.edtf("start"), r.edtf("end"))
        {
            let about = match r.kind {
                Kind::Address => About::Address,
                Kind::Status => About::Presence,
                _ => About::Employment,
            };
            let says = Says::new("finding-end-before-start").with("kind", kind()).with("start", Arg::When(start.clone())).with("end", Arg::When(end.clone()));
            found.add(Impossible, Severity::High, about, Some(end.clone()), "end", says, [*r]);
        }
        if let (Some(issued), Some(expires)) = (r.edtf("issued"), r.edtf("expires"))
            && matches!((issued.earliest(), expires.latest()), (Some(a), Some(b)) if b < a)
        {
            let says = Says::new("finding-expired-before-issued").with("issued", Arg::When(issued.clone())).with("expires", Arg::When(expires.clone()));
            found.add(Impossible, Severity::High, About::Travel, Some(expires.clone()), "expires", says, [*r]);
        }
        if let (Some(period), Some(paid)) = (r.edtf("period"), r.edtf("paid_on"))
            && matches!((period.earliest(), paid.latest()), (Some(a), Some(b)) if b < a)
        {
            let says = Says::new("finding-paid-before-period").with("paid", Arg::When(paid.clone())).with("period", Arg::When(period.clone()));
            found.add(Impossible, Severity::Medium, About::Employment, Some(paid.clone()), "paid_on", says, [*r]);
        }
        let Some(on) = crate::timeline::when_in(view, r) else { continue };
        let lived = matches!(r.kind, Kind::Entry | Kind::Exit | Kind::Job | Kind::Pay | Kind::Address | Kind::Encounter | Kind::Earnings);
        if lived
            && let Some(birth) = birth
            && let Some(born) = birth.edtf("birth_date")
            && matches!((born.earliest(), on.latest().or(on.earliest())), (Some(b), Some(w)) if w < b)
        {
            let says = Says::new("finding-before-birth").with("kind", kind()).with("when", Arg::When(on.clone())).with("birth", Arg::When(born.clone()));
            found.add(Impossible, Severity::High, About::Identity, Some(on.clone()), r.kind.as_str(), says, [*r, *birth]);
        }
        // A paper cannot tell of a day after it was handed in; a day of grace for zones.
        let told = matches!(r.kind, Kind::Entry | Kind::Exit | Kind::Pay | Kind::Deposit | Kind::Encounter) && r.certainty != Certainty::Set;
        let given = view.file.givings.get(&r.provenance.giving).and_then(|g| g.at.get(..10)?.parse::<Date>().ok());
        if told
            && let (Some(first), Some(given)) = (r.edtf("paid_on").map_or(on.earliest(), Edtf::earliest), given.and_then(|d| d.tomorrow().ok()))
            && first > given
        {
            let about = if matches!(r.kind, Kind::Pay | Kind::Deposit) { About::Employment } else { About::Travel };
            let says = Says::new("finding-in-the-future").with("kind", kind()).with("when", Arg::When(on.clone())).with("given", Arg::When(Edtf::day(given)));
            found.add(Impossible, Severity::High, about, Some(on), r.kind.as_str(), says, [*r]);
        }
    }
}

// ---- work: what papers say differently ----

fn work(papers: &[&Record], found: &mut Found<'_>) {
    use FindingType::Contradiction;
    let jobs: Vec<&Record> = papers.iter().copied().filter(|r| r.kind == Kind::Job && r.text("employer").is_some() && !is_backwards(r)).collect();
    for (i, a) in jobs.iter().enumerate() {
        for b in jobs[i + 1..].iter().filter(|b| same_employer(a, b) && source(a) != source(b) && meet(a, b)) {
            for field in ["start", "end"] {
                let (Some(one), Some(other)) = (a.edtf(field), b.edtf(field)) else { continue };
                let distance = |e: &Edtf, f: &Edtf| Some(Month::of(f.earliest()?).index() - Month::of(e.latest()?).index());
                if distance(one, other).is_some_and(|d| d > 1) || distance(other, one).is_some_and(|d| d > 1) {
                    let says = Says::new("finding-job-date-differs")
                        .with("employer", employer(a))
                        .with("field", Arg::Term(format!("field-{field}")))
                        .with("one", Arg::When(one.clone()))
                        .with("other", Arg::When(other.clone()));
                    let first = if one.earliest() <= other.earliest() { one } else { other };
                    found.add(Contradiction, Severity::Medium, About::Employment, Some(first.clone()), &format!("{field} {}", key_of(a)), says, [*a, *b]);
                }
            }
        }
    }
    for pay in papers.iter().filter(|r| r.kind == Kind::Pay && r.text("employer").is_some()) {
        let Some(when) = pay.edtf("paid_on").or(pay.edtf("period")) else { continue };
        // What is paid some weeks after the last day of a job is still of it.
        let held: Vec<&Record> = jobs.iter().copied().filter(|job| months_met(job, pay, 0)).collect();
        let accounted = jobs.iter().any(|job| same_employer(job, pay) && months_met(job, pay, 2));
        if held.is_empty() || accounted || held.iter().any(|job| source(job) == source(pay)) {
            continue;
        }
        let says = Says::new("finding-employer-differs").with("paper", employer(pay)).with("said", employer(held[0])).with("when", Arg::When(when.clone()));
        found.add(Contradiction, Severity::Medium, About::Employment, Some(when.clone()), &format!("employer {}", key_of(pay)), says, held.iter().copied().chain([*pay]));
    }
    let earnings: Vec<&Record> = papers.iter().copied().filter(|r| r.kind == Kind::Earnings).collect();
    pairs(
        &earnings,
        |a, b| {
            let same = |f: &str| a.fields.contains_key(f) && a.fields.get(f) == b.fields.get(f);
            same("year")
                && same("basis")
                && (same("employer_id") || (a.text("employer_id").is_none() && b.text("employer_id").is_none() && same_or_no_employer(a, b)))
                && a.number("amount_cents").is_some()
                && b.number("amount_cents").is_some()
                && !same("amount_cents")
        },
        |a, b| {
            let (Some(year), Some(basis)) = (arg(a, "year"), arg(a, "basis")) else { return };
            let (Some(one), Some(other)) = (arg(a, "amount_cents"), arg(b, "amount_cents")) else { return };
            let when = a.number("year").and_then(|y| Edtf::year(i16::try_from(y).ok()?));
            let says = Says::new("finding-earnings-differ").with("year", year).with("basis", basis).with("one", one).with("other", other);
            let what = format!("amount {} {}", a.text("basis").unwrap_or_default(), key_of(a));
            found.add(Contradiction, Severity::Medium, About::Employment, when, &what, says, [a, b]);
        },
    );
    let pays: Vec<&Record> = papers.iter().copied().filter(|r| r.kind == Kind::Pay).collect();
    pairs(
        &pays,
        |a, b| {
            let same = |f: &str| a.fields.contains_key(f) && a.fields.get(f) == b.fields.get(f);
            same("paid_on")
                && a.edtf("period") == b.edtf("period")
                && a.text("employer").is_some()
                && same_employer(a, b)
                && a.number("gross_cents").is_some()
                && b.number("gross_cents").is_some()
                && !same("gross_cents")
        },
        |a, b| {
            let (Some(when), Some(one), Some(other)) = (a.edtf("paid_on").cloned(), arg(a, "gross_cents"), arg(b, "gross_cents")) else { return };
            let says = Says::new("finding-pay-differs").with("employer", employer(a)).with("when", Arg::When(when.clone())).with("one", one).with("other", other);
            found.add(Contradiction, Severity::Low, About::Employment, Some(when), &format!("gross {}", key_of(a)), says, [a, b]);
        },
    );
}

/// Pairs of different papers that meet a condition.
fn pairs<'r>(all: &[&'r Record], wanted: impl Fn(&Record, &Record) -> bool, mut each: impl FnMut(&'r Record, &'r Record)) {
    for (i, a) in all.iter().enumerate() {
        for b in all[i + 1..].iter().filter(|b| source(a) != source(b) && wanted(a, b)) {
            each(a, b);
        }
    }
}

/// The file a record comes from: what one file says twice is not a contradiction between sources.
fn source(r: &Record) -> (amparo_model::Sha256, &str) {
    (r.provenance.original, &r.provenance.place.inside)
}

fn employer(r: &Record) -> Arg {
    arg(r, "employer").unwrap_or_else(|| Arg::Text(String::new()))
}

fn key_of(r: &Record) -> String {
    r.text("employer").map(plain).unwrap_or_default()
}

fn same_employer(a: &Record, b: &Record) -> bool {
    matches!((a.text("employer"), b.text("employer")), (Some(x), Some(y)) if may_be_same_company(x, y))
}

fn same_or_no_employer(a: &Record, b: &Record) -> bool {
    (a.text("employer").is_none() && b.text("employer").is_none()) || same_employer(a, b)
}

/// First and last month of a record's own time; an open or unknown end reaches to the end of time.
fn months(r: &Record) -> Option<(i32, i32)> {
    let of = |d: Date| Month::of(d).index();
    if let Some(start) = r.edtf("start") {
        let end = r.edtf("end").and_then(Edtf::latest).map_or(i32::MAX, of);
        return Some((of(start.earliest()?), end));
    }
    let when = r.edtf("period").or(r.edtf("paid_on"))?;
    Some((of(when.earliest()?), of(when.latest()?)))
}

fn meet(a: &Record, b: &Record) -> bool {
    matches!((months(a), months(b)), (Some((a0, a1)), Some((b0, b1))) if a0 <= b1 && b0 <= a1)
}

/// Whether a job's months, with so many more after its end, hold a pay's.
fn months_met(job: &Record, pay: &Record, after: i32) -> bool {
    matches!((months(job), months(pay)), (Some((a0, a1)), Some((b0, b1))) if a0 <= b1 && b0 <= a1.saturating_add(after))
}

// ---- entries ----

fn entries(papers: &[&Record], found: &mut Found<'_>) {
    let day = |r: &Record| r.edtf("on").filter(|e| !e.is_interval()).and_then(|e| Some((e.earliest()?, e.latest()?)));
    let mut all: Vec<&Record> = papers.iter().copied().filter(|r| r.kind == Kind::Entry && day(r).is_some()).collect();
    all.sort_by_key(|r| (day(r), r.id));
    let exits: Vec<Date> = papers.iter().filter(|r| r.kind == Kind::Exit).filter_map(|r| day(r).map(|d| d.0)).collect();
    for (i, a) in all.iter().enumerate() {
        for b in all[i + 1..].iter().filter(|b| source(a) != source(b)) {
            let (Some(x), Some(y)) = (day(a), day(b)) else { continue };
            if x.1 < y.0 {
                let days = y.0.since(x.1).map_or(i32::MAX, |s| s.get_days());
                let left = exits.iter().any(|e| x.1 <= *e && *e <= y.0);
                // Another entry of the same paper on the other's day says that there were two.
                let told = |of: &Record, d: (Date, Date)| all.iter().any(|r| source(r) == source(of) && day(r).is_some_and(|o| o.0 <= d.1 && d.0 <= o.1));
                if days <= ENTRY_DAYS && !left && !told(a, y) && !told(b, x) {
                    let (Some(one), Some(other)) = (arg(a, "on"), arg(b, "on")) else { continue };
                    let says = Says::new("finding-entry-differs").with("one", one).with("other", other);
                    found.add(FindingType::Contradiction, Severity::High, About::Travel, a.edtf("on").cloned(), "on", says, [*a, *b]);
                }
            } else if let (Some(one), Some(other)) = (a.text("class"), b.text("class"))
                && plain(one) != plain(other)
                && let (Some(when), Some(one), Some(other)) = (arg(a, "on"), arg(a, "class"), arg(b, "class"))
            {
                let says = Says::new("finding-entry-class-differs").with("when", when).with("one", one).with("other", other);
                found.add(FindingType::Contradiction, Severity::High, About::Travel, a.edtf("on").cloned(), "class", says, [*a, *b]);
            }
        }
    }
}

// ---- holes and overlaps ----

/// Months without work between two times of work, and without a home between two homes; how many of them no source reaches.
fn holes(view: &View, facts: &[&Record], as_of: Date, found: &mut Found<'_>) {
    for (about, claim, id, kinds) in [
        (About::Employment, Claim::Employment, "finding-employment-gap", &[Kind::Job, Kind::Pay][..]),
        (About::Address, Claim::Residence, "finding-address-gap", &[Kind::Address][..]),
    ] {
        let sources = reach(view, claim, found.subject);
        let spans: Vec<(i32, i32, &Record)> = facts
            .iter()
            .filter(|r| is_kind(r, kinds) && !is_backwards(r))
            .filter_map(|r| {
                let (a, b) = months(r)?;
                Some((a, b.min(Month::of(as_of).index()), *r))
            })
            .filter(|(a, b, _)| a <= b)
            .collect();
        let mut order = spans.clone();
        order.sort_by_key(|(a, b, r)| (*a, *b, r.id));
        let Some(mut reached) = order.first().map(|(_, b, _)| *b) else { continue };
        for (a, b, _) in order {
            let hole = a - reached - 1;
            if hole > GAP_MONTHS as i32 {
                let at = |n: i32| Month { year: 0, month: 1 }.plus(n);
                let (from, to) = (at(reached + 1), at(a - 1));
                // Who says when it ended and began: jobs where there are any, else pay.
                let told = |at: &dyn Fn(&(i32, i32, &Record)) -> bool| {
                    let all: Vec<&Record> = spans.iter().filter(|s| at(s)).map(|s| s.2).collect();
                    let jobs: Vec<&Record> = all.iter().copied().filter(|r| r.kind != Kind::Pay).collect();
                    if jobs.is_empty() { all } else { jobs }
                };
                let because: Vec<&Record> = told(&|s| s.1 == reached).into_iter().chain(told(&|s| s.0 == a)).collect();
                let month = |m: Month| Edtf::month(m.year, m.month);
                let (Some(first), Some(last)) = (month(from), month(to)) else { continue };
                let beyond = (0..hole).map(|n| from.plus(n)).filter(|m| !sources.iter().any(|(a, b)| (a..=b).contains(&m))).count() as i64;
                let says = Says::new(id).with("from", Arg::When(first)).with("to", Arg::When(last));
                let says = says.with("months", Arg::Number(i64::from(hole))).with("beyond", Arg::Number(beyond));
                found.add(FindingType::Gap, Severity::Medium, about, Edtf::parse(&format!("{from}/{to}")), "hole", says, because);
            }
            reached = reached.max(b);
        }
    }
}

/// Two jobs or two homes at once, for more than the month in which one passes into the other.
fn overlaps(facts: &[&Record], as_of: Date, found: &mut Found<'_>) {
    for (about, id, kind, field) in [(About::Employment, "finding-employment-overlap", Kind::Job, "employer"), (About::Address, "finding-address-overlap", Kind::Address, "text")] {
        let all: Vec<&Record> = facts.iter().copied().filter(|r| r.kind == kind && r.text(field).is_some() && !is_backwards(r)).collect();
        let mut seen: BTreeSet<(i32, i32, String)> = BTreeSet::new();
        for (i, a) in all.iter().enumerate() {
            for b in &all[i + 1..] {
                let same = if kind == Kind::Job { same_employer(a, b) } else { same_place(a, b) };
                let (Some((a0, a1)), Some((b0, b1))) = (months(a), months(b)) else { continue };
                let (from, to) = (a0.max(b0), a1.min(b1).min(Month::of(as_of).index()));
                if same || to - from < 2 {
                    continue;
                }
                let (a, b) = if (a0, a.id) <= (b0, b.id) { (a, b) } else { (b, a) };
                let at = |n: i32| Month { year: 0, month: 1 }.plus(n);
                let (first, last) = (at(from), at(to));
                let what = format!("{} / {}", a.text(field).map(plain).unwrap_or_default(), b.text(field).map(plain).unwrap_or_default());
                if !seen.insert((from, to, what.clone())) {
                    continue;
                }
                let (Some(x), Some(y)) = (arg(a, field), arg(b, field)) else { continue };
                let (Some(f), Some(l)) = (Edtf::month(first.year, first.month), Edtf::month(last.year, last.month)) else { continue };
                let says = Says::new(id).with("one", x).with("other", y).with("from", Arg::When(f)).with("to", Arg::When(l));
                found.add(FindingType::Overlap, Severity::Low, about, Edtf::parse(&format!("{first}/{last}")), &what, says, [*a, *b]);
            }
        }
    }
}

/// Two ways to write one address: the same numbers and street words, or one's words all in the other.
fn same_place(a: &Record, b: &Record) -> bool {
    let of = |r: &Record| -> BTreeSet<String> { r.text("text").map(crate::names::words).unwrap_or_default().into_iter().collect() };
    let (x, y) = (of(a), of(b));
    x.is_subset(&y) || y.is_subset(&x)
}
