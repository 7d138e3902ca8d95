//! What a program was told: its command line, and the environment where that is silent.
//!
//! A flag is written `--name=value` or `--name value`; one that is on or off `--name`, `--no-name`
//! or `--name=true`. What the command line does not say, the variable `MESOS_NAME` may. Every flag
//! states its type when it is declared, so that a wrong value is refused before anything starts,
//! with what is allowed, and the program leaves with status 2.
//!
//! No other file of this package reads the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use libprocess::address::Upid;

use crate::detector::parse_master;
use crate::resources::Resources;

/// What the environment says of a name.
#[must_use]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The name that this program was started under, without folders: some programs play several roles.
#[must_use]
pub fn role() -> String {
    let path = std::env::args_os().next().map(PathBuf::from);
    let name = path.as_deref().and_then(std::path::Path::file_name);
    name.unwrap_or_default().to_string_lossy().into_owned()
}

/// The flags that a program knows.
///
/// ```
/// use mesos::flags::Flags;
///
/// let flags = Flags::new("mesos-master", "Runs a master.")
///     .or::<u16>("port", "5050", "Where to listen.")
///     .optional::<String>("hostname", "What to call this machine.");
///
/// let given = flags.read(["--port", "5055"], |_| None)?;
/// assert_eq!(given.get::<u16>("port"), 5055);
/// assert_eq!(given.find::<String>("hostname"), None);
///
/// let wrong = flags.read(["--port=many"], |_| None).unwrap_err();
/// assert_eq!(wrong.to_string(), "--port=many: allowed is a number from 0 to 65535");
/// # Ok::<(), mesos::flags::Wrong>(())
/// ```
#[derive(Clone, Debug)]
pub struct Flags {
    program: &'static str,
    about: &'static str,
    known: Vec<Flag>,
}

#[derive(Clone, Debug)]
struct Flag {
    name: &'static str,
    meaning: &'static str,
    default: Option<&'static str>,
    is_required: bool,
    is_switch: bool,
    allowed: &'static str,
    is_allowed: fn(&str) -> bool,
}

impl Flags {
    /// A program without flags.
    #[must_use]
    pub fn new(program: &'static str, about: &'static str) -> Self {
        Self {
            program,
            about,
            known: Vec::new(),
        }
    }

    /// Adds a flag that has to be given.
    #[must_use]
    pub fn required<T: Value>(self, name: &'static str, meaning: &'static str) -> Self {
        self.add::<T>(name, meaning, None, true)
    }

    /// Adds a flag that may be absent.
    #[must_use]
    pub fn optional<T: Value>(self, name: &'static str, meaning: &'static str) -> Self {
        self.add::<T>(name, meaning, None, false)
    }

    /// Adds a flag that has a value even when it is not given.
    ///
    /// # Panics
    ///
    /// When `default` is not a value that the flag allows.
    #[must_use]
    pub fn or<T: Value>(
        self,
        name: &'static str,
        default: &'static str,
        meaning: &'static str,
    ) -> Self {
        assert!(
            T::parse(default).is_some(),
            "--{name} does not allow its default, {default}"
        );
        self.add::<T>(name, meaning, Some(default), false)
    }

    fn add<T: Value>(
        mut self,
        name: &'static str,
        meaning: &'static str,
        default: Option<&'static str>,
        is_required: bool,
    ) -> Self {
        self.known.push(Flag {
            name,
            meaning,
            default,
            is_required,
            is_switch: T::IS_SWITCH,
            allowed: T::ALLOWED,
            is_allowed: |text| T::parse(text).is_some(),
        });
        self
    }

    /// Reads this program's own arguments and environment. Asked for `--help` it prints that and
    /// leaves with status 0; told anything wrong it says what is allowed and leaves with status 2.
    #[must_use]
    pub fn read_or_exit(&self) -> Given {
        let arguments = std::env::args_os()
            .skip(1)
            .map(|it| it.to_string_lossy().into_owned());
        match self.read(arguments, variable) {
            Ok(given) if given.asks_for_help => {
                println!("{self}");
                std::process::exit(0)
            }
            Ok(given) => given,
            Err(wrong) => {
                eprintln!("{}: {wrong}\n\n{self}", self.program);
                std::process::exit(2)
            }
        }
    }

