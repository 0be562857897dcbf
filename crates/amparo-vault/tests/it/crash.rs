//! Stopped anywhere, the office opens, verifies, holds what was acknowledged, and ends the same when run again.
//!
//! Every operation of the simulated disk is a place to stop; `AMPARO_ALL_POINTS=1` stops at each of them with
//! every kind of fault, otherwise at each fourth with one kind in turn.

use crate::{NOW, founding, given_as};
use amparo_model::event::Purpose;
use amparo_model::{JournalId, MemberId};
use amparo_store::{Fault, Memory, Store};
use amparo_vault::{Case, Handing, Office, Open, Profile, RIPE_MS, Result, VaultError, init, restore, resume, unlock_with_words};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// An office with a case of four papers, a second member, a second case, and a backup of an earlier state.
struct Base {
    store: Memory,
    secret: Vec<u8>,
    words: String,
    case: JournalId,
    other: JournalId,
    beto: MemberId,
    beto_words: String,
    /// The case as it was handed over to this office itself.
    bag: std::path::PathBuf,
    _bags: tempfile::TempDir,
}

const PAPERS: &[&str] = &["uno", "dos", "tres", "cuatro"];

fn base() -> Base {
    let store = Memory::new();
    let founded = init(Arc::new(store.clone()), &founding(), NOW).unwrap();
    let (mut office, words) = (founded.office, founded.words.words(false).unwrap().join(" "));
    let mut case = office.create_case(Some("luna-mesa"), "x", None, NOW).unwrap();
    case.add_party("client", Some("Luz"), NOW).unwrap();
    PAPERS.iter().for_each(|text| {
        given_as(&mut case, text).unwrap();
    });
    let other = office.create_case(Some("sol-pan"), "y", None, NOW).unwrap().id();
    let (beto, sheet) = office.member_invite("Beto", "admin", NOW).unwrap();
    let bags = tempfile::tempdir().unwrap();
    let bag = bags.path().join("all");
    let look = case.look(Purpose::Other, "export", vec![], false, NOW).unwrap();
    let handing = Handing { profile: Profile::Everything, to: Some(office.recipient()), whose: None, made: vec![] };
    case.export(&look, &bag, handing, NOW).unwrap();
    office.end_session(NOW).unwrap();
    let secret = office.session().to_secret_bytes().unwrap().to_vec();
    Base { store, secret, words, case: case.id(), other, beto, beto_words: sheet.words(false).unwrap().join(" "), bag, _bags: bags }
}

/// What a person would see: papers by name and bytes in each case, whose they are, and who may open it.
#[derive(PartialEq, Debug, Default)]
struct Seen {
    papers: BTreeMap<String, Vec<(String, bool)>>,
    grants: usize,
    members: usize,
    cases: usize,
}

fn seen(office: &Office) -> Seen {
    let mut out = Seen { cases: office.cases().count(), members: office.roster().live().count(), ..Seen::default() };
    // A grant of a case that never came to be gives nothing.
    out.grants = office.roster().grants.iter().filter(|g| g.to.is_none() && office.roster().cases.contains_key(&g.journal)).count();
    for info in office.cases() {
        let Ok(case) = office.open_case(info.journal, NOW) else { continue };
        let mut papers: Vec<(String, bool)> = case.file().givings.values().map(|g| (g.given.name.clone(), g.subject.is_some())).collect();
        papers.sort();
        out.papers.insert(info.handle.clone(), papers);
    }
    out
}

struct Scene<'a> {
    base: &'a Base,
    store: Memory,
    /// What was acknowledged: it must be there after any crash.
    done: Vec<&'static str>,
    folder: &'a Path,
}

impl Scene<'_> {
    fn office(&self) -> Result<Office> {
        resume(Arc::new(self.store.clone()), &self.base.secret)
    }
    fn case(&self, office: &Office) -> Result<Case<Open>> {
        office.open_case(self.base.case, NOW)
    }
}

