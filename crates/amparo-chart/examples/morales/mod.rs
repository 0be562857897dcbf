//! An invented family's charts, for looking at and for tests.
#![allow(dead_code)] // each user takes what it needs

use amparo_chart::{Bar, CallRow, Calls, Dispute, Fill, Fullness, Grid, Lanes, MonthBox, MonthCount, Point, PointShape, Span};
use amparo_lang::Lang;
use amparo_model::results::{Lane, Month};

pub fn m(text: &str) -> Month {
    Month::parse(text).expect("a month in a test")
}

pub fn span(from: &str, to: &str) -> Span {
    Span { from: m(from), to: m(to) }
}

fn say(lang: Lang, en: &str, es: &str) -> String {
    if lang == Lang::En { en } else { es }.to_owned()
}

/// Numbers that look like a life and are the same every time.
fn noise(n: i32) -> u64 {
    (n as u64).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 33
}

pub fn grid(lang: Lang) -> Grid {
    let from = m("2016-11");
    let months = (0..120)
        .map(|i| {
            let month = from.plus(i);
            let best = match month.to_string().as_str() {
                "2016-12" | "2017-01" | "2017-02" => Fullness::OutOfReach,
                "2019-08" | "2021-02" => Fullness::Ask,
                "2017-06" | "2017-07" | "2018-01" | "2018-02" | "2019-07" | "2019-09" | "2020-04" | "2020-05" | "2020-06" | "2021-01" | "2023-08" => Fullness::Weak,
                _ if noise(i).is_multiple_of(6) => Fullness::Fair,
                _ => Fullness::Strong,
            };
            let records = match best {
                Fullness::Strong => 2 + noise(i) % 8,
                Fullness::Fair => 1 + noise(i) % 2,
                Fullness::Weak => 1,
                _ => 0,
            };
            MonthBox { month, best, records }
        })
        .collect();
    Grid {
        title: say(lang, "Rosa: months with proof of presence", "Rosa: meses con prueba de presencia"),
        desc: say(
            lang,
            "November 2016 to October 2026. The fuller the box, the stronger the proof.",
            "De noviembre de 2016 a octubre de 2026. Cuanto más llena la caja, más fuerte la prueba.",
        ),
        months,
        holes: Vec::new(),
    }
}

pub fn lanes(lang: Lang) -> Lanes {
    Lanes {
        title: say(lang, "Rosa: work, phone and immigration", "Rosa: trabajo, teléfono e inmigración"),
        desc: say(
            lang,
            "Two months of work have no paper; the phone file begins in February 2023.",
            "Dos meses de trabajo no tienen documento; el teléfono empieza en febrero de 2023.",
        ),
        span: span("2016-11", "2026-10"),
        work: vec![
            Bar { span: span("2017-03", "2019-07"), label: "Panadería La Espiga".into(), fill: Fill::Full, href: None },
            Bar { span: span("2019-09", "2021-01"), label: "Panadería La Espiga".into(), fill: Fill::Half, href: None },
            Bar { span: span("2021-03", "2026-10"), label: "Comedor San Judas".into(), fill: Fill::Full, href: None },
        ],
        home: vec![],
        phone: (0..45).map(|i| MonthCount { month: m("2023-02").plus(i), count: 240 + noise(i) % 181 }).collect(),
        phone_reach: Some(span("2023-02", "2026-10")),
        phone_note: say(lang, "No source reaches these months: the file begins in February 2023", "Ningún documento llega a estos meses: el archivo empieza en febrero de 2023"),
        immigration: vec![
            Point { month: m("2016-11"), shape: PointShape::Diamond, label: say(lang, "Entry, B2", "Entrada, B2"), href: None },
            Point { month: m("2018-05"), shape: PointShape::Triangle, label: say(lang, "Encounter", "Encuentro"), href: None },
            Point { month: m("2022-07"), shape: PointShape::Square, label: say(lang, "I-130 filed", "I-130 presentado"), href: None },
            Point { month: m("2022-09"), shape: PointShape::Square, label: say(lang, "I-130 received", "I-130 recibido"), href: None },
            Point { month: m("2024-05"), shape: PointShape::Square, label: say(lang, "I-130 approved", "I-130 aprobado"), href: None },
            Point { month: m("2026-08"), shape: PointShape::Square, label: say(lang, "Hearing notice", "Aviso de audiencia"), href: None },
        ],
        gaps: vec![span("2019-08", "2019-08"), span("2021-02", "2021-02")],
        out_of_reach: vec![span("2016-12", "2017-02")],
        disputes: vec![Dispute {
            month: m("2016-11"),
            lane: Lane::Immigration,
            label: say(lang, "entry: two papers disagree", "entrada: dos documentos no coinciden"),
            href: None,
        }],
        links: None,
    }
}

pub fn calls(lang: Lang) -> Calls {
    let row = |name: &str, note: String, top: u64, salt: i32| CallRow {
        name: name.into(),
        note,
        months: (0..45).map(|i| MonthCount { month: m("2023-02").plus(i), count: (noise(i * 31 + salt) % (top * 2)).saturating_sub(top / 3) }).collect(),
    };
    let masked = say(lang, "not in this case, masked", "no está en este caso, oculto");
    Calls {
        title: say(lang, "Rosa’s phone, 6 of 41 numbers", "El teléfono de Rosa, 6 de 41 números"),
        desc: say(lang, "February 2023 to October 2026, by number and month.", "De febrero de 2023 a octubre de 2026, por número y mes."),
        from: m("2023-02"),
        to: m("2026-10"),
        rows: vec![
            row("Daniel", say(lang, "spouse, in this case", "cónyuge, en este caso"), 65, 1),
            row(&say(lang, "Lucía’s school", "La escuela de Lucía"), say(lang, "number from her school papers", "número de sus papeles de la escuela"), 4, 2),
            row("Comedor San Judas", say(lang, "work, number on a pay stub", "trabajo, número en un talón de pago"), 18, 3),
            row("+502 ··· ··14", masked.clone(), 9, 4),
            row("+1 956 ··· ··71", masked.clone(), 6, 5),
            row("+1 956 ··· ··08", masked, 3, 6),
        ],
    }
}

