//! Pay stubs: what was earned and paid out for one period, in English or Spanish.
//!
//! Gross and net are the period's own, never the year's so far: an amount counts where its column or row says
//! that it is current, or where it stands alone outside anything that says "year to date". Of two amounts
//! that no heading tells apart the smaller is the period's; of three none is taken. A page without gross and
//! net, or without a date, or without anything else of a pay stub, is only a page.

use super::boxes::{city, letters};
use super::money::{Day, cents, day, has_decimals};
use super::sheet::{Row, Sheet, around, region};
use super::typed::Form;
use amparo_model::reading::Word;
use amparo_model::{Draft, Edtf, Kind, Region, Value};

pub const FORM: Form = Form {
    name: "pay",
    marks: &["gross", "net", "pay", "paycheck", "payslip", "paystub", "percepciones", "neto", "devengado", "salario", "sueldo", "bruto"],
    machine_read: false,
    read,
};

// Each as letters and digits only; a cell is the label where it is this text, whatever punctuation stands in it.
const GROSS: &[&str] = &[
    "grosspay",
    "totalgrosspay",
    "grossearnings",
    "totalgrossearnings",
    "totalgross",
    "grosswages",
    "totalgrosswages",
    "gross",
    "totalearnings",
    "grossamount",
    "currentgross",
    "currentgrosspay",
    "grosspaycurrent",
    "grosspaythisperiod",
    "totalpercepciones",
    "totaldepercepciones",
    "percepcionestotales",
    "sumapercepciones",
    "salariobruto",
    "sueldobruto",
    "totalbruto",
    "pagobruto",
    "bruto",
    "totaldevengado",
    "totaldevengos",
    "ingresobruto",
    "ingresosbrutos",
];
const NET: &[&str] = &[
    "netpay",
    "totalnetpay",
    "net",
    "netamount",
    "netcheck",
    "netwages",
    "netearnings",
    "currentnetpay",
    "netpaycurrent",
    "netpaythisperiod",
    "takehomepay",
    "amountpaid",
    "netpayamount",
    "checkamount",
    "amountofcheck",
    "netcheckamount",
    "totalnet",
    "neto",
    "netoapagar",
    "netopagado",
    "totalneto",
    "netoarecibir",
    "sueldoneto",
    "salarioneto",
    "pagoneto",
    "importeneto",
    "liquidoapercibir",
    "líquidoapercibir",
    "liquidototalapercibir",
    "líquidototalapercibir",
    "netoapercibir",
    "totalapagar",
];
const PAID_ON: &[&str] = &[
    "paydate",
    "checkdate",
    "paymentdate",
    "datepaid",
    "paiddate",
    "advicedate",
    "depositdate",
    "payday",
    "paycheckdate",
    "dateofpayment",
    "dateofpay",
    "issuedate",
    "paidon",
    "fechadepago",
    "fechapago",
    "fechadelpago",
    "fechadedeposito",
    "fechadedepósito",
    "fechadelcheque",
];
const PERIOD: &[&str] = &[
    "payperiod",
    "period",
    "payrollperiod",
    "payperioddates",
    "perioddates",
    "workperiod",
    "periodo",
    "período",
    "periododepago",
    "períododepago",
    "periodopagado",
    "períodopagado",
    "periododenomina",
    "periododenómina",
    "periodoliquidacion",
    "periododeliquidacion",
    "períododeliquidación",
];
const FROM: &[&str] = &[
    "periodbeginning",
    "periodbegin",
    "periodstart",
    "periodstarting",
    "payperiodbeginning",
    "payperiodbegin",
    "payperiodstart",
    "paybegindate",
    "begindate",
    "startdate",
    "periodbegindate",
    "periodstartdate",
    "payperiodbegindate",
    "payperiodstartdate",
    "periodfrom",
    "payperiodfrom",
    "beginning",
    "fechainicio",
    "fechainicial",
    "fechadeinicio",
    "fechainicialdepago",
    "fechainicialpago",
    "iniciodelperiodo",
    "desde",
];
const TO: &[&str] = &[
    "periodending",
    "periodend",
    "payperiodending",
    "payperiodend",
    "payenddate",
    "enddate",
    "periodenddate",
    "periodendingdate",
    "payperiodenddate",
    "weekending",
    "periodto",
    "payperiodto",
    "ending",
    "fechafin",
    "fechafinal",
    "fechadefin",
    "fechafinaldepago",
    "fechafinalpago",
    "findelperiodo",
    "hasta",
    "weekendingdate",
];
const EMPLOYER: &[&str] = &["employer", "company", "companyname", "employername", "patron", "patrón", "empresa", "empleador", "nombredelaempresa", "razonsocial", "razónsocial"];
const CURRENT: &[&str] = &[
    "current",
    "thisperiod",
    "currentamount",
    "currentperiod",
    "amount",
    "thispay",
    "thispayperiod",
    "thischeck",
    "currenttotal",
    "currentpay",
    "actual",
    "importe",
    "monto",
    "esteperiodo",
    "esteperíodo",
    "periodoactual",
    "total",
];
const YEAR: &[&str] = &[
    "ytd",
    "yeartodate",
    "ytdamount",
    "ytdtotal",
    "yeartodateamount",
    "ytdpay",
    "acumulado",
    "acumuladoanual",
    "acumuladodelaño",
    "añoalafecha",
    "totalytd",
    "calendarytd",
    "ytdcalendar",
];
const HOURS: &[&str] = &["hours", "hrs", "qty", "currenthours", "hoursunits", "hrsunits", "horas", "totalhours", "horastrabajadas", "hoursworked", "totalhoursworked"];
const TITLES: &[&str] = &[
    "earningsstatement",
    "paystub",
    "payslip",
    "paystatement",
    "wagestatement",
    "payrollstatement",
    "statementofearnings",
    "payadvice",
    "paystubdetail",
    "depositadvice",
    "payrollcheck",
    "earningsanddeductions",
    "employeepaystub",
    "directdeposit",
    "nonnegotiable",
    "recibodenomina",
    "recibodenómina",
    "recibodepago",
    "recibodesueldo",
    "recibodesalario",
    "nomina",
    "nómina",
    "talondepago",
    "talóndepago",
    "comprobantedepago",
    "colilladepago",
    "boletadepago",
];
/// Words that only a payroll paper has among its deductions.
const DEDUCTIONS: &[&str] = &[
    "federalincometax",
    "federaltax",
    "federalwithholding",
    "fedwithholding",
    "fedincometax",
    "fedtax",
    "socialsecurity",
    "medicare",
    "fica",
    "oasdi",
    "fitw",
    "withholding",
    "statetax",
    "isr",
    "imss",
    "deducciones",
    "totaldeducciones",
    "seguridadsocial",
    "irpf",
    "segurosocial",
];
const SPANISH: &[&str] =
    &["percepciones", "deducciones", "nómina", "nomina", "neto", "fecha", "periodo", "período", "patrón", "empleado", "trabajador", "pago", "sueldo", "salario", "devengado"];

