//! In the cluster manager, master, agent, scheduler and executor meet in messages alone.

use crate::Problem;
use crate::names::names;
use crate::sources::{Source, Sources};

/// The modules that would be programs on machines of their own.
const ROLES: &[&str] = &["master", "agent", "scheduler", "executor"];

const ROOT: &str = "examples/mesos/src/lib.rs";

pub(crate) fn check(sources: &Sources) -> Vec<Problem> {
    sources.files.iter().flat_map(check_file).collect()
}

fn check_file(source: &Source) -> Vec<Problem> {
    let Some(own) = role(source) else {
        return Vec::new();
    };
    names(source)
        .into_iter()
        .filter(|name| ["crate", "mesos"].contains(&name.segments[0].as_str()))
        .filter_map(|name| {
            let other = name.segments.get(1)?.clone();
            let meets = ROLES.contains(&other.as_str()) && other != own;
            meets.then(|| source.problem(name.line, format!("`{own}` names `{other}`")))
        })
        .collect()
}

/// The role that a file belongs to.
fn role(source: &Source) -> Option<String> {
    let module = source
        .module
        .as_ref()
        .filter(|module| module.root == ROOT)?;
    let first = module.path.first()?;
    ROLES.contains(&first.as_str()).then(|| first.clone())
}

#[cfg(test)]
mod tests {
    use super::{ROOT, check};
    use crate::assert_finds;

    #[test]
    fn roles_that_name_each_other_are_found() {
        let master = "examples/mesos/src/master/mod.rs";
        let agent = "examples/mesos/src/agent.rs";
        let files = [
            ("examples/mesos/Cargo.toml", ""),
            (ROOT, "mod agent; mod master; mod messages; mod local;"),
            (
                master,
                "use crate::messages::Ping;\nuse crate::{messages::Pong, agent::Agent};",
            ),
            (
                agent,
                "use super::messages::Ping;\nfn f() { super::master::start() }",
            ),
            (
                "examples/mesos/src/local.rs",
                "use crate::{agent::Agent, master::Master};",
            ),
            ("examples/mesos/src/messages.rs", ""),
        ];
        assert_finds(check, &files, &[(agent, 2), (master, 2)]);
    }
}
