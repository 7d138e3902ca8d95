//! A pipe hands over what is written, and tells each end what became of the other.

use bytes::Bytes;
use libprocess::future::{Error, Failure, Future};
use libprocess::http::{Body, pipe};

fn failed(message: &str) -> Result<Bytes, Error> {
    Err(Error::Failed(Failure::new(message)))
}

fn ready(chunk: &'static str) -> Result<Bytes, Error> {
    Ok(Bytes::from(chunk))
}

#[test]
fn chunks_come_out_as_they_went_in_until_the_end() {
    let (reader, writer) = pipe();
    let read = reader.read();
    assert!(writer.write(""));
    assert!(read.is_pending());
    assert!(writer.write("hello"));
    assert_eq!(read.wait(), ready("hello"));
    assert!(writer.write("a") && writer.write("b"));
    assert_eq!(reader.read().wait(), ready("a"));
    assert!(writer.close());
    assert_eq!(reader.read().wait(), ready("b"));
    assert_eq!(reader.read().wait(), ready(""));
    assert_eq!(reader.read().wait(), ready(""));
    assert!(!writer.write("too late") && !writer.close() && !writer.fail("too late"));
    assert!(reader.close() && !reader.close());
    assert!(writer.reader_closed().is_discarded());
}

#[test]
fn an_end_reaches_whoever_waits() {
    let (reader, writer) = pipe();
    let reads = [reader.read(), reader.read(), reader.read()];
    assert!(writer.write("x") && writer.close());
    assert_eq!(reads.map(Future::wait), [ready("x"), ready(""), ready("")]);
}

#[test]
fn a_failure_stands_behind_what_was_written() {
    let (reader, writer) = pipe();
    assert!(writer.write("data") && writer.fail("disconnected!"));
    assert_eq!(reader.read().wait(), ready("data"));
    assert_eq!(reader.read().wait(), failed("disconnected!"));
    assert_eq!(reader.read().wait(), failed("disconnected!"));
    assert!(!writer.close() && !writer.fail("again"));
    assert!(reader.close());
    assert!(writer.reader_closed().is_discarded());

    let (reader, writer) = pipe();
    let read = reader.read();
    assert!(writer.fail("disconnected!"));
    assert_eq!(read.wait(), failed("disconnected!"));
}

#[test]
fn a_reader_that_closes_tells_the_writer() {
    let (reader, writer) = pipe();
    let closed = writer.reader_closed();
    assert!(writer.write("never read"));
    assert!(closed.is_pending());
    assert!(reader.close());
    assert_eq!(closed.wait(), Ok(()));
    assert_eq!(reader.read().wait(), failed("closed"));
    assert!(!writer.write("x") && writer.close() && !writer.close());

    let (reader, _writer) = pipe();
    let read = reader.read();
    assert!(reader.close());
    assert_eq!(read.wait(), failed("closed"));
}

#[test]
fn all_of_it_can_be_had_at_once() {
    let (reader, writer) = pipe();
    assert!(writer.write("hel"));
    let all = reader.read_all();
    assert!(writer.write("lo") && writer.write("world"));
    assert!(all.is_pending());
    assert!(writer.close());
    assert_eq!(all.wait(), ready("helloworld"));

    let (reader, writer) = pipe();
    let all = reader.read_all();
    assert!(writer.write("hel") && writer.fail("disconnected!"));
    assert_eq!(all.wait(), failed("disconnected!"));
}

#[test]
fn a_long_stream_takes_no_stack() {
    let (reader, writer) = pipe();
    let all = reader.read_all();
    for _ in 0..100_000 {
        assert!(writer.write("x"));
    }
    assert!(writer.close());
    assert_eq!(all.wait().unwrap().len(), 100_000);
}

#[test]
fn a_read_that_is_discarded_takes_nothing() {
    let (reader, writer) = pipe();
    let reads = [reader.read(), reader.read()];
    reads[0].discard();
    assert!(reads[0].is_discarded() && reads[1].is_pending());
    assert!(writer.write("x"));
    assert!(reads[1].is_ready());
    let all = reader.read_all();
    all.discard();
    assert!(all.is_discarded());
}

#[test]
fn dropping_an_end_is_not_silent() {
    let (reader, writer) = pipe();
    let read = reader.read();
    drop(writer.clone());
    assert!(read.is_pending());
    drop(writer);
    assert_eq!(read.wait(), failed("the writer of the pipe was dropped"));

    let (reader, writer) = pipe();
    let body = Body::from(reader);
    assert!(writer.reader_closed().is_pending());
    drop(body);
    assert!(writer.reader_closed().is_ready());
}

#[test]
fn ends_are_equal_if_they_are_the_same() {
    let ((reader, writer), (other_reader, other_writer)) = (pipe(), pipe());
    assert_eq!(reader, reader.clone());
    assert_eq!(writer, writer.clone());
    assert_ne!(reader, other_reader);
    assert_ne!(writer, other_writer);
}
