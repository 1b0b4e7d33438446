//! What can be typed.

mod trust;

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Parser, Subcommand, ValueEnum};
use linli::codec::{Channel, Reason};
use linli::journal::ArchivePlace;
use linli::{Correlation, LegalBasis, NoInstant, PersonRef, Purpose, Scope, Timestamp};
use linli_archive::Seal;
use uuid::Uuid;

use crate::address::Address;
use crate::export::{Document, FileForm, TableName};
use crate::failure::Failure;
use crate::import::Import;
pub(crate) use trust::{
    CheckpointArgs, EraseArgs, KeyKind, KeygenArgs, ProveArgs, ReceiptArgs, RekeyArgs, VerifyArgs,
    WitnessArgs,
};

/// Keeps the life of a residential community as events, and replays any charging bill from its
/// meter events.
#[derive(Debug, Parser)]
#[command(name = "linli", version)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The journal that nobody has to name.
pub(crate) const DEFAULT_JOURNAL: &str = "linli.db";

/// What every command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// Where the journal is: `yujing.db`, `sqlite:yujing.db`, `memory:`, `archive:PLACE`
    #[arg(long, global = true, value_name = "ADDRESS", default_value = DEFAULT_JOURNAL)]
    pub(crate) journal: String,
    /// Who acts, by pseudonym
    #[arg(long, global = true, value_name = "NAME", default_value = "operator")]
    pub(crate) actor: String,
    /// One JSON document on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// No progress bar
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
}

