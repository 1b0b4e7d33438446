//! What a role does not allow its own holder: to raise themselves, to sign as another, and to set
//! what is of other communities.

use super::*;

const ACTOR: &str = "p-actor";

/// A community whose secretary is the actor.
fn of_a_secretary() -> Ledger {
    let store = journal();
    founded(&store, YUJING, vec![grant(ACTOR, "secretary", None)]);
    by_roles(&store)
}

#[test]
fn nobody_grants_themselves_a_role() {
    let ledger = of_a_secretary();
    for role in Role::ALL {
        let role = serde_json::to_value(role).expect("a name");
        let role = role.as_str().expect("a name");
        let what = "grant_role".to_owned();
        let own = ask(&ledger, YUJING, grant(ACTOR, role, None));
        assert_eq!(why(own), Why::ForThemselves { what }, "{role}");
        ask(&ledger, YUJING, grant("p-other", role, None)).expect("for somebody else");
    }
}

/// Of hours that are the actor's own the rules ask for another approver; so nobody may name one.
#[test]
fn hours_are_approved_in_ones_own_name() {
    let ledger = of_a_secretary();
    let approval = |by: &str| {
        json!({"shift_id": "s-1", "person_ref": ACTOR, "body_id": "committee",
            "approved_by_ref": by})
    };
    let adjustment = |by: &str| {
        json!({"shift_id": "s-1", "person_ref": ACTOR, "delta_min": 60, "reason": "more",
            "approved_by_ref": by})
    };
    for (name, fields) in [
        ("approve_hours", approval as fn(&str) -> Value),
        ("adjust_hours", adjustment as fn(&str) -> Value),
    ] {
        let lent = ask(&ledger, YUJING, command(name, fields("p-other")));
        assert_eq!(why(lent), Why::InAnothersName { what: name.to_owned() });
        // There is no such shift: the rules say so, and the authority has nothing against it.
        let own = ask(&ledger, YUJING, command(name, fields(ACTOR)));
        assert!(matches!(own, Err(ExecuteError::Refused(_))), "{own:?}");
    }
}

#[test]
fn what_holds_everywhere_is_published_for_all() {
    let rule = json!({"mediation": {"earlier_mediator_bars": true}});
    let calendar = json!({"school_calendar": {"winter": [], "summer": [],
        "year": ["2021-09-01", "2022-09-01"]}});
    for (name, rule) in [("publish_rule_set", &rule), ("publish_calendar", &calendar)] {
        let published = json!({"published": {"rule": rule, "version": "1", "jurisdiction": "CN",
            "valid_from": "2022-01-01"}});
        for (granted, may) in [("", true), ("xuzhuang", false), (YUJING, false)] {
            let store = journal();
            founded(&store, granted, vec![grant(ACTOR, "secretary", None)]);
            let answer = ask(&by_roles(&store), YUJING, command(name, published.clone()));
            if may {
                answer.expect("a secretary of all communities");
            } else {
                let (what, scope) = (name.to_owned(), Scope::default());
                assert_eq!(why(answer), Why::OutsideScope { what, scope });
            }
        }
    }
}

/// A secretary registers, and ends, in their own community, whatever a command names.
#[test]
fn nobody_registers_into_another_community() {
    let community = |id: &str, parent: &str| {
        let fields = json!({"community_id": id, "parent_id": parent, "level": "station"});
        command("register_community", fields)
    };
    let place = |id: &str, of: &str| {
        let fields = json!({"place_id": id, "community_id": of, "kind": "grid", "state": "in_use"});
        command("register_place", fields)
    };
    let store = journal();
    let large = |id: &str, parent: Option<&str>, level: &str| {
        let fields = json!({"community_id": id, "parent_id": parent, "level": level});
        command("register_community", fields)
    };
    let communities = vec![
        large("xuzhuang", None, "sub_district"),
        large("yujing", Some("xuzhuang"), "community"),
        large("jingjia", Some("xuzhuang"), "community"),
    ];
    founded(&store, "", communities);
    let there = vec![place("grid-9", "jingjia"), grant("p-other", "mediator", None)];
    founded(&store, JINGJIA, there);
    founded(&store, YUJING, vec![grant(ACTOR, "secretary", None)]);
    let ledger = by_roles(&store);
    let elsewhere =
        |thing: &str, path: &str| Why::OfAnother { thing: thing.to_owned(), scope: scope(path) };
    let station = ask(&ledger, YUJING, community("station-9", "jingjia"));
    let of_station = elsewhere("community:station-9", "xuzhuang/jingjia/station-9");
    assert_eq!(why(station), of_station);
    let grid = ask(&ledger, YUJING, place("grid-8", "jingjia"));
    assert_eq!(why(grid), elsewhere("community:jingjia", JINGJIA));
    let closed = command("set_place_state", json!({"place_id": "grid-9", "state": "closed"}));
    assert_eq!(why(ask(&ledger, YUJING, closed)), elsewhere("place:grid-9", JINGJIA));
    let ended = ask(&ledger, YUJING, end("p-other", "mediator", "2022-02-27"));
    assert!(matches!(ended, Err(ExecuteError::Refused(_))), "{ended:?}");
    ask(&ledger, YUJING, community("station-1", "yujing")).expect("of this community");
    ask(&ledger, YUJING, place("grid-1", "yujing")).expect("of this community");
}
