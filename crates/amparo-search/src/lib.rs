//! Finding: full text over records, messages and pages, in English and Spanish.
//!
//! The index is a view: made in memory from what the case holds, never written down, so nothing in it
//! has to be forgotten. A question is words, `"phrases"` and `begin*`, no query language: a pasted name
//! with odd signs is still only words.
#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_types))]

mod index;
mod words;

pub use index::{Ask, Entry, Hit, Index, NoWords, Target};
pub use words::{Question, fold};

/// The part of a text where most of the question stands close together, at most `width` characters, or its beginning.
pub fn snippet(text: &str, question: &str, width: usize) -> String {
    let question = Question::parse(question);
    let words: Vec<(usize, &str)> = words::split(text).collect();
    // Where words of the question stand, in characters, and which they are.
    let mut marks: Vec<(usize, u32)> = Vec::new();
    let (mut byte, mut chars) = (0, 0);
    for (i, (at, _)) in words.iter().enumerate() {
        chars += text[byte..*at].chars().count();
        byte = *at;
        match question.touched(&words, i) {
            0 => {}
            bits => marks.push((chars, bits)),
        }
    }
    let close = |i: usize| {
        let from = marks[i].0;
        marks[i..].iter().take_while(|(at, _)| *at < from + width * 2 / 3).fold(0, |all, (_, bits)| all | bits).count_ones()
    };
    let best = (0..marks.len()).map(|i| (close(i), std::cmp::Reverse(i))).max();
    let at = best.map_or(0, |(_, std::cmp::Reverse(i))| marks[i].0);
    let flat: Vec<char> = text.chars().collect();
    let from = at.saturating_sub(width / 3);
    let to = (from + width).min(flat.len());
    let middle: String = flat[from..to].iter().collect();
    let middle = middle.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}{middle}{}", if from > 0 { "... " } else { "" }, if to < flat.len() { " ..." } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::{Kind, PartyId, RecordId};

    fn entry(n: u8, kind: Kind, day: u32, text: &str) -> Entry {
        Entry { target: Target::Record(RecordId([n; 16])), kind, subject: Some(PartyId([n % 2; 16])), day, text: text.into() }
    }

    fn entries() -> Vec<Entry> {
        vec![
            entry(0, Kind::Message, 20190712, "Mañana hay audiencia con el juez en Los Ángeles"),
            entry(1, Kind::Page, 20200301, "NOTICE OF HEARING: the hearings were continued. José Nuñez Núñez"),
            entry(2, Kind::Job, 20180101, "Panadería Sol: panadero, notificaciones enviadas"),
            entry(3, Kind::Page, 0, "O'Brien-Smith 415-555-2671 A012-345-678"),
        ]
    }

    fn check(question: &str, want: &[usize]) {
        let all = entries();
        let index = Index::build(&all);
        let ask = Ask { question: question.into(), most: 10, ..Ask::default() };
        let mut hits: Vec<usize> = index.find(&ask).expect("an answer").iter().map(|h| h.entry).collect();
        hits.sort();
        assert_eq!(hits, want, "{question}");
    }

    #[test]
    fn words_are_found_without_accents_and_in_other_forms() {
        check("audiencias", &[0]);
        check("manana", &[0]);
        check("HEARING", &[1]);
        check("nunez", &[1]);
        check("notificacion", &[2]);
        check("notificación", &[2]);
        check("\"los angeles\"", &[0]);
        check("\"angeles los\"", &[]);
        check("panad*", &[2]);
        check("jose juez", &[]);
        check("a012 345", &[3]);
        check("brien", &[3]);
    }

    #[test]
    fn filters_narrow_and_unknown_days_stay_out_of_ranges() {
        let all = entries();
        let index = Index::build(&all);
        let find = |ask: Ask| index.find(&Ask { most: 10, ..ask }).expect("an answer").iter().map(|h| h.entry).collect::<Vec<_>>();
        assert_eq!(find(Ask { question: "hearing".into(), kind: Some(Kind::Message), ..Ask::default() }), [] as [usize; 0]);
        assert_eq!(find(Ask { question: "nunez".into(), from: Some(20200101), to: Some(20201231), ..Ask::default() }), [1]);
        assert_eq!(find(Ask { question: "brien".into(), from: Some(19000101), ..Ask::default() }), [] as [usize; 0]);
        assert_eq!(find(Ask { question: "nunez".into(), subject: Some(PartyId([0; 16])), ..Ask::default() }), [] as [usize; 0]);
    }

    #[test]
    fn a_question_without_a_word_is_refused_and_hostile_ones_are_only_words() {
        let all = entries();
        let index = Index::build(&all);
        for none in ["", "  ", "\"\"", "*", "()[]"] {
            assert!(matches!(index.find(&Ask { question: none.into(), most: 5, ..Ask::default() }), Err(NoWords)), "{none}");
        }
        for odd in ["a AND (b", "kind:call", "\"unclosed", "^~2 .*", "[a TO b]", "a".repeat(100_000).as_str()] {
            assert!(index.find(&Ask { question: odd.into(), most: 5, ..Ask::default() }).is_ok(), "{odd:.20}");
        }
    }

    #[test]
    fn a_snippet_shows_the_match() {
        let text = format!("{} el juez José Núñez firmó {}", "palabra ".repeat(40), "otra ".repeat(40));
        let shown = snippet(&text, "nunez", 60);
        assert!(shown.contains("Núñez") && shown.starts_with("...") && shown.ends_with("..."), "{shown}");
    }

    #[test]
    fn a_snippet_shows_where_the_words_stand_together() {
        let text = format!("juez {} audiencia ante el juez Ruiz {}", "palabra ".repeat(60), "otra ".repeat(40));
        assert!(snippet(&text, "audiencia juez", 80).contains("audiencia ante el juez"));
        let text = format!("los gatos {} en Los Ángeles {}", "palabra ".repeat(60), "otra ".repeat(40));
        assert!(snippet(&text, "\"los angeles\"", 60).contains("Los Ángeles"));
        let text = format!("notice {} the hearings were continued {}", "word ".repeat(60), "more ".repeat(40));
        assert!(snippet(&text, "hearing", 60).contains("hearings"));
        assert_eq!(snippet("nada aquí", "juez", 60), "nada aquí");
    }

    #[test]
    fn spanish_and_english_forms_find_each_other_with_and_without_accents() {
        for (text, question) in [
            ("Trabajó en la panadería desde enero", "trabajar"),
            ("Los pagos se hicieron cada viernes", "pago"),
            ("Certificación de nacimiento", "certificacion"),
            ("Año nuevo con sus niños", "nino"),
            ("She worked for two employers", "work employer"),
            ("Payments were deposited weekly", "payment deposit"),
            ("The children attended school", "schools"),
        ] {
            let all = [entry(0, Kind::Page, 0, text)];
            let index = Index::build(&all);
            let ask = Ask { question: question.into(), most: 3, ..Ask::default() };
            assert_eq!(index.find(&ask).expect("an answer").len(), 1, "{question} in {text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_and_question_are_taken(text in ".{0,200}", question in ".{0,60}") {
            let all = [entry(0, Kind::Page, 0, &text)];
            let index = Index::build(&all);
            let _ = index.find(&Ask { question: question.clone(), most: 3, ..Ask::default() });
            let _ = snippet(&text, &question, 40);
        }
    }
}
