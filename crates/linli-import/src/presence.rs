//! Who was where: volunteers at shifts (`person, shift, in, out`), children in classes (`class,
//! child, in, out`, and `to`: who fetched it).
//!
//! One of `in` and `out` may be empty: then that is not told. A check-out has the key of its row's
//! check-in, so that a file whose `out` is filled in later adds what is new, and one that says
//! another end is told that it does; an `in` that is filled in later makes another row. A time
//! without an offset is meant in `--timezone`; one that a clock change leaves open is refused and
//! not guessed, because hours are credited by it.

use csv::StringRecord;
use linli::codec::Channel;
use linli::ledger::Request;
use linli::{
    ClassId, Command, PersonRef, Scope, ShiftId, Timestamp, Zone, programmes, volunteering,
};
use linli_interchange::cell;
use serde_json::json;

use super::ImportError;
use super::clock::{Stamp, Undecided};
use super::fields::{self, Header, Unreadable};
use super::number::shown;
use super::report::Refused;
use super::shape::Delimiter;
use super::source::Source;
use super::steps::{Step, Steps};
use super::table::{MAX_FIELD_BYTES, Records};

/// A table of who was where.
#[derive(Debug)]
struct Shape {
    name: &'static str,
    required: [&'static str; 4],
    known: &'static [&'static str],
    read: fn(&Row<'_>) -> Result<Told, Unreadable>,
}

/// The hours of volunteers.
const HOURS: Shape = Shape {
    name: "hours",
    required: ["person", "shift", "in", "out"],
    known: &["person", "shift", "in", "out"],
    read: told_of_hours,
};

/// The attendance of children.
const ATTENDANCE: Shape = Shape {
    name: "attendance",
    required: ["class", "child", "in", "out"],
    known: &["class", "child", "in", "out", "to"],
    read: told_of_attendance,
};

/// One row by the names of its columns.
struct Row<'a> {
    header: &'a Header,
    record: &'a StringRecord,
    zone: Option<Zone>,
    scope: &'a Scope,
}

/// A moment and the zone in which it is meant.
type Moment = (Timestamp, Zone);

/// What a row tells: of whom and where, and what comes of its times.
struct Told {
    about: [String; 2],
    came: Option<(Moment, Command)>,
    went: Option<(Moment, Command)>,
}

/// Reads a whole file of the hours of volunteers in a community. A time without an offset is meant
/// in `zone`.
///
/// # Errors
/// [`ImportError::NotOfFormat`] where the file is no table of these columns.
pub fn hours(source: &Source, zone: Option<Zone>, scope: &Scope) -> Result<Steps, ImportError> {
    read(source, &HOURS, zone, scope)
}

/// Reads a whole file of the attendance of children, as [`hours`].
///
/// # Errors
/// As [`hours`].
pub fn attendance(
    source: &Source,
    zone: Option<Zone>,
    scope: &Scope,
) -> Result<Steps, ImportError> {
    read(source, &ATTENDANCE, zone, scope)
}

fn read(
    source: &Source,
    shape: &Shape,
    zone: Option<Zone>,
    scope: &Scope,
) -> Result<Steps, ImportError> {
    let first_line = source.text().lines().next().unwrap_or_default();
    let delimiter = Delimiter::Either.in_file(first_line);
    let mut records = Records::of(source, delimiter);
    let Some((line, first)) = records.next()? else {
        let asked = shape.known.join(", ");
        return Err(source.not_of_format(1, format!("the file is empty; its header is {asked}")));
    };
    let header = header(first, shape).map_err(|what| source.not_of_format(line, what))?;
    let mut steps = Steps::default();
    while let Some((line, record)) = records.next()? {
        steps.rows_n = steps.rows_n.saturating_add(1);
        let row = Row { header: &header, record, zone, scope };
        match row.step(shape, line) {
            Ok(step) => steps.rows.push(step),
            Err(Unreadable { column, reason }) => {
                steps.refused.push(Refused { line, column, reason });
            }
        }
    }
    Ok(steps)
}

fn header(record: &StringRecord, shape: &Shape) -> Result<Header, String> {
    let twice = |twice: String| format!("the column `{}` stands there twice", shown(&twice));
    let header = Header::of(record).map_err(twice)?;
    if let Some(missing) = shape.required.iter().find(|column| !header.has(column)) {
        let asked = shape.known.join(", ");
        return Err(format!(
            "column `{missing}` is missing in the header; {} has {asked}",
            shape.name
        ));
    }
    match header.columns().into_iter().find(|column| !shape.known.contains(column)) {
        Some(unknown) => {
            let known = shape.known.join(", ");
            Err(format!("column `{}` is none of {}: {known}", shown(unknown), shape.name))
        }
        None => Ok(header),
    }
}

