//! What the environment says about a runtime.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use crate::time::parse_duration;

/// The settings of a runtime that the environment can make, each absent unless it does.
///
/// | variable | values | setting |
/// | --- | --- | --- |
/// | `LIBPROCESS_IP` | an IPv4 or IPv6 address | [`ip`](Self::ip) |
/// | `LIBPROCESS_PORT` | 0 to 65535; 0 is any free port | [`port`](Self::port) |
/// | `LIBPROCESS_ADVERTISE_IP` | an IPv4 or IPv6 address | [`advertised_ip`](Self::advertised_ip) |
/// | `LIBPROCESS_ADVERTISE_PORT` | 1 to 65535 | [`advertised_port`](Self::advertised_port) |
/// | `LIBPROCESS_NUM_WORKER_THREADS` | 1 to 1024 | [`workers`](Self::workers) |
/// | `LIBPROCESS_SPIN` | true, false, 1, 0 | [`spin`](Self::spin) |
/// | `LIBPROCESS_STALL_LIMIT` | a duration, such as 500ms; 0ns for none | [`stall_limit`] |
/// | `LIBPROCESS_REQUIRE_PEER_ADDRESS_IP_MATCH` | true, false, 1, 0 | [peer match] |
/// | `LIBPROCESS_METRICS_SNAPSHOT_ENDPOINT_RATE_LIMIT` | 2/1secs; nothing for none | [spacing] |
///
/// [peer match]: Self::require_peer_ip_match
/// [spacing]: Self::metrics_spacing
/// [`stall_limit`]: Self::stall_limit
///
/// All but `LIBPROCESS_SPIN` and `LIBPROCESS_STALL_LIMIT` are those of C++ libprocess. As there,
/// the part of a name after `LIBPROCESS_` may be in lower case, unknown names are ignored, and a
/// value `file:///path` stands for the content of that file. A bad value is always an error here,
/// and never ends the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// The address to listen on.
    pub ip: Option<IpAddr>,
    /// The port to listen on.
    pub port: Option<u16>,
    /// The address that processes are known by.
    pub advertised_ip: Option<IpAddr>,
    /// The port that processes are known by.
    pub advertised_port: Option<u16>,
    /// The number of worker threads.
    pub workers: Option<usize>,
    /// Whether workers may wait awake for a moment before they sleep.
    pub spin: Option<bool>,
    /// How long all workers may be stuck before it is told.
    pub stall_limit: Option<Duration>,
    /// Whether the ip of a sender must be the one that its message comes from.
    pub require_peer_ip_match: Option<bool>,
    /// How far apart snapshots of the metrics are told.
    pub metrics_spacing: Option<Duration>,
}

impl Config {
    /// Reads the environment of this OS process.
    ///
    /// # Errors
    ///
    /// A variable has a value that is not allowed.
    #[doc(alias = "LIBPROCESS_IP")]
    pub fn from_environment() -> Result<Self, ConfigError> {
        Self::from_variables(env::vars_os())
    }

    /// Reads variables from wherever they come.
    ///
    /// ```
    /// use libprocess::runtime::Config;
    ///
    /// let config = Config::from_variables([("LIBPROCESS_PORT", "8080")])?;
    /// assert_eq!(config.port, Some(8080));
    ///
    /// let error = Config::from_variables([("LIBPROCESS_PORT", "http")]).unwrap_err();
    /// let expected = "LIBPROCESS_PORT is \"http\", but must be a port from 0 to 65535";
    /// assert_eq!(error.to_string(), expected);
    /// # Ok::<(), libprocess::runtime::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A variable has a value that is not allowed.
    pub fn from_variables<N, V>(
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, ConfigError>
    where
        N: Into<OsString>,
        V: Into<OsString>,
    {
        let mut config = Self::default();
        for (name, value) in variables {
            let Ok(name) = name.into().into_string() else {
                continue;
            };
            if let Some(setting) = name.strip_prefix(PREFIX) {
                let setting = setting.to_ascii_uppercase();
                config.set(&setting, Variable::new(&name, value.into()))?;
            }
        }
        Ok(config)
    }

    fn set(&mut self, setting: &str, variable: Variable<'_>) -> Result<(), ConfigError> {
        match setting {
            "IP" => self.ip = Some(variable.ip()?),
            "PORT" => self.port = Some(variable.number("a port", 0..=u16::MAX)?),
            "ADVERTISE_IP" => self.advertised_ip = Some(variable.ip()?),
            "ADVERTISE_PORT" => {
                self.advertised_port = Some(variable.number("a port", 1..=u16::MAX)?);
            }
            "REQUIRE_PEER_ADDRESS_IP_MATCH" => {
                self.require_peer_ip_match = Some(variable.flag()?);
            }
            "METRICS_SNAPSHOT_ENDPOINT_RATE_LIMIT" => {
                self.metrics_spacing = Some(variable.spacing()?);
            }
            "SPIN" => self.spin = Some(variable.flag()?),
            "STALL_LIMIT" => self.stall_limit = Some(variable.duration()?),
            "NUM_WORKER_THREADS" => self.workers = Some(variable.number("a number", WORKERS)?),
            _ => {}
        }
        Ok(())
    }
}

/// A variable of the environment with a value that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    variable: String,
    value: String,
    allowed: String,
}

