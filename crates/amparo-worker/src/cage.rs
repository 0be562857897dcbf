//! The cage: what a process that reads foreign bytes may still ask of the machine, which is almost nothing.
//!
//! No file can be opened, no socket made, no program or process started, no other process touched. What is
//! left: the descriptors that were handed over, memory up to a bound, processor time up to a bound, and to end.

use landlock::{ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope};
use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal};
use seccompiler::{BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch};
use std::collections::BTreeMap;
use std::path::Path;

/// The filters, made once before the first job.
pub struct Filters {
    reader: BpfProgram,
    launcher: BpfProgram,
    machine_reader: BpfProgram,
}

/// How much one job may use.
#[derive(Clone, Copy)]
pub struct Bounds {
    pub memory: u64,
    pub cpu_seconds: u64,
}

/// What holds, as said to the office.
#[derive(Clone, Debug, Default)]
pub struct Held {
    pub names: Vec<String>,
    /// System calls are filtered: without that, only plain text is read.
    pub caged: bool,
}

impl Filters {
    /// `None` where this machine's filters are unknown.
    pub fn compile() -> Option<Filters> {
        let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
        let refuse = SeccompAction::Errno(libc::EPERM as u32);
        let build = |rules, otherwise, matched| SeccompFilter::new(rules, otherwise, matched, arch).ok().and_then(|f| BpfProgram::try_from(f).ok());
        let mut launcher = reader_rules()?;
        for call in LAUNCHER {
            launcher.insert(*call, Vec::new());
        }
        Some(Filters {
            reader: build(reader_rules()?, refuse.clone(), SeccompAction::Allow)?,
            launcher: build(launcher, refuse.clone(), SeccompAction::Allow)?,
            machine_reader: build(MACHINE_READER_NEVER.iter().map(|call| (*call, Vec::new())).collect(), SeccompAction::Allow, refuse)?,
        })
    }
}

/// Locks this process in for good, before a foreign byte is touched.
pub fn enter_reader(filters: Option<&Filters>, bounds: Bounds) -> Held {
    let mut held = Held::default();
    let limits = [
        (Resource::As, bounds.memory),
        (Resource::Cpu, bounds.cpu_seconds),
        (Resource::Fsize, 0),
        (Resource::Nproc, 0),
        (Resource::Core, 0),
        (Resource::Nofile, 64),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
    ];
    if limits.iter().all(|(what, most)| limit(*what, *most)) {
        held.names.push("rlimits".to_owned());
    }
    private(&mut held);
    if let Some(name) = no_files(&[]) {
        held.names.push(name);
    }
    filter(&mut held, filters.map(|f| &f.reader));
    held
}

/// The fork server keeps only what it needs to start readers.
pub fn enter_launcher(filters: Option<&Filters>) -> Held {
    let mut held = Held::default();
    limit(Resource::Core, 0);
    limit(Resource::Fsize, 0);
    private(&mut held);
    if let Some(name) = no_files(&[]) {
        held.names.push(name);
    }
    filter(&mut held, filters.map(|f| &f.launcher));
    held
}

/// The machine reader's starter may run the program and read the program's own files; true only if all of that is held.
pub fn enter_machine_reader(filters: Option<&Filters>, program: &Path, loader: &[&Path], read: &[&Path]) -> bool {
    let mut held = Held::default();
    end_with_parent();
    private(&mut held);
    let mut rules: Vec<(&Path, Reach)> = vec![(program, Reach::Run)];
    rules.extend(loader.iter().map(|path| (*path, Reach::Run)));
    rules.extend(read.iter().map(|path| (*path, Reach::Read)));
    rules.push((Path::new("/dev/null"), Reach::Null));
    let limits = [(Resource::As, 2 << 30), (Resource::Cpu, 120), (Resource::Fsize, 0), (Resource::Core, 0), (Resource::Nofile, 64)];
    let limited = limits.iter().all(|(what, most)| limit(*what, *most));
    let files = no_files(&rules).is_some();
    filter(&mut held, filters.map(|f| &f.machine_reader));
    limited && files && held.caged
}

/// Ends this process when the one that started it ends.
pub fn end_with_parent() {
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
}

