//! A flag that is wrong is refused with what would be right, and status 2.

use std::process::Command;

#[test]
fn by_every_program() {
    for (program, arguments, said) in [
        (
            env!("CARGO_BIN_EXE_mesos-master"),
            vec!["--port=many"],
            "mesos-master: --port=many: allowed is a number from 0 to 65535",
        ),
        (
            env!("CARGO_BIN_EXE_mesos-agent"),
            vec!["--master=nowhere"],
            "mesos-agent: --master=nowhere: allowed is HOST:PORT of a known host",
        ),
        (
            env!("CARGO_BIN_EXE_mesos-execute"),
            vec!["--resources=much"],
            "mesos-execute: --resources=much: allowed is name:value;..., like cpus:0.1;mem:32",
        ),
        (
            env!("CARGO_BIN_EXE_mesos-local"),
            vec!["--what"],
            "mesos-local: --what is unknown: allowed are --agents",
        ),
    ] {
        let output = Command::new(program).args(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.starts_with(said), "{errors}");
        assert_eq!(output.status.code(), Some(2), "{program}");
    }
}

#[test]
fn by_its_variable_too() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mesos-local"));
    let output = command.env("MESOS_AGENTS", "some").output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("MESOS_AGENTS=some"), "{errors}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn and_an_executor_that_no_agent_started_says_so() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mesos-executor"));
    let output = command.env_remove("MESOS_SLAVE_PID").output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("MESOS_SLAVE_PID is not set"), "{errors}");
    assert_eq!(output.status.code(), Some(1));
}
