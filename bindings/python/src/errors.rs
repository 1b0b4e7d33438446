//! Errors of Rust as the exceptions of `linli._errors`: a sentence, the variant's name, values.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};

use linli::InvalidName;
use linli::codec::DecodeError;
use linli::journal::{
    AppendError, Corruption, InvalidAddress, LimitExceeded, ReadError, SubscriptionError,
};
use linli::ledger::{BadRequest, ExecuteError, LedgerError, NotAllowed};
use linli::proof::{CheckpointError, KeyError};
use linli::replay::ReplayError;
use linli_archive::ArchiveError;
use linli_arrow::TableError;
use linli_sqlite::{OpenError, OpenKeyringError};
use pyo3::prelude::*;
use serde_json::Value as Json;

use exception::{
    ConflictError, CorruptionError, InputError, KeyReusedError, LimitError, NotAllowedError,
    RefusedError, StoreError, UnknownOutcomeError,
};

/// The exceptions, which are Python's.
mod exception {
    use pyo3::import_exception;

    import_exception!(linli._errors, ConflictError);
    import_exception!(linli._errors, CorruptionError);
    import_exception!(linli._errors, InputError);
    import_exception!(linli._errors, KeyReusedError);
    import_exception!(linli._errors, LimitError);
    import_exception!(linli._errors, NotAllowedError);
    import_exception!(linli._errors, RefusedError);
    import_exception!(linli._errors, StoreError);
    import_exception!(linli._errors, UnknownOutcomeError);
}

/// What a call answers: a value, or the exception it raises.
pub(crate) type Answer<T> = Result<T, Failed>;

/// An exception to be raised.
#[derive(Debug)]
pub(crate) struct Failed(PyErr);

/// What an exception carries beside its sentence.
#[derive(IntoPyObject)]
enum Value {
    Text(String),
    Number(u64),
}

type Values = BTreeMap<&'static str, Value>;

impl Failed {
    /// What was given cannot be used; `code` names how.
    pub(crate) fn input(code: &str, sentence: impl Display) -> Self {
        let args = (sentence.to_string(), code.to_owned());
        Self(InputError::new_err(args))
    }

    /// What was opened belongs to the process from which this one was forked off.
    pub(crate) fn forked() -> Self {
        let sentence = "it was open when this process was forked off; start processes with spawn, \
            or open the journal only after the fork";
        Self(StoreError::new_err((sentence, "Forked")))
    }
}

impl From<Failed> for PyErr {
    fn from(failed: Failed) -> Self {
        failed.0
    }
}

impl From<PyErr> for Failed {
    fn from(raised: PyErr) -> Self {
        Self(raised)
    }
}

/// The name of an error's variant, or of the error where it is a struct: what `Debug` begins with.
fn code(error: &impl Debug) -> String {
    let shown = format!("{error:?}");
    shown.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

/// The sentence, the code and the values, in the order in which the exceptions take them.
fn args(error: &(impl Display + Debug), values: Values) -> (String, String, Values) {
    (error.to_string(), code(error), values)
}

fn plain(error: &(impl Display + Debug)) -> (String, String, Values) {
    args(error, Values::new())
}

fn text(value: &impl ToString) -> Value {
    Value::Text(value.to_string())
}

impl From<AppendError> for Failed {
    fn from(error: AppendError) -> Self {
        Self(match &error {
            AppendError::Limit(limit) => return limit.clone().into(),
            AppendError::Corrupt(corruption) => return corruption.clone().into(),
            AppendError::Empty => InputError::new_err(plain(&error)),
            AppendError::Conflict { condition, after, found } => {
                let condition = Value::Number(u64::try_from(*condition).unwrap_or(u64::MAX));
                let mut values = Values::from([("condition", condition)]);
                values.insert("found", Value::Number(found.0));
                values.extend(after.map(|after| ("after", Value::Number(after.0))));
                ConflictError::new_err(args(&error, values))
            }
            AppendError::KeyReused { key, first } => {
                let (start, end) = (Value::Number(first.first.0), Value::Number(first.last.0));
                let values = [("key", text(key)), ("first", start), ("last", end)];
                KeyReusedError::new_err(args(&error, values.into()))
            }
            AppendError::CheckpointNotRising { .. } => ConflictError::new_err(plain(&error)),
            AppendError::Unknown { key, .. } => {
                let values = key.iter().map(|key| ("key", text(key))).collect();
                UnknownOutcomeError::new_err(args(&error, values))
            }
            _ => StoreError::new_err(plain(&error)),
        })
    }
}

impl From<ReadError> for Failed {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Limit(limit) => limit.into(),
            ReadError::Corrupt(corruption) => corruption.into(),
            other => Self(StoreError::new_err(plain(&other))),
        }
    }
}

