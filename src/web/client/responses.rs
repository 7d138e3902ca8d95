//! From the bytes of a connection to the responses on it.

use std::borrow::Cow;

use bytes::Bytes;

use crate::codec::content::{self, Content, Part};
use crate::codec::head::{ResponseHead, parse_response};
use crate::codec::{Error, Limits, Progress};
use crate::http::{Headers, Response, Status, Writer, pipe};
use crate::web::gathered::Gathered;

/// Takes the bytes that a server sends apart.
pub(super) struct Responses {
    limits: Limits,
    partial: Option<Partial>,
}

/// How a response is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// It answers a `HEAD`.
    pub(super) to_head: bool,
    /// It is handed out before its body is there.
    pub(super) is_streamed: bool,
}

/// What was heard.
pub(super) enum Heard {
    /// A response whose body is yet to come.
    Begun(Response),
    /// A response with all of its body, and whether the server keeps the connection.
    Whole(Response, bool),
    /// The end of the body of one that had begun, and whether the server keeps the connection.
    Ended(bool),
    /// Nobody wants the rest of a body.
    Unwanted,
}

/// A response whose body is yet to come.
struct Partial {
    status: Status,
    headers: Headers,
    keep_alive: bool,
    content: Content,
    place: Place,
}

/// Where a body goes.
enum Place {
    Gathered(Gathered),
    /// To somebody who reads it while it arrives.
    Piped(Writer),
}

impl Responses {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            partial: None,
        }
    }

    /// What comes next at the front of `input`, which is advanced. With `NeedMore` what is left
    /// of the input is the beginning of a head, or of what a [stalled](Self::stalled) reader has
    /// no room for.
    pub(super) fn next(&mut self, input: &mut &[u8], wanted: Wanted) -> Progress<Heard> {
        while self.partial.is_none() {
            match parse_response(input, wanted.to_head, &self.limits) {
                Progress::Done((head, length)) => {
                    *input = &input[length..];
                    // Interim responses say only that another one is to come.
                    if head.status < 200 {
                        continue;
                    }
                    let (partial, begun) = Partial::new(&head, wanted, &self.limits);
                    self.partial = Some(partial);
                    if let Some(response) = begun {
                        return Progress::Done(Heard::Begun(response));
                    }
                }
                Progress::NeedMore => return Progress::NeedMore,
                Progress::Wrong(error) => return Progress::Wrong(error),
            }
        }
        match self.body(input) {
            Ok(Some(heard)) => Progress::Done(heard),
            Ok(None) => Progress::NeedMore,
            Err(error) => Progress::Wrong(error),
        }
    }

    /// The pipe that has to be read before anything else can be taken, if there is one.
    pub(super) fn stalled(&self) -> Option<&Writer> {
        match &self.partial.as_ref()?.place {
            Place::Piped(writer) if !writer.is_ready() => Some(writer),
            _ => None,
        }
    }

    /// Whether somebody reads a body while it arrives.
    pub(super) fn is_read(&self) -> bool {
        let place = self.partial.as_ref().map(|partial| &partial.place);
        matches!(place, Some(Place::Piped(_)))
    }

    /// The server wrote its last: the response that ends with the connection, if there is one.
    ///
    /// # Errors
    ///
    /// A response was not complete.
    pub(super) fn end_of_input(&mut self) -> Result<Option<Heard>, Error> {
        let Some(partial) = &mut self.partial else {
            return Ok(None);
        };
        partial.content.end_of_input()?;
        loop {
            match partial.content.next(&mut &[][..]) {
                Progress::Done(Part::Data(data)) => {
                    partial.take(data);
                }
                Progress::Done(Part::End) | Progress::NeedMore => return Ok(self.finish()),
                Progress::Wrong(error) => return Err(error),
            }
        }
    }

    /// Nothing more comes: tells so whoever reads a body.
    pub(super) fn fail(&mut self, why: &str) {
        if let Some(Partial {
            place: Place::Piped(writer),
            ..
        }) = self.partial.take()
        {
            writer.fail(why);
        }
    }

    fn body(&mut self, input: &mut &[u8]) -> Result<Option<Heard>, Error> {
        while let Some(partial) = &mut self.partial {
            if matches!(&partial.place, Place::Piped(writer) if !writer.is_ready()) {
                return Ok(None);
            }
            match partial.content.next(input) {
                Progress::Done(Part::Data(data)) => {
                    if !partial.take(data) {
                        return Ok(Some(Heard::Unwanted));
                    }
                }
                Progress::Done(Part::End) => break,
                Progress::NeedMore => return Ok(None),
                Progress::Wrong(error) => return Err(error),
            }
        }
        Ok(self.finish())
    }

    fn finish(&mut self) -> Option<Heard> {
        let partial = self.partial.take()?;
        Some(match partial.place {
            Place::Gathered(body) => {
                let response = Response {
                    status: partial.status,
                    headers: partial.headers,
                    body: Bytes::from(body).into(),
                };
                Heard::Whole(response, partial.keep_alive)
            }
            Place::Piped(writer) => {
                writer.close();
                Heard::Ended(partial.keep_alive)
            }
        })
    }
}

impl Partial {
    /// With the response, if that is handed out at once.
    fn new(head: &ResponseHead<'_>, wanted: Wanted, limits: &Limits) -> (Self, Option<Response>) {
        let status = Status::new(head.status).expect("a code of the parser's range");
        let mut headers = head.headers();
        let limits = Limits {
            // Who reads a body while it arrives decides for how long.
            body_bytes: if wanted.is_streamed {
                usize::MAX
            } else {
                limits.body_bytes
            },
            ..*limits
        };
        let is_gzip = ["gzip", "x-gzip"]
            .iter()
            .any(|name| headers.get("Content-Encoding") == Some(name));
        if is_gzip {
            // Both would be said of a body that nobody gets to see.
            headers.remove("Content-Encoding");
            headers.remove("Content-Length");
        }
        let (place, begun) = if wanted.is_streamed {
            let (reader, writer) = pipe();
            let response = Response {
                status,
                headers: headers.clone(),
                body: reader.into(),
            };
            (Place::Piped(writer), Some(response))
        } else {
            (Place::Gathered(Gathered::default()), None)
        };
        let partial = Self {
            status,
            headers,
            keep_alive: head.keep_alive,
            content: Content::new(head.framing, is_gzip, &limits),
            place,
        };
        (partial, begun)
    }

    /// Takes a part of the body; whether anybody still wants it.
    fn take(&mut self, data: Cow<'_, [u8]>) -> bool {
        match &mut self.place {
            Place::Gathered(body) => {
                body.extend(&data);
                true
            }
            Place::Piped(writer) => writer.write(content::kept(data)),
        }
    }
}
