//! What `WWW-Authenticate` says is read, however many challenges there are
//! (`HTTPTest.WWWAuthenticateHeader`).

use libprocess::http::authentication::{Challenge, InvalidChallenge};
use libprocess::http::{Response, Status};
use proptest::prelude::*;

fn read(text: &str) -> Result<Vec<String>, InvalidChallenge> {
    let response = Response::new(Status::UNAUTHORIZED);
    let response = response.with_header("WWW-Authenticate", text).unwrap();
    let written =
        |challenge: &Challenge| format!("{} {:?}", challenge.scheme, challenge.parameters);
    Ok(response.challenges()?.iter().map(written).collect())
}

#[test]
fn a_scheme_and_its_parameters() {
    for (text, expected) in [
        (
            "Basic realm=\"basic-realm\"",
            &["Basic {\"realm\": \"basic-realm\"}"][..],
        ),
        (
            "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",\
             scope=\"repository:gilbertsong/inky:pull\"",
            &["Bearer {\"realm\": \"https://auth.docker.io/token\", \
               \"scope\": \"repository:gilbertsong/inky:pull\", \
               \"service\": \"registry.docker.io\"}"],
        ),
        (
            "Digest realm=\"a=b, c=d\" , Nonce = x",
            &["Digest {\"nonce\": \"x\", \"realm\": \"a=b, c=d\"}"],
        ),
        (
            "Basic realm=\"say \\\"a\\\"\"",
            &["Basic {\"realm\": \"say \\\"a\\\"\"}"],
        ),
        // C++ libprocess reads one challenge only.
        (
            "Basic realm=a, Bearer realm=b, error=c",
            &[
                "Basic {\"realm\": \"a\"}",
                "Bearer {\"error\": \"c\", \"realm\": \"b\"}",
            ],
        ),
    ] {
        assert_eq!(read(text).unwrap(), expected, "{text}");
    }
    assert_eq!(Response::not_found().challenges(), Ok(Vec::new()));
}

#[test]
fn what_is_none_is_refused() {
    for text in [
        "",
        " ",
        ",",
        "Digest =",
        "Digest =,=",
        "Digest realm=",
        "Digest realm=\"open",
        "Digest \"realm\"=\"a\"",
        "Digest uri=\"/\",\"qop\"=\"auth\",realm=\"a\"",
        "realm=\"a\"",
    ] {
        assert_eq!(read(text), Err(InvalidChallenge::Malformed), "{text:?}");
    }
    for text in [
        "Digest",
        "Digest ",
        "Digest ,,",
        "Digest uri=\"/\"",
        "Basic realm=a, Bearer error=b",
    ] {
        let error = read(text).unwrap_err();
        assert!(matches!(error, InvalidChallenge::NoRealm), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_we_write_is_read(realms in proptest::collection::vec("[ -~]{0,12}", 1..4)) {
        let quoted = |realm: &String| {
            let realm = realm.replace('\\', "\\\\").replace('"', "\\\"");
            format!("Basic realm=\"{realm}\"")
        };
        let challenges: Vec<_> = realms.iter().map(quoted).collect();
        let challenges: Vec<_> = challenges.iter().map(String::as_str).collect();
        let response = Response::unauthorized(&challenges).unwrap();
        let read = response.challenges().unwrap();
        let read: Vec<_> = read.iter().map(Challenge::realm).collect();
        prop_assert_eq!(read, realms);
    }

    #[test]
    fn no_text_panics(text in "[\"\\\\=, a-c]{0,20}") {
        let _ = Challenge::parse(&text);
    }
}