impl From<SubscriptionError> for Failed {
    fn from(error: SubscriptionError) -> Self {
        match &error {
            SubscriptionError::Read(error) => error.clone().into(),
            SubscriptionError::RolledBack { seen, head } => {
                // The first position that is not there any more.
                let gone = head.map_or(1, |head| head.0.saturating_add(1));
                let values = [("position", Value::Number(gone)), ("seen", Value::Number(seen.0))];
                Self(CorruptionError::new_err(args(&error, values.into())))
            }
            _ => Self(StoreError::new_err(plain(&error))),
        }
    }
}

impl From<LimitExceeded> for Failed {
    fn from(error: LimitExceeded) -> Self {
        Self(LimitError::new_err(plain(&error)))
    }
}

impl From<Corruption> for Failed {
    fn from(error: Corruption) -> Self {
        let mut values = Values::from([("position", Value::Number(error.position.0))]);
        if let Some(file) = &error.file {
            values.insert("file", Value::Text(file.to_string()));
        }
        Self(CorruptionError::new_err(args(&error, values)))
    }
}

impl From<NotAllowed> for Failed {
    fn from(error: NotAllowed) -> Self {
        let verb = format!("{:?}", error.verb).to_lowercase();
        let values = Values::from([("actor", text(&error.actor)), ("verb", Value::Text(verb))]);
        Self(NotAllowedError::new_err(args(&error, values)))
    }
}

impl From<LedgerError> for Failed {
    fn from(error: LedgerError) -> Self {
        match &error {
            LedgerError::NotAllowed(error) => error.clone().into(),
            LedgerError::Read(error) => error.clone().into(),
            LedgerError::Unreadable { position, error: cause } => {
                let values = Values::from([("position", Value::Number(position.0))]);
                let args = (error.to_string(), code(cause), values);
                Self(match cause {
                    DecodeError::Malformed { .. } => CorruptionError::new_err(args),
                    _ => StoreError::new_err(args),
                })
            }
            other => Self(StoreError::new_err(plain(other))),
        }
    }
}

impl From<ExecuteError> for Failed {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::NotAllowed(error) => error.into(),
            ExecuteError::Append(error) => error.into(),
            ExecuteError::Read(error) => error.into(),
            ExecuteError::Refused(refusal) => {
                let (code, values) = named(&serde_json::to_value(&refusal).unwrap_or_default());
                Self(RefusedError::new_err((refusal.to_string(), code, values)))
            }
            other => Self(StoreError::new_err(plain(&other))),
        }
    }
}

/// The variant and the fields of what serde wrote as `{"Variant": {"field": ...}}`.
fn named(written: &Json) -> (String, BTreeMap<String, Value>) {
    let variant = written.as_object().and_then(|variants| variants.iter().next());
    let Some((name, fields)) = variant else {
        return (written.as_str().unwrap_or_default().to_owned(), BTreeMap::new());
    };
    let value = |value: &Json| match (value.as_u64(), value.as_str()) {
        (Some(number), _) => Value::Number(number),
        (_, Some(text)) => Value::Text(text.to_owned()),
        _ => Value::Text(value.to_string()),
    };
    let fields = fields.as_object().into_iter().flatten();
    (name.clone(), fields.map(|(field, own)| (field.clone(), value(own))).collect())
}

