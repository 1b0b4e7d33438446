//! What an append states once for all its events.

use proptest::option::of;
use proptest::prelude::*;
use uuid::Uuid;

use super::super::{Channel, Reason, Recorded};
use super::{AT, ZONE, read, released};
use crate::domain::{Correlation, LegalBasis, PersonRef, Purpose, Scope, Timestamp, Zone};

const CHANNELS: [Channel; 9] = [
    Channel::App,
    Channel::WalkIn,
    Channel::Phone,
    Channel::OwnersGroup,
    Channel::Hotline12345,
    Channel::PaperForm,
    Channel::Device,
    Channel::Import,
    Channel::Policy,
];

fn reasons() -> impl Strategy<Value = Reason> {
    let name = "[a-z\u{4e00}-\u{4e20}]{1,20}";
    (of(name), of(any::<u128>()), of(name), of(name), of(name)).prop_map(
        |(person, causation, correlation, purpose, basis)| Reason {
            on_behalf_of: person.map(|name| read::<PersonRef>(&name)),
            causation: causation.map(Uuid::from_u128),
            correlation: correlation.map(|name| read::<Correlation>(&name)),
            purpose: purpose.map(|name| read::<Purpose>(&name)),
            legal_basis: basis.map(|name| read::<LegalBasis>(&name)),
        },
    )
}

proptest! {
    /// What was stated is read again, whatever of it was said.
    #[test]
    fn what_an_append_states_is_read_again(
        channel in prop::sample::select(CHANNELS.as_slice()),
        (at, actor) in (any::<i64>(), "[a-z]{1,20}"),
        scope in prop::sample::select(["", "xuzhuang", "xuzhuang/yujing"].as_slice()),
        zone in prop::sample::select([Zone::Asia__Shanghai, Zone::UTC].as_slice()),
        reason in reasons(),
    ) {
        let (recorded_at, scope) = (Timestamp(at), read::<Scope>(scope));
        let recorded = Recorded { recorded_at, actor, channel, zone, scope, reason };
        prop_assert_eq!(Recorded::decode(&recorded.encode()), Ok(recorded));
    }
}

#[test]
fn released_bytes_of_an_append_never_change() {
    let recorded = Recorded {
        recorded_at: AT,
        actor: "station".to_owned(),
        channel: Channel::Phone,
        zone: ZONE,
        scope: read("xuzhuang/yujing"),
        reason: Reason {
            on_behalf_of: Some(read("p-7")),
            causation: Some(Uuid::from_u128(7)),
            correlation: Some(read("case-7")),
            purpose: Some(read("call_back")),
            legal_basis: Some(read("PIPL 13 (1)")),
        },
    };
    let without = Recorded { reason: Reason::default(), ..recorded.clone() };
    // A reason stands behind what was stated before there was one.
    for (version, recorded) in [(1, without), (2, recorded)] {
        let bytes = recorded.encode();
        assert_eq!(bytes, released("append", version, &bytes), "version {version}");
        assert_eq!(Recorded::decode(&bytes), Ok(recorded));
    }
}