    /// Reads `arguments`, and for what they leave out what `variable` says.
    ///
    /// # Errors
    ///
    /// When a flag is unknown, lacks its value or has a wrong one, or a required one is absent.
    pub fn read<S: Into<String>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Given, Wrong> {
        let mut given = Given {
            values: BTreeMap::new(),
            asks_for_help: false,
        };
        let mut arguments = arguments.into_iter().map(Into::into);
        while let Some(argument) = arguments.next() {
            if argument == "--help" {
                given.asks_for_help = true;
                return Ok(given);
            }
            let (flag, value) = self.argument(&argument, &mut arguments)?;
            flag.check(&value, || format!("--{}={value}", flag.name))?;
            given.values.insert(flag.name, value);
        }
        for flag in &self.known {
            let name = format!("MESOS_{}", flag.name.to_uppercase());
            if given.values.contains_key(flag.name) {
                continue;
            } else if let Some(value) = variable(&name) {
                flag.check(&value, || format!("{name}={value}"))?;
                given.values.insert(flag.name, value);
            } else if let Some(default) = flag.default {
                given.values.insert(flag.name, default.to_owned());
            } else if flag.is_required {
                return Err(Wrong(format!(
                    "--{} is required: {}",
                    flag.name, flag.allowed
                )));
            }
        }
        Ok(given)
    }

    fn argument(
        &self,
        argument: &str,
        following: &mut impl Iterator<Item = String>,
    ) -> Result<(&Flag, String), Wrong> {
        let unknown = || {
            let known: Vec<_> = self
                .known
                .iter()
                .map(|flag| format!("--{}", flag.name))
                .collect();
            Wrong(format!(
                "{argument} is unknown: allowed are {}, --help",
                known.join(", ")
            ))
        };
        let text = argument.strip_prefix("--").ok_or_else(unknown)?;
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        if let Some(flag) = self.find(name) {
            let value = match value {
                Some(value) => value,
                None if flag.is_switch => "true".to_owned(),
                None => following.next().ok_or_else(|| {
                    Wrong(format!(
                        "--{name} lacks its value: allowed is {}",
                        flag.allowed
                    ))
                })?,
            };
            return Ok((flag, value));
        }
        let opposite = name.strip_prefix("no-").and_then(|name| self.find(name));
        match (opposite, value) {
            (Some(flag), None) if flag.is_switch => Ok((flag, "false".to_owned())),
            _ => Err(unknown()),
        }
    }

    fn find(&self, name: &str) -> Option<&Flag> {
        self.known.iter().find(|flag| flag.name == name)
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n\nUsage: {} [flags]\n", self.about, self.program)?;
        for flag in &self.known {
            let left = match flag.is_switch {
                true => format!("--[no-]{}", flag.name),
                false => format!("--{}=VALUE", flag.name),
            };
            write!(f, "  {left:<28} {}", flag.meaning)?;
            match flag.default {
                Some(default) if !flag.is_switch => writeln!(f, " (default: {default})")?,
                _ => writeln!(f)?,
            }
        }
        write!(
            f,
            "\nEach can be given as a variable instead: --port as MESOS_PORT."
        )
    }
}

impl Flag {
    fn check(&self, value: &str, given: impl Fn() -> String) -> Result<(), Wrong> {
        match (self.is_allowed)(value) {
            true => Ok(()),
            false => Err(Wrong(format!("{}: allowed is {}", given(), self.allowed))),
        }
    }
}

/// What the flags were found to be.
#[derive(Clone, Debug)]
pub struct Given {
    values: BTreeMap<&'static str, String>,
    asks_for_help: bool,
}

impl Given {
    /// The value of a flag that is required or has a default.
    ///
    /// # Panics
    ///
    /// When the flag was not declared so, or not as a `T`.
    #[must_use]
    pub fn get<T: Value>(&self, name: &str) -> T {
        self.find(name)
            .unwrap_or_else(|| panic!("--{name} may be absent"))
    }

    /// The value of a flag that may be absent.
    ///
    /// # Panics
    ///
    /// When the flag was declared as another type that allowed the value.
    #[must_use]
    pub fn find<T: Value>(&self, name: &str) -> Option<T> {
        let text = self.values.get(name)?;
        Some(T::parse(text).unwrap_or_else(|| panic!("--{name} was declared as another type")))
    }

