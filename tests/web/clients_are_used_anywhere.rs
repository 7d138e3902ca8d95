//! One client serves a process, `async` code on an executor of somebody else's, and a bare thread.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as Waking, Poll, Wake, Waker};
use std::thread::Thread;

use libprocess::address::Address;
use libprocess::future::{Error, Promise};
use libprocess::http::{Body, Method, Request, Response, pipe};
use libprocess::process::{Context, Process, RouteOptions};
use libprocess::runtime::Runtime;
use libprocess::web::client::Client;

/// Says back what it is sent, while that arrives.
struct Echo;

impl Process for Echo {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        let streaming = RouteOptions::new().streaming();
        ctx.route_with("/", "", streaming, Self::echo);
    }
}

impl Echo {
    fn echo(&mut self, _ctx: &mut Context<Self>, request: Request) -> Response {
        let mut response = Response::accepted();
        response.body = request.body;
        response
    }
}

/// Sends a word after the other, each when the one before it has come back.
async fn converse(client: Client, address: Address) -> Result<String, Error> {
    let (reader, writer) = pipe();
    let request = Request::new(Method::POST, "/echo").expect("a plain target");
    let connection = client.connect(address);
    let response = connection.send_streamed(request.with_body(reader));
    let Body::Pipe(echo) = response.await?.body else {
        panic!("the response is streamed");
    };
    let mut heard = String::new();
    for word in ["Hello", "World"] {
        assert!(writer.write(word));
        heard += std::str::from_utf8(&echo.read().await?).unwrap();
    }
    assert!(writer.close());
    assert_eq!(echo.read().await?, "");
    Ok(heard)
}

/// Asks from within.
struct Asker(Client, Address);

impl Process for Asker {}

struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// As small an executor as there can be.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Parked(std::thread::current())));
    let mut waking = Waking::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut waking) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[test]
fn in_a_process_elsewhere_and_on_a_thread() {
    let runtime = Runtime::builder().workers(1).start().unwrap();
    runtime.spawn_as("echo", Echo).unwrap();
    let (client, address) = (runtime.client().clone(), runtime.address());

    let asker = runtime.spawn(Asker(client.clone(), address)).unwrap();
    let (promise, heard) = Promise::new();
    asker.tell(|_, ctx| {
        ctx.run(|this| async move {
            let (client, address) = this.with(|asker, _| (asker.0.clone(), asker.1));
            promise.set(converse(client, address).await?);
            Ok(())
        });
    });
    assert_eq!(heard.wait().unwrap(), "HelloWorld");

    let heard = block_on(converse(client.clone(), address));
    assert_eq!(heard.unwrap(), "HelloWorld");

    let response = client.post(address, "/echo", "HelloWorld").wait().unwrap();
    assert_eq!(response.body, "HelloWorld".into());
}
