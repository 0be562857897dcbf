//! What every page has around it: the bar, the tabs of the case, the line that says what was written down.

use super::answer::{Answer, Asked};
use super::room::{Room, Session, Visit};
use crate::speech::{Speech, plain};
use amparo_lang::Lang;
use amparo_model::Instant;
use amparo_office::Result;
use askama::Template;

/// Path, name and word of each tab of a case.
const TABS: [(&str, &str, &str); 9] = [
    ("", "overview", "page-tab-overview"),
    ("/gather", "gather", "page-tab-gather"),
    ("/timeline", "timeline", "page-tab-timeline"),
    ("/coverage", "coverage", "page-tab-coverage"),
    ("/calls", "calls", "page-tab-calls"),
    ("/findings", "findings", "page-tab-findings"),
    ("/find", "find", "page-tab-find"),
    ("/account", "account", "page-tab-account"),
    ("/log", "log", "page-tab-log"),
];

pub struct Shell {
    pub speech: Speech,
    /// Where the language switch comes back to.
    pub back: String,
    pub open: bool,
    pub office: Option<String>,
    pub case: Option<Bar>,
    pub foot: Vec<String>,
    /// What was just done, said once.
    pub said: Vec<String>,
    /// Seconds until the page is to be read again.
    pub again: Option<u32>,
}

pub struct Bar {
    pub handle: String,
    pub tab: &'static str,
    pub findings: usize,
}

impl Bar {
    pub fn tabs(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        &TABS
    }
}

impl Shell {
    /// Around a page of no case.
    pub fn of(room: &Room, asked: &Asked) -> Shell {
        Shell { speech: asked.speech, back: asked.path.clone(), open: room.is_open(), office: None, case: None, foot: Vec::new(), said: said(asked), again: None }
    }

    /// Around a page of the office, not of a case.
    pub fn of_office(session: &Session, asked: &Asked) -> Shell {
        let mut foot = custody(session, asked.speech);
        foot.push(asked.speech.word("page-foot-nothing-left"));
        Shell {
            speech: asked.speech,
            back: asked.path.clone(),
            open: true,
            office: Some(plain(&session.desk.roster().settings.name)),
            case: None,
            foot,
            said: said(asked),
            again: None,
        }
    }

    /// Around a page of a case; the look it names is written already.
    pub fn of_case(visit: &mut Visit<'_>, asked: &Asked, tab: &'static str) -> Result<Shell> {
        let speech = asked.speech;
        let known = visit.known()?;
        let findings = known.seen.findings.iter().filter(|f| f.resolution.is_none()).count();
        let (_, member, role) = visit.desk.me();
        let mut purpose = speech.term("purpose", visit.opened.purpose.as_str());
        if visit.opened.unmasked {
            purpose = format!("{purpose}, {}", speech.word("page-unmasked"));
        }
        let args = [("member", plain(member)), ("role", speech.term("role", role)), ("purpose", purpose), ("at", clock(visit.at, &visit.opened.case.zone()?))];
        let mut foot = vec![speech.say("page-foot-look", &args)];
        foot.extend(custody_of(visit.desk, speech));
        let (_, _, words) = visit.opened.case.content_head(speech.lang == Lang::Es)?;
        foot.push(speech.say("page-foot-head", &[("words", words)]));
        foot.push(speech.word("page-foot-nothing-left"));
        Ok(Shell {
            speech,
            back: asked.path.clone(),
            open: true,
            office: Some(plain(&visit.desk.roster().settings.name)),
            case: Some(Bar { handle: visit.opened.case.handle.clone(), tab, findings }),
            foot,
            said: said(asked),
            again: None,
        })
    }

    /// Where the language switch comes back to, as a choice in its address: with all of its own choices.
    pub fn back_coded(&self) -> String {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~".contains(&b);
        self.back.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
    }

    pub fn t(&self, id: &str) -> String {
        self.speech.word(id)
    }

    pub fn lang(&self) -> &'static str {
        self.speech.lang.code()
    }

    /// Titles stand in the browser's own history: only the handle, which tells nothing.
    pub fn title(&self) -> String {
        self.case.as_ref().map_or_else(|| "amparo".to_owned(), |bar| format!("amparo, {}", bar.handle))
    }

    /// The other languages: code and own name.
    pub fn others(&self) -> Vec<(&'static str, String)> {
        Lang::ALL.into_iter().filter(|l| *l != self.speech.lang).map(|l| (l.code(), amparo_lang::word("page-language-name", l))).collect()
    }
}

/// A page about a person, in a case that has nobody yet.
#[derive(Template)]
#[template(path = "nobody.html")]
pub struct Nobody {
    shell: Shell,
    title: String,
    href: String,
}

impl Nobody {
    pub fn page(shell: Shell, title: &str) -> Result<Answer> {
        let href = shell.case.as_ref().map_or_else(|| "/".to_owned(), |bar| format!("/case/{}", bar.handle));
        Answer::page(&Nobody { title: shell.t(title), href, shell })
    }
}

/// What the page before this one did, by the code in the address.
fn said(asked: &Asked) -> Vec<String> {
    let known = |code: &&str| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && amparo_lang::has(&format!("page-done-{code}"), asked.speech.lang);
    asked.choice("done").filter(known).map(|code| asked.speech.word(&format!("page-done-{code}"))).into_iter().collect()
}

fn custody(session: &Session, speech: Speech) -> Vec<String> {
    custody_of(&session.desk, speech)
}

/// The last backup, and whether recovery was ever tested.
pub fn custody_of(desk: &amparo_office::Desk, speech: Speech) -> Vec<String> {
    let roster = desk.roster();
    let day = |at: &str| amparo_model::Edtf::parse(at.get(..10).unwrap_or(at)).map_or_else(|| at.to_owned(), |e| amparo_lang::date(&e, speech.lang));
    let backup = match roster.places.iter().filter_map(|p| p.last.as_ref().map(|(_, _, _, at)| (at, &p.label))).max() {
        Some((at, label)) => speech.say("doctor-backup-last", &[("on", day(at)), ("place", plain(label))]),
        None => speech.word("doctor-backup-never"),
    };
    let tested = roster.recovery_tested.contains(&desk.me().0);
    vec![backup, speech.word(if tested { "doctor-recovery-tested" } else { "doctor-recovery-never" })]
}

/// The hour and minute of a moment in a zone.
pub fn clock(at: Instant, zone: &jiff::tz::TimeZone) -> String {
    jiff::Timestamp::from_millisecond(at.ms).map_or_else(|_| String::new(), |t| zone.to_datetime(t).strftime("%H:%M").to_string())
}
