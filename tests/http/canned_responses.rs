//! The responses that libprocess has ready, text for text.

use libprocess::http::{Body, Method, Response, Status};

fn text(response: &Response) -> String {
    String::from_utf8(response.body.bytes().unwrap().to_vec()).unwrap()
}

#[test]
fn a_status_names_itself() {
    for (status, expected) in [
        (Status::BAD_REQUEST, "400 Bad Request."),
        (Status::UNAUTHORIZED, "401 Unauthorized."),
        (Status::FORBIDDEN, "403 Forbidden."),
        (Status::NOT_FOUND, "404 Not Found."),
        (Status::NOT_ACCEPTABLE, "406 Not Acceptable."),
        (Status::CONFLICT, "409 Conflict."),
        (Status::PRECONDITION_FAILED, "412 Precondition Failed."),
        (
            Status::UNSUPPORTED_MEDIA_TYPE,
            "415 Unsupported Media Type.",
        ),
        (Status::INTERNAL_SERVER_ERROR, "500 Internal Server Error."),
        (Status::NOT_IMPLEMENTED, "501 Not Implemented."),
        (Status::SERVICE_UNAVAILABLE, "503 Service Unavailable."),
    ] {
        let response = Response::canned(status);
        assert_eq!(response.status, status);
        assert_eq!(text(&response), expected);
        assert_eq!(
            response.header("content-type"),
            Some("text/plain; charset=utf-8")
        );
    }
    assert_eq!(Response::not_found(), Response::canned(Status::NOT_FOUND));
    let error = Response::internal_server_error();
    assert_eq!(error, Response::canned(Status::INTERNAL_SERVER_ERROR));
}

#[test]
fn reasons_are_those_of_rfc_2616() {
    for (code, expected) in [
        (408, "408 Request Time-out"),
        (413, "413 Request Entity Too Large"),
        (414, "414 Request-URI Too Large"),
        (416, "416 Requested range not satisfiable"),
        (504, "504 Gateway Time-out"),
        (505, "505 HTTP Version not supported"),
        (418, "418"),
    ] {
        assert_eq!(Status::new(code).unwrap().to_string(), expected);
    }
    assert_eq!(Status::new(1337), None);
    assert_eq!(Status::new(99), None);
}

#[test]
fn texts_and_nothing() {
    assert_eq!(text(&Response::ok("body")), "body");
    assert_eq!(
        Response::ok("").header("Content-Type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(Response::accepted().body, Body::Empty);
    assert!(Response::accepted().headers.is_empty());
    assert_eq!(
        text(&Response::bad_request("No help available")),
        "No help available"
    );
}

#[test]
fn what_comes_with_a_header() {
    let redirect = Response::temporary_redirect("//leader:5050/redirect").unwrap();
    assert_eq!(redirect.header("Location"), Some("//leader:5050/redirect"));
    assert_eq!(redirect.body, Body::Empty);
    assert!(Response::temporary_redirect("/\r\nSet-Cookie: a=b").is_err());
    let unauthorized =
        Response::unauthorized(&["Basic realm=\"a\"", "Bearer realm=\"b\""]).unwrap();
    let challenges = "Basic realm=\"a\", Bearer realm=\"b\"";
    assert_eq!(unauthorized.header("WWW-Authenticate"), Some(challenges));
    assert_eq!(text(&unauthorized), "401 Unauthorized.");
    let not_allowed = Response::method_not_allowed(&[Method::GET], Method::DELETE);
    let expected = "405 Method Not Allowed. Expecting one of { 'GET' }, but received 'DELETE'.";
    assert_eq!(text(&not_allowed), expected);
}

#[test]
fn json() {
    let value = serde_json::json!({"a": [1, 2.0, "x"]});
    let response = Response::json(&value);
    assert_eq!(response.header("Content-Type"), Some("application/json"));
    assert_eq!(text(&response), r#"{"a":[1,2.0,"x"]}"#);
    let response = Response::jsonp(&value, Some("cb"));
    assert_eq!(response.header("Content-Type"), Some("text/javascript"));
    assert_eq!(text(&response), r#"cb({"a":[1,2.0,"x"]})"#);
    let no_json = std::collections::BTreeMap::from([((1, 2), 3)]);
    assert_eq!(Response::json(&no_json), Response::internal_server_error());
}
