//! The handles that users hold: ends of connections, and listeners.

use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::task::{Context, Poll};

use crate::address::Address;
use crate::primitive::sync::Arc;

use super::Hub;
use super::connection::Side;
use crate::net::{Listener, Stream};

pub(super) struct MemoryListener {
    pub(super) hub: Arc<Hub>,
    pub(super) address: Address,
}

impl Listener for MemoryListener {
    fn address(&self) -> Address {
        self.address
    }

    fn poll_accept(&self, ctx: &mut Context<'_>) -> Poll<io::Result<(Arc<dyn Stream>, Address)>> {
        let accepted = self
            .hub
            .update(|state, _, _| state.accept(self.address, ctx.waker()));
        let Some((id, peer)) = accepted else {
            return Poll::Pending;
        };
        let stream = MemoryStream {
            hub: self.hub.clone(),
            id,
            side: Side::Acceptor,
            local: self.address,
            peer,
        };
        Poll::Ready(Ok((Arc::new(stream), peer)))
    }
}

impl Drop for MemoryListener {
    fn drop(&mut self) {
        self.hub
            .update(|state, now, effects| state.unlisten(self.address, now, effects));
    }
}

pub(super) struct MemoryStream {
    pub(super) hub: Arc<Hub>,
    pub(super) id: u64,
    pub(super) side: Side,
    pub(super) local: Address,
    pub(super) peer: Address,
}

impl MemoryStream {
    fn poll_receive(
        &self,
        ctx: &Context<'_>,
        buffer: &mut [u8],
        keep: bool,
    ) -> Poll<io::Result<usize>> {
        self.hub.update(|state, _, effects| {
            let result = state.read((self.id, self.side), buffer, keep, effects);
            if result.is_none() {
                state.connection(self.id).end(self.side).reader = Some(ctx.waker().clone());
            }
            result.map_or(Poll::Pending, Poll::Ready)
        })
    }

    fn poll_send(&self, ctx: &Context<'_>, chunks: &[&[u8]]) -> Poll<io::Result<usize>> {
        self.hub.update(|state, now, effects| {
            let result = state.write((self.id, self.side), chunks, now, effects);
            if result.is_none() {
                state.connection(self.id).end(self.side).writer = Some(ctx.waker().clone());
            }
            result.map_or(Poll::Pending, Poll::Ready)
        })
    }
}

impl Stream for MemoryStream {
    fn poll_connected(&self, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.hub.update(|state, _, _| {
            let end = state.connection(self.id).end(self.side);
            let result = end.connected();
            if result.is_none() {
                end.writer = Some(ctx.waker().clone());
            }
            result.map_or(Poll::Pending, Poll::Ready)
        })
    }

    fn poll_read(&self, ctx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        self.poll_receive(ctx, buffer, false)
    }

    fn poll_peek(&self, ctx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        self.poll_receive(ctx, buffer, true)
    }

    fn poll_write(&self, ctx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_send(ctx, &[bytes])
    }

    fn poll_write_vectored(
        &self,
        ctx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let chunks: Vec<&[u8]> = slices.iter().map(|slice| &**slice).collect();
        self.poll_send(ctx, &chunks)
    }

    fn poll_broken(&self, ctx: &mut Context<'_>) -> Poll<()> {
        self.hub.update(|state, _, _| {
            let end = state.connection(self.id).end(self.side);
            if end.has_failed() {
                return Poll::Ready(());
            }
            end.writer = Some(ctx.waker().clone());
            Poll::Pending
        })
    }

    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.hub
            .update(|state, now, effects| state.shutdown((self.id, self.side), how, now, effects))
    }

    fn break_off(&self) {
        self.hub
            .update(|state, _, _| state.connection(self.id).end(self.side).break_off());
    }

    fn local_address(&self) -> io::Result<Address> {
        Ok(self.local)
    }

    fn peer_address(&self) -> Address {
        self.peer
    }
}

impl Drop for MemoryStream {
    fn drop(&mut self) {
        self.hub
            .update(|state, now, effects| state.close(self.id, self.side, now, effects));
    }
}