impl Global {
    /// Where the journal is.
    pub(crate) fn address(&self) -> Result<Address, Failure> {
        Address::read(&self.journal)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write the seed community into a new journal, then show its facts and replay its bills
    Demo(DemoArgs),
    /// Show every number of the seed story as a query over events
    Facts,
    /// Read what others wrote down from a file into the journal
    #[command(subcommand)]
    Import(Import),
    /// Write tables into a folder, or a document that others read to standard output
    Export(ExportArgs),
    /// Publish a version of a tariff, and let it apply to the community
    PublishTariff(FileArgs),
    /// Carry out commands written as JSON, all of them or none
    Execute(ExecuteArgs),
    /// Let the policies take every step that is due now, or was at another time
    Advance(AdvanceArgs),
    /// Compute every bill again from its meter events
    Replay(ReplayArgs),
    /// Explain one bill: readings, tariff version, components, arithmetic, rounding
    Explain(ExplainArgs),
    /// Price one described session or one OCPI CDR, without a journal
    Rate(RateArgs),
    /// Infer tariffs from issued bills: rates, change dates, allowances, blocks, rounding
    DetectTariff(DetectArgs),
    /// Read the journal
    Events(EventsArgs),
    /// Recompute every hash and the tree, and hold the index against the events; 1 where damaged
    Verify(VerifyArgs),
    /// Verify the journal and sign how many events it has and the root over them
    Checkpoint(CheckpointArgs),
    /// Prove that an event is in a signed journal, or that one signed journal continues another
    Prove(ProveArgs),
    /// Write the bill of a session with its proofs, for whoever has no journal
    Receipt(ReceiptArgs),
    /// Cosign the checkpoint of another community, if it is proven to continue what was cosigned
    Witness(WitnessArgs),
    /// Forget somebody: each context answers, and without a hold their key is destroyed
    Erase(EraseArgs),
    /// Give a keyring a new key of its own; every data key is wrapped anew, no event is touched
    Rekey(RekeyArgs),
    /// Copy the journal into another store, append by append; again goes on where it stopped
    Copy(CopyArgs),
    /// Close ranges of the journal to the Parquet archive; again goes on where it ended
    Seal(SealArgs),
    /// Keep the sessions as columns in the journal's file beside their events, for replays to read
    Pack(PackArgs),
    /// Make a new keyring, or a key that signs or cosigns checkpoints; never overwrites
    Keygen(KeygenArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// How many charging sessions
    #[arg(long, value_name = "N", default_value_t = 2_000,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) sessions: u32,
    /// Another seed makes other sessions
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Tell a whole year of everything instead, which is larger: for notebooks and measures
    #[arg(long, conflicts_with_all = ["sessions", "seed"])]
    pub(crate) year: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct FileArgs {
    /// The file to read
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExecuteArgs {
    /// The file to read
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) keyring: KeyringArgs,
    /// The community in which it happens, such as xuzhuang/yujing
    #[arg(long, value_name = "PATH", default_value = "")]
    pub(crate) scope: Scope,
    /// How it came in, such as walk_in, phone or paper_form
    #[arg(long, value_name = "CHANNEL", default_value = "app", value_parser = channel)]
    pub(crate) channel: Channel,
    #[command(flatten)]
    pub(crate) reason: ReasonArgs,
}

/// For whom and why commands are carried out.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ReasonArgs {
    /// For whom it is done, by pseudonym
    #[arg(long, value_name = "PERSON")]
    on_behalf_of: Option<PersonRef>,
    /// The event that caused it, by its id
    #[arg(long, value_name = "EVENT")]
    caused_by: Option<Uuid>,
    /// The whole matter that it belongs to
    #[arg(long, value_name = "MATTER")]
    correlation: Option<Correlation>,
    /// What personal data is processed for
    #[arg(long, value_name = "PURPOSE")]
    purpose: Option<Purpose>,
    /// What allows that: a law, a contract, a consent
    #[arg(long, value_name = "BASIS")]
    legal_basis: Option<LegalBasis>,
}

impl From<ReasonArgs> for Reason {
    fn from(args: ReasonArgs) -> Self {
        let ReasonArgs { on_behalf_of, caused_by, correlation, purpose, legal_basis } = args;
        Self { on_behalf_of, causation: caused_by, correlation, purpose, legal_basis }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct AdvanceArgs {
    /// What time it is, such as 2022-02-27T09:00:00+08:00; without it, this machine's clock
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub(crate) now: Option<Timestamp>,
    /// Mean it, where that time is in the future: what is waited for until then is over for good
    #[arg(long)]
    pub(crate) in_future: bool,
    /// Let what was imported start something too
    #[arg(long)]
    pub(crate) with_imports: bool,
    #[command(flatten)]
    pub(crate) keyring: KeyringArgs,
}

/// For commands that bring personal fields, or show them.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct KeyringArgs {
    /// The keyring that personal fields are sealed with and read with
    #[arg(long, value_name = "FILE")]
    pub(crate) keyring: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CopyArgs {
    /// Where to: empty, or what a copy of this journal began
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) to: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SealArgs {
    /// The place of the archive, a folder or s3://bucket/prefix: a new one, or the one that this
    /// journal was sealed into before; without it, a folder beside the journal, such as
    /// linli.db.archive
    #[arg(long, value_name = "PLACE")]
    pub(crate) to: Option<ArchivePlace>,
    /// Only what ends at this position or before it; without it, all
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) up_to: Option<u64>,
    /// At most so many events in a file
    #[arg(long, value_name = "N", default_value_t = Seal::ROWS,
        value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) rows: u64,
    /// Then make one file of small ones that follow one another, as seals of each night leave them;
    /// what it replaces goes to the archive's folder `unlisted`
    #[arg(long)]
    pub(crate) compact: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PackArgs {
    /// Throw away what is packed first, as where it is damaged; no event is touched
    #[arg(long)]
    pub(crate) anew: bool,
}

/// A channel by the name that it has in JSON.
fn channel(name: &str) -> Result<Channel, String> {
    serde_json::from_value(name.into()).map_err(|error| error.to_string())
}

/// An instant with its offset.
fn instant(text: &str) -> Result<Timestamp, NoInstant> {
    Timestamp::try_from(text.to_owned())
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReplayArgs {
    /// Tariff files; without any, the versions assigned in the journal
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) tariff: Vec<PathBuf>,
    /// Compare with the bills that were issued
    #[arg(long)]
    pub(crate) against: Option<Against>,
    /// Add the bills up by group
    #[arg(long)]
    pub(crate) by: Option<By>,
    /// With what was known when the journal ended at this position
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) as_known_at: Option<u64>,
    /// With what had happened by the end of this local day, such as 2022-02-28
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<NaiveDate>,
    /// Read what `linli seal` wrote to this place from there, and only the rest from the journal
    #[arg(long, value_name = "PLACE")]
    pub(crate) archive: Option<ArchivePlace>,
    /// Go on from what the last replay left in this file, and leave there what the next one goes on
    /// from: only what came since is read. The file may be thrown away at any time
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "threads"])]
    pub(crate) snapshot: Option<PathBuf>,
    /// On so many threads; the result is the same for any number
    #[arg(long, value_name = "N", default_value_t = 1,
        value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) threads: u8,
    /// Write the bills to a file that ends in .csv, .json or .parquet
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Against {
    /// The bills that the journal holds
    Issued,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// One group a session
    Session,
    /// One group a card and local month of the start
    CardMonth,
    /// One group a local day of the start
    Day,
}

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ExportArgs {
    #[command(subcommand)]
    pub(crate) document: Option<Document>,
    #[command(flatten)]
    pub(crate) tables: Option<TablesArgs>,
}

