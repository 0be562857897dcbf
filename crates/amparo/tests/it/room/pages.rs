//! The one list of the room's pages: what is tried on every page is tried on these.

use super::speak::Visitor;
use super::{Family, Served};
use std::collections::BTreeSet;

/// Pages to read. A new page is a line here.
pub const PAGES: &[&str] = &[
    "/",
    "/styleguide",
    "/case/{case}",
    "/case/{case}/reason",
    "/case/{case}/findings",
    "/case/{case}/finding/{finding}",
    "/case/{case}/record/{record}",
    "/case/{case}/record/{call}",
    "/case/{case}/record/{page}",
    "/case/{case}/find",
    "/case/{case}/account",
    "/case/{case}/log",
    "/case/{case}/gather",
    "/case/{case}/gather?page=2",
    "/case/{case}/file/{file}",
    "/case/{case}/file/{file}/move",
    "/case/{case}/file/{file}/withdraw",
    "/case/{case}/timeline",
    "/case/{case}/timeline?from=2020-05&to=2020-05",
    "/case/{case}/coverage",
    "/case/{case}/coverage/2020-05",
    "/case/{case}/calls",
    "/case/{case}/calls?month=2020-05",
    "/case/{case}/calls/{key}",
    "/case/{case}/calls/{key}?month=2020-05",
    "/case/{case}/print/ask",
    "/case/{case}/print/timeline",
    "/case/{case}/print/coverage",
    "/case/{case}/print/looks",
    "/sheet/android/en",
    "/sheet/android/es",
    "/sheet/iphone/en",
    "/sheet/iphone/es",
    "/sheet/whatsapp/en",
    "/sheet/whatsapp/es",
    "/sheet/ssa/en",
    "/sheet/ssa/es",
    "/sheet/irs/en",
    "/sheet/irs/es",
    "/sheet/i94/en",
    "/sheet/i94/es",
];

/// What is read and is no page: nothing a person looks at alone.
const NO_PAGES: &[(&str, &str)] = &[
    ("/enter/{token}", "gives the cookie and leads to the first page"),
    ("/assets/{name}", "style, script and letters"),
    ("/language/{lang}", "leads back to the page it was chosen on"),
    ("/case/{case}/gather/now", "lines for the page's own script"),
    ("/case/{case}/foot.css", "the style of what is printed"),
    ("/case/{case}/picture/{key}", "pictures, offered by a page under its look"),
];

/// What forms send to, with enough fields to do something where it were allowed.
pub const FORMS: &[(&str, &[(&str, &str)])] = &[
    ("/unlock", &[("passphrase", super::PASSPHRASE)]),
    ("/lock", &[]),
    ("/first", &[("office", "Otra"), ("name", "Otro"), ("passphrase", super::PASSPHRASE), ("again", super::PASSPHRASE)]),
    ("/first/words", &[("words", "uno dos tres")]),
    ("/cases", &[("name", "Otro")]),
    ("/find", &[("words", "bakery")]),
    ("/case/{case}/reason", &[("purpose", "review"), ("unmask", "yes")]),
    ("/case/{case}/parties", &[("role", "other"), ("name", "Otro")]),
    ("/case/{case}/zone", &[("zone", "America/Phoenix"), ("because", "Otro")]),
    ("/case/{case}/finding/{finding}", &[("how", "explained")]),
    ("/case/{case}/record/{record}", &[("field", "employer"), ("value", "Otro")]),
    ("/case/{case}/find", &[("words", "bakery")]),
    ("/case/{case}/account", &[("who", "client"), ("job.0.employer", "Otro")]),
    ("/case/{case}/add", &[("whose", "client")]),
    ("/case/{case}/reread", &[]),
    ("/case/{case}/file/{file}/whose", &[("whose", "spouse")]),
    ("/case/{case}/file/{file}/reread", &[]),
    ("/case/{case}/file/{file}/move", &[("case", "{case}")]),
    ("/case/{case}/file/{file}/withdraw", &[]),
];

impl Family {
    /// A page of the list, of this case.
    pub fn path(&self, page: &str) -> String {
        let parts = [
            ("{case}", &self.case),
            ("{record}", &self.record),
            ("{call}", &self.call),
            ("{page}", &self.page),
            ("{key}", &self.key),
            ("{finding}", &self.finding),
            ("{file}", &self.file),
        ];
        parts.iter().fold(page.to_owned(), |path, (part, value)| path.replace(part, value))
    }

