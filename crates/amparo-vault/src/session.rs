//! A member's secrets, and the bundle that a passphrase or the printed words open (FORMATS.md section 1).

use crate::lock::{self, Key};
use crate::problem::{Result, VaultError};
use amparo_model::event::Member;
use amparo_model::{MemberId, OfficeId, Sha256};
use serde::{Deserialize, Serialize};

/// A member at work: what the bundle holds, open. It prints nothing of itself.
pub struct Session {
    member: MemberId,
    office: OfficeId,
    msk: Key,
    age: Key,
    sign: Key,
    recipient: String,
    words: String,
    /// What this member remembers of the office journal.
    pub(crate) genesis: Sha256,
    pub(crate) head: (u64, Sha256),
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session(…)")
    }
}

#[derive(Serialize, Deserialize)]
struct Bundle {
    v: u8,
    member: MemberId,
    slots: Vec<Slot>,
    #[serde(rename = "box")]
    sealed: String,
}

#[derive(Serialize, Deserialize, Clone)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Slot {
    Passphrase {
        m: u32,
        t: u32,
        p: u32,
        salt: String,
        #[serde(rename = "box")]
        sealed: String,
    },
    Words {
        age: String,
    },
    /// A later kind, kept as it is.
    #[serde(untagged)]
    Other(serde_json::Value),
}

#[derive(Serialize, Deserialize)]
struct Secrets {
    age: String,
    sign: String,
    words: String,
    office: OfficeId,
    office_genesis: Sha256,
    office_head: (u64, Sha256),
}

impl Drop for Secrets {
    fn drop(&mut self) {
        lock::wipe(&mut self.age);
        lock::wipe(&mut self.sign);
    }
}

const WORK: (u32, u32, u32) = (65_536, 3, 4);

/// More than a member's secrets take: a text that outgrows its place leaves a copy there.
const ROOM: usize = 2_048;

impl Session {
    /// A new member's keys; the words are for the printed sheet and are kept nowhere.
    pub(crate) fn new(office: OfficeId) -> Result<(Session, Key)> {
        let words_secret = lock::new_key()?;
        let age = lock::new_key()?;
        let recipient = lock::recipient_of(&age);
        let session = Session {
            member: MemberId(lock::random()?),
            office,
            msk: lock::new_key()?,
            recipient,
            age,
            sign: lock::new_key()?,
            words: lock::recipient_of(&words_secret),
            genesis: Sha256([0; 32]),
            head: (0, Sha256([0; 32])),
        };
        Ok((session, words_secret))
    }

    /// The office's recovery at work: it has an identity and a key to sign with, and no bundle.
    pub(crate) fn of_recovery(office: OfficeId, secret: &Key, sign: Key) -> Result<Session> {
        let recipient = lock::recipient_of(secret);
        Ok(Session {
            member: crate::recovery::author(&recipient),
            office,
            msk: lock::new_key()?,
            words: recipient.clone(),
            recipient,
            age: secret.clone(),
            sign,
            genesis: Sha256([0; 32]),
            head: (0, Sha256([0; 32])),
        })
    }

    pub fn member(&self) -> MemberId {
        self.member
    }
    pub fn office(&self) -> OfficeId {
        self.office
    }
    pub(crate) fn recipient(&self) -> &str {
        &self.recipient
    }
    pub(crate) fn age_secret(&self) -> &Key {
        &self.age
    }
    pub(crate) fn sign_seed(&self) -> &Key {
        &self.sign
    }

    /// The member's public side, as the office journal tells it.
    pub(crate) fn public(&self, name: &str, role: &str) -> Member {
        Member {
            member: self.member,
            name: name.to_owned(),
            role: role.to_owned(),
            sign: lock::hex(&lock::public_of(&self.sign)),
            recipient: self.recipient.clone(),
            words: self.words.clone(),
        }
    }

