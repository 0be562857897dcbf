//! A day in the reading room, as a person lives it: with a pointer or without, with a script or without, in both languages.

use super::driver::{Browser, DOWN, ENTER, Element, SPACE, TAB, UP, Wish};
use super::sheet::printed;
use super::{Family, NAMES, PASSPHRASE, Served};
use crate::papers;
use crate::place::Place;

/// Whoever sits before the browser.
struct Person {
    browser: Browser,
    /// Has no pointer: Tab, Enter, arrows and letters.
    keyboard: bool,
    /// Lets pages run their script.
    scripted: bool,
}

impl Person {
    fn at(place: &Place, javascript: bool, keyboard: bool) -> Person {
        let browser = Browser::open(place, &Wish { javascript, width: 1440, dark: false });
        browser.go("data:text/html,<title>still</title><script>document.title = 'ran'</script>");
        assert_eq!(browser.title() == "ran", javascript, "scripts run, or do not");
        Person { browser, keyboard, scripted: javascript }
    }

    /// Goes on from one thing to the next until this one hears the keys.
    fn reach(&self, css: &str) {
        self.browser.one(css);
        for _ in 0..300 {
            if self.browser.is_focused(css) {
                return;
            }
            self.browser.press(&TAB.to_string());
        }
        panic!("{css} at {} is not reached by Tab", self.browser.url());
    }

    /// A link, a button, what opens.
    fn use_it(&self, css: &str) {
        match self.keyboard {
            true => {
                self.reach(css);
                self.browser.press(&ENTER.to_string());
            }
            false => self.browser.click(&self.browser.one(css)),
        }
    }

    /// Uses it, and comes to this page.
    fn go(&self, css: &str, to: &str) {
        self.use_it(css);
        self.browser.until_at(to);
        self.browser.until("a page", || self.browser.has("main#page"));
    }

    fn write(&self, css: &str, text: &str) {
        match self.keyboard {
            true => {
                self.reach(css);
                self.browser.press_all();
                self.browser.press(text);
            }
            false => self.browser.write(&self.browser.one(css), text),
        }
    }

    /// One of several, or a box to tick.
    fn choose(&self, css: &str, among: &str) {
        if !self.keyboard {
            self.browser.click(&self.browser.one(css));
        } else if among.is_empty() {
            self.reach(css);
            self.browser.press(&SPACE.to_string());
        } else {
            // Tab leads to the chosen one, or to the first; arrows to the others.
            self.reach(among);
            for key in [DOWN; 8].into_iter().chain([UP; 8]) {
                if self.browser.is_focused(css) {
                    break;
                }
                self.browser.press(&key.to_string());
            }
        }
        assert_eq!(self.browser.property(&self.browser.one(css), "checked"), true, "{css} is chosen");
    }

    /// Something of a list that unfolds, by the beginning of its name.
    fn pick(&self, css: &str, name: &str, value: &str) {
        match self.keyboard {
            true => {
                self.reach(css);
                self.browser.press(name);
            }
            false => self.browser.choose(&self.browser.one(css), name),
        }
        assert_eq!(self.browser.property(&self.browser.one(css), "value"), value, "{name} is chosen");
    }

    fn says(&self, what: &str) -> bool {
        self.browser.words().contains(what)
    }

