//! Help, written from the table of commands and the message files.

use super::spec::{self, COMMANDS, COMMON, Command, Flag, Takes};
use amparo_lang::{Lang, has, say, word};

/// The whole program's help: what it is, and every command with one sentence.
pub fn overview(lang: Lang) -> String {
    let width = COMMANDS.iter().map(|c| c.name.len()).max().unwrap_or(0);
    let mut out = format!("{}\n\n{}\n", word("help-what", lang), word("help-commands", lang));
    for command in COMMANDS {
        out += &format!("  {:width$}  {}\n", command.name, word(&message(command.name), lang));
    }
    out += &format!("\n{}\n", word("help-common", lang));
    out += &flags(COMMON, lang);
    out + &format!("\n{}\n", word("help-more", lang))
}

/// One command's help: its sentence, how it is typed, what each part means.
pub fn of(name: &str, lang: Lang) -> String {
    if spec::is_group(name) {
        return format!("{}\n{}\n{}\n{}", word("help-usage", lang), group(name, lang), word("help-common", lang), flags(COMMON, lang));
    }
    let Some(command) = COMMANDS.iter().find(|c| c.name == name) else {
        return overview(lang);
    };
    let id = message(name);
    let mut out = format!("{}\n\n{}\n  {}\n", word(&id, lang), word("help-usage", lang), usage(command, lang));
    let more = format!("{id}-more");
    if has(&more, lang) {
        out += &format!("\n{}\n", word(&more, lang));
    }
    let args: Vec<_> = command.args.iter().filter(|a| a.name != "dash").collect();
    let dash = command.args.iter().any(|a| a.name == "dash");
    if !args.is_empty() || dash {
        out += &format!("\n{}\n", word("help-args", lang));
        let rows = args.iter().map(|a| (word(&format!("arg-{}", a.name), lang), word(&format!("arg-{}-is", a.name), lang)));
        out += &table(rows.chain(dash.then(|| ("-".to_owned(), word(&format!("{id}-dash"), lang)))).collect());
    }
    if !command.flags.is_empty() {
        out += &format!("\n{}\n{}", word("help-flags", lang), flags(command.flags, lang));
    }
    out + &format!("\n{}\n{}", word("help-common", lang), flags(COMMON, lang))
}

/// The subcommands of `case`, `party` or `member`: how each is typed, and what it does.
pub fn group(name: &str, lang: Lang) -> String {
    spec::of_group(name).map(|c| format!("  {}\n      {}\n", usage(c, lang), word(&message(c.name), lang))).collect()
}

/// How a command is typed: `amparo add CASE PATH... [--whose PARTY]`.
pub fn usage(command: &Command, lang: Lang) -> String {
    let mut out = format!("amparo {}", command.name);
    if let Some(sub) = command.name.strip_prefix("party ") {
        out = format!("amparo party {} {sub}", word("arg-case", lang));
    }
    for arg in command.args.iter().filter(|a| !(command.name.starts_with("party ") && a.name == "case")) {
        let name = if arg.name == "dash" { "-".to_owned() } else { word(&format!("arg-{}", arg.name), lang) };
        let name = if arg.many { format!("{name}...") } else { name };
        out += &if arg.required { format!(" {name}") } else { format!(" [{name}]") };
    }
    for flag in command.flags {
        out += &format!(" [{}]", shape(flag, lang));
    }
    out
}

fn shape(flag: &Flag, lang: Lang) -> String {
    let name = if flag.name == "from-month" { "from" } else { flag.name };
    match flag.takes {
        Takes::Nothing => format!("--{name}"),
        Takes::Value("dash") => format!("--{name} -"),
        Takes::Value(value) => format!("--{name} {}", word(&format!("value-{value}"), lang)),
    }
}

fn flags(flags: &[Flag], lang: Lang) -> String {
    let id = |f: &Flag| match (f.name, f.takes) {
        ("to", Takes::Value(value)) => format!("flag-to-{value}"),
        ("from", _) => "flag-from-person".to_owned(),
        ("case", _) => "flag-case".to_owned(),
        _ => format!("flag-{}", f.name),
    };
    table(flags.iter().map(|f| (shape(f, lang), word(&id(f), lang))).collect())
}

fn table(rows: Vec<(String, String)>) -> String {
    let width = rows.iter().map(|(a, _)| a.chars().count()).max().unwrap_or(0).min(34);
    rows.iter().map(|(a, b)| format!("  {a}{}  {b}\n", " ".repeat(width.saturating_sub(a.chars().count())))).collect()
}

/// The message id of a command: `case new` is `cmd-case-new`.
pub fn message(name: &str) -> String {
    format!("cmd-{}", name.replace(' ', "-"))
}

/// What to say when the words typed are not a command, with how it should be typed.
pub fn problem(usage_error: &super::parse::Usage, lang: Lang) -> String {
    use super::parse::Usage;
    let typed = |command: &str| {
        let line = COMMANDS.iter().find(|c| c.name == command).map(|c| usage(c, lang)).unwrap_or_default();
        if line.is_empty() { String::new() } else { format!("\n{}\n  {line}", word("help-usage", lang)) }
    };
    match usage_error {
        Usage::Help(_) | Usage::Version => String::new(),
        Usage::NoSuchCommand(name) => say("usage-no-such-command", &[("name", name.clone().into())], lang),
        Usage::NeedsSubcommand(name) => {
            format!("{}\n{}", say("usage-needs-subcommand", &[("name", name.clone().into())], lang), group(name, lang))
        }
        Usage::NoSuchFlag { flag, command } => say("usage-no-such-flag", &[("flag", flag.clone().into())], lang) + &typed(command),
        Usage::FlagNeedsValue { flag } => say("usage-flag-needs-value", &[("flag", flag.clone().into())], lang),
        Usage::FlagTakesNoValue { flag } => say("usage-flag-takes-no-value", &[("flag", flag.clone().into())], lang),
        Usage::Missing { arg, command } => say("usage-missing", &[("what", word(&format!("arg-{arg}"), lang).into())], lang) + &typed(command),
        Usage::TooMany { word, command } => say("usage-too-many", &[("word", word.clone().into())], lang) + &typed(command),
        Usage::NotText => word("usage-not-text", lang),
        Usage::Bad { what, value } => {
            let id = format!("usage-bad-{what}");
            say(if has(&id, lang) { &id } else { "usage-bad" }, &[("value", value.clone().into())], lang)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_flag_and_argument_has_its_words_in_every_language() {
        for lang in Lang::ALL {
            let mut all = overview(lang);
            for command in COMMANDS {
                all += &of(command.name, lang);
            }
            let unsaid: Vec<&str> = all.split_whitespace().filter(|w| ["cmd-", "flag-", "arg-", "value-", "help-"].iter().any(|p| w.starts_with(p))).collect();
            assert!(unsaid.is_empty(), "{}: {unsaid:?}", lang.code());
        }
    }
}
