//! A reader that has been taken over gets nothing, costs one file, and the rest are read.

use crate::reading::{Limits, Workers};
use crate::{attacker, impatient, read, start};
use amparo_model::wire::FromWorker;

#[test]
fn a_reader_that_has_been_taken_over_is_refused_everything() {
    let workers = start(attacker());
    let ready = workers.ready().unwrap();
    assert!(ready.caged, "{ready:?}");
    let heard = read(&workers, "attack:escape", b"x");
    let rejects = heard.rejects();
    assert!(rejects.len() > 60, "only {} attempts were made: {:?}", rejects.len(), heard.report);
    let out: Vec<&str> = rejects.iter().filter(|r| r.reason != "refused").map(|r| r.text.as_str()).collect();
    assert!(out.is_empty(), "{out:#?}");
    assert_eq!(heard.reason(), "read");
    // Standard streams, the job, the answer and the file; no environment.
    let open = heard.frames.iter().find_map(|f| if let FromWorker::Progress { units, bytes } = f { Some((*units, *bytes)) } else { None });
    assert_eq!(open, Some((6, 0)));
    assert!(!std::path::Path::new("/tmp/amparo-got-out").exists());
}

#[test]
fn each_misbehaviour_costs_one_file_and_says_why() {
    let cases = [
        ("attack:die", "reader-crashed"),
        ("attack:crash", "reader-crashed"),
        ("attack:abort", "reader-crashed"),
        ("attack:overflow", "reader-crashed"),
        ("attack:panic", "reader-crashed"),
        ("attack:memory", "memory"),
        ("attack:loop", "time-out"),
        ("attack:sleep", "time-out"),
        ("attack:long-frame", "bad-answer"),
        ("attack:empty-frame", "bad-answer"),
        ("attack:unknown-frame", "bad-answer"),
        ("attack:garbage", "bad-answer"),
        ("attack:half-frame", "reader-crashed"),
        ("attack:second-ready", "bad-answer"),
        ("attack:bytes", "bad-answer"),
        ("attack:wrong-counts", "bad-answer"),
        ("attack:markup", "bad-answer"),
        ("attack:after-the-end", "bad-answer"),
        ("attack:flood", "bad-answer"),
    ];
    let workers = Workers::start_with(&attacker(), impatient).unwrap();
    for (name, reason) in cases {
        let heard = read(&workers, name, b"x");
        assert_eq!(heard.reason(), reason, "{name}: {:?}", heard.report);
        // The next file is read as if nothing had been.
        let next = read(&workers, "next.txt", b"Hello.\n");
        assert_eq!(next.reason(), "read", "after {name}: {:?}", next.report);
    }
}

#[test]
fn a_storm_of_forks_starts_nothing() {
    let workers = start(attacker());
    let heard = read(&workers, "attack:fork-storm", b"x");
    let started = heard.frames.iter().find_map(|f| if let FromWorker::Progress { units, bytes } = f { Some((*units, *bytes)) } else { None });
    assert_eq!((heard.reason(), started), ("read", Some((40_000, 0))), "tries, and how many succeeded");
}

#[test]
fn a_killed_fork_server_is_started_again() {
    let workers = start(attacker());
    let before = children();
    assert_eq!(read(&workers, "a.txt", b"Hello.\n").reason(), "read");
    for pid in before.iter().copied().filter(|pid| is_ours(*pid)) {
        if let Some(pid) = rustix::process::Pid::from_raw(pid) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
    assert_eq!(read(&workers, "b.txt", b"Hello.\n").reason(), "read");
}

/// This thread's own children: every test starts its reading process on a thread of its own.
pub fn children() -> Vec<i32> {
    let path = format!("/proc/self/task/{}/children", rustix::thread::gettid().as_raw_nonzero());
    let children = std::fs::read_to_string(path).unwrap_or_default();
    children.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

fn is_ours(pid: i32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.windows(8).any(|w| w == b"attacker"))
}

#[test]
fn several_threads_share_the_readers() {
    let workers = start(attacker());
    std::thread::scope(|scope| {
        for thread in 0..6 {
            let workers = &workers;
            scope.spawn(move || {
                for n in 0..20 {
                    let (name, reason) = if (n + thread) % 7 == 0 { ("attack:crash", "reader-crashed") } else { ("a.txt", "read") };
                    assert_eq!(read(workers, name, b"Hello.\n").reason(), reason);
                }
            });
        }
    });
}

#[test]
fn a_listener_that_has_heard_enough_ends_the_reading() {
    let workers = Workers::start_with(&attacker(), Limits::for_file).unwrap();
    let file = crate::reading::sealed(b"x").unwrap();
    let mut heard = 0;
    let report = workers.read(&file, "attack:flood", 1, &[], &Default::default(), &mut |_| {
        heard += 1;
        if heard < 5 { std::ops::ControlFlow::Continue(()) } else { std::ops::ControlFlow::Break(()) }
    });
    assert_eq!(report.err().map(|e| e.reason().to_owned()), Some("stopped".to_owned()));
    // Its place is free again.
    for _ in 0..4 {
        assert_eq!(read(&workers, "a.txt", b"Hello.\n").reason(), "read");
    }
}