/// The report of the invented family; `pages` are two pictures of papers.
pub fn report(lang: Lang, pages: &[(Vec<u8>, u32, u32)]) -> amparo_chart::Report {
    use amparo_chart::{FileState, Report, ReportAsk, ReportFile, ReportFinding, ReportPaper, Thief};
    let paper = |i: usize, name: &str, caption: String| {
        let (png, width, height) = pages.get(i).cloned().unwrap_or_default();
        ReportPaper { name: name.to_owned(), caption, png, width, height }
    };
    Report {
        lang,
        office: say(lang, "Legal aid office, Main Street", "Oficina de ayuda legal, Main Street"),
        case: "lima-tambor".into(),
        title: say(lang, "Morales family", "Familia Morales"),
        notice: say(lang, "The Morales family, their papers and their numbers are invented.", "La familia Morales, sus documentos y sus números son inventados."),
        made_on: say(lang, "24 November 2026", "24 de noviembre de 2026"),
        findings: vec![
            ReportFinding {
                title: say(lang, "The I-94 and the I-213 disagree about how Rosa came", "El I-94 y el I-213 no coinciden en cómo llegó Rosa"),
                sentence: say(lang, "The I-94 says 4 November 2016, Laredo, class B2. The I-213 says 18 December 2016, near Hidalgo, without inspection.", "El I-94 dice 4 de noviembre de 2016, Laredo, clase B2. El I-213 dice 18 de diciembre de 2016, cerca de Hidalgo, sin inspección."),
                differs: vec![
                    (say(lang, "Date of entry", "Fecha de entrada"), vec![say(lang, "4 November 2016", "4 de noviembre de 2016"), say(lang, "on or about 18 December 2016", "alrededor del 18 de diciembre de 2016")]),
                    (say(lang, "Place", "Lugar"), vec!["Laredo, Texas".into(), say(lang, "near Hidalgo, Texas", "cerca de Hidalgo, Texas")]),
                ],
                papers: vec![paper(0, "I-94", say(lang, "i94.pdf, page 1 of 1", "i94.pdf, página 1 de 1")), paper(1, "I-213", say(lang, "A-file.pdf, page 14 of 218", "A-file.pdf, página 14 de 218"))],
            },
            ReportFinding {
                title: say(lang, "Nothing found for August 2019 and February 2021", "No hay nada de agosto de 2019 ni de febrero de 2021"),
                sentence: say(lang, "Sources reach both months and show nothing.", "Los documentos llegan a los dos meses y no muestran nada."),
                ..ReportFinding::default()
            },
        ],
        coverage: vec![grid(lang)],
        lanes: vec![lanes(lang)],
        calls: vec![calls(lang)],
        ask: vec![ReportAsk {
            title: say(lang, "Rosa: 2 months without evidence", "Rosa: 2 meses sin prueba"),
            months: say(lang, "August 2019; February 2021", "Agosto de 2019; febrero de 2021"),
            why: say(lang, "One paper for each month is enough. Any of these helps:", "Basta un papel por cada mes. Sirve cualquiera de estos:"),
            papers: vec![say(lang, "a receipt for rent, light or water", "recibo de renta, de luz o de agua"), say(lang, "a pay stub", "talón de pago")],
        }],
        files: (1..=23)
            .map(|n| ReportFile {
                name: format!("archivo-{n:02}.{}", if n < 4 { "csv" } else { "pdf" }),
                kind: if n < 4 { say(lang, "call export", "lista de llamadas") } else { "PDF".into() },
                state: match n { 9 => FileState::Partly, 17 => FileState::Unread, _ => FileState::Read },
                state_text: match n { 9 => say(lang, "partly read: 7 pages are too faint", "leído en parte: 7 páginas muy claras"), 17 => say(lang, "kept, not read: it asks for a password", "guardado, sin leer: pide contraseña"), _ => say(lang, "read", "leído") },
                whose: if n % 3 == 0 { "Daniel".into() } else { "Rosa".into() },
                reaches: if n < 4 { say(lang, "February 2023 to October 2026", "febrero de 2023 a octubre de 2026") } else { String::new() },
                records: if n == 17 { 0 } else { n * 601 },
                furniture: 4,
                rejects: n % 5,
                unread: match n { 9 => 7, 17 => 1, _ => 0 },
            })
            .collect(),
        thief: Thief {
            sentence: say(lang, "Sealed files without names, dates or people. Their number and sizes can be seen.", "Archivos con llave, sin nombres, fechas ni personas. Se ve cuántos son y cuánto pesan."),
            listing: "objects/3f/9c41d7…   18,204 bytes   61 67 65 2d 65 6e 63 72\nobjects/a0/77be02…  402,118 bytes   61 67 65 2d 65 6e 63 72\nstore.sqlite        118,784 bytes   53 51 4c 69 74 65 20 66".into(),
        },
        foot: vec![say(lang, "Entry 41: river cedar lamp stone", "Registro 41: river cedar lamp stone"), say(lang, "Nothing on this page came from the network", "Nada de esta página vino de la red")],
        ..Report::default()
    }
}
