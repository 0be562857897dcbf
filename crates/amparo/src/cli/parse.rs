//! From the words typed to a command and its values; what does not fit is said in the reader's language.

use super::spec::{self, Arg, COMMANDS, COMMON, Command, Flag, Takes};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// A command as typed, checked against the table.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub command: &'static Command,
    args: BTreeMap<&'static str, Vec<OsString>>,
    flags: BTreeMap<&'static str, OsString>,
}

/// Why the words typed are not a command. Each has a message `usage-...`.
#[derive(Debug, PartialEq, Eq)]
pub enum Usage {
    /// Nothing typed, or help asked for: of a command, or of the program.
    Help(Option<&'static str>),
    Version,
    NoSuchCommand(String),
    NeedsSubcommand(String),
    NoSuchFlag {
        flag: String,
        command: &'static str,
    },
    FlagNeedsValue {
        flag: String,
    },
    FlagTakesNoValue {
        flag: String,
    },
    Missing {
        arg: &'static str,
        command: &'static str,
    },
    TooMany {
        word: String,
        command: &'static str,
    },
    NotText,
    Bad {
        what: &'static str,
        value: String,
    },
}

impl Parsed {
    pub fn has(&self, flag: &str) -> bool {
        self.flags.contains_key(flag)
    }

    /// A flag's value as text; not-UTF-8 is refused where it is read.
    pub fn flag(&self, flag: &str) -> Result<Option<&str>, Usage> {
        self.flags.get(flag).map(|v| v.to_str().ok_or(Usage::NotText)).transpose()
    }

    pub fn flag_path(&self, flag: &str) -> Option<PathBuf> {
        self.flags.get(flag).map(PathBuf::from)
    }

    /// A flag's value as one of a type's values.
    pub fn flag_as<T>(&self, flag: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Usage> {
        match self.flag(flag)? {
            None => Ok(None),
            Some(text) => parse(text).map(Some).ok_or_else(|| Usage::Bad { what: flag, value: text.to_owned() }),
        }
    }

    pub fn arg(&self, name: &str) -> Result<Option<&str>, Usage> {
        self.args.get(name).and_then(|v| v.first()).map(|v| v.to_str().ok_or(Usage::NotText)).transpose()
    }

    /// A required argument; the table has checked that it is there.
    pub fn need(&self, name: &'static str) -> Result<&str, Usage> {
        self.arg(name)?.ok_or(Usage::Missing { arg: name, command: self.command.name })
    }

    pub fn paths(&self, name: &str) -> Vec<PathBuf> {
        self.args.get(name).into_iter().flatten().map(PathBuf::from).collect()
    }
}

/// Reads the words after the program's name.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Parsed, Usage> {
    let mut words: Vec<OsString> = words.into_iter().collect();
    // `party CASE add` reads as people say it; inside, every subcommand follows its group.
    if let Some(at) = words.iter().position(|w| w == "party") {
        if words.get(at + 2).is_some_and(|w| w == "add" || w == "list") {
            words.swap(at + 1, at + 2);
        }
    }
    let mut words = words.into_iter();
    let mut early: BTreeMap<&'static str, OsString> = BTreeMap::new();
    let command = loop {
        let Some(word) = words.next() else {
            return Err(Usage::Help(None));
        };
        let text = word.to_str().ok_or(Usage::NotText)?.to_owned();
        if text == "--version" || text == "-V" {
            return Err(Usage::Version);
        }
        if let Some(flag) = text.strip_prefix("--") {
            read_flag(flag, COMMON, "", &mut words, &mut early)?;
            continue;
        }
        if text == "-h" {
            return Err(Usage::Help(None));
        }
        break find_command(&text, &mut words)?;
    };
    let Some(command) = command else {
        return Err(Usage::Help(None));
    };
    if early.contains_key("help") {
        return Err(Usage::Help(Some(command.name)));
    }
    let all: Vec<Flag> = command.flags.iter().chain(COMMON).copied().collect();
    let (mut args, mut flags) = (BTreeMap::new(), early);
    let mut waiting = command.args.iter().peekable();
    let mut only_args = false;
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--") if !only_args => only_args = true,
            Some("-h") if !only_args => return Err(Usage::Help(Some(command.name))),
            Some(text) if !only_args && text.starts_with("--") => {
                read_flag(&text[2..], &all, command.name, &mut words, &mut flags)?;
                if flags.contains_key("help") {
                    return Err(Usage::Help(Some(command.name)));
                }
            }
            text => {
                let Some(arg) = next_arg(&mut waiting, text) else {
                    return Err(Usage::TooMany { word: word.to_string_lossy().into_owned(), command: command.name });
                };
                args.entry(arg.name).or_insert_with(Vec::new).push(word);
            }
        }
    }
    match command.args.iter().find(|a| a.required && !args.contains_key(a.name)) {
        Some(arg) => Err(Usage::Missing { arg: arg.name, command: command.name }),
        None => Ok(Parsed { command, args, flags }),
    }
}

