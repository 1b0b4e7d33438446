//! The charging points of Yujing Garden: 85 sockets for e-bikes at 17 entrances, at most 1.2 kW
//! each, 170 cards, one tariff.
//!
//! Sessions come in rounds. A round is a window of eight hours in which each socket serves one card
//! at most and each card charges once at most, so that nothing overlaps; the last window ends with
//! 28 February 2022.

use linli::charging::{Command, Register, TariffScope};
use linli::{
    CardId, ConnectorId, Currency, PersonRef, SessionKey, TariffId, Timestamp, Watts, Zone,
};

use crate::Unmade;
use crate::chance::Chance;
use crate::session::{Scene, charge};
use crate::story::{Story, YUJING};

/// The tariff of the made-up communities, as JSON.
pub const TARIFF: &str = include_str!("../../../tests/tariffs/flat-0.66.json");
/// How many charging points a community has.
pub const POINTS: u32 = 85;
/// How many cards.
pub const CARDS: u32 = 170;
/// Under which name its sessions and keys stand.
const SOURCE: &str = "demo";
const POINTS_AN_ENTRANCE: u32 = 5;
const ZONE: Zone = Zone::Asia__Shanghai;
/// What a socket gives at most.
const MAX_POWER: Watts = Watts(1_200);
const DAY_S: i64 = 86_400;
const WINDOW_S: i64 = 28_800;
/// 2022-03-01T00:00+08:00, when 28 February is over.
const END_S: i64 = 1_646_064_000;

/// When how much is charged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) sessions: u32,
    /// What decides by chance.
    pub(crate) number: u64,
    /// Over how many windows the rounds are spread; more rounds have a window each.
    pub(crate) windows: i64,
}

impl Plan {
    pub(crate) fn begun(self) -> Result<Charging, Unmade> {
        let mut chance = Chance::new(self.number);
        let mut points = Vec::new();
        for number in 1..=POINTS {
            let connector = ConnectorId::new(&format!("yujing-{number:02}"))?;
            let place = number.saturating_sub(1).div_euclid(POINTS_AN_ENTRANCE).saturating_add(1);
            let place = format!("xuzhuang/yujing/entrance-{place:02}");
            let register_wh = chance.below(400_000).saturating_add(20_000);
            points.push(Point { connector, place, register_wh });
        }
        let mut cards = Vec::new();
        for number in 1..=CARDS {
            let card = CardId::new(&format!("card-{number:03}"))?;
            let holder = PersonRef::new(&format!("p-{:08x}", chance.next() >> 32))?;
            cards.push((card, holder));
        }
        Ok(Charging { plan: self, chance, points, cards, round: 0 })
    }

    fn rounds(self) -> u32 {
        self.sessions.div_ceil(POINTS)
    }

    fn windows(self) -> i64 {
        i64::from(self.rounds()).max(self.windows)
    }

    /// When the window of a round begins, in seconds since 1970.
    fn window_s(self, round: u32) -> i64 {
        let rounds = i64::from(self.rounds()).max(1);
        let windows = self.windows();
        let window = i64::from(round).saturating_mul(windows).div_euclid(rounds);
        let first_s = END_S.saturating_sub(windows.saturating_mul(WINDOW_S));
        first_s.saturating_add(window.saturating_mul(WINDOW_S))
    }

    /// Eight in the morning of the day before the first session.
    pub(crate) fn opening(self) -> Timestamp {
        let length_s = self.windows().saturating_mul(WINDOW_S);
        let days = length_s.div_euclid(DAY_S).saturating_add(1);
        let rest_s = length_s.rem_euclid(DAY_S);
        let days = if rest_s > 0 { days.saturating_add(1) } else { days };
        let midnight_s = END_S.saturating_sub(days.saturating_mul(DAY_S));
        Timestamp(midnight_s.saturating_add(8 * 3_600).saturating_mul(1_000_000))
    }

    fn story(self, commands: Vec<Command>, what: &str) -> Story {
        let commands = commands.into_iter().map(Into::into).collect();
        Story::of(SOURCE, YUJING, format!("{}/{}/{what}", self.number, self.sessions), commands)
    }
}

/// The rounds of sessions, one after the other, in groups that share no connector, card, session.
#[derive(Debug)]
pub(crate) struct Charging {
    plan: Plan,
    chance: Chance,
    points: Vec<Point>,
    cards: Vec<(CardId, PersonRef)>,
    /// The next round.
    round: u32,
}

#[derive(Debug)]
struct Point {
    connector: ConnectorId,
    place: String,
    register_wh: i64,
}

impl Charging {
    /// How many sessions there are in all.
    pub(crate) fn sessions_n(&self) -> u32 {
        self.plan.sessions
    }

    /// Connectors, cards and the tariff.
    pub(crate) fn site(&self) -> Result<Vec<Story>, Unmade> {
        let (at, zone) = (self.plan.opening(), ZONE);
        let points = self.points.iter().map(|point| {
            let commission = Command::CommissionConnector {
                connector: point.connector.clone(),
                at,
                zone,
                place: point.place.clone(),
                meter: Some(format!("meter-{}", point.connector)),
                max_power: Some(MAX_POWER),
                register: Register::Lifetime,
                feeds_back: false,
            };
            self.plan.story(vec![commission], point.connector.as_str())
        });
        let cards = self.cards.iter().map(|(card, holder)| {
            let (class, subject_ref) = (Some("resident".to_owned()), holder.clone());
            let issue = Command::IssueCard { card: card.clone(), at, zone, subject_ref, class };
            self.plan.story(vec![issue], card.as_str())
        });
        let mut stories: Vec<Story> = points.chain(cards).collect();
        let (tariff, scope) = (TariffId::new("flat-0.66")?, TariffScope::Community);
        let publish = Command::PublishTariff { at, zone, content: TARIFF.to_owned() };
        let assign = Command::AssignTariff { tariff, at, zone, scope };
        stories.push(self.plan.story(vec![publish, assign], "tariff"));
        Ok(stories)
    }

    fn sessions(&mut self, round: u32) -> Result<Vec<Story>, Unmade> {
        self.chance.shuffle(&mut self.points);
        self.chance.shuffle(&mut self.cards);
        let currency = "CNY".parse::<Currency>()?;
        let from_s = self.plan.window_s(round);
        let window_s = (from_s, from_s.saturating_add(WINDOW_S));
        let first = round.saturating_mul(POINTS);
        let numbers = first.saturating_add(1)..=self.plan.sessions;
        let mut stories = Vec::new();
        for ((point, (card, _)), number) in self.points.iter_mut().zip(&self.cards).zip(numbers) {
            let id = format!("{number:06}");
            let session = SessionKey::of(SOURCE, &id)?;
            let connector = &point.connector;
            let scene = Scene { session, connector, card, zone: ZONE, currency, window_s };
            let commands = charge(scene, &mut point.register_wh, &mut self.chance);
            stories.push(self.plan.story(commands, &id));
        }
        Ok(stories)
    }
}

impl Iterator for Charging {
    type Item = Result<Vec<Story>, Unmade>;

    fn next(&mut self) -> Option<Self::Item> {
        let round = self.round;
        self.round = round.checked_add(1).filter(|_| round < self.plan.rounds())?;
        Some(self.sessions(round))
    }
}
