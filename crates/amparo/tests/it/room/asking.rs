//! What to ask for next is one list: the same months, counts and words in the terminal, on the pages and on paper.

use super::Served;
use super::speak::Visitor;
use crate::papers;
use crate::place::Place;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A page's text, its parts one space apart.
fn seen(page: &str) -> String {
    let (mut text, mut inside) = (String::new(), true);
    for c in page.split_once("<main").map_or(page, |(_, main)| main).chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace(" ;", ";")
}

/// The lines of the list, as `coverage` prints it: what a group is called, its months, why, its papers.
struct Group {
    title: String,
    months: Vec<String>,
    why: String,
    papers: Vec<String>,
}

fn groups(printed: &str, head: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in printed.lines().skip_while(|l| *l != head).skip(1).take_while(|l| !l.is_empty()) {
        match (line.strip_prefix("    "), line.strip_prefix("    - "), groups.last_mut()) {
            (_, Some(paper), Some(group)) => group.papers.push(paper.to_owned()),
            (Some(why), _, Some(group)) if why.ends_with(':') => group.why = why.to_owned(),
            (Some(months), _, Some(group)) => group.months.push(months.to_owned()),
            _ => groups.push(Group { title: line.trim().to_owned(), months: Vec::new(), why: String::new(), papers: Vec::new() }),
        }
    }
    groups
}

#[test]
fn what_to_ask_for_is_one_list_with_one_count_in_both_languages() {
    let (place, case) = Place::with_case();
    // Ten days of calls in March, one call in June, one in December of 2021: proven, weak, and months with nothing.
    let calls: Vec<_> = (0..10).map(|day| day * DAY).chain([95 * DAY, 280 * DAY]).map(|at| ("+14155550201", at, 1, 60, "Luz")).collect();
    place.write("calls.xml", &papers::calls_xml(&calls));
    place.run(&["add", &case, "calls.xml", "--whose", "client"]).done();
    let served = Served::open(&place);
    let visitor = Visitor::enter(&served.entrance);
    for (lang, head) in [("en", "What to ask for next:"), ("es", "Qué pedir ahora:")] {
        let printed = place.run(&["coverage", &case, "--lang", lang]).done().out;
        let list = groups(&printed, head);
        assert_eq!(list.len(), 3, "nothing, weak, out of reach:\n{printed}");
        assert!(list.iter().all(|g| !g.months.is_empty() && !g.why.is_empty() && g.papers.len() > 3), "{printed}");
        let chosen = visitor.get(&format!("/language/{lang}"));
        let cookie = chosen.header("set-cookie").and_then(|c| c.split(';').next()).expect("the language is remembered");
        let reader = Visitor { port: visitor.port, cookie: format!("{}; {cookie}", visitor.cookie) };
        let page = |path: &str| seen(&reader.get(&format!("/case/{case}{path}")).text());
        let (overview, months, sheet) = (page(""), page("/coverage"), page(&format!("/print/ask?lang={lang}")));
        for (name, text, whole) in [("overview", &overview, false), ("months", &months, true), ("sheet", &sheet, true)] {
            let mut from = 0;
            let mut follows = |what: &str| match text[from..].to_lowercase().find(&what.to_lowercase()) {
                Some(at) => from += at + what.len(),
                None => panic!("{lang}, {name}: {what:?} does not follow in {:?}", &text[from..]),
            };
            for group in &list {
                follows(&group.title);
                follows(&group.months.join("; "));
                if whole {
                    follows(&group.why);
                    group.papers.iter().for_each(|paper| follows(paper));
                }
            }
        }
        // The gaps say why, and never count together what a source reaches and what none does.
        let counted = |lines: &str| lines.lines().filter(|l| l.contains(" (") && l.contains(": ")).map(str::to_owned).collect::<Vec<_>>();
        let gaps: Vec<String> = counted(&printed).into_iter().filter(|l| !l.starts_with(' ')).collect();
        assert!(gaps.len() > 2 && gaps.iter().all(|gap| months.contains(gap.as_str())), "{gaps:?} {months}");
        let sheet = page(&format!("/print/coverage?lang={lang}"));
        assert!(gaps.iter().all(|gap| sheet.contains(gap.as_str())), "{gaps:?} {sheet}");
        let counts = printed.lines().nth(1).expect("the counts");
        assert!([&overview, &months, &sheet].iter().all(|text| text.contains(counts)), "{counts}");
    }
}
