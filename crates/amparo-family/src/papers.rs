//! What employers, agencies and consulates write about the family, and what the family says itself.

use crate::Paper;
use crate::chance::Chance;
use crate::story::{Family, Job, Person, next};
use jiff::civil::Date;
use serde_json::json;
use std::fmt::Write;

/// Years for which the client kept the W-2.
pub const W2_YEARS: &[i16] = &[2016, 2021];

/// Years that the earnings statement has recorded; the next is there and not recorded yet.
pub const SSA_YEARS: (i16, i16) = (2013, 2022);

/// Months of which a pay stub was kept.
pub fn pay_months(family: &Family) -> Vec<(i16, i8)> {
    let [a, b] = &family.jobs;
    let mut out = vec![a.from, (2016, 5), (2017, 3), a.to, b.from, (2019, 9), (2020, 4), b.to];
    out.sort();
    out.dedup();
    out
}

pub fn papers(family: &Family, chance: &mut Chance) -> Vec<Paper> {
    let mut all = Vec::new();
    for at in pay_months(family) {
        let job = family.jobs.iter().find(|j| j.from <= at && at <= j.to);
        if let Some(job) = job {
            all.push(pay_stub("client", &family.client, job, at, chance));
        }
    }
    all.push(pay_stub("spouse", &family.spouse, &family.spouse_job, (2020, 3), chance));
    for year in W2_YEARS {
        let job = family.jobs.iter().find(|j| j.from.0 <= *year && *year <= j.to.0);
        if let Some(job) = job {
            all.push(w2(&family.client, job, *year));
        }
    }
    all.push(ssa(family));
    all.push(i94(family));
    all.push(passport(&family.client, chance));
    all.push(passport(&family.spouse, chance));
    all.push(account_of_client(family));
    all.push(account_of_spouse(family));
    all
}

fn paper(path: String, kind: &'static str, subject: &'static str, units: usize, bytes: Vec<u8>) -> Paper {
    Paper { path, kind, subject, units: units as u64, bytes }
}

fn dollars(cents: i64) -> String {
    let whole = (cents / 100).to_string();
    let mut grouped = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(c);
    }
    format!("{grouped}.{:02}", cents % 100)
}

fn us(day: Date) -> String {
    format!("{:02}/{:02}/{}", day.month(), day.day(), day.year())
}

fn day(at: (i16, i8), day: i8) -> Date {
    Date::new(at.0, at.1, day).unwrap_or(Date::MIN)
}

fn pay_stub(subject: &'static str, person: &Person, job: &Job, at: (i16, i8), chance: &mut Chance) -> Paper {
    let hours = chance.range(70, 81);
    let gross = hours * job.cents_an_hour;
    let (federal, social, medicare) = (gross * 7 / 100, gross * 62 / 1_000, gross * 145 / 10_000);
    let net = gross - federal - social - medicare;
    let lines: Vec<(f64, f64, f64, String)> = vec![
        (54.0, 740.0, 15.0, job.employer.clone()),
        (54.0, 722.0, 9.0, "400 Market Street, Phoenix, AZ 85004".into()),
        (400.0, 740.0, 12.0, "Earnings Statement".into()),
        (54.0, 690.0, 10.0, format!("Employee: {} {}", ascii(&person.given), ascii(&person.surname))),
        (54.0, 674.0, 10.0, format!("SSN: XXX-XX-{}", person.ssn_last4)),
        (330.0, 690.0, 10.0, format!("Pay Period: {} - {}", us(day(at, 1)), us(day(at, 14)))),
        (330.0, 674.0, 10.0, format!("Pay Date: {}", us(day(at, 19)))),
        (54.0, 640.0, 10.0, "Earnings".into()),
        (220.0, 640.0, 10.0, "Rate".into()),
        (300.0, 640.0, 10.0, "Hours".into()),
        (400.0, 640.0, 10.0, "This Period".into()),
        (54.0, 624.0, 10.0, "Regular".into()),
        (220.0, 624.0, 10.0, dollars(job.cents_an_hour)),
        (300.0, 624.0, 10.0, format!("{hours}.00")),
        (400.0, 624.0, 10.0, dollars(gross)),
        (54.0, 600.0, 10.0, "Gross Pay".into()),
        (400.0, 600.0, 10.0, format!("${}", dollars(gross))),
        (54.0, 576.0, 10.0, "Federal Income Tax".into()),
        (400.0, 576.0, 10.0, dollars(federal)),
        (54.0, 560.0, 10.0, "Social Security".into()),
        (400.0, 560.0, 10.0, dollars(social)),
        (54.0, 544.0, 10.0, "Medicare".into()),
        (400.0, 544.0, 10.0, dollars(medicare)),
        (54.0, 520.0, 11.0, "Net Pay".into()),
        (400.0, 520.0, 11.0, format!("${}", dollars(net))),
    ];
    let name = format!("{subject}/pay-{:04}-{:02}.pdf", at.0, at.1);
    paper(name, "pdf", subject, 1, pdf(&[lines]))
}