fn limit(what: Resource, most: u64) -> bool {
    rustix::process::setrlimit(what, Rlimit { current: Some(most), maximum: Some(most) }).is_ok()
}

/// No new rights by any program, and no look at this process's memory from beside.
fn private(held: &mut Held) {
    if rustix::thread::set_no_new_privs(true).is_ok() {
        held.names.push("no-new-privs".to_owned());
    }
    if rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok() {
        held.names.push("not-dumpable".to_owned());
    }
}

fn filter(held: &mut Held, program: Option<&BpfProgram>) {
    if let Some(program) = program
        && seccompiler::apply_filter(program).is_ok()
    {
        held.names.push("seccomp".to_owned());
        held.caged = true;
    }
}

#[derive(Clone, Copy)]
enum Reach {
    Run,
    Read,
    Null,
}

/// No file, directory or port but these. The name says how much of it the kernel knows.
fn no_files(but: &[(&Path, Reach)]) -> Option<String> {
    let abi = ABI::V6;
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))
        .and_then(|r| r.handle_access(AccessNet::from_all(abi)))
        .and_then(|r| r.scope(Scope::from_all(abi)))
        .and_then(|r| r.create())
        .ok()?;
    for (path, reach) in but {
        let Ok(at) = PathFd::new(path) else { continue };
        let access = match reach {
            Reach::Run => AccessFs::Execute | AccessFs::ReadFile,
            Reach::Read if path.is_dir() => AccessFs::ReadFile | AccessFs::ReadDir,
            Reach::Read => AccessFs::ReadFile.into(),
            Reach::Null => AccessFs::ReadFile | AccessFs::WriteFile,
        };
        rules = rules.add_rule(PathBeneath::new(at, access)).ok()?;
    }
    match rules.restrict_self().ok()?.ruleset {
        RulesetStatus::FullyEnforced => Some("landlock".to_owned()),
        RulesetStatus::PartiallyEnforced => Some("landlock-partly".to_owned()),
        RulesetStatus::NotEnforced => None,
    }
}

/// What reading needs: the descriptors it was given, memory, and to end.
fn reader_rules() -> Option<BTreeMap<i64, Vec<SeccompRule>>> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = READER.iter().map(|call| (*call, Vec::new())).collect();
    let when = |arg, op, value| SeccompCondition::new(arg, SeccompCmpArgLen::Dword, op, value).ok();
    let one = |condition| SeccompRule::new(vec![condition]).ok();
    let exec = libc::PROT_EXEC as u64;
    // Memory is never made executable.
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(call, vec![one(when(2, SeccompCmpOp::MaskedEq(exec), 0)?)?]);
    }
    let fcntl = [libc::F_GETFD, libc::F_GETFL];
    let fcntl: Option<Vec<_>> = fcntl.iter().map(|what| one(when(1, SeccompCmpOp::Eq, *what as u64)?)).collect();
    rules.insert(libc::SYS_fcntl, fcntl?);
    Some(rules)
}

const READER: &[i64] = &[
    libc::SYS_read,
    libc::SYS_pread64,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_close,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_sched_yield,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// What the fork server needs beside: to hear orders, start readers, see them end, and lock them in.
const LAUNCHER: &[i64] = &[
    libc::SYS_recvmsg,
    libc::SYS_sendmsg,
    libc::SYS_sendto,
    libc::SYS_socketpair,
    libc::SYS_clone,
    libc::SYS_set_robust_list,
    libc::SYS_wait4,
    libc::SYS_waitid,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_send_signal,
    libc::SYS_ppoll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    libc::SYS_getppid,
    libc::SYS_close_range,
    libc::SYS_prctl,
    libc::SYS_prlimit64,
    libc::SYS_setrlimit,
    libc::SYS_seccomp,
    libc::SYS_landlock_create_ruleset,
    libc::SYS_landlock_add_rule,
    libc::SYS_landlock_restrict_self,
];

/// What the machine reader never needs. Its files are held by Landlock.
const MACHINE_READER_NEVER: &[i64] = &[
    libc::SYS_socket,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_io_uring_setup,
    libc::SYS_userfaultfd,
    libc::SYS_open_by_handle_at,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchownat,
    libc::SYS_truncate,
    libc::SYS_reboot,
];
