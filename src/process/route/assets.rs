//! Files as answers.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;

use crate::codec::url;
use crate::http::{Method, Response, Status, Writer, media_type, pipe_of};
use crate::scheduler::Scheduler;

/// The file that `inner`, the undecoded end of a request's path, names at or below `root`; none
/// if it leads out of there, or could.
pub(super) fn locate(root: &Path, inner: &str) -> Option<PathBuf> {
    // A plus is a space in a query only: here it may be in the name, and mostly is.
    let inner = inner.replace('+', "%2B");
    let decoded = url::decode_text(&inner).ok()?;
    let inner = Path::new(&*decoded);
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    if !inner.components().all(is_plain) || decoded.contains('\0') {
        return None;
    }
    let root = fs::canonicalize(root).ok()?;
    if decoded.is_empty() {
        return Some(root);
    }
    let file = fs::canonicalize(root.join(inner)).ok()?;
    // A symbolic link may lead out of the folder.
    file.starts_with(root).then_some(file)
}

/// A file as an answer, of which large ones are read by a task of `scheduler`.
pub(super) fn give(path: &Path, method: Method, scheduler: &Scheduler) -> Response {
    if ![Method::GET, Method::HEAD].contains(&method) {
        return Response::method_not_allowed(&[Method::GET], method);
    }
    read(path, method, scheduler).unwrap_or_else(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Response::not_found(),
        _ => {
            log::warn!("cannot give {}: {error}", path.display());
            Response::internal_server_error()
        }
    })
}

fn read(path: &Path, method: Method, scheduler: &Scheduler) -> io::Result<Response> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        // A folder; opening a named pipe or a device could block for ever.
        return Ok(Response::not_found());
    }
    let mut file = File::open(path)?;
    let mut response = Response::new(Status::OK);
    let name = path.to_string_lossy();
    if let Some(media_type) = media_type(&name) {
        response = response
            .with_header("Content-Type", media_type)
            .expect("a type of the table is printable");
    }
    let length = metadata.len();
    if length <= WHOLE_BYTES {
        let mut bytes = Vec::with_capacity(length as usize);
        file.take(WHOLE_BYTES).read_to_end(&mut bytes)?;
        response.body = Bytes::from(bytes).into();
        return Ok(response);
    }
    let (reader, writer) = pipe_of(length);
    response.body = reader.into();
    if method != Method::HEAD {
        scheduler.spawn(async move {
            match copy(&mut file, length, &writer).await {
                Ok(()) => writer.close(),
                Err(error) => writer.fail(error.to_string()),
            };
        });
    }
    Ok(response)
}

/// Writes the first `left` bytes of a file, piece by piece as they are taken.
async fn copy(file: &mut File, mut left: u64, writer: &Writer) -> io::Result<()> {
    while left > 0 {
        if writer.ready().await.is_err() {
            return Ok(());
        }
        let mut piece = Vec::new();
        file.take(left.min(PIECE_BYTES)).read_to_end(&mut piece)?;
        left -= piece.len() as u64;
        if piece.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !writer.write(piece) {
            return Ok(());
        }
    }
    Ok(())
}

/// Up to here a file is read at once.
const WHOLE_BYTES: u64 = 256 * 1024;

/// Bytes that are read at a time of a larger one.
const PIECE_BYTES: u64 = 64 * 1024;
