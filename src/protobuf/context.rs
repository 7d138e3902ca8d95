//! Installing and sending typed messages.

use bytes::Bytes;

use super::{Error, Message};
use crate::address::Upid;
use crate::process::{Context, Process};

/// What a [`Context`] can do with typed messages.
///
/// ```no_run
/// # use bytes::Bytes;
/// # use libprocess::protobuf::{Error, Message};
/// # struct Ping { times: u32 }
/// # struct Pong;
/// # impl Message for Ping {
/// #     const NAME: &'static str = "game.Ping";
/// #     fn encode(&self) -> Result<Bytes, Error> { unimplemented!() }
/// #     fn decode(_: &Bytes) -> Result<Self, Error> { unimplemented!() }
/// # }
/// # impl Message for Pong {
/// #     const NAME: &'static str = "game.Pong";
/// #     fn encode(&self) -> Result<Bytes, Error> { unimplemented!() }
/// #     fn decode(_: &Bytes) -> Result<Self, Error> { unimplemented!() }
/// # }
/// use libprocess::address::Upid;
/// use libprocess::process::{Context, Process};
/// use libprocess::protobuf::ProtobufContext as _;
///
/// struct Player;
///
/// impl Process for Player {
///     fn initialize(&mut self, ctx: &mut Context<Self>) {
///         ctx.install_protobuf(Self::pong);
///         ctx.install_fields(|ping: Ping| (ping.times,), Self::ping);
///     }
/// }
///
/// impl Player {
///     fn ping(&mut self, ctx: &mut Context<Self>, times: u32) {
///         for _ in 0..times {
///             ctx.reply_protobuf(&Pong);
///         }
///     }
///
///     fn pong(&mut self, ctx: &mut Context<Self>, from: &Upid, _: Pong) {
///         ctx.send_protobuf(from, &Ping { times: 1 });
///     }
/// }
/// ```
#[doc(alias = "ProtobufProcess")]
pub trait ProtobufContext<P: Process> {
    /// Has messages of the handler's type handled by it; a handler installed before under the same
    /// name is replaced.
    ///
    /// The handler is a method or a closure that captures nothing, and takes the process, its
    /// context, and the message, with the sender before it (`&Upid`) if it wants to know.
    ///
    /// A message that cannot be [decoded](Message::decode) does not reach it: it is logged with its
    /// type, its sender and what is wrong, and counted in [`Counters::refused_bodies`].
    ///
    /// [`Counters::refused_bodies`]: crate::process::Counters::refused_bodies
    #[doc(alias = "install")]
    fn install_protobuf<Marker>(&mut self, handler: impl ProtobufHandler<P, Marker>);

    /// As [`install_protobuf`](Self::install_protobuf), for a handler that takes fields: `fields`
    /// picks them out of the message.
    #[doc(alias = "install")]
    fn install_fields<M, T, Marker>(
        &mut self,
        fields: impl Fn(M) -> T + Copy + Send + 'static,
        handler: impl FieldsHandler<P, T, Marker>,
    ) where
        M: Message;

    /// Sends a message from this process to another, in this runtime or elsewhere.
    ///
    /// One that cannot be [encoded](Message::encode) is logged, and not sent.
    #[doc(alias = "send")]
    fn send_protobuf<M: Message>(&self, to: &Upid, message: &M);

    /// Sends a message to the sender of the message that is being handled; dropped while something
    /// else is.
    #[doc(alias = "reply")]
    fn reply_protobuf<M: Message>(&self, message: &M);
}

impl<P: Process> ProtobufContext<P> for Context<P> {
    fn install_protobuf<Marker>(&mut self, handler: impl ProtobufHandler<P, Marker>) {
        handler.install(self);
    }

    fn install_fields<M, T, Marker>(
        &mut self,
        fields: impl Fn(M) -> T + Copy + Send + 'static,
        handler: impl FieldsHandler<P, T, Marker>,
    ) where
        M: Message,
    {
        install(self, move |process, ctx, from, message| {
            handler.handle(process, ctx, from, fields(message));
        });
    }

    fn send_protobuf<M: Message>(&self, to: &Upid, message: &M) {
        match message.encode() {
            Ok(body) => self.send(to, M::NAME, body),
            Err(error) => log::error!("failed to serialize '{}' for {to}: {error}", M::NAME),
        }
    }