/// Rows between a heading and the amounts it speaks of.
const REACH: usize = 40;

/// Words of one row that belong together: no wide gap between them.
struct Cell<'p> {
    words: Vec<&'p Word>,
    plain: String,
}

impl Cell<'_> {
    fn at(&self) -> Region {
        around(self.words.iter().copied())
    }
    fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.plain.as_str())
    }
}

/// An amount and where it stands.
#[derive(Clone, Copy)]
struct Amount {
    cents: i64,
    decimals: bool,
    at: Region,
}

/// A column's heading.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Column {
    Current,
    Year,
    Hours,
    Other,
}

fn read(sheet: &Sheet<'_>) -> Vec<Draft> {
    if !sheet.dated() {
        return Vec::new();
    }
    let plain: Vec<String> = sheet.rows().iter().map(|r| letters(&r.text())).collect();
    let words: Vec<String> = sheet.page.words.iter().map(|w| letters(&w.text)).collect();
    // A short word may be a part of another (`fica` of `certification`): it counts alone only.
    let speaks = |of: &[&str]| of.iter().any(|t| if t.len() < 8 { words.iter().any(|w| w == t) } else { plain.iter().any(|row| row.contains(t)) });
    let payroll = (speaks(TITLES) || speaks(DEDUCTIONS)) && (speaks(DEDUCTIONS) || speaks(PAID_ON) || speaks(PERIOD));
    if payroll { Stub::new(sheet).record(sheet, &plain).into_iter().collect() } else { Vec::new() }
}

