//! Texts that were written to do harm, wherever a text can be typed or handed in: they are shown, and do nothing.

use super::axe::sticking_out;
use super::driver::{Browser, Wish};
use super::pages::number_key;
use super::sheet::printed;
use super::speak::Visitor;
use super::{Family, PASSPHRASE, Served};
use crate::papers;
use crate::place::{Place, text};
use serde_json::{Value, json};

/// Texts that would run a script if a page took them for its own words: each way in, times each thing to do there.
fn payloads() -> Vec<String> {
    let acts = ["__xss(1)", "alert(1)", "window.__xss=1", "eval('__xss(1)')"];
    // Ways out of where a text stands, and into where one runs.
    let outs = ["", "\">", "'>", "--></script>", "</textarea>", "</title></style>", "]]>", "\" ", "' ", "</select></option>"];
    let ins = [
        "<script>ACT</script>",
        "<ScRiPt>ACT</sCrIpT >",
        "<script src=data:text/javascript,ACT></script>",
        "<img src=x onerror=ACT>",
        "<img/src=\"x\"/onerror=\"ACT\"/>",
        "<svg onload=ACT>",
        "<svg><script>ACT</script></svg>",
        "<svg><animate onbegin=ACT attributeName=x dur=1s>",
        "<svg><a xlink:href=\"javascript:ACT\"><text x=20 y=20>x</text></a></svg>",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=ACT>",
        "<body onload=ACT>",
        "<iframe srcdoc=\"<script>parent.ACT</script>\">",
        "<iframe src=\"javascript:parent.ACT\">",
        "<object data=\"javascript:ACT\">",
        "<embed src=\"data:text/html,<script>ACT</script>\">",
        "<details open ontoggle=ACT>",
        "<input autofocus onfocus=ACT>",
        "<select autofocus onfocus=ACT>",
        "<video><source onerror=ACT></video>",
        "<audio src=x onerror=ACT>",
        "<a href=\"javascript:ACT\" autofocus onfocus=ACT>x</a>",
        "<form action=\"javascript:ACT\"><button autofocus>x</button></form>",
        "<button formaction=\"javascript:ACT\">x</button>",
        "<meta http-equiv=refresh content=\"0;url=javascript:ACT\">",
        "<base href=\"javascript:ACT//\">",
        "<link rel=stylesheet href=\"data:text/css,*{background:url(javascript:ACT)}\">",
        "<style>@import 'javascript:ACT';</style>",
        "<div style=\"background:url(javascript:ACT);position:fixed;inset:0\">x</div>",
        "<template><script>ACT</script></template><slot onslotchange=ACT>",
        "<marquee onstart=ACT>x</marquee>",
        "<xss id=x tabindex=1 onfocus=ACT style=display:block>",
        "<!--><img src=x onerror=ACT>-->",
    ];
    let mut all: Vec<String> =
        ins.iter().enumerate().flat_map(|(i, way)| (0..4).map(move |j| format!("{}{}", outs[(i + 3 * j) % outs.len()], way.replace("ACT", acts[(i + j) % acts.len()])))).collect();
    // Inside an attribute, a script, an address or a template; and written so that something else has to read it first.
    let inside = [
        "\" onmouseover=\"ACT\" x=\"",
        "' onfocus='ACT' autofocus x='",
        "\" autofocus onfocus=ACT style=\"",
        "` onclick=ACT `",
        "x\" onpointerenter=ACT \"",
        "javascript:ACT",
        " javascript:ACT",
        "java\tscript:ACT",
        "JaVaScRiPt:ACT",
        "data:text/html,<script>ACT</script>",
        "vbscript:ACT",
        "';ACT;//",
        "\";ACT;//",
        "\\\";ACT;//",
        "*/ACT/*",
        "${ACT}",
        "{{ACT}}",
        "{{constructor.constructor('ACT')()}}",
        "{% ACT %}",
        "<%= ACT %>",
        "#{ACT}",
        "[[ACT]]",
        "@(ACT)",
        "&lt;script&gt;ACT&lt;/script&gt;",
        "&#60;img src=x onerror=ACT&#62;",
        "&#x3c;svg onload=ACT&#x3e;",
        "%3Cscript%3EACT%3C/script%3E",
        "%253Cscript%253EACT%253C/script%253E",
        "\\u003cscript\\u003eACT\\u003c/script\\u003e",
        "\\x3cimg src=x onerror=ACT\\x3e",
        "\u{ff1c}script\u{ff1e}ACT\u{ff1c}/script\u{ff1e}",
        "+ADw-script+AD4-ACT+ADw-/script+AD4-",
        "<scr\u{0}ipt>ACT</scr\u{0}ipt>",
        "<img\u{c}src=x\u{c}onerror=ACT>",
        "<svg\u{a0}onload=ACT>",
        "<scr<script>ipt>ACT</scr</script>ipt>",
        "<<script>ACT//<</script>",
        "<img src=x onerror=ACT//",
        "=HYPERLINK(\"javascript:ACT\")",
        "../../../enter/ACT",
        "//example.org/ACT",
        "\r\nSet-Cookie: x=ACT",
    ];
    all.extend(inside.iter().enumerate().flat_map(|(i, way)| (0..2).map(move |j| way.replace("ACT", acts[(i + j) % acts.len()]))));
    all
}

