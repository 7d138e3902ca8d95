//! Ids as values: from text, as text, and which texts may be ids.

use std::fmt;

use crate::messages::{ContainerID, ExecutorID, FrameworkID, OfferID, SlaveID, TaskID};

/// Refuses a text that may not be an id: it becomes part of paths.
///
/// # Errors
///
/// When `id` is empty, too long, `.` or `..`, or has a slash or a control character.
pub fn check(id: &str) -> Result<(), BadId> {
    let complaint = match id {
        "" => "ID must not be empty".to_owned(),
        "." | ".." => format!("'{id}' is disallowed"),
        _ if id.len() > LONGEST => format!("ID must not be greater than {LONGEST} characters"),
        _ if id
            .chars()
            .any(|it| it.is_control() || it == '/' || it == '\\') =>
        {
            format!("'{}' contains invalid characters", id.escape_debug())
        }
        _ => return Ok(()),
    };
    Err(BadId(complaint))
}

const LONGEST: usize = 255;

/// Why a text may not be an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadId(String);

impl fmt::Display for BadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadId {}

/// Texts become ids, and ids print as their texts.
macro_rules! as_text {
    ($($id:ident)*) => {$(
        impl From<&str> for $id {
            fn from(value: &str) -> Self {
                Self::from(value.to_owned())
            }
        }

        impl From<String> for $id {
            fn from(value: String) -> Self {
                Self { value, ..Self::default() }
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.value)
            }
        }
    )*};
}

as_text!(ContainerID ExecutorID FrameworkID OfferID SlaveID TaskID);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_would_break_a_path_are_refused() {
        for bad in ["", ".", "..", "a/b", "a\\b", "a\nb", &"x".repeat(256)] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
        for good in ["task-0", "a b", "...", "é", &"x".repeat(255)] {
            assert_eq!(check(good), Ok(()));
        }
    }

    #[test]
    fn an_id_is_its_text() {
        assert_eq!(TaskID::from("task-0").to_string(), "task-0");
    }
}
