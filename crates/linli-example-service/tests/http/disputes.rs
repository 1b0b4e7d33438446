//! A dispute is filed.

use serde_json::json;

use crate::client::{AT, Service, ZONE, types};

#[test]
fn a_dispute_is_filed_once() {
    let (service, ledger) = Service::in_memory();
    let filed = json!({"dispute_id": "d-1", "at": AT, "zone": ZONE, "kind": "neighbourhood",
        "origin": "application", "place_id": "yujing/3-2-501"});
    service.client.post("/disputes", "1", &filed).assert_outcome("recorded", 3);
    service.client.post("/disputes", "1", &filed).assert_outcome("repeated", 3);
    // Under another key it is another request, and there is such a dispute.
    service.client.post("/disputes", "2", &filed).assert_problem(409, "AlreadyExists");
    assert_eq!(types(ledger.store())[2..], ["DisputeRegistered"]);
}
