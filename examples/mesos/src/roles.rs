//! Which texts may be roles: `*`, or names joined by slashes.

use std::fmt;

/// The role of everybody.
pub const EVERYBODY: &str = "*";

/// Refuses a text that may not be a role.
///
/// # Errors
///
/// When a part of `role` is empty, `.`, `..` or `*`, begins with a dash, or has white space in it.
pub fn check(role: &str) -> Result<(), BadRole> {
    let wrong = |why| {
        Err(BadRole {
            role: role.to_owned(),
            why,
        })
    };
    match role {
        EVERYBODY => return Ok(()),
        "" => return wrong("it is empty"),
        _ => {}
    }
    for part in role.split('/') {
        match part {
            "" => return wrong("a slash stands at an end of it, or beside another"),
            "." | ".." | EVERYBODY => return wrong("a part of it is '.', '..' or '*'"),
            _ if part.starts_with('-') => return wrong("a part of it begins with '-'"),
            _ if part.contains(is_forbidden) => return wrong("it contains white space"),
            _ => {}
        }
    }
    Ok(())
}

fn is_forbidden(letter: char) -> bool {
    matches!(letter, '\t'..='\r' | ' ' | '\x7f')
}

/// Why a text may not be a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRole {
    role: String,
    why: &'static str,
}

impl fmt::Display for BadRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Role '{}' is invalid: {}",
            self.role.escape_debug(),
            self.why
        )
    }
}

impl std::error::Error for BadRole {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_names_joined_by_slashes() {
        for good in ["*", "web", "web/front", "a-b", "...", "a*"] {
            assert_eq!(check(good), Ok(()), "{good:?}");
        }
        for bad in [
            "", "/a", "a/", "a//b", ".", "a/..", "a/*", "-a", "a b", "a\tb", "a\x7f",
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }
}
