//! Laws of the tables, and what their columns are.

mod ipc_stream;
mod laws;
#[cfg(feature = "parquet")]
mod parquet;
mod parts;
mod shapes;
mod story;