fn find_command(text: &str, words: &mut impl Iterator<Item = OsString>) -> Result<Option<&'static Command>, Usage> {
    let by_name = |name: &str| COMMANDS.iter().find(|c| c.name == name);
    if text == "help" {
        // The language was heard before anything else; no other flag means anything here.
        let mut named = words.by_ref().filter(|w| !w.to_string_lossy().starts_with("--lang=")).collect::<Vec<_>>();
        if let Some(at) = named.iter().position(|w| w == "--lang") {
            named.drain(at..named.len().min(at + 2));
        }
        let mut words = named.into_iter();
        return match words.next() {
            None => Ok(None),
            Some(word) => {
                let asked = word.to_string_lossy().into_owned();
                // `case`, `party` and `member` are explained together, and each with its second word.
                let next = words.next();
                if let (Some(group), None) = (spec::group(&asked), &next) {
                    return Err(Usage::Help(Some(group)));
                }
                let asked = next.map_or(asked.clone(), |next| format!("{asked} {}", next.to_string_lossy()));
                by_name(&asked).map_or(Err(Usage::NoSuchCommand(asked)), |c| Err(Usage::Help(Some(c.name))))
            }
        };
    }
    if spec::is_group(text) {
        let Some(sub) = words.next() else {
            return Err(Usage::NeedsSubcommand(text.to_owned()));
        };
        let sub = sub.to_string_lossy().into_owned();
        let name = format!("{text} {sub}");
        return match by_name(&name) {
            Some(command) => Ok(Some(command)),
            None if sub == "--help" || sub == "-h" => Err(Usage::Help(spec::group(text))),
            // `party CASE` without what to do there.
            None if text == "party" && words.next().is_none() => Err(Usage::NeedsSubcommand(text.to_owned())),
            None => Err(Usage::NoSuchCommand(name)),
        };
    }
    by_name(text).map(Some).ok_or_else(|| Usage::NoSuchCommand(text.to_owned()))
}

fn read_flag(text: &str, known: &[Flag], command: &'static str, words: &mut impl Iterator<Item = OsString>, flags: &mut BTreeMap<&'static str, OsString>) -> Result<(), Usage> {
    let (typed, value) = text.split_once('=').map_or((text, None), |(n, v)| (n, Some(v.to_owned())));
    // On the timeline and its like `--from` is a month; on `add` it is who brought the papers.
    let name = if typed == "from" && known.iter().any(|f| f.name == "from-month") { "from-month" } else { typed };
    let Some(flag) = known.iter().find(|f| f.name == name) else {
        return Err(Usage::NoSuchFlag { flag: format!("--{name}"), command });
    };
    let value = match (flag.takes, value) {
        (Takes::Nothing, None) => OsString::new(),
        (Takes::Nothing, Some(_)) => return Err(Usage::FlagTakesNoValue { flag: format!("--{typed}") }),
        (Takes::Value(_), Some(value)) => value.into(),
        (Takes::Value(_), None) => words.next().ok_or_else(|| Usage::FlagNeedsValue { flag: format!("--{typed}") })?,
    };
    flags.insert(flag.name, value);
    Ok(())
}

fn next_arg<'a>(waiting: &mut std::iter::Peekable<std::slice::Iter<'a, Arg>>, word: Option<&str>) -> Option<&'a Arg> {
    // `-` stands only where the table says that something is read from standard input.
    if word == Some("-") && waiting.clone().any(|a| a.name == "dash") {
        return waiting.find(|a| a.name == "dash");
    }
    let arg = *waiting.peek()?;
    if arg.name == "dash" {
        return None;
    }
    if !arg.many {
        waiting.next();
    }
    Some(arg)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Result<Parsed, Usage> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn commands_as_people_type_them() {
        let p = of("add lima-tambor a.csv b.csv --whose spouse").unwrap();
        assert_eq!((p.command.name, p.need("case").unwrap(), p.paths("path").len()), ("add", "lima-tambor", 2));
        assert_eq!(p.flag("whose").unwrap(), Some("spouse"));
        assert_eq!(of("--lang es case new -").unwrap().flag("lang").unwrap(), Some("es"));
        for line in ["party add lima-tambor --role spouse -", "party lima-tambor add -", "--lang es party lima-tambor list"] {
            let p = of(line).unwrap();
            assert_eq!((p.command.name.starts_with("party "), p.need("case").unwrap()), (true, "lima-tambor"));
        }
        assert_eq!(of("find --all -").unwrap().arg("dash").unwrap(), Some("-"));
        assert_eq!(of("timeline x --from 2019-01").unwrap().flag("from-month").unwrap(), Some("2019-01"));
        assert_eq!(of("add x -- --odd-name.csv").unwrap().paths("path")[0], PathBuf::from("--odd-name.csv"));
    }

    #[test]
    fn what_is_not_a_command() {
        for (line, want) in [
            ("", Usage::Help(None)),
            ("help add", Usage::Help(Some("add"))),
            ("help case", Usage::Help(Some("case"))),
            ("help party", Usage::Help(Some("party"))),
            ("member --help", Usage::Help(Some("member"))),
            ("help case new", Usage::Help(Some("case new"))),
            ("help case --lang es", Usage::Help(Some("case"))),
            ("help --lang=es add", Usage::Help(Some("add"))),
            ("help case split", Usage::NoSuchCommand("case split".into())),
            ("party", Usage::NeedsSubcommand("party".into())),
            ("party lima-tambor", Usage::NeedsSubcommand("party".into())),
            ("add --help", Usage::Help(Some("add"))),
            ("clocks x", Usage::NoSuchCommand("clocks".into())),
            ("case split x", Usage::NoSuchCommand("case split".into())),
            ("case", Usage::NeedsSubcommand("case".into())),
            ("records x --ftm", Usage::NoSuchFlag { flag: "--ftm".into(), command: "records" }),
            ("add x", Usage::Missing { arg: "path", command: "add" }),
            ("status", Usage::Missing { arg: "case", command: "status" }),
            ("status a b", Usage::TooMany { word: "b".into(), command: "status" }),
            ("status a --json=1", Usage::FlagTakesNoValue { flag: "--json".into() }),
            ("calls a --number", Usage::FlagNeedsValue { flag: "--number".into() }),
            ("timeline a --from", Usage::FlagNeedsValue { flag: "--from".into() }),
        ] {
            assert_eq!(of(line).err(), Some(want), "{line}");
        }
    }
}
