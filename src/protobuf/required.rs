//! Which required field a body lacks, told from its bytes.
//!
//! A generated struct holds a required number as a plain number, so that it no longer knows
//! whether the number was sent. What counts as sent is what counts for C++ protobuf: a field that
//! occurs, in every nested message that occurs. Several occurrences of one nested message are one
//! message, and an enum value that its type does not name is no value.

use buffa::editions::{EnumType, FieldPresence};
use buffa::encoding::{Tag, WireType, decode_varint, skip_field};
use buffa_descriptor::{
    DescriptorPool, EnumIndex, FieldDescriptor, FieldKind, MessageDescriptor, MessageIndex,
    SingularKind,
};
use smallvec::SmallVec;

/// The path of the first required field that `body`, a well-formed message, lacks.
pub(super) fn missing(
    body: &[u8],
    message: &MessageDescriptor,
    pool: &DescriptorPool,
) -> Option<String> {
    Search { pool }.message(&[body], message).err()
}

/// Whether a message has required fields, or may hold one that has, at whatever depth.
pub(super) fn any(message: &MessageDescriptor, pool: &DescriptorPool) -> bool {
    let mut reached: Vec<MessageIndex> = Vec::new();
    let mut next = Some(message);
    let mut looked_at = 0;
    while let Some(message) = next {
        for field in message.fields() {
            if is_required(field) {
                return true;
            }
            let nested = message_in(field);
            reached.extend(nested.filter(|index| !reached.contains(index)));
        }
        next = reached.get(looked_at).map(|index| pool.message(*index));
        looked_at += 1;
    }
    false
}

/// The type of the messages that a field holds, if it holds any.
fn message_in(field: &FieldDescriptor) -> Option<MessageIndex> {
    let (FieldKind::Singular(kind) | FieldKind::List(kind) | FieldKind::Map { value: kind, .. }) =
        field.kind();
    match kind {
        SingularKind::Message(index) => Some(index),
        _ => None,
    }
}

struct Search<'a> {
    pool: &'a DescriptorPool,
}

impl Search<'_> {
    /// Searches a message that stands on the wire in `parts`. An `Err` is the path found.
    fn message(&self, parts: &[&[u8]], message: &MessageDescriptor) -> Result<(), String> {
        let mut sent = SmallVec::<[u32; 8]>::new();
        let mut nested = SmallVec::<[(&FieldDescriptor, MessageIndex, &[u8]); 8]>::new();
        for (field, value) in parts.iter().flat_map(|part| Fields {
            rest: part,
            message,
        }) {
            match (field.kind(), value) {
                (FieldKind::Singular(SingularKind::Message(index)), Value::Bytes(bytes)) => {
                    nested.push((field, index, bytes));
                }
                (FieldKind::Singular(SingularKind::Enum(index)), Value::Number(number))
                    if !self.is_named(index, number) =>
                {
                    continue;
                }
                (FieldKind::List(SingularKind::Message(index)), Value::Bytes(bytes)) => {
                    self.nested(&[bytes], index, field)?;
                }
                (
                    FieldKind::Map {
                        value: SingularKind::Message(index),
                        ..
                    },
                    Value::Bytes(entry),
                ) => {
                    self.nested(&map_value(entry), index, field)?;
                }
                _ => {}
            }
            if is_required(field) && !sent.contains(&field.number()) {
                sent.push(field.number());
            }
        }
        let mut fields = message.fields().iter();
        if let Some(field) = fields.find(|it| is_required(it) && !sent.contains(&it.number())) {
            return Err(field.name().to_owned());
        }
        nested.sort_by_key(|(field, ..)| field.number());
        for parts in nested.chunk_by(|(left, ..), (right, ..)| left.number() == right.number()) {
            let (field, index, _) = parts[0];
            let parts: SmallVec<[&[u8]; 1]> = parts.iter().map(|&(.., part)| part).collect();
            self.nested(&parts, index, field)?;
        }
        Ok(())
    }

    fn nested(
        &self,
        parts: &[&[u8]],
        message: MessageIndex,
        field: &FieldDescriptor,
    ) -> Result<(), String> {
        self.message(parts, self.pool.message(message))
            .map_err(|path| format!("{}.{path}", field.name()))
    }

    fn is_named(&self, index: EnumIndex, number: u64) -> bool {
        let values = self.pool.enumeration(index);
        // On the wire an enum is an int32, sign extended to 64 bits.
        values.enum_type() == EnumType::Open || values.value(number as i32).is_some()
    }
}

fn is_required(field: &FieldDescriptor) -> bool {
    field.presence() == FieldPresence::LegacyRequired
}

/// The parts of the value in a map's entry: key is field 1, value field 2.
fn map_value(mut entry: &[u8]) -> SmallVec<[&[u8]; 1]> {
    let mut parts = SmallVec::new();
    while let Some((number, value)) = next(&mut entry) {
        if let (2, Value::Bytes(part)) = (number, value) {
            parts.push(part);
        }
    }
    parts
}

/// The fields of a message that it knows, as they come.
struct Fields<'a> {
    rest: &'a [u8],
    message: &'a MessageDescriptor,
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a FieldDescriptor, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (number, value) = next(&mut self.rest)?;
            if let Some(field) = self.message.field(number) {
                return Some((field, value));
            }
        }
    }
}

/// What a field holds, as far as it matters here.
enum Value<'a> {
    Number(u64),
    /// A nested message, a string, bytes, packed numbers; or a group with its end.
    Bytes(&'a [u8]),
    Fixed,
}

/// Takes a field off `rest`; `None` at the end of it, and of a group.
fn next<'a>(rest: &mut &'a [u8]) -> Option<(u32, Value<'a>)> {
    let tag = Tag::decode(rest).ok()?;
    let value = match tag.wire_type() {
        WireType::Varint => Value::Number(decode_varint(rest).ok()?),
        WireType::LengthDelimited => {
            let length = usize::try_from(decode_varint(rest).ok()?).ok()?;
            let (bytes, tail) = rest.split_at_checked(length)?;
            *rest = tail;
            Value::Bytes(bytes)
        }
        WireType::StartGroup => {
            let from = *rest;
            skip_field(tag, rest).ok()?;
            Value::Bytes(&from[..from.len() - rest.len()])
        }
        WireType::EndGroup => return None,
        _ => {
            skip_field(tag, rest).ok()?;
            Value::Fixed
        }
    };
    Some((tag.field_number(), value))
}

#[cfg(test)]
mod tests;
