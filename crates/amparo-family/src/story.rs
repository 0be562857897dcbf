//! The story: who they are, what happened, what their papers say, and where the papers are wrong on purpose.

use crate::chance::Chance;
use crate::{Paper, papers, phones, photo};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A person of the family.
#[derive(Clone, Debug)]
pub struct Person {
    pub token: &'static str,
    pub given: String,
    pub surname: String,
    pub birth: Date,
    /// Ten digits.
    pub line: String,
    pub passport: String,
    pub ssn_last4: &'static str,
}

/// A job as it really was.
#[derive(Clone, Debug)]
pub struct Job {
    pub employer: String,
    pub ein: String,
    /// First and last month worked.
    pub from: (i16, i8),
    pub to: (i16, i8),
    pub cents_an_hour: i64,
}

/// A mistake or hole put there to be found.
#[derive(Clone, Debug)]
pub struct Planted {
    pub kind: &'static str,
    pub about: &'static str,
    pub subject: &'static str,
    pub when: String,
    pub files: Vec<String>,
}

/// What the family's papers are, and how much its telephone was used.
pub struct Told {
    pub papers: Vec<Paper>,
    /// Days with a call, by month.
    pub call_days: BTreeMap<(i16, i8), usize>,
}

pub struct Family {
    pub seed: u64,
    pub client: Person,
    pub spouse: Person,
    pub jobs: [Job; 2],
    pub spouse_job: Job,
    pub others: Vec<(String, String)>,
    pub entry: Date,
    pub trip: (Date, Date),
}

const GIVEN_F: &[&str] = &["Elena", "Rosa María", "Lucía", "Carmen", "Inés", "Beatriz", "Noemí"];
const GIVEN_M: &[&str] = &["Mateo", "Julián", "Óscar", "Raúl", "Andrés", "Ramón", "Tomás"];
const SURNAMES: &[&str] = &["Ibáñez", "Cárdenas", "Nuñez", "Peralta", "Solís", "Quiroga", "Zamora", "Villaseñor"];
const FRIENDS: &[&str] = &["Lupe", "Don Chema", "Tía Norma", "Padre Luis", "Kiko", "Vecina Ana", "Beto", "Maestra Paz", "Chuy", "Mrs. Alden"];
const EMPLOYERS: &[&str] = &["Sol Bakery LLC", "Harbor Laundry Inc", "Green Valley Growers Inc", "Two Bridges Cleaning LLC", "Lakeside Diner Inc", "Corner Tile Co"];

impl Family {
    /// The family of a seed.
    pub fn of(seed: u64) -> Family {
        let mut chance = Chance::new(seed);
        let c = &mut chance;
        let second = c.pick(SURNAMES).to_string();
        let area = *c.pick(&[415, 213, 312, 713, 305, 718]);
        let line = |c: &mut Chance, n: i64| format!("{area}555{:04}", 100 + n * 10 + c.range(0, 9));
        let passport = |c: &mut Chance| format!("G{:08}", c.range(10_000_000, 99_999_999));
        let birth = |c: &mut Chance, from: i64| date(c.range(from, from + 8), c.range(1, 12), c.range(13, 28));
        let client = Person {
            token: "client",
            given: c.pick(GIVEN_F).to_string(),
            surname: format!("Morales {second}"),
            birth: birth(c, 1982),
            line: line(c, 1),
            passport: passport(c),
            ssn_last4: "4821",
        };
        let spouse_surname = c.pick(SURNAMES).to_string();
        let spouse = Person {
            token: "spouse",
            given: c.pick(GIVEN_M).to_string(),
            surname: format!("{spouse_surname} Morales"),
            birth: birth(c, 1978),
            line: line(c, 3),
            passport: passport(c),
            ssn_last4: "7306",
        };
        let first = c.range(0, EMPLOYERS.len() as i64) as usize;
        let employer = |i: usize| EMPLOYERS[(first + i) % EMPLOYERS.len()].to_owned();
        let ein = |c: &mut Chance| format!("{:02}-{:07}", c.range(20, 95), c.range(1_000_000, 9_999_999));
        let gap = c.range(5, 8) as i8; // months without work between the two jobs
        let last = c.range(3, 6) as i8;
        let jobs = [
            Job { employer: employer(0), ein: ein(c), from: (2015, 3), to: (2018, last), cents_an_hour: 1_100 },
            Job { employer: employer(1), ein: ein(c), from: (2018 + i16::from(last + gap > 11), (last + gap) % 12 + 1), to: (2022, 8), cents_an_hour: 1_450 },
        ];
        let spouse_job = Job { employer: employer(2), ein: ein(c), from: (2019, 2), to: (2021, 11), cents_an_hour: 1_600 };
        let others = FRIENDS.iter().enumerate().map(|(i, name)| (format!("{area}555{:04}", 150 + i as i64 * 4 + c.range(0, 3)), (*name).to_owned())).collect();
        let entry = date(2014, c.range(3, 9), c.range(2, 27));
        let out = date(2017, c.range(6, 8), c.range(2, 20));
        let back = out.saturating_add(jiff::Span::new().days(c.range(12, 25)));
        Family { seed, client, spouse, jobs, spouse_job, others, entry, trip: (out, back) }
    }

