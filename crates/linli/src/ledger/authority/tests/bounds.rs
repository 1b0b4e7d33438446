//! What a role does not allow its own holder: to raise themselves, and to sign as another.

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
