//! One made-up charging session: what the meter showed, and what the operator billed.

use linli::charging::{Command, Reading};
use linli::{CardId, ConnectorId, Currency, SessionKey, Timestamp, WattHours, Watts, Zone};

use super::chance::Chance;

/// A quarter of an hour, in seconds: how often a meter is read.
const QUARTER_S: i64 = 900;
/// Seconds in which a watt is a watt-hour.
const HOUR_S: i64 = 3_600;
/// What a kilowatt-hour costs, in fen: the tariff `flat-0.66`.
const FEN_PER_KWH: i64 = 66;
/// What it cost where the operator took the wrong rate.
const WRONG_FEN_PER_KWH: i64 = 68;
/// The card whose bills a fact adds up: the operator makes no mistake with it.
const RIGHT_CARD: &str = "card-002";
/// Watt-hours in a kilowatt-hour.
const KWH: i64 = 1_000;

/// Where and by whom a session is made.
pub(super) struct Scene<'a> {
    pub(super) session: SessionKey,
    pub(super) connector: &'a ConnectorId,
    pub(super) card: &'a CardId,
    pub(super) zone: Zone,
    pub(super) currency: Currency,
    /// The window that the session lies in, in seconds since 1970.
    pub(super) window_s: (i64, i64),
}

/// A stretch of the session with one power.
#[derive(Clone, Copy)]
struct Stretch {
    seconds: i64,
    power_w: i64,
}

/// Makes the commands that report a session, and moves the connector's register on.
pub(super) fn charge(scene: Scene<'_>, register_wh: &mut i64, chance: &mut Chance) -> Vec<Command> {
    let stretches = stretches(chance);
    let length_s: i64 = stretches.iter().map(|stretch| stretch.seconds).sum();
    let (from_s, until_s) = scene.window_s;
    let room_s = until_s.saturating_sub(from_s).saturating_sub(length_s);
    let start_s = from_s.saturating_add(chance.below(room_s));
    let Scene { session, connector, card, zone, currency, .. } = scene;
    let mut commands = vec![Command::RecordSessionStart {
        session: session.clone(),
        connector: Some(connector.clone()),
        card: Some(card.clone()),
        at: seconds(start_s),
        zone,
        register: Some(WattHours(*register_wh)),
        flags: Vec::new(),
    }];
    let first_wh = *register_wh;
    let (mut at_s, mut rest_ws) = (start_s, 0_i64);
    for (index, Stretch { seconds: length_s, power_w }) in stretches.iter().copied().enumerate() {
        at_s = at_s.saturating_add(length_s);
        rest_ws = rest_ws.saturating_add(power_w.saturating_mul(length_s));
        *register_wh = register_wh.saturating_add(rest_ws.div_euclid(HOUR_S));
        rest_ws = rest_ws.rem_euclid(HOUR_S);
        let is_last = index.saturating_add(1) == stretches.len();
        if !is_last {
            commands.push(Command::RecordMeterSample {
                session: session.clone(),
                at: seconds(at_s),
                zone,
                reading: Reading::Register(WattHours(*register_wh)),
                power: Some(Watts(power_w)),
            });
        }
    }
    let at = seconds(at_s);
    commands.push(Command::RecordSessionEnd {
        session: session.clone(),
        at,
        zone,
        reading: Some(Reading::Register(WattHours(*register_wh))),
        stated_seconds: Some(length_s),
        charging_seconds: None,
        reason: Some("unplugged".to_owned()),
        flags: Vec::new(),
    });
    let energy_wh = register_wh.saturating_sub(first_wh);
    let (right, told) = billed(energy_wh, chance);
    let fen = if card.as_str() == RIGHT_CARD { right } else { told };
    let amount = format!("{}.{:02}", fen.div_euclid(100), fen.rem_euclid(100));
    let source = "demo".to_owned();
    commands.push(Command::RecordBill { session, at, zone, source, amount, currency });
    commands
}

fn seconds(seconds: i64) -> Timestamp {
    Timestamp(seconds.saturating_mul(1_000_000))
}

/// 4 to 20 whole quarters and a rest: constant power, then less and less until the battery is
/// full, as an e-bike's charger takes it.
fn stretches(chance: &mut Chance) -> Vec<Stretch> {
    let quarters = chance.below(17).saturating_add(4);
    let taper_from = quarters.saturating_mul(chance.below(5).saturating_add(6)).div_euclid(10);
    let mut power_w = chance.below(19).saturating_mul(20).saturating_add(180);
    let mut stretches = Vec::new();
    for quarter in 0..quarters {
        if quarter >= taper_from {
            power_w = power_w.saturating_mul(2).div_euclid(3);
        }
        if power_w < 20 {
            power_w = 0;
        }
        stretches.push(Stretch { seconds: QUARTER_S, power_w });
    }
    let rest_s = chance.below(840).saturating_add(30);
    stretches.push(Stretch { seconds: rest_s, power_w });
    stretches
}

/// What is right, and what the made-up operator billed, in fen: about one in a hundred is wrong.
fn billed(energy_wh: i64, chance: &mut Chance) -> (i64, i64) {
    let priced = |rate: i64| energy_wh.saturating_mul(rate);
    let half_up = |thousandths: i64| thousandths.saturating_add(KWH / 2).div_euclid(KWH);
    let right = half_up(priced(FEN_PER_KWH));
    if chance.below(100) != 0 {
        return (right, right);
    }
    let cut_off = priced(FEN_PER_KWH).div_euclid(KWH);
    let twice = right.saturating_mul(2);
    let wrong_rate = half_up(priced(WRONG_FEN_PER_KWH));
    let mut wrong = [cut_off, twice, wrong_rate];
    chance.shuffle(&mut wrong);
    // Cut off may be right by chance, and a small session costs the same at both rates.
    (right, wrong.into_iter().find(|amount| *amount != right).unwrap_or(twice))
}
