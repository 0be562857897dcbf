//! Every page, in both languages, wide, narrow and dark, as axe-core hears it: nothing to complain about.

use super::driver::{Browser, Wish};
use super::{Family, Served};
use serde_json::{Value, json};

const AXE: &str = include_str!("../../fixtures/axe.min.js");

/// What axe found on the page that is shown: rule, and the places.
fn violations(browser: &Browser) -> Vec<String> {
    let script = "const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'], runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } })
           .then(r => done(r.violations.map(v => v.id + ' (' + v.help + '): ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.html.slice(0, 160) + ' ' + n.any.concat(n.all).map(c => c.message).join('; ')).slice(0, 4).join('\\n    '))), e => done(['axe: ' + e]))";
    if browser.run("return typeof axe === 'undefined'", &[]) == true {
        browser.run(&format!("{AXE}\nwindow.axe = axe"), &[]);
    }
    browser.run_later(script, &[]).as_array().into_iter().flatten().map(|v| v.as_str().unwrap_or_default().to_owned()).collect()
}

/// How much wider the page is than its window, and what sticks out.
pub fn sticking_out(browser: &Browser) -> Vec<String> {
    let script = "const width = innerWidth; if (document.scrollingElement.scrollWidth <= width) return [];
        return [document.scrollingElement.scrollWidth + ' of ' + width].concat([...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1).slice(0, 6).map(e => e.outerHTML.slice(0, 120)))";
    browser.run(script, &[]).as_array().into_iter().flatten().map(|v| v.as_str().unwrap_or_default().to_owned()).collect()
}

fn heard(browser: &Browser, at: &str, found: &mut Vec<String>) {
    found.extend(violations(browser).into_iter().map(|v| format!("{at}: {v}")));
    let out = sticking_out(browser);
    if !out.is_empty() {
        found.push(format!("{at} is wider than its window: {out:#?}"));
    }
    found.extend(browser.console().into_iter().map(|line| format!("{at}: the console: {line}")));
}

fn every_page(lang: &str) {
    let family = Family::gathered();
    let served = Served::open(&family.place);
    let browser = Browser::open(&family.place, &Wish { javascript: true, width: 1440, dark: false });
    browser.go(&served.entrance);
    browser.go(&served.at(&format!("/language/{lang}?back=/")));
    let mut found = Vec::new();
    let mut heard_here = |path: &str, widths: &[u32]| {
        for width in widths {
            browser.wide(*width);
            let at = format!("{path} ({lang}, {width})");
            assert_eq!(browser.run("return document.documentElement.lang", &[]), json!(lang), "{at}");
            heard(&browser, &at, &mut found);
        }
        // A page that everything is opened on, and in the dark.
        browser.run("for (const d of document.querySelectorAll('details')) d.open = true", &[]);
        browser.cdp("Emulation.setEmulatedMedia", json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] }));
        heard(&browser, &format!("{path} ({lang}, all opened, dark)"), &mut found);
        browser.cdp("Emulation.setEmulatedMedia", json!({ "features": [] }));
    };
    let both = [1440, 360];
    for path in family.paths() {
        browser.go(&served.at(&path));
        heard_here(&path, &both);
    }
    // What forms answer with: hits, nothing found, a value that is not understood, a problem.
    for (words, what) in [("bakery", "hits"), ("xyzzyx", "nothing found")] {
        browser.go(&served.at(&family.path("/case/{case}/find")));
        browser.write(&browser.one("#words"), words);
        browser.click(&browser.one("main form button"));
        browser.until("an answer", || browser.has("p[role=status]"));
        heard_here(what, &both);
    }
    browser.go(&served.at("/"));
    browser.write(&browser.one("#words"), "bakery");
    browser.click(&browser.one("form[action='/find'] button"));
    browser.until_at("/find");
    heard_here("every case", &both);
    browser.go(&served.at(&family.path("/case/{case}/account")));
    browser.write(&browser.one("[name='job.0.start']"), "some day");
    browser.click(&browser.one("main button.act"));
    browser.until("what is wrong", || browser.has("[role=alert]"));
    heard_here("a value that is not understood", &both);
    browser.go(&served.at("/no-such-page"));
    browser.console(); // the browser itself notes that the page is not there
    heard_here("no such page", &both);
    // Locked, and with a wrong passphrase.
    browser.go(&served.at("/"));
    browser.click(&browser.one("form[action='/lock'] button"));
    browser.until("locked", || browser.has("form[action='/unlock']"));
    heard_here("lock", &both);
    browser.write(&browser.one("#passphrase"), "another passphrase altogether");
    browser.click(&browser.one("main button.act"));
    browser.until("refused", || browser.has("#wrong"));
    heard_here("a wrong passphrase", &both);
    assert!(found.is_empty(), "{} on the pages:\n{}", found.len(), found.join("\n"));
}

#[test]
fn axe_finds_nothing_on_any_page_in_english() {
    every_page("en");
}

#[test]
fn axe_finds_nothing_on_any_page_in_spanish() {
    every_page("es");
}

/// The test can fail: a page with known faults is heard as such.
#[test]
fn axe_hears_what_is_wrong() {
    let place = crate::place::Place::empty();
    let browser = Browser::open(&place, &Wish { javascript: true, width: 360, dark: true });
    browser.go("data:text/html,<html><body><img src=x><input><div style='width:900px;color:%23eee;background:%23fff'>faint</div></body></html>");
    assert_eq!(browser.run("return matchMedia('(prefers-color-scheme: dark)').matches", &[]), Value::Bool(true));
    let found = violations(&browser).join("\n");
    for rule in ["image-alt", "label", "color-contrast", "html-has-lang", "document-title"] {
        assert!(found.contains(rule), "{rule}: {found}");
    }
    assert!(!sticking_out(&browser).is_empty());
}
