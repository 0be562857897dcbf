//! A day in the reading room, as a person lives it: with a pointer or without, with a script or without, in both languages.

use super::driver::{Browser, DOWN, ENTER, Element, SPACE, TAB, UP, Wish};
use super::{Family, NAMES, PASSPHRASE, Served};
use crate::place::Place;

/// Whoever sits before the browser.
struct Person {
    browser: Browser,
    /// Has no pointer: Tab, Enter, arrows and letters.
    keyboard: bool,
}

impl Person {
    fn at(place: &Place, javascript: bool, keyboard: bool) -> Person {
        let browser = Browser::open(place, &Wish { javascript, width: 1440, dark: false });
        browser.go("data:text/html,<title>still</title><script>document.title = 'ran'</script>");
        assert_eq!(browser.title() == "ran", javascript, "scripts run, or do not");
        Person { browser, keyboard }
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
    browser.quiet("the first day");
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
