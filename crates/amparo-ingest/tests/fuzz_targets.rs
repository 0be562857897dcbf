//! Every reader has a fuzz target. `UPDATE=1` writes those that are missing.

use std::fs;
use std::path::Path;

#[test]
fn every_reader_has_a_fuzz_target() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let update = std::env::var_os("UPDATE").is_some();
    let mut manifest = fs::read_to_string(fuzz.join("Cargo.toml")).expect("the fuzz manifest");
    let names = amparo_ingest::recognise::readers().map(|r| (r.name, format!("#![no_main]\namparo_fuzz::reader!(\"{}\");\n", r.name)));
    let any = ("any", "#![no_main]\nlibfuzzer_sys::fuzz_target!(|bytes: &[u8]| amparo_fuzz::read_any(bytes));\n".to_owned());
    let mut missing = Vec::new();
    for (name, text) in names.chain([any]) {
        let file = fuzz.join(format!("fuzz_targets/{name}.rs"));
        let entry = format!("[[bin]]\nname = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"\ntest = false\ndoc = false\nbench = false\n");
        if fs::read_to_string(&file).ok().as_deref() == Some(text.as_str()) && manifest.contains(&entry) {
            continue;
        }
        if update {
            fs::write(&file, text).expect("writes the target");
            if !manifest.contains(&entry) {
                manifest = format!("{}\n\n{entry}", manifest.trim_end());
            }
        } else {
            missing.push(name);
        }
    }
    if update {
        fs::write(fuzz.join("Cargo.toml"), manifest).expect("writes the manifest");
    }
    assert!(missing.is_empty(), "no fuzz target for {missing:?}: run this test with UPDATE=1");
}
