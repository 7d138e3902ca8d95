//! Whether an agent lives: it is asked again and again.
//!
//! The first ping goes out at once, then one an interval. An interval in which no pong came is a
//! timeout; at so many in a row the master is told. A pong starts the count anew. Each ping also
//! tells the agent whether the master thinks that they are connected: the agent may not have
//! noticed that the connection broke, and registers again when it hears so.

use std::time::Duration;

use libprocess::address::Upid;
use libprocess::process::{Context, Pid, Process};
use libprocess::protobuf::ProtobufContext as _;

use super::Master;
use crate::messages::internal::{PingSlaveMessage, PongSlaveMessage};

/// Asks one agent.
#[doc(alias = "SlaveObserver")]
pub(super) struct Observer {
    pub(super) master: Pid<Master>,
    pub(super) agent: Upid,
    pub(super) agent_id: String,
    pub(super) interval: Duration,
    pub(super) most_timeouts: u32,
    pub(super) state: State,
}

/// What changes between pings.
pub(super) struct State {
    is_connected: bool,
    is_answered: bool,
    timeouts: u32,
}

impl Default for State {
    fn default() -> Self {
        Self {
            is_connected: true,
            is_answered: false,
            timeouts: 0,
        }
    }
}

impl Process for Observer {
    fn prefix(&self) -> &str {
        "slave-observer"
    }

    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install_protobuf(Self::pong);
        self.ping(ctx);
    }
}

impl Observer {
    /// The connection to the agent broke.
    pub(super) fn disconnect(&mut self) {
        self.state.is_connected = false;
    }

    /// The agent is there again, perhaps elsewhere.
    pub(super) fn reconnect(&mut self, agent: Upid) {
        self.agent = agent;
        self.state.is_connected = true;
    }

    fn ping(&mut self, ctx: &mut Context<Self>) {
        let connected = self.state.is_connected;
        self.state.is_answered = false;
        ctx.send_protobuf(
            &self.agent,
            &PingSlaveMessage {
                connected,
                ..Default::default()
            },
        );
        ctx.delay(self.interval, Self::look);
    }

    fn pong(&mut self, _ctx: &mut Context<Self>, _: PongSlaveMessage) {
        self.state.is_answered = true;
        self.state.timeouts = 0;
    }

    fn look(&mut self, ctx: &mut Context<Self>) {
        if !self.state.is_answered {
            self.state.timeouts += 1;
            if self.state.timeouts == self.most_timeouts {
                let agent = self.agent_id.clone();
                self.master
                    .tell(move |master, ctx| master.agent_is_silent(ctx, &agent));
            }
        }
        self.ping(ctx);
    }
}