    fn drawn(&self, css: &str) {
        let picture = self.browser.one(css);
        let wide = |picture: &Element| self.browser.property(picture, "naturalWidth").as_u64().unwrap_or(0);
        self.browser.until("the picture is drawn", || wide(&picture) > 0);
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The first run, a case, its people, what the client says.
fn first_day(lang: &str, javascript: bool, keyboard: bool) {
    let place = Place::empty();
    let served = Served::locked(&place);
    let person = Person::at(&place, javascript, keyboard);
    let browser = &person.browser;
    browser.go(&served.entrance);
    person.choose(&format!("#l-{lang}"), "[name=language]");
    for (field, text) in [("#office", "Clínica del Puente"), ("#neutral", "Puente"), ("#name", "Inés"), ("#passphrase", PASSPHRASE), ("#again", PASSPHRASE)] {
        person.write(field, text);
    }
    person.choose("#r-yes", "[name=recovery]");
    person.go("main form button", "/first");
    browser.until("the sheets", || browser.all(".words24").len() == 2);
    let words: Vec<String> = browser.all(".words24 li").iter().filter_map(|li| browser.text(li).split_whitespace().last().map(str::to_owned)).collect();
    assert_eq!(words.len(), 48);
    // Mistaken once: the sheets are still there.
    person.write("#w1", &words[24..].join(" "));
    person.write("#w2", &words[..24].join(" "));
    person.use_it("#back form button");
    browser.until("the wrong sheet is said", || browser.has("#back [role=alert]"));
    person.write("#w1", &words[..24].join(" "));
    person.write("#w2", &words[24..].join(" "));
    person.use_it("#back form button");
    browser.until("the office is open", || browser.has("form[action='/cases']"));
    if lang == "es" && browser.has(".right a[hreflang=es]") {
        person.use_it(".right a[hreflang=es]");
        browser.until("Spanish", || browser.has("html[lang=es]"));
    }

    person.write("#name", "Los Robles");
    person.write("#client", "Marta Robles Paz");
    person.go("form[action='/cases'] button", "/case/");
    assert!(person.says("Los Robles") && person.says("Marta Robles Paz"));
    assert!(browser.title().starts_with("amparo") && !browser.title().contains("Robles") && !browser.url().contains("Robles"));
    person.use_it("details:has(form[action$='/parties']) > summary");
    person.pick("#role", if lang == "es" { "El có" } else { "The s" }, "spouse");
    person.write("#pname", "Julio Paz Lima");
    person.use_it("form[action$='/parties'] button");
    browser.until("it is said", || browser.has("[role=status]"));
    assert!(person.says("Julio Paz Lima"));

    person.use_it("nav a[href$='/account']");
    browser.until_at("/case/");
    person.write("[name='job.0.employer']", "Panaderia El Sol");
    person.write("[name='job.0.start']", "2019-02");
    person.write("[name='job.0.end']", "some day");
    person.use_it("main button.act");
    browser.until("what is wrong is said", || browser.has("[role=alert]"));
    assert_eq!(browser.property(&browser.one("[name='job.0.employer']"), "value"), "Panaderia El Sol", "what was typed is not lost");
    person.reset("[name='job.0.end']", "2020-06");
    person.use_it("main button.act");
    browser.until("it is written down", || browser.has("[role=status]"));
    papers_come(&person, &place, lang);
    ask_list(&person, &place, lang);
    browser.quiet("the first day");
}

/// Two files are chosen in the page's own field; one is said to be the client's, the other is taken away again.
fn papers_come(person: &Person, place: &Place, lang: &str) {
    let browser = &person.browser;
    let calls = place.write("stick/calls.xml", &papers::many_calls("+14155550277", 0, 40));
    let letter = place.write("stick/carta.txt", b"una carta que no es de nadie\n");
    person.use_it("nav a[href$='/gather']");
    browser.until("a field for files", || browser.has("#files"));
    browser.give(&browser.one("#files"), &[&calls, &letter]);
    if person.scripted {
        assert!(person.says("calls.xml") && person.says("carta.txt"), "what was chosen is shown before it is sent");
    }
    person.use_it("form.drop button.act");
    browser.until("they were read", || {
        if !person.scripted && browser.has("[data-now]") {
            person.use_it("nav a[href$='/gather']");
        }
        // What the client said, and both files.
        browser.all("tr[id^=f]").len() == 3 && !browser.has("[data-now]")
    });
    let seq_of = |name: &str| -> String {
        let row = browser.all("tr[id^=f]").into_iter().find(|row| browser.text(row).contains(name)).unwrap_or_else(|| panic!("{name} stands in the table: {}", browser.words()));
        browser.property(&row, "id").as_str().and_then(|id| id.strip_prefix('f')).expect("a number").to_owned()
    };
    let (calls, letter) = (seq_of("calls.xml"), seq_of("carta.txt"));
    let waiting = browser.all("tr[id^=f] form[action$='/whose'] button:not(details button)").len();
    assert_eq!(waiting, 2, "both wait for somebody to say whose they are");
    person.pick(&format!("#w{calls}"), if lang == "es" { "El cl" } else { "The cl" }, "client");
    person.use_it(&format!("form[action$='file/{calls}/whose'] button"));
    browser.until("it is said", || browser.has("[role=status]"));
    assert_eq!(browser.all("tr[id^=f] form[action$='/whose'] button:not(details button)").len(), waiting - 1, "one less");

    person.go(&format!("a[href$='/file/{letter}/withdraw']"), "/case/");
    browser.until("the question", || browser.has("form[action$='/withdraw']"));
    assert!(person.says("carta.txt"), "what would be taken away is named");
    person.use_it("form[action$='/withdraw'] button");
    browser.until("it is said", || browser.has("[role=status]"));
    assert!(browser.has(&format!("#f{calls}")) && !browser.has(&format!("#f{letter}")), "it is gone, and nothing else");
}

/// The sheet that says what to ask for, as it comes out of the printer: months and papers, and nobody's name.
fn ask_list(person: &Person, place: &Place, lang: &str) {
    let browser = &person.browser;
    person.use_it("nav a[href$='/coverage']");
    browser.until("the months", || browser.has("a[href*='/print/ask']"));
    person.go("a[href*='/print/ask']", "/case/");
    browser.until("the sheet", || browser.has("article.letter .ask"));
    let months: Vec<String> = browser.all(".ask h2").iter().map(|h| browser.text(h)).collect();
    let title = browser.text(&browser.one("article.letter h1"));
    let asked: Vec<String> = browser.all("article.letter .ask").iter().map(|a| browser.text(a)).collect();
    assert!(!months.is_empty() && asked.iter().any(|a| a.contains("20")), "months by name: {asked:?}");
    let (pages, text) = printed(browser, place);
    let squeezed = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(pages, 1, "one side of one sheet");
    let warned = if lang == "es" { "No pida papeles al gobierno" } else { "Do not ask the government" };
    assert!(squeezed.contains(&title) && squeezed.contains(warned), "{title}: {text}");
    let lost: Vec<&String> = months.iter().filter(|m| !squeezed.contains(m.as_str())).collect();
    assert!(lost.is_empty(), "{lost:?} are not printed: {text}");
    let named = ["Marta", "Robles", "Julio", "Lima", "Clínica"].into_iter().find(|name| text.contains(name));
    assert!(named.is_none() && text.contains("Puente"), "{named:?} stands on a sheet that may be lost: {text}");
    // Somebody may ask for the name; then it is there.
    person.go("a[href*='named=yes']", "/case/");
    browser.until("the sheet", || browser.has("article.letter .ask"));
    assert!(printed(browser, place).1.contains("Marta Robles Paz"));
}

impl Person {
    /// Replaces what stands in a field.
    fn reset(&self, css: &str, text: &str) {
        if self.keyboard {
            self.reach(css);
            self.browser.press(&"\u{e010}".to_string()); // End
            let length = self.browser.property(&self.browser.one(css), "value").as_str().map_or(0, |v| v.chars().count());
            self.browser.press(&"\u{e003}".repeat(length)); // Backspace
        }
        self.write(css, text);
    }
}

/// A case that has papers: a point is settled, a record corrected, a word found, a third person asked for, the room locked.
fn with_papers(lang: &str, javascript: bool, keyboard: bool) {
    let family = Family::gathered();
    let served = Served::open(&family.place);
    let person = Person::at(&family.place, javascript, keyboard);
    let browser = &person.browser;
    browser.go(&served.entrance);
    if lang == "es" {
        person.use_it(".right a[hreflang=es]");
        browser.until("Spanish", || browser.has("html[lang=es]"));
    }
    person.go("table a", &family.path("/case/{case}"));
    assert!(person.says(NAMES[0]));

    person.use_it("nav a[href$='/findings']");
    browser.until_at(&family.path("/case/{case}/findings"));
    let open = browser.all(".todo > li").len();
    person.go(&format!("a[href$='/finding/{}']", family.finding), &family.path("/case/{case}/finding/"));
    person.drawn(".paper img");
    person.choose("#how-explained", "[name=how]");
    person.write("#why", "the letter has the right year");
    person.go("main button.act", &family.path("/case/{case}/findings"));
    assert_eq!(browser.all(".todo > li").len(), open - 1, "one point less");
    person.go(&format!("a[href$='/finding/{}']", family.finding), &family.path("/case/{case}/finding/"));
    assert!(person.says("the letter has the right year"));

    browser.go(&served.at(&family.path("/case/{case}/record/{record}")));
    person.drawn(".paper img");
    person.use_it("#correct > summary");
    person.pick("#field", if lang == "es" { "Papel" } else { "Role" }, "role");
    person.write("#value", "head baker");
    person.use_it("#correct button");
    browser.until("it is said", || browser.has("[role=status]"));
    assert!(browser.words().matches("head baker").count() >= 2, "in the record, and in its history: {}", browser.words());

    person.use_it("nav a[href$='/find']");
    browser.until_at(&family.path("/case/{case}/find"));
    person.write("#words", "bakery");
    person.use_it("main form button.act");
    browser.until("hits", || browser.has(".hit"));
    assert!(!browser.url().contains("bakery"), "what is searched for stands in no address");
    if browser.has("img.snip") {
        person.drawn("img.snip");
    }
    person.go(".hit:first-of-type a", &family.path("/case/{case}/"));
    person.drawn(".paper img");

    // A third person: hidden, until somebody says why; and hidden again when that is taken back.
    let call = served.at(&family.path("/case/{case}/record/{call}"));
    let number = digits(&family.number);
    let tail = &number[number.len() - 10..];
    browser.go(&call);
    assert!(!digits(&browser.words()).contains(tail), "hidden without a reason");
    person.use_it(".foot a[href$='/reason']");
    browser.until("reasons", || browser.has("#unmask"));
    person.choose("#p-prepare-filing", "[name=purpose]");
    person.write("#note", "the landlord is to be asked");
    person.choose("#unmask", "");
    person.use_it("main button.act");
    browser.until("it is said", || browser.has("[role=status]"));
    browser.go(&call);
    assert!(digits(&browser.words()).contains(tail), "shown with one: {}", browser.words());
    person.use_it("nav a[href$='/log']");
    browser.until_at(&family.path("/case/{case}/log"));

    person.use_it("form[action='/lock'] button");
    browser.until("the lock", || browser.has("form[action='/unlock']"));
    let nobody = |when: &str| {
        let whole = browser.words() + &browser.title() + &browser.url();
        let named = NAMES.iter().flat_map(|n| n.split(' ')).find(|part| part.len() > 2 && whole.contains(part));
        assert!(named.is_none() && !whole.contains(&family.case), "{when}: {named:?}: {whole}");
    };
    nobody("locked");
    for path in [family.path("/case/{case}"), family.path("/case/{case}/record/{record}")] {
        browser.go(&served.at(&path));
        assert!(browser.has("form[action='/unlock']"), "{path}");
        nobody(&path);
    }
    browser.call_back();
    assert!(browser.has("form[action='/unlock']") || !person.says(NAMES[0]), "nothing comes back from the browser's memory");
    browser.go(&served.at("/"));
    person.write("#passphrase", "not the passphrase");
    person.use_it("main button.act");
    browser.until("it is refused", || browser.has("#wrong"));
    nobody("a wrong passphrase");
    person.write("#passphrase", PASSPHRASE);
    person.use_it("main button.act");
    browser.until("open again", || person.says(NAMES[0]));
    browser.go(&call);
    assert!(!digits(&browser.words()).contains(tail), "a reason does not outlast the lock");
    browser.quiet("a day with papers");
}

#[test]
fn a_day_in_english_by_the_keyboard_alone() {
    first_day("en", true, true);
    with_papers("en", true, true);
}

#[test]
fn a_day_in_english_without_scripts() {
    first_day("en", false, false);
    with_papers("en", false, false);
}

#[test]
fn a_day_in_spanish() {
    first_day("es", true, false);
    with_papers("es", true, false);
}

#[test]
fn a_day_in_spanish_without_scripts() {
    first_day("es", false, false);
    with_papers("es", false, false);
}
