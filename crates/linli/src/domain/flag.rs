//! What may look wrong about what happened. Reality is recorded and flagged, never refused.
//!
//! One vocabulary over all contexts: a name means one thing in a journal, a table, and a report.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! flags {
    ($($(#[doc = $doc:literal])* $name:ident $text:literal $holds:literal;)*) => {
        /// A doubt about an event or what it belongs to, under the name that reports print.
        ///
        /// # Source
        /// At the charging points, the rules that SteVe's maintainers propose and keep advisory
        /// (steve-community/steve 1960, 1962, 1963).
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Flag {
            $($(#[doc = $doc])* $name,)*
        }

        impl Flag {
            /// Every flag, in the order of this list.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name that reports and files use.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Whether a bill is not issued by itself until a person has settled the flag.
            #[must_use]
            pub fn holds(self) -> bool {
                match self { $(Self::$name => $holds,)* }
            }
        }
    };
}

flags! {
    /// A second start of one session; the first counts.
    StartDuplicate "start_duplicate" false;
    /// A second end of one session; the first counts.
    EndDuplicate "end_duplicate" false;
    /// The session before it on the connector has no reported end.
    StartOnBusyConnector "start_on_busy_connector" true;
    /// It starts before the last start at the connector.
    StartTimeRegression "start_time_regression" false;
    /// Its first register is below the connector's last end register.
    StartRegisterRegression "start_register_regression" false;
    /// It happened more than five minutes after it was recorded.
    FutureTime "future_time" true;
    /// It is dated before 2010: the clock was never set.
    ClockUnset "clock_unset" true;
    /// It ends before it starts.
    EndBeforeStart "end_before_start" true;
    /// Its last register is below its first.
    EndRegisterBelowStart "end_register_below_start" true;
    /// A reading before the start or after the end; left out.
    SampleOutsideSession "sample_outside_session" false;
    /// A lifetime register at the start and the session's own energy afterwards.
    RegisterRelative "register_relative" false;
    /// The register restarted from zero; the new value counts.
    RegisterReset "register_reset" false;
    /// A register fell for no known reason; the reading is left out.
    RegisterDecrease "register_decrease" false;
    /// More energy than the connector's greatest power can have delivered.
    RegisterJump "register_jump" true;
    /// Less than no energy in all.
    NegativeEnergy "negative_energy" true;
    /// A reading is missing or stated as -1: unknown, never zero.
    ReadingUnknown "reading_unknown" false;
    /// No usable reading at all; not priced.
    NoEnergy "no_energy" false;
    /// It ends when it starts.
    ZeroDuration "zero_duration" false;
    /// It took no energy.
    ZeroEnergy "zero_energy" false;
    /// Energy flowed while the session was suspended.
    EnergyWhileSuspended "energy_while_suspended" false;
    /// The stated duration is not the end minus the start.
    DurationMismatch "duration_mismatch" false;
    /// Totals only, no readings between: how energy spreads over time is an assumption.
    SingleInterval "single_interval" false;
    /// It starts before the reported end of an earlier session on the connector.
    OverlapConnector "overlap_connector" false;
    /// It starts before the reported end of an earlier session of the card.
    OverlapCard "overlap_card" false;
    /// No end was reported; closed by rule at the last evidence.
    NoEnd "no_end" false;
    /// A station told it more than an hour after it happened; an application for confirmation came
    /// after its last day, an answer after its survey was closed.
    Late "late" false;
    /// The same source id with other content; the first content counts.
    PayloadConflict "payload_conflict" true;
    /// The same card or connector, start and energy under another id.
    ProbableDuplicate "probable_duplicate" true;
    /// A local time without offset in the hour that comes twice.
    RepeatedHour "repeated_hour" false;
    /// Ends before it starts, and would not with day and month exchanged.
    DateSuspect "date_suspect" false;
    /// An agreement was reached whose terms nobody wrote down.
    TermsUnrecorded "terms_unrecorded" false;
    /// More was performed than was agreed.
    Overpaid "overpaid" false;
    /// It was performed before the agreement was in effect.
    BeforeEffect "before_effect" false;
    /// Confirmation was applied for by one side alone.
    NotJoint "not_joint" false;
    /// A dose came before the least interval since the last valid one was over.
    Early "early" false;
    /// The recipient was younger than the rule allows.
    UnderAge "under_age" false;
    /// The lot had expired on the day.
    LotExpired "lot_expired" false;
    /// The lot had been recalled.
    LotRecalled "lot_recalled" false;
    /// The recipient has a dose of this number in the series already.
    DuplicateDoseNo "duplicate_dose_no" false;
    /// What was measured is no window of the household.
    NotOfHousehold "not_of_household" false;
    /// Somebody was recorded in two places at once.
    Overlapping "overlapping" false;
    /// It lies outside the shift, tolerance included.
    OutsideShift "outside_shift" false;
    /// Fewer adults were there than the programme asks for.
    TooFewAdults "too_few_adults" false;
    /// No consent covered it when it happened.
    NoConsentInForce "no_consent_in_force" false;
    /// The child is not enrolled in the programme.
    NotEnrolled "not_enrolled" false;
    /// More came than there are places.
    OverCapacity "over_capacity" false;
    /// The child was handed to somebody who is not authorised.
    UnauthorisedAdult "unauthorised_adult" false;
    /// A visit was shown a room that was booked for something else.
    RoomTaken "room_taken" false;
    /// The mediator turned out to be the party that was found, or to have an interest in it.
    MediatorInterest "mediator_interest" false;
    /// A person's key was destroyed while a context held the record, or had not answered.
    KeyHeld "key_held" false;
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u128);

impl Flags {
    /// Puts a flag in.
    pub fn raise(&mut self, flag: Flag) {
        self.0 |= 1 << flag as u32;
    }

    /// Whether a flag is in.
    #[must_use]
    pub fn has(self, flag: Flag) -> bool {
        self.0 & (1 << flag as u32) != 0
    }

    /// The flags that are in.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL.iter().copied().filter(move |flag| self.has(*flag))
    }
}
