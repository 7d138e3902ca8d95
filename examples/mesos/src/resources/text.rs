//! Values as text: `4`, `[31000-32000]`, `{a, b}`, or plain words.

use std::fmt;

use super::amount::Amount;

/// What the text of a value says.
#[derive(Debug, PartialEq)]
pub(crate) enum Parsed {
    /// A number, ranges or a set.
    Amount(Amount),
    /// Anything else.
    Words(String),
}

/// Reads a value; an `Err` says what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Parsed, String> {
    let text = text.trim();
    if let Some(inside) = text.strip_prefix('[') {
        let inside = inside
            .strip_suffix(']')
            .ok_or_else(|| format!("{text} lacks its ']'"))?;
        let pairs = parts(inside).map(range).collect::<Result<_, _>>()?;
        let amount = Amount::disjoint(pairs).map_err(|why| format!("{text} has {why}"))?;
        return Ok(Parsed::Amount(amount));
    }
    if let Some(inside) = text.strip_prefix('{') {
        let inside = inside
            .strip_suffix('}')
            .ok_or_else(|| format!("{text} lacks its '}}'"))?;
        return Ok(Parsed::Amount(Amount::Set(
            parts(inside).map(str::to_owned).collect(),
        )));
    }
    match text.parse::<f64>() {
        Ok(number) => match Amount::scalar(number) {
            Some(amount) => Ok(Parsed::Amount(amount)),
            None => Err(format!("{text} is out of bounds")),
        },
        Err(_) if text.is_empty() => Err("a value is missing".to_owned()),
        Err(_) => Ok(Parsed::Words(text.to_owned())),
    }
}

fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

fn range(text: &str) -> Result<(u64, u64), String> {
    let ends = text
        .split_once('-')
        .and_then(|(begin, end)| Some((begin.trim().parse().ok()?, end.trim().parse().ok()?)));
    ends.ok_or_else(|| format!("{text} is not a range: a range is 31000-32000"))
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(thousandths) => write!(f, "{}", *thousandths as f64 / 1000.0),
            Self::Ranges(pairs) => {
                let pairs: Vec<_> = pairs
                    .iter()
                    .map(|(from, to)| format!("{from}-{to}"))
                    .collect();
                write!(f, "[{}]", pairs.join(", "))
            }
            Self::Set(items) => {
                let items: Vec<_> = items.iter().map(String::as_str).collect();
                write!(f, "{{{}}}", items.join(", "))
            }
        }
    }
}
