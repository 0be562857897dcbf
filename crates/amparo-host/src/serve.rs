//! Listening: TLS, bounded connections, bounded patience.

use crate::{Host, HostError, Result, api};
use axum::extract::connect_info::ConnectInfo;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A line of the log: names and values, no content, no names of persons, no addresses.
pub fn note(fields: &[(&str, &str)]) {
    let line: serde_json::Map<String, serde_json::Value> =
        std::iter::once(("at".to_owned(), crate::clock().into())).chain(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()))).collect();
    // A log that cannot be written stops nobody's work.
    let _ = writeln!(std::io::stderr(), "{}", serde_json::Value::Object(line));
}

fn acceptor(host: &Host) -> Result<TlsAcceptor> {
    let bad = |e: &dyn std::fmt::Display| HostError::Tls { what: e.to_string() };
    let chain: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(host.keys.certificate.as_bytes()).collect();
    let key = PrivateKeyDer::from_pem_slice(host.keys.certificate_key.as_bytes()).map_err(|e| bad(&e))?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(|e| bad(&e))?.with_no_client_auth();
    let mut config = config.with_single_cert(chain.map_err(|e| bad(&e))?, key).map_err(|e| bad(&e))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Listens until told to end; `ready` hears where.
pub fn run(host: Arc<Host>, ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).max_blocking_threads(32).enable_all().build();
    let runtime = runtime.map_err(|e| HostError::Tls { what: e.to_string() })?;
    runtime.block_on(async {
        let acceptor = acceptor(&host)?;
        let bound = TcpListener::bind(host.config.listen).await.map_err(|e| HostError::Config { what: format!("listen: {e}") })?;
        ready(bound.local_addr().map_err(|e| HostError::Config { what: e.to_string() })?);
        let routes = api::routes(host.clone());
        let places = Arc::new(Semaphore::new(host.config.limits.connections));
        let mut end = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map_err(|e| HostError::Config { what: e.to_string() })?;
        loop {
            let accepted = tokio::select! {
                accepted = bound.accept() => accepted,
                _ = end.recv() => return Ok(()),
            };
            let Ok((stream, peer)) = accepted else {
                // No descriptor is left: whoever is connected finishes first.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let Ok(place) = places.clone().try_acquire_owned() else { continue };
            let (acceptor, routes, patience) = (acceptor.clone(), routes.clone(), Duration::from_secs(host.config.limits.head_seconds));
            tokio::spawn(async move {
                let _place = place;
                let _ = stream.set_nodelay(true);
                let Ok(Ok(stream)) = tokio::time::timeout(patience, acceptor.accept(stream)).await else { return };
                let service = TowerToHyperService::new(routes.layer(axum::Extension(ConnectInfo(peer))));
                // A connection that breaks is its own end.
                let _ = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(patience)
                    .max_buf_size(64 << 10)
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    })
}
