//! Passwords and tokens say who asks, and any of several ways will do.
//!
//! The names in brackets are those of the tests of C++ libprocess of the same behaviour.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use libprocess::clock::Clock;
use libprocess::http::authentication::{Authentication, Authenticator, Principal};
use libprocess::http::{Method, Request, Response, Status};
use libprocess::time::Time;
use libprocess::web::authentication::{Basic, Combined, Jwt, JwtError, Token};
use serde_json::json;

fn request(authorization: Option<&str>) -> Request {
    let request = Request::new(Method::GET, "/").unwrap();
    match authorization {
        Some(value) => request.with_header("Authorization", value).unwrap(),
        None => request,
    }
}

fn ask(
    authenticator: &dyn Authenticator,
    authorization: Option<&str>,
) -> Result<Principal, Response> {
    match authenticator
        .authenticate(&request(authorization))
        .wait()
        .unwrap()
    {
        Authentication::Known(principal) => Ok(principal),
        Authentication::Unauthorized(response) | Authentication::Forbidden(response) => {
            Err(response)
        }
    }
}

fn challenge(response: &Response) -> &str {
    response.header("WWW-Authenticate").unwrap()
}

fn basic() -> Basic {
    Basic::new("realm", [("user", "password"), ("ann", "s:ecret")])
}

fn jwt() -> Jwt {
    Jwt::new(
        "realm",
        "secret",
        &Clock::paused_at(Time::from_nanos(2_000_000_000)),
    )
}

/// (`HttpAuthenticationTest.Basic`; passwords with colons are better than there)
#[test]
fn names_and_passwords() {
    let basic = basic();
    for text in [
        "user:wrong",
        "wrong:password",
        "user",
        ":",
        "ann:s",
        "user:password:",
        "",
    ] {
        let credentials = format!("Basic {}", STANDARD.encode(text));
        let response = ask(&basic, Some(&credentials)).unwrap_err();
        assert_eq!(response.status, Status::UNAUTHORIZED, "{text}");
        assert_eq!(challenge(&response), "Basic realm=\"realm\"");
    }
    for authorization in [
        None,
        Some("Basic"),
        Some("Basic ???"),
        Some("Bearer dXNlcjpwYXNzd29yZA=="),
    ] {
        assert!(ask(&basic, authorization).is_err());
    }
    for (text, name) in [("user:password", "user"), ("ann:s:ecret", "ann")] {
        for scheme in ["Basic", "basic"] {
            let credentials = format!("{scheme} {}", STANDARD.encode(text));
            assert_eq!(ask(&basic, Some(&credentials)), Ok(Principal::named(name)));
        }
    }
}

/// (`HttpAuthenticationTest.JWT`)
#[test]
fn signed_tokens() {
    let jwt = jwt();
    let payload = json!({ "foo": 1234, "sub": "user" });
    let token = Token::new(payload.as_object().unwrap().clone());
    let error = |authorization: Option<&str>| {
        let response = ask(&jwt, authorization).unwrap_err();
        assert_eq!(response.status, Status::UNAUTHORIZED);
        challenge(&response).to_owned()
    };
    assert_eq!(error(None), "Bearer realm=\"realm\"");
    let invalid = |description| {
        format!(
            "Bearer realm=\"realm\", error=\"invalid_token\", error_description=\"{description}\""
        )
    };
    assert_eq!(
        error(Some("Basic dTpw")),
        invalid("Scheme 'Basic' unsupported")
    );
    assert_eq!(
        error(Some("Bearer")),
        invalid("Malformed 'Authorization' header")
    );
    let other = format!("Bearer {}", token.sign(b"other"));
    assert_eq!(error(Some(&other)), invalid("Invalid JWT: wrong signature"));
    let empty = format!("Bearer {}", Token::new(Default::default()).sign(b"secret"));
    assert_eq!(error(Some(&empty)), invalid("JWT claims missing"));

    let principal = ask(&jwt, Some(&format!("Bearer {}", token.sign(b"secret")))).unwrap();
    assert_eq!(principal.value, None);
    let claims = [("foo", "1234"), ("sub", "user")];
    let claims = claims.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(principal.claims, claims.into());
}

