//! What peers answer to messages: read, counted, thrown away.

use crate::codec::body::{Decoder, Piece};
use crate::codec::head::parse_response;
use crate::codec::{Limits, Progress};

/// Skips the answers on one connection.
///
/// A peer answers each message with `202 Accepted`, or with `404 Not Found` where it has no such
/// process. A sender has to bear anything, as in libprocess; what is no answer at all ends the
/// counting, and nothing else.
pub(super) struct Answers {
    state: State,
    /// The bytes of a head that has not arrived whole.
    partial: Vec<u8>,
    /// The last head without a body. Peers repeat it, so the next bytes are compared with it
    /// before they are parsed.
    last: Vec<u8>,
    has_begun: bool,
    limits: Limits,
}

enum State {
    Head,
    Body(Decoder),
    /// These are no answers.
    Lost,
}

/// How many answers there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Of any kind.
    pub(super) answered: usize,
    /// Those that say that the message had no receiver.
    pub(super) refused: usize,
    /// If the first of the connection is among them, whether it says that there was a receiver.
    pub(super) first: Option<bool>,
}

impl Answers {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            state: State::Head,
            partial: Vec::new(),
            last: Vec::new(),
            has_begun: false,
            limits,
        }
    }

    /// Takes what was read and says how many answers began in it.
    pub(super) fn skip(&mut self, mut bytes: &[u8]) -> Tally {
        let mut tally = Tally::default();
        while !bytes.is_empty() {
            match &mut self.state {
                State::Head => self.skip_head(&mut bytes, &mut tally),
                State::Body(decoder) => match decoder.next(&mut bytes) {
                    Progress::Done(Piece::Data(_)) | Progress::NeedMore => {}
                    Progress::Done(Piece::End) => self.state = State::Head,
                    Progress::Wrong(_) => self.state = State::Lost,
                },
                State::Lost => return tally,
            }
            if matches!(&self.state, State::Body(decoder) if decoder.is_ended()) {
                self.state = State::Head;
            }
        }
        tally
    }

    fn skip_head(&mut self, bytes: &mut &[u8], tally: &mut Tally) {
        if self.partial.is_empty() {
            let same = |bytes: &[u8], last: &[u8]| !last.is_empty() && bytes.starts_with(last);
            while same(bytes, &self.last) {
                *bytes = &bytes[self.last.len()..];
                tally.answered += 1;
            }
            let taken = self.parse(bytes, tally);
            match taken {
                Some(taken) => *bytes = &bytes[taken..],
                None => self.partial = std::mem::take(bytes).to_vec(),
            }
            return;
        }
        let before = self.partial.len();
        let mut partial = std::mem::take(&mut self.partial);
        partial.extend_from_slice(bytes);
        match self.parse(&partial, tally) {
            Some(taken) => *bytes = &bytes[taken - before..],
            None => {
                self.partial = partial;
                *bytes = &[];
            }
        }
    }

    /// Parses a head at the front of `bytes` and says how many of them it took; none while it is
    /// incomplete.
    fn parse(&mut self, bytes: &[u8], tally: &mut Tally) -> Option<usize> {
        match parse_response(bytes, false, &self.limits) {
            Progress::NeedMore => None,
            Progress::Wrong(_) => {
                self.state = State::Lost;
                Some(bytes.len())
            }
            Progress::Done((head, taken)) => {
                let decoder = Decoder::new(head.framing, &self.limits);
                // An interim answer, such as 100, is none yet.
                tally.answered += usize::from(head.status >= 200);
                tally.refused += usize::from(head.status == 404);
                if head.status >= 200 && !std::mem::replace(&mut self.has_begun, true) {
                    tally.first = Some(head.status == 202);
                }
                if decoder.is_ended() && head.status == 202 {
                    self.last.clear();
                    self.last.extend_from_slice(&bytes[..taken]);
                }
                self.state = State::Body(decoder);
                Some(taken)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCEPTED: &str = "HTTP/1.1 202 Accepted\r\nDate: Thu, 20 Nov 2025 23:59:59 GMT\r\n\
                            Content-Length: 0\r\n\r\n";
    const REFUSED: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 14\r\n\r\n404 Not Found.";
    const CHUNKED: &str = "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n\
                           2\r\nno\r\n0\r\n\r\n";

    fn answers() -> Answers {
        Answers::new(Limits::default())
    }

    fn tally(answered: usize, refused: usize) -> Tally {
        Tally {
            answered,
            refused,
            first: None,
        }
    }

    #[test]
    fn counts_answers_however_they_are_cut() {
        let other_date = ACCEPTED.replace("59:59", "00:00");
        let text = [ACCEPTED, ACCEPTED, REFUSED, CHUNKED, &other_date, ACCEPTED].concat();
        for size in 1..=text.len() {
            let mut answers = answers();
            let mut sum = Tally::default();
            for part in text.as_bytes().chunks(size) {
                let tally = answers.skip(part);
                sum.answered += tally.answered;
                sum.refused += tally.refused;
            }
            assert_eq!(sum, tally(6, 1), "in parts of {size}");
        }
    }

    #[test]
    fn an_interim_answer_is_none() {
        let text = ["HTTP/1.1 100 Continue\r\n\r\n", ACCEPTED].concat();
        let mut answers = answers();
        assert_eq!(answers.skip(text.as_bytes()).first, Some(true));
        assert_eq!(answers.skip(REFUSED.as_bytes()), tally(1, 1));
    }

    #[test]
    fn garbage_ends_the_counting_and_nothing_else() {
        let mut answers = answers();
        let first = answers.skip(ACCEPTED.as_bytes());
        assert_eq!((first.answered, first.first), (1, Some(true)));
        assert_eq!(answers.skip(b"what is this?\r\n\r\n"), tally(0, 0));
        assert_eq!(answers.skip(ACCEPTED.as_bytes()), tally(0, 0));
    }
}