type Steps = fn(&mut Scene<'_>) -> Result<()>;
type Holds = fn(&Scene<'_>, &Office) -> bool;

fn seq_of(case: &Case<Open>, name: &str) -> Option<u64> {
    case.file().givings.values().find(|g| g.given.name == name).map(|g| g.seq)
}

fn has(scene: &Scene<'_>, office: &Office, name: &str) -> bool {
    scene.case(office).is_ok_and(|case| seq_of(&case, name).is_some())
}

fn add(scene: &mut Scene<'_>) -> Result<()> {
    let office = scene.office()?;
    let mut case = scene.case(&office)?;
    for name in ["cinco", "seis"] {
        if seq_of(&case, name).is_none() {
            given_as(&mut case, name)?;
        }
        scene.done.push(name);
    }
    Ok(())
}

fn withdraw(scene: &mut Scene<'_>) -> Result<()> {
    let mut office = scene.office()?;
    let mut case = scene.case(&office)?;
    if let Some(seq) = seq_of(&case, "dos") {
        let done = case.withdraw(&mut office, &[seq], "wrong case", false, NOW)?;
        assert!(done.gone_here);
    }
    scene.done.push("gone");
    Ok(())
}

fn assign_and_look(scene: &mut Scene<'_>) -> Result<()> {
    let office = scene.office()?;
    let mut case = scene.case(&office)?;
    let party = case.file().parties[0].id;
    let seq = seq_of(&case, "tres").ok_or(VaultError::NoSuchCase)?;
    case.look(Purpose::Review, "show", vec![], false, NOW)?;
    if case.file().givings[&seq].subject.is_none() {
        case.assign(seq, "", Some(party), NOW)?;
    }
    scene.done.push("assigned");
    Ok(())
}

fn grant_and_revoke(scene: &mut Scene<'_>) -> Result<()> {
    let mut office = scene.office()?;
    let (case, beto) = (scene.base.case, scene.base.beto);
    let granted = |office: &Office| office.roster().granted(case, beto, "");
    if !granted(&office) && !office.roster().grants.iter().any(|g| g.member == beto && g.journal == case) {
        office.grant(case, beto, None, NOW)?;
    }
    if granted(&office) {
        office.revoke(case, beto, NOW)?;
    }
    // Run again, opening the case ends a rotation that was cut off.
    scene.case(&office)?;
    scene.done.push("revoked");
    Ok(())
}

fn remove_member(scene: &mut Scene<'_>) -> Result<()> {
    let mut office = scene.office()?;
    if office.roster().live().any(|m| m.public.member == scene.base.beto) {
        office.member_remove(scene.base.beto, NOW)?;
    }
    scene.done.push("removed");
    Ok(())
}

fn create_and_close(scene: &mut Scene<'_>) -> Result<()> {
    let mut office = scene.office()?;
    if office.roster().case_by_handle("mar-rio").is_none() {
        office.create_case(Some("mar-rio"), "z", Some(("America/Denver", "office")), NOW)?;
    }
    office.end_session(NOW)?;
    scene.done.push("created");
    Ok(())
}

fn move_paper(scene: &mut Scene<'_>) -> Result<()> {
    let mut office = scene.office()?;
    let mut case = scene.case(&office)?;
    let mut to = office.open_case(scene.base.other, NOW)?;
    if let Some(seq) = seq_of(&case, "uno") {
        case.move_to(&mut office, &mut to, seq, None, false, NOW)?;
    }
    scene.done.push("moved");
    Ok(())
}

fn shred(scene: &mut Scene<'_>) -> Result<()> {
    let mut office = scene.office()?;
    if office.roster().cases[&scene.base.other].shredded.is_none() {
        if !office.roster().shreds.iter().any(|s| s.journal == scene.base.other) {
            office.shred_ask(scene.base.other, "closed", NOW)?;
        }
        assert!(office.shred(scene.base.other, NOW + RIPE_MS)?.gone_here);
    }
    scene.done.push("shredded");
    Ok(())
}

fn import(scene: &mut Scene<'_>) -> Result<()> {
    let mut office = scene.office()?;
    if office.roster().case_by_handle("mar-rio").is_none() {
        office.import(&scene.base.bag, None, Some("mar-rio"), NOW)?;
    }
    scene.done.push("imported");
    Ok(())
}

fn backup(scene: &mut Scene<'_>) -> Result<()> {
    let mut office = scene.office()?;
    let mut case = scene.case(&office)?;
    if seq_of(&case, "cinco").is_none() {
        given_as(&mut case, "cinco")?;
    }
    office.backup(scene.folder, "stick", NOW)?;
    scene.done.push("backed up");
    Ok(())
}

/// Whatever happened, what lies in the folder restores to an office that verifies.
fn backed_up(scene: &Scene<'_>, _: &Office) -> bool {
    let fresh = Memory::new();
    match restore(scene.folder, Arc::new(fresh), &scene.base.words) {
        Ok(office) => office.verify(true, NOW).unwrap().ok() && has(scene, &office, "cuatro") && (!scene.done.contains(&"backed up") || has(scene, &office, "cinco")),
        Err(_) => !scene.done.contains(&"backed up"),
    }
}

fn check(name: &str, base: &Base, steps: Steps, holds: Holds) {
    let all = std::env::var_os("AMPARO_ALL_POINTS").is_some();
    let run = |fault, folder: &Path, store: &Memory| -> (Memory, Result<()>, Vec<&'static str>) {
        let mut scene = Scene { base, store: store.started_again(fault), done: vec![], folder };
        let answer = steps(&mut scene);
        (scene.store, answer, scene.done)
    };
    let empty = tempfile::tempdir().unwrap();
    let (whole, answer, _) = run(None, empty.path(), &base.store);
    answer.unwrap();
    let want = seen(&resume(Arc::new(whole.started_again(None)), &base.secret).unwrap());
    let points = whole.operations();
    let faults = [Fault::PowerLoss { seed: 0 }, Fault::PowerLoss { seed: 1 }, Fault::PowerLoss { seed: 77 }, Fault::Once, Fault::FromHere, Fault::Full];
    let mut struck = 0;
    for at in 1..=points {
        for (kind, fault) in faults.into_iter().enumerate() {
            if !all && (at % 4 != 0 || at / 4 % 6 != kind as u64) {
                continue;
            }
            let here = format!("{name}: operation {at} of {points}, {fault:?}");
            let folder = tempfile::tempdir().unwrap();
            let (store, answer, done) = run(Some((at, fault)), folder.path(), &base.store);
            struck += u64::from(store.struck());
            assert!(answer.is_ok() || store.struck(), "{here}: {answer:?}");
            // A new start: it opens, verifies, and holds what was acknowledged.
            let store = store.started_again(None);
            let office = resume(Arc::new(store.clone()), &base.secret).unwrap_or_else(|e| panic!("{here}: {e}"));
            let report = office.verify(true, NOW).unwrap_or_else(|e| panic!("{here}: {e}"));
            assert!(report.ok(), "{here}: {report:?}");
            let scene = Scene { base, store: store.clone(), done, folder: folder.path() };
            assert!(holds(&scene, &office), "{here}: {:?}", scene.done);
            drop(office);
            // Again, to the same end; and what no entry names can be set aside.
            let (store, answer, _) = run(None, folder.path(), &store);
            answer.unwrap_or_else(|e| panic!("{here}: {e}"));
            let office = resume(Arc::new(store.started_again(None)), &base.secret).unwrap();
            assert_eq!(seen(&office), want, "{here}");
            assert!(office.verify(true, NOW).unwrap().ok(), "{here}");
            office.tidy(NOW).unwrap();
            let report = office.verify(false, NOW).unwrap();
            assert!(report.litter.is_empty() && report.unnamed.is_empty(), "{here}");
        }
    }
    assert!(struck > 0);
    eprintln!("{name}: {points} operations, {struck} faults");
}

#[test]
fn whatever_is_done_may_be_stopped_anywhere() {
    let base = base();
    check("add", &base, add, |s, o| s.done.iter().all(|name| has(s, o, name)));
    check("withdraw", &base, withdraw, |s, o| !s.done.contains(&"gone") || !has(s, o, "dos"));
    check("assign", &base, assign_and_look, |s, o| s.done.is_empty() || s.case(o).unwrap().file().givings.values().any(|g| g.subject.is_some()));
    check("move", &base, move_paper, |s, o| {
        let there = seq_of(&o.open_case(s.base.other, NOW).unwrap(), "uno").is_some();
        // At no moment is it in neither place.
        there || has(s, o, "uno")
    });
    check("create", &base, create_and_close, |s, o| s.done.is_empty() || o.roster().case_by_handle("mar-rio").is_some());
}

#[test]
fn an_import_may_be_stopped_anywhere_and_leaves_no_half_case() {
    check("import", &base(), import, |s, o| match seen(o).papers.get("mar-rio") {
        // All its papers, and the two files that say what was handed over.
        Some(papers) => papers.len() == PAPERS.len() + 2,
        None => s.done.is_empty(),
    });
}

#[test]
fn access_given_and_taken_may_be_stopped_anywhere() {
    let base = base();
    check("grant and revoke", &base, grant_and_revoke, |s, _| s.done.is_empty() || no_key(s));
    check("remove", &base, remove_member, |s, _| s.done.is_empty() || no_key(s));
    check("shred", &base, shred, |s, o| s.done.is_empty() || o.open_case(s.base.other, NOW).is_err());
}

/// No row of the case is to that member any more.
fn no_key(s: &Scene<'_>) -> bool {
    match unlock_with_words(Arc::new(s.store.clone()), &s.base.beto_words) {
        Err(_) => true,
        Ok(office) => office.open_case(s.base.case, NOW).is_err() && s.store.wraps(&s.base.case.0, Some(1)).unwrap().len() == 1,
    }
}

#[test]
fn a_backup_may_be_stopped_anywhere() {
    check("backup", &base(), backup, backed_up);
}

#[test]
fn a_restore_may_be_stopped_anywhere_and_is_begun_anew() {
    let base = base();
    let folder = tempfile::tempdir().unwrap();
    let mut office = resume(Arc::new(base.store.clone()), &base.secret).unwrap();
    office.backup(folder.path(), "stick", NOW).unwrap();
    let want = seen(&office);
    let whole = Memory::new();
    restore(folder.path(), Arc::new(whole.clone()), &base.words).unwrap();
    let step = if std::env::var_os("AMPARO_ALL_POINTS").is_some() { 1 } else { 5 };
    for at in (1..=whole.operations()).step_by(step) {
        for fault in [Fault::PowerLoss { seed: 0 }, Fault::PowerLoss { seed: 5 }, Fault::Once] {
            let store = Memory::new().started_again(Some((at, fault)));
            let first = restore(folder.path(), Arc::new(store.clone()), &base.words);
            let store = store.started_again(None);
            let office = match (first, restore(folder.path(), Arc::new(store.clone()), &base.words)) {
                (_, Ok(office)) => office,
                // It had come to its end before the stop.
                (_, Err(VaultError::AlreadyAnOffice)) => unlock_with_words(Arc::new(store), &base.words).unwrap_or_else(|e| panic!("{at} {fault:?}: {e}")),
                (_, Err(e)) => panic!("{at} {fault:?}: {e}"),
            };
            assert_eq!(seen(&office), want, "{at} {fault:?}");
            assert!(office.verify(true, NOW).unwrap().ok(), "{at} {fault:?}");
        }
    }
}

#[test]
fn the_first_run_may_be_stopped_anywhere() {
    let whole = Memory::new();
    init(Arc::new(whole.clone()), &founding(), NOW).unwrap();
    // Each try stretches a passphrase: a third of the places is enough by default.
    let step = if std::env::var_os("AMPARO_ALL_POINTS").is_some() { 1 } else { 4 };
    for at in (1..=whole.operations()).step_by(step) {
        let store = Memory::new().started_again(Some((at, Fault::PowerLoss { seed: at })));
        let first = init(Arc::new(store.clone()), &founding(), NOW);
        let store = Arc::new(store.started_again(None));
        match (first, init(store.clone(), &founding(), NOW)) {
            (_, Ok(_)) => {}
            (_, Err(VaultError::AlreadyAnOffice)) => {}
            (_, Err(e)) => panic!("{at}: {e}"),
        }
        let office = amparo_vault::unlock(store, crate::PASSPHRASE).unwrap_or_else(|e| panic!("{at}: {e}"));
        assert!(office.verify(true, NOW).unwrap().ok(), "{at}");
    }
}
