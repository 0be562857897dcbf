//! Who does not get in, and what nobody is told. Bytes on sockets; no browser is needed to be refused.

use super::pages::FORMS;
use super::speak::{Said, Visitor, ask, form, send};
use super::{Family, NAMES, PASSPHRASE, Served};
use crate::place::Place;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

/// Nothing of the case: no name, no word of a paper.
fn says_nothing(what: &str, said: &Said) {
    let whole = said.whole();
    for secret in NAMES.iter().chain(&["Sol Bakery", "Harbor Laundry", "Grand Avenue"]) {
        assert!(!whole.contains(secret), "{what} says {secret}:\n{whole}");
    }
    for part in NAMES.iter().flat_map(|n| n.split(' ')).filter(|p| p.len() > 4 && p.starts_with(char::is_uppercase)) {
        assert!(!whole.contains(part), "{what} says {part}:\n{whole}");
    }
    closed(what, said);
}

/// What every answer says to the browser, whatever it is.
fn closed(what: &str, said: &Said) {
    let has = |name: &str| said.header(name).unwrap_or_else(|| panic!("{what} says no {name}"));
    let policy = has("content-security-policy");
    for rule in
        ["default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]
    {
        assert!(policy.split("; ").any(|r| r == rule), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("data:") && !policy.contains("http") && !policy.contains('*'), "{what}: {policy}");
    let shipped = said.header("content-type").is_some_and(|t| ["text/css", "text/javascript", "font/", "image/svg"].iter().any(|k| t.starts_with(k))) && said.status == 200;
    assert!(shipped || has("cache-control") == "no-store", "{what} may stay in the browser's memory");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(has(name), value, "{what}");
    }
    assert_eq!(said.header("access-control-allow-origin"), None, "{what}");
    assert_eq!(said.header("server"), None, "{what}");
}

const TYPED: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// Tries every page and every form in this way; all of them are refused with this code and say nothing.
fn every_address(family: &Family, port: u16, status: u16, what: &str, head: &[(&str, &str)]) {
    let forms = FORMS.iter().map(|(path, fields)| ("POST", family.path(path), form(fields)));
    let assets = ["/assets/style.css", "/assets/page.js", "/language/es", "/no-such-page", "/case/no-such-case"];
    let pages = family.paths().into_iter().chain(assets.map(str::to_owned)).flat_map(|path| [("GET", path.clone(), String::new()), ("HEAD", path, String::new())]);
    for (method, path, body) in pages.chain(forms) {
        let typed = [head, &[TYPED]].concat();
        let said = ask(port, method, &path, if method == "POST" { &typed } else { head }, &body).unwrap_or_else(|| panic!("{what}: {method} {path} is answered"));
        assert_eq!(said.status, status, "{what}: {method} {path}");
        says_nothing(&format!("{what}: {method} {path}"), &said);
    }
}

#[test]
fn who_does_not_hold_the_key_of_this_start_gets_nothing() {
    let family = Family::gathered();
    let first = Served::open(&family.place);
    let visitor = Visitor::enter(&first.entrance);
    let open = visitor.get(&family.path("/case/{case}"));
    assert!(open.status == 200 && open.text().contains(NAMES[0]), "with it, the case is shown");
    let (host, origin) = (first.host(), format!("http://{}", first.host()));
    let cookie = visitor.cookie.as_str();

    // No cookie, a made-up one, and the cookie under another name.
    let other = format!("__Host-amparo={}", "0".repeat(64));
    let longer = format!("{cookie}0");
    let renamed = cookie.replace("__Host-amparo", "amparo");
    for (what, cookie) in [
        ("no cookie", None),
        ("a made-up cookie", Some(other.as_str())),
        ("a longer cookie", Some(&longer)),
        ("another name", Some(&renamed)),
        ("an empty cookie", Some("__Host-amparo=")),
    ] {
        let mut head = vec![("Host", host.as_str()), ("Origin", origin.as_str())];
        head.extend(cookie.map(|c| ("Cookie", c)));
        every_address(&family, first.port, 403, what, &head);
    }

    // A wrong host before anything else, whatever is known besides.
    let (name, port) = (format!("amparo.example:{}", first.port), format!("127.0.0.1:{}", first.port.wrapping_add(1)));
    let (local, six) = (format!("localhost:{}", first.port), format!("[::1]:{}", first.port));
    for wrong in [name.as_str(), &port, &local, &six, "127.0.0.1", ""] {
        let origin = format!("http://{wrong}");
        every_address(&family, first.port, 421, wrong, &[("Host", wrong), ("Cookie", cookie), ("Origin", &origin)]);
        assert_eq!(ask(first.port, "GET", &format!("/enter/{}", first.token()), &[("Host", wrong)], "").expect("an answer").status, 421, "the key opens nothing at {wrong}");
    }
    let none = send(first.port, format!("GET / HTTP/1.1\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n").as_bytes()).expect("an answer");
    assert_ne!(none.status, 200, "without a host");
    says_nothing("without a host", &Said { head: none.head.into_iter().chain(open.head.iter().cloned().filter(|(n, _)| n != "content-type")).collect(), ..none });

    // Forms that other pages send, and pages that others show.
    for (what, origin) in [
        ("no origin", None),
        ("no page", Some("null")),
        ("another page", Some("http://example.org")),
        ("another port", Some("http://127.0.0.1:1")),
        ("a name", Some(local.as_str())),
    ] {
        for (path, fields) in FORMS {
            let mut head = vec![("Host", host.as_str()), ("Cookie", cookie), TYPED];
            head.extend(origin.map(|o| ("Origin", o)));
            let said = ask(first.port, "POST", &family.path(path), &head, &form(fields)).expect("an answer");
            assert_eq!(said.status, 403, "{what}: {path}");
            says_nothing(&format!("{what}: {path}"), &said);
        }
    }
    for site in ["cross-site", "same-site", "nonsense"] {
        every_address(&family, first.port, 403, site, &[("Host", &host), ("Cookie", cookie), ("Origin", &origin), ("Sec-Fetch-Site", site)]);
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        let said = ask(first.port, method, "/", &[("Host", &host), ("Cookie", cookie), ("Origin", &origin)], "").expect("an answer");
        assert_eq!(said.status, 405, "{method}");
        says_nothing(method, &said);
    }

    // A wrong key gives no cookie; the one printed is the only secret in the address, and no page holds it.
    for wrong in ["", "0", &"0".repeat(64), &first.token()[..63], &format!("{}0", first.token()), &first.token().to_uppercase()] {
        let said = ask(first.port, "GET", &format!("/enter/{wrong}"), &[("Host", &host)], "").expect("an answer");
        assert!([403, 404].contains(&said.status) || wrong == first.token(), "{wrong}: {}", said.status);
        assert_eq!(said.header("set-cookie"), None, "{wrong}");
    }
    assert_eq!((first.token().len(), first.entrance.matches(first.token()).count()), (64, 1));
    assert!(!cookie.contains(first.token()), "the cookie is another secret");
    let entered = ask(first.port, "GET", &format!("/enter/{}", first.token()), &[("Host", &host)], "").expect("an answer");
    let made = entered.header("set-cookie").expect("a cookie");
    assert!(["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"].iter().all(|part| made.contains(part)) && !made.contains("Domain"), "{made}");
    closed("the entrance", &entered);
    for path in family.paths() {
        let said = visitor.get(&path);
        assert_eq!(said.status, 200, "{path}");
        closed(&path, &said);
        let whole = said.whole();
        assert!(!whole.contains(first.token()) && !whole.contains(&cookie["__Host-amparo=".len()..]), "{path} holds a secret of this start");
        let title = whole.split("<title>").nth(1).and_then(|t| t.split("</title>").next()).expect("a title");
        assert!(!NAMES.iter().flat_map(|n| n.split(' ')).any(|part| part.len() > 2 && title.contains(part)), "{path}: {title}");
    }
    for asset in ["/assets/style.css", "/assets/page.js", "/assets/mark.svg", "/assets/inter.woff2", "/no-such-page", "/case/no-such-case", "/language/es?back=//example.org"] {
        let said = visitor.get(asset);
        closed(asset, &said);
        assert!(said.header("location").is_none_or(|to| to == "/"), "{asset} leads away");
    }

    // Two offices at once: neither takes the other's cookie.
    let neighbour = Place::open();
    let second = Served::open(&neighbour);
    let stranger = Visitor::enter(&second.entrance);
    let theirs = Visitor { port: first.port, cookie: stranger.cookie.clone() };
    let ours = Visitor { port: second.port, cookie: visitor.cookie.clone() };
    assert_eq!((stranger.get("/").status, theirs.get("/").status, ours.get("/").status), (200, 403, 403));
    drop(second);

    // Another start has another key: the old address and the old cookie are worth nothing.
    let (old_token, old_cookie) = (first.token().to_owned(), visitor.cookie.clone());
    drop(first);
    let again = Served::open(&family.place);
    let host = again.host();
    assert_eq!(ask(again.port, "GET", &format!("/enter/{old_token}"), &[("Host", &host)], "").expect("an answer").status, 403);
    let origin = format!("http://{host}");
    every_address(&family, again.port, 403, "a cookie of another start", &[("Host", &host), ("Cookie", &old_cookie), ("Origin", &origin)]);
}

#[test]
fn once_locked_every_page_leads_to_the_lock_and_names_nobody() {
    let family = Family::gathered();
    let served = Served::open(&family.place);
    let visitor = Visitor::enter(&served.entrance);
    let mut pictures = Vec::new();
    let mut named = 0;
    for path in family.paths() {
        let page = visitor.get(&path);
        assert_eq!(page.status, 200, "{path}");
        named += usize::from(page.text().contains(NAMES[0]) || page.text().contains(NAMES[1]));
        pictures.extend(page.text().split("src=\"").filter_map(|s| s.split('"').next()).filter(|s| s.contains("/picture/")).map(str::to_owned));
    }
    assert!(named >= 2 && !pictures.is_empty(), "names and pictures are there before: {named}, {}", pictures.len());
    let drawn = visitor.get(&pictures[0]);
    assert_eq!((drawn.status, drawn.header("content-type")), (200, Some("image/png")));
    closed("a picture", &drawn);

    assert_eq!((visitor.post("/lock", &[]).status, served.child_lives()), (303, true));
    let lock = visitor.get("/");
    assert!(lock.status == 200 && lock.text().contains("action=\"/unlock\""));
    says_nothing("the lock screen", &lock);
    assert!(!lock.text().contains(&family.case), "not even the handle");
    for path in family.paths().into_iter().chain(pictures) {
        let said = visitor.get(&path);
        says_nothing(&path, &said);
        let open = said.status == 303 && said.header("location") == Some("/");
        // A page of no case and no office may be read while the room is locked.
        assert!(open || path == "/" || path == "/styleguide" || path.starts_with("/sheet/"), "{path}: {}", said.status);
    }
    for (path, fields) in FORMS.iter().filter(|(path, _)| !["/unlock", "/first", "/first/words"].contains(path)) {
        let said = visitor.post(&family.path(path), fields);
        says_nothing(path, &said);
        assert_eq!((said.status, said.header("location")), (303, Some("/")), "{path}");
    }
    // Nor is a second office made where there is one.
    let first = FORMS.iter().find(|(path, _)| *path == "/first").expect("the first run");
    assert_eq!(visitor.post(first.0, first.1).status, 303);

    let wrong = visitor.post("/unlock", &[("passphrase", "another passphrase altogether")]);
    says_nothing("a wrong passphrase", &wrong);
    assert!(wrong.text().contains("role=\"alert\"") && !wrong.text().contains("altogether"));
    assert_eq!(visitor.post("/unlock", &[("passphrase", PASSPHRASE)]).status, 303);
    let back = visitor.get(&family.path("/case/{case}"));
    assert!(back.status == 200 && back.text().contains(NAMES[0]));
    assert!(!back.text().contains("Otro"), "nothing that was sent while it was locked was done");
}

/// Another account of this machine, with everything that it could have stolen from a screen.
#[test]
fn another_account_of_this_machine_is_not_answered() {
    let (place, _) = Place::with_case();
    let served = Served::open(&place);
    let visitor = Visitor::enter(&served.entrance);
    assert_eq!(visitor.get("/").status, 200);
    if !rustix::process::getuid().is_root() {
        println!("not tried: only root can ask as another account");
        return;
    }
    let script = format!(
        "exec 3<>/dev/tcp/127.0.0.1/{port} && printf 'GET / HTTP/1.1\\r\\nHost: 127.0.0.1:{port}\\r\\nCookie: {cookie}\\r\\nConnection: close\\r\\n\\r\\n' >&3 && cat <&3",
        port = served.port,
        cookie = visitor.cookie
    );
    let as_account = |id: &str| {
        let done = Command::new("setpriv").args(["--reuid", id, "--regid", id, "--clear-groups", "bash", "-c", &script]).output().expect("setpriv is there");
        String::from_utf8_lossy(&done.stdout).into_owned()
    };
    assert!(as_account("0").starts_with("HTTP/1.1 200"), "this account is answered in the same way");
    for id in ["65534", "1", "1000"] {
        assert_eq!(as_account(id), "", "account {id}");
    }
    assert_eq!(visitor.get("/").status, 200, "and whoever may ask is answered after that");
}

/// Connections that ask nothing, or ask slowly, keep nobody out, and do not pile up.
#[test]
fn three_hundred_silent_connections_keep_nobody_out() {
    let (place, case) = Place::with_case();
    let served = Served::open(&place);
    let visitor = Visitor::enter(&served.entrance);
    let mut silent: Vec<TcpStream> = Vec::new();
    for begun in [&b""[..], b"GET / HTT", b"POST /lock HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "] {
        for _ in 0..100 {
            let mut stream = TcpStream::connect(("127.0.0.1", served.port)).expect("a connection");
            stream.write_all(begun).expect("it is heard");
            silent.push(stream);
        }
        for path in ["/".to_owned(), format!("/case/{case}")] {
            assert_eq!(visitor.get(&path).status, 200, "{path} beside {}", silent.len());
        }
    }
    let descriptors = std::fs::read_dir(format!("/proc/{}/fd", served.pid())).expect("its descriptors").count();
    assert!(descriptors < 200, "{descriptors} descriptors for {} connections", silent.len());
    // The oldest were ended, the newest still wait.
    let ended = |stream: &mut TcpStream| {
        stream.set_nonblocking(true).expect("a socket");
        !matches!(stream.read(&mut [0; 16]), Err(e) if e.kind() == std::io::ErrorKind::WouldBlock)
    };
    let gone: Vec<bool> = silent.iter_mut().map(ended).collect();
    let count = gone.iter().filter(|g| **g).count();
    assert!((172..=190).contains(&count) && gone[..150].iter().all(|g| *g) && !gone[299], "{count} were ended");
}
