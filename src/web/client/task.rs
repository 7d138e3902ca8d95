//! The task of a connection: it connects, then has the dialog.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::Error;
use super::destination::Way;
use super::dialog::Dialog;
use super::queue::{Prospect, Queue};
use crate::codec::Limits;
use crate::primitive::sync::Arc;

/// The task of a connection.
pub(super) struct Dialler {
    way: Way,
    host: String,
    queue: Arc<Queue>,
    limits: Limits,
    /// Once the connection stands.
    dialog: Option<Box<Dialog>>,
}

impl Dialler {
    pub(super) fn new(way: Way, host: String, queue: Arc<Queue>, limits: Limits) -> Self {
        Self {
            way,
            host,
            queue,
            limits,
            dialog: None,
        }
    }

    /// Ready once the connection stands, or nobody wants it any more.
    fn connect(&mut self, ctx: &mut Context<'_>) -> Poll<Result<Dialog, Error>> {
        if let Prospect::Over(error) = self.queue.prospect(ctx, true, false) {
            return Poll::Ready(Err(error));
        }
        let stream = ready!(self.way.poll(ctx)).map_err(|error| Error::Connect(error.into()))?;
        let host = std::mem::take(&mut self.host);
        let queue = Arc::clone(&self.queue);
        Poll::Ready(Ok(Dialog::new(stream, host, queue, self.limits)))
    }
}

impl Future for Dialler {
    type Output = ();

    fn poll(self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if this.dialog.is_none() {
            match ready!(this.connect(ctx)) {
                Ok(dialog) => this.dialog = Some(Box::new(dialog)),
                Err(error) => {
                    this.queue.end(error);
                    return Poll::Ready(());
                }
            }
        }
        match &mut this.dialog {
            Some(dialog) => dialog.poll(ctx),
            None => Poll::Pending,
        }
    }
}

impl Drop for Dialler {
    fn drop(&mut self) {
        self.queue.end(Error::Disconnected);
    }
}