impl ConfigError {
    /// The name of the variable.
    pub fn variable(&self) -> &str {
        &self.variable
    }

    /// The value that it has.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            variable,
            value,
            allowed,
        } = self;
        write!(f, "{variable} is {value:?}, but must be {allowed}")
    }
}

impl Error for ConfigError {}

/// A variable that concerns us.
struct Variable<'a> {
    name: &'a str,
    value: String,
}

impl<'a> Variable<'a> {
    fn new(name: &'a str, value: OsString) -> Self {
        // What is not text becomes text that no setting allows, and the error shows it.
        let value = value.to_string_lossy().into_owned();
        Self { name, value }
    }

    fn ip(&self) -> Result<IpAddr, ConfigError> {
        self.parse(|_| true, "an IPv4 or IPv6 address".to_string())
    }

    fn flag(&self) -> Result<bool, ConfigError> {
        match self.text()?.trim() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(self.wrong("true or false".to_string())),
        }
    }

    fn duration(&self) -> Result<Duration, ConfigError> {
        let parsed = parse_duration(self.text()?.trim());
        parsed.map_err(|_| self.wrong("a duration, such as 500ms or 2secs".to_string()))
    }

    /// What lies between two of a rate: so many in so long.
    fn spacing(&self) -> Result<Duration, ConfigError> {
        let text = self.text()?;
        let rate = text.trim();
        if rate.is_empty() {
            return Ok(Duration::ZERO);
        }
        let spacing = rate.split_once('/').and_then(|(count, time)| {
            let spacing = parse_duration(time)
                .ok()?
                .checked_div(count.parse().ok()?)?;
            (!spacing.is_zero()).then_some(spacing)
        });
        spacing.ok_or_else(|| self.wrong("a rate, such as 2/1secs, or nothing".to_string()))
    }

    fn number<T>(&self, what: &str, allowed: RangeInclusive<T>) -> Result<T, ConfigError>
    where
        T: FromStr + PartialOrd + fmt::Display,
    {
        let described = format!("{what} from {} to {}", allowed.start(), allowed.end());
        self.parse(|number| allowed.contains(number), described)
    }

    fn parse<T: FromStr>(
        &self,
        is_allowed: impl FnOnce(&T) -> bool,
        allowed: String,
    ) -> Result<T, ConfigError> {
        let parsed = self.text()?.trim().parse().ok().filter(is_allowed);
        parsed.ok_or_else(|| self.wrong(allowed))
    }

    /// The value, or the content of the file that it names.
    fn text(&self) -> Result<String, ConfigError> {
        match self.value.strip_prefix("file://") {
            None => Ok(self.value.clone()),
            Some(path) => fs::read_to_string(path)
                .map_err(|error| self.wrong(format!("a file that can be read ({error})"))),
        }
    }

    fn wrong(&self, allowed: String) -> ConfigError {
        ConfigError {
            variable: self.name.to_string(),
            value: self.value.clone(),
            allowed,
        }
    }
}

const PREFIX: &str = "LIBPROCESS_";

