//! Service requests of Open311 GeoReport v2: a list of them, or one.
//!
//! A request that is open opens a case named `SOURCE:ID`; one that is closed is refused, because
//! nothing here tells what happened before. Its key is made of source and id, so that a city's list
//! of tomorrow adds what is new in it. What is told in words is sealed with the keyring.
//!
//! # Source
//! Open311 GeoReport v2, *GET Service Requests*.

use linli::codec::Channel;
use linli::ledger::Request;
use linli::{Scope, Zone};
use linli_interchange::open311;
use serde_json::value::RawValue;

use super::ImportError;
use super::place::Place;
use super::report::Refused;
use super::source::Source;
use super::steps::{Step, Steps};

/// Reads a whole file of service requests, which got their ids from `named_by`; a case is named
/// after both. Local dates are meant in `zone`, without one by the offset of each time.
///
/// # Errors
/// [`ImportError::NotOfFormat`] where the file is no JSON of service requests.
pub fn requests(
    source: &Source,
    named_by: &str,
    zone: Option<Zone>,
    scope: &Scope,
) -> Result<Steps, ImportError> {
    let text = source.text();
    let mut steps = Steps::default();
    let mut place = Place::in_text(text);
    for item in items(source, text)? {
        let line = place.line_of(item.get());
        steps.rows_n = steps.rows_n.saturating_add(1);
        match open311::read(item.get(), named_by, zone) {
            Ok(open311::Reported { id, command }) => {
                let request = Request::from(command)
                    .from_source(&format!("open311/{named_by}"), &id)
                    .within(scope.clone())
                    .through(Channel::Import);
                steps.rows.push(Step { line, asks: vec![("service_request_id", request)] });
            }
            Err(unfit) => {
                let (column, reason) = (unfit.field().to_owned(), unfit.to_string());
                steps.refused.push(Refused { line, column, reason });
            }
        }
    }
    Ok(steps)
}

/// The requests of a file: those of a list, or the one that it is.
fn items<'a>(source: &Source, text: &'a str) -> Result<Vec<&'a RawValue>, ImportError> {
    let no_json = |error: &serde_json::Error| {
        let line = u64::try_from(error.line()).unwrap_or(u64::MAX);
        source.not_of_format(line.max(1), format!("the file is no JSON: {error}"))
    };
    let whole: &RawValue = serde_json::from_str(text).map_err(|error| no_json(&error))?;
    match whole.get().as_bytes().first() {
        Some(b'[') => serde_json::from_str(whole.get()).map_err(|error| no_json(&error)),
        Some(b'{') => Ok(vec![whole]),
        _ => {
            let what = "this is neither a list of service requests nor one of them; is it the JSON \
                        of Open311 GeoReport v2?";
            Err(source.not_of_format(1, what.to_owned()))
        }
    }
}
