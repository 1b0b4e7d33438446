//! What can be typed about keys, proofs and those who want to be forgotten.

use std::path::PathBuf;

use clap::ValueEnum;
use linli::journal::ArchivePlace;
use linli::{PersonRef, Scope, Zone};

#[derive(Debug, clap::Args)]
pub(crate) struct KeygenArgs {
    /// What to make
    #[arg(value_name = "WHAT")]
    pub(crate) kind: KeyKind,
    /// The file to make it in; the public key of a signing key or a witness goes to FILE.pub, what
    /// a witness remembers to FILE.seen
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The name of the journal in its checkpoints, or of the witness, such as example.org/yujing;
    /// made up without it
    #[arg(long, value_name = "NAME")]
    pub(crate) origin: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckpointArgs {
    /// The key to sign with, made by `linli keygen signing`: one key for one journal
    #[arg(long, value_name = "FILE")]
    pub(crate) signing_key: PathBuf,
    /// Where to write it; a checkpoint that is there is replaced by one that continues it
    #[arg(long, value_name = "FILE", required_unless_present = "tiles")]
    pub(crate) out: Option<PathBuf>,
    /// A folder to keep the hashes in, and the checkpoint with them: proofs are quick with it, and
    /// any web server can serve it
    #[arg(long, value_name = "FOLDER")]
    pub(crate) tiles: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReceiptArgs {
    /// The session whose bill it is, such as trondheim:17
    #[arg(value_name = "SESSION")]
    pub(crate) session: String,
    /// The checkpoint to prove it under; without it the one in --tiles
    #[arg(long, value_name = "FILE", required_unless_present = "tiles")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// Make its proofs of the hashes in this folder, which `linli checkpoint --tiles` keeps
    #[arg(long, value_name = "FOLDER")]
    pub(crate) tiles: Option<PathBuf>,
    /// Where to write it; without it to standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct WitnessArgs {
    /// What `linli prove --from --to` wrote, from the checkpoint that was cosigned last; of a
    /// journal that was never seen, its checkpoint
    #[arg(value_name = "FILE")]
    pub(crate) request: PathBuf,
    /// The public key of the journal that is witnessed
    #[arg(long, value_name = "FILE.pub")]
    pub(crate) key: PathBuf,
    /// The key of the witness, made by `linli keygen witness`
    #[arg(long, value_name = "FILE")]
    pub(crate) witness_key: PathBuf,
    /// Where to write the checkpoint with the cosignature
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct EraseArgs {
    /// Who is to be forgotten, by pseudonym
    #[arg(value_name = "SUBJECT")]
    pub(crate) subject: PersonRef,
    /// The keyring that holds their key
    #[arg(long, value_name = "FILE")]
    pub(crate) keyring: PathBuf,
    /// A context that a law binds, until when, and the law: disputes=2030-01-01=Archives Law 21
    #[arg(long, value_name = "CONTEXT=DATE=LAW")]
    pub(crate) hold: Vec<String>,
    /// A context that does not release the record, and why: charging=two bills are open
    #[arg(long, value_name = "CONTEXT=REASON")]
    pub(crate) refuse: Vec<String>,
    /// A context that releases the record after all
    #[arg(long, value_name = "CONTEXT")]
    pub(crate) release: Vec<String>,
    /// Confirm that no backup of the keyring has the key any more
    #[arg(long)]
    pub(crate) backups_expired: bool,
    /// The community in which it is asked for, such as xuzhuang/yujing
    #[arg(long, value_name = "PATH", default_value = "")]
    pub(crate) scope: Scope,
    /// The time zone in which days are counted
    #[arg(long, value_name = "ZONE", default_value = "Asia/Shanghai")]
    pub(crate) timezone: Zone,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RekeyArgs {
    /// The keyring
    #[arg(long, value_name = "FILE")]
    pub(crate) keyring: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// Checkpoints that were kept elsewhere: nothing below them was cut, altered or replaced
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "key")]
    pub(crate) checkpoint: Vec<PathBuf>,
    /// Check what `linli prove` or `linli receipt` wrote, without any journal; with the earlier
    /// --checkpoint where it proves that a later one continues it
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) proof: Option<PathBuf>,
    /// The archive in this folder or bucket: every file, and the root over all; also that it is the
    /// beginning of the journal, where --journal names one or the default one is there
    #[arg(long, value_name = "PLACE",
        conflicts_with_all = ["checkpoint", "proof", "key", "witness", "quorum"])]
    pub(crate) archive: Option<ArchivePlace>,
    /// The public key of the journal
    #[arg(long, value_name = "FILE.pub")]
    pub(crate) key: Option<PathBuf>,
    /// Public keys of witnesses that have to have cosigned the checkpoint, or that of the proof
    #[arg(long, value_name = "FILE.pub", num_args = 1.., requires = "key")]
    pub(crate) witness: Vec<PathBuf>,
    /// So many of the witnesses are enough; without it all are needed
    #[arg(long, value_name = "N", requires = "witness",
        value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) quorum: Option<u8>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ProveArgs {
    /// The position of the event that is in the journal
    #[arg(value_name = "POSITION", required_unless_present = "from",
        value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) position: Option<u64>,
    /// The checkpoint to prove it under; without it the one in --tiles
    #[arg(long, value_name = "FILE", requires = "position")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// The earlier of two checkpoints
    #[arg(long, value_name = "FILE", requires = "to", conflicts_with = "position")]
    pub(crate) from: Option<PathBuf>,
    /// The later of two checkpoints, which continues it
    #[arg(long, value_name = "FILE", requires = "from")]
    pub(crate) to: Option<PathBuf>,
    /// Make it of the hashes in this folder, which `linli checkpoint --tiles` keeps, and not of the
    /// whole journal
    #[arg(long, value_name = "FOLDER")]
    pub(crate) tiles: Option<PathBuf>,
    /// Where to write the proof; without it to standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyKind {
    /// The keys of personal fields
    Keyring,
    /// A key that signs checkpoints
    Signing,
    /// A key that cosigns the checkpoints of others, and the memory of its witness
    Witness,
}
