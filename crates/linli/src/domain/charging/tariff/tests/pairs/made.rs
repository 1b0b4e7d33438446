//! Made pairs: a plan of a tariff and a session, near each other so that boundaries are crossed.

use proptest::prelude::*;

use super::super::made::{Made, any_rounding, any_zone};
use super::super::*;
use super::plan::{Part, Plan, Priced, When};

/// A tariff and a session under it. All instants, durations and windows are whole `cell_s`.
#[derive(Clone, Debug)]
pub(in super::super) struct Pair {
    pub(super) plan: Plan,
    pub(super) session: Made,
    /// What the naive integrator steps by: a second, or where all falls on minutes a minute.
    pub(super) cell_s: i64,
}

impl Pair {
    pub(in super::super) fn tariff(&self) -> Tariff {
        self.plan.tariff()
    }

    pub(in super::super) fn tariff_json(&self) -> String {
        self.plan.json()
    }

    pub(in super::super) fn session(&self) -> Metered<'_> {
        self.session.metered()
    }

    /// The version that the tariff is written in.
    pub(in super::super) fn version(&self) -> OcpiVersion {
        self.plan.version
    }
}

/// The most cells of a session.
const MOST_CELLS: i64 = 240;

pub(in super::super) fn any_pair() -> impl Strategy<Value = Pair> {
    (prop::sample::select(vec![1_i64, 60, 60]), any_zone()).prop_flat_map(|(cell_s, zone)| {
        (any_plan(cell_s), any_session(cell_s, zone)).prop_map(move |(plan, session)| Pair {
            plan,
            session,
            cell_s,
        })
    })
}

/// Instants shortly before which sessions start: clock changes, turns of the year, a weekend.
const NEAR: [&str; 6] = [
    "2022-03-27T01:00:00Z",
    "2022-10-30T01:00:00Z",
    "2024-02-29T23:00:00Z",
    "2025-12-31T23:00:00Z",
    "2023-07-25T22:00:00Z",
    "2024-03-01T14:00:00Z",
];

fn any_session(cell_s: i64, zone: Zone) -> impl Strategy<Value = Made> {
    let near = prop::sample::select(NEAR.map(|near| instant(near).0).to_vec());
    let activity = prop::sample::select(vec![
        Activity::Charging,
        Activity::Charging,
        Activity::Idle,
        Activity::Neither,
    ]);
    let power = prop_oneof![3 => Just(None), 1 => (0_i64..12_000).prop_map(|w| Some(Watts(w)))];
    // An interval of no length still has energy, and a meter may run backwards.
    let energy = prop_oneof![8 => 0_i128..3_000, 1 => -200_i128..0];
    let interval = (prop_oneof![1 => Just(0), 6 => 1_i64..41], energy, activity, power);
    let intervals = prop::collection::vec(interval, 1..6);
    (near, 0_i64..MOST_CELLS, intervals).prop_map(move |(near, cells, parts)| {
        let mut from = Timestamp(near - cells * cell_s * 1_000_000);
        let intervals = parts.into_iter().map(|(cells, energy, activity, power)| {
            let until = Timestamp(from.0 + cells * cell_s * 1_000_000);
            let energy = if activity == Activity::Charging { energy } else { 0 };
            let interval = Interval { from, until, energy, activity, power };
            from = until;
            interval
        });
        Made { zone, intervals: intervals.collect() }
    })
}

fn any_plan(cell_s: i64) -> impl Strategy<Value = Plan> {
    let version =
        prop::sample::select(vec![OcpiVersion::V211, OcpiVersion::V221, OcpiVersion::V230]);
    let limit = || prop_oneof![3 => Just(None), 1 => (0_i128..60_000).prop_map(Some)];
    let blocks = prop::bool::weighted(0.5);
    (version, blocks, limit(), limit()).prop_flat_map(move |(version, blocks, min, max)| {
        let elements = prop::collection::vec(any_part(cell_s, blocks), 1..5);
        (elements, any_base(blocks), any_rounding()).prop_map(
            move |(mut elements, base, mut rounding)| {
                elements.extend(base);
                rounding.sort_by_key(|step| step.stage);
                rounding.dedup_by_key(|step| step.stage);
                if rounding.iter().any(|step| step.stage == Stage::Period) {
                    rounding.retain(|step| step.stage != Stage::Interval);
                }
                let (min, max) = if blocks { (min, max) } else { (None, None) };
                Plan { version, elements, min, max, rounding }
            },
        )
    })
}