fn w2(person: &Person, job: &Job, year: i16) -> Paper {
    let months = (1..=12).filter(|m| job.from <= (year, *m) && (year, *m) <= job.to).count() as i64;
    let wages = months * 2 * 76 * job.cents_an_hour;
    let lines: Vec<(f64, f64, f64, String)> = vec![
        (54.0, 748.0, 13.0, format!("Form W-2 Wage and Tax Statement {year}")),
        (54.0, 720.0, 8.0, "a Employee's social security number".into()),
        (54.0, 708.0, 10.0, format!("XXX-XX-{}", person.ssn_last4)),
        (54.0, 688.0, 8.0, "b Employer identification number (EIN)".into()),
        (54.0, 676.0, 10.0, job.ein.clone()),
        (54.0, 656.0, 8.0, "c Employer's name, address, and ZIP code".into()),
        (54.0, 644.0, 10.0, job.employer.clone()),
        (54.0, 632.0, 10.0, "400 Market Street".into()),
        (54.0, 620.0, 10.0, "Phoenix, AZ 85004".into()),
        (54.0, 592.0, 8.0, "e Employee's first name and initial  Last name".into()),
        (54.0, 580.0, 10.0, format!("{} {}", ascii(&person.given), ascii(&person.surname))),
        (54.0, 568.0, 10.0, "1212 West Adams Street Apt 4".into()),
        (54.0, 556.0, 10.0, "Phoenix, AZ 85007".into()),
        (330.0, 720.0, 8.0, "1 Wages, tips, other compensation".into()),
        (330.0, 708.0, 10.0, dollars(wages)),
        (460.0, 720.0, 8.0, "2 Federal income tax withheld".into()),
        (460.0, 708.0, 10.0, dollars(wages * 7 / 100)),
        (330.0, 688.0, 8.0, "3 Social security wages".into()),
        (330.0, 676.0, 10.0, dollars(wages)),
        (460.0, 688.0, 8.0, "4 Social security tax withheld".into()),
        (460.0, 676.0, 10.0, dollars(wages * 62 / 1_000)),
        (330.0, 656.0, 8.0, "5 Medicare wages and tips".into()),
        (330.0, 644.0, 10.0, dollars(wages)),
        (460.0, 656.0, 8.0, "6 Medicare tax withheld".into()),
        (460.0, 644.0, 10.0, dollars(wages * 145 / 10_000)),
    ];
    paper(format!("client/w2-{year}.pdf"), "pdf", "client", 1, pdf(&[lines]))
}

/// Letters that the standard PDF fonts of a payroll program would print.
fn ascii(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' | 'ü' => 'u',
            'ñ' => 'n',
            'Á' => 'A',
            'Ó' => 'O',
            c => c,
        })
        .collect()
}

/// A plain PDF 1.4: one content stream a page, Helvetica, lines of (x, y, size, text).
fn pdf(pages: &[Vec<(f64, f64, f64, String)>]) -> Vec<u8> {
    let mut objects: Vec<String> = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".into(),
        format!("<< /Type /Pages /Count {} /Kids [{}] >>", pages.len(), (0..pages.len()).map(|i| format!("{} 0 R", 4 + i * 2)).collect::<Vec<_>>().join(" ")),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".into(),
    ];
    for (i, page) in pages.iter().enumerate() {
        let mut stream = String::from("BT\n");
        for (x, y, size, text) in page {
            let text = text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
            let _ = writeln!(stream, "/F1 {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj");
        }
        stream.push_str("ET\n");
        objects.push(format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>", 5 + i * 2));
        objects.push(format!("<< /Length {} >>\nstream\n{stream}endstream", stream.len()));
    }
    let mut out = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        let _ = write!(out, "{} 0 obj\n{object}\nendobj\n", i + 1);
    }
    let start = out.len();
    let _ = write!(out, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for offset in offsets {
        let _ = writeln!(out, "{offset:010} 00000 n ");
    }
    let _ = write!(out, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    out.into_bytes()
}

fn ssa(family: &Family) -> Paper {
    let p = &family.client;
    let mut rows = String::new();
    for year in SSA_YEARS.0..=SSA_YEARS.1 + 1 {
        let months = (1..=12).filter(|m| family.jobs.iter().any(|j| j.from <= (year, *m) && (year, *m) <= j.to)).count() as i64;
        let amount = if year > SSA_YEARS.1 { -1 } else { months * 1_900 };
        let _ = write!(
            rows,
            "    <osss:Earnings startYear=\"{year}\" endYear=\"{year}\">\n      <osss:FicaEarnings>{amount}</osss:FicaEarnings>\n      <osss:MedicareEarnings>{amount}</osss:MedicareEarnings>\n    </osss:Earnings>\n"
        );
    }
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<osss:OnlineSocialSecurityStatementData xmlns:osss=\"http://ssa.gov/osss/schemas/2.0\">\n  <osss:FileCreationDate>2024-02-12</osss:FileCreationDate>\n  <osss:UserInformation>\n    <osss:Name>{} {}</osss:Name>\n    <osss:DateOfBirth>{}</osss:DateOfBirth>\n  </osss:UserInformation>\n  <osss:EarningsRecord>\n{rows}  </osss:EarningsRecord>\n</osss:OnlineSocialSecurityStatementData>\n",
        p.given,
        p.surname,
        family.wrong_birth()
    );
    // The person, and two figures for each year.
    let units = 1 + 2 * usize::try_from(SSA_YEARS.1 - SSA_YEARS.0 + 2).unwrap_or(0);
    paper("client/ssa-statement.xml".into(), "ssa_xml", "client", units, text.into_bytes())
}

