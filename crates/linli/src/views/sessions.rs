//! Every charging session, as its events tell it.

use std::collections::BTreeMap;

use crate::domain::charging::Session;
use crate::domain::{Event, Evolve, Happened, SessionKey};

/// The sessions of a community, in the order of their keys.
///
/// ```
/// use linli::charging::Event as ChargingEvent;
/// use linli::views::Sessions;
/// use linli::{Event, Evolve, Happened, Timestamp};
///
/// let session = "yujing:1".parse()?;
/// let started =
///     ChargingEvent::SessionStarted { session, connector: None, card: None, register: None };
/// let at = Timestamp::try_from("2022-02-27T09:00:00+08:00".to_owned())?;
/// let mut sessions = Sessions::default();
/// sessions.evolve(&Happened::at(at, "Asia/Shanghai".parse()?, Event::Charging(started)));
/// assert_eq!(sessions.iter().count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sessions(BTreeMap<SessionKey, Session>);

impl Sessions {
    /// The sessions whose start is known, by key. A bill or a reading of none is left out.
    pub fn iter(&self) -> impl Iterator<Item = (&SessionKey, &Session)> {
        self.0.iter().filter(|(_, session)| session.started_at().is_some())
    }
}

impl Evolve for Sessions {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Event::Charging(event) = &happened.event;
        let Some(key) = event.session() else { return };
        let event = happened.clone().map(|Event::Charging(event)| event);
        match self.0.get_mut(key) {
            Some(session) => session.evolve(&event),
            None => self.0.entry(key.clone()).or_default().evolve(&event),
        }
    }
}
