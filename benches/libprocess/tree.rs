//! The message of the benchmark of typed handlers. What `buffa` generates for it is written out
//! here, so that no build script runs for everybody who builds the library.
//!
//! ```proto
//! syntax = "proto2";
//! package benchmarks;
//! message Tree { repeated int32 payload = 1; repeated Tree submessages = 2; }
//! ```

use std::sync::{Arc, LazyLock};

use buffa::bytes::Buf;
use buffa::encoding::{Tag, WireType, check_wire_type, decode_unknown_field, varint_len};
use buffa::{DecodeContext, DecodeError, EncodeSink, SizeCache, UnknownFields, types};
use buffa_descriptor::reflect::{
    DynamicMessage, ReflectCow, ReflectElement, ReflectMessage, ValueRef,
};
use buffa_descriptor::{DescriptorPool, FieldDescriptor, MessageDescriptor};
use protox::file::{File, FileResolver};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tree {
    payload: Vec<i32>,
    submessages: Vec<Self>,
    unknown: UnknownFields,
}

impl Tree {
    /// A tree with so many submessages, each level full before the next begins.
    pub(crate) fn of(submessages: usize) -> Self {
        Self::node(0, submessages)
    }

    /// The message of this number in the order of levels; the root is 0.
    fn node(number: usize, last: usize) -> Self {
        const BRANCHES: usize = 4;
        let first = BRANCHES * number + 1;
        let below = (first..first + BRANCHES).filter(|below| *below <= last);
        Self {
            payload: vec![1, 2],
            submessages: below.map(|below| Self::node(below, last)).collect(),
            unknown: UnknownFields::default(),
        }
    }

    /// How many messages it consists of.
    pub(crate) fn nodes(&self) -> usize {
        1 + self.submessages.iter().map(Self::nodes).sum::<usize>()
    }
}

static POOL: LazyLock<Arc<DescriptorPool>> = LazyLock::new(|| {
    let mut compiler = protox::Compiler::with_file_resolver(Source);
    compiler.open_file("tree.proto").expect("it is well-formed");
    let pool = DescriptorPool::decode(&compiler.encode_file_descriptor_set());
    Arc::new(pool.expect("protox writes what buffa reads"))
});

struct Source;

impl FileResolver for Source {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        let text = r#"
            syntax = "proto2";
            package benchmarks;
            message Tree { repeated int32 payload = 1; repeated Tree submessages = 2; }
        "#;
        File::from_source(name, text)
    }
}

buffa::impl_default_instance!(Tree);

impl buffa::MessageName for Tree {
    const PACKAGE: &'static str = "benchmarks";
    const NAME: &'static str = "Tree";
    const FULL_NAME: &'static str = "benchmarks.Tree";
    const TYPE_URL: &'static str = "type.googleapis.com/benchmarks.Tree";
}

impl buffa::Message for Tree {
    fn compute_size(&self, cache: &mut SizeCache) -> u32 {
        let numbers = self.payload.iter();
        let mut size: u64 = numbers
            .map(|number| 1 + types::int32_encoded_len(*number) as u64)
            .sum();
        for message in &self.submessages {
            let slot = cache.reserve();
            let inner = message.compute_size(cache);
            cache.set(slot, inner);
            size += 1 + varint_len(inner.into()) as u64 + u64::from(inner);
        }
        buffa::saturate_size(size + self.unknown.encoded_len() as u64)
    }

    fn write_to(&self, cache: &mut SizeCache, buffer: &mut impl EncodeSink) {
        for number in &self.payload {
            types::put_int32_field(1, *number, buffer);
        }
        for message in &self.submessages {
            types::put_len_delimited_header(2, cache.consume_next().into(), buffer);
            message.write_to(cache, buffer);
        }
        self.unknown.write_to(buffer);
    }

    fn merge_field(
        &mut self,
        tag: Tag,
        buffer: &mut impl Buf,
        ctx: DecodeContext<'_>,
    ) -> Result<(), DecodeError> {
        match tag.field_number() {
            1 => {
                check_wire_type(tag, WireType::Varint)?;
                self.payload.push(types::decode_int32(buffer)?);
            }
            2 => {
                check_wire_type(tag, WireType::LengthDelimited)?;
                let mut message = Self::default();
                ctx.register_element_memory(size_of::<Self>())?;
                buffa::Message::merge_length_delimited(&mut message, buffer, ctx)?;
                self.submessages.push(message);
            }
            _ => self.unknown.push(decode_unknown_field(tag, buffer, ctx)?),
        }
        Ok(())
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl ReflectMessage for Tree {
    fn message_descriptor(&self) -> &MessageDescriptor {
        static INDEX: LazyLock<buffa_descriptor::MessageIndex> = LazyLock::new(|| {
            let index = POOL.message_index(<Tree as buffa::MessageName>::FULL_NAME);
            index.expect("the pool was made of it")
        });
        POOL.message(*INDEX)
    }

    fn pool(&self) -> &Arc<DescriptorPool> {
        &POOL
    }

    fn unknown_fields(&self) -> &UnknownFields {
        &self.unknown
    }

    fn get(&self, field: &FieldDescriptor) -> ValueRef<'_> {
        match field.number() {
            1 => ValueRef::List(&self.payload),
            _ => ValueRef::List(&self.submessages),
        }
    }

    fn has(&self, field: &FieldDescriptor) -> bool {
        match field.number() {
            1 => !self.payload.is_empty(),
            _ => !self.submessages.is_empty(),
        }
    }

    fn for_each_set(&self, visit: &mut dyn FnMut(&FieldDescriptor, ValueRef<'_>)) {
        let fields = self.message_descriptor().fields();
        for field in fields.iter().filter(|field| self.has(field)) {
            visit(field, self.get(field));
        }
    }

    fn to_dynamic(&self) -> DynamicMessage {
        let index = POOL.message_index(<Self as buffa::MessageName>::FULL_NAME);
        let index = index.expect("the pool was made of it");
        DynamicMessage::from_message(self, POOL.clone(), index)
    }
}

impl ReflectElement for Tree {
    fn as_value_ref(&self) -> ValueRef<'_> {
        ValueRef::Message(ReflectCow::Borrowed(self))
    }
}