fn i94(family: &Family) -> Paper {
    let (out, back) = family.trip;
    let rows = [(back, "Arrival", "PHX"), (out, "Departure", "PHX"), (family.entry, "Arrival", "NOG")];
    let mut text = String::from("Row\tDATE\tTYPE\tLOCATION\n");
    for (i, (day, kind, port)) in rows.iter().enumerate() {
        let _ = writeln!(text, "{}\t{day}\t{kind}\t{port}", i + 1);
    }
    paper("client/i94-history.txt".into(), "i94_history", "client", 4, text.into_bytes())
}

fn passport(person: &Person, chance: &mut Chance) -> Paper {
    let expires = Date::new(2026, chance.range(1, 12) as i8, 14).unwrap_or(Date::MAX);
    let sex = if person.token == "client" { 'F' } else { 'M' };
    let name = |t: &str| ascii(t).to_uppercase().replace(' ', "<");
    let mut first = format!("P<MEX{}<<{}", name(&person.surname), name(&person.given));
    first.truncate(44);
    while first.len() < 44 {
        first.push('<');
    }
    let short = |d: Date| format!("{:02}{:02}{:02}", d.year() % 100, d.month(), d.day());
    let number = &person.passport;
    let (birth, until) = (short(person.birth), short(expires));
    let personal = "<".repeat(14);
    let composite = format!("{number}{}{birth}{}{until}{}{personal}{}", check(number), check(&birth), check(&until), check(&personal));
    let second = format!("{number}{}MEX{birth}{}{sex}{until}{}{personal}{}{}", check(number), check(&birth), check(&until), check(&personal), check(&composite));
    let text = format!("{first}\n{second}\n");
    paper(format!("{}/passport.txt", person.token), "mrz", person.token, 2, text.into_bytes())
}

/// ICAO 9303-3 section 4.9: weights 7, 3, 1.
fn check(field: &str) -> u8 {
    let value = |c: u8| match c {
        b'0'..=b'9' => u32::from(c - b'0'),
        b'A'..=b'Z' => u32::from(c - b'A') + 10,
        _ => 0,
    };
    let sum: u32 = field.bytes().zip([7, 3, 1].iter().cycle()).map(|(c, w)| value(c) * w).sum();
    (sum % 10) as u8
}

fn lines(path: &str, subject: &'static str, rows: &[serde_json::Value]) -> Paper {
    let text: String = rows.iter().map(|r| format!("{r}\n")).collect();
    paper(path.into(), "account", subject, rows.len(), text.into_bytes())
}

fn account_of_client(family: &Family) -> Paper {
    let m = crate::story::month;
    let [a, b] = &family.jobs;
    lines(
        "client/account.jsonl",
        "client",
        &[
            json!({"kind": "job", "employer": a.employer, "role": "baker", "start": m(a.from), "end": m(a.to)}),
            json!({"kind": "job", "employer": b.employer, "role": "shift lead", "start": m(b.from), "end": m(b.to)}),
            json!({"kind": "address", "text": "88 Grand Avenue, Phoenix, AZ", "city": "Phoenix", "region": "AZ", "start": "2014-10", "end": "2016-09"}),
            json!({"kind": "address", "text": "1212 West Adams Street Apt 4, Phoenix, AZ", "city": "Phoenix", "region": "AZ", "start": "2017-04", "end": ".."}),
            json!({"kind": "event", "type": "marriage", "on": "2018-02-14", "text": "Phoenix"}),
        ],
    )
}

fn account_of_spouse(family: &Family) -> Paper {
    let job = &family.spouse_job;
    let _ = next(job.to);
    lines(
        "spouse/account.jsonl",
        "spouse",
        &[
            json!({"kind": "job", "employer": "Norte Taller", "role": "helper", "start": "2012-09", "end": "2012-04"}),
            json!({"kind": "job", "employer": job.employer, "role": "driver", "start": crate::story::month(job.from), "end": crate::story::month(job.to)}),
        ],
    )
}
