//! An invented family's chronology, for looking at and for tests.

#[path = "../../../amparo-chart/examples/morales/mod.rs"]
mod morales;

use amparo_lang::Lang;
use amparo_render::{AskRow, Chronology, FindingRow, Head, PartyRow, SourceRow, TimelineRow};

pub fn chronology(lang: Lang) -> Chronology {
    let en = lang == Lang::En;
    let say = |a: &str, b: &str| if en { a } else { b }.to_owned();
    let long_name = "Ana Guadalupe de los Ángeles Müller-Xicohténcatl y Peñafiel-Ñáñez de la Concepción Etxebarriagarateagoitia";
    let finding = |when: &str, whose: &str, kind: String, sentence: String, references: &[u32]| FindingRow {
        when: when.to_owned(),
        whose: whose.to_owned(),
        kind,
        sentence,
        settled: String::new(),
        references: references.to_vec(),
    };
    let contradiction = say("Two papers disagree", "Dos documentos no coinciden");
    let mut timeline = Vec::new();
    for year in 2016..=2026 {
        let rows = [
            (
                format!("{} {year}", say("March", "marzo de")),
                say("Work", "Trabajo"),
                say("Pay stub from Panadería La Espiga: 80 hours, $1,040.00", "Talón de pago de Panadería La Espiga: 80 horas, $1,040.00"),
                vec![3, 7],
            ),
            (
                format!("{} {year}", say("May", "mayo de")),
                say("Immigration", "Inmigración"),
                say("Notice of action I-797C: receipt of form I-130", "Aviso de acción I-797C: recibo del formulario I-130"),
                vec![5],
            ),
            (format!("{} {year}", say("October", "octubre de")), say("Phone", "Teléfono"), say("53 calls with Daniel on 27 days", "53 llamadas con Daniel en 27 días"), vec![1, 2]),
        ];
        for (when, lane, sentence, references) in rows {
            timeline.push(TimelineRow { when, lane, whose: "Rosa".to_owned(), sentence, references });
        }
    }
    Chronology {
        office: say("Legal aid office, Main Street", "Oficina de ayuda legal, Main Street"),
        case: "lima-tambor".to_owned(),
        made_on: say("24 November 2026", "24 de noviembre de 2026"),
        head: Head { entry: 41, words: "river cedar lamp stone".to_owned(), digits: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned() },
        lead: String::new(),
        notes: vec![say(
            "Times are Central time, where Rosa lived. Call times stand as the phone recorded them.",
            "Las horas son las del centro, donde vivía Rosa. Las horas de las llamadas están como las guardó el teléfono.",
        )],
        parties: vec![
            PartyRow {
                who: "Rosa".to_owned(),
                role: say("client", "cliente"),
                detail: say(
                    "5 papers, 14,498 records; phone reaches February 2023 to October 2026",
                    "5 documentos, 14,498 registros; el teléfono llega de febrero de 2023 a octubre de 2026",
                ),
            },
            PartyRow {
                who: "Daniel".to_owned(),
                role: say("spouse, petitioner", "cónyuge, peticionario"),
                detail: say("2 papers, 6,944 records", "2 documentos, 6,944 registros"),
            },
            PartyRow { who: long_name.to_owned(), role: say("child", "hija"), detail: say("1 paper, 31 records", "1 documento, 31 registros") },
        ],
        findings: vec![
            finding(
                "2016",
                "Rosa",
                contradiction.clone(),
                say(
                    "The I-94 says 4 November 2016, Laredo, class B2. The I-213 says 18 December 2016, near Hidalgo, without inspection.",
                    "El I-94 dice 4 de noviembre de 2016, Laredo, clase B2. El I-213 dice 18 de diciembre de 2016, cerca de Hidalgo, sin inspección.",
                ),
                &[4, 5],
            ),
            finding(
                &say("August 2019", "agosto de 2019"),
                "Rosa",
                say("Gap", "Hueco"),
                say("Sources reach this month and show nothing.", "Los documentos llegan a este mes y no muestran nada."),
                &[3],
            ),
            FindingRow {
                settled: say("explained", "explicado"),
                ..finding(
                    &say("June 2020", "junio de 2020"),
                    "Daniel",
                    say("Overlap", "Se enciman"),
                    say(
                        "Peña Builders until 26 June (letter), Ridge Roofing from 8 June (pay stub).",
                        "Peña Builders hasta el 26 de junio (carta), Ridge Roofing desde el 8 de junio (talón de pago).",
                    ),
                    &[6, 7],
                )
            },
        ],
        timeline,
        lanes: vec![morales::lanes(lang)],
        coverage: vec![morales::grid(lang)],
        ask: vec![AskRow {
            whose: "Rosa".to_owned(),
            title: say("2 months without evidence", "2 meses sin prueba"),
            months: vec![say("August 2019", "agosto de 2019"), say("February 2021", "febrero de 2021")],
            why: say("One paper for each month is enough. Any of these helps:", "Basta un papel por cada mes. Sirve cualquiera de estos:"),
            papers: vec![say("a receipt for rent, light or water", "recibo de renta, de luz o de agua"), say("a pay stub", "talón de pago")],
        }],
        calls: vec![morales::calls(lang)],
        sources: (1..=12)
            .map(|n| SourceRow {
                number: n,
                name: if n == 8 { format!("{long_name} acta-de-nacimiento.pdf") } else { format!("archivo-{n:02}.pdf") },
                kind: if n < 3 { say("call export", "lista de llamadas") } else { "PDF".to_owned() },
                whose: if n % 3 == 0 { "Daniel".to_owned() } else { "Rosa".to_owned() },
                reaches: say("February 2023 to October 2026", "febrero de 2023 a octubre de 2026"),
                state: if n == 9 { say("partly read", "leído en parte") } else { say("read", "leído") },
                records: u64::from(n) * 1_208,
                furniture: 12,
                rejects: u64::from(n % 4),
                unread: if n == 9 { 7 } else { 0 },
            })
            .collect(),
    }
}
