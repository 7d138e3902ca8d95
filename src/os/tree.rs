//! Killing a process with all that it started.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::process;

use super::calls;

/// Sends a signal to a process, its descendants, and all members of the sessions and process
/// groups that these lead, among them those whose parent is gone already. Returns their pids.
///
/// All of them are stopped before any is signalled, so that none forks away meanwhile, and
/// continued after it. The process itself may have ended: what is left of the session that it
/// led is still found.
///
/// # Errors
///
/// The list of processes cannot be read.
#[doc(alias = "killtree")]
pub fn kill_tree(pid: u32, signal: i32) -> io::Result<BTreeSet<u32>> {
    let mut tree = BTreeSet::new();
    loop {
        let found = members(pid, &tree, &running()?);
        let fresh: Vec<u32> = found.difference(&tree).copied().collect();
        if fresh.is_empty() {
            break;
        }
        for pid in fresh {
            send(pid, libc::SIGSTOP);
            tree.insert(pid);
        }
    }
    for pid in &tree {
        send(*pid, signal);
        send(*pid, libc::SIGCONT);
    }
    Ok(tree)
}

/// Whether the number is that of a process.
pub(super) fn exists(pid: u32) -> bool {
    fs::exists(format!("/proc/{pid}")).unwrap_or(true)
}

/// Who a process is, as `/proc/PID/stat` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Process {
    pid: u32,
    parent: u32,
    group: u32,
    session: u32,
    ended: bool,
}

impl Process {
    /// Parses a line like `42 (a name) S 1 42 42 0 -1 ...`.
    fn parse(line: &str) -> Option<Self> {
        let (pid, rest) = line.split_once(" (")?;
        // The name may hold anything, parentheses among it, so its end is the last one.
        let (_, rest) = rest.rsplit_once(") ")?;
        let mut fields = rest.split(' ');
        let ended = matches!(fields.next()?, "Z" | "X");
        let mut number = || fields.next()?.parse().ok();
        Some(Self {
            pid: pid.parse().ok()?,
            parent: number()?,
            group: number()?,
            session: number()?,
            ended,
        })
    }
}

/// All processes that have not ended.
fn running() -> io::Result<Vec<Process>> {
    let mut processes = Vec::new();
    for entry in fs::read_dir("/proc")? {
        // Whoever ends between the listing and the reading is not running.
        let line = fs::read_to_string(entry?.path().join("stat"));
        processes.extend(line.ok().and_then(|line| Process::parse(&line)));
    }
    processes.retain(|process| !process.ended);
    Ok(processes)
}

/// The processes that belong to `root` or to the part of its tree that is known.
fn members(root: u32, known: &BTreeSet<u32>, processes: &[Process]) -> BTreeSet<u32> {
    let mut leaders = known.clone();
    leaders.insert(root);
    let own = process::id();
    let belongs = |process: &&Process| {
        process.pid == root
            || [process.parent, process.group, process.session]
                .iter()
                .any(|pid| leaders.contains(pid))
    };
    let members = processes.iter().filter(belongs).map(|process| process.pid);
    members.filter(|pid| *pid != own).collect()
}

/// Signals a process that may have ended already, or may not be ours to signal.
fn send(pid: u32, signal: i32) {
    if let Err(error) = calls::kill(pid, signal)
        && error.raw_os_error() != Some(libc::ESRCH)
    {
        log::warn!("cannot send signal {signal} to process {pid}: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: u32, parent: u32, group: u32, session: u32) -> Process {
        Process {
            pid,
            parent,
            group,
            session,
            ended: false,
        }
    }

    #[test]
    fn parses_names_that_hold_anything() {
        let line = "42 (a) b (c) S 1 41 40 0 -1 4194560 160";
        assert_eq!(Process::parse(line), Some(process(42, 1, 41, 40)));
        assert!(Process::parse("42 (x) Z 1 2 3 0").is_some_and(|process| process.ended));
        assert_eq!(Process::parse("42 (x) S 1"), None);
        assert_eq!(Process::parse(""), None);
    }

    #[test]
    fn finds_children_groups_and_sessions_but_not_its_neighbours() {
        let processes = [
            process(100, 1, 100, 100),
            process(101, 100, 100, 100),
            process(102, 1, 100, 100),   // its parent is gone
            process(103, 1, 103, 100),   // in a group of its own
            process(104, 101, 104, 104), // in a session of its own
            process(200, 1, 200, 200),
        ];
        let first = members(100, &BTreeSet::new(), &processes);
        assert_eq!(first, BTreeSet::from([100, 101, 102, 103]));
        let second = members(100, &first, &processes);
        assert_eq!(second, BTreeSet::from([100, 101, 102, 103, 104]));
    }

    #[test]
    fn a_member_of_our_own_session_leads_nothing() {
        let processes = [
            process(7, 1, 7, 7),
            process(8, 7, 7, 7),
            process(9, 7, 7, 7),
        ];
        assert_eq!(
            members(8, &BTreeSet::new(), &processes),
            BTreeSet::from([8])
        );
    }
}
