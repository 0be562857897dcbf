//! The host's own secrets: the key of its public log, and of its certificate. Neither opens anything an office wrote.

use crate::config::{Config, FILE};
use crate::{HostError, Result, file, random};
use ed25519_dalek::SigningKey;
use std::io::Write;
use std::path::Path;

pub struct Keys {
    /// Signs checkpoints and releases.
    pub log: SigningKey,
    /// In PEM.
    pub certificate: String,
    pub certificate_key: String,
    /// The certificate is one of its own: whoever joins must be told it.
    pub own: bool,
}

const LOG: &str = "keys/log";
const CERTIFICATE: &str = "keys/certificate.pem";
const CERTIFICATE_KEY: &str = "keys/certificate-key.pem";

/// Makes a host's folder: keys, a certificate of its own, and the configuration file to edit.
pub fn init(folder: &Path, listen: &str, url: &str, origin: &str) -> Result<()> {
    let text = format!("# The host's settings; `amparo-host run --check` says what is wrong with them.\nlisten = '{listen}'\nurl = '{url}'\norigin = '{origin}'\n");
    let config = Config::parse(&text)?;
    amparo_store::private_folder(&folder.join("keys"))?;
    let name = config.authority().rsplit_once(':').map_or(config.authority(), |(name, _)| name).to_owned();
    let made = rcgen::generate_simple_self_signed(vec![name]).map_err(|e| HostError::Tls { what: e.to_string() })?;
    for (path, bytes) in
        [(LOG, &random::<32>()?[..]), (CERTIFICATE, made.cert.pem().as_bytes()), (CERTIFICATE_KEY, made.signing_key.serialize_pem().as_bytes()), (FILE, text.as_bytes())]
    {
        let path = folder.join(path);
        let mut new = amparo_store::private_file(&path)?;
        new.write_all(bytes).and_then(|()| new.sync_all()).map_err(file("write", &path))?;
    }
    Ok(())
}

impl Keys {
    pub fn read(config: &Config) -> Result<Keys> {
        let text = |path: &Path| std::fs::read_to_string(path).map_err(file("read", path));
        let log = config.folder.join(LOG);
        let seed: [u8; 32] = std::fs::read(&log).map_err(file("read", &log))?.try_into().map_err(|_| HostError::Config { what: "the log's key is not 32 bytes".to_owned() })?;
        let own = |name: &str| config.folder.join(name);
        Ok(Keys {
            log: SigningKey::from_bytes(&seed),
            certificate: text(config.certificate.as_deref().unwrap_or(&own(CERTIFICATE)))?,
            certificate_key: text(config.certificate_key.as_deref().unwrap_or(&own(CERTIFICATE_KEY)))?,
            own: config.certificate.is_none(),
        })
    }
}
