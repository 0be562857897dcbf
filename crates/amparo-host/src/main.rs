//! amparo-host: what an operator types.

use amparo_host::{Host, HostError, config::Config, keys};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match done(&words) {
        Ok(text) => {
            let said = std::io::stdout().write_all(text.as_bytes());
            ExitCode::from(if said.is_ok() { 0 } else { 4 })
        }
        Err(None) => {
            let _ = writeln!(std::io::stderr(), "{USAGE}");
            ExitCode::from(2)
        }
        Err(Some(error)) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(4)
        }
    }
}

const USAGE: &str = "amparo-host init FOLDER LISTEN URL ORIGIN
amparo-host run FOLDER [--check]
amparo-host invite FOLDER [FILE]";

fn done(words: &[String]) -> Result<String, Option<HostError>> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["init", folder, listen, url, origin] => keys::init(Path::new(folder), listen, url, origin).map(|()| String::new()).map_err(Some),
        ["run", folder, "--check"] => Config::read(Path::new(folder)).map(|_| String::new()).map_err(Some),
        ["run", folder] => {
            let host = Host::open(Path::new(folder)).map_err(Some)?;
            amparo_host::serve::run(host, |at| {
                let _ = writeln!(std::io::stdout(), "{at}");
            })
            .map(|()| String::new())
            .map_err(Some)
        }
        ["invite", folder] => invite(folder, None).map_err(Some),
        ["invite", folder, file] => invite(folder, Some(PathBuf::from(file))).map_err(Some),
        _ => Err(None),
    }
}

fn invite(folder: &str, file: Option<PathBuf>) -> Result<String, HostError> {
    let letter = Host::open(Path::new(folder))?.invite(None)?;
    let Some(path) = file else { return Ok(letter + "\n") };
    let mut new = amparo_store::private_file(&path)?;
    new.write_all(letter.as_bytes()).map_err(|error| HostError::File { what: "write", path, error })?;
    Ok(String::new())
}
