//! The configuration file, `host.toml` in the host's folder.

use crate::{HostError, Result, file};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What the file says. Unknown keys are refused: a misspelt limit is no limit.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it listens.
    pub listen: SocketAddr,
    /// `https://name:port` as offices reach it.
    pub url: String,
    /// The name of its public log (C2SP tlog-checkpoint), a name of the operator's own such as `host.example/amparo`.
    pub origin: String,
    /// A certificate chain and key in PEM; where absent, one of its own is made, and offices are told it.
    #[serde(default)]
    pub certificate: Option<PathBuf>,
    #[serde(default)]
    pub certificate_key: Option<PathBuf>,
    #[serde(default)]
    pub limits: LimitsOf,
    /// The folder that this file lies in.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// What one office, and everybody together, may take at once.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsOf {
    /// Connections at once, of everybody.
    pub connections: usize,
    /// Requests of one office worked on at once.
    pub at_once: usize,
    /// Seconds for a request's head, and for each part of its body.
    pub head_seconds: u64,
    pub body_seconds: u64,
    /// The longest sealed file that an office may keep, where its invitation says nothing else.
    pub bytes: u64,
}

impl Default for LimitsOf {
    fn default() -> LimitsOf {
        LimitsOf { connections: 2_000, at_once: 4, head_seconds: 15, body_seconds: 180, bytes: 200 << 30 }
    }
}

pub const FILE: &str = "host.toml";

impl Config {
    /// Reads the file of a folder; says what is wrong with it.
    pub fn read(folder: &Path) -> Result<Config> {
        let path = folder.join(FILE);
        let text = std::fs::read_to_string(&path).map_err(file("read", &path))?;
        let mut config = Config::parse(&text)?;
        config.folder = folder.to_owned();
        for named in [&mut config.certificate, &mut config.certificate_key].into_iter().flatten() {
            *named = folder.join(&*named);
        }
        Ok(config)
    }

    pub fn parse(text: &str) -> Result<Config> {
        let config: Config = toml::from_str(text).map_err(|e| HostError::Config { what: e.to_string() })?;
        let wrong = |what: &str| Err(HostError::Config { what: what.to_owned() });
        let authority = config.authority();
        if authority.is_empty() || authority.contains(['/', '?', '#', '@', ' ']) || authority != authority.to_ascii_lowercase() {
            return wrong("url must be https://name or https://name:port, in lower case and without a path");
        }
        if config.origin.is_empty() || config.origin.contains(['+', '\n', ' ']) {
            return wrong("origin must be a name without spaces or plus signs");
        }
        if config.certificate.is_some() != config.certificate_key.is_some() {
            return wrong("certificate and certificate_key go together");
        }
        Ok(config)
    }

    /// Name and port, as requests are signed for them.
    pub fn authority(&self) -> &str {
        self.url.strip_prefix("https://").unwrap_or_default().strip_suffix(":443").unwrap_or(self.url.strip_prefix("https://").unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_read_or_says_what_is_wrong() {
        let good = "listen = '127.0.0.1:8443'\nurl = 'https://host.example:8443'\norigin = 'host.example/amparo'\n[limits]\nat_once = 9\n";
        let config = Config::parse(good).expect("good");
        assert_eq!((config.authority(), config.limits.at_once, config.limits.connections), ("host.example:8443", 9, 2_000));
        for (from, to, says) in [
            ("https://", "http://", "https"),
            (":8443'\norigin", ":8443/x'\norigin", "url"),
            ("host.example/amparo", "a b", "origin"),
            ("at_once", "at_onse", "at_onse"),
            ("127.0.0.1:8443", "here", "socket"),
            ("[limits]", "certificate = 'x'\n[limits]", "go together"),
        ] {
            let error = Config::parse(&good.replacen(from, to, 1)).expect_err(from).to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