/// How many workers there may be.
pub(super) const WORKERS: RangeInclusive<usize> = 1..=1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn error(name: &str, value: &str) -> String {
        let error = Config::from_variables([(name, value)]).unwrap_err();
        assert_eq!((error.variable(), error.value()), (name, value));
        error.to_string()
    }

    #[test]
    fn reads_every_setting() {
        let config = Config::from_variables([
            ("PATH", "/bin"),
            ("LIBPROCESS_IP", "::1"),
            ("LIBPROCESS_PORT", "0"),
            ("LIBPROCESS_advertise_ip", "192.0.2.7"),
            ("LIBPROCESS_ADVERTISE_PORT", "80"),
            ("LIBPROCESS_NUM_WORKER_THREADS", "1024"),
            ("LIBPROCESS_SPIN", "false"),
            ("LIBPROCESS_STALL_LIMIT", "500ms"),
            ("LIBPROCESS_REQUIRE_PEER_ADDRESS_IP_MATCH", "true"),
            ("LIBPROCESS_METRICS_SNAPSHOT_ENDPOINT_RATE_LIMIT", "4/1secs"),
            ("LIBPROCESS_SOMETHING_ELSE", "?"),
        ]);
        let expected = Config {
            ip: Some("::1".parse().unwrap()),
            port: Some(0),
            advertised_ip: Some("192.0.2.7".parse().unwrap()),
            advertised_port: Some(80),
            workers: Some(1024),
            spin: Some(false),
            stall_limit: Some(Duration::from_millis(500)),
            require_peer_ip_match: Some(true),
            metrics_spacing: Some(Duration::from_millis(250)),
        };
        assert_eq!(config, Ok(expected));
    }

    #[test]
    fn an_error_names_variable_value_and_what_is_allowed() {
        assert_eq!(
            error("LIBPROCESS_IP", "localhost"),
            "LIBPROCESS_IP is \"localhost\", but must be an IPv4 or IPv6 address"
        );
        assert_eq!(
            error("LIBPROCESS_PORT", "70000"),
            "LIBPROCESS_PORT is \"70000\", but must be a port from 0 to 65535"
        );
        assert_eq!(
            error("LIBPROCESS_ADVERTISE_PORT", "0"),
            "LIBPROCESS_ADVERTISE_PORT is \"0\", but must be a port from 1 to 65535"
        );
        assert_eq!(
            error("LIBPROCESS_REQUIRE_PEER_ADDRESS_IP_MATCH", "maybe"),
            "LIBPROCESS_REQUIRE_PEER_ADDRESS_IP_MATCH is \"maybe\", but must be true or false"
        );
        assert_eq!(
            error("LIBPROCESS_NUM_WORKER_THREADS", "0"),
            "LIBPROCESS_NUM_WORKER_THREADS is \"0\", but must be a number from 1 to 1024"
        );
        assert_eq!(
            error("LIBPROCESS_STALL_LIMIT", "soon"),
            "LIBPROCESS_STALL_LIMIT is \"soon\", but must be a duration, such as 500ms or 2secs"
        );
        assert_eq!(
            error("LIBPROCESS_num_worker_threads", ""),
            "LIBPROCESS_num_worker_threads is \"\", but must be a number from 1 to 1024"
        );
    }

    #[test]
    fn a_rate_is_so_many_in_so_long() {
        let name = "LIBPROCESS_METRICS_SNAPSHOT_ENDPOINT_RATE_LIMIT";
        let none = Config::from_variables([(name, "")]).unwrap();
        assert_eq!(none.metrics_spacing, Some(Duration::ZERO));
        for value in [
            "2",
            "0/1secs",
            "-1/1secs",
            "2/0secs",
            "2/soon",
            "/",
            "1/1secs/1",
        ] {
            let expected =
                format!("{name} is {value:?}, but must be a rate, such as 2/1secs, or nothing");
            assert_eq!(error(name, value), expected);
        }
    }

    #[test]
    fn a_file_stands_for_its_content() {
        let path = env::temp_dir().join(format!("libprocess-port-{}", std::process::id()));
        fs::write(&path, "5050\n").unwrap();
        let value = format!("file://{}", path.display());
        let config = Config::from_variables([("LIBPROCESS_PORT", value)]);
        fs::remove_file(&path).unwrap();
        assert_eq!(config.map(|config| config.port), Ok(Some(5050)));
        let missing = error("LIBPROCESS_PORT", "file:///nowhere/at/all");
        assert!(
            missing.contains("a file that can be read (No such file"),
            "{missing}"
        );
    }
}
