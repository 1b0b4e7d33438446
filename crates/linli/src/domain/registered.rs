//! What every context may ask of the registry: roles, relations, places, consents, rules.
//!
//! Contexts do not know each other. What the registry's events add up to is handed to each
//! decision as this plain value, and the boundary of the decision reads those events beside its
//! own: whoever uses an answer of here adds the item that fetches it ([`Registered::of_person`]
//! and its neighbours), so that the append condition guards the answer too.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::{
    BodyId, BoundaryItem, Community, CommunityId, Consent, ConsentId, Kinship, Person, PersonRef,
    Place, PlaceId, Published, Related, Role, RoleHeld, RuleSet, Scope, Timestamp, Zone,
};

/// Who is who, and what holds where.
#[derive(Clone, Debug, Default)]
pub struct Registered {
    /// Communities, each with the one it lies in.
    pub communities: BTreeMap<CommunityId, Community>,
    /// Places, each with the one it lies in.
    pub places: BTreeMap<PlaceId, Place>,
    /// Bodies: committees, authorities, teams.
    pub bodies: BTreeMap<BodyId, String>,
    /// People by pseudonym.
    pub persons: BTreeMap<PersonRef, Person>,
    /// Which roles who holds, or held.
    pub roles: Vec<RoleHeld>,
    /// What people are to each other, or were.
    pub relations: Vec<Related>,
    /// Consents that were given.
    pub consents: BTreeMap<ConsentId, Consent>,
    /// Rules in the order in which they were published.
    pub rules: Vec<Published>,
    /// The community in which a decision is made: the one that the request names.
    pub within: Scope,
}

/// What a person's events of the registry are called.
const OF_PERSON: &[&str] = &[
    "PersonRegistered",
    "PersonsMerged",
    "PersonsSplit",
    "ResidenceRecorded",
    "RelationRecorded",
    "RelationEnded",
    "RoleGranted",
    "RoleEnded",
    "ConsentGiven",
    "ConsentWithdrawn",
    "ConsentVoided",
];

/// What says in which roles a person may act, and for whom.
const OF_ROLES: &[&str] = &["RelationRecorded", "RelationEnded", "RoleGranted", "RoleEnded"];

/// What to read for an answer.
impl Registered {
    /// What is known of a person: roles, relations, residence, consents.
    #[must_use]
    pub fn of_person(person: &PersonRef) -> BoundaryItem {
        BoundaryItem::all(OF_PERSON, format!("person:{person}"))
    }

    /// Which records turned out to be a person's, and nothing else of them.
    #[must_use]
    pub fn merges_of_person(person: &PersonRef) -> BoundaryItem {
        BoundaryItem::all(&["PersonsMerged", "PersonsSplit"], format!("person:{person}"))
    }

    /// Which roles a person holds, and whose guardian that is.
    #[must_use]
    pub fn roles_of_person(person: &PersonRef) -> BoundaryItem {
        BoundaryItem::all(OF_ROLES, format!("person:{person}"))
    }

    /// How a place stands.
    #[must_use]
    pub fn of_place(place: &PlaceId) -> BoundaryItem {
        BoundaryItem::all(&["PlaceRegistered", "PlaceStateChanged"], format!("place:{place}"))
    }

    /// A consent by its name.
    #[must_use]
    pub fn of_consent(consent: &ConsentId) -> BoundaryItem {
        BoundaryItem::all(
            &["ConsentGiven", "ConsentWithdrawn", "ConsentVoided"],
            format!("consent:{consent}"),
        )
    }

    /// A body by its name.
    #[must_use]
    pub fn of_body(body: &BodyId) -> BoundaryItem {
        BoundaryItem::all(&["BodyRegistered"], format!("body:{body}"))
    }

    /// The versions of a rule, by its name: `Registered::of_rule(Dosing::NAME)`.
    #[must_use]
    pub fn of_rule(name: &str) -> BoundaryItem {
        BoundaryItem::all(&["RuleSetPublished", "CalendarPublished"], format!("rule:{name}"))
    }
}

/// What to read beyond that.
impl Registered {
    /// The same of the other records of whomever `items` name, so that a decision that reads of
    /// merges ([`Registered::of_person`], [`Registered::merges_of_person`]) knows people by all of
    /// their records. A tag names somebody
    /// between its colon and its slash: `person:p-1`, `busy:p-1/2022-02-20`.
    pub(super) fn of_other_records<'a>(
        &self,
        items: impl IntoIterator<Item = &'a BoundaryItem>,
    ) -> Vec<BoundaryItem> {
        let mut more = Vec::new();
        for item in items {
            let Some((kind, named)) = item.tag.split_once(':') else { continue };
            let name = named.split('/').next().unwrap_or(named);
            let Ok(person) = name.parse::<PersonRef>() else { continue };
            let rest = named.strip_prefix(name).unwrap_or_default();
            let others = self.records_of(&person).into_iter().filter(|record| **record != person);
            let of_another =
                |record| BoundaryItem { tag: format!("{kind}:{record}{rest}"), ..item.clone() };
            more.extend(others.map(of_another));
        }
        more
    }

    /// Whether any record is known to have been merged.
    pub(super) fn knows_of_merges(&self) -> bool {
        self.persons.values().any(|known| known.merged_into.is_some())
    }
}

/// The answers.
impl Registered {
    /// Whether somebody holds a role on a local day, for whatever body.
    #[must_use]
    pub fn holds(&self, person: &PersonRef, role: Role, on: NaiveDate) -> bool {
        self.roles_of(person, on).any(|held| held.role == role)
    }

