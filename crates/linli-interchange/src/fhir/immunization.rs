//! A dose as an `Immunization`.

use linli::DoseId;
use linli::services::Dose;
use serde_json::{Value, json};

use super::{concept, id_of, reference};
use crate::moment::with_offset;

/// The resource: what is on record of the dose now, after every correction.
///
/// # Source
/// FHIR R4, Immunization: `status`, `vaccineCode`, `patient` and `occurrence[x]` are required.
pub(super) fn resource(dose_id: &DoseId, dose: &Dose, voided: Option<&str>) -> Value {
    let record = &dose.record;
    let mut resource = json!({
        "resourceType": "Immunization",
        "id": id_of("Immunization", &dose.scope, dose_id.as_str()),
        "identifier": [{ "value": dose_id.as_str() }],
        "status": if dose.is_voided { "entered-in-error" } else { "completed" },
        "vaccineCode": concept(&record.product_code),
        "patient": reference("Patient", &dose.recipient_ref),
        "occurrenceDateTime": with_offset(record.administered_at, dose.zone),
        "lotNumber": record.lot_no.as_str(),
        "expirationDate": record.expires_on.to_string(),
        "performer": [{ "actor": reference("Practitioner", &record.vaccinator_ref) }],
        "protocolApplied": [protocol(dose)],
    });
    // FHIR knows no empty text: what nobody wrote is not there.
    let told = |text: &str| !text.trim().is_empty();
    let mut put = |key: &str, value: Value| {
        if let Some(resource) = resource.as_object_mut() {
            resource.insert(key.to_owned(), value);
        }
    };
    if told(&record.site) {
        put("site", concept(&record.site));
    }
    if told(&record.route) {
        put("route", concept(&record.route));
    }
    if told(&record.holder) {
        put("manufacturer", json!({ "type": "Organization", "display": record.holder }));
    }
    if let Some(reason) = voided.filter(|reason| told(reason)) {
        put("statusReason", concept(&reason));
    }
    resource
}

/// Which dose of which series. A number that is not positive is no `positiveInt`.
fn protocol(dose: &Dose) -> Value {
    let series = dose.series_id.as_str();
    match dose.record.dose_no {
        0 => json!({ "series": series, "doseNumberString": "0" }),
        number => json!({ "series": series, "doseNumberPositiveInt": number }),
    }
}
