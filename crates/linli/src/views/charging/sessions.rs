//! Every charging session, as its events tell it.

use std::collections::BTreeMap;

use crate::domain::charging::{Installations, Installed, Session};
use crate::domain::{Event, Evolve, Happened, SessionKey};

/// The sessions of a community, in the order of their keys.
///
/// ```
/// use linli::charging::Event as ChargingEvent;
/// use linli::views::Sessions;
/// use linli::{Event, Evolve, Happened, Timestamp};
///
/// let session = "yujing:1".parse()?;
/// let (connector, card, register, admitted) = (None, None, None, false);
/// let started = ChargingEvent::SessionStarted { session, connector, card, register, admitted };
/// let at = Timestamp::try_from("2022-02-27T09:00:00+08:00".to_owned())?;
/// let mut sessions = Sessions::default();
/// sessions.evolve(&Happened::at(at, "Asia/Shanghai".parse()?, Event::Charging(started)));
/// assert_eq!(sessions.iter().count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    sessions: BTreeMap<SessionKey, Session>,
    installations: Installations,
}

impl Sessions {
    /// The sessions whose start is known, by key, with what their connectors can do. A bill or a
    /// reading of none is left out.
    pub fn iter(&self) -> impl Iterator<Item = (&SessionKey, &Session, &Installed)> {
        let started = self.sessions.iter().filter(|(_, session)| session.started_at().is_some());
        started.map(|(key, session)| (key, session, self.installations.at(session.connector())))
    }
}

impl Evolve for Sessions {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Some(happened) = happened.clone().charging() else { return };
        let Some(key) = happened.event.session() else {
            return self.installations.evolve(&happened);
        };
        match self.sessions.get_mut(key) {
            Some(session) => session.evolve(&happened),
            None => self.sessions.entry(key.clone()).or_default().evolve(&happened),
        }
    }
}
