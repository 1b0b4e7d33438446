//! The seed community as requests to the ledger: the same for the same numbers.
//!
//! Yujing Garden in Xuzhuang, February 2022: 85 sockets for e-bikes at 17 entrances, at most 1.2 kW
//! each, 170 cards, one tariff. Sessions come in rounds. A round is a window of eight hours in
//! which each socket serves one card at most and each card charges once at most, so that nothing
//! overlaps; the last window ends with 28 February.

use std::collections::VecDeque;

use linli::charging::{Command, Register, TariffScope};
use linli::codec::Channel;
use linli::ledger::Request;
use linli::{
    CardId, ConnectorId, Currency, PersonRef, SessionKey, TariffId, Timestamp, Watts, Zone,
};

use super::chance::Chance;
use super::community::{self, YUJING};
use super::session::{Scene, charge};
use crate::failure::Failure;

/// The tariff of the seed community.
pub(super) const TARIFF: &str = include_str!("../../../../tests/tariffs/flat-0.66.json");
/// Under which name its sessions and keys stand.
pub(super) const SOURCE: &str = "demo";
pub(super) const POINTS: u32 = 85;
pub(super) const CARDS: u32 = 170;
const POINTS_AN_ENTRANCE: u32 = 5;
const ZONE: Zone = Zone::Asia__Shanghai;
/// What a socket gives at most.
const MAX_POWER: Watts = Watts(1_200);
const DAY_S: i64 = 86_400;
const WINDOW_S: i64 = 28_800;
/// 2022-03-01T00:00+08:00, when 28 February is over.
const END_S: i64 = 1_646_064_000;
/// Windows from 2 to 28 February; more sessions begin earlier.
const FEBRUARY_WINDOWS: i64 = 81;

/// What makes one seed community differ from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seed {
    pub(crate) sessions: u32,
    pub(crate) number: u64,
}

impl Seed {
    /// The requests in groups, in their order. Those of a group share no connector, card, session.
    pub(super) fn groups(self) -> Result<Groups, Failure> {
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
        let community = community::groups(self.opening())?.into();
        Ok(Groups { seed: self, chance, points, cards, community, round: None })
    }

    fn rounds(self) -> u32 {
        self.sessions.div_ceil(POINTS)
    }

    /// When the window of a round begins, in seconds since 1970: rounds are spread over February.
    fn window_s(self, round: u32) -> i64 {
        let rounds = i64::from(self.rounds()).max(1);
        let windows = rounds.max(FEBRUARY_WINDOWS);
        let window = i64::from(round).saturating_mul(windows).div_euclid(rounds);
        let first_s = END_S.saturating_sub(windows.saturating_mul(WINDOW_S));
        first_s.saturating_add(window.saturating_mul(WINDOW_S))
    }

    /// Eight in the morning of the day before the first session.
    fn opening(self) -> Timestamp {
        let windows = i64::from(self.rounds()).max(FEBRUARY_WINDOWS);
        let days = windows.saturating_mul(WINDOW_S).div_euclid(DAY_S).saturating_add(1);
        let rest = windows.saturating_mul(WINDOW_S).rem_euclid(DAY_S);
        let days = if rest > 0 { days.saturating_add(1) } else { days };
        let midnight_s = END_S.saturating_sub(days.saturating_mul(DAY_S));
        Timestamp(midnight_s.saturating_add(8 * 3_600).saturating_mul(1_000_000))
    }

    /// A request under its own key: delivered twice, it happens once.
    fn request(self, commands: Vec<Command>, what: &str) -> Result<Request, Failure> {
        let id = format!("{}/{}/{what}", self.number, self.sessions);
        let request = Request::all(commands).from_source(SOURCE, &id).through(Channel::Import);
        Ok(request.within(YUJING.parse().map_err(Failure::input)?))
    }
}

/// The groups of requests of a seed, one after the other.
#[derive(Debug)]
pub(super) struct Groups {
    seed: Seed,
    chance: Chance,
    points: Vec<Point>,
    cards: Vec<(CardId, PersonRef)>,
    /// What happens beside the charging points, and is still to come.
    community: VecDeque<Vec<Request>>,
    /// The next round; `None` before the charging points are there.
    round: Option<u32>,
}

#[derive(Debug)]
struct Point {
    connector: ConnectorId,
    place: String,
    register_wh: i64,
}

impl Groups {
    /// How many requests are to come. How many events are made of them is not known before.
    pub(super) fn requests_n(&self) -> u64 {
        let beside: usize = self.community.iter().map(Vec::len).sum();
        let site = u64::from(POINTS).saturating_add(CARDS.into()).saturating_add(1);
        site.saturating_add(self.seed.sessions.into()).saturating_add(beside as u64)
    }

    /// Connectors, cards and the tariff.
    fn site(&self) -> Result<Vec<Request>, Failure> {
        let (at, zone) = (self.seed.opening(), ZONE);
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
            self.seed.request(vec![commission], point.connector.as_str())
        });
        let cards = self.cards.iter().map(|(card, holder)| {
            let (class, subject_ref) = (Some("resident".to_owned()), holder.clone());
            let issue = Command::IssueCard { card: card.clone(), at, zone, subject_ref, class };
            self.seed.request(vec![issue], card.as_str())
        });
        let mut requests = points.chain(cards).collect::<Result<Vec<Request>, Failure>>()?;
        let (tariff, scope) = (TariffId::new("flat-0.66")?, TariffScope::Community);
        let publish = Command::PublishTariff { at, zone, content: TARIFF.to_owned() };
        let assign = Command::AssignTariff { tariff, at, zone, scope };
        requests.push(self.seed.request(vec![publish, assign], "tariff")?);
        Ok(requests)
    }

    fn sessions(&mut self, round: u32) -> Result<Vec<Request>, Failure> {
        self.chance.shuffle(&mut self.points);
        self.chance.shuffle(&mut self.cards);
        let currency = "CNY".parse::<Currency>().map_err(Failure::input)?;
        let from_s = self.seed.window_s(round);
        let window_s = (from_s, from_s.saturating_add(WINDOW_S));
        let first = round.saturating_mul(POINTS);
        let numbers = first.saturating_add(1)..=self.seed.sessions;
        let mut requests = Vec::new();
        for ((point, (card, _)), number) in self.points.iter_mut().zip(&self.cards).zip(numbers) {
            let id = format!("{number:06}");
            let session = SessionKey::of(SOURCE, &id)?;
            let connector = &point.connector;
            let scene = Scene { session, connector, card, zone: ZONE, currency, window_s };
            let commands = charge(scene, &mut point.register_wh, &mut self.chance);
            requests.push(self.seed.request(commands, &id)?);
        }
        Ok(requests)
    }
}

impl Iterator for Groups {
    type Item = Result<Vec<Request>, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let Some(round) = self.round else {
            self.round = Some(0);
            return Some(self.site());
        };
        if let Some(group) = self.community.pop_front() {
            return Some(Ok(group));
        }
        if round >= self.seed.rounds() {
            return None;
        }
        self.round = Some(round.saturating_add(1));
        Some(self.sessions(round))
    }
}
