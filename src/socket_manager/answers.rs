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
    has_begun: bool,
}

enum State {
    Head,
    /// Apart, since hardly any answer has one.
    Body(Box<Decoder>),
    /// These are no answers.
    Lost,
}

/// A head that was parsed.
struct Skipped {
    /// How many bytes it has.
    taken: usize,
    /// Whether it is the whole of an answer that says that a message was taken.
    is_plain: bool,
}

/// How many answers there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Of any kind.
    pub(super) answered: usize,
    /// Those that say that the message was not taken.
    pub(super) refused: usize,
    /// If the first of the connection is among them, whether it says that there was a receiver.
    pub(super) first: Option<bool>,
}

impl Answers {
    pub(super) fn new() -> Self {
        Self {
            state: State::Head,
            partial: Vec::new(),
            has_begun: false,
        }
    }

    /// Takes what was read and says how many answers began in it.
    pub(super) fn skip(&mut self, mut bytes: &[u8], limits: &Limits) -> Tally {
        let mut tally = Tally::default();
        while !bytes.is_empty() {
            match &mut self.state {
                State::Head => self.skip_head(&mut bytes, limits, &mut tally),
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

    fn skip_head(&mut self, bytes: &mut &[u8], limits: &Limits, tally: &mut Tally) {
        if self.partial.is_empty() {
            let input = *bytes;
            let Some(Skipped { taken, is_plain }) = self.parse(input, limits, tally) else {
                self.partial = std::mem::take(bytes).to_vec();
                return;
            };
            let (last, mut rest) = input.split_at(taken);
            // Peers repeat themselves, and to compare is cheaper than to parse.
            while is_plain && rest.starts_with(last) {
                rest = &rest[taken..];
                tally.answered += 1;
            }
            *bytes = rest;
            return;
        }
        let before = self.partial.len();
        let mut partial = std::mem::take(&mut self.partial);
        partial.extend_from_slice(bytes);
        match self.parse(&partial, limits, tally) {
            Some(skipped) => *bytes = &bytes[skipped.taken - before..],
            None => {
                self.partial = partial;
                *bytes = &[];
            }
        }
    }

    /// Parses a head at the front of `bytes`; none while it is incomplete.
    fn parse(&mut self, bytes: &[u8], limits: &Limits, tally: &mut Tally) -> Option<Skipped> {
        match parse_response(bytes, false, limits) {
            Progress::NeedMore => None,
            Progress::Wrong(_) => {
                self.state = State::Lost;
                Some(Skipped {
                    taken: bytes.len(),
                    is_plain: false,
                })
            }
            Progress::Done((head, taken)) => {
                let decoder = Decoder::new(head.framing, limits);
                // An interim answer, such as 100, is none yet.
                tally.answered += usize::from(head.status >= 200);
                tally.refused += usize::from(head.status >= 400);
                if head.status >= 200 && !std::mem::replace(&mut self.has_begun, true) {
                    tally.first = Some(head.status == 202);
                }
                let is_plain = decoder.is_ended() && head.status == 202;
                self.state = if decoder.is_ended() {
                    State::Head
                } else {
                    State::Body(Box::new(decoder))
                };
                Some(Skipped { taken, is_plain })
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
        Answers::new()
    }

    impl Answers {
        fn skip_by_default(&mut self, bytes: &[u8]) -> Tally {
            self.skip(bytes, &Limits::default())
        }
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
                let tally = answers.skip_by_default(part);
                sum.answered += tally.answered;
                sum.refused += tally.refused;
            }
            assert_eq!(sum, tally(6, 2), "in parts of {size}");
        }
    }

    #[test]
    fn an_interim_answer_is_none() {
        let text = ["HTTP/1.1 100 Continue\r\n\r\n", ACCEPTED].concat();
        let mut answers = answers();
        assert_eq!(answers.skip_by_default(text.as_bytes()).first, Some(true));
        assert_eq!(answers.skip_by_default(REFUSED.as_bytes()), tally(1, 1));
    }

    #[test]
    fn garbage_ends_the_counting_and_nothing_else() {
        let mut answers = answers();
        let first = answers.skip_by_default(ACCEPTED.as_bytes());
        assert_eq!((first.answered, first.first), (1, Some(true)));
        assert_eq!(
            answers.skip_by_default(b"what is this?\r\n\r\n"),
            tally(0, 0)
        );
        assert_eq!(answers.skip_by_default(ACCEPTED.as_bytes()), tally(0, 0));
    }
}
