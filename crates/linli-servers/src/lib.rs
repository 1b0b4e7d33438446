//! Servers for the tests: started on loopback from programs that lie in a folder, stopped when they
//! are dropped. Knows no journal and no driver; who tests a store gives the address on.

mod account;
mod nats;
mod network;
mod ports;
mod postgres;
mod proxy;

pub use nats::Nats;
pub use network::Network;
pub use postgres::Postgres;
pub use proxy::Proxy;
