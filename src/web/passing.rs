//! Bodies that are read while they arrive.

use crate::codec::content::{self, Content, Part};
use crate::codec::{Error, Progress};
use crate::http::Writer;

/// A body on its way to who reads it.
pub(super) struct Stream {
    pub(super) writer: Writer,
    pub(super) content: Content,
    /// How many bytes of it have arrived.
    pub(super) received: u64,
    /// Whether the connection goes on behind it.
    pub(super) keep_alive: bool,
}

/// What came of passing bytes on.
pub(super) enum Passing {
    /// The body was passed on to its end.
    Ended,
    /// The reader is behind, or more has to come.
    Waits,
    /// A part was passed on that took a while.
    Work,
    /// The reader is gone.
    Unwanted,
}

impl Stream {
    /// Passes on what there is, as far as the reader has room for it.
    pub(super) fn pass(&mut self, input: &mut &[u8]) -> Result<Passing, Error> {
        while self.writer.is_ready() {
            let before = input.len();
            let progress = self.content.next(input);
            self.received += (before - input.len()) as u64;
            let is_much = matches!(&progress, Progress::Done(part) if part.is_much_work());
            match progress {
                Progress::Done(Part::Data(data)) => {
                    if !self.writer.write(content::kept(data)) {
                        return Ok(Passing::Unwanted);
                    }
                    if is_much {
                        return Ok(Passing::Work);
                    }
                }
                Progress::Done(Part::End) => {
                    self.writer.close();
                    return Ok(Passing::Ended);
                }
                Progress::NeedMore => break,
                Progress::Wrong(error) => return Err(error),
            }
        }
        Ok(Passing::Waits)
    }
}
