//! Commands as messages have them.

use libprocess::os::Command;

use crate::messages::CommandInfo;

/// What a command means: a line for the shell, or a program with all of its arguments, its own
/// name among them.
pub fn command(info: &CommandInfo) -> Command {
    let value = info.value.as_deref().unwrap_or_default();
    if info.shell.unwrap_or(true) {
        return Command::shell(value);
    }
    match info.arguments.split_first() {
        Some((name, arguments)) => Command::new(value).named(name).args(arguments),
        None => Command::new(value),
    }
}
