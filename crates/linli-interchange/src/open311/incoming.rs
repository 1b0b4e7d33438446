//! A service request as the command that opens a case.

use chrono::DateTime;
use linli::cases::{Command, Kind, Severity};
use linli::{CaseId, PlaceId, Sealed, Timestamp, Zone};
use serde::Deserialize;

use crate::moment::zone_at;

/// How grave a case is that nobody here has judged yet: the standard does not say, and the first
/// triage does.
const UNJUDGED: u32 = 2;

/// A request that can be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Reported {
    /// Its id where it comes from.
    pub id: String,
    /// What records it.
    pub command: Command,
}

/// Why a request opens no case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// Take it out, or write it as the standard does.
    #[error("this is no service request: {reason}")]
    NotARequest {
        /// What the reader says.
        reason: String,
    },
    /// Ask where the file comes from for it.
    #[error("`{field}` is missing")]
    Missing {
        /// The field.
        field: &'static str,
    },
    /// Write the field as the reason says.
    #[error("{reason}")]
    Unreadable {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Leave it where it was closed.
    #[error(
        "the request is closed; it was handled elsewhere, and an import makes up none of the steps \
         that led there"
    )]
    Closed,
}

impl Unfit {
    /// The field that it is about; empty where it is about the whole request.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::NotARequest { .. } => "",
            Self::Missing { field } | Self::Unreadable { field, .. } => field,
            Self::Closed => "status",
        }
    }
}

/// The fields that are read. Others that a server adds say nothing here.
#[derive(Deserialize)]
struct Request {
    service_request_id: Option<Text>,
    status: Option<String>,
    service_name: Option<String>,
    service_code: Option<Text>,
    description: Option<String>,
    requested_datetime: Option<String>,
    address: Option<String>,
    address_id: Option<Text>,
}

/// Servers write numbers where the standard has texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Text(String),
    Number(u64),
}

/// Reads one request, written as JSON. Its case is named `SOURCE:ID`, so that it meets no case of
/// another name-giver; its local date is meant in `zone`, or at the offset of its time.
///
/// ```
/// use linli_interchange::open311;
///
/// let request = r#"{"service_request_id": 7, "status": "open", "service_name": "Wires",
///     "requested_datetime": "2022-02-20T09:00:00+08:00", "address": "1 East Gate"}"#;
/// let reported = open311::read(request, "city", None)?;
/// assert_eq!(reported.command.head().0.as_str(), "city:7");
/// # Ok::<(), open311::Unfit>(())
/// ```
///
/// # Errors
/// [`Unfit`], which says what is wrong with which field.
///
/// # Source
/// Open311 GeoReport v2, *GET Service Requests*.
pub fn read(text: &str, source: &str, zone: Option<Zone>) -> Result<Reported, Unfit> {
    let request: Request = serde_json::from_str(text)
        .map_err(|error| Unfit::NotARequest { reason: error.to_string() })?;
    let id = request.service_request_id.and_then(Text::filled);
    let id = id.ok_or(Unfit::Missing { field: "service_request_id" })?;
    must_be_open(request.status)?;
    let case_id = CaseId::new(&format!("{source}:{id}"))
        .map_err(|error| unreadable("service_request_id", &error))?;
    let requested = filled(request.requested_datetime);
    let requested = requested.ok_or(Unfit::Missing { field: "requested_datetime" })?;
    let (at, zone) = instant(&requested, zone)?;
    let (kind, category) =
        matter(request.service_code.and_then(Text::filled), filled(request.service_name))?;
    let place = request.address_id.and_then(Text::filled).or_else(|| filled(request.address));
    let place = place.ok_or(Unfit::Missing { field: "address_id" })?;
    let command = Command::OpenCase {
        case_id,
        at,
        zone,
        kind,
        category,
        severity_n: Severity::try_from(UNJUDGED).map_err(|error| unreadable("", &error))?,
        place_id: PlaceId::new(&place).map_err(|error| unreadable("address_id", &error))?,
        reporter_ref: None,
        handle: None,
        text: filled(request.description).map(Sealed::Open),
        media: Vec::new(),
        observed_at: at,
    };
    Ok(Reported { id, command })
}

fn must_be_open(status: Option<String>) -> Result<(), Unfit> {
    let status = filled(status).ok_or(Unfit::Missing { field: "status" })?;
    match status.to_ascii_lowercase().as_str() {
        "open" => Ok(()),
        "closed" => Err(Unfit::Closed),
        _ => Err(unreadable("status", &"a status is open or closed, and nothing else")),
    }
}

/// The standard asks for a zone in every time: without one nobody knows when it was.
fn instant(text: &str, zone: Option<Zone>) -> Result<(Timestamp, Zone), Unfit> {
    let stated = DateTime::parse_from_rfc3339(text).ok();
    let told = stated.and_then(|stated| Some((Timestamp::told(stated.to_utc())?, stated)));
    let (told, stated) = told.ok_or_else(|| {
        let shown: String = text.chars().take(48).collect();
        let reason = format!(
            "`{shown}` names no instant; the standard asks for the zone, such as \
             2022-02-27T09:00:00+08:00"
        );
        unreadable("requested_datetime", &reason)
    })?;
    Ok((told, zone.unwrap_or_else(|| zone_at(*stated.offset()))))
}

/// What a request is about: the kind that a code of Linli's own names, else a request.
fn matter(code: Option<String>, name: Option<String>) -> Result<(Kind, String), Unfit> {
    let own = code.as_deref().and_then(|code| code.split_once('/'));
    let own = own.and_then(|(kind, category)| {
        let kinds = [Kind::Hazard, Kind::Nuisance, Kind::Request];
        let kind = kinds.into_iter().find(|known| known.name() == kind)?;
        Some((kind, category.to_owned())).filter(|_| !category.is_empty())
    });
    let other = || Some((Kind::Request, name.or(code)?));
    own.or_else(other).ok_or(Unfit::Missing { field: "service_name" })
}

impl Text {
    fn filled(self) -> Option<String> {
        match self {
            Self::Text(text) => filled(Some(text)),
            Self::Number(number) => Some(number.to_string()),
        }
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn unreadable(field: &'static str, reason: &impl ToString) -> Unfit {
    Unfit::Unreadable { field, reason: reason.to_string() }
}
