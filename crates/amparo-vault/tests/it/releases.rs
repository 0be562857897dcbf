//! What every release wrote is read for ever: a backup of a small invented office for each, under fixtures/stores.
//!
//! `UPDATE=1` writes the one of this release where it is not there yet; one that is there is never written again.

use crate::{NOW, founding, given, store};
use amparo_model::event::{At, Change, Purpose};
use amparo_model::{Kind, What};
use amparo_vault::{Standing, Where, init, restore, unlock};
use std::path::{Path, PathBuf};

fn stores() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/stores")
}

/// Every kind of entry that a case of this release holds.
fn write(folder: &Path) {
    let home = tempfile::tempdir().unwrap();
    let founded = init(store(home.path()), &founding(), NOW).unwrap();
    let mut office = founded.office;
    let mut case = office.create_case(Some("luna-mesa"), "Familia Invented", Some(("America/Denver", "office")), NOW).unwrap();
    let (client, child) = (case.add_party("client", Some("Luz"), NOW).unwrap(), case.add_party("child", None, NOW).unwrap());
    let papers: Vec<u64> = ["uno", "dos", "tres", "cuatro"].iter().map(|t| given(&mut case, t)).collect();
    case.assign(papers[0], "", Some(client), NOW).unwrap();
    case.assign(papers[1], "", Some(child), NOW).unwrap();
    let at = At { of: papers[0], inside: String::new(), place: "row:1".into(), kind: Kind::Job, ordinal: String::new() };
    let change = Change { at: at.clone(), field: "employer".into(), from: None, to: Some("Sol".into()), by: "Ana".into(), why: None };
    case.append(Where::Party(client), What::Corrected(change), &[], NOW).unwrap();
    case.append(Where::Work, What::Judged { left: at.clone(), right: At { of: papers[1], ..at }, judgement: amparo_model::event::Judgement::Different }, &[], NOW).unwrap();
    let look = case.look(Purpose::Review, "show", vec!["originals".into()], false, NOW).unwrap();
    case.note(look.seq, "duda", NOW).unwrap();
    case.withdraw(&mut office, &papers[3..], "wrong case", false, NOW).unwrap();
    let (member, _) = office.member_invite("Beto", "paralegal", NOW).unwrap();
    office.grant(case.id(), member, None, NOW).unwrap();
    office.revoke(case.id(), member, NOW).unwrap();
    let mut case = office.open_case(case.id(), NOW).unwrap();
    case.hold(Some(papers[2]), "court", NOW).unwrap();
    office.member_remove(member, NOW).unwrap();
    office.end_session(NOW).unwrap();
    std::fs::create_dir_all(folder).unwrap();
    office.backup(&folder.join("backup"), "stick", NOW).unwrap();
    std::fs::write(folder.join("words.txt"), founded.words.words(true).unwrap().join(" ")).unwrap();
}

#[test]
fn what_each_release_wrote_is_read() {
    let this = stores().join(env!("CARGO_PKG_VERSION"));
    if std::env::var_os("UPDATE").is_some() && !this.exists() {
        write(&this);
    }
    let mut read = 0;
    for release in std::fs::read_dir(stores()).unwrap() {
        let folder = release.unwrap().path();
        let words = std::fs::read_to_string(folder.join("words.txt")).unwrap();
        let home = tempfile::tempdir().unwrap();
        let office = restore(&folder.join("backup"), store(home.path()), &words).unwrap();
        let report = office.verify(true, NOW).unwrap();
        assert!(report.ok() && report.litter.is_empty(), "{folder:?}: {report:?}");
        let info = office.roster().case_by_handle("luna-mesa").unwrap().clone();
        let case = office.open_case(info.journal, NOW).unwrap();
        assert_eq!(case.standing(), &Standing::Whole);
        let file = case.file();
        assert_eq!((file.name.as_deref(), file.zone.as_ref().map(|z| z.0.as_str())), (Some("Familia Invented"), Some("America/Denver")));
        assert_eq!(file.parties.iter().map(|p| p.token.as_str()).collect::<Vec<_>>(), ["client", "child"]);
        let papers: Vec<(&str, Option<&str>)> = file.givings.values().map(|g| (g.given.name.as_str(), file.token_of(g.subject))).collect();
        assert_eq!(papers, [("uno", Some("client")), ("dos", Some("child")), ("tres", None)]);
        assert_eq!((file.changes.len(), file.judgements.len(), file.notes.len(), file.holds.len()), (1, 1, 1, 1));
        assert_eq!(case.journal().epoch, 2);
        assert!(case.verify(None, true).unwrap().forgotten.len() == 1);
        // And it goes on: a passphrase, and a paper more.
        office.change_passphrase("otra frase de paso nueva").unwrap();
        let office = unlock(store(home.path()), "otra frase de paso nueva").unwrap();
        let mut case = office.open_case(info.journal, NOW).unwrap();
        given(&mut case, "cinco");
        read += 1;
    }
    assert!(read > 0);
}
