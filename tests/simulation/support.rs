//! Processes that talk for the sake of talking.

use libprocess::prelude::*;

/// Sends its peer a number a second, and answers with the next one.
pub(crate) struct Talker {
    pub(crate) peer: Option<Upid>,
    pub(crate) heard: Vec<u64>,
    pub(crate) gone: Vec<Upid>,
}

impl Talker {
    pub(crate) fn new() -> Self {
        Self {
            peer: None,
            heard: Vec::new(),
            gone: Vec::new(),
        }
    }

    pub(crate) fn talk_to(&mut self, ctx: &mut Context<Self>, peer: Upid) {
        ctx.link(&peer);
        self.peer = Some(peer);
        self.talk(ctx);
    }

    fn talk(&mut self, ctx: &mut Context<Self>) {
        let peer = self.peer.clone().expect("it was told whom to talk to");
        let number = self.heard.len().to_string();
        ctx.send(&peer, "number", number.into_bytes());
        ctx.delay(secs(1), Self::talk);
    }

    fn hear(&mut self, _: &mut Context<Self>, message: Message) {
        let text = String::from_utf8(message.body.to_vec()).unwrap();
        self.heard.push(text.parse().unwrap());
    }
}

impl Process for Talker {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("number", Self::hear);
    }

    fn exited(&mut self, _: &mut Context<Self>, pid: &Upid) {
        self.gone.push(pid.clone());
    }
}
