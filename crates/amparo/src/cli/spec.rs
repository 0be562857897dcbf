//! The commands as data: what each takes, so that parsing, help and the tests read one table.

/// What a flag takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    Nothing,
    /// A value, named by a message `value-NAME`.
    Value(&'static str),
}

#[derive(Clone, Copy, Debug)]
pub struct Flag {
    pub name: &'static str,
    pub takes: Takes,
}

/// A positional argument.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// Message `arg-NAME`.
    pub name: &'static str,
    pub required: bool,
    pub many: bool,
}

/// One command; its sentence is the message `cmd-NAME`, with `-` for the space of a subcommand.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    pub name: &'static str,
    pub args: &'static [Arg],
    pub flags: &'static [Flag],
}

const fn needs(name: &'static str) -> Arg {
    Arg { name, required: true, many: false }
}
const fn may(name: &'static str) -> Arg {
    Arg { name, required: false, many: false }
}
const fn on(name: &'static str) -> Flag {
    Flag { name, takes: Takes::Nothing }
}
const fn with(name: &'static str, value: &'static str) -> Flag {
    Flag { name, takes: Takes::Value(value) }
}

const CASE: Arg = needs("case");
const WHOSE: Flag = with("whose", "party");
const FROM: Flag = with("from-month", "month");
const TO: Flag = with("to", "month");
const AS_OF: Flag = with("as-of", "date");
const JSON: Flag = on("json");
const UNMASK: Flag = on("unmask");
const OUT: Flag = with("out", "file");

/// Flags that every command takes.
pub const COMMON: &[Flag] =
    &[with("home", "folder"), with("passphrase-file", "file"), with("lang", "lang"), with("because", "purpose"), with("note", "dash"), with("now", "time"), on("help")];

/// In the order a person meets them.
pub const COMMANDS: &[Command] = &[
    Command { name: "init", args: &[], flags: &[on("unattended")] },
    Command { name: "demo", args: &[], flags: &[on("unattended"), with("seed", "number"), OUT] },
    Command { name: "serve", args: &[], flags: &[with("port", "number")] },
    Command { name: "case new", args: &[may("dash")], flags: &[with("zone", "zone"), JSON] },
    Command { name: "case list", args: &[], flags: &[JSON] },
    Command { name: "case show", args: &[CASE], flags: &[JSON] },
    Command { name: "case close", args: &[CASE], flags: &[] },
    Command { name: "case zone", args: &[CASE, needs("zone")], flags: &[] },
    Command { name: "party add", args: &[CASE, may("dash")], flags: &[with("role", "role"), JSON] },
    Command { name: "party list", args: &[CASE], flags: &[JSON] },
    Command { name: "add", args: &[CASE, Arg { name: "path", required: true, many: true }], flags: &[WHOSE, with("from", "dash"), on("no-ocr"), JSON] },
    Command { name: "status", args: &[CASE], flags: &[on("rejects"), JSON, UNMASK] },
    Command { name: "account", args: &[CASE, may("file")], flags: &[WHOSE, with("template", "template"), on("as-set"), JSON] },
    Command { name: "records", args: &[CASE], flags: &[with("kind", "kind"), WHOSE, on("unmerged"), JSON, on("csv"), UNMASK] },
    Command { name: "show", args: &[CASE, needs("record")], flags: &[OUT, UNMASK] },
    Command { name: "timeline", args: &[CASE], flags: &[WHOSE, FROM, TO, AS_OF, JSON, UNMASK] },
    Command { name: "coverage", args: &[CASE], flags: &[with("claim", "claim"), WHOSE, FROM, TO, AS_OF, JSON] },
    Command { name: "check", args: &[CASE], flags: &[WHOSE, AS_OF, JSON, UNMASK] },
    Command { name: "calls", args: &[CASE], flags: &[with("number", "dash"), WHOSE, FROM, TO, JSON, UNMASK] },
    Command { name: "find", args: &[may("case"), may("dash")], flags: &[on("all"), with("kind", "kind"), WHOSE, FROM, TO, JSON, UNMASK] },
    Command { name: "chronology", args: &[CASE], flags: &[OUT, WHOSE, AS_OF, UNMASK] },
    Command { name: "review", args: &[CASE], flags: &[with("settle", "finding"), with("as", "resolution"), with("record", "record"), with("field", "field"), JSON, UNMASK] },
    Command { name: "withdraw", args: &[CASE, needs("file")], flags: &[] },
    Command { name: "move", args: &[CASE, needs("file")], flags: &[WHOSE, with("case", "case")] },
    Command { name: "hold", args: &[CASE, may("file")], flags: &[on("release")] },
    Command { name: "shred", args: &[CASE], flags: &[with("party", "party"), on("cancel"), on("agree")] },
    Command { name: "reread", args: &[CASE], flags: &[JSON] },
    Command { name: "log", args: &[CASE], flags: &[on("for-client"), JSON] },
    Command { name: "verify", args: &[may("case")], flags: &[with("since", "words"), on("deep"), JSON] },
    Command { name: "backup", args: &[needs("folder")], flags: &[on("new"), on("full"), JSON] },
    Command { name: "restore", args: &[needs("folder")], flags: &[with("host", "file"), with("words-file", "file"), JSON] },
    Command { name: "export", args: &[CASE], flags: &[OUT, with("profile", "profile"), with("to", "recipient"), JSON] },
    Command { name: "import", args: &[needs("folder")], flags: &[with("key-file", "file"), JSON] },
    Command { name: "member add", args: &[may("dash")], flags: &[with("role", "role"), JSON] },
    Command { name: "member remove", args: &[needs("member")], flags: &[] },
    Command { name: "member list", args: &[], flags: &[JSON] },
    Command { name: "grant", args: &[CASE, needs("member")], flags: &[] },
    Command { name: "revoke", args: &[CASE, needs("member")], flags: &[] },
    Command { name: "unlock", args: &[], flags: &[] },
    Command { name: "lock", args: &[], flags: &[] },
    Command { name: "recover", args: &[], flags: &[with("words-file", "file"), with("new-passphrase-file", "file"), on("office"), on("accept-loss"), with("case", "case")] },
    Command { name: "host join", args: &[needs("file")], flags: &[JSON] },
    Command { name: "host status", args: &[], flags: &[JSON] },
    Command { name: "host sync", args: &[], flags: &[JSON] },
    Command { name: "doctor", args: &[], flags: &[JSON] },
];

/// The first words that need a second one: `case`, `party`, `member`.
pub fn group(word: &str) -> Option<&'static str> {
    COMMANDS.iter().filter_map(|c| c.name.split_once(' ')).map(|(group, _)| group).find(|group| *group == word)
}

pub fn is_group(word: &str) -> bool {
    group(word).is_some()
}

/// The subcommands of a group.
pub fn of_group(word: &str) -> impl Iterator<Item = &'static Command> {
    COMMANDS.iter().filter(move |c| c.name.split_once(' ').is_some_and(|(group, _)| group == word))
}