    fn reply_protobuf<M: Message>(&self, message: &M) {
        match self.sender() {
            Some(sender) => self.send_protobuf(sender, message),
            None => log::warn!("{} replies '{}' to no message", self.upid(), M::NAME),
        }
    }
}

/// A function that takes typed messages; the marker tells its signatures apart, names the type of
/// message, and is always inferred.
pub trait ProtobufHandler<P: Process, Marker>: Copy + Send + 'static {
    /// Has the messages of the handler's type handled by it.
    fn install(self, ctx: &mut Context<P>);
}

/// Marks handlers that take the message alone.
#[derive(Debug)]
pub struct Alone<T>(T);

/// Marks handlers that take the sender before the message.
#[derive(Debug)]
pub struct WithSender<T>(T);

impl<P, M, F> ProtobufHandler<P, Alone<M>> for F
where
    P: Process,
    M: Message,
    F: Fn(&mut P, &mut Context<P>, M) + Copy + Send + 'static,
{
    fn install(self, ctx: &mut Context<P>) {
        install(ctx, move |process, ctx, _, message| {
            self(process, ctx, message);
        });
    }
}

impl<P, M, F> ProtobufHandler<P, WithSender<M>> for F
where
    P: Process,
    M: Message,
    F: Fn(&mut P, &mut Context<P>, &Upid, M) + Copy + Send + 'static,
{
    fn install(self, ctx: &mut Context<P>) {
        install(ctx, self);
    }
}

/// A function that takes some fields of a message; the marker tells its signatures apart and is
/// always inferred.
pub trait FieldsHandler<P: Process, T, Marker>: Copy + Send + 'static {
    /// Handles the fields of one message.
    fn handle(self, process: &mut P, ctx: &mut Context<P>, from: &Upid, fields: T);
}

macro_rules! fields_handlers {
    ($($field:ident)*) => {
        impl<P, Handler, $($field,)*> FieldsHandler<P, ($($field,)*), Alone<($($field,)*)>>
            for Handler
        where
            P: Process,
            Handler: Fn(&mut P, &mut Context<P>, $($field),*) + Copy + Send + 'static,
        {
            #[expect(non_snake_case, reason = "each field is named as its type")]
            fn handle(
                self,
                process: &mut P,
                ctx: &mut Context<P>,
                _: &Upid,
                ($($field,)*): ($($field,)*),
            ) {
                self(process, ctx, $($field),*);
            }
        }

        impl<P, Handler, $($field,)*> FieldsHandler<P, ($($field,)*), WithSender<($($field,)*)>>
            for Handler
        where
            P: Process,
            Handler: Fn(&mut P, &mut Context<P>, &Upid, $($field),*) + Copy + Send + 'static,
        {
            #[expect(non_snake_case, reason = "each field is named as its type")]
            fn handle(
                self,
                process: &mut P,
                ctx: &mut Context<P>,
                from: &Upid,
                ($($field,)*): ($($field,)*),
            ) {
                self(process, ctx, from, $($field),*);
            }
        }
    };
}

fields_handlers!(A);
fields_handlers!(A B);
fields_handlers!(A B C);
fields_handlers!(A B C D);
fields_handlers!(A B C D E);
fields_handlers!(A B C D E F);
fields_handlers!(A B C D E F G);
fields_handlers!(A B C D E F G H);

fn install<P, M>(
    ctx: &mut Context<P>,
    handler: impl Fn(&mut P, &mut Context<P>, &Upid, M) + Copy + Send + 'static,
) where
    P: Process,
    M: Message,
{
    ctx.install(
        M::NAME,
        move |process: &mut P, ctx: &mut Context<P>, from: &Upid, body: Bytes| match M::decode(
            &body,
        ) {
            Ok(typed) => handler(process, ctx, from, typed),
            Err(error) => refuse::<P, M>(ctx, from, &error),
        },
    );
}

#[cold]
fn refuse<P: Process, M: Message>(ctx: &Context<P>, from: &Upid, error: &Error) {
    ctx.manager().counters().refused_bodies.increment();
    log::error!("failed to deserialize '{}' from {from}: {error}", M::NAME);
}