/// Tables, a file each.
#[derive(Debug, clap::Args)]
pub(crate) struct TablesArgs {
    /// The folder to write tables into; a file that is there under a table's name is replaced
    #[arg(value_name = "FOLDER", required = true)]
    pub(crate) folder: PathBuf,
    /// Parquet, or CSV whose texts no spreadsheet calculates
    #[arg(long, value_name = "FORMAT", default_value = "parquet")]
    pub(crate) format: FileForm,
    /// Read what `linli seal` wrote to this place from there, and only the rest from the journal
    #[arg(long, value_name = "PLACE")]
    pub(crate) archive: Option<ArchivePlace>,
    /// Only this table; given again: these
    #[arg(long = "table", value_name = "TABLE")]
    pub(crate) tables: Vec<TableName>,
    /// With what was known when the journal ended at this position
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) as_known_at: Option<u64>,
    /// With what had happened by the end of this local day, such as 2022-02-28
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// The session, such as trondheim:17
    #[arg(value_name = "SESSION")]
    pub(crate) session: String,
    /// The tariff file to price it under; without it the version that the journal assigns
    #[arg(long, value_name = "FILE")]
    pub(crate) tariff: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RateArgs {
    /// The tariff file; without it a CDR is priced under the tariff that it carries
    #[arg(long, value_name = "FILE", required_unless_present = "cdr")]
    pub(crate) tariff: Option<PathBuf>,
    /// A session described by zone, start, end, power and energy
    #[arg(long, value_name = "FILE", required_unless_present = "cdr", conflicts_with = "cdr")]
    pub(crate) session: Option<PathBuf>,
    /// An OCPI CDR; 1 where the total that it states does not agree
    #[arg(long, value_name = "FILE")]
    pub(crate) cdr: Option<PathBuf>,
    /// The time zone of a CDR whose location names none, such as Europe/Madrid
    #[arg(long, value_name = "ZONE", value_parser = crate::import::zone,
        conflicts_with = "session")]
    pub(crate) timezone: Option<linli::Zone>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DetectArgs {
    /// Read what `linli seal` wrote to this place from there, and only the rest from the journal
    #[arg(long, value_name = "PLACE")]
    pub(crate) archive: Option<ArchivePlace>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct EventsArgs {
    /// Only events of this type; given again: of any of these
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) types: Vec<String>,
    /// Only events with this tag, such as card:7; given again: with all of these
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// Only events behind this position
    #[arg(long, value_name = "POSITION")]
    pub(crate) after: Option<u64>,
    /// At most so many events; a table without it stops after 100
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    #[command(flatten)]
    pub(crate) keyring: KeyringArgs,
}
