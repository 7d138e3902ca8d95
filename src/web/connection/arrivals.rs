//! What becomes of what a connection brings.

use std::iter::repeat_n;

use super::Connection;
use crate::codec::Error;
use crate::future::Promise;
use crate::http::{Exchange, Request, Response, Status};
use crate::process::Row;
use crate::web::batch::Batch;
use crate::web::intake::Arrival;

impl Connection {
    /// Has somebody see to what arrived.
    pub(super) fn arrived(&mut self, arrival: Arrival<'_>, batch: &mut Batch) {
        match arrival {
            Arrival::Message(message, exchange) => {
                self.is_peer = true;
                batch.send();
                let front = self.server.front();
                match Row::of_one(message, |to, row| front.deliver(to, row)) {
                    Ok(()) => self.answers.accept(exchange),
                    Err(response) => self.answers.ready(response, exchange),
                }
            }
            Arrival::Plain(to, row) => {
                self.is_peer = true;
                batch.send();
                let count = row.len();
                match self.server.front().deliver(to, row) {
                    Ok(()) => self.answers.accept_in_time(count),
                    Err(response) => repeat_n(response, count)
                        .for_each(|response| self.answers.ready(response, Exchange::plain())),
                }
            }
            Arrival::Request(request, endpoint, exchange) => {
                let limit = self.server.limits().unanswered_bytes;
                batch.turn_to(
                    endpoint,
                    self.server.sizes().guess(&request.url.path, limit),
                );
                self.ask(request, exchange, batch);
            }
            Arrival::Bare(request, exchange) if batch.leads(&request) => {
                self.ask(request, exchange, batch);
            }
            Arrival::Bare(mut request, exchange) => match self.server.front().lead(&mut request) {
                Some(endpoint) => {
                    self.arrived(Arrival::Request(request, endpoint, exchange), batch);
                }
                None => self.arrived(Arrival::Refused(Response::not_found(), exchange), batch),
            },
            Arrival::Refused(response, exchange) => {
                self.requests += 1;
                self.answers.ready(response, exchange);
            }
            Arrival::Waiting => self.answers.go_on(),
            Arrival::Broken(error) => self.count_malformed(error),
            Arrival::Work => self.is_paused = true,
        }
    }

    /// Has a request asked with others, and owes its answer.
    fn ask(&mut self, request: Request, exchange: Exchange, batch: &mut Batch) {
        self.requests += 1;
        let (promise, response) = Promise::new();
        let body = request.body.len();
        let guess = batch.add(request, promise).and(body);
        self.answers.wait(response, exchange, guess);
    }

    /// Answers what makes no sense. Where the next request begins, nobody knows.
    pub(super) fn refuse(&mut self, error: Error) {
        self.count_malformed(error);
        let status = Status::new(error.status()).expect("errors have statuses of HTTP");
        self.answer_last(Response::text(status, error.to_string()));
    }

    fn count_malformed(&self, error: Error) {
        self.server.counters().malformed_requests.increment();
        log::warn!("closing the connection of {}: {error}", self.peer);
    }

    /// Owes an answer after which the connection is closed.
    pub(super) fn answer_last(&mut self, response: Response) {
        self.answers.ready(response, Exchange::last());
    }
}
