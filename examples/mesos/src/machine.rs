//! What the machine is called, who we are on it, and what it has to offer.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use libprocess::os::usage;

use crate::resources::{Invalid, Resources};

/// The name of this machine.
#[must_use]
pub fn hostname() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => "localhost".to_owned(),
        name => name.to_owned(),
    }
}

/// The name of the user that runs this, or their number where nobody named them.
///
/// # Errors
///
/// If the operating system does not tell.
pub fn user() -> io::Result<String> {
    let uid = fs::metadata("/proc/self")?.uid();
    let users = fs::read_to_string("/etc/passwd")?;
    let named = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    Ok(named.unwrap_or_else(|| uid.to_string()))
}

/// The resources that `text` gives, and for cpus, mem, disk and ports, where it is silent, those
/// of this machine. One that is given as nothing is left out.
///
/// # Errors
///
/// If the text gives none, or the operating system does not tell what the machine has.
pub fn resources(text: &str, work_dir: &Path) -> Result<Resources, ResourcesError> {
    let mut resources = Resources::parse(text, "*")?;
    for (name, found) in [
        ("cpus", usage::cpus().to_string()),
        ("mem", usable(usage::memory()?.total, GIB).to_string()),
        (
            "disk",
            usable(usage::disk(work_dir)?.total, 5 * GIB).to_string(),
        ),
        ("ports", "[31000-32000]".to_owned()),
    ] {
        if !names(text).any(|given| given == name) {
            resources += &Resources::parse(&format!("{name}:{found}"), "*")?;
        }
    }
    Ok(resources)
}

/// Why it is not known what the machine has to offer.
#[derive(Debug)]
pub enum ResourcesError {
    /// The text is not of the form `name:value;...`.
    Invalid(Invalid),
    /// The operating system does not tell.
    Unknown(io::Error),
}

impl std::fmt::Display for ResourcesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Invalid(invalid) => invalid.fmt(f),
            Self::Unknown(error) => write!(f, "cannot find the resources of this machine: {error}"),
        }
    }
}

impl std::error::Error for ResourcesError {}

impl From<Invalid> for ResourcesError {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<io::Error> for ResourcesError {
    fn from(error: io::Error) -> Self {
        Self::Unknown(error)
    }
}

/// The names that a text gives values to, be it nothing.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(';')
        .filter_map(|part| part.split([':', '(']).next())
        .map(str::trim)
}

/// In MiB, how much of `bytes` to offer: all but `reserve`, or half of what is not twice that.
fn usable(bytes: u64, reserve: u64) -> u64 {
    let usable = if bytes >= 2 * reserve {
        bytes - reserve
    } else {
        bytes / 2
    };
    usable / MIB
}

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_is_left_to_the_machine() {
        assert_eq!(usable(16 * GIB, GIB), 15 * 1024);
        assert_eq!(usable(2 * GIB, GIB), 1024);
        assert_eq!(usable(GIB, GIB), 512);
    }

    #[test]
    fn what_is_given_is_not_looked_for() {
        let resources = resources("cpus:7;mem:0", Path::new("/")).expect("a machine");
        assert!((resources.scalar("cpus") - 7.0).abs() < 1e-9);
        assert!(resources.scalar("mem").abs() < 1e-9);
        assert!(
            resources.to_string().contains("ports:[31000-32000]"),
            "{resources}"
        );
    }

    #[test]
    fn this_machine_and_its_user_have_names() {
        assert!(!hostname().is_empty());
        assert!(!user().expect("a user").is_empty());
    }
}
