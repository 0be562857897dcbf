//! Ordinary papers through the shipped program.

use crate::{read, shipped, start};

#[test]
fn the_shipped_program_is_caged_and_knows_no_attack() {
    let workers = start(shipped());
    let ready = workers.ready().unwrap();
    assert!(ready.caged, "{ready:?}");
    let heard = read(&workers, "attack:escape", b"x");
    assert!(heard.rejects().iter().all(|r| r.reason != "got-out" && r.reason != "refused"));
}
