//! Behaviour tests of typed messages.

mod bodies_that_do_not_decode_are_refused;
mod handlers_take_messages_and_fields;
mod replies_reach_the_sender;

use bytes::Bytes;
use libprocess::primitive::sync::{Arc, Mutex};
use libprocess::process::{Context, Process};
use libprocess::protobuf::{Error, Message, ProtobufContext as _};

/// `package test; message Step { required uint32 height = 1; }`, written by hand as a type of
/// whatever protobuf library can be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) height: u8,
}

impl Message for Step {
    const NAME: &'static str = "test.Step";

    fn encode(&self) -> Result<Bytes, Error> {
        match self.height {
            0..0x80 => Ok(vec![0x08, self.height].into()),
            _ => Err(Error::TooLarge),
        }
    }

    fn decode(body: &Bytes) -> Result<Self, Error> {
        match **body {
            [] => Err(Error::Missing {
                field: "height".into(),
            }),
            [0x08, height] => Ok(Self { height }),
            _ => Err(Error::Malformed {
                reason: "not a step".into(),
            }),
        }
    }
}

/// Says it was heard.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heard;

impl Message for Heard {
    const NAME: &'static str = "test.Heard";

    fn encode(&self) -> Result<Bytes, Error> {
        Ok(Bytes::new())
    }

    fn decode(_: &Bytes) -> Result<Self, Error> {
        Ok(Self)
    }
}

/// What processes of these tests have seen.
pub(crate) type Seen = Arc<Mutex<Vec<String>>>;

/// Notes what it hears, with the sender.
pub(crate) struct Ear {
    pub(crate) seen: Seen,
}

impl Process for Ear {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install_protobuf(|ear: &mut Self, _: &mut Context<Self>, step: Step| {
            ear.seen.lock().push(format!("step {}", step.height));
        });
    }
}
