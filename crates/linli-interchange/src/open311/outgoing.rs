//! Cases as service requests.

use std::collections::BTreeMap;

use linli::cases::{Case, Event as CaseEvent, How};
use linli::views::cases::{Cases, Group};
use linli::{CaseId, Event, Evolve, Happened, Sealed, Timestamp};
use serde::Serialize;

use crate::moment::with_offset;

/// The cases of a community as service requests.
///
/// ```
/// use linli_interchange::open311::ServiceRequests;
///
/// assert_eq!(ServiceRequests::default().to_json(), serde_json::json!([]));
/// ```
#[derive(Clone, Debug, Default)]
pub struct ServiceRequests {
    cases: Cases,
    told: BTreeMap<CaseId, Told>,
}

/// What the cases themselves do not keep.
#[derive(Clone, Debug)]
struct Told {
    text: Option<Sealed>,
    changed_at: Timestamp,
}

/// One service request. All fields of the standard stand in it, null where nothing is known.
///
/// # Source
/// Open311 GeoReport v2, *GET Service Requests*, response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceRequest {
    /// The name of the case.
    pub service_request_id: String,
    /// Open or closed.
    pub status: Status,
    /// What is finer than that.
    pub status_notes: Option<String>,
    /// The category of the case.
    pub service_name: String,
    /// Kind and category.
    pub service_code: String,
    /// What was told.
    #[serde(skip_serializing_if = "Description::is_withheld")]
    pub description: Description,
    /// The body that handles it.
    pub agency_responsible: Option<String>,
    /// What the body says of how long such a request takes: nothing.
    pub service_notice: Option<String>,
    /// When it was first reported.
    pub requested_datetime: String,
    /// When anything was last told of it.
    pub updated_datetime: String,
    /// Until when it is to be solved.
    pub expected_datetime: Option<String>,
    /// An address in words: none is kept.
    pub address: Option<String>,
    /// The place, by its name in the registry.
    pub address_id: Option<String>,
    /// None is kept.
    pub zipcode: Option<String>,
    /// None is kept.
    pub lat: Option<String>,
    /// None is kept.
    pub long: Option<String>,
    /// None: pictures are kept by hash.
    pub media_url: Option<String>,
}

/// The words of who reported something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Description {
    /// Their key is not at hand, or is destroyed: the field is left out. They are no empty words.
    Withheld,
    /// There were none: null.
    Untold,
    /// These.
    Told(String),
}

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was reported.
    Open,
    /// It was resolved, or nothing more is done about it.
    Closed,
}

impl ServiceRequests {
    /// Every matter once, in the order of the names of the cases.
    pub fn iter(&self) -> impl Iterator<Item = ServiceRequest> {
        self.cases.groups().filter_map(|group| self.request(&group))
    }

    /// The document: a list of requests, as `GET requests.json` answers.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        // Texts and nulls under texts cannot fail to be written.
        self.iter().filter_map(|request| serde_json::to_value(request).ok()).collect()
    }

    fn request(&self, group: &Group<'_>) -> Option<ServiceRequest> {
        let (case_id, case, past) = group.root;
        let opened = case.opened.as_ref()?;
        let told = self.told.get(case_id)?;
        let time = |at| with_offset(at, past.zone);
        let changes = group.members.iter().filter_map(|(id, ..)| self.told.get(*id));
        let changed_at = changes.map(|told| told.changed_at).max()?;
        let kind = opened.kind.name();
        Some(ServiceRequest {
            service_request_id: case_id.to_string(),
            status: if case.phase().is_open() { Status::Open } else { Status::Closed },
            status_notes: Some(notes(case)),
            service_name: case.category.clone(),
            service_code: format!("{kind}/{}", case.category),
            description: Description::of(told.text.as_ref()),
            agency_responsible: case.assigned.as_ref().map(|by| by.body_id.to_string()),
            service_notice: None,
            requested_datetime: time(group.first_reported_at()?),
            updated_datetime: time(changed_at),
            expected_datetime: case.clock.due_at().map(time),
            address: None,
            address_id: Some(opened.place_id.to_string()),
            zipcode: None,
            lat: None,
            long: None,
            media_url: None,
        })
    }
}

impl Evolve for ServiceRequests {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Event::Cases(event) = &happened.event else { return };
        self.cases.evolve(happened);
        let changed_at = happened.at;
        let told = self.told.entry(event.case().clone());
        let told = told.or_insert(Told { text: None, changed_at });
        // What was told later of an earlier moment is no newer change.
        told.changed_at = told.changed_at.max(changed_at);
        if let CaseEvent::CaseOpened { text, .. } = event {
            told.text.clone_from(text);
        }
    }
}

impl Description {
    fn of(text: Option<&Sealed>) -> Self {
        match text.map(Sealed::text) {
            None => Self::Untold,
            Some(None) => Self::Withheld,
            Some(Some(text)) => Self::Told(text.to_owned()),
        }
    }

    fn is_withheld(&self) -> bool {
        *self == Self::Withheld
    }
}

fn notes(case: &Case) -> String {
    let stands = match &case.closed {
        Some(how) => closing(how),
        None => case.phase().name().replace('_', " "),
    };
    match case.reopened_n {
        0 => stands,
        1 => format!("{stands}; opened again once"),
        n => format!("{stands}; opened again {n} times"),
    }
}

fn closing(how: &How) -> String {
    match how {
        How::Fixed => "fixed".to_owned(),
        How::FixedByReporter => "fixed by the reporter".to_owned(),
        How::NotResponsible => "not ours to mend".to_owned(),
        How::NoAction { reason } => format!("no action: {reason}"),
        How::Referred => "referred to another body".to_owned(),
        How::Withdrawn => "withdrawn by the reporter".to_owned(),
        How::Unreachable => "resolved; the reporter was not reached".to_owned(),
    }
}
