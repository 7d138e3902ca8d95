//! What the OS tells about the two OS processes: time on processors, and system calls.

use std::fs;
use std::mem::zeroed;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::Duration;

/// A clock of the OS.
pub fn clock(id: libc::clockid_t) -> Duration {
    // SAFETY: the structure is plain numbers, and the kernel fills it in.
    let mut time: libc::timespec = unsafe { zeroed() };
    // SAFETY: the pointer is valid for the call.
    unsafe { libc::clock_gettime(id, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The processor time that an OS process has used, to the nanosecond.
pub fn processor_time(process: u32) -> Duration {
    let mut id = 0;
    // SAFETY: the pointer is valid for the call.
    let failed = unsafe { libc::clock_getcpuclockid(process as libc::pid_t, &raw mut id) };
    if failed == 0 {
        clock(id)
    } else {
        Duration::ZERO
    }
}

/// Keeps this OS process, and what it starts from now on, to one processor.
pub fn pin(processor: usize) {
    // SAFETY: the structure is plain numbers.
    let mut set: libc::cpu_set_t = unsafe { zeroed() };
    // SAFETY: the set is valid, and the processor within it.
    unsafe { libc::CPU_SET(processor, &mut set) };
    // SAFETY: the pointer is valid for the call.
    unsafe { libc::sched_setaffinity(0, size_of_val(&set), &raw const set) };
}

/// Allows as many descriptors as the system lets us.
pub fn allow_descriptors(count: u64) {
    let limit = libc::rlimit {
        rlim_cur: count,
        rlim_max: count,
    };
    // SAFETY: the pointer is valid for the call.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
}

/// Counts the system calls of the threads that OS processes have now. Needs tracefs and the
/// right to look at them.
pub struct SystemCalls(Vec<OwnedFd>);

impl SystemCalls {
    pub fn watch(processes: &[u32]) -> Option<Self> {
        let id: u64 = fs::read_to_string(EVENT).ok()?.trim().parse().ok()?;
        let mut counters = vec![];
        for process in processes {
            for thread in fs::read_dir(format!("/proc/{process}/task")).ok()? {
                let thread = thread.ok()?.file_name().to_str()?.parse().ok()?;
                counters.push(open(id, thread)?);
            }
        }
        Some(Self(counters))
    }

    pub fn count(&self) -> u64 {
        self.0.iter().map(read).sum()
    }
}

fn open(event: u64, thread: libc::pid_t) -> Option<OwnedFd> {
    // `perf_event_attr`: type and size, then the event; the rest at zero counts from now on.
    let mut attributes = [0_u64; 16];
    attributes[0] = TRACEPOINT | (size_of_val(&attributes) as u64) << 32;
    attributes[1] = event;
    let (anywhere, no_group, no_flags) = (-1, -1, 0);
    // SAFETY: the pointer is valid for the call.
    let fd = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            attributes.as_ptr(),
            thread,
            anywhere,
            no_group,
            no_flags,
        )
    };
    // SAFETY: the descriptor was just opened, and nobody else has it.
    (fd >= 0).then(|| unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

fn read(counter: &OwnedFd) -> u64 {
    let mut count = 0_u64;
    // SAFETY: the kernel writes 8 bytes there.
    unsafe { libc::read(counter.as_raw_fd(), (&raw mut count).cast(), 8) };
    count
}

const EVENT: &str = "/sys/kernel/tracing/events/raw_syscalls/sys_enter/id";
const TRACEPOINT: u64 = 2;
