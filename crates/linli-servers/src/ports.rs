//! Ports that nobody listens on.

use std::net::{Ipv4Addr, TcpListener};

/// So many ports on 127.0.0.1, no two alike: all are held until the last is found.
pub(crate) fn free_ports(many: usize) -> Result<Vec<u16>, String> {
    let listeners = (0..many).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    let said = |error: std::io::Error| format!("no free port: {error}");
    let listeners: Vec<TcpListener> = listeners.collect::<Result<_, _>>().map_err(said)?;
    let ports = listeners.iter().map(|listener| listener.local_addr().map(|own| own.port()));
    ports.collect::<Result<_, _>>().map_err(said)
}

/// One port on 127.0.0.1.
pub(crate) fn free_port() -> Result<u16, String> {
    free_ports(1)?.first().copied().ok_or_else(|| "no free port".to_owned())
}
