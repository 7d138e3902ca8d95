//! A run in an OS process of its own: this program started again with `one`.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::machine::Load;
use crate::systems::Column;
use crate::workloads::{Measured, Scale};

/// One workload on one system.
#[derive(Clone, Copy)]
pub struct Run {
    pub column: &'static Column,
    pub workload: &'static str,
    pub workers: usize,
    pub scale: Scale,
}

/// What a run printed.
pub struct Printed {
    pub rows: Vec<Measured>,
    /// What it, or the tool that watched it, wrote on its standard error.
    pub errors: String,
    /// How many cores others had meanwhile.
    pub others: f64,
}

impl Run {
    /// Runs it, under the words of a tool if there are any.
    ///
    /// # Errors
    ///
    /// What went wrong: it did not start, end in time or end well, or printed something else.
    pub fn run(&self, tool: &[&str]) -> Result<Printed, String> {
        let load = Load::now();
        let mut child = self.start(tool).map_err(|error| error.to_string())?;
        let status = ends_within(&mut child, LONGEST)?;
        let others = load.others();
        let printed = text(child.stdout.take());
        let errors = text(child.stderr.take());
        if !status.success() {
            return Err(format!("{status}: {errors}"));
        }
        let rows: Result<_, _> = printed.lines().map(serde_json::from_str).collect();
        let rows = rows.map_err(|error| format!("it printed {printed:?}: {error}"))?;
        Ok(Printed {
            rows,
            errors,
            others,
        })
    }

    fn start(&self, tool: &[&str]) -> std::io::Result<Child> {
        let this = std::env::current_exe()?;
        let mut command = match tool {
            [] => Command::new(this),
            [tool, options @ ..] => {
                let mut command = Command::new(tool);
                command.args(options).arg(this);
                command
            }
        };
        command
            .args(["one", self.column.name, self.workload])
            .args([self.workers.to_string(), self.scale.0.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    }
}

/// What is in a pipe whose writer is gone. It fits: the writer never waited for a reader.
fn text(pipe: Option<impl Read>) -> String {
    let mut text = String::new();
    let mut pipe = pipe.expect("it was asked for");
    match pipe.read_to_string(&mut text) {
        Ok(_) => text,
        Err(error) => format!("{error}"),
    }
}

fn ends_within(child: &mut Child, limit: Duration) -> Result<ExitStatus, String> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok(status);
        }
        if start.elapsed() > limit {
            child.kill().map_err(|error| error.to_string())?;
            child.wait().map_err(|error| error.to_string())?;
            return Err(format!("not done after {} s", limit.as_secs()));
        }
        thread::sleep(Duration::from_millis(5));
    }
}

const LONGEST: Duration = Duration::from_secs(100);
