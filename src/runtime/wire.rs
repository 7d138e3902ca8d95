//! The wire of a runtime: the server that takes connections, and the connections to others.

use std::time::Duration;

use crate::codec::Limits;
use crate::codec::message::Credentials;
use crate::net::{Listener, Network};
use crate::primitive::blocking::Latch;
use crate::primitive::sync::Arc;
use crate::process::{ProcessManager, Transport};
use crate::socket_manager::notices::Links;
use crate::socket_manager::{self, SocketManager};
use crate::web::client::Client;
use crate::web::{self, Firewall, Guard, Server};

/// What can be set about the wire.
pub(super) struct Settings {
    pub(super) delegate: Option<String>,
    pub(super) limits: Limits,
    pub(super) messages: socket_manager::Options,
    pub(super) dead_letters: Option<socket_manager::Observer>,
    pub(super) realm: Option<Arc<str>>,
    pub(super) credentials: Credentials,
}

/// Both halves of the wire.
pub(super) struct Wire {
    manager: Arc<ProcessManager>,
    server: Server,
    client: Client,
    firewall: Arc<Firewall>,
    sockets: Arc<SocketManager>,
}

impl Wire {
    /// Connects the processes of `manager` with those at other addresses.
    pub(super) fn start(
        manager: &Arc<ProcessManager>,
        network: Arc<dyn Network>,
        listener: Box<dyn Listener>,
        settings: Settings,
    ) -> Self {
        let limits = settings.limits;
        let firewall = Arc::new(Firewall::default());
        let sockets = SocketManager::new(socket_manager::Parts {
            address: manager.address(),
            network: network.clone(),
            scheduler: manager.scheduler().clone(),
            clock: manager.clock().clone(),
            inbound: manager.clone(),
            limits,
            options: settings.messages,
            dead_letters: settings.dead_letters,
            credentials: settings.credentials,
        });
        let transport: Arc<dyn Transport> = sockets.clone();
        manager.set_transport(&transport);
        if let Some(links) = sockets.links() {
            let spawned = manager.spawn_as(Links::ID, links);
            spawned.expect("a new runtime has no other process of this id");
        }
        let server = Server::start(web::Parts {
            listener,
            scheduler: manager.scheduler().clone(),
            clock: manager.clock().clone(),
            inbound: manager.clone(),
            service: sockets.clone(),
            delegate: settings.delegate,
            limits,
            firewall: firewall.clone(),
            guard: settings.realm.map(|realm| guard(manager, realm)),
        });
        sockets.counters().add_to(manager.metrics());
        server.counters().add_to(manager.metrics());
        Self {
            manager: manager.clone(),
            server,
            client: Client::new(
                network,
                manager.scheduler().clone(),
                manager.clock().clone(),
                limits,
            ),
            firewall,
            sockets,
        }
    }

    /// Serves HTTP from another listener too.
    pub(super) fn listen(&self, listener: Box<dyn Listener>) {
        self.server.listen(listener);
    }

    /// Asks others, over the same network.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Who is turned away.
    pub(super) fn firewall(&self) -> &Arc<Firewall> {
        &self.firewall
    }

    /// Writes what is queued for others as far as they take it at once, then ends everything.
    pub(super) fn stop(self) {
        self.flush();
        self.server.stop();
        self.client.stop();
        self.sockets.stop();
    }

    fn flush(&self) {
        let closed = self.sockets.close();
        let (scheduler, clock) = (self.manager.scheduler(), self.manager.clock());
        if clock.is_paused() {
            // Time passes for nobody: what needs it would never end.
            return scheduler.settle_turns();
        }
        let latch = Latch::new();
        let opener = latch.clone();
        let flushing = scheduler.spawn(async move {
            closed.await;
            opener.open();
        });
        let opener = latch.clone();
        let timer = clock.timer(FLUSH, move || {
            opener.open();
        });
        latch.wait();
        timer.cancel();
        flushing.abort();
    }
}

/// Lets messages in by the authenticator of a realm.
fn guard(manager: &Arc<ProcessManager>, realm: Arc<str>) -> Guard {
    let manager = manager.clone();
    Guard::new(move |request| manager.security().admit(&realm, request))
}

/// How long a stop waits for others to take what is queued for them.
const FLUSH: Duration = Duration::from_secs(1);