impl From<ReplayError> for Failed {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Ledger(error) => error.into(),
            other => Self(InputError::new_err(plain(&other))),
        }
    }
}

impl From<TableError> for Failed {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Ledger(error) => error.into(),
            other => Self(InputError::new_err(plain(&other))),
        }
    }
}

impl From<OpenError> for Failed {
    fn from(error: OpenError) -> Self {
        Self(match &error {
            OpenError::Missing { .. }
            | OpenError::NoFolder { .. }
            | OpenError::NotAFile { .. }
            | OpenError::NotSqlite { .. }
            | OpenError::NotAJournal { .. }
            | OpenError::Older { .. }
            | OpenError::Newer { .. } => InputError::new_err(plain(&error)),
            OpenError::Truncated { .. }
            | OpenError::Damaged { .. }
            | OpenError::OneBitOff { .. } => CorruptionError::new_err(plain(&error)),
            _ => StoreError::new_err(plain(&error)),
        })
    }
}

impl From<ArchiveError> for Failed {
    fn from(error: ArchiveError) -> Self {
        Self(match &error {
            ArchiveError::Missing { .. } | ArchiveError::Unrelated { .. } => {
                InputError::new_err(plain(&error))
            }
            ArchiveError::Damaged { file, position, what } => {
                return Corruption::of_archive(file, *position, what).into();
            }
            _ => StoreError::new_err(plain(&error)),
        })
    }
}

impl From<OpenKeyringError> for Failed {
    fn from(error: OpenKeyringError) -> Self {
        Self(match &error {
            OpenKeyringError::Missing { .. }
            | OpenKeyringError::NotAKeyring { .. }
            | OpenKeyringError::Newer { .. }
            | OpenKeyringError::NoKey { .. }
            | OpenKeyringError::NotAKey { .. }
            | OpenKeyringError::WrongKey { .. } => InputError::new_err(plain(&error)),
            _ => StoreError::new_err(plain(&error)),
        })
    }
}

impl From<linli_postgres::OpenError> for Failed {
    fn from(error: linli_postgres::OpenError) -> Self {
        use linli_postgres::OpenError;
        Self(match &error {
            OpenError::Missing { .. }
            | OpenError::InvalidAddress { .. }
            | OpenError::NoJournalName
            | OpenError::InvalidJournalName { .. }
            | OpenError::NoDatabase { .. }
            | OpenError::NotAJournal { .. }
            | OpenError::Newer { .. } => InputError::new_err(plain(&error)),
            OpenError::Damaged { .. } => CorruptionError::new_err(plain(&error)),
            _ => StoreError::new_err(plain(&error)),
        })
    }
}

impl From<linli_nats::OpenError> for Failed {
    fn from(error: linli_nats::OpenError) -> Self {
        use linli_nats::OpenError;
        Self(match &error {
            OpenError::Missing { .. }
            | OpenError::InvalidAddress { .. }
            | OpenError::NoStreamName
            | OpenError::InvalidStreamName { .. }
            | OpenError::NoMonitor { .. }
            | OpenError::NotAJournal { .. }
            | OpenError::Newer { .. } => InputError::new_err(plain(&error)),
            OpenError::Damaged { .. } => CorruptionError::new_err(plain(&error)),
            _ => StoreError::new_err(plain(&error)),
        })
    }
}

/// Errors that say what is wrong with what was given.
macro_rules! inputs {
    ($($error:ty),*) => {$(
        impl From<$error> for Failed {
            fn from(error: $error) -> Self {
                Self(InputError::new_err(plain(&error)))
            }
        }
    )*};
}

inputs!(InvalidAddress, InvalidName, BadRequest, CheckpointError, KeyError);
