//! What a client takes: `Accept` and `Accept-Encoding`, as libprocess reads them.

/// Whether a value of `Accept-Encoding` takes `encoding`: by name, or else as `*`.
pub(super) fn encoding(accepted: &[u8], encoding: &str) -> bool {
    decide(accepted, &[encoding, "*"])
}

/// Whether a value of `Accept` takes a type: by name, or else as one of all of its kind, or else
/// as one of all. What is not of the form `a/b` is never taken.
pub(super) fn media_type(accepted: &[u8], media_type: &str) -> bool {
    match media_type.split_once('/') {
        Some((kind, name)) if !kind.is_empty() && !name.is_empty() => {
            decide(accepted, &[media_type, &format!("{kind}/*"), "*/*"])
        }
        _ => false,
    }
}

/// Takes the word of the first entry that names the first of `names` that any entry names.
fn decide(accepted: &[u8], names: &[&str]) -> bool {
    names
        .iter()
        .find_map(|name| {
            accepted
                .split(|byte| *byte == b',')
                .find_map(|entry| quality(entry, name))
        })
        .unwrap_or(false)
}

/// Whether an entry of this name means yes: unless it says `q=0`.
fn quality(entry: &[u8], name: &str) -> Option<bool> {
    let mut parts = entry.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    if !parts.next()?.eq_ignore_ascii_case(name.as_bytes()) {
        return None;
    }
    let quality = parts.find_map(|part| {
        let (key, value) = part.split_at_checked(2)?;
        key.eq_ignore_ascii_case(b"q=").then_some(value)
    });
    let quality = quality.and_then(|value| std::str::from_utf8(value).ok()?.parse::<f64>().ok());
    Some(quality.is_none_or(|quality| quality > 0.0))
}
