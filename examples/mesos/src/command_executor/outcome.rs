//! How a command ended, in the original's words.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// `Command exited with status 1`, or `Command terminated with signal Killed`.
pub(super) fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("Command exited with status {code}"),
        (None, Some(signal)) => {
            let dumped = if status.core_dumped() {
                " (core dumped)"
            } else {
                ""
            };
            format!(
                "Command terminated with signal {}{dumped}",
                signal_name(signal)
            )
        }
        (None, None) => format!("Command ended with {status}"),
    }
}

/// What `strsignal(3)` calls a signal.
fn signal_name(signal: i32) -> String {
    let index = usize::try_from(signal - 1).unwrap_or(usize::MAX);
    match SIGNALS.get(index) {
        Some(name) => (*name).to_owned(),
        None => format!("Real-time signal {}", signal - FIRST_REAL_TIME),
    }
}

const FIRST_REAL_TIME: i32 = 34;

/// From signal 1 on, as Linux numbers them and glibc calls them.
const SIGNALS: [&str; 31] = [
    "Hangup",
    "Interrupt",
    "Quit",
    "Illegal instruction",
    "Trace/breakpoint trap",
    "Aborted",
    "Bus error",
    "Floating point exception",
    "Killed",
    "User defined signal 1",
    "Segmentation fault",
    "User defined signal 2",
    "Broken pipe",
    "Alarm clock",
    "Terminated",
    "Stack fault",
    "Child exited",
    "Continued",
    "Stopped (signal)",
    "Stopped",
    "Stopped (tty input)",
    "Stopped (tty output)",
    "Urgent I/O condition",
    "CPU time limit exceeded",
    "File size limit exceeded",
    "Virtual timer expired",
    "Profiling timer expired",
    "Window changed",
    "I/O possible",
    "Power failure",
    "Bad system call",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_and_a_signal_read_as_in_the_original() {
        let exited = ExitStatus::from_raw(127 << 8);
        assert_eq!(describe(exited), "Command exited with status 127");
        let killed = ExitStatus::from_raw(9);
        assert_eq!(describe(killed), "Command terminated with signal Killed");
        let dumped = ExitStatus::from_raw(11 | 0x80);
        let words = "Command terminated with signal Segmentation fault (core dumped)";
        assert_eq!(describe(dumped), words);
    }
}
