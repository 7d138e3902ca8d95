//! From the bytes of a connection to the responses on it.

use bytes::Bytes;

use crate::codec::body::{Decoder, Piece};
use crate::codec::head::parse_response;
use crate::codec::{Error, Limits, Progress};
use crate::http::{Body, Headers, Response, Status};

/// Takes the bytes that a server sends apart.
pub(super) struct Responses {
    limits: Limits,
    partial: Option<Partial>,
}

/// A response whose body is yet to come.
struct Partial {
    status: Status,
    headers: Headers,
    keep_alive: bool,
    decoder: Decoder,
    gathered: Vec<u8>,
}

impl Responses {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            partial: None,
        }
    }

    /// The next response at the front of `input`, which is advanced, and whether the server keeps
    /// the connection. With `NeedMore` what is left of the input is the beginning of a head.
    ///
    /// `to_head`: whether it answers a `HEAD`.
    pub(super) fn next(&mut self, input: &mut &[u8], to_head: bool) -> Progress<(Response, bool)> {
        while self.partial.is_none() {
            match parse_response(input, to_head, &self.limits) {
                Progress::Done((head, length)) => {
                    *input = &input[length..];
                    let status = Status::new(head.status).expect("a code of the parser's range");
                    // Interim responses say only that another one is to come.
                    if head.status >= 200 {
                        self.partial = Some(Partial {
                            status,
                            headers: head.headers(),
                            keep_alive: head.keep_alive,
                            decoder: Decoder::new(head.framing, &self.limits),
                            gathered: Vec::new(),
                        });
                    }
                }
                Progress::NeedMore => return Progress::NeedMore,
                Progress::Wrong(error) => return Progress::Wrong(error),
            }
        }
        self.body(input)
    }

    /// The server wrote its last: the response that ends with the connection, if there is one.
    ///
    /// # Errors
    ///
    /// A response was not complete.
    pub(super) fn end_of_input(&mut self) -> Result<Option<Response>, Error> {
        match &mut self.partial {
            Some(partial) => partial.decoder.end_of_input()?,
            None => return Ok(None),
        }
        Ok(self.finish().map(|(response, _)| response))
    }

    fn body(&mut self, input: &mut &[u8]) -> Progress<(Response, bool)> {
        while let Some(partial) = &mut self.partial {
            match partial.decoder.next(input) {
                Progress::Done(Piece::Data(data)) => partial.gathered.extend_from_slice(data),
                Progress::Done(Piece::End) => break,
                Progress::NeedMore => return Progress::NeedMore,
                Progress::Wrong(error) => return Progress::Wrong(error),
            }
        }
        self.finish().map_or(Progress::NeedMore, Progress::Done)
    }

    fn finish(&mut self) -> Option<(Response, bool)> {
        let Partial {
            status,
            headers,
            keep_alive,
            gathered,
            ..
        } = self.partial.take()?;
        let body = Body::from(Bytes::from(gathered));
        Some((
            Response {
                status,
                headers,
                body,
            },
            keep_alive,
        ))
    }
}
