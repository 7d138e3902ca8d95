//! Settings that would start a runtime that nobody can reach, or none at all, are errors.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use libprocess::runtime::{Config, Runtime, StartError};

const ANY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

#[test]
fn without_one_the_error_names_both_settings() {
    let error = Runtime::builder().ip(ANY).start().unwrap_err();
    let expected = "ip (LIBPROCESS_IP) is 0.0.0.0, which stands for any address, but \
                    advertised_ip (LIBPROCESS_ADVERTISE_IP) is not set";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn advertising_any_address_is_no_better() {
    let any = Ipv6Addr::UNSPECIFIED;
    let error = Runtime::builder()
        .ip(any)
        .advertised_ip(any)
        .start()
        .unwrap_err();
    assert!(matches!(error, StartError::NoAdvertisedIp(_)), "{error}");
}

#[test]
fn an_advertised_address_is_what_processes_are_known_under() {
    let runtime = Runtime::builder()
        .ip(ANY)
        .advertised_ip([192, 0, 2, 7])
        .start()
        .unwrap();
    assert_eq!(runtime.address().ip(), IpAddr::from([192, 0, 2, 7]));
    assert_ne!(runtime.address().port(), 0);

    let elsewhere = Runtime::builder()
        .advertised_ip([192, 0, 2, 7])
        .advertised_port(80)
        .start();
    assert_eq!(elsewhere.unwrap().address().to_string(), "192.0.2.7:80");
}

#[test]
fn loopback_and_a_free_port_are_the_default() {
    let runtime = Runtime::builder().start().unwrap();
    assert_eq!(runtime.address().ip(), IpAddr::V4(Ipv4Addr::LOCALHOST));
    assert_ne!(runtime.address().port(), 0);
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let first = Runtime::builder().start().unwrap();
    let port = first.address().port();
    let error = Runtime::builder().port(port).start().unwrap_err();
    let expected = format!("cannot listen on 127.0.0.1:{port}: ");
    assert!(error.to_string().starts_with(&expected), "{error}");
}

#[test]
fn there_are_workers_but_not_too_many() {
    for workers in [0, 1025] {
        let error = Runtime::builder().workers(workers).start().unwrap_err();
        let expected = format!("workers is {workers}, but must be from 1 to 1024");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn what_is_set_last_holds() {
    let config = Config::from_variables([("LIBPROCESS_ADVERTISE_PORT", "81")]).unwrap();
    let builder = Runtime::builder().advertised_port(80);
    let runtime = builder
        .config(config)
        .config(Config::default())
        .start()
        .unwrap();
    assert_eq!(runtime.address().port(), 81);
}