    pub fn paths(&self) -> Vec<String> {
        PAGES.iter().map(|page| self.path(page)).collect()
    }
}

/// The address of the first number that a phone of this case speaks with: the pages alone can make it.
pub fn number_key(visitor: &Visitor, case: &str) -> String {
    let page = visitor.get(&format!("/case/{case}/calls")).text();
    let before = format!("href=\"/case/{case}/calls/");
    page.split(&before).nth(1).and_then(|rest| rest.split(['?', '"']).next()).expect("a number of the case").to_owned()
}

/// Whether this address is one that the route answers.
fn answers(route: &str, page: &str) -> bool {
    let (route, page): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), page.split('?').next().unwrap_or(page).split('/').collect());
    route.len() == page.len() && route.iter().zip(page).all(|(r, p)| *r == p || (r.starts_with('{') && !p.is_empty()))
}

/// The routes of the room as its source says, and whether each is read, and written to.
fn routes() -> Vec<(String, bool, bool)> {
    let source = include_str!("../../../src/web/routes.rs");
    let lines = source.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")?.split_once("\", "));
    lines.map(|(path, how)| (path.to_owned(), how.contains("get("), how.contains("post(") || how.contains("post_files("))).collect()
}

#[test]
fn every_address_of_the_room_is_tried() {
    let routes = routes();
    assert!(routes.len() > 30, "{routes:?}");
    let tried = |route: &str| PAGES.iter().chain(NO_PAGES.iter().map(|(path, _)| path)).any(|page| answers(route, page));
    let untried: Vec<&str> = routes.iter().filter(|(path, read, _)| *read && !tried(path)).map(|(path, ..)| path.as_str()).collect();
    assert!(untried.is_empty(), "no row in PAGES: {untried:?}");
    let unsent: Vec<&str> = routes.iter().filter(|(path, _, written)| *written && !FORMS.iter().any(|(form, _)| answers(path, form))).map(|(path, ..)| path.as_str()).collect();
    assert!(unsent.is_empty(), "no row in FORMS: {unsent:?}");
    let gone: Vec<&&str> = PAGES.iter().chain(NO_PAGES.iter().map(|(path, _)| path)).filter(|page| !routes.iter().any(|(route, read, _)| *read && answers(route, page))).collect();
    assert!(gone.is_empty(), "rows without a route: {gone:?}");
}

/// Each page leads to pages that are there; whoever follows a link finds no refusal.
#[test]
fn no_link_leads_nowhere() {
    let family = Family::gathered();
    let served = Served::open(&family.place);
    let visitor = Visitor::enter(&served.entrance);
    let mut links = BTreeSet::new();
    for path in family.paths() {
        let page = visitor.get(&path).text();
        // Who changes the language stays where they are, with every choice that was made there.
        let other = page.split("href=\"/language/es?back=").nth(1).and_then(|rest| rest.split('"').next()).expect("the other language");
        assert_eq!(visitor.get(&format!("/language/es?back={other}")).header("location"), Some(path.as_str()));
        let hrefs = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).filter(|href| href.starts_with('/'));
        links.extend(hrefs.map(|href| href.split('#').next().unwrap_or(href).replace("&amp;", "&").replace("&#38;", "&")));
    }
    let mut followed = 0;
    let mut lost = Vec::new();
    for link in &links {
        let said = visitor.get(link);
        followed += usize::from(said.status == 200);
        if said.status != 200 && !(said.status == 303 && link.starts_with("/language/")) {
            lost.push(format!("{link}: {}", said.status));
        }
    }
    assert!(lost.is_empty() && followed > 100, "{lost:#?}, {followed} of {}", links.len());
    // Whatever sheet a page offers is tried as a page.
    let sheets: BTreeSet<&str> = links.iter().map(String::as_str).filter(|link| link.starts_with("/sheet/")).collect();
    let rows: BTreeSet<&str> = PAGES.iter().copied().filter(|page| page.starts_with("/sheet/")).collect();
    assert_eq!(sheets, rows);
}
