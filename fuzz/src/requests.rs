//! What is asked for: commands as JSON, and the service requests of other houses.

use linli::ledger::Request;
use linli_interchange::open311;

/// Reads commands; read twice they have one key.
pub fn command(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(fault) => return Some(fault.to_string()),
    };
    match Request::from_json(text) {
        Ok(request) => {
            let again = Request::from_json(text).expect("what was read is read");
            assert_eq!(request.key(), again.key(), "the same request has the same key");
            None
        }
        Err(fault) => Some(fault.to_string()),
    }
}

/// Reads an Open311 service request.
pub fn service_request(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(fault) => return Some(fault.to_string()),
    };
    let read = open311::read(text, "fuzz", Some(linli::Zone::Asia__Shanghai));
    read.err().map(|fault| fault.to_string())
}
