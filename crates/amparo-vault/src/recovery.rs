//! The office's own sheets: what they open, and how somebody comes in when every member's passphrase and words are lost.
//!
//! The sheets open an age identity, O, to which the office and its cases are wrapped. O is nobody's: it writes one
//! thing, that a new member came in, and the grants that go with it, signed with a key that the founding announced.
//! A sheet remembers nothing, so that a store that was set back is not noticed here; the words on printed papers tell.

use crate::Now;
use crate::lock::{self, Key};
use crate::office::{Office, Sheet};
use crate::problem::{Result, VaultError};
use crate::ring;
use crate::session::Session;
use amparo_model::{JournalId, MemberId, OfficeId, Sha256};
use amparo_store::{Store, WrapKey, WrapRow};
use std::sync::Arc;

/// O as an author: an id of its own that no member has.
pub(crate) fn author(recipient: &str) -> MemberId {
    let mut id = [0; 16];
    id.copy_from_slice(&lock::hash("recovery", &[recipient.as_bytes()])[..16]);
    MemberId(id)
}

fn sign_seed(secret: &Key, office: OfficeId) -> Result<Key> {
    Ok(lock::expand(secret, "recovery", &office.0)?)
}

/// A new O, the public key that it signs with, and its rows: sealed so that k of the n sheets open it, to each sheet,
/// or for each pair to one and then the other.
pub(crate) struct Made {
    pub recipient: String,
    pub sign: String,
    pub rows: Vec<WrapRow>,
}

pub(crate) fn make(office: OfficeId, k: u8, n: u8, sheets: &mut Vec<Key>) -> Result<Made> {
    if !(1..=2).contains(&k) || n < k || n > 5 {
        return Err(VaultError::Malformed("recovery: one or two of at most five sheets"));
    }
    let secret = lock::new_key()?;
    for _ in 0..n {
        sheets.push(lock::new_key()?);
    }
    let text = lock::identity_text(&secret);
    let recipients: Vec<String> = sheets.iter().map(lock::recipient_of).collect();
    let mut rows = Vec::new();
    let mut row = |bytes| -> Result<()> {
        let key = WrapKey { journal: office.0, what: ring::RECOVERY, id: lock::random::<16>()?.to_vec(), to: vec![] };
        rows.push(WrapRow { key, alg: 0, lock: 0, bytes, half: vec![] });
        Ok(())
    };
    for (i, first) in recipients.iter().enumerate() {
        let sealed = lock::age_seal(first, text.as_bytes())?;
        if k == 1 {
            row(sealed)?;
            continue;
        }
        for second in &recipients[i + 1..] {
            row(lock::age_seal(second, &sealed)?)?;
        }
    }
    let sign = lock::hex(&lock::public_of(&sign_seed(&secret, office)?));
    Ok(Made { recipient: lock::recipient_of(&secret), sign, rows })
}

/// O, and the office it belongs to, if these sheets open it.
fn open(store: &dyn Store, sheets: &[Sheet]) -> Result<Option<(OfficeId, Key)>> {
    let identity = |plain: &[u8]| std::str::from_utf8(plain).ok().and_then(|text| lock::identity_of_text(text.trim()));
    for journal in store.journals()? {
        for row in store.wraps(&journal, Some(ring::RECOVERY))? {
            for sheet in sheets {
                let Ok(plain) = lock::age_open(&sheet.0, &row.bytes) else { continue };
                let inner = || sheets.iter().find_map(|other| identity(&lock::age_open(&other.0, &plain).ok()?));
                if let Some(secret) = identity(&plain).or_else(inner) {
                    return Ok(Some((OfficeId(journal), secret)));
                }
            }
        }
    }
    Ok(None)
}

/// Whether these sheets are the office's own, and enough of them.
pub fn sheets_open(store: &dyn Store, sheets: &[Sheet]) -> Result<bool> {
    Ok(open(store, sheets)?.is_some())
}

/// Lets somebody in with the office's sheets, as a new member who manages the office and opens every case. What they
/// are called and how they come in from now on is theirs; their own sheet is printed.
pub fn let_in(store: Arc<dyn Store>, sheets: &[Sheet], name: &str, passphrase: &str, now: Now) -> Result<(Office, Sheet)> {
    let (office, secret) = open(&*store, sheets)?.ok_or(VaultError::WrongWords)?;
    let id = JournalId(office.0);
    let tip = store.tip(&id.0)?.ok_or(VaultError::NoOffice)?;
    let mut genesis = None;
    store.entries(&id.0, 1, &mut |entry| {
        genesis = Some(Sha256(entry.hash));
        false
    })?;
    let mut of_office = Session::of_recovery(office, &secret, sign_seed(&secret, office)?)?;
    of_office.genesis = genesis.ok_or(VaultError::NoOffice)?;
    of_office.head = (tip.seq, Sha256(tip.hash));
    let public = lock::public_of(of_office.sign_seed());
    let mut office = Office::load(store.clone(), Arc::new(of_office))?;
    let announced = office.roster.recovery.as_ref().is_some_and(|(recipient, ..)| *recipient == office.session.recipient());
    if !announced || office.roster.recovery_sign != Some(public) {
        return Err(VaultError::Refused("the office never announced this sheet"));
    }
    let (mut session, words) = Session::new(office.session.office())?;
    session.genesis = office.journal.genesis;
    session.head = office.known();
    let member = session.member();
    // Openable by its words alone until everything is granted: what is interrupted is begun anew.
    store.put_bundle(&member.0, Some(&session.invited()?))?;
    office.member_add(session.public(name, "admin"), now)?;
    let cases: Vec<JournalId> = office.cases().map(|c| c.journal).collect();
    for journal in cases {
        office.grant(journal, member, None, now)?;
    }
    session.head = office.known();
    store.put_bundle(&member.0, Some(&session.bundle(passphrase)?))?;
    drop(office);
    Ok((Office::load(store, Arc::new(session))?, Sheet(words)))
}
