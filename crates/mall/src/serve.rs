//! Runs a process: opens its ports, moves its events and jobs, stops cleanly.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::ServiceExt as _;
use axum::extract::Request;
use axum::response::Response;
use kit::db::CrashSwitch;
use kit::rpc::Near;
use kit::{Clock, Error, Result};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::Service;

use crate::config::Config;
use crate::lock::{Lock, Running};
use crate::wire::{self, Parts, Process};

/// How long requests under way may still take after the word to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// A process that runs.
pub struct House {
    /// What runs.
    pub process: Process,
    /// Where people reach it; only with the role `gateway`.
    pub public: Option<SocketAddr>,
    /// Where other processes reach it.
    pub internal: SocketAddr,
    tasks: JoinSet<()>,
    stop: CancellationToken,
    _lock: Lock,
}

/// Starts a process as the settings say: the embedded stores are locked, ports are open, events flow when this returns.
pub async fn start(mut config: Config, clock: Clock) -> Result<House> {
    let public = if config.runs(gateway::NAME) { Some(bind(config.http.listen).await?) } else { None };
    let internal = bind(config.http.internal).await?;
    let public_at = public.as_ref().map(local).transpose()?;
    let internal_at = local(&internal)?;
    let public_url = config.http.public_url.clone().or_else(|| public_at.map(|at| format!("http://{at}")));
    fill_urls(&mut config, public_url.as_deref());
    let secret = config.mall.internal_secret.clone().unwrap_or_else(kit::random::token);
    let running = Running { pid: std::process::id(), internal: format!("http://{internal_at}"), secret: secret.clone() };
    // The folder is this process' own on any stores: it holds the search index and the pictures.
    let lock = Lock::take(&config, &running)?;
    let outlet = thirdparty::HttpOutlet::new(config.thirdparty.notify_url.clone())?;
    let parts = Parts {
        clock,
        crash: CrashSwitch::default(),
        near: Near::default(),
        outlet: Arc::new(outlet),
        secret,
        around_stop: None,
        doubled: false,
    };
    let process = wire::build(&config, parts).await?;
    let mut house = House {
        public: public_at,
        internal: internal_at,
        tasks: JoinSet::new(),
        stop: CancellationToken::new(),
        _lock: lock,
        process,
    };
    if let (Some(listener), Some(router)) = (public, house.process.public.clone()) {
        house.listen(listener, router);
    }
    let router = house.process.internal.clone();
    house.listen(internal, router);
    house.move_events();
    if let Some(product) = &house.process.here.product {
        product.warm().await?;
    }
    if let Some(seckill) = &house.process.here.seckill {
        // The job of a process that died is taken over after a minute; who stands in line does not wait for that.
        seckill.wake();
    }
    Ok(house)
}

async fn bind(at: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(at).await.map_err(|e| Error::internal(format!("cannot listen on {at}: {e}")))
}

fn local(listener: &TcpListener) -> Result<SocketAddr> {
    listener.local_addr().map_err(Error::internal)
}

/// Services that make links learn where people reach the mall, unless the settings say otherwise.
fn fill_urls(config: &mut Config, public_url: Option<&str>) {
    let Some(url) = public_url else { return };
    if config.thirdparty.public_url.is_empty() {
        config.thirdparty.public_url = url.to_owned();
    }
    if config.thirdparty.notify_url.is_empty() {
        config.thirdparty.notify_url = format!("{url}/api/v1/notify/demo");
    }
}

impl House {
    fn listen<S>(&mut self, listener: TcpListener, service: S)
    where
        S: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + Sync + 'static,
    {
        let stop = self.stop.clone().cancelled_owned();
        let service = service.into_make_service_with_connect_info::<SocketAddr>();
        self.tasks.spawn(async move {
            if let Err(e) = axum::serve(listener, service).with_graceful_shutdown(stop).await {
                tracing::error!(cause = %e, "a port closed");
            }
        });
    }

    fn move_events(&mut self) {
        for relay in self.process.relays.clone() {
            self.tasks.spawn(relay.run(self.stop.clone()));
        }
        for jobs in std::mem::take(&mut self.process.jobs) {
            let stop = self.stop.clone();
            self.tasks.spawn(async move { jobs.run(stop).await });
        }
    }

    /// Stops: no new requests, those under way end, stores close.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let drained = tokio::time::timeout(DRAIN, async { while self.tasks.join_next().await.is_some() {} });
        if drained.await.is_err() {
            tracing::warn!("some requests did not end in time");
            self.tasks.abort_all();
        }
        if let Some(seckill) = &self.process.here.seckill {
            // Who was let in while the ports closed comes into the books now, and not after the next start.
            seckill.rest().await;
        }
        for db in &self.process.dbs {
            db.close().await;
        }
    }

    /// Runs until the process is told to stop (Ctrl-C, SIGTERM).
    pub async fn until_told(self) -> Result<()> {
        let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map_err(Error::internal)?;
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = term.recv() => {}
        }
        tracing::info!("stopping");
        self.stop().await;
        Ok(())
    }
}
