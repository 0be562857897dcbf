//! A reader that has been taken over: the same fork server and the same cage as the shipped program, with jobs
//! that try to get out. Built by the tests only; the shipped program knows none of these names.
#![allow(unsafe_code)] // an attacker calls the kernel as it likes

use amparo_model::wire::{FromWorker, ToWorker};
use amparo_model::{Place, Reject, Report};
use amparo_worker::jobs::Job;

fn main() {
    amparo_worker::serve(run)
}

fn run(job: &mut Job) {
    let Some(ToWorker::Read { name, .. }) = job.order() else { return amparo_worker::jobs::run(job) };
    match name.as_str() {
        "attack:escape" => escape(job),
        "attack:fork-storm" => fork_storm(job),
        "attack:die" => unsafe {
            libc::syscall(libc::SYS_exit_group, 9);
        },
        "attack:crash" => unsafe { std::ptr::null_mut::<u8>().write_volatile(1) },
        "attack:abort" => std::process::abort(),
        "attack:panic" => panic!("a reader's mistake"),
        "attack:overflow" => drop(deep(u64::MAX)),
        "attack:loop" => loop {
            std::hint::black_box(0);
        },
        "attack:sleep" => loop {
            // Waits for the answer pipe's own end, which never comes: no processor time is used.
            std::thread::yield_now();
            unsafe {
                let mut word = 0_u32;
                libc::syscall(libc::SYS_futex, &mut word, libc::FUTEX_WAIT, 0, std::ptr::null::<libc::timespec>());
            }
        },
        "attack:memory" => {
            let mut held = Vec::new();
            loop {
                held.push(vec![1_u8; 16 << 20]);
            }
        }
        "attack:long-frame" => drop(job.answer.raw(&[0xff, 0xff, 0xff, 0x7f, 2, b'['])),
        "attack:empty-frame" => drop(job.answer.raw(&[0, 0, 0, 0, 2])),
        "attack:unknown-frame" => drop(job.answer.raw(&[2, 0, 0, 0, 200, 0])),
        "attack:garbage" => drop(job.answer.raw(&[b'x'; 4096])),
        "attack:half-frame" => drop(job.answer.raw(&[100, 0, 0, 0, 2, b'['])),
        "attack:second-ready" => {
            let ready = amparo_model::wire::Ready { cage: vec![], caged: true, machine_reading: false, readers: vec![] };
            let _ = job.answer.send(&FromWorker::Ready(ready));
        }
        "attack:bytes" => drop(job.answer.send(&FromWorker::Bytes(vec![0; 10]))),
        "attack:wrong-counts" => {
            let mut report = Report::reading("x", "x@1");
            report.units = 5;
            let _ = job.answer.send(&FromWorker::Done(report));
        }
        "attack:markup" => drop(job.answer.send(&FromWorker::Failed("<b>call this number</b>".to_owned()))),
        "attack:after-the-end" => {
            let _ = job.answer.send(&FromWorker::Done(Report::reading("x", "x@1")));
            let _ = job.answer.send(&FromWorker::Progress { units: 1, bytes: 1 });
        }
        "attack:flood" => loop {
            if job.answer.send(&FromWorker::Rejects(vec![Reject::new(Place::row(1), "not-a-call", &"x".repeat(2_000)); 400])).is_err() {
                return;
            }
        },
        _ => amparo_worker::jobs::run(job),
    }
}

/// Forty thousand tries to become two, by each call that could.
fn fork_storm(job: &mut Job) {
    let zeros = [0_u8; 88];
    let (mut tries, mut started) = (0, 0);
    for _ in 0..10_000 {
        for flags in [libc::SIGCHLD, libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD, libc::CLONE_VM | libc::CLONE_THREAD | libc::CLONE_SIGHAND] {
            tries += 1;
            match unsafe { libc::syscall(libc::SYS_clone, libc::c_long::from(flags), 0, 0, 0, 0) } {
                -1 => {}
                0 => std::process::exit(0),
                _ => started += 1,
            }
        }
        tries += 1;
        if unsafe { libc::syscall(libc::SYS_clone3, zeros.as_ptr(), zeros.len()) } != -1 {
            started += 1;
        }
    }
    let _ = job.answer.send(&FromWorker::Progress { units: tries, bytes: started });
    let _ = job.answer.send(&FromWorker::Done(Report::reading("attack", "attack@1")));
}

#[inline(never)]
fn deep(n: u64) -> u64 {
    let block = std::hint::black_box([n; 512]);
    if n == 0 { block[0] } else { deep(n - 1).wrapping_add(block[7]) }
}

