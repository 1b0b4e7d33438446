//! Every view there is, a line each, folded together in one pass.

#[cfg(test)]
mod tests;

use std::fmt::Debug;

use chrono::NaiveDate;

use crate::domain::{CardId, CaseHandling, Event, Evolve, Happened, Timestamp, Zone};

/// What the questions of the views are about: of when, of which card, by which rule.
#[derive(Clone, Debug)]
pub struct Questions {
    /// At the end of which local day.
    pub day: NaiveDate,
    /// The instant of which a tariff is asked, and where the hour of its day is meant.
    pub at: (Timestamp, Zone),
    /// The card of which bills are asked.
    pub card: CardId,
    /// Until when cases are answered, and the version of that rule.
    pub handling: (String, CaseHandling),
}

macro_rules! all_views {
    (|$asked:ident| $($name:ident: $($View:ident)::+ = $begin:ident($($of:expr),*);)*) => {
        /// Every view of a community. An event that is taken in is taken in by each of them.
        ///
        /// ```
        /// use linli::views::{AllViews, Questions};
        /// use linli::volunteering::Event as Told;
        /// use linli::{CaseHandling, Event, Evolve, Happened, Timestamp};
        ///
        /// let at = Timestamp::try_from("2022-02-28T09:00:00+08:00".to_owned())?;
        /// let zone = "Asia/Shanghai".parse()?;
        /// let mut views = AllViews::of(&Questions {
        ///     day: "2022-02-28".parse()?,
        ///     at: (at, zone),
        ///     card: "card-001".parse()?,
        ///     handling: ("2022-1".to_owned(), CaseHandling::default()),
        /// });
        /// let served = Told::BeneficiaryServed {
        ///     project_id: "knife-grinding".parse()?, services_n: 25, beneficiary_ref: None,
        /// };
        /// views.evolve(&Happened::at(at, zone, Event::Volunteering(served)));
        /// assert_eq!(views.services_rendered.count(), 25);
        /// assert_eq!(views.beneficiaries.unnamed_n(), 25);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct AllViews {
            $(
                /// The view of this name.
                pub $name: super::$($View)::+,
            )*
        }

        impl AllViews {
            /// The views that are asked for, before any event.
            #[must_use]
            pub fn of($asked: &Questions) -> Self {
                Self { $($name: super::$($View)::+::$begin($($of),*),)* }
            }

            /// The views by name, as they stand.
            #[must_use]
            pub fn by_name(&self) -> Vec<(&'static str, &dyn Debug)> {
                vec![$((stringify!($name), &self.$name),)*]
            }
        }

        impl Evolve for AllViews {
            type Event = Happened<Event>;

            fn evolve(&mut self, happened: &Happened<Event>) {
                $(self.$name.evolve(happened);)*
            }
        }
    };
}

// Whoever writes a view adds its line here; a tidy test says so if it is forgotten.
all_views! { |asked|
    // Charging.
    card_bills: CardBills = of(asked.card.clone());
    connectors: Connectors = as_of(asked.day);
    energy_by_building: EnergyByBuilding = as_of(asked.day);
    flying_wires_before_after: FlyingWiresBeforeAfter = as_of(asked.day);
    points: PointsInService = as_of(asked.day);
    sessions: Sessions = default();
    tariff_in_force: TariffInForce = at(asked.at.0, asked.at.1);
    utilisation: Utilisation = as_of(asked.day);
    // Disputes.
    acceptance_rate: AcceptanceRate = as_of(asked.day);
    agreement_form: AgreementForm = as_of(asked.day);
    confirmation_window: ConfirmationWindow = as_of(asked.day);
    days_to_agreement: DaysToAgreement = as_of(asked.day);
    disputes: Disputes = as_of(asked.day);
    fulfilment_rate: FulfilmentRate = as_of(asked.day);
    mediation_success: MediationSuccess = as_of(asked.day);
    mediator_load: MediatorLoad = as_of(asked.day);
    overdue_obligations: OverdueObligations = as_of(asked.day);
    repeat_parties: RepeatParties = as_of(asked.day);
    // Cases.
    callback_coverage: cases::CallbackCoverage = as_of(asked.day);
    cases: cases::Cases = as_of(asked.day);
    intervention_success: cases::InterventionSuccess = as_of(asked.day);
    interventions: cases::Interventions = as_of(asked.day);
    open_by_age: cases::OpenByAge = as_of(asked.day);
    photo_reply_share: cases::PhotoReplyShare = as_of(asked.day);
    reopen_rate: cases::ReopenRate = as_of(asked.day);
    repeat_places: cases::RepeatPlaces = as_of(asked.day);
    response_rate: cases::ResponseRate = as_of(
        asked.day, &asked.handling.0, asked.handling.1.clone()
    );
    satisfaction_rate: cases::SatisfactionRate = as_of(asked.day);
    solution_rate: cases::SolutionRate = as_of(asked.day);
    stuck_cases: cases::StuckCases = as_of(asked.day);
    time_to_first_response: cases::TimeToFirstResponse = as_of(asked.day);
    time_to_resolution: cases::TimeToResolution = as_of(asked.day);
    windows: cases::WindowsMeasuredAndNetted = as_of(asked.day);
    // The clinic, and the station.
    programmes: Programmes = default();
    services: Services = default();
    // Volunteering.
    beneficiaries: Beneficiaries = as_of(asked.day);
    certificate_check: CertificateCheck = as_of(asked.day);
    party_member_share: PartyMemberShare = as_of(asked.day);
    project_growth: ProjectGrowth = default();
    projects_active: ProjectsActive = as_of(asked.day);
    services_rendered: ServicesRendered = as_of(asked.day);
    shift_no_show_rate: ShiftNoShowRate = as_of(asked.day);
    star_levels: StarLevels = as_of(asked.day);
    volunteer_hours: VolunteerHours = as_of(asked.day);
    volunteers_active: VolunteersActive = as_of(asked.day);
    // The registry.
    consents_due_for_review: registry::ConsentsDueForReview = as_of(asked.day);
    consents_in_force: registry::ConsentsInForce = as_of(asked.day);
    erasures: registry::Erasures = as_of(asked.day);
    people: registry::People = as_of(asked.day);
    places: registry::Places = as_of(asked.day);
    roles: registry::Roles = as_of(asked.day);
    // Over all contexts.
    corrections: Corrections = default();
    double_presence: DoublePresence = default();
    // The seed story.
    facts: Facts = default();
}
