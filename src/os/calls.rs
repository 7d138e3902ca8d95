//! The calls of the operating system that std does not offer, each behind a safe function.
#![expect(unsafe_code, reason = "calls into libc; each block holds one of them")]

use std::ffi::CString;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus};

/// Makes the child lead a session of its own, and the kernel close every descriptor but the
/// three standard streams when the program begins.
pub(super) fn prepare(command: &mut Command, own_session: bool) {
    let before_exec = move || {
        if own_session {
            // SAFETY: no arguments; async-signal-safe, as all that runs after a fork must be.
            check(unsafe { libc::setsid() })?;
        }
        // Descriptors that others opened without close-on-exec are not the child's business.
        // Where the kernel is too old for this call they are left as they are.
        // SAFETY: marks descriptors of this process alone; a plain system call, hence
        // async-signal-safe.
        unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, CLOSE_ON_EXEC) };
        Ok(())
    };
    // SAFETY: the closure allocates nothing, takes no lock and makes plain system calls only.
    unsafe { command.pre_exec(before_exec) };
}

/// A descriptor that becomes readable when the process ends.
pub(super) fn open_pidfd(pid: u32) -> io::Result<OwnedFd> {
    let pid = id(pid)?;
    // SAFETY: takes two integers and returns a descriptor or -1.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    let fd = check(libc::c_int::try_from(fd).expect("a descriptor is a small number"))?;
    // SAFETY: the kernel has just made this descriptor, and nobody else knows of it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Whether the process behind a pidfd has ended, reaped or not.
pub(super) fn has_ended(pidfd: BorrowedFd<'_>) -> io::Result<bool> {
    let mut waited = libc::pollfd {
        fd: pidfd.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: points to one element, which lives until the call returns; does not block.
    let ready = check(unsafe { libc::poll(&raw mut waited, 1, 0) })?;
    Ok(ready > 0)
}

/// Reaps a child that has ended; none if it still runs.
///
/// # Errors
///
/// `ECHILD` if this is not an unreaped child of ours.
pub(super) fn reap(pid: u32) -> io::Result<Option<ExitStatus>> {
    let (pid, mut status) = (id(pid)?, 0);
    // SAFETY: points to an integer, which lives until the call returns; does not block.
    let reaped = check(unsafe { libc::waitpid(pid, &raw mut status, libc::WNOHANG) })?;
    Ok((reaped != 0).then(|| ExitStatus::from_raw(status)))
}

/// Sends a signal.
pub(super) fn kill(pid: u32, signal: i32) -> io::Result<()> {
    let pid = id(pid)?;
    // SAFETY: takes two integers.
    check(unsafe { libc::kill(pid, signal) })?;
    Ok(())
}

/// The blocks of the file system that holds a path: their size, all of them, and those that are
/// free to anybody.
pub(super) fn blocks(path: &Path) -> io::Result<(u64, u64, u64)> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    let mut found = MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: both pointers are good until the call returns, and the first ends with a zero.
    check(unsafe { libc::statvfs(path.as_ptr(), found.as_mut_ptr()) })?;
    // SAFETY: the call succeeded, so the kernel has filled it in.
    let found = unsafe { found.assume_init() };
    Ok((found.f_frsize, found.f_blocks, found.f_bavail))
}

/// A pid as the system calls take it: never zero or negative, which would mean a group.
fn id(pid: u32) -> io::Result<libc::pid_t> {
    let id = libc::pid_t::try_from(pid).ok().filter(|id| *id > 0);
    id.ok_or_else(|| io::Error::from_raw_os_error(libc::ESRCH))
}

fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(result)
}

/// The flag of `close_range` that marks descriptors instead of closing them, so that std's own
/// pipe, which tells us of a failed exec, still works.
const CLOSE_ON_EXEC: libc::c_uint = libc::CLOSE_RANGE_CLOEXEC;
