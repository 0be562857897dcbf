//! The labels of the charts, in English and Spanish.

use amparo_lang::Lang;
use amparo_model::results::Month;

/// The labels a chart needs. A caller may change any of them before drawing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Words {
    pub lang: Lang,
    /// January first, three or four letters.
    pub months: [&'static str; 12],
    pub months_long: [&'static str; 12],
    pub month: &'static str,
    pub year: &'static str,
    pub proof: &'static str,
    pub papers: &'static str,
    pub strong: &'static str,
    pub fair: &'static str,
    pub weak: &'static str,
    pub ask: &'static str,
    pub out_of_reach: &'static str,
    pub outside: &'static str,
    pub work: &'static str,
    pub phone: &'static str,
    pub immigration: &'static str,
    pub home: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub lane: &'static str,
    pub what: &'static str,
    /// Before a month: "Aug 2019: ask".
    pub ask_mark: &'static str,
    pub calls_a_month_most: &'static str,
    pub no_source_reaches_these: &'static str,
    pub nothing_given: &'static str,
    pub number: &'static str,
    pub calls: &'static str,
    pub no_call: &'static str,
    pub or_more: &'static str,
    pub papers_disagree: &'static str,
    pub half_bar: &'static str,
    pub full_bar: &'static str,
    pub entry_or_trip: &'static str,
    pub notice_or_filing: &'static str,
    pub encounter: &'static str,
}

impl Words {
    pub fn of(lang: Lang) -> Words {
        match lang {
            Lang::En => EN,
            Lang::Es => ES,
        }
    }

    /// `Aug 2019`.
    pub fn short(&self, month: Month) -> String {
        format!("{} {}", self.months[index(month)], month.year)
    }

    /// `August 2019`, `agosto de 2019`.
    pub fn long(&self, month: Month) -> String {
        let name = self.months_long[index(month)];
        match self.lang {
            Lang::En => format!("{name} {}", month.year),
            Lang::Es => format!("{name} de {}", month.year),
        }
    }
}

fn index(month: Month) -> usize {
    usize::try_from(month.month.clamp(1, 12)).unwrap_or(1) - 1
}

const EN: Words = Words {
    lang: Lang::En,
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    months_long: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    month: "Month",
    year: "Year",
    proof: "Proof",
    papers: "Records",
    strong: "proven (strong)",
    fair: "proven (fair)",
    weak: "weak",
    ask: "nothing found: ask",
    out_of_reach: "no source reaches",
    outside: "outside the claim",
    work: "Work",
    phone: "Phone",
    immigration: "Immigration",
    home: "Home",
    from: "From",
    to: "To",
    lane: "Lane",
    what: "What",
    ask_mark: "ask",
    calls_a_month_most: "calls a month, most:",
    no_source_reaches_these: "No source reaches these months",
    nothing_given: "No paper given yet",
    number: "Number",
    calls: "calls",
    no_call: "no call",
    or_more: "or more",
    papers_disagree: "papers disagree",
    half_bar: "half bar: yearly totals only",
    full_bar: "full bar: month by month",
    entry_or_trip: "entry or trip",
    notice_or_filing: "notice or filing",
    encounter: "encounter",
};

const ES: Words = Words {
    lang: Lang::Es,
    months: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
    months_long: ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
    month: "Mes",
    year: "Año",
    proof: "Prueba",
    papers: "Registros",
    strong: "con prueba (fuerte)",
    fair: "con prueba (regular)",
    weak: "débil",
    ask: "no hay nada: pedir",
    out_of_reach: "ningún documento llega",
    outside: "fuera del periodo",
    work: "Trabajo",
    phone: "Teléfono",
    immigration: "Inmigración",
    home: "Vivienda",
    from: "Desde",
    to: "Hasta",
    lane: "Línea",
    what: "Qué",
    ask_mark: "pedir",
    calls_a_month_most: "llamadas al mes, máximo:",
    no_source_reaches_these: "Ningún documento llega a estos meses",
    nothing_given: "Todavía no hay documentos",
    number: "Número",
    calls: "llamadas",
    no_call: "ninguna llamada",
    or_more: "o más",
    papers_disagree: "los documentos no coinciden",
    half_bar: "media barra: solo totales del año",
    full_bar: "barra llena: mes por mes",
    entry_or_trip: "entrada o viaje",
    notice_or_filing: "aviso o solicitud",
    encounter: "encuentro",
};