    /// Every flag that has a value, with it, as `/flags` and `/state` show them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
    }
}

/// A type that a flag may have.
pub trait Value: Sized {
    /// What may stand there, for the message about something else.
    const ALLOWED: &'static str;
    /// Whether the flag's name alone says `true`.
    const IS_SWITCH: bool = false;

    /// The value that `text` says.
    fn parse(text: &str) -> Option<Self>;
}

impl Value for String {
    const ALLOWED: &'static str = "a text";

    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Value for PathBuf {
    const ALLOWED: &'static str = "a path";

    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| text.into())
    }
}

impl Value for bool {
    const ALLOWED: &'static str = "true or false";
    const IS_SWITCH: Self = true;

    fn parse(text: &str) -> Option<Self> {
        match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }
}

impl Value for u16 {
    const ALLOWED: &'static str = "a number from 0 to 65535";

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Value for usize {
    const ALLOWED: &'static str = "a whole number";

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Value for IpAddr {
    const ALLOWED: &'static str = "an IP address";

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Value for Resources {
    const ALLOWED: &'static str = "name:value;..., like cpus:0.1;mem:32";

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text, "*").ok()
    }
}

/// A master, by its address.
impl Value for Upid {
    const ALLOWED: &'static str = "HOST:PORT of a known host";

    fn parse(text: &str) -> Option<Self> {
        parse_master(text).ok()
    }
}

impl Value for Duration {
    const ALLOWED: &'static str = "a duration like 500ms, 15secs or 2mins";

    fn parse(text: &str) -> Option<Self> {
        libprocess::time::parse_duration(text).ok()
    }
}

/// What is wrong with a flag, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong(String);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_say_the_same() {
        for arguments in [&["--port=1"][..], &["--port", "1"]] {
            assert_eq!(read(arguments, &[]).unwrap().get::<u16>("port"), 1);
        }
    }

    #[test]
    fn the_command_line_wins_over_the_environment_over_the_default() {
        let environment = [("MESOS_PORT", "2")];
        assert_eq!(
            read(&["--port=1"], &environment)
                .unwrap()
                .get::<u16>("port"),
            1
        );
        assert_eq!(read(&[], &environment).unwrap().get::<u16>("port"), 2);
        assert_eq!(read(&[], &[]).unwrap().get::<u16>("port"), 5050);
    }

    #[test]
    fn a_switch_has_four_spellings() {
        let value = |argument| read(&[argument], &[]).unwrap().get::<bool>("serve");
        assert!(value("--serve") && value("--serve=true"));
        assert!(!value("--no-serve") && !value("--serve=false"));
    }

    #[test]
    fn what_is_wrong_is_said_with_what_is_allowed() {
        fn wrong(arguments: &[&str], environment: &[(&str, &str)]) -> String {
            read(arguments, environment).unwrap_err().to_string()
        }
        assert_eq!(
            wrong(&["--port=x"], &[]),
            "--port=x: allowed is a number from 0 to 65535"
        );
        assert_eq!(
            wrong(&[], &[("MESOS_PORT", "70000")]),
            "MESOS_PORT=70000: allowed is a number from 0 to 65535"
        );
        assert_eq!(
            wrong(&["--port"], &[]),
            "--port lacks its value: allowed is a number from 0 to 65535"
        );
        for unknown in ["--prot=1", "port", "--no-port"] {
            assert_eq!(
                wrong(&[unknown], &[]),
                format!("{unknown} is unknown: allowed are --port, --serve, --name, --help")
            );
        }
    }

    #[test]
    fn a_required_flag_is_missed() {
        let flags = Flags::new("program", "").required::<IpAddr>("ip", "");
        let wrong = flags.read([""; 0], |_| None).unwrap_err();
        assert_eq!(wrong.to_string(), "--ip is required: an IP address");
    }

    #[test]
    fn help_wins() {
        assert!(read(&["--help", "--prot"], &[]).unwrap().asks_for_help);
    }

    fn read(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Given, Wrong> {
        Flags::new("program", "Does things.")
            .or::<u16>("port", "5050", "")
            .or::<bool>("serve", "false", "")
            .optional::<String>("name", "")
            .read(arguments.iter().copied(), |name| {
                environment
                    .iter()
                    .find(|it| it.0 == name)
                    .map(|it| it.1.to_owned())
            })
    }
}
