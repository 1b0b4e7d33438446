//! Events with three tags each, of which appends under conditions are made.

/// One of them: the beginning of a session that there was not before.
#[derive(Clone, Debug)]
pub struct Tagged {
    /// Its session, which no other event has, its connector, and its card.
    pub tags: [String; 3],
    /// As many bytes as a meter sample has.
    pub payload: Vec<u8>,
}

/// Their type.
pub const TAGGED: &str = "SessionStarted";

const CONNECTORS: u64 = 400;
const CARDS: u64 = 1_600;
const PAYLOAD_BYTES: usize = 24;

impl Tagged {
    /// The event of this number.
    pub fn new(number: u64) -> Self {
        let tags = [
            format!("charging:s-{number}"),
            format!("connector:k-{}", number % CONNECTORS),
            format!("card:c-{}", number % CARDS),
        ];
        let payload = number.to_be_bytes().into_iter().cycle().take(PAYLOAD_BYTES).collect();
        Self { tags, payload }
    }

    /// The tag that no event before may have.
    pub fn session(&self) -> &str {
        &self.tags[0]
    }
}