struct Stub<'p> {
    rows: Vec<Vec<Cell<'p>>>,
    spanish: bool,
    day_first: bool,
}

impl<'p> Stub<'p> {
    fn new(sheet: &Sheet<'p>) -> Stub<'p> {
        let rows: Vec<Vec<Cell<'p>>> = sheet.rows().iter().map(cells).collect();
        let all: Vec<String> = sheet.page.words.iter().map(|w| letters(&w.text)).collect();
        let spanish = all.iter().filter(|w| SPANISH.contains(&w.as_str())).count() >= 2;
        let days = sheet.page.words.iter().filter_map(|w| day(&[w.text.as_str()])).filter_map(|(d, _)| d.says_day_first());
        // One date that can be read only one way says how the page writes all of them.
        let (mut first, mut second) = (false, false);
        days.for_each(|day_first| if day_first { first = true } else { second = true });
        let day_first = if first == second { spanish } else { first };
        Stub { rows, spanish, day_first }
    }

    fn record(&self, sheet: &Sheet<'_>, plain: &[String]) -> Option<Draft> {
        let gross = self.amount(GROSS).or_else(|| self.only_earning());
        let net = self.amount(NET).filter(|net| gross.is_none_or(|g| net.cents <= g.cents));
        let paid_on = self.dated(PAID_ON);
        let period = self.period();
        if (gross.is_none() && net.is_none()) || (paid_on.is_none() && period.is_none()) {
            return None;
        }
        let hours = self.hours();
        let employer = self.employer();
        let places = [gross.map(|g| g.at), net.map(|n| n.at), paid_on.as_ref().map(|p| p.1), period.as_ref().map(|p| p.1), hours.map(|h| h.1), employer.as_ref().map(|e| e.1)];
        let place = places.into_iter().flatten().reduce(Region::around)?;
        Some(
            sheet
                .draft(Kind::Pay, place, "")
                .with("employer", employer.map(|e| e.0))
                .with("period", period.map(|p| p.0))
                .with("paid_on", paid_on.map(|p| p.0))
                .with("gross_cents", gross.map(|g| g.cents))
                .with("net_cents", net.map(|n| n.cents))
                .with("currency", self.currency(sheet, plain))
                .with("hours", hours.map(|h| Value::Hundredths(h.0))),
        )
    }

    /// The period's own amount behind, or under, the first of these labels that has one.
    fn amount(&self, names: &[&str]) -> Option<Amount> {
        for (r, row) in self.rows.iter().enumerate() {
            for (c, cell) in row.iter().enumerate() {
                let Some(behind) = self.label(cell, names) else { continue };
                let own = cell.words[behind..].iter().filter_map(|w| amount(w));
                let after = row[c + 1..].iter().take_while(|next| next.words.iter().any(|w| amount(w).is_some())).flat_map(|next| next.words.iter().filter_map(|w| amount(w)));
                let amounts: Vec<Amount> = own.chain(after).collect();
                let got = if amounts.is_empty() { self.under(r, cell.at()).or_else(|| self.below_headings(r)) } else { self.choose(r, &amounts) };
                if got.is_some() {
                    return got;
                }
            }
        }
        None
    }

    /// Whether this cell is one of these labels; at which word the label ends.
    fn label(&self, cell: &Cell<'_>, names: &[&str]) -> Option<usize> {
        // `Net Pay: $1,234.00` or `Gross Pay 5,000.00 60,000.00` set closely.
        let number = cell.words.iter().position(|w| amount(w).is_some() || w.text == "$").unwrap_or(cell.words.len());
        // `A. TOTAL DEVENGADO`, `LÍQUIDO A PERCIBIR (A-B)`, `NET PAY (this period)`.
        let lettered = usize::from(cell.words.first().is_some_and(|w| w.text.ends_with('.') && letters(&w.text).chars().count() == 1));
        let head: String = cell.words[..number].iter().skip(lettered).take_while(|w| !w.text.starts_with('(')).map(|w| letters(&w.text)).collect();
        names.contains(&head.as_str()).then_some(number)
    }

    /// Which of the amounts of one row is the period's.
    fn choose(&self, r: usize, amounts: &[Amount]) -> Option<Amount> {
        let heads = self.headings(r);
        if !heads.is_empty() && heads.iter().any(|(kind, _)| *kind == Column::Year || *kind == Column::Current) {
            let of = |amount: &Amount| nearest(&heads, amount.at);
            if let Some(current) = amounts.iter().find(|a| of(a) == Some(Column::Current) && a.decimals).or_else(|| amounts.iter().find(|a| of(a) == Some(Column::Current))) {
                return Some(*current);
            }
            // Under `Year to date` alone, or under hours and rates: not the period's.
            return None;
        }
        if self.year_section(r) {
            return None;
        }
        let money: Vec<&Amount> = amounts.iter().filter(|a| a.decimals).collect();
        let money = if money.is_empty() { amounts.iter().collect() } else { money };
        match money[..] {
            [only] => Some(*only),
            [a, b] => Some(if a.cents <= b.cents { *a } else { *b }),
            _ => None,
        }
    }

    /// The amount under a heading such as `Net Pay`, in the first row below that is the period's.
    fn under(&self, r: usize, head: Region) -> Option<Amount> {
        for row in self.rows.iter().skip(r + 1).take(4) {
            let first = row.first()?;
            let of_year = row.iter().any(|c| YEAR.iter().any(|y| c.plain.starts_with(y)));
            let labels_only = row.iter().all(|c| c.words.iter().all(|w| amount(w).is_none()));
            if labels_only {
                if of_year || YEAR.contains(&first.plain.as_str()) {
                    return None;
                }
                continue;
            }
            if of_year {
                continue;
            }
            let beneath = row.iter().flat_map(|c| c.words.iter()).filter_map(|w| amount(w)).filter(|a| overlap(a.at, head)).collect::<Vec<_>>();
            return match beneath[..] {
                [only] => Some(only),
                _ => None,
            };
        }
        None
    }

    /// `NET PAY | THIS PERIOD | YTD` with the amounts in the next row.
    fn below_headings(&self, r: usize) -> Option<Amount> {
        let headed = self.rows[r].iter().flat_map(columns).any(|(column, _)| column == Column::Current);
        let amounts: Vec<Amount> = self.rows.get(r + 1)?.iter().flat_map(|c| c.words.iter()).filter_map(|w| amount(w)).collect();
        if headed { self.choose(r + 1, &amounts) } else { None }
    }

    /// The headings of amount columns above a row, the nearest row that has any.
    fn headings(&self, r: usize) -> Vec<(Column, Region)> {
        for row in self.rows[..r].iter().rev().take(REACH) {
            let heads: Vec<(Column, Region)> = row.iter().flat_map(columns).collect();
            let amounts = heads.iter().filter(|h| matches!(h.0, Column::Current | Column::Year)).count();
            // A lone `Amount` or `Total` may be prose; a table has at least two headings.
            let numbers = row.iter().any(|c| c.words.iter().any(|w| amount(w).is_some()));
            if amounts > 0 && !numbers && row.len() >= 2 {
                return heads;
            }
            if self.is_year_heading(row) {
                return Vec::new();
            }
        }
        Vec::new()
    }

    fn is_year_heading(&self, row: &[Cell<'_>]) -> bool {
        row.iter().all(|c| c.words.iter().all(|w| amount(w).is_none())) && row.iter().any(|c| YEAR.iter().any(|y| c.plain.starts_with(y))) && row.len() == 1
    }

    /// Under a heading of its own that says that all below is of the year.
    fn year_section(&self, r: usize) -> bool {
        let own = self.rows[r].iter().any(|c| YEAR.iter().any(|y| c.plain.contains(y)));
        own || self.rows[..r]
            .iter()
            .rev()
            .take(REACH)
            .find(|row| row.len() == 1 && row[0].words.iter().all(|w| amount(w).is_none()) && is_heading(&row[0]))
            .is_some_and(|row| self.is_year_heading(row))
    }

    /// The only line of an earnings table that has no total: what was earned is what that line says.
    fn only_earning(&self) -> Option<Amount> {
        let head = self.rows.iter().position(|row| {
            row.first().is_some_and(|c| c.is(&["earnings", "earningsdescription", "percepciones", "devengos"])) && row.iter().flat_map(columns).any(|(k, _)| k == Column::Current)
        })?;
        let heads: Vec<(Column, Region)> = self.rows[head].iter().flat_map(columns).collect();
        let mut lines = Vec::new();
        for row in &self.rows[head + 1..] {
            let amounts: Vec<Amount> = row.iter().flat_map(|c| c.words.iter()).filter_map(|w| amount(w)).collect();
            let Some(current) = amounts.iter().find(|a| nearest(&heads, a.at) == Some(Column::Current)) else { break };
            lines.push(*current);
        }
        match lines[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The hours of the period: of the total's row, of a label of their own, or of the only line that has any.
    fn hours(&self) -> Option<(i64, Region)> {
        for (r, row) in self.rows.iter().enumerate() {
            for (c, cell) in row.iter().enumerate() {
                let Some(behind) = self.label(cell, &["totalhours", "totalhoursworked", "hoursworked", "horastrabajadas", "totaldehoras", "totalhrs"]) else { continue };
                let beside: Vec<Amount> = cell.words[behind..].iter().chain(row[c + 1..].first().map_or(&[][..], |n| &n.words[..])).filter_map(|w| hours(w)).collect();
                let found = match beside[..] {
                    [only] => Some(only),
                    [] => self.under(r, cell.at()),
                    _ => None,
                };
                if let Some(found) = found.filter(|h| plausible(h.cents)) {
                    return Some((found.cents, found.at));
                }
            }
        }
        let head = self.rows.iter().position(|row| row.len() >= 2 && row.iter().flat_map(columns).any(|(k, _)| k == Column::Hours))?;
        let heads: Vec<(Column, Region)> = self.rows[head].iter().flat_map(columns).collect();
        let mut lines: Vec<Amount> = Vec::new();
        for row in self.rows[head + 1..].iter().take(REACH) {
            let label = row.first()?;
            let of: Vec<Amount> = row.iter().flat_map(|c| c.words.iter()).filter_map(|w| hours(w)).filter(|a| nearest(&heads, a.at) == Some(Column::Hours)).collect();
            let total = self.label(label, GROSS).is_some() || label.plain.starts_with("total");
            if total {
                if let [only] = of[..] {
                    return Some((only.cents, only.at)).filter(|h| plausible(h.0));
                }
                break;
            }
            if DEDUCTIONS.contains(&label.plain.as_str()) || is_heading(label) && of.is_empty() {
                break;
            }
            lines.extend(of.first());
        }
        match lines[..] {
            [only] => Some((only.cents, only.at)).filter(|h| plausible(h.0)),
            _ => None,
        }
    }

    /// The date behind or under a label.
    fn dated(&self, names: &[&str]) -> Option<(Edtf, Region)> {
        self.days(names).into_iter().find_map(|(d, at)| Some((d.edtf(self.day_first)?, at)))
    }

    /// The days behind or under the first of these labels that has any, two at most.
    fn days(&self, names: &[&str]) -> Vec<(Day, Region)> {
        for (r, row) in self.rows.iter().enumerate() {
            for (c, cell) in row.iter().enumerate() {
                let Some(end) = prefix(cell, names) else { continue };
                let mut rest: Vec<&Word> = cell.words[end..].to_vec();
                let own = days_in(&rest);
                if !own.is_empty() {
                    return own;
                }
                rest.clear();
                if let Some(next) = row.get(c + 1) {
                    rest.extend(&next.words);
                    // `01/01/2024 - 01/15/2024` may be cells of their own.
                    for more in row.iter().skip(c + 2).take(2) {
                        rest.extend(&more.words);
                    }
                }
                let beside = if row.get(c + 1).is_some_and(|next| days_in(&next.words[..next.words.len().min(2)]).len() == 1 || starts_with_day(&next.words)) {
                    days_in(&rest)
                } else {
                    Vec::new()
                };
                if !beside.is_empty() {
                    return beside;
                }
                let head = cell.at();
                for below in self.rows.iter().skip(r + 1).take(2) {
                    let under: Vec<(Day, Region)> =
                        below.iter().filter(|b| overlap(b.at(), head)).flat_map(|b| days_in(&b.words)).filter(|(_, at)| at.x + at.w + 60_000 > head.x).collect();
                    if !under.is_empty() {
                        return under;
                    }
                }
            }
        }
        Vec::new()
    }

    fn period(&self) -> Option<(Edtf, Region)> {
        let from_to = |from: &(Edtf, Region), to: &(Edtf, Region)| {
            let period = Edtf::parse(&format!("{}/{}", from.0, to.0))?;
            let days = to.0.latest()?.since(from.0.earliest()?).ok()?.get_days();
            (days <= 366).then(|| (period, from.1.around(to.1)))
        };
        let whole: Vec<(Edtf, Region)> = self.days(PERIOD).into_iter().filter_map(|(d, at)| Some((d.edtf(self.day_first)?, at))).collect();
        if let [from, to, ..] = &whole[..] {
            if let Some(period) = from_to(from, to) {
                return Some(period);
            }
        }
        let from = self.dated(FROM);
        let both = self.days(TO);
        let to = both.first().and_then(|(d, at)| Some((d.edtf(self.day_first)?, *at)));
        match (from, to) {
            (Some(from), Some(to)) => from_to(&from, &to),
            // Only the end is printed: the start is unknown, not open.
            (None, Some(to)) => Edtf::parse(&format!("/{}", to.0)).map(|period| (period, to.1)),
            _ => None,
        }
    }

    fn employer(&self) -> Option<(String, Region)> {
        for (r, row) in self.rows.iter().enumerate() {
            for (c, cell) in row.iter().enumerate() {
                let Some(end) = prefix(cell, EMPLOYER) else { continue };
                let own = &cell.words[end..];
                let colon = cell.words.get(end - 1).is_some_and(|w| w.text.ends_with(':'));
                let beside = row.get(c + 1).filter(|_| colon).map(|next| &next.words[..]);
                let under = || self.rows.get(r + 1).and_then(|b| b.iter().find(|b| overlap(b.at(), cell.at()))).map(|b| &b.words[..]);
                // `Employer: Sol LLC`, or the label alone with the name beside or under it.
                let named = match own {
                    [] => beside.or_else(under),
                    _ => Some(own).filter(|_| colon),
                };
                if let Some(words) = named {
                    let name = join(words);
                    if name_like(&name) && !is_heading(&Cell { words: words.to_vec(), plain: letters(&name) }) {
                        return Some((name, around(words.iter().copied())));
                    }
                }
            }
        }
        self.letterhead()
    }

    /// A company's name in one line with its address, or the first name at the top that has an address under it.
    fn letterhead(&self) -> Option<(String, Region)> {
        for cell in self.rows.iter().flatten() {
            let text = join(&cell.words);
            let (name, _) = text.split_once(',').unwrap_or((&text, ""));
            if city(&text).is_some() && is_company(name) {
                return Some((name.to_owned(), cell.at()));
            }
        }
        for (r, row) in self.rows.iter().enumerate() {
            for cell in row {
                let at = cell.at();
                if at.y > 300_000 {
                    return None;
                }
                let name = join(&cell.words);
                let person = ["employee", "employeename", "nombre", "empleado", "trabajador", "name", "payto", "paytotheorderof", "pagaraa"];
                if !name_like(&name) || is_heading(cell) || prefix(cell, &person).is_some() || prefix(cell, EMPLOYER).is_some() {
                    continue;
                }
                let column = |row: &[Cell<'_>]| row.iter().filter(|b| b.at().x.abs_diff(at.x) < 15_000).map(|b| join(&b.words)).next();
                let above = r.checked_sub(1).and_then(|up| self.rows.get(up)).is_some_and(|up| up.iter().any(|u| u.at().x.abs_diff(at.x) < 15_000 && prefix(u, &person).is_some()));
                let below: Vec<String> = self.rows.iter().skip(r + 1).filter_map(|row| column(row)).take(3).collect();
                // The name stands on the street's line, or on the town's where no street is printed.
                let street = |t: &String| t.starts_with(|c: char| c.is_ascii_digit()) || letters(t).starts_with("pobox");
                let address = below.first().is_some_and(|t| city(t).is_some() || street(t)) && below.iter().any(|t| city(t).is_some());
                if !above && (address || is_company(&name)) {
                    return Some((name, at));
                }
            }
        }
        None
    }

    /// Only where the page itself says whose money it is.
    fn currency(&self, sheet: &Sheet<'_>, plain: &[String]) -> &'static str {
        let words: Vec<String> = sheet.page.words.iter().map(|w| letters(&w.text)).collect();
        let has = |of: &[&str]| words.iter().any(|w| of.contains(&w.as_str()));
        let speaks = |of: &[&str]| plain.iter().any(|row| of.iter().any(|t| row.contains(t)));
        if has(&["mxn", "imss", "rfc", "curp", "infonavit"]) {
            "MXN"
        } else if has(&["eur", "irpf"]) || sheet.page.words.iter().any(|w| w.text.contains('€')) {
            "EUR"
        } else if has(&["cad", "cpp"]) {
            "CAD"
        } else if has(&["usd", "medicare", "fica", "oasdi", "ssn"])
            || speaks(&["federalincometax", "federaltax", "federalwithholding", "fedwithholding", "socialsecurity"])
            || (!self.spanish && self.american())
        {
            "USD"
        } else {
            ""
        }
    }

    fn american(&self) -> bool {
        self.rows.iter().flatten().any(|c| city(&join(&c.words)).is_some())
    }
}

fn cells<'p>(row: &Row<'p>) -> Vec<Cell<'p>> {
    let mut out: Vec<Vec<&'p Word>> = Vec::new();
    for word in &row.words {
        match out.last_mut() {
            Some(cell) if cell.last().is_some_and(|last| word.at[0].saturating_sub(last.at[0] + last.at[2]) < last.at[3].min(word.at[3]) * 5 / 4) => cell.push(word),
            _ => out.push(vec![word]),
        }
    }
    out.into_iter().map(|words| Cell { plain: words.iter().map(|w| letters(&w.text)).collect(), words }).collect()
}

/// Amounts have decimals or a currency sign, or are digits alone; a date is none.
fn amount(word: &Word) -> Option<Amount> {
    let cents = cents(&word.text)?;
    Some(Amount { cents, decimals: has_decimals(&word.text), at: region(word) })
}

/// Hours in hundredths, also as `80:00`.
fn hours(word: &Word) -> Option<Amount> {
    let Some((whole, minutes)) = word.text.split_once(':') else {
        // `80.0000` is eighty.
        let text = word.text.strip_suffix("00").filter(|t| t.len() >= 4 && t.as_bytes()[t.len() - 3] == b'.').unwrap_or(&word.text);
        return cents(text).map(|cents| Amount { cents, decimals: true, at: region(word) });
    };
    let number = |t: &str| (t.len() <= 3 && !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse::<i64>().ok()).flatten();
    let (whole, minutes) = (number(whole)?, number(minutes).filter(|m| *m < 60 && word.text.len() <= 6)?);
    Some(Amount { cents: whole * 100 + minutes * 100 / 60, decimals: true, at: region(word) })
}

fn join(words: &[&Word]) -> String {
    words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// What the headings in one cell say, several of them where a cell holds several words.
fn columns(cell: &Cell<'_>) -> Vec<(Column, Region)> {
    let kind = |plain: &str| {
        if YEAR.contains(&plain) || plain.starts_with("ytd") && plain.len() <= 10 {
            Some(if plain.contains("hour") || plain.contains("hrs") { Column::Other } else { Column::Year })
        } else if CURRENT.contains(&plain) {
            Some(Column::Current)
        } else if HOURS.contains(&plain) {
            Some(Column::Hours)
        } else if ["rate", "payrate", "tarifa", "tasa", "description", "units", "earnings", "deductions", "taxes", "hourlyrate", "ytdhours", "ytdhrs"].contains(&plain) {
            Some(Column::Other)
        } else {
            None
        }
    };
    if let Some(kind) = kind(&cell.plain) {
        return vec![(kind, cell.at())];
    }
    // `Rate Hours This Period YTD` set closely: the longest run of words that is a heading, again and again.
    let mut out = Vec::new();
    let mut from = 0;
    while from < cell.words.len() {
        let longest = (from + 1..=cell.words.len().min(from + 3)).rev().find_map(|to| {
            let plain: String = cell.words[from..to].iter().map(|w| letters(&w.text)).collect();
            Some((kind(&plain)?, to))
        });
        match longest {
            Some((kind, to)) => {
                out.push((kind, around(cell.words[from..to].iter().copied())));
                from = to;
            }
            None => return Vec::new(),
        }
    }
    out
}

/// The column whose heading is nearest to a number: by right edges, as numbers are set, or by what lies over it.
fn nearest(heads: &[(Column, Region)], at: Region) -> Option<Column> {
    let far = |head: &Region| {
        let right = (head.x + head.w).abs_diff(at.x + at.w);
        let middle = (head.x + head.w / 2).abs_diff(at.x + at.w / 2);
        let left = head.x.abs_diff(at.x);
        right.min(middle).min(left)
    };
    heads.iter().min_by_key(|(_, head)| far(head)).map(|(column, _)| *column)
}

fn overlap(a: Region, b: Region) -> bool {
    a.x < b.x + b.w && b.x < a.x + a.w
}

/// How many words of the cell are one of these labels, at its beginning.
fn prefix(cell: &Cell<'_>, names: &[&str]) -> Option<usize> {
    let mut plain = String::new();
    let mut best = None;
    for (n, word) in cell.words.iter().take(5).enumerate() {
        plain.push_str(&letters(&word.text));
        if names.contains(&plain.as_str()) {
            best = Some(n + 1);
        }
    }
    best
}

fn days_in(words: &[&Word]) -> Vec<(Day, Region)> {
    let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
    let mut out = Vec::new();
    let mut n = 0;
    while n < texts.len() && out.len() < 2 {
        // `01/01/2024-01/15/2024` in one word.
        if let Some((a, b)) = texts[n].split_once(['\u{2013}', '\u{2014}']).or_else(|| split_dates(texts[n])) {
            if let (Some((a, _)), Some((b, _))) = (day(&[a]), day(&[b])) {
                out.extend([(a, region(words[n])), (b, region(words[n]))]);
                n += 1;
                continue;
            }
        }
        match day(&texts[n..]) {
            Some((d, used)) => {
                out.push((d, around(words[n..n + used].iter().copied())));
                n += used;
            }
            None => n += 1,
        }
    }
    out
}

/// `01/01/2024-01/15/2024`: the dash between two dates that are themselves written with slashes.
fn split_dates(text: &str) -> Option<(&str, &str)> {
    (text.contains('/') && text.matches('-').count() == 1).then(|| text.split_once('-')).flatten()
}

fn starts_with_day(words: &[&Word]) -> bool {
    let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
    day(&texts).is_some() || texts.first().is_some_and(|t| letters(t) == "del" || letters(t) == "from") && texts.get(1..).is_some_and(|rest| day(rest).is_some())
}

/// Ends as companies' names end.
fn is_company(name: &str) -> bool {
    const ENDS: &[&str] = &["inc", "llc", "corp", "corporation", "ltd", "llp", "pllc", "sa", "srl", "slu", "sl", "cv", "lp", "incorporated", "limited"];
    name.split([' ', ',']).filter(|w| !w.is_empty()).skip(1).any(|w| ENDS.contains(&letters(w).as_str()))
}

/// A heading of a part of the page, not a name.
fn is_heading(cell: &Cell<'_>) -> bool {
    const PARTS: &[&str] = &[
        "earnings",
        "deductions",
        "taxes",
        "statutory",
        "payroll",
        "summary",
        "yeartodate",
        "ytd",
        "pay",
        "statement",
        "check",
        "date",
        "period",
        "employee",
        "benefits",
        "information",
        "percepciones",
        "deducciones",
        "recibo",
        "nómina",
        "nomina",
        "fecha",
        "periodo",
        "voucher",
        "advice",
        "hours",
        "rate",
        "gross",
        "net",
        "total",
        "page",
        "statutorytaxes",
        "payslip",
        "paystub",
        "confidential",
        "copy",
    ];
    cell.words.iter().any(|w| PARTS.contains(&letters(&w.text).as_str()))
}

/// Something that can be a name: letters, not mostly digits, not an amount, date or address line.
fn name_like(text: &str) -> bool {
    let alphabetic = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    alphabetic >= 3 && digits * 2 < alphabetic && !text.starts_with(|c: char| c.is_ascii_digit()) && !text.ends_with(':') && text.chars().count() <= 120 && city(text).is_none()
}

/// Hours of one pay period, in hundredths.
fn plausible(hours: i64) -> bool {
    (0..=80_000).contains(&hours)
}
