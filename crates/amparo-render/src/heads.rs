//! The chronology's own headings and fixed sentences, in English and Spanish.

use amparo_chart::{Fullness, Grid, Words};
use amparo_lang::Lang;

pub(crate) struct Heads {
    lang: Lang,
    pub title: &'static str,
    pub made_on: &'static str,
    pub what_it_is: &'static str,
    pub entry: &'static str,
    pub entry_note: &'static str,
    pub parties: &'static str,
    pub who: &'static str,
    pub role: &'static str,
    pub detail: &'static str,
    pub findings: &'static str,
    pub findings_note: &'static str,
    pub finding: &'static str,
    pub settled: &'static str,
    pub open: &'static str,
    pub when: &'static str,
    pub whose: &'static str,
    pub lane: &'static str,
    pub what: &'static str,
    pub sources_short: &'static str,
    pub coverage: &'static str,
    pub coverage_note: &'static str,
    pub ask: &'static str,
    pub ask_note: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub months: &'static str,
    pub month: &'static str,
    pub what_to_ask: &'static str,
    pub timeline: &'static str,
    pub timeline_note: &'static str,
    pub calls: &'static str,
    pub calls_note: &'static str,
    pub all: &'static str,
    pub sources: &'static str,
    pub sources_note: &'static str,
    pub source: &'static str,
    pub reaches: &'static str,
    pub records: &'static str,
    pub furniture: &'static str,
    pub rejects: &'static str,
    pub unread: &'static str,
}

impl Heads {
    pub fn of(lang: Lang) -> &'static Heads {
        match lang {
            Lang::En => &EN,
            Lang::Es => &ES,
        }
    }

    /// "120 months: 104 proven, 11 weak, 3 no source reaches, 2 to ask for."
    pub fn counts(&self, grid: &Grid) -> String {
        let (months, [proven, weak, out, ask]) = grid.counts();
        match self.lang {
            Lang::En => format!("{months} {}: {proven} proven, {weak} weak, {out} no source reaches, {ask} to ask for.", if months == 1 { "month" } else { "months" }),
            Lang::Es => format!("{months} {}: {proven} con prueba, {weak} débiles, {out} a los que ningún documento llega, {ask} por pedir.", if months == 1 { "mes" } else { "meses" }),
        }
    }

    pub fn page(&self, page: usize, all: usize) -> String {
        match self.lang {
            Lang::En => format!("page {page} of {all}"),
            Lang::Es => format!("página {page} de {all}"),
        }
    }

    pub fn number(&self, n: u64) -> String {
        amparo_lang::grouped(i64::try_from(n).unwrap_or(i64::MAX))
    }

    /// The grid as it is read aloud: every month that is not proven, by name.
    pub fn months_aloud(&self, grid: &Grid, words: &Words) -> String {
        let mut out = self.counts(grid);
        for best in [Fullness::Ask, Fullness::OutOfReach, Fullness::Weak] {
            let months: Vec<String> = grid.months.iter().filter(|m| m.best == best).map(|m| words.long(m.month)).collect();
            if !months.is_empty() {
                let word = best.word(words);
                out.push_str(&format!(" {}: {}.", word, months.join(", ")));
            }
        }
        out
    }
}

static EN: Heads = Heads {
    lang: Lang::En,
    title: "Chronology",
    made_on: "Made on",
    what_it_is: "A working paper. It says what the papers in this case say, and where; it does not say what is true, nor what it means in law: the representative decides that. Nothing found in a month does not mean that nothing happened. Numbers in brackets name the sources listed at the end.",
    entry: "Entry",
    entry_note: "These four words hold the state of the case file when this was printed. Later, “amparo verify --since” with these words says whether that state is still part of it.",
    parties: "Parties",
    who: "Who",
    role: "In this case",
    detail: "Papers",
    findings: "Findings",
    findings_note: "Where papers disagree, overlap or leave a hole. Each needs a person.",
    finding: "What the papers say",
    settled: "Settled",
    open: "open",
    when: "When",
    whose: "Whose",
    lane: "Lane",
    what: "What the papers say",
    sources_short: "Source",
    coverage: "Month by month",
    coverage_note: "The fuller the box, the stronger the proof. Hatched: no source reaches the month, and nothing can be said about it. A question mark: sources reach it and show nothing.",
    ask: "Gaps, and what to ask for",
    ask_note: "One paper a month is enough to begin with. Most useful first.",
    from: "From",
    to: "To",
    months: "Months",
    month: "Month",
    what_to_ask: "What would help",
    timeline: "Timeline",
    timeline_note: "Dates are written as exactly as their paper knows them, and no more.",
    calls: "Calls",
    calls_note: "Calls found in two files are counted once. People who are not in this case are masked.",
    all: "All",
    sources: "Sources",
    sources_note: "Every file handed in is here. Records, headings and blanks, lines that could not be read, and what is not read yet add up to everything the file holds.",
    source: "File",
    reaches: "Reaches",
    records: "Records",
    furniture: "Headings, blanks",
    rejects: "Could not be read",
    unread: "Not read yet",
};

static ES: Heads = Heads {
    lang: Lang::Es,
    title: "Cronología",
    made_on: "Hecha el",
    what_it_is: "Es un papel de trabajo. Dice lo que dicen los documentos de este caso, y dónde; no dice qué es verdad ni qué significa ante la ley: eso lo decide el representante. Si de un mes no hay nada, no quiere decir que nada pasó. Los números entre corchetes son los documentos de la lista del final.",
    entry: "Registro",
    entry_note: "Estas cuatro palabras guardan el estado del expediente al imprimir esto. Más adelante, “amparo verify --since” con estas palabras dice si ese estado sigue siendo parte de él.",
    parties: "Personas del caso",
    who: "Quién",
    role: "En este caso",
    detail: "Documentos",
    findings: "Puntos por aclarar",
    findings_note: "Donde los documentos no coinciden, se enciman o dejan un hueco. Cada punto necesita a una persona.",
    finding: "Lo que dicen los documentos",
    settled: "Aclarado",
    open: "pendiente",
    when: "Cuándo",
    whose: "De quién",
    lane: "Línea",
    what: "Lo que dicen los documentos",
    sources_short: "Fuente",
    coverage: "Mes por mes",
    coverage_note: "Cuanto más llena la caja, más fuerte la prueba. Con rayas: ningún documento llega a ese mes, y no se puede saber nada. Un signo de pregunta: los documentos llegan y no muestran nada.",
    ask: "Huecos, y qué pedir",
    ask_note: "Para empezar basta un documento por mes. Lo más útil va primero.",
    from: "Desde",
    to: "Hasta",
    months: "Meses",
    month: "Mes",
    what_to_ask: "Qué serviría",
    timeline: "Línea de tiempo",
    timeline_note: "Las fechas se escriben tan exactas como las sabe su documento, y no más.",
    calls: "Llamadas",
    calls_note: "Una llamada que está en dos archivos se cuenta una vez. Las personas que no son del caso se ocultan.",
    all: "Total",
    sources: "Fuentes",
    sources_note: "Aquí está cada archivo entregado. Los registros, los títulos y blancos, lo que no se pudo leer y lo que falta leer suman todo lo que el archivo contiene.",
    source: "Archivo",
    reaches: "Llega a",
    records: "Registros",
    furniture: "Títulos, blancos",
    rejects: "No se pudo leer",
    unread: "Falta leer",
};
