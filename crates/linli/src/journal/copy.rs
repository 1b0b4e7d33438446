//! A journal into another store, append by append: keys, positions and ids are kept.

use std::ops::ControlFlow;

use super::{Append, AppendError, Appended, Blocking, Position, Query, ReadError, Whole, Written};

/// What a copy came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// How many events the target holds now.
    pub events: u64,
    /// How many of them this copy wrote. The others were there already.
    pub written: u64,
}

/// Why a copy ended before its end. What was copied stays; the same copy again goes on behind it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// Nothing was written. Copy into an empty journal, or into one that a copy of this one began.
    #[error(
        "the target holds something else than this journal from position {at} on; copy into \
        an empty journal, or into one that a copy of this journal began"
    )]
    NotAPrefix {
        /// The first position of the append that differs.
        at: Position,
    },
    /// Let nobody else write to the target, and copy again.
    #[error(
        "somebody else wrote to the target behind position {after}; copy again into a journal \
        that nobody writes to"
    )]
    NotAlone {
        /// How far the copy had come.
        after: u64,
    },
    /// The journal that is copied.
    #[error("of the journal that is copied: {0}")]
    Read(#[source] ReadError),
    /// The target.
    #[error("of the target: {0}")]
    ReadTarget(#[source] ReadError),
    /// The target. Copy again: what was written is known by its place.
    #[error("of the target: {0}")]
    Append(#[from] AppendError),
    /// `tell` broke it off.
    #[error("stopped; what was copied stays, and the same copy again goes on behind it")]
    Stopped,
}

/// Appends of one flush, and the bytes after which it is closed.
const GROUP: usize = 256;
const GROUP_BYTES: usize = 4 * 1024 * 1024;

/// Copies a journal into an empty one, or goes on with a copy that was begun: what stands in the
/// target has to be the journal's beginning. Memory is bounded by a page and a group.
///
/// `tell` hears how many events the target holds; it breaks the copy off.
///
/// # Errors
/// [`CopyError`]; in each case what was copied stays and the copy can be resumed.
pub fn copy(
    from: Blocking<'_>,
    to: Blocking<'_>,
    mut tell: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Copied, CopyError> {
    let begun = common_beginning(from, to)?;
    let mut copied = Copied { events: begun.map_or(0, |last| last.0), written: 0 };
    let mut group: Vec<Whole> = Vec::new();
    let mut bytes = 0;
    for whole in from.appends(begun) {
        let whole = whole.map_err(CopyError::Read)?;
        bytes += whole.append.bytes();
        group.push(whole);
        if group.len() >= GROUP || bytes >= GROUP_BYTES {
            write(to, &mut group, &mut copied)?;
            bytes = 0;
            if tell(copied.events).is_break() {
                return Err(CopyError::Stopped);
            }
        }
    }
    write(to, &mut group, &mut copied)?;
    Ok(copied)
}

/// The last position of the target, if it is a beginning of the journal, whole appends.
fn common_beginning(from: Blocking<'_>, to: Blocking<'_>) -> Result<Option<Position>, CopyError> {
    let mut last = None;
    let mut ours = from.appends(None);
    for theirs in to.appends(None) {
        let theirs = theirs.map_err(CopyError::ReadTarget)?;
        let own = ours.next().transpose().map_err(CopyError::Read)?;
        if own.as_ref() != Some(&theirs) {
            return Err(CopyError::NotAPrefix { at: theirs.first });
        }
        last = Some(theirs.last());
    }
    Ok(last)
}

fn write(to: Blocking<'_>, group: &mut Vec<Whole>, copied: &mut Copied) -> Result<(), CopyError> {
    let places: Vec<_> = group.iter().map(|whole| (whole.first, whole.last())).collect();
    let appends = group.drain(..).map(|whole| {
        let before = whole.first.0.checked_sub(1).filter(|before| *before > 0).map(Position);
        // Whoever wrote meanwhile took this place.
        whole.append.fail_if(Query::all(), before)
    });
    let answers = to.append_group(appends.collect::<Vec<Append>>());
    for ((first, last), answer) in places.into_iter().zip(answers) {
        match answer {
            Ok(Appended { first: at, written: Written::Now, .. }) if at == first => {
                copied.written += last.0 - first.0 + 1;
                copied.events = last.0;
            }
            Ok(_) | Err(AppendError::Conflict { .. }) => {
                return Err(CopyError::NotAlone { after: copied.events });
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