/// (`JWTTest.Parse`, `JWTTest.Stringify`, as far as they are about HS256)
#[test]
fn tokens_are_read_strictly() {
    let now = Time::from_nanos(2_000_000_000);
    let signed = |header: &str, payload: &str| {
        // By hand, since a `Token` is never wrong.
        let text = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(payload)
        );
        sign(&text)
    };
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    for (text, error) in [
        ("a.b".to_owned(), JwtError::Parts),
        (signed(header, "{}") + ".x", JwtError::Parts),
        (signed("?", "{}"), JwtError::Header),
        (signed(r#"{"typ":"JWT"}"#, "{}"), JwtError::Header),
        (signed(r#"{"alg":"HS256","typ":1}"#, "{}"), JwtError::Header),
        (signed(r#"{"alg":"RS512"}"#, "{}"), JwtError::Algorithm),
        (signed(r#"{"alg":"none"}"#, "{}"), JwtError::Algorithm),
        (
            signed(r#"{"alg":"HS256","crit":[]}"#, "{}"),
            JwtError::Critical,
        ),
        (signed(header, "[]"), JwtError::Payload),
        (signed(header, r#"{"exp":"soon"}"#), JwtError::Expiry),
        (signed(header, r#"{"exp":0}"#), JwtError::Expired),
        (signed(header, r#"{"exp":1}"#), JwtError::Expired),
    ] {
        assert_eq!(Token::parse(&text, b"secret", now), Err(error), "{text}");
    }
    for payload in [r#"{"exp":2}"#, r#"{"exp":9999999999,"sub":"foo"}"#, "{}"] {
        assert!(Token::parse(&signed(header, payload), b"secret", now).is_ok());
    }
    let whole = signed(header, "{}");
    for cut in 0..whole.len() {
        assert!(Token::parse(&whole[..cut], b"secret", now).is_err());
    }
    let expected = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjk5OTk5OTk5OTksInN1YiI6ImZvbyJ9\
                    .7dwSK1mIRKqJTPQT8-AGnI-r8nnefw2hhai3kgBg7bs";
    let payload = json!({ "exp": 9_999_999_999_u64, "sub": "foo" });
    let token = Token::new(payload.as_object().unwrap().clone());
    assert_eq!(token.sign(b"secret"), expected);
}

fn sign(text: &str) -> String {
    use hmac::Mac as _;
    let mut hmac = hmac::Hmac::<sha2::Sha256>::new_from_slice(b"secret").unwrap();
    hmac.update(text.as_bytes());
    format!(
        "{text}.{}",
        URL_SAFE_NO_PAD.encode(hmac.finalize().into_bytes())
    )
}

#[test]
fn any_of_several() {
    let combined = Combined::new([Arc::new(basic()) as Arc<dyn Authenticator>, Arc::new(jwt())]);
    assert_eq!(combined.scheme(), "Basic Bearer");
    let credentials = format!("Basic {}", STANDARD.encode("user:password"));
    assert_eq!(
        ask(&combined, Some(&credentials)),
        Ok(Principal::named("user"))
    );
    let payload = json!({ "sub": "user" });
    let token = Token::new(payload.as_object().unwrap().clone()).sign(b"secret");
    assert!(ask(&combined, Some(&format!("Bearer {token}"))).is_ok());

    let response = ask(&combined, None).unwrap_err();
    let challenges: Vec<_> = response.headers.get_all("WWW-Authenticate").collect();
    assert_eq!(
        challenges,
        ["Basic realm=\"realm\"", "Bearer realm=\"realm\""]
    );
    let body = response.body.bytes().unwrap();
    assert!(body.starts_with(b"\"Basic\" authenticator returned:\n401 Unauthorized."));
    let nobody = Combined::new([]).authenticate(&request(None)).wait();
    assert!(nobody.is_err());
}
