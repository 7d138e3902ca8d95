//! What a framework may say about itself.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::messages::FrameworkInfo;
use crate::messages::framework_info::capability::Type as Capability;
use crate::roles::EVERYBODY;
use crate::states::is_capable;
use crate::{ids, roles};

/// Refuses a framework whose description makes no sense.
///
/// # Errors
///
/// The first thing that is wrong with it.
pub fn check_framework(info: &FrameworkInfo) -> Result<(), String> {
    check_roles(info)?;
    if info.id.is_set() && !info.id.value.is_empty() {
        ids::check(&info.id.value).map_err(|why| format!("Invalid framework ID: {why}"))?;
    }
    if failover_timeout(info).is_none() {
        let timeout = info.failover_timeout.unwrap_or_default();
        return Err(format!(
            "The framework failover_timeout ({timeout}) is invalid"
        ));
    }
    for (role, filters) in &info.offer_filters {
        let least = &filters.min_allocatable_resources;
        let quantities = || {
            least
                .quantities
                .iter()
                .flat_map(|it| it.quantities.values())
        };
        if least.is_set() && least.quantities.iter().any(|it| it.quantities.is_empty()) {
            return Err(format!(
                "Invalid offer filters for role '{role}': \
                 Resource quantities must contain at least one quantity"
            ));
        }
        if !quantities().all(|quantity| quantity.value >= 0.0 && quantity.value.is_finite()) {
            return Err(format!(
                "Invalid offer filters for role '{role}': Invalid resource quantity"
            ));
        }
    }
    Ok(())
}

fn check_roles(info: &FrameworkInfo) -> Result<(), String> {
    if is_capable(info, Capability::MULTI_ROLE) {
        if info.role.is_some() {
            return Err(
                "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable"
                    .to_owned(),
            );
        }
        let distinct: BTreeSet<_> = info.roles.iter().collect();
        if distinct.len() < info.roles.len() {
            return Err("'FrameworkInfo.roles' must not contain duplicate items".to_owned());
        }
    } else if !info.roles.is_empty() {
        return Err(
            "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable"
                .to_owned(),
        );
    }
    for role in roles_of(info) {
        roles::check(&role)
            .map_err(|why| format!("'FrameworkInfo.role' is not a valid role: {why}"))?;
    }
    Ok(())
}

/// The roles that a framework is in.
pub fn roles_of(info: &FrameworkInfo) -> BTreeSet<String> {
    if is_capable(info, Capability::MULTI_ROLE) {
        return info.roles.iter().cloned().collect();
    }
    BTreeSet::from([info.role.as_deref().unwrap_or(EVERYBODY).to_owned()])
}

/// How long a framework may be away, if it says something possible.
///
/// Mesos takes negative timeouts and then never removes the framework.
pub fn failover_timeout(info: &FrameworkInfo) -> Option<Duration> {
    let seconds = info.failover_timeout.unwrap_or_default();
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|timeout| *timeout <= LONGEST)
}

/// What 64 bits of nanoseconds can count.
const LONGEST: Duration = Duration::from_nanos(i64::MAX as u64);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{FrameworkID, framework_info};

    #[test]
    fn a_framework_has_one_role_or_many() {
        let mut one = FrameworkInfo {
            role: Some("web".into()),
            ..FrameworkInfo::default()
        };
        assert_eq!(check_framework(&one), Ok(()));
        assert_eq!(
            roles_of(&FrameworkInfo::default()),
            BTreeSet::from(["*".into()])
        );
        one.roles = vec!["web".into()];
        assert!(check_framework(&one).is_err());

        let mut many = FrameworkInfo {
            roles: vec!["a".into(), "b".into()],
            ..Default::default()
        };
        let r#type = Some(Capability::MULTI_ROLE);
        many.capabilities = vec![framework_info::Capability {
            r#type,
            ..Default::default()
        }];
        assert_eq!(check_framework(&many), Ok(()));
        assert_eq!(roles_of(&many).len(), 2);
        many.roles.push("a".into());
        assert!(check_framework(&many).is_err());
        many.roles = vec!["a b".into()];
        assert!(check_framework(&many).is_err());
    }

    #[test]
    fn a_failover_timeout_is_a_duration() {
        for (seconds, valid) in [(0.0, true), (604_800.0, true), (-1.0, false), (1e10, false)] {
            let failover_timeout = Some(seconds);
            let info = FrameworkInfo {
                failover_timeout,
                ..FrameworkInfo::default()
            };
            assert_eq!(check_framework(&info).is_ok(), valid, "{seconds}");
        }
    }

    #[test]
    fn an_id_must_fit_into_a_path() {
        let info = FrameworkInfo {
            id: FrameworkID::from("a/b").into(),
            ..FrameworkInfo::default()
        };
        assert!(check_framework(&info).is_err());
        let empty = FrameworkInfo {
            id: FrameworkID::from("").into(),
            ..FrameworkInfo::default()
        };
        assert_eq!(check_framework(&empty), Ok(()), "which is none");
    }
}