    /// Every file, in the order of their paths.
    pub fn told(&self, photographs: bool) -> Told {
        let mut chance = Chance::new(self.seed ^ 0xfa_317);
        let (mut all, call_days) = phones::papers(self, &mut chance);
        all.extend(papers::papers(self, &mut chance));
        if photographs {
            all.extend(photo::papers(self, &mut chance));
        }
        all.sort_by(|a, b| a.path.cmp(&b.path));
        Told { papers: all, call_days }
    }

    /// The birth date as the earnings statement has it: day and month of another year's paper, a year off.
    pub fn wrong_birth(&self) -> Date {
        date(i64::from(self.client.birth.year()) + 1, i64::from(self.client.birth.month()), i64::from(self.client.birth.day()))
    }

    /// What was planted, to be found.
    pub fn planted(&self) -> Vec<Planted> {
        let [a, b] = &self.jobs;
        let hole = (next(a.to), previous(b.from));
        vec![
            Planted {
                kind: "contradiction",
                about: "identity",
                subject: "client",
                when: self.client.birth.to_string(),
                files: vec!["client/passport.txt".into(), "client/ssa-statement.xml".into()],
            },
            Planted { kind: "gap", about: "employment", subject: "client", when: format!("{}/{}", month(hole.0), month(hole.1)), files: vec!["client/account.jsonl".into()] },
            Planted { kind: "impossible", about: "employment", subject: "spouse", when: "2012-04".into(), files: vec!["spouse/account.jsonl".into()] },
            Planted {
                kind: "contradiction",
                about: "phone",
                subject: "client",
                when: "2020-07".into(),
                // The carrier has them; the two backups reach those days and do not.
                files: vec!["client/calls-2020.xml".into(), "client/calls-2021.xml".into(), "client/tmobile-2020.csv".into()],
            },
            Planted { kind: "gap", about: "address", subject: "client", when: "2016-10/2017-03".into(), files: vec!["client/account.jsonl".into()] },
        ]
    }

    /// `truth.json`: parties, files, findings, and what each month has.
    pub fn truth(&self, told: &Told) -> Value {
        let person = |p: &Person| json!({"party": p.token, "role": p.token, "name": format!("{} {}", p.given, p.surname), "birth_date": p.birth.to_string(), "line": format!("+1{}", p.line)});
        let files: Vec<Value> = told.papers.iter().map(|p| json!({"name": p.path, "kind": p.kind, "subject": p.subject, "units": p.units})).collect();
        let findings: Vec<Value> = self.planted().iter().map(|f| json!({"type": f.kind, "about": f.about, "subject": f.subject, "when": f.when, "files": f.files})).collect();
        let months: Vec<Value> =
            self.months(told).into_iter().map(|(month, sources, best)| json!({"subject": "client", "month": month, "sources": sources, "best": best})).collect();
        json!({"seed": self.seed, "zone": "America/Phoenix", "parties": [person(&self.client), person(&self.spouse)], "files": files, "findings": findings, "months": months})
    }

    /// For each month of 2015 to 2024, the kinds of papers that speak for the client being there, and how well the
    /// best of them does: a pay stub or an entry strongly, a W-2 or regular calls fairly, the rest weakly. Where none
    /// does, whether a source reaches the month at all.
    fn months(&self, told: &Told) -> Vec<(String, Vec<&'static str>, &'static str)> {
        const REGULAR_DAYS: usize = 8;
        let within = |(from, to): ((i16, i8), (i16, i8)), at| from <= at && at <= to;
        let month_of = |day: Date| (day.year(), day.month());
        let (first_seen, back) = (month_of(self.entry), month_of(self.trip.1));
        let mut out = Vec::new();
        let mut at = (2015, 1);
        while at <= (2024, 12) {
            let mut sources = Vec::new();
            let mut best = if within((first_seen, back), at) || within(((papers::SSA_YEARS.0, 1), (papers::SSA_YEARS.1, 12)), at) { "none" } else { "out_of_reach" };
            // From the weakest to the strongest: the last one says how well.
            let mut add = |here: bool, source, strength| {
                if here {
                    sources.push(source);
                    best = strength;
                }
            };
            let days = told.call_days.get(&at).copied().unwrap_or(0);
            add(within(((papers::SSA_YEARS.0, 1), (papers::SSA_YEARS.1, 12)), at) && self.worked(at.0), "ssa", "weak");
            add(within(phones::CHAT, at), "chat", "weak");
            add(within(phones::SMS, at), "sms", "weak");
            add(days > 0, "calls", if days >= REGULAR_DAYS { "fair" } else { "weak" });
            add(papers::W2_YEARS.contains(&at.0), "w2", "fair");
            add(at == back, "i94", "strong");
            add(papers::pay_months(self).contains(&at), "pay", "strong");
            out.push((month(at), sources, best));
            at = next(at);
        }
        out
    }

    /// Whether the client earned anything in a year.
    pub fn worked(&self, year: i16) -> bool {
        self.jobs.iter().any(|j| j.from.0 <= year && year <= j.to.0)
    }
}

pub fn date(year: i64, month: i64, day: i64) -> Date {
    Date::new(year as i16, month as i8, day as i8).unwrap_or(Date::MIN)
}

pub fn month((year, month): (i16, i8)) -> String {
    format!("{year:04}-{month:02}")
}

pub fn next((year, month): (i16, i8)) -> (i16, i8) {
    if month == 12 { (year + 1, 1) } else { (year, month + 1) }
}

pub fn previous((year, month): (i16, i8)) -> (i16, i8) {
    if month == 1 { (year - 1, 12) } else { (year, month - 1) }
}
