//! A real browser, driven over W3C WebDriver by Debian's chromedriver.
//!
//! The protocol is JSON over HTTP at 127.0.0.1 and is spoken here by hand: the crates that speak it turn on
//! features of serde_json for the whole build, and the program under test would no longer be the one that is shipped.

use super::speak;
use crate::place::Place;
use base64::Engine;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub const TAB: char = '\u{e004}';
pub const ENTER: char = '\u{e007}';
pub const UP: char = '\u{e013}';
pub const DOWN: char = '\u{e015}';
pub const SPACE: char = ' ';

pub struct Wish {
    pub javascript: bool,
    pub width: u32,
    pub dark: bool,
}

/// A browser without a window, ended when the test is.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    /// The browser's own process, should the driver leave it behind.
    pid: Option<i32>,
}

/// An element of the page that is shown.
#[derive(Clone)]
pub struct Element(String);

impl Browser {
    pub fn open(place: &Place, wish: &Wish) -> Browser {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").env("TMPDIR", place.path("tmp")).env("HOME", place.path("user")).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut driver = match command.spawn() {
            Ok(driver) => driver,
            Err(e) => panic!(
                "chromedriver does not start ({e}): the reading room is tested in a real browser; install it by `bash scripts/setup test`, or by `apt-get install chromium chromium-driver`"
            ),
        };
        let lines = BufReader::new(driver.stdout.take().expect("a pipe")).lines();
        let port = lines.map_while(Result::ok).find_map(|line| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok());
        let port = port.expect("chromedriver says its port");
        let mut browser = Browser { driver, port, session: String::new(), pid: None };
        let mut prefs = json!({ "intl.accept_languages": "en" });
        if !wish.javascript {
            prefs["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        let args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--window-size=1440,1000"];
        let options = json!({ "args": args, "prefs": prefs });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } } } });
        let made = browser.driver_call("POST", "/session", &wanted).unwrap_or_else(|e| panic!("no browser: {e}; `bash scripts/setup test` installs chromium and chromium-driver"));
        browser.session = made["sessionId"].as_str().expect("a session").to_owned();
        browser.pid = made["capabilities"]["goog:processID"].as_i64().and_then(|p| i32::try_from(p).ok());
        browser.wide(wish.width);
        if wish.dark {
            browser.cdp("Emulation.setEmulatedMedia", json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] }));
        }
        browser
    }

    /// The window's width in CSS pixels.
    pub fn wide(&self, width: u32) {
        self.cdp("Emulation.setDeviceMetricsOverride", json!({ "width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": false }));
    }

    fn driver_call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let (status, mut answer) = speak::json(self.port, method, path, body);
        match status {
            200 => Ok(answer["value"].take()),
            _ => Err(format!("{}: {}", answer["value"]["error"], answer["value"]["message"].as_str().unwrap_or_default().lines().next().unwrap_or_default())),
        }
    }

    pub fn try_call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        self.driver_call(method, &format!("/session/{}{path}", self.session), body)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        self.try_call(method, path, body).unwrap_or_else(|e| panic!("{method} {path}: {e}"))
    }

    /// A command of the browser's own protocol.
    pub fn cdp(&self, cmd: &str, params: Value) -> Value {
        self.call("POST", "/goog/cdp/execute", &json!({ "cmd": cmd, "params": params }))
    }

    pub fn go(&self, url: &str) {
        self.call("POST", "/url", &json!({ "url": url }));
    }

    /// The browser's own way back.
    pub fn call_back(&self) {
        self.call("POST", "/back", &json!({}));
    }

    pub fn url(&self) -> String {
        self.call("GET", "/url", &Value::Null).as_str().unwrap_or_default().to_owned()
    }

    pub fn title(&self) -> String {
        self.call("GET", "/title", &Value::Null).as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script beside the page's own; it works where the page may run none.
    pub fn run(&self, script: &str, args: &[Value]) -> Value {
        self.call("POST", "/execute/sync", &json!({ "script": script, "args": args }))
    }

    pub fn run_later(&self, script: &str, args: &[Value]) -> Value {
        self.call("POST", "/execute/async", &json!({ "script": script, "args": args }))
    }

    pub fn all(&self, css: &str) -> Vec<Element> {
        let found = self.call("POST", "/elements", &json!({ "using": "css selector", "value": css }));
        found.as_array().into_iter().flatten().filter_map(|e| Some(Element(e[ELEMENT].as_str()?.to_owned()))).collect()
    }

    /// The first element of this kind; a page that has none says what it shows.
    pub fn one(&self, css: &str) -> Element {
        self.all(css).into_iter().next().unwrap_or_else(|| panic!("{} has no {css}: {}", self.url(), self.words()))
    }

    pub fn has(&self, css: &str) -> bool {
        !self.all(css).is_empty()
    }

    pub fn click(&self, element: &Element) {
        self.call("POST", &format!("/element/{}/click", element.0), &json!({}));
    }

    pub fn write(&self, element: &Element, text: &str) {
        self.call("POST", &format!("/element/{}/clear", element.0), &json!({}));
        self.call("POST", &format!("/element/{}/value", element.0), &json!({ "text": text }));
    }

    /// Types into an element that cannot be cleared: a choice.
    pub fn choose(&self, element: &Element, text: &str) {
        self.call("POST", &format!("/element/{}/value", element.0), &json!({ "text": text }));
    }

    /// Puts files of this machine into a field for files.
    pub fn give(&self, element: &Element, files: &[&Path]) {
        let paths: Vec<&str> = files.iter().map(|p| p.to_str().expect("text")).collect();
        self.call("POST", &format!("/element/{}/value", element.0), &json!({ "text": paths.join("\n") }));
    }

    /// The page as it comes out of the printer: US Letter, as a PDF.
    pub fn printed(&self) -> Vec<u8> {
        let page = json!({ "width": 21.59, "height": 27.94 });
        let pdf = self.call("POST", "/print", &json!({ "page": page, "background": true, "shrinkToFit": false }));
        base64::prelude::BASE64_STANDARD.decode(pdf.as_str().expect("a PDF")).expect("base64")
    }

    pub fn text(&self, element: &Element) -> String {
        self.call("GET", &format!("/element/{}/text", element.0), &Value::Null).as_str().unwrap_or_default().to_owned()
    }

    pub fn property(&self, element: &Element, name: &str) -> Value {
        self.call("GET", &format!("/element/{}/property/{name}", element.0), &Value::Null)
    }

    /// Everything that is read on the page.
    pub fn words(&self) -> String {
        // A page that is being left has nothing to say.
        let said = self.all("body").first().map(|body| self.try_call("GET", &format!("/element/{}/text", body.0), &Value::Null));
        said.and_then(Result::ok).and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Chooses everything in the field that is written in.
    pub fn press_all(&self) {
        let key = |kind: &str, value: &str| json!({ "type": kind, "value": value });
        let actions = [key("keyDown", "\u{e009}"), key("keyDown", "a"), key("keyUp", "a"), key("keyUp", "\u{e009}")];
        self.call("POST", "/actions", &json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] }));
    }

    /// Presses keys one after another, as a person who has no mouse.
    pub fn press(&self, keys: &str) {
        let actions: Vec<Value> = keys.chars().flat_map(|c| [json!({ "type": "keyDown", "value": c.to_string() }), json!({ "type": "keyUp", "value": c.to_string() })]).collect();
        self.call("POST", "/actions", &json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] }));
    }

    /// The keys that this element hears are the next ones pressed; whether it is so.
    pub fn is_focused(&self, css: &str) -> bool {
        self.run("return document.activeElement !== null && document.activeElement.matches(arguments[0])", &[json!(css)]) == true
    }

    /// Waits until something is so: what a click leads to takes its time.
    pub fn until(&self, what: &str, so: impl Fn() -> bool) {
        let began = Instant::now();
        while !so() {
            assert!(began.elapsed() < Duration::from_secs(30), "{what}: not at {}: {}", self.url(), self.words());
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Until the browser is at this path.
    pub fn until_at(&self, path: &str) {
        self.until(path, || self.url().split_once("127.0.0.1:").and_then(|(_, rest)| rest.split_once('/')).is_some_and(|(_, rest)| format!("/{rest}").starts_with(path)));
    }

    /// What the browser's console said since it was last asked, without its advice to whoever writes pages.
    pub fn console(&self) -> Vec<String> {
        let lines = self.call("POST", "/se/log", &json!({ "type": "browser" }));
        let lines = lines.as_array().into_iter().flatten().filter(|l| l["level"] != "DEBUG");
        lines.map(|l| format!("{}: {}", l["level"].as_str().unwrap_or_default(), l["message"].as_str().unwrap_or_default())).collect()
    }

    /// The console is empty: no error, nothing that the pages' own rules had to stop.
    pub fn quiet(&self, where_: &str) {
        let said = self.console();
        assert!(said.is_empty(), "the console at {where_}: {said:#?}");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let ended = self.session.is_empty() || self.try_call("DELETE", "", &Value::Null).is_ok();
        if !ended && let Some(pid) = self.pid.and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