fn told_of_hours(row: &Row<'_>) -> Result<Told, Unreadable> {
    let person_ref: PersonRef = row.name("person")?;
    let shift_id: ShiftId = row.name("shift")?;
    let about = [person_ref.to_string(), shift_id.to_string()];
    let came = row.moment("in")?.map(|(at, zone)| {
        let (shift_id, person_ref) = (shift_id.clone(), person_ref.clone());
        let came = volunteering::Command::RecordVolunteerCheckIn { shift_id, at, zone, person_ref };
        ((at, zone), came.into())
    });
    let went = row.moment("out")?.map(|(at, zone)| {
        let went =
            volunteering::Command::RecordVolunteerCheckOut { shift_id, at, zone, person_ref };
        ((at, zone), went.into())
    });
    Ok(Told { about, came, went })
}

fn told_of_attendance(row: &Row<'_>) -> Result<Told, Unreadable> {
    let class_id: ClassId = row.name("class")?;
    let child_ref: PersonRef = row.name("child")?;
    let to_ref: Option<PersonRef> = row.text("to").map(|_| row.name("to")).transpose()?;
    let about = [child_ref.to_string(), class_id.to_string()];
    let came = row.moment("in")?.map(|(at, zone)| {
        let (class_id, child_ref) = (class_id.clone(), child_ref.clone());
        let came = programmes::Command::RecordSignIn { class_id, at, zone, child_ref };
        ((at, zone), came.into())
    });
    let went = row.moment("out")?.map(|(at, zone)| {
        let went = programmes::Command::RecordSignOut { class_id, at, zone, child_ref, to_ref };
        ((at, zone), went.into())
    });
    Ok(Told { about, came, went })
}

impl<'a> Row<'a> {
    fn step(&self, shape: &Shape, line: u64) -> Result<Step, Unreadable> {
        self.has_its_fields()?;
        let Told { about: [who, whither], came, went } = (shape.read)(self)?;
        let start = came.as_ref().map(|((at, _), _)| at.to_string());
        if let (Some(((from, _), _)), Some(((until, _), _))) = (&came, &went)
            && until < from
        {
            return Err(Unreadable::new("out", "this is before the time in `in`"));
        }
        // A row keeps its key when its end is filled in; what is named may hold any mark, so
        // that the parts stand in a list.
        let key = json!([who, whither, start]).to_string();
        let ask = |column, told: Option<(Moment, Command)>| {
            told.map(|(_, command)| {
                let source = format!("{}/{column}", shape.name);
                let request = Request::from(command).from_source(&source, &key);
                (column, request.within(self.scope.clone()).through(Channel::Import))
            })
        };
        let asks: Vec<_> = [ask("in", came), ask("out", went)].into_iter().flatten().collect();
        match asks.is_empty() {
            true => Err(Unreadable::new("in", "neither this nor `out` says a time")),
            false => Ok(Step { line, asks }),
        }
    }

    fn has_its_fields(&self) -> Result<(), Unreadable> {
        let mut named = self.record.iter().enumerate();
        if let Some((place, long)) = named.find(|(_, field)| field.len() > MAX_FIELD_BYTES) {
            let bytes = long.len();
            let reason = format!("{bytes} bytes, at most {MAX_FIELD_BYTES}; is a quote open?");
            return Err(Unreadable::new(self.header.name_of(place), reason));
        }
        let (has, needs) = (self.record.len(), self.header.columns_n());
        if has == needs {
            return Ok(());
        }
        let reason = format!("{has} fields where the header has {needs}; is a quote open?");
        Err(Unreadable::new("", reason))
    }

    /// The text of a cell, what keeps a spreadsheet from calculating it taken off.
    fn text(&self, column: &str) -> Option<&'a str> {
        let cell = self.record.get(self.header.place(column)?)?.trim();
        Some(cell::read(cell)).filter(|text| !text.is_empty())
    }

    fn name<T>(&self, column: &str) -> Result<T, Unreadable>
    where
        T: std::str::FromStr<Err = linli::InvalidName>,
    {
        let text = self.text(column);
        let text = text.ok_or_else(|| Unreadable::new(column, "nothing stands here"))?;
        fields::name(column, text)
    }

    fn moment(&self, column: &str) -> Result<Option<Moment>, Unreadable> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let wrong = |reason: String| Unreadable::new(column, reason);
        let stamp = Stamp::iso(text).ok_or_else(|| {
            wrong(format!(
                "`{}` is no date and time; write it as 2022-02-27T09:00:00+08:00",
                shown(text)
            ))
        })?;
        let instants = stamp.instants(self.zone).map_err(|undecided| {
            wrong(match undecided {
                Undecided::NoZone => {
                    "the time has no offset; add --timezone ZONE, such as Asia/Shanghai".to_owned()
                }
                Undecided::NoInstant => "no calendar holds this time".to_owned(),
            })
        })?;
        match instants.is_doubtful {
            true => Err(wrong(format!(
                "clocks in {} were changed then and show `{}` twice or never; write the offset",
                instants.zone,
                shown(text)
            ))),
            false => Ok(Some((instants.first(), instants.zone))),
        }
    }
}
