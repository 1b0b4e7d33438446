//! The two functions that are never one.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::super::{AgeBand, DoseGiven, NotYet, Validity, is_valid, may_schedule, valid_of};
use super::{booster, day};

fn given(dose_no: u32, on: NaiveDate) -> DoseGiven {
    DoseGiven {
        dose_no,
        product_code: "inactivated".parse().expect("a product"),
        on,
        expires_on: day(400),
        at_most_years: 40,
    }
}

fn on(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// Six months are calendar months, clamped to the end of the month, not 180 days.
#[test]
fn six_months_after_the_end_of_august_is_the_end_of_february() {
    let second = [given(2, on("2021-08-31"))];
    let product = "inactivated".parse().expect("a product");
    let asked = |text| may_schedule(&second, 3, Some(&product), on(text), Some(40), &booster(0));
    assert_eq!(asked("2022-02-27"), Err(NotYet::TooEarly { earliest_on: on("2022-02-28") }));
    assert_eq!(asked("2022-02-28"), Ok(()));
}

#[test]
fn an_invalid_dose_starts_no_interval() {
    let series = [given(1, day(0)), given(2, day(10)), given(2, day(30))];
    let valid = valid_of(series.clone(), &booster(0));
    assert_eq!(valid, [series[0].clone(), series[2].clone()]);
    assert_eq!(is_valid(&series[2], &series[1..2], &booster(0)), Validity::DuplicateDoseNo);
    let expired = DoseGiven { expires_on: day(29), ..series[2].clone() };
    assert_eq!(is_valid(&expired, &[], &booster(0)), Validity::LotExpired);
    let young = DoseGiven { at_most_years: 17, ..given(3, day(30)) };
    assert_eq!(is_valid(&young, &[], &booster(0)), Validity::UnderAge);
}

proptest! {
    /// S7: grace is for doses that were given: it makes an early one valid and schedules none, and
    /// what may be scheduled is valid when it is given.
    #[test]
    fn grace_never_schedules(after in 0_i64..400, grace in 0_u32..40) {
        let second = [given(2, day(0))];
        let third = given(3, day(after));
        let (rule, strict) = (booster(grace), booster(0));
        let product = Some(&third.product_code);
        let asked = |rule| may_schedule(&second, 3, product, third.on, Some(40), rule);
        prop_assert_eq!(asked(&rule), asked(&strict));
        let earliest_on = on("2022-08-27");
        let days_early = earliest_on.signed_duration_since(third.on).num_days();
        prop_assert_eq!(asked(&rule).is_ok(), days_early <= 0);
        let is_given = is_valid(&third, &second, &rule) == Validity::Valid;
        prop_assert_eq!(is_given, days_early <= i64::from(grace));
    }

    /// S6: every age has one band, which holds no greater age than it says.
    #[test]
    fn every_age_has_its_band(years in 0_u32..130) {
        let band = AgeBand::of(years);
        prop_assert!(years <= band.at_most_years());
        let next = years.checked_add(1).map(AgeBand::of);
        prop_assert!(next == Some(band) || years == band.at_most_years());
    }
}