/// Elements at the end that price what no other did.
fn any_base(blocks: bool) -> impl Strategy<Value = Vec<Part>> {
    let one =
        any_price(blocks).prop_map(|price| Part { when: When::default(), prices: vec![price] });
    prop::collection::vec(one, 0..3)
}

fn any_part(cell_s: i64, blocks: bool) -> impl Strategy<Value = Part> {
    (any_when(cell_s), prop::collection::vec(any_price(blocks), 1..3))
        .prop_map(|(when, prices)| Part { when, prices })
}

fn any_price(blocks: bool) -> impl Strategy<Value = Priced> {
    let mut dimensions = vec![Dimension::Energy, Dimension::Time, Dimension::Parking];
    if blocks {
        dimensions.push(Dimension::Fixed);
    }
    let step = if blocks { vec![1, 1, 7, 60, 900] } else { vec![1] };
    let direction = prop::sample::select(vec!["up", "up", "down", "nearest"]);
    let limit = move || {
        let limit = prop::option::weighted(0.2, 0_i128..30_000);
        limit.prop_map(move |limit| limit.filter(|_| blocks))
    };
    let taxed = prop::option::of(prop::sample::select(vec![0_u32, 9, 21]));
    let price = prop_oneof![9 => 0_i128..50_000, 1 => -3_000_i128..0];
    (
        prop::sample::select(dimensions),
        price,
        prop::option::weighted(0.3, 0_i128..10_000),
        prop::sample::select(step),
        direction,
        (limit(), limit()),
        taxed,
    )
        .prop_map(|(dimension, price, electricity, step, direction, (min, max), tax)| {
            let max = max.map(|max| max.max(min.unwrap_or(0)));
            Priced { dimension, price, electricity, step, direction, min, max, tax }
        })
}

fn any_when(cell_s: i64) -> impl Strategy<Value = When> {
    let minute = || {
        prop_oneof![
            Just(0_u32),
            Just(120),
            prop::sample::select(vec![60_u32, 90, 150, 180, 1_380, 1_320]),
            0_u32..1_440,
        ]
    };
    let rarely = |p| prop::bool::weighted(p);
    let weekdays = prop::sample::subsequence(vec![0, 1, 2, 3, 4, 5, 6], 1..6);
    let clock = (
        prop::option::weighted(0.4, minute()),
        prop::option::weighted(0.4, minute()),
        prop_oneof![5 => Just(Vec::new()), 1 => weekdays],
        prop::option::weighted(0.1, prop::sample::select(NEAR_DATES.to_vec())),
        prop::option::weighted(0.1, prop::sample::select(NEAR_DATES.to_vec())),
        prop::option::weighted(0.1, prop::sample::select(SEASONS.to_vec())),
    );
    let watt_hours = || prop::option::weighted(0.1, 0_i128..6_000);
    let watts = || prop::option::weighted(0.1, 0_i128..12_000);
    let seconds =
        move || prop::option::weighted(0.1, (0_i64..MOST_CELLS).prop_map(move |n| n * cell_s));
    let usage = (watt_hours(), watt_hours(), watts(), watts(), seconds(), seconds());
    (clock, prop::option::weighted(0.5, usage), rarely(0.05)).prop_map(
        |((start_min, end_min, weekdays, start_date, end_date, season), usage, reservation)| {
            let (min_wh, max_wh, min_w, max_w, min_s, max_s) = usage.unwrap_or_default();
            When {
                start_min,
                end_min,
                weekdays,
                start_date,
                end_date,
                season,
                min_wh,
                max_wh,
                min_w,
                max_w,
                min_s,
                max_s,
                reservation,
            }
        },
    )
}

const NEAR_DATES: [&str; 6] =
    ["2022-03-27", "2022-10-30", "2024-03-01", "2026-01-01", "2023-07-26", "2024-03-02"];

type Season = ((u32, u32), (u32, u32));
const SEASONS: [Season; 3] = [((7, 26), (8, 25)), ((12, 26), (1, 25)), ((2, 29), (3, 1))];
