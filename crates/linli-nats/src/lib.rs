//! A journal in a NATS JetStream stream: many processes, and several machines that keep it.

mod admit;
mod connection;
mod error;
mod index;
mod journal;
mod message;
mod monitor;
mod place;
mod reader;
mod settings;
mod store;
mod stream;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "trial"))]
pub mod trial;
mod watch;
mod writer;

pub use error::OpenError;
pub use place::{Profile, StreamName};
pub use store::{Access, Description, NatsStore};
