//! The servers: each answers the same request with the same body, on two threads.

use std::error::Error;
use std::io::Read as _;

use axum::serve::ListenerExt as _;
use libprocess::http::{Request, Response};
use libprocess::process::{Context, Process};
use libprocess::runtime::Runtime;
use tokio::net::TcpListener;

/// A server.
pub(super) struct Server {
    pub(super) name: &'static str,
    /// Tells its port and serves until the input ends.
    pub(super) serve: fn() -> Result<(), Box<dyn Error>>,
}

/// All of them, ours first.
pub(super) const ALL: &[Server] = &[
    Server {
        name: "libprocess",
        serve: ours,
    },
    Server {
        name: "hyper",
        serve: hyper,
    },
    Server {
        name: "axum",
        serve: axum,
    },
    Server {
        name: "actix-web",
        serve: actix_web,
    },
];

/// # Errors
///
/// There is no server of that name.
pub(super) fn find(name: &str) -> Result<&'static Server, String> {
    let found = ALL.iter().find(|server| server.name == name);
    found.ok_or_else(|| format!("`{name}` is no server"))
}

struct Hello;

impl Process for Hello {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route("/world", "", Self::world);
    }
}

impl Hello {
    fn world(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::ok(BODY)
    }
}

fn ours() -> Result<(), Box<dyn Error>> {
    let runtime = Runtime::builder().workers(THREADS).start()?;
    runtime.spawn_as("hello", Hello)?;
    println!("{}", runtime.address().port());
    wait();
    Ok(())
}

fn hyper() -> Result<(), Box<dyn Error>> {
    on_tokio(async |listener| {
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let service = hyper::service::service_fn(async |_| {
                let body = http_body_util::Full::new(bytes::Bytes::from_static(BODY));
                hyper::Response::builder()
                    .header("Content-Type", "text/plain; charset=utf-8")
                    .body(body)
            });
            let mut server = hyper::server::conn::http1::Builder::new();
            server.pipeline_flush(true);
            let io = hyper_util::rt::TokioIo::new(stream);
            tokio::spawn(server.serve_connection(io, service));
        }
    })
}

fn axum() -> Result<(), Box<dyn Error>> {
    on_tokio(async |listener| {
        let world = axum::routing::get(async || BODY);
        // A connection that is gone already shows that by itself.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        axum::serve(listener, axum::Router::new().route("/hello/world", world)).await
    })
}

fn on_tokio(
    serve: impl AsyncFnOnce(TcpListener) -> std::io::Result<()>,
) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()?;
    std::thread::spawn(|| {
        wait();
        std::process::exit(0);
    });
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?.port());
        serve(listener).await
    })?;
    Ok(())
}

fn actix_web() -> Result<(), Box<dyn Error>> {
    std::thread::spawn(|| {
        wait();
        std::process::exit(0);
    });
    actix_rt::System::new().block_on(async {
        let world = || actix_web::web::get().to(async || BODY);
        let app = move || actix_web::App::new().route("/hello/world", world());
        let server = actix_web::HttpServer::new(app).workers(THREADS);
        let server = server.bind("127.0.0.1:0")?;
        println!("{}", server.addrs()[0].port());
        server.run().await
    })?;
    Ok(())
}

/// Returns when whoever started this OS process is gone.
fn wait() {
    let _ = std::io::stdin().read(&mut [0]);
}

pub(super) const BODY: &[u8] = b"Hello, world!";

const THREADS: usize = 2;
