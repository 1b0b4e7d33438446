//! What becomes of the bytes of a document: read or refused with one sentence, and never a panic.
//! Whatever is read is also linted, priced and written, so that no reader lets something in that
//! breaks what comes after it.

use linli::charging::tariff::{
    Activity, Cdr, CdrFrame, Interval, Metered, OcpiVersion, Pricer, Tariff, explain,
};
use linli::{Timestamp, Zone};

/// Reads the bytes as a tariff; the sentence of a refusal, or none.
pub fn tariff(bytes: &[u8]) -> Option<String> {
    let tariff = match Tariff::from_bytes(bytes) {
        Ok(tariff) => tariff,
        Err(fault) => return Some(fault.to_string()),
    };
    let found = tariff.lint();
    assert!(found.iter().all(|warning| warning.path.starts_with('$')));
    let start = 1_648_339_200_000_000_i64;
    let interval = |from: i64, until: i64, energy, activity| {
        let (from, until) = (Timestamp(start + from), Timestamp(start + until));
        Interval { from, until, energy, activity, power: None }
    };
    let intervals = [
        interval(0, 3_600_000_000, 7_123, Activity::Charging),
        interval(3_600_000_000, 9_000_000_000, 0, Activity::Idle),
    ];
    let session = Metered { zone: Zone::Europe__Oslo, units_per_wh: 1, intervals: &intervals };
    let Ok((price, lines)) = explain(&tariff, &session) else { return None };
    let sum: i128 = lines.iter().map(|line| line.amount.0).sum();
    assert_eq!(sum, price.amount.0, "lines are the bill");
    for version in OcpiVersion::ALL {
        let written = tariff.to_json(version).expect("what was read is written");
        let again = Tariff::from_json(&written.json);
        // A loss may be what the tariff was made of.
        assert!(again.is_ok() || !written.losses.is_empty(), "what was written is read");
        drop(frame().write(version, &tariff, &session));
    }
    None
}

/// Reads the bytes as a CDR, likewise.
pub fn cdr(bytes: &[u8]) -> Option<String> {
    let cdr = match Cdr::from_bytes(bytes) {
        Ok(cdr) => cdr,
        Err(fault) => return Some(fault.to_string()),
    };
    if let Some(Ok(tariff)) = cdr.tariff() {
        let once = Pricer::new(tariff).rate(&cdr, Some(Zone::Europe__Oslo));
        let lines = cdr.explain(tariff, Some(Zone::Europe__Oslo));
        assert_eq!(once.is_ok(), lines.is_ok(), "explained is priced");
        return once.err().map(|why| why.to_string());
    }
    None
}

fn frame() -> CdrFrame<'static> {
    CdrFrame {
        id: "1",
        country_code: "NL",
        party_id: "LIN",
        auth_method: "WHITELIST",
        token: r#"{"uid": "c"}"#,
        location: "{}",
        last_updated: Timestamp(0),
        credits: None,
    }
}
