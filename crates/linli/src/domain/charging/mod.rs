//! Charging points downstairs (充电桩): connectors, cards, sessions, meter readings, tariffs and
//! every bill.
//!
//! ```text
//! Installation  Proposed → Approved
//! Connector     Available ⇄ Occupied;  either → Faulted → Available;  any → Retired
//! Session       Charging ⇄ Suspended → Ended | ClosedByRule;  any → Voided
//! Bill          Issued → Credited;  Issued | Recorded → Disputed → Settled
//! ```
//!
//! Starting a session is a request and may be refused; what a meter or a station reports has
//! happened, is recorded, and is flagged where it looks wrong.
//!
//! # The rules, and where they come from
//! Terms are those of OCPP 2.0.1 (transactions, meter values) and OCPI 2.2.1 (tariffs, CDRs).
//!
//! - **B1** A connector has one session at a time, and so has a card: kept by the append condition
//!   over the starts and closings of both, read backwards to the last that decides. *OCPP 2.0.1,
//!   ConcurrentTx.*
//! - **B2** At an instant one version of a tariff is in force: versions are numbered, and a number
//!   has one content for ever.
//! - **B3** An end names its session, never "the last one here".
//! - **B4** What happened at the meter is recorded, whatever it looks like, and flagged.
//! - A bill that was issued stays as it is, whatever is told or corrected afterwards: a replay
//!   shows the difference, until somebody credits it and issues another by `correct_bill`.
//! - Energy is the later register less the earlier. What is missing, or −1, is unknown and never
//!   zero; a register that falls restarted only where the connector's power allows it. *The meter's
//!   arithmetic; there is no standard of doubts: the names of the flags are ours.*
//! - A session without a reported end ends at its last evidence: nobody pays for the silence of a
//!   station.
//! - Electricity and service fee (电费、服务费) stand apart on a bill, with mode, duration and amount.
//!   *发改办价格〔2024〕537号.*
//! - How a session is priced is [`tariff`]'s business, and no event's.
//!
//! # Choices where the specification is silent
//! A session belongs to the card and the connector that its start names; where the station named
//! none, it has none, and is priced all the same. A connector that was never commissioned takes no
//! request, and every report. A card that was never issued may charge; a blocked one may not. A
//! fault with an end is over then, without anybody saying so.
//!
//! # In Chinese
//! | Chinese | here |
//! | --- | --- |
//! | 充电桩 / 充电枪 | charging point / connector: [`Event::ConnectorCommissioned`] |
//! | 刷卡 / 充电卡 | card: [`Event::CardIssued`] |
//! | 开始 / 结束充电 | start / end of a session: [`Event::SessionStarted`], [`Event::SessionEnded`] |
//! | 电表读数 | meter reading: [`Event::MeterSampled`], [`Reading`] |
//! | 断电 / 暂停 | power cut / suspension: [`Event::ChargingSuspended`], [`SuspendedBy`] |
//! | 电价 / 分时电价 | tariff / time of use: [`tariff::Tariff`] |
//! | 峰 / 平 / 谷 / 尖 | peak / flat / valley / sharp peak: windows of a [`tariff`] |
//! | 电费 / 服务费 | electricity fee / service fee |
//! | 账单 / 对账单 | bill / statement |
//! | 元 / 分 / 度 | yuan / fen: [`Money`](crate::domain::Money) / kWh |
//! | 飞线充电 | a cable hung from a window to charge by: what the points put an end to |

mod command;
mod event;
mod reading;
mod rising;
mod rules;
mod state;
mod statement_line;
pub mod tariff;

#[cfg(test)]
mod tests;

pub use command::Command;
pub use event::Event;
pub use reading::{Decision, Reading, Register, SuspendedBy, TariffScope};
pub(crate) use rising::{Rising, Shown};
pub use rules::Refusal;
pub(crate) use state::SampleColumns;
pub use state::{
    Assignment, Billable, Billing, Card, ClockOffset, Connector, Installations, Installed, Issued,
    OwnBill, Points, Progress, Replaced, Session, SessionState, State, TariffBook,
};
pub use statement_line::StatementLine;
