//! Bills come out of a report as they were put in, however large their numbers are.

use proptest::prelude::*;

use crate::domain::charging::tariff::Price;
use crate::domain::{Exact, Flag, Flags, Money, Timestamp, WattHours, Zone};
use crate::replay::{Bill, Bills};

/// Numbers of any size, most of them small.
fn number() -> impl Strategy<Value = i128> {
    prop_oneof![
        6 => -1_000_000_000_000_i128..1_000_000_000_000,
        1 => Just(i128::from(i64::MAX)),
        1 => Just(i128::from(i64::MIN)),
        1 => Just(i128::from(i64::MAX) + 1),
        1 => -i128::MAX..i128::MAX,
    ]
}

fn money() -> impl Strategy<Value = Money> {
    number().prop_map(Money)
}

fn exact() -> impl Strategy<Value = Exact> {
    let denominator = prop_oneof![1_i128..10_000, Just(i128::from(i64::MAX) + 2)];
    (number(), denominator)
        .prop_map(|(upper, lower)| Exact::fraction(upper, lower).unwrap_or(Exact::ZERO))
}

fn price() -> impl Strategy<Value = Price> {
    let amounts = (exact(), [money(), money(), money()]);
    let shares = prop::array::uniform4(prop::option::of(money()));
    (amounts, shares, prop::array::uniform3(any::<i64>())).prop_map(
        |((exact, [amount, electricity, service]), [energy, time, parking, fixed], spans)| {
            let [total_us, charging_us, parking_us] = spans;
            Price {
                exact,
                amount,
                electricity,
                service,
                energy,
                time,
                parking,
                fixed,
                total_us,
                charging_us,
                parking_us,
            }
        },
    )
}

fn flags() -> impl Strategy<Value = Flags> {
    prop::collection::vec(prop::sample::select(Flag::ALL), 0..3).prop_map(|raised| {
        let mut flags = Flags::default();
        for flag in raised {
            flags.raise(flag);
        }
        flags
    })
}

prop_compose! {
    fn bill()(
        number in 0_u32..1_000,
        named in any::<bool>(),
        times in any::<(i64, i64)>(),
        energy in any::<i64>(),
        price in price(),
        issued in prop::option::of(money()),
        flags in flags(),
        is_held in any::<bool>(),
    ) -> Bill {
        Bill {
            session: format!("test:{number}").parse().expect("a session key"),
            card: named.then(|| "card".parse().expect("a card")),
            connector: named.then(|| "gate".parse().expect("a connector")),
            started_at: Timestamp(times.0),
            ended_at: Timestamp(times.1),
            zone: Zone::Asia__Shanghai,
            energy: WattHours(energy),
            currency: "CNY".parse().expect("a currency"),
            price,
            issued,
            flags,
            is_held,
        }
    }
}

/// With the parts of the fraction: two fractions are equal that are written otherwise.
fn shown(bill: &Bill) -> String {
    let exact = bill.price.exact;
    format!("{bill:?} {}/{}", exact.numerator(), exact.denominator())
}

proptest! {
    /// Small numbers and large ones, with flags and without: nothing is lost.
    #[test]
    fn a_bill_comes_out_as_it_was_put_in(bills in prop::collection::vec(bill(), 0..6)) {
        let mut kept = Bills::default();
        bills.iter().cloned().for_each(|bill| kept.push(bill));
        let expected: Vec<String> = bills.iter().map(shown).collect();
        prop_assert_eq!(kept.len(), bills.len());
        prop_assert_eq!(&kept.iter().map(|bill| shown(&bill)).collect::<Vec<_>>(), &expected);
        prop_assert_eq!(&kept.take_each().map(|bill| shown(&bill)).collect::<Vec<_>>(), &expected);
        prop_assert!(kept.is_empty());
    }

    /// In the order of the sessions' keys, and one that is taken back is gone.
    #[test]
    fn bills_are_sorted_by_session(bills in prop::collection::vec(bill(), 1..40)) {
        let mut kept = Bills::default();
        bills.iter().cloned().for_each(|bill| kept.push(bill));
        kept.remove(&bills[0].session);
        kept.sort();
        let keys: Vec<_> = kept.iter().map(|bill| bill.session).collect();
        prop_assert!(keys.is_sorted());
        prop_assert!(!keys.contains(&bills[0].session));
    }
}

/// What a million of them take is seen by who made one larger.
#[test]
fn a_kept_bill_is_small() {
    const { assert!(Bills::BYTES_A_BILL <= 216) }
}