    /// What an unlocked office hands to the process that holds it until `lock`. Secret: never on a disk.
    pub fn to_secret_bytes(&self) -> Result<lock::Secret<Vec<u8>>> {
        let mut out = lock::Secret::new(Vec::with_capacity(2 * ROOM));
        out.extend_from_slice(&self.member.0);
        out.extend_from_slice(&self.msk[..]);
        out.extend_from_slice(&self.secrets()?);
        Ok(out)
    }

    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Session> {
        let (head, secrets) = bytes.split_at_checked(48).ok_or(VaultError::Malformed("session"))?;
        let member = MemberId(head[..16].try_into().map_err(|_| VaultError::Malformed("session"))?);
        let msk = lock::key_of(&head[16..]).ok_or(VaultError::Malformed("session"))?;
        Session::of_secrets(member, msk, secrets)
    }

    fn secrets(&self) -> Result<lock::Secret<Vec<u8>>> {
        let secrets = Secrets {
            age: lock::identity_text(&self.age).to_string(),
            sign: lock::hex(&self.sign[..]),
            words: self.words.clone(),
            office: self.office,
            office_genesis: self.genesis,
            office_head: self.head,
        };
        let mut out = lock::Secret::new(Vec::with_capacity(ROOM));
        serde_json::to_writer(&mut *out, &secrets).map_err(|_| VaultError::Malformed("secrets"))?;
        Ok(out)
    }

    fn of_secrets(member: MemberId, msk: Key, bytes: &[u8]) -> Result<Session> {
        let bad = VaultError::Malformed("secrets");
        let Ok(secrets) = serde_json::from_slice::<Secrets>(bytes) else { return Err(bad) };
        let (Some(age), Some(sign)) = (lock::identity_of_text(&secrets.age), lock::key_of_hex(&secrets.sign)) else { return Err(bad) };
        Ok(Session {
            member,
            office: secrets.office,
            msk,
            recipient: lock::recipient_of(&age),
            age,
            sign,
            words: secrets.words.clone(),
            genesis: secrets.office_genesis,
            head: secrets.office_head,
        })
    }

    fn words_slot(&self) -> Result<Slot> {
        let mut plain = lock::Secret::new(Vec::with_capacity(ROOM));
        plain.extend_from_slice(&lock::label("wrap"));
        plain.extend_from_slice(&self.member.0);
        plain.extend_from_slice(&self.msk[..]);
        Ok(Slot::Words { age: lock::base64(&lock::age_seal(&self.words, &plain)?) })
    }

    fn passphrase_slot(&self, passphrase: &str) -> Result<Slot> {
        let salt: [u8; 16] = lock::random()?;
        let (m, t, p) = WORK;
        let outer = lock::stretch(passphrase, &salt, m, t, p)?;
        let sealed = lock::box_seal(&outer, "passphrase", &slot_context(self.member, m, t, p), &self.msk[..])?;
        Ok(Slot::Passphrase { m, t, p, salt: lock::base64(&salt), sealed: lock::base64(&sealed) })
    }

    fn bundle_with(&self, slots: Vec<Slot>) -> Result<Vec<u8>> {
        let sealed = lock::box_seal(&self.msk, "bundle", &self.member.0, &self.secrets()?)?;
        let bundle = Bundle { v: 1, member: self.member, slots, sealed: lock::base64(&sealed) };
        serde_json::to_vec(&bundle).map_err(|_| VaultError::Malformed("bundle"))
    }

    /// The bundle for this machine: both slots.
    pub(crate) fn bundle(&self, passphrase: &str) -> Result<Vec<u8>> {
        self.bundle_with(vec![self.passphrase_slot(passphrase)?, self.words_slot()?])
    }

    /// An invited member's bundle: only the words open it.
    pub(crate) fn invited(&self) -> Result<Vec<u8>> {
        self.bundle_with(vec![self.words_slot()?])
    }