    /// Whether somebody belongs to a body on a local day, in whatever role.
    #[must_use]
    pub fn belongs_to(&self, person: &PersonRef, body: &BodyId, on: NaiveDate) -> bool {
        self.roles_of(person, on).any(|held| held.body_id == *body)
    }

    /// The roles that somebody holds on a local day.
    pub fn roles_of(&self, person: &PersonRef, on: NaiveDate) -> impl Iterator<Item = &RoleHeld> {
        self.roles.iter().filter(move |held| held.person_ref == *person && held.holds_on(on))
    }

    /// Whether `a` is this to `b` on a local day.
    #[must_use]
    pub fn is(&self, a: &PersonRef, kind: Kinship, b: &PersonRef, on: NaiveDate) -> bool {
        let mut own = self.relations.iter().filter(|relation| relation.is_of(a, kind, b));
        own.any(|relation| holds_on(relation.valid_from, relation.valid_until, on))
    }

    /// The household of a person on a local day.
    #[must_use]
    pub fn household(&self, person: &PersonRef, on: NaiveDate) -> Option<&PlaceId> {
        self.persons.get(person)?.residences.range(..=on).next_back().map(|(_, place)| place)
    }

    /// Whether two people live in one household on a local day.
    #[must_use]
    pub fn live_together(&self, a: &PersonRef, b: &PersonRef, on: NaiveDate) -> bool {
        self.household(a, on).is_some_and(|household| self.household(b, on) == Some(household))
    }

    /// Completed years on a local day; `None` where the day of birth is not known here. Who is
    /// born on 29 February has their birthday on 1 March of a common year.
    #[must_use]
    pub fn age_on(&self, person: &PersonRef, on: NaiveDate) -> Option<u32> {
        on.years_since(self.persons.get(person)?.born_on?)
    }

    /// Whether a day of birth was told that may not be read here: then this may be a child, and
    /// what no child may do is not done.
    #[must_use]
    pub fn hides_birthday(&self, person: &PersonRef) -> bool {
        self.persons.get(person).is_some_and(|known| known.hides_birthday)
    }

    /// Whether a consent of this subject for a purpose is in force at a moment.
    #[must_use]
    pub fn has_consent(&self, of: &PersonRef, purpose: &str, at: Timestamp, zone: Zone) -> bool {
        let own = self.consents.values().filter(|consent| consent.subject_ref == *of);
        own.into_iter().any(|consent| consent.covers(purpose, at, zone))
    }

    /// The person that this one turned out to be, however often records were merged.
    #[must_use]
    pub fn root<'a>(&'a self, person: &'a PersonRef) -> &'a PersonRef {
        let mut root = person;
        // A chain of merges is no longer than there are people, and a circle ends there too.
        for _ in 0..self.persons.len() {
            match self.persons.get(root).and_then(|known| known.merged_into.as_ref()) {
                Some(next) => root = next,
                None => break,
            }
        }
        root
    }

    /// Whether two records are one person's, as far as merges are known.
    #[must_use]
    pub fn are_one(&self, a: &PersonRef, b: &PersonRef) -> bool {
        self.root(a) == self.root(b)
    }

    /// The records that turned out to be one person's, this one among them.
    #[must_use]
    pub fn records_of<'a>(&'a self, person: &'a PersonRef) -> BTreeSet<&'a PersonRef> {
        let known = self.persons.keys().chain([person, self.root(person)]);
        known.filter(|record| self.are_one(record, person)).collect()
    }

    /// Who these are, each once however many records turned out to be theirs: every distinct count
    /// is made by this, so that it says what was known of merges when the registry was read.
    pub fn distinct<'a>(
        &'a self,
        people: impl IntoIterator<Item = &'a PersonRef>,
    ) -> BTreeSet<&'a PersonRef> {
        people.into_iter().map(|person| self.root(person)).collect()
    }

    /// The same, each with what is told of any of their records.
    pub fn by_person<'a, T: Ord>(
        &'a self,
        told: impl IntoIterator<Item = (&'a PersonRef, T)>,
    ) -> BTreeMap<&'a PersonRef, BTreeSet<T>> {
        let mut people: BTreeMap<&PersonRef, BTreeSet<T>> = BTreeMap::new();
        for (person, what) in told {
            people.entry(self.root(person)).or_default().insert(what);
        }
        people
    }

    /// The version of a rule that holds on a local day, the one published last if several do:
    /// `registered.rule(Dosing::of, on)`.
    #[must_use]
    pub fn rule<T>(
        &self,
        of: impl Fn(&RuleSet) -> Option<&T>,
        on: NaiveDate,
    ) -> Option<(&str, &T)> {
        let valid = |set: &&Published| holds_on(set.valid_from, set.valid_until, on);
        let mut newest_first = self.rules.iter().rev().filter(valid);
        newest_first.find_map(|set| Some((set.version.as_str(), of(&set.rule)?)))
    }

    /// Whether a place is another one or lies in it.
    #[must_use]
    pub fn lies_in(&self, place: &PlaceId, other: &PlaceId) -> bool {
        let mut here = Some(place);
        for _ in 0..=self.places.len() {
            match here {
                Some(here) if here == other => return true,
                Some(name) => here = self.places.get(name).and_then(|at| at.parent_id.as_ref()),
                None => return false,
            }
        }
        false
    }

    /// The school year of a local day, which starts on 1 September: 2021 for 2022-02-28.
    #[must_use]
    pub fn school_year(on: NaiveDate) -> i32 {
        if on.month() >= 9 { on.year() } else { on.year().saturating_sub(1) }
    }
}

pub(super) fn holds_on(from: NaiveDate, until: Option<NaiveDate>, on: NaiveDate) -> bool {
    from <= on && until.is_none_or(|until| on < until)
}
