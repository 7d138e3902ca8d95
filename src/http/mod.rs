//! Requests and responses: messages of HTTP as values, and their bytes. No sockets.
//!
//! A handler is given a [`Request`] and answers with a [`Response`]. What it says is turned to
//! bytes by [`Response::encode_head`], which sees to everything that is the connection's business:
//! `Date`, how the body is framed, whether the connection stays. A body is all there, or it is a
//! pipe and is sent as it is written.
//!
//! ```
//! use libprocess::http::{Method, Request, Response, Status};
//!
//! fn handle(request: &Request) -> Response {
//!     match request.query("name") {
//!         Some(name) => Response::ok(format!("hello {name}")),
//!         None => Response::bad_request("Who are you?"),
//!     }
//! }
//!
//! let request = Request::new(Method::GET, "/greet?name=J%C3%BCrgen")?;
//! assert_eq!(handle(&request).body, "hello Jürgen".into());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod authentication;

mod absolute_url;
mod accept;
mod body;
mod encode;
mod media;
mod method;
mod path;
mod pipe;
mod request;
mod response;
mod status;

pub(crate) use absolute_url::is_of_host;
pub use absolute_url::{AbsoluteUrl, InvalidUrl};
pub use body::Body;
pub use encode::{Date, Exchange, InvalidTarget, Sending};
pub use media::media_type;
pub use method::{Method, UnknownMethod};
pub use path::{PathMismatch, parse_path};
pub use pipe::{Reader, Writer, pipe, pipe_of};
pub use request::{Head, Request, Url};
pub use response::Response;
pub use status::Status;

pub use crate::codec::headers::{Headers, InvalidHeader};
pub use crate::codec::url::{BadEscape, Query};
