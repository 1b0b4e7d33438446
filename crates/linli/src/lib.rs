//! Linli (邻里, *neighbourhood*) keeps the life of a residential community as events.
//!
//! A *command* asks for something or tells what happened; a decision answers it with *events* or a
//! *refusal*; the events are appended to a *journal*, in one order, and never changed. Everything
//! else is folded from them: who may do what, whose turn it is, every bill.
//!
//! ```
//! use linli::charging::tariff::Tariff;
//! use linli::journal::MemoryStore;
//! use linli::ledger::{Authority, Ledger, Request};
//! use linli::replay::Replay;
//!
//! let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
//! let told = r#"[
//!     {"record_session_start": {"session": "app:1", "connector": "east-1", "card": "c-0042",
//!         "register": 120000, "at": "2022-02-27T19:00:00+08:00", "zone": "Asia/Shanghai"}},
//!     {"record_session_end": {"session": "app:1", "reading": {"register": 121250},
//!         "at": "2022-02-27T22:00:00+08:00", "zone": "Asia/Shanghai"}}]"#;
//! ledger.execute_blocking("operator", Request::from_json(told)?)?;
//!
//! let tariff = Tariff::from_json(
//!     r#"{"id": "flat", "currency": "CNY", "elements": [
//!         {"price_components": [{"type": "ENERGY", "price": 0.66, "step_size": 1}]}]}"#,
//! )?;
//! let report = Replay::under(&tariff).run_blocking(&ledger)?;
//! assert_eq!(report.tariffs[0].total.to_string(), "0.825"); // 1.250 kWh x 0.66
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How to read it
//! | chapter | what it says |
//! | --- | --- |
//! | [`domain`] | the rules of the neighbourhood, context by context, and the glossary |
//! | [`journal`] | what a store promises, and how to write one |
//! | [`proof`] | the hash of every event, and one root over all of them |
//! | [`codec`] | what an event looks like in bytes |
//! | [`privacy`] | how what is told about a person is sealed, and taken out |
//! | [`ledger`] | how a command becomes events; who may do what; what happens by itself |
//! | [`views`] | what a neighbour asks, and how it is counted |
//! | [`replay`] | every bill again from its meter events |
//! | [`detection`] | the tariff behind bills that somebody else issued |

pub mod codec;
pub mod detection;
pub mod domain;
pub mod journal;
pub mod ledger;
pub mod privacy;
pub mod proof;
pub mod replay;
pub mod views;
mod whole_file;

pub use domain::*;
