//! Run `cargo run --example subprocess`: a child counts, its output is read, and another is killed
//! with all that it started.

use libprocess::os::{Command, Redirect};
use libprocess::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = Runtime::builder().start()?;
    let reaper = runtime
        .reaper()
        .expect("a runtime of our own threads has one");

    let command = Command::shell("for i in 1 2 3; do echo $i; done; exit 3");
    let mut child = command.stdout(Redirect::Pipe).spawn(reaper)?;
    let output = child
        .take_stdout()
        .expect("it is piped")
        .read_to_end()
        .wait()?;
    print!("{}", String::from_utf8_lossy(&output));
    println!("{}", child.status().wait()?);

    // Killing spares nobody that the child has started: it leads a session of its own.
    let child = Command::shell("sleep 600 & sleep 600").spawn(reaper)?;
    child.kill_tree(9)?;
    println!("{}", child.status().wait()?);

    // A program that is not there is an error, not an exit status.
    if let Err(error) = Command::new("no-such-program").spawn(reaper) {
        println!("{error}");
    }
    Ok(())
}
