//! The command `linli`: bills replayed from a journal of meter events.
//!
//! It reads arguments and files, asks the ledger, and shows what came back; no rule of a bill is
//! here. Only `out` writes to standard output, only `progress` and a failure to standard error.

mod address;
mod advance;
mod archive;
mod args;
mod checkpoint;
mod clock;
mod copy;
mod demo;
mod detect;
mod erase;
mod events;
mod execute;
mod explain;
mod export;
mod facts;
mod failure;
mod figures;
mod import;
mod keyring;
mod out;
mod pack;
mod progress;
mod prove;
mod publish;
mod rate;
mod read_file;
mod receipt;
mod rekey;
mod replay;
mod signing;
#[cfg(test)]
mod tests;
mod verify;
mod whole_file;
mod witness;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use args::{Args, Command};
use failure::Failure;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        // Help, asked for or not, is shown as it is; where even that cannot be written, the exit
        // status still tells.
        Err(error) if shows_help(error.kind()) => {
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(failure::BAD_INPUT));
        }
        Err(error) => {
            let failure = Failure::usage(&error.to_string());
            out::complaint(&failure);
            return ExitCode::from(failure.status);
        }
    };
    let status = run(&args).unwrap_or_else(|failure| {
        out::complaint(&failure);
        failure.status
    });
    ExitCode::from(status)
}

fn shows_help(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

/// Carries out the command and gives its exit status.
fn run(Args { global, command }: &Args) -> Result<u8, Failure> {
    match command {
        Command::Demo(args) => demo::run(global, args),
        Command::Facts => facts::run(global),
        Command::Import(import) => import::run(global, import),
        Command::Export(export) => export::run(global, export),
        Command::PublishTariff(args) => publish::run(global, args),
        Command::Execute(args) => execute::run(global, args),
        Command::Advance(args) => advance::run(global, args),
        Command::Replay(args) => replay::run(global, args),
        Command::Explain(args) => explain::run(global, args),
        Command::Rate(args) => rate::run(global, args),
        Command::DetectTariff(args) => detect::run(global, args),
        Command::Events(args) => events::run(global, args),
        Command::Verify(args) => verify::run(global, args),
        Command::Checkpoint(args) => checkpoint::run(global, args),
        Command::Prove(args) => prove::run(global, args),
        Command::Receipt(args) => receipt::run(global, args),
        Command::Witness(args) => witness::run(global, args),
        Command::Erase(args) => erase::run(global, args),
        Command::Rekey(args) => rekey::run(global, args),
        Command::Copy(args) => copy::run(global, args),
        Command::Seal(args) => archive::seal(global, args),
        Command::Pack(args) => pack::run(global, args),
        Command::Keygen(args) => keyring::run(global, args),
    }
}
