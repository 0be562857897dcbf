//! Where months are counted is asked in the browser, and changed there with a reason.

use super::Served;
use super::speak::Visitor;
use crate::papers;
use crate::place::{Place, text};

#[test]
fn the_zone_of_a_case_is_asked_and_changed_with_a_reason() {
    let place = Place::open();
    let served = Served::open(&place);
    let visitor = Visitor::enter(&served.entrance);
    let made = visitor.post("/cases", &[("name", "Ruiz"), ("client", "Ana Ruiz"), ("zone", "America/New_York")]);
    let case = made.header("location").and_then(|l| l.rsplit('/').next()).expect("a handle").to_owned();
    assert_eq!(made.status, 303);
    // Half past four in the morning of March 1 in London is still February in New York and in Phoenix; an hour later only in Phoenix.
    place.write("calls.xml", &papers::calls_xml(&[("+14155550201", -27_000, 1, 60, "Luz"), ("+14155550201", -23_400, 1, 60, "Luz")]));
    place.run(&["add", &case, "calls.xml", "--whose", "client"]).done();
    let february = || -> u64 {
        let months = place.run(&["calls", &case, "--json"]).done().lines();
        months.iter().filter(|m| text(m, "month") == "2021-02").map(|m| m["in"].as_u64().expect("a count")).sum()
    };
    assert_eq!(february(), 1);
    let path = format!("/case/{case}");
    assert!(visitor.get(&path).text().contains("New York"));

    // Neither without a reason, nor to where there is no zone.
    for fields in [&[("zone", "America/Phoenix")][..], &[("zone", "America/Phoenix"), ("because", " ")], &[("zone-name", "Mars/Olympus"), ("because", "x")], &[("because", "x")]] {
        let said = visitor.post(&format!("{path}/zone"), fields);
        assert!(said.status >= 400, "{fields:?}: {}", said.status);
        assert_eq!(february(), 1);
    }
    assert_eq!(visitor.post("/cases", &[("name", "Otro"), ("zone-name", "Mars/Olympus")]).status, 400);
    assert_eq!(place.run(&["case", "list", "--json"]).done().lines().len(), 1, "no case is begun by halves");

    // A zone that is not on the list is written by its name, and counts before the one that is chosen.
    let said = visitor.post(&format!("{path}/zone"), &[("zone", "America/New_York"), ("zone-name", "America/Hermosillo"), ("because", "She moved to Sonora")]);
    assert_eq!((said.status, said.header("location")), (303, Some(format!("{path}?done=zone").as_str())));
    assert_eq!(february(), 2);
    let page = visitor.get(&path).text();
    assert!(page.contains("America/Hermosillo") && page.contains("She moved to Sonora"), "{page}");
}
