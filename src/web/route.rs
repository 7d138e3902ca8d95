//! Which process a path leads to.

use crate::codec::url;

/// The process that a path leads to, as `find` knows it by its id, or `None` if it leads nowhere;
/// and the path that it is to see, if that is another.
///
/// Its id is the first segment, decoded; empty segments before it are skipped. With a delegate,
/// `/` and paths to processes that do not exist are rewritten to lead to the delegate.
pub(super) fn route<T>(
    path: &str,
    delegate: Option<&str>,
    find: impl Fn(&str) -> Option<T>,
) -> (Option<T>, Option<String>) {
    // As in libprocess, even where the segment is longer than the two dots.
    if memchr::memchr(b'.', path.as_bytes()).is_some() && path.contains("/..") {
        return (None, None);
    }
    let first = first_segment(path);
    let id = first.map(url::decode_text).transpose().ok().flatten();
    if let Some(found) = id.and_then(|id| find(&id)) {
        return (Some(found), None);
    }
    let Some(delegate) = delegate else {
        return (None, None);
    };
    let rewritten = match first {
        Some(_) => format!("/{delegate}{path}"),
        None => format!("/{delegate}"),
    };
    (find(delegate), Some(rewritten))
}

/// The first segment that is not empty.
fn first_segment(path: &str) -> Option<&str> {
    let rest = path.trim_start_matches('/');
    let end = memchr::memchr(b'/', rest.as_bytes()).unwrap_or(rest.len());
    (!rest.is_empty()).then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(path: &str, delegate: Option<&str>) -> Option<(String, String)> {
        let find = |id: &str| ["master", "slave(1)"].contains(&id).then(|| id.to_owned());
        let (id, rewritten) = route(path, delegate, find);
        Some((id?, rewritten.unwrap_or_else(|| path.to_owned())))
    }

    fn to(id: &str, path: &str) -> Option<(String, String)> {
        Some((id.to_owned(), path.to_owned()))
    }

    #[test]
    fn the_first_segment_names_the_process() {
        for path in [
            "/master",
            "/master/",
            "/master/state",
            "//master//state/",
            "/%6Daster/x",
        ] {
            assert_eq!(routed(path, None), to("master", path));
            assert_eq!(routed(path, Some("slave(1)")), to("master", path));
        }
        assert_eq!(
            routed("/slave%281%29/x", None),
            to("slave(1)", "/slave%281%29/x")
        );
    }

    #[test]
    fn all_else_goes_to_the_delegate() {
        for (path, rewritten) in [
            ("/", "/master"),
            ("///", "/master"),
            ("/state", "/master/state"),
            ("/nobody/state", "/master/nobody/state"),
            ("/MASTER", "/master/MASTER"),
            ("/%zz/state", "/master/%zz/state"),
        ] {
            assert_eq!(routed(path, None), None, "{path}");
            assert_eq!(
                routed(path, Some("master")),
                to("master", rewritten),
                "{path}"
            );
        }
    }

    #[test]
    fn nothing_leads_upwards() {
        for path in ["/..", "/master/..", "/master/../x", "/master/..x"] {
            assert_eq!(routed(path, Some("master")), None, "{path}");
        }
        assert_eq!(routed("/master/x..", None), to("master", "/master/x.."));
    }
}
