//! Attributes of an agent, from text: `rack:r7;speed:2.5;ports:[1-10]`.

use crate::messages::Attribute;
use crate::messages::value::{Text, Type};
use crate::resources::Invalid;
use crate::resources::amount::Amount;
use crate::resources::text::{self, Parsed};

/// Reads `name:value;...`, also with one on each line. A value is a number, ranges or plain words.
///
/// ```
/// let attributes = mesos::attributes::parse("rack:r7;speed:2.5")?;
/// assert_eq!(attributes[0].text.value, "r7");
/// assert_eq!(attributes[1].scalar.value, 2.5);
/// # Ok::<(), mesos::resources::Invalid>(())
/// ```
///
/// # Errors
///
/// When a part has no `:`, or its value is a set or malformed.
pub fn parse(attributes: &str) -> Result<Vec<Attribute>, Invalid> {
    let parts = attributes
        .split([';', '\n'])
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts
        .map(|part| {
            attribute(part).map_err(|why| Invalid(format!("Bad attribute '{part}': {why}")))
        })
        .collect()
}

fn attribute(part: &str) -> Result<Attribute, String> {
    let (name, value) = part.split_once(':').ok_or("it has no ':'")?;
    let mut attribute = Attribute {
        name: name.trim().to_owned(),
        ..Attribute::default()
    };
    match text::parse(value)? {
        Parsed::Words(value) => {
            attribute.r#type = Type::TEXT;
            attribute.text = Text {
                value,
                ..Text::default()
            }
            .into();
        }
        Parsed::Amount(Amount::Set(_)) => return Err("a set is no attribute".to_owned()),
        Parsed::Amount(amount) => {
            let value = amount.to_value();
            attribute.r#type = value.r#type;
            attribute.scalar = value.scalar;
            attribute.ranges = value.ranges;
        }
    }
    Ok(attribute)
}

/// What an attribute says: a number as one, anything else as text.
#[must_use]
pub fn to_json(attribute: &Attribute) -> serde_json::Value {
    match attribute.r#type {
        Type::SCALAR => attribute.scalar.value.into(),
        Type::RANGES => {
            let ranges = attribute.ranges.range.iter();
            let ranges: Vec<_> = ranges
                .map(|it| format!("{}-{}", it.begin, it.end))
                .collect();
            format!("[{}]", ranges.join(", ")).into()
        }
        Type::SET => format!("{{{}}}", attribute.set.item.join(", ")).into(),
        Type::TEXT => attribute.text.value.as_str().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_colon_divides() {
        let attributes = parse("url:http://x:80\nspeed: 2.5; ports:[1-2,5-6] ").unwrap();
        let json: Vec<_> = attributes.iter().map(to_json).collect();
        assert_eq!(
            serde_json::json!(json),
            serde_json::json!(["http://x:80", 2.5, "[1-2, 5-6]"])
        );
    }

    #[test]
    fn sets_and_what_has_no_colon_are_refused() {
        assert_eq!(
            parse("a:{b}").unwrap_err().to_string(),
            "Bad attribute 'a:{b}': a set is no attribute"
        );
        assert!(parse("rack").is_err());
        assert!(parse("rack:").is_err());
    }
}