/// Each attempt, and how the kernel answered: a reject a line, `refused` or `got-out`.
fn escape(job: &mut Job) {
    use libc::*;
    let c = |text: &'static str| text.as_ptr() as c_long;
    let zeros = [0_u8; 256];
    let z = zeros.as_ptr() as c_long;
    let mut v4 = [0_u8; 16];
    v4[..8].copy_from_slice(&[2, 0, 0, 80, 127, 0, 0, 1]);
    let argv = [b"/bin/sh\0".as_ptr(), std::ptr::null()];
    let parent = unsafe { getppid_raw() };
    let attempts: Vec<(&str, c_long, [c_long; 6])> = vec![
        ("open /etc/passwd", SYS_openat, [AT_FDCWD as c_long, c("/etc/passwd\0"), O_RDONLY as c_long, 0, 0, 0]),
        ("open its own memory", SYS_openat, [AT_FDCWD as c_long, c("/proc/self/mem\0"), O_RDWR as c_long, 0, 0, 0]),
        ("open its own environment", SYS_openat, [AT_FDCWD as c_long, c("/proc/self/environ\0"), 0, 0, 0, 0]),
        ("open the folder above", SYS_openat, [AT_FDCWD as c_long, c("..\0"), O_DIRECTORY as c_long, 0, 0, 0]),
        ("create a file", SYS_openat, [AT_FDCWD as c_long, c("/tmp/amparo-got-out\0"), (O_CREAT | O_WRONLY) as c_long, 0o600, 0, 0]),
        ("open a nameless file", SYS_openat, [AT_FDCWD as c_long, c("/tmp\0"), (O_TMPFILE | O_RDWR) as c_long, 0o600, 0, 0]),
        ("open by the newer call", SYS_openat2, [AT_FDCWD as c_long, c("/etc/passwd\0"), z, 24, 0, 0]),
        ("open by handle", SYS_open_by_handle_at, [AT_FDCWD as c_long, z, 0, 0, 0, 0]),
        ("ask whether a file exists", SYS_newfstatat, [AT_FDCWD as c_long, c("/etc/passwd\0"), z, 0, 0, 0]),
        ("ask by statx", SYS_statx, [AT_FDCWD as c_long, c("/etc/passwd\0"), 0, 0, z, 0]),
        ("ask by access", SYS_faccessat, [AT_FDCWD as c_long, c("/etc/passwd\0"), 0, 0, 0, 0]),
        ("read a link", SYS_readlinkat, [AT_FDCWD as c_long, c("/proc/self/exe\0"), z, 100, 0, 0]),
        ("list a folder", SYS_getdents64, [3, z, 200, 0, 0, 0]),
        ("make a folder", SYS_mkdirat, [AT_FDCWD as c_long, c("/tmp/amparo-got-out\0"), 0o700, 0, 0, 0]),
        ("remove a file", SYS_unlinkat, [AT_FDCWD as c_long, c("/tmp/amparo-none\0"), 0, 0, 0, 0]),
        ("rename a file", SYS_renameat2, [AT_FDCWD as c_long, c("/tmp/a\0"), AT_FDCWD as c_long, c("/tmp/b\0"), 0, 0]),
        ("link a file", SYS_linkat, [AT_FDCWD as c_long, c("/etc/passwd\0"), AT_FDCWD as c_long, c("/tmp/amparo-l\0"), 0, 0]),
        ("cut a file it was handed", SYS_ftruncate, [3, 0, 0, 0, 0, 0]),
        ("change rights", SYS_fchmodat, [AT_FDCWD as c_long, c("/tmp\0"), 0o777, 0, 0, 0]),
        ("an internet socket", SYS_socket, [AF_INET as c_long, SOCK_STREAM as c_long, 0, 0, 0, 0]),
        ("an internet v6 socket", SYS_socket, [AF_INET6 as c_long, SOCK_DGRAM as c_long, 0, 0, 0, 0]),
        ("a unix socket", SYS_socket, [AF_UNIX as c_long, SOCK_STREAM as c_long, 0, 0, 0, 0]),
        ("a netlink socket", SYS_socket, [AF_NETLINK as c_long, SOCK_RAW as c_long, 0, 0, 0, 0]),
        ("a packet socket", SYS_socket, [AF_PACKET as c_long, SOCK_RAW as c_long, 0, 0, 0, 0]),
        ("a pair of sockets", SYS_socketpair, [AF_UNIX as c_long, SOCK_STREAM as c_long, 0, z, 0, 0]),
        ("connect", SYS_connect, [0, v4.as_ptr() as c_long, 16, 0, 0, 0]),
        ("send to the office's socket", SYS_sendto, [0, c("x\0"), 1, 0, 0, 0]),
        ("send descriptors", SYS_sendmsg, [0, z, 0, 0, 0, 0]),
        ("receive descriptors", SYS_recvmsg, [0, z, 0, 0, 0, 0]),
        ("run a program", SYS_execve, [c("/bin/sh\0"), argv.as_ptr() as c_long, 0, 0, 0, 0]),
        ("run a descriptor", SYS_execveat, [3, c("\0"), argv.as_ptr() as c_long, 0, AT_EMPTY_PATH as c_long, 0]),
        ("fork", SYS_clone, [SIGCHLD as c_long, 0, 0, 0, 0, 0]),
        ("fork by the newer call", SYS_clone3, [z, 88, 0, 0, 0, 0]),
        ("a thread", SYS_clone, [(CLONE_VM | CLONE_THREAD | CLONE_SIGHAND) as c_long, 0, 0, 0, 0, 0]),
        ("trace its parent", SYS_ptrace, [PTRACE_ATTACH as c_long, parent, 0, 0, 0, 0]),
        ("read its parent's memory", SYS_process_vm_readv, [parent, z, 1, z, 1, 0]),
        ("write its parent's memory", SYS_process_vm_writev, [parent, z, 1, z, 1, 0]),
        ("kill its parent", SYS_kill, [parent, SIGKILL as c_long, 0, 0, 0, 0]),
        ("kill everything", SYS_kill, [-1, SIGKILL as c_long, 0, 0, 0, 0]),
        ("abort another", SYS_tgkill, [parent, parent, SIGABRT as c_long, 0, 0, 0]),
        ("a handle on its parent", SYS_pidfd_open, [parent, 0, 0, 0, 0, 0]),
        ("take its parent's descriptor", SYS_pidfd_getfd, [3, 0, 0, 0, 0, 0]),
        ("mount", SYS_mount, [c("none\0"), c("/tmp\0"), c("tmpfs\0"), 0, 0, 0]),
        ("leave its root", SYS_chroot, [c("/\0"), 0, 0, 0, 0, 0]),
        ("a new namespace", SYS_unshare, [CLONE_NEWUSER as c_long, 0, 0, 0, 0, 0]),
        ("another's namespace", SYS_setns, [3, 0, 0, 0, 0, 0]),
        ("a memory file", SYS_memfd_create, [c("x\0"), 0, 0, 0, 0, 0]),
        ("io_uring", SYS_io_uring_setup, [8, z, 0, 0, 0, 0]),
        ("bpf", SYS_bpf, [0, z, 100, 0, 0, 0]),
        ("perf", SYS_perf_event_open, [z, 0, -1, -1, 0, 0]),
        ("userfaultfd", SYS_userfaultfd, [0, 0, 0, 0, 0, 0]),
        ("the keyring", SYS_keyctl, [0, -3, 0, 0, 0, 0]),
        ("more memory than it may", SYS_prlimit64, [0, RLIMIT_AS as c_long, z, 0, 0, 0]),
        ("become traceable", SYS_prctl, [PR_SET_DUMPABLE as c_long, 1, 0, 0, 0, 0]),
        ("code in its memory", SYS_mmap, [0, 4096, (PROT_READ | PROT_WRITE | PROT_EXEC) as c_long, (MAP_PRIVATE | MAP_ANONYMOUS) as c_long, -1, 0]),
        ("make memory code", SYS_mprotect, [z & !4095, 4096, (PROT_READ | PROT_EXEC) as c_long, 0, 0, 0]),
        ("ioctl on its input", SYS_ioctl, [0, 0x5412, z, 0, 0, 0]),
        ("duplicate a descriptor", SYS_dup, [1, 0, 0, 0, 0, 0]),
        ("who it is", SYS_uname, [z, 0, 0, 0, 0, 0]),
        ("another user", SYS_setuid, [0, 0, 0, 0, 0, 0]),
        ("load a module", SYS_finit_module, [3, z, 0, 0, 0, 0]),
        ("restart the machine", SYS_reboot, [0, 0, 0, 0, 0, 0]),
        ("set the clock", SYS_clock_settime, [0, z, 0, 0, 0, 0]),
    ];
    let mut report = Report::reading("attack", "attack@1");
    for (what, call, a) in attempts {
        let answer = unsafe { syscall(call, a[0], a[1], a[2], a[3], a[4], a[5]) };
        let error = std::io::Error::last_os_error();
        let refused = answer == -1 && matches!(error.raw_os_error(), Some(EPERM | EACCES));
        report.units += 1;
        report.rejects += 1;
        let reason = if refused { "refused" } else { "got-out" };
        let text = format!("{what}: {answer} {error}");
        if job.answer.send(&FromWorker::Rejects(vec![Reject::new(Place::row(report.units), reason, &text)])).is_err() {
            return;
        }
        if !refused && answer == 0 && call == SYS_clone {
            std::process::exit(0);
        }
    }
    // What it was handed besides: standard input to error, the job, the answer, the file. Nothing else is open.
    let open = (0..1024).filter(|fd| unsafe { fcntl(*fd, F_GETFD) } != -1).count() as u64;
    let environment = std::env::vars_os().count() as u64;
    let _ = job.answer.send(&FromWorker::Progress { units: open, bytes: environment });
    let _ = job.answer.send(&FromWorker::Done(report));
}

/// The parent's number, from before: the call for it is refused in the cage, so any answer will do.
unsafe fn getppid_raw() -> libc::c_long {
    let parent = unsafe { libc::syscall(libc::SYS_getppid) };
    if parent > 0 { parent } else { 1 }
}
