//! What is credited, and what is certified of it.

use serde_json::json;

use super::super::{Account, Claim, Event, Refusal, Validity};
use super::{
    adjust, approve, certify, check_in, check_out, command, given, kinds, name, open, place,
    propose, served, star, team, with,
};
use crate::domain::{Minutes, PersonRef, Registered};

fn total(given: &super::Given<super::State>, person: &str) -> Minutes {
    let person: PersonRef = super::name(person);
    given.state.accounts.get(&person).map_or(Minutes(0), Account::total)
}

#[test]
fn the_union_of_all_stays_within_the_shift_is_credited() {
    let mut story = with(team(), [open("s-1", 0, 120, 2)]);
    // Early by more than the tolerance, out for a while, in twice, and out late.
    story.extend(
        [(-30, 20), (50, 80), (70, 200)].into_iter().flat_map(|(from, until)| {
            [check_in("s-1", "p-1", from), check_out("s-1", "p-1", until)]
        }),
    );
    story.push(approve("s-1", "p-1", "station"));
    // -10 to 20, then 70 to 80 (the check-in at 70 says that the one at 50 has no check-out), and
    // nothing more, since the check-out at 200 has no check-in.
    assert_eq!(total(&given(story), "p-1"), Minutes(40));
}

#[test]
fn a_shift_past_midnight_is_credited_to_the_day_on_which_it_begins() {
    let (from, until) = (15 * 60, 18 * 60);
    let story = with(
        team(),
        [open("s-1", from, until, 2), check_in("s-1", "p-1", from), check_out("s-1", "p-1", until)],
    );
    let told = given(story).when(approve("s-1", "p-1", "station"));
    let credited = told.expect("allowed").remove(0).event;
    let Event::HoursCredited { served_on, credited_min, .. } = &credited else {
        panic!("{credited:?}");
    };
    assert_eq!((*served_on, *credited_min), (super::day(15), Minutes(180)));
}

#[test]
fn a_check_out_that_turns_up_wins_over_what_was_inferred() {
    let mut given = given(with(
        team(),
        [
            open("s-1", 0, 120, 2),
            check_in("s-1", "p-1", 0),
            propose("s-1", "p-1", 0, 120),
            check_out("s-1", "p-1", 30),
            approve("s-1", "p-1", "station"),
        ],
    ));
    assert_eq!(total(&given, "p-1"), Minutes(30));
    let again = approve("s-1", "p-1", "station");
    assert!(given.then(again).is_err(), "there is nothing new to approve");
}

#[test]
fn what_was_rejected_stays_uncredited() {
    let given = given(with(
        team(),
        [
            open("s-1", 0, 120, 2),
            check_in("s-1", "p-1", 0),
            check_out("s-1", "p-1", 30),
            place("reject_hours", 200, "s-1", "p-1"),
            check_in("s-1", "p-1", 60),
            check_out("s-1", "p-1", 80),
            approve("s-1", "p-1", "station"),
        ],
    ));
    assert_eq!(total(&given, "p-1"), Minutes(20));
    let claim = given.state.shifts[b"s-1".as_slice()].claim(&super::name("p-1"));
    assert_eq!(claim, Some(Claim::Approved));
}

#[test]
fn hours_are_rounded_on_the_certificate_alone() {
    let mut given = given(with(served(), [adjust("s-1", "p-1", -30)]));
    for (policy, stated) in [
        (None, 90),
        (Some("whole_hours"), 60),
        (Some("nearest_hour"), 120),
        (Some("begun_hours"), 120),
    ] {
        let told = given.when(certify("c-1", "p-1", "station", policy)).expect("allowed");
        let Event::CertificateIssued { credited_min, stated_min, rule_version, .. } =
            &told[0].event
        else {
            panic!("{told:?}");
        };
        assert_eq!((*credited_min, *stated_min), (Minutes(90), Minutes(stated)));
        assert_eq!(rule_version.as_deref(), policy.map(|_| "2022-1"));
    }
    given.then(certify("c-1", "p-1", "station", Some("begun_hours"))).expect("allowed");
    assert_eq!(total(&given, "p-1"), Minutes(90), "the ledger holds minutes");
}

#[test]
fn an_adjustment_supersedes_the_certificates_that_state_the_hours() {
    let mut given = given(with(
        served(),
        [
            certify("c-1", "p-1", "station", None),
            certify("c-2", "p-1", "station", None),
            command("revoke_certificate", json!({"certificate_no": "c-2", "reason": "lost"})),
        ],
    ));
    let told = given.when(adjust("s-1", "p-1", -20)).expect("allowed");
    assert_eq!(kinds(&told), ["HoursAdjusted", "CertificateSuperseded"]);
    given.then(adjust("s-1", "p-1", -20)).expect("allowed");
    let validity = |number: &[u8]| given.state.certificates[number].validity;
    assert_eq!((validity(b"c-1"), validity(b"c-2")), (Validity::Superseded, Validity::Revoked));
    let told = given.when(adjust("s-1", "p-1", -20)).expect("allowed");
    assert_eq!(kinds(&told), ["HoursAdjusted"], "once is enough");
}

/// Where no rule is published there is no tolerance, and a star is given for whatever there is.
#[test]
fn without_a_rule_the_shift_itself_is_credited() {
    let mut given = given(with(
        team(),
        [open("s-1", 0, 120, 2), check_in("s-1", "p-1", -5), check_out("s-1", "p-1", 60)],
    ));
    given.registered = Registered::default();
    given.then(approve("s-1", "p-1", "station")).expect("allowed");
    assert_eq!(total(&given, "p-1"), Minutes(60));
    assert!(given.then(star("p-1", 9)).is_ok());
}

/// Who turned out to be the volunteer approves nothing by the other record, and adjusts nothing.
#[test]
fn another_record_of_theirs_is_nobody_else() {
    let came =
        [open("s-2", 200, 300, 2), check_in("s-2", "p-1", 200), check_out("s-2", "p-1", 300)];
    let mut given = given(with(served(), came));
    let asked = [approve("s-2", "p-1", "station"), adjust("s-1", "p-1", -5)];
    for asked in asked.clone() {
        assert!(given.when(asked).is_ok());
    }
    given.registered.persons.entry(name("host")).or_default().merged_into = Some(name("p-1"));
    for asked in asked {
        let refused = Refusal::ApproverIsClaimant { person_ref: name("p-1") };
        assert_eq!(given.when(asked), Err(refused));
    }
}
