//! The wire table of `disputes`.

use super::cbor::{Cbor, Taken, Wrong, major};
use super::field::{Field, Fields, FromField, Out, Written, put_fields, words};
use super::wire::wire;
use crate::domain::Fen;
use crate::domain::disputes::{
    ChosenBy, CourtResult, Duty, Event, Form, Manner, Mark, Matter, Obligation, Origin, Relation,
    Role,
};

wire! {
    DisputeRegistered 1 { dispute_id, kind, origin, place_id, case_id };
    PartyAdded 1 { dispute_id, party_id, role, person_ref, is_resident, description };
    RepresentativeAuthorised 1 { dispute_id, party_id, representative_ref, basis, may_settle };
    ContactAttempted 1 { dispute_id, party_id, manner, attempted_at, reached };
    PartySought 1 { dispute_id, party_id, clue_kinds };
    PartyLocated 1 { dispute_id, party_id, person_ref };
    PartyNotLocated 1 { dispute_id, party_id };
    PartyConsented 1 { dispute_id, party_id, by_ref };
    PartyRefused 1 { dispute_id, party_id };
    MediatorAppointed 1 { dispute_id, mediator_ref, chosen_by };
    InterestDisclosed 1 { dispute_id, mediator_ref, party_id, relation, person_ref };
    MediatorReplaced 1 { dispute_id, from_ref, to_ref, reason };
    MediationScheduled 1 { dispute_id, session_no, mediator_ref, starts_at, ends_at, is_open };
    MediationUnscheduled 1 { dispute_id, session_no, mediator_ref, starts_at, ends_at };
    MediationHeld 1 { dispute_id, session_no, starts_at, ends_at, attended, mediator_ref, minutes };
    TermsProposed 1 { dispute_id, version_n, obligations, text };
    TermsAccepted 1 { dispute_id, version_n, party_id, by_ref };
    OralAgreementReached 1 { dispute_id, reached_on, content };
    AgreementInEffect 1 { dispute_id, form, effect_on, version_n };
    AgreementSigned 1 { dispute_id, version_n, party_id, manner, signed_on };
    MediatorSigned 1 { dispute_id, signed_on };
    CommitteeSealed 1 { dispute_id, sealed_on };
    ObligationPerformed 1 { dispute_id, id, performed_on, amount_fen, evidence_hash };
    FollowUpHeld 1 { dispute_id };
    ObligationBreached 1 { dispute_id, id };
    AgreementVaried 1 { dispute_id, version_n, obligations, text };
    ConfirmationApplied 1 { dispute_id, applied_on, jointly };
    CourtDecided 1 { dispute_id, result, decided_on };
    RiskReported 1 { dispute_id, body_id };
    MediationTerminated 1 { dispute_id, reason, asked_by, routes_informed };
}

words! {
    Matter: Neighbourhood = 0, Damage = 1, Housing = 2, Family = 3, Status = 4, Labour = 5,
        Contract = 6, Other = 7;
    Origin: Application = 0, OwnMotion = 1, Court = 2, Police = 3;
    Role: Applicant = 0, Respondent = 1, Third = 2;
    Manner: NoteLeft = 0, Call = 1, Message = 2, Visit = 3;
    ChosenBy: Committee = 0, Parties = 1;
    Relation: Party = 0, Representative = 1, SameHousehold = 2, Kin = 3, Employer = 4,
        Landlord = 5, Tenant = 6, Creditor = 7, EarlierMediator = 8, Neighbour = 9;
    Mark: Signature = 0, Seal = 1, Fingerprint = 2;
    Form: Oral = 0, Written = 1;
    CourtResult: Confirmed = 0, Refused = 1, NotAccepted = 2, Withdrawn = 3, Revoked = 4;
}

impl Field for Obligation {
    fn put(&self, out: &mut Out) {
        put_fields(&[&self.id, &self.debtor, &self.creditor, &self.due_on, &self.duty], out);
    }
}

impl FromField for Obligation {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let mut fields = Fields::open(bytes)?;
        let (id, debtor, creditor) = (fields.next()?, fields.next()?, fields.next()?);
        let (due_on, duty) = (fields.next()?, fields.next()?);
        fields.close()?;
        Ok(Self { id, debtor, creditor, duty, due_on })
    }
}

/// Money stands as its number, an act as its text.
impl Field for Duty {
    fn put(&self, out: &mut Out) {
        match self {
            Self::AmountFen(amount) => amount.put(out),
            Self::Act(act) => act.put(out),
        }
    }
}

impl FromField for Duty {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        match bytes.next_major()? {
            major::TEXT => String::take(bytes).map(Self::Act),
            _ => Fen::take(bytes).map(Self::AmountFen),
        }
    }
}
