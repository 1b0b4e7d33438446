//! How policies are run: by which clock, and by whom.

use serde_json::{Value, json};

use super::{HOUR, START, Story};
use crate::codec::Channel;
use crate::domain::Timestamp;
use crate::ledger::policies::Policies;
use crate::ledger::{Authority, ExecuteError, Ledger, Request};

const MINUTE: i64 = HOUR / 60;

/// Waits end by the ledger's clock, give or take what clocks differ by: further ahead only on
/// purpose.
#[test]
fn a_time_in_the_future_is_told_on_purpose() {
    let mut story = super::hotline_callback::begun(Channel::App);
    story.ledger = story.ledger.with_clock(|| Timestamp(START));
    let before = story.events();
    let told = Timestamp(START + 5 * MINUTE);
    let late = Timestamp(START + 5 * MINUTE + 1);
    let mut policies = Policies::new();
    let refused = story.ledger.advance_blocking(&mut policies, "p-host", late);
    let Err(ExecuteError::InFuture { now, clock }) = refused else { panic!("{refused:?}") };
    assert_eq!((now, clock, story.events()), (late, Timestamp(START), before));
    story.ledger.advance_blocking(&mut policies, "p-host", told).expect("clocks differ");
    let mut meant = Policies::new().ahead_of_the_clock();
    story.ledger.advance_blocking(&mut meant, "p-host", late).expect("on purpose");
}

/// Who may act in one community takes the steps of that one, however many of others come first,
/// and leaves these to whoever may there.
#[test]
fn a_step_of_another_community_is_left_to_others() {
    const PATHS: [&str; 2] = ["xuzhuang/jingjia", "xuzhuang/yujing"];
    let mut story = Story::new();
    story.tell("register_body", json!({"body_id": "committee", "kind": "committee"}));
    let within = |story: &mut Story, path: &str, name: &str, mut fields: Value| {
        story.now += MINUTE;
        fields["at"] = json!(Timestamp(story.now).to_string());
        fields["zone"] = json!("Asia/Shanghai");
        let request = Request::from_json(&json!({ name: fields }).to_string()).expect(name);
        let request = request.within(path.parse().expect("a path"));
        story.ledger.execute_blocking("p-host", request).expect(name);
    };
    for (number, path) in PATHS.into_iter().enumerate() {
        let (case, secretary) = (format!("case-{number}"), format!("p-{number}"));
        story.tell("register_person", json!({ "person_ref": secretary }));
        let granted = json!({"person_ref": secretary, "role": "secretary", "body_id": "committee",
            "valid_from": "2022-01-01"});
        within(&mut story, path, "grant_role", granted);
        let opened = json!({"case_id": case, "kind": "hazard", "category": "charging",
            "severity_n": 2, "place_id": "gate", "observed_at": "2022-02-14T08:00:00+08:00"});
        within(&mut story, path, "open_case", opened);
        let wrapped = json!({"case_id": case, "what": "wrapped in foil", "is_temporary": true});
        within(&mut story, path, "record_mitigation", wrapped);
    }
    let by_roles = Ledger::over(story.ledger.store.clone(), Authority::by_roles());
    let now = Timestamp(story.now);
    let run = |actor: &str| {
        let mut policies = Policies::new();
        by_roles.advance_blocking(&mut policies, actor, now).expect("runs")
    };
    let first = run("p-1");
    assert!(first.taken_n > 0 && first.left_n > 0 && first.is_settled, "{first:?}");
    let again = run("p-1");
    assert_eq!((again.taken_n, again.left_n), (0, first.left_n));
    let second = run("p-0");
    assert!(second.taken_n > 0 && second.left_n == 0, "{second:?}");
    assert_eq!(run("p-1").left_n, 0);
}