/// The Big List of Naughty Strings.
fn naughty() -> Vec<String> {
    let list: Vec<String> = serde_json::from_str(include_str!("../../fixtures/blns.json")).expect("a list of texts");
    list.into_iter().filter(|t| !t.trim().is_empty()).collect()
}

/// What is left of it on a page: the pages drop what cannot be seen, and browsers run blanks together.
fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

fn ordinary(text: &str) -> bool {
    text.chars().all(|c| (' '..='~').contains(&c)) && !text.is_empty()
}

/// Set before any page's own script: everything that a payload could call leaves a trace.
const CANARY: &str = "window.__ran = []; window.__xss = x => { __ran.push('xss ' + x); };
    for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = x => { __ran.push(name + ' ' + x); };
    addEventListener('securitypolicyviolation', e => __ran.push('stopped ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample));";

struct Reader<'a> {
    browser: Browser,
    served: &'a Served,
    found: Vec<String>,
    pages: usize,
}

impl Reader<'_> {
    /// Opens a page and looks whether anything ran, wanted to run, or broke the page.
    fn open(&mut self, path: &str, shows: &[&String]) {
        self.browser.go(&self.served.at(path));
        self.look(path, shows);
    }

    fn look(&mut self, path: &str, shows: &[&String]) {
        self.pages += 1;
        for width in [1440, 360] {
            self.browser.wide(width);
            self.found.extend(sticking_out(&self.browser).first().map(|_| format!("{path} is wider than its window: {:#?}", sticking_out(&self.browser))));
        }
        self.browser.run("for (const d of document.querySelectorAll('details')) d.open = true", &[]);
        let script = "return { ran: window.__xss === 1 ? ['set'] : window.__ran,
            strange: [...document.querySelectorAll('main script, main style, main iframe, main object, main embed, main base, main meta, main video, main audio, main math, main template, main marquee, [srcdoc]')].map(e => e.outerHTML.slice(0, 200))
                .concat([...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on') || /^\\s*(javascript|data|vbscript):/i.test(a.value) && ['href', 'src', 'action', 'formaction', 'xlink:href'].includes(a.name))).map(e => e.outerHTML.slice(0, 200))),
            text: document.body.textContent + [...document.querySelectorAll('input, textarea')].map(e => e.value).join('\\n') }";
        let seen = self.browser.run(script, &[]);
        for list in ["ran", "strange"] {
            let lines: Vec<&Value> = seen[list].as_array().into_iter().flatten().collect();
            if !lines.is_empty() {
                self.found.push(format!("{path}: {list}: {lines:?}"));
            }
        }
        self.found.extend(self.browser.console().into_iter().map(|line| format!("{path}: the console: {line}")));
        let text = visible(seen["text"].as_str().unwrap_or_default());
        let lost: Vec<&&String> = shows.iter().filter(|wanted| ordinary(wanted) && !text.contains(&visible(wanted))).collect();
        if !lost.is_empty() {
            self.found.push(format!("{path} does not show {} of {}, such as {:?}", lost.len(), shows.len(), lost.iter().take(3).collect::<Vec<_>>()));
        }
    }
}

#[test]
fn texts_written_to_do_harm_are_shown_and_do_nothing() {
    let (mine, theirs) = (payloads(), naughty());
    let mut different = mine.clone();
    different.sort();
    different.dedup();
    assert!(different.len() >= 200 && theirs.len() >= 450, "{} and {}", different.len(), theirs.len());
    let all: Vec<String> = mine.iter().chain(&theirs).cloned().collect();

    // An office and a member with such names, made in the browser's way.
    let place = Place::empty();
    let first = Served::locked(&place);
    let visitor = Visitor::enter(&first.entrance);
    let (office, member) = ("\"'><svg onload=__xss(1)>{{7*7}}".to_owned(), "</title><img src=x onerror=__xss(1)>".to_owned());
    let sheet = visitor
        .post("/first", &[("language", "en"), ("office", &office), ("neutral", "<b>x"), ("name", &member), ("passphrase", PASSPHRASE), ("again", PASSPHRASE), ("recovery", "no")])
        .text();
    let words: Vec<&str> =
        sheet.split("<ol class=\"words24\">").nth(1).and_then(|s| s.split("</ol>").next()).expect("words").split("</span>").skip(1).filter_map(|w| w.split('<').next()).collect();
    assert_eq!((words.len(), visitor.post("/first/words", &[("words", &words.join(" "))]).status), (24, 303));
    place.run(&["unlock"]).done();

    // In cases' names: a dozen each.
    let mut cases: Vec<(String, Vec<&String>)> = Vec::new();
    for some in all.chunks(40) {
        let name: Vec<&str> = some.iter().map(String::as_str).collect();
        let said = visitor.post("/cases", &[("name", &name.join(" ")), ("client", &some[0])]);
        assert_eq!(said.status, 303, "{}", said.text());
        let case = said.header("location").and_then(|to| to.strip_prefix("/case/")).expect("a case").to_owned();
        cases.push((case, some.iter().collect()));
    }
    // In people's names.
    let case = cases[0].0.clone();
    for some in all.chunks(60) {
        let name = some.join(" ");
        assert_eq!(visitor.post(&format!("/case/{case}/parties"), &[("role", "other"), ("name", &name)]).status, 303, "{name:?}");
    }
    // In messages, in what the client said, in the names of files and of files inside an archive.
    let messages: Vec<(&str, i64, &str, &str)> = all.iter().zip(0..).map(|(t, i)| ("+14155550277", i * 60, t.as_str(), t.as_str())).collect();
    let clean = |text: &str| text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect::<String>();
    let cleaned: Vec<(String, i64, String)> = messages.iter().map(|(_, at, t, _)| (clean(t), *at, clean(t))).collect();
    place.write("papers/sms.xml", &papers::sms_xml(&cleaned.iter().map(|(t, at, n)| ("+14155550277", *at, t.as_str(), n.as_str())).collect::<Vec<_>>()));
    let called: Vec<(&str, i64, u8, u32, &str)> = cleaned.iter().map(|(name, at, _)| ("+14155550277", *at, 1, 60, name.as_str())).collect();
    place.write("papers/calls.xml", &papers::calls_xml(&called));
    // Each in a month of its own: what overlaps would be compared with everything else.
    let month = |i: usize| format!("{}-{:02}", 1955 + i / 12, 1 + i % 12);
    let job = |(i, t): (usize, &String)| json!({ "kind": "job", "employer": t, "role": t, "place": t, "start": month(i), "end": month(i) }).to_string() + "\n";
    let jobs: String = all.iter().step_by(6).enumerate().map(job).collect();
    let said: String = all.iter().enumerate().map(|(i, t)| json!({ "kind": "event", "on": month(i), "type": "moved", "text": t }).to_string() + "\n").collect();
    place.write("papers/account.jsonl", (jobs + &said).as_bytes());
    let named: Vec<&String> = mine.iter().filter(|t| !t.contains(['/', '\0']) && t.len() < 200).step_by(2).collect();
    for (i, name) in named.iter().enumerate() {
        place.write(&format!("papers/{name}.jsonl"), format!("{{\"kind\": \"address\", \"text\": \"colibri {i}\", \"start\": \"{0}\", \"end\": \"{0}\"}}\n", month(i)).as_bytes());
    }
    let line = b"{\"kind\": \"address\", \"text\": \"colibri dentro\", \"start\": \"2018-01\"}\n";
    let inside: Vec<(String, &[u8])> =
        mine.iter().filter(|t| !t.contains(['\0', '\\']) && !t.contains("..") && !t.starts_with('/')).step_by(4).map(|t| (format!("{t}.jsonl"), &line[..])).collect();
    place.write("papers/inside.zip", &papers::zip(&inside.iter().map(|(n, b)| (n.as_str(), *b)).collect::<Vec<_>>()));
    let added = place.run(&["add", &case, "papers", "--whose", "client", "--no-ocr"]);
    assert_eq!(added.code, Some(0), "{}{}", added.out, added.err);
    let messages_file = place.file_of(&case, "sms.xml");
    // In forms: an account, notes, the reason why a point is settled.
    for some in mine.chunks(9).step_by(5) {
        let fields: Vec<(String, &str)> = some.iter().enumerate().map(|(i, t)| (format!("job.{}.{}", i / 3, ["employer", "role", "place"][i % 3]), t.as_str())).collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), *v)).chain([("who", "client")]).collect();
        assert_eq!(visitor.post(&format!("/case/{case}/account"), &fields).status, 303);
    }
    let everything = all.join(" ");
    assert_eq!(visitor.post(&format!("/case/{case}/reason"), &[("purpose", "review"), ("unmask", "yes"), ("note", &everything)]).status, 303);
    let findings = place.run(&["check", &case, "--json"]).done().lines();
    let findings: Vec<String> = findings.iter().take(1).map(|f| text(f, "id")).collect();
    for finding in &findings {
        assert_eq!(visitor.post(&format!("/case/{case}/finding/{finding}"), &[("how", "explained"), ("why", &everything)]).status, 303);
    }
    let records = place.run(&["records", &case, "--json", "--unmask", "--because", "review"]).done().lines();
    let of = |kind: &str| -> Vec<&Value> { records.iter().filter(|r| r["kind"] == kind).collect() };
    assert!(of("message").len() > 500 && of("job").len() > 60 && of("address").len() > 20, "{} {} {}", of("message").len(), of("job").len(), of("address").len());
    let corrected = text(of("job")[0], "id");
    for wanted in mine.iter().step_by(70) {
        assert_eq!(visitor.post(&format!("/case/{case}/record/{corrected}"), &[("field", "role"), ("value", wanted)]).status, 303);
    }

    // As words to search for: escaped in the answer.
    for words in mine.iter().step_by(3).chain(theirs.iter().step_by(9)) {
        let page = visitor.post(&format!("/case/{case}/find"), &[("words", words)]);
        assert_eq!(page.status, 200, "{words:?}");
        if words.contains('<') && mine.contains(words) {
            assert!(!page.text().contains(words.as_str()), "{words:?} stands in the page as it is");
        }
    }

    // And now every page, in the browser.
    let browser = Browser::open(&place, &Wish { javascript: true, width: 1440, dark: false });
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": CANARY }));
    browser.go(&first.entrance);
    assert!(browser.run("return Array.isArray(window.__ran)", &[]) == true, "the canary is there before the page");
    browser.go(&first.at("/language/es?back=/"));
    let mut reader = Reader { browser, served: &first, found: Vec::new(), pages: 0 };
    let names: Vec<&String> = all.iter().chain([&office]).collect();
    reader.open("/", &names);
    let people: Vec<&String> = all.iter().chain([&office, &member]).collect();
    reader.open(&format!("/case/{case}"), &people);
    for (case, shows) in &cases[1..] {
        reader.open(&format!("/case/{case}"), shows);
    }
    let family = Family {
        case: case.clone(),
        record: corrected,
        call: text(of("message")[0], "id"),
        page: text(of("address")[0], "id"),
        number: String::new(),
        key: number_key(&visitor, &case),
        finding: findings[0].clone(),
        file: messages_file,
        place,
    };
    for path in family.paths() {
        reader.open(&path, if path.contains("/finding/") { &people[..all.len()] } else { &[] });
    }
    for kind in ["message", "job", "event", "address"] {
        let of = of(kind);
        for record in of.iter().step_by((of.len() / 8).max(1)) {
            let said = ["text", "employer"].iter().find_map(|f| record[*f].as_str()).unwrap_or_default().to_owned();
            reader.open(&format!("/case/{case}/record/{}", text(record, "id")), &[&said]);
        }
    }
    for words in mine.iter().step_by(29).chain([&"colibri".to_owned(), &"script".to_owned(), &"onerror".to_owned()]) {
        let form = format!("/case/{case}/find");
        reader.browser.go(&first.at(&form));
        reader.browser.run("const words = document.querySelector('#words'); words.value = arguments[0]; words.form.requestSubmit()", &[json!(clean(words))]);
        reader.browser.until("an answer", || reader.browser.has("p[role=status], #wrong"));
        reader.look(&format!("{form} of {words}"), &[words]);
    }
    for words in ["colibri", "script", mine[3].as_str()] {
        reader.browser.go(&first.at("/"));
        reader.browser.run("const words = document.querySelector('#words'); words.value = arguments[0]; words.form.requestSubmit()", &[json!(clean(words))]);
        reader.browser.until("an answer", || reader.browser.has("p[role=status], #wrong"));
        reader.look(&format!("/find of {words}"), &[]);
    }
    // And on paper: with the longest names that are asked for, and the office's own.
    let on_paper = [
        ("ask?who=client", 2),
        ("ask?who=other", 4),
        ("timeline?who=client", 20),
        ("timeline?who=other", 20),
        ("coverage?who=client", 4),
        ("coverage?who=other", 6),
        ("looks", 12),
    ];
    for (sheet, most) in on_paper {
        let path = format!("/case/{case}/print/{sheet}{}named=yes&lang=en", if sheet.contains('?') { '&' } else { '?' });
        reader.open(&path, &[]);
        let (pages, text) = printed(&reader.browser, &family.place);
        assert!((1..=most).contains(&pages), "{path} takes {pages} sheets of paper");
        let written: String = text.split_whitespace().collect();
        assert!(written.contains("<b>x"), "the office's neutral name stands on {path} as it is: {text}");
        // Printing is an event that pages may hear: nothing ran by it either.
        reader.look(&path, &[]);
    }
    assert!(reader.pages > 60, "{} pages", reader.pages);
    assert!(reader.found.is_empty(), "{} on {} pages:\n{}", reader.found.len(), reader.pages, reader.found.join("\n"));
}

/// The test can fail: where a page takes a text for its own words, the canary says so.
#[test]
fn the_canary_sees_what_runs() {
    let place = Place::empty();
    let browser = Browser::open(&place, &Wish { javascript: true, width: 1440, dark: false });
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": CANARY }));
    place.write("page.html", b"<body><img src=x onerror=__xss(1)><script>alert(2)</script>");
    browser.go(&format!("file://{}", place.path("page.html").display()));
    browser.until("both ran", || browser.run("return window.__ran.length", &[]) == 2);
}
