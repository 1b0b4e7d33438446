//! Commands written as JSON: the name says which context reads the rest.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{EnumAccessDeserializer, StrDeserializer};
use serde::de::{self, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// What is read by the one name in front of it.
pub(super) trait ByName: Sized {
    /// Reads what stands behind `given`.
    fn read<'de, A: MapAccess<'de>>(given: &str, rest: A) -> Result<Self, A::Error>;
}

/// Reads `{"name": {...}}`, from the text where that is a text: an error names line and column.
pub(super) fn by_name<'de, C: ByName, D: Deserializer<'de>>(json: D) -> Result<C, D::Error> {
    json.deserialize_map(OneName(PhantomData))
}

struct OneName<C>(PhantomData<C>);

impl<'de, C: ByName> Visitor<'de> for OneName<C> {
    type Value = C;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a command, such as {\"start_session\": {...}}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<C, A::Error> {
        let name: String =
            map.next_key()?.ok_or_else(|| de::Error::custom("a command has no name"))?;
        let command = C::read(&name, &mut map)?;
        match map.next_key::<String>()? {
            None => Ok(command),
            Some(second) => Err(de::Error::custom(format!(
                "`{name}` and `{second}` are two commands; write them as a list"
            ))),
        }
    }
}

/// Reads what stands behind a name as the variant that has it.
pub(super) fn named<'de, C, A>(name: &'static str, rest: A) -> Result<C, A::Error>
where
    C: Deserialize<'de>,
    A: MapAccess<'de>,
{
    C::deserialize(EnumAccessDeserializer::new(Named { name, rest }))
}

struct Named<A> {
    name: &'static str,
    rest: A,
}

impl<'de, A: MapAccess<'de>> EnumAccess<'de> for Named<A> {
    type Error = A::Error;
    type Variant = Fields<A>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Fields<A>), A::Error> {
        let variant = seed.deserialize(self.name.into_deserializer())?;
        Ok((variant, Fields(self.rest)))
    }
}

/// The fields of a command. Every command has some.
struct Fields<A>(A);

impl<'de, A: MapAccess<'de>> de::VariantAccess<'de> for Fields<A> {
    type Error = A::Error;

    fn unit_variant(mut self) -> Result<(), A::Error> {
        self.0.next_value()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        mut self,
        seed: T,
    ) -> Result<T::Value, A::Error> {
        self.0.next_value_seed(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(mut self, _: usize, fields: V) -> Result<V::Value, A::Error> {
        self.0.next_value_seed(Struct { names: &[], fields })
    }

    fn struct_variant<V: Visitor<'de>>(
        mut self,
        names: &'static [&'static str],
        fields: V,
    ) -> Result<V::Value, A::Error> {
        self.0.next_value_seed(Struct { names, fields })
    }
}

struct Struct<V> {
    names: &'static [&'static str],
    fields: V,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Struct<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        value.deserialize_struct("", self.names, self.fields)
    }
}

/// The names that a context's commands have in JSON, as serde knows them.
pub(super) fn names<C: for<'de> Deserialize<'de>>() -> impl Iterator<Item = &'static str> {
    let nameless: StrDeserializer<'_, Names> = "".into_deserializer();
    let names = C::deserialize(nameless).err().map_or(&[][..], |Names(names)| names);
    names.iter().copied()
}

/// Why no command has an empty name: it has to be one of these.
#[derive(Debug, thiserror::Error)]
#[error("{0:?}")]
struct Names(&'static [&'static str]);

impl de::Error for Names {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(&[])
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(expected)
    }
}

/// There is no command of this name; one that is spelled nearly so may be meant.
pub(super) fn unknown<E: de::Error>(given: &str, names: impl Iterator<Item = &'static str>) -> E {
    let given: String = given.chars().take(48).collect();
    let apart = names.map(|name| (strsim::levenshtein(&given, name), name));
    let near = apart.min().filter(|(apart, name)| apart.saturating_mul(3) <= name.len());
    let meant = near.map_or(String::new(), |(_, name)| format!("; is `{name}` meant?"));
    E::custom(format!("there is no command `{given}`{meant}"))
}
