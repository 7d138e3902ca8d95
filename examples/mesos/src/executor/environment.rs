//! What an agent tells an executor by its environment.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use libprocess::address::Upid;
use libprocess::time::{mins, parse_duration, secs};

/// Whose executor this is and where its agent is, as the agent says by variables.
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    /// `MESOS_FRAMEWORK_ID`
    pub framework_id: String,
    /// `MESOS_EXECUTOR_ID`
    pub executor_id: String,
    /// `MESOS_SLAVE_ID`
    pub slave_id: String,
    /// `MESOS_SLAVE_PID`: the agent.
    pub slave: Upid,
    /// `MESOS_DIRECTORY`: the sandbox.
    pub directory: String,
    /// `MESOS_CHECKPOINT`: the agent may come back after it is gone.
    pub checkpoint: bool,
    /// `MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD`: how long a shutdown may take.
    pub shutdown_grace_period: Duration,
    /// `MESOS_RECOVERY_TIMEOUT`: how long the agent may be gone.
    pub recovery_timeout: Duration,
    /// `MESOS_LOCAL`: agent and executor share an OS process, so nobody may be killed.
    pub local: bool,
}

impl Environment {
    /// Reads the variables, each by `variable`.
    ///
    /// # Errors
    ///
    /// If a variable is missing that has no default, or does not say what it must.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let text = |name| variable(name).ok_or(EnvironmentError::Missing { name });
        let period = |name, default: Duration| match variable(name) {
            None => Ok(default),
            Some(value) => {
                parse_duration(&value).map_err(|error| EnvironmentError::wrong(name, &value, error))
            }
        };
        let slave = text("MESOS_SLAVE_PID")?;
        Ok(Self {
            framework_id: text("MESOS_FRAMEWORK_ID")?,
            executor_id: text("MESOS_EXECUTOR_ID")?,
            slave_id: text("MESOS_SLAVE_ID")?,
            slave: slave
                .parse()
                .map_err(|error| EnvironmentError::wrong("MESOS_SLAVE_PID", &slave, error))?,
            directory: text("MESOS_DIRECTORY")?,
            checkpoint: variable("MESOS_CHECKPOINT").is_some_and(|value| value == "1"),
            shutdown_grace_period: period("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", secs(5))?,
            recovery_timeout: period("MESOS_RECOVERY_TIMEOUT", mins(15))?,
            local: variable("MESOS_LOCAL").is_some(),
        })
    }
}

/// A variable that does not say what it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvironmentError {
    /// It is not there: whoever runs is no executor of an agent.
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// It is there and says something else.
    Wrong {
        /// Its name.
        name: &'static str,
        /// What it says.
        value: String,
        /// What is wrong with that.
        reason: String,
    },
}

impl EnvironmentError {
    fn wrong(name: &'static str, value: &str, reason: impl fmt::Display) -> Self {
        Self::Wrong {
            name,
            value: value.to_owned(),
            reason: reason.to_string(),
        }
    }
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name } => {
                write!(
                    f,
                    "{name} is not set: an executor is started by an agent, which sets it"
                )
            }
            Self::Wrong {
                name,
                value,
                reason,
            } => write!(f, "{name}={value}: {reason}"),
        }
    }
}

impl Error for EnvironmentError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Option<String> {
        let value = match name {
            "MESOS_FRAMEWORK_ID" => "F",
            "MESOS_EXECUTOR_ID" => "E",
            "MESOS_SLAVE_ID" => "S",
            "MESOS_SLAVE_PID" => "slave(1)@127.0.0.1:5051",
            "MESOS_DIRECTORY" => "/sandbox",
            "MESOS_CHECKPOINT" => "0",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn what_may_be_missing_has_the_originals_default() {
        let environment = Environment::read(variable).expect("complete");
        assert_eq!(environment.shutdown_grace_period, secs(5));
        assert_eq!(environment.recovery_timeout, mins(15));
        assert!(!environment.checkpoint && !environment.local);
    }

    #[test]
    fn an_error_names_the_variable() {
        let without = |name: &str| variable(name).filter(|_| name != "MESOS_SLAVE_ID");
        let error = Environment::read(without).expect_err("no agent");
        assert_eq!(
            error,
            EnvironmentError::Missing {
                name: "MESOS_SLAVE_ID"
            }
        );

        let endless = |name: &str| match name {
            "MESOS_RECOVERY_TIMEOUT" => Some("forever".to_owned()),
            name => variable(name),
        };
        let error = Environment::read(endless).expect_err("no duration");
        assert!(
            error
                .to_string()
                .starts_with("MESOS_RECOVERY_TIMEOUT=forever: "),
            "{error}"
        );
    }
}