    /// The same bundle with a new passphrase slot; other slots stay.
    pub(crate) fn with_passphrase(&self, bundle: &[u8], passphrase: &str) -> Result<Vec<u8>> {
        let mut slots = vec![self.passphrase_slot(passphrase)?];
        slots.extend(parse(bundle)?.slots.into_iter().filter(|s| !matches!(s, Slot::Passphrase { .. })));
        self.bundle_with(slots)
    }

    /// The same slots around what is remembered now.
    pub(crate) fn renewed(&self, bundle: &[u8]) -> Result<Vec<u8>> {
        self.bundle_with(parse(bundle)?.slots)
    }
}

fn slot_context(member: MemberId, m: u32, t: u32, p: u32) -> Vec<u8> {
    let mut out = member.0.to_vec();
    [m, t, p].iter().for_each(|n| out.extend_from_slice(&n.to_be_bytes()));
    out
}

fn parse(bundle: &[u8]) -> Result<Bundle> {
    crate::frame::strict_json(bundle).map_err(VaultError::Malformed)?;
    let bundle: Bundle = serde_json::from_slice(bundle).map_err(|_| VaultError::Malformed("bundle"))?;
    if bundle.v == 1 { Ok(bundle) } else { Err(VaultError::Malformed("bundle of another version")) }
}

fn opened(bundle: &Bundle, msk: Key) -> Option<Session> {
    let secrets = lock::box_open(&msk, "bundle", &bundle.member.0, &lock::of_base64(&bundle.sealed)?).ok()?;
    Session::of_secrets(bundle.member, msk, &secrets).ok()
}

/// Opens a bundle with a passphrase; `None` where it is not this bundle's.
pub(crate) fn open_with_passphrase(bundle: &[u8], passphrase: &str) -> Result<Option<Session>> {
    let bundle = parse(bundle)?;
    for slot in &bundle.slots {
        let Slot::Passphrase { m, t, p, salt, sealed } = slot else { continue };
        if !(65_536..=1_048_576).contains(m) || !(3..=16).contains(t) || !(1..=16).contains(p) {
            return Err(VaultError::HostileSlot);
        }
        let (Some(salt), Some(sealed)) = (lock::of_base64(salt), lock::of_base64(sealed)) else { return Err(VaultError::Malformed("slot")) };
        let salt: [u8; 16] = salt.try_into().map_err(|_| VaultError::Malformed("slot"))?;
        let outer = lock::stretch(passphrase, &salt, *m, *t, *p)?;
        let msk = lock::box_open(&outer, "passphrase", &slot_context(bundle.member, *m, *t, *p), &sealed).ok().and_then(|plain| lock::key_of(&plain));
        if let Some(session) = msk.and_then(|msk| opened(&bundle, msk)) {
            return Ok(Some(session));
        }
    }
    Ok(None)
}

/// Opens a bundle with the 32 bytes of the printed words.
pub(crate) fn open_with_words(bundle: &[u8], secret: &Key) -> Result<Option<Session>> {
    let bundle = parse(bundle)?;
    for slot in &bundle.slots {
        let Slot::Words { age } = slot else { continue };
        let Some(bytes) = lock::of_base64(age) else { return Err(VaultError::Malformed("slot")) };
        let Ok(plain) = lock::age_open(secret, &bytes) else { continue };
        let mut head = lock::label("wrap");
        head.extend_from_slice(&bundle.member.0);
        let msk = plain.strip_prefix(&head[..]).and_then(lock::key_of);
        if let Some(session) = msk.and_then(|msk| opened(&bundle, msk)) {
            return Ok(Some(session));
        }
    }
    Ok(None)
}

/// The bundle as it may leave the machine: no slot that could be guessed.
pub(crate) fn words_only(bundle: &[u8]) -> Result<Vec<u8>> {
    let mut bundle = parse(bundle)?;
    bundle.slots.retain(|s| matches!(s, Slot::Words { .. }));
    serde_json::to_vec(&bundle).map_err(|_| VaultError::Malformed("bundle"))
}
