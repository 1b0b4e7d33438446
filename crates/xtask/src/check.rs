//! `cargo xtask check`: what a reviewer should not have to say.

use std::process::ExitCode;

use crate::stage::{Outcome, Stage, Stages};
use crate::{takes_no_words, tool};

const FORMAT: Stage =
    Stage { name: "format", budget_s: 60, mend: "run `cargo fmt` and look at what it changed" };
const CLIPPY: Stage = Stage {
    name: "clippy",
    budget_s: 600,
    mend: "mend what it names; an exception is `#[expect(..., reason = \"...\")]` at the place",
};
const DOCS: Stage = Stage {
    name: "documentation",
    budget_s: 600,
    mend: "mend the link or write the missing sentence",
};
const TIDY: Stage = Stage {
    name: "tidy",
    budget_s: 900,
    mend: "each finding names its file; tests/tidy/ says why the rule is there",
};

pub(crate) fn run(words: &[String]) -> ExitCode {
    if let Err(usage) = takes_no_words("check", words) {
        return usage;
    }
    let mut stages = Stages::new();
    stages.run(&FORMAT, || {
        tool::run(&mut tool::cargo(["fmt", "--all", "--check"])).map(|()| Outcome::Done)
    });
    stages.run(&CLIPPY, || {
        let words = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        tool::run(&mut tool::cargo(words)).map(|()| Outcome::Done)
    });
    stages.run(&DOCS, || {
        let mut docs = tool::cargo(["doc", "--workspace", "--no-deps"]);
        tool::run(docs.env("RUSTDOCFLAGS", "-D warnings")).map(|()| Outcome::Done)
    });
    stages.run(&TIDY, || {
        // The whole workspace, so that no dependency is built a second time with other features.
        let words = ["test", "--workspace", "--test", "house", "--", "tidy::"];
        tool::run(&mut tool::cargo(words)).map(|()| Outcome::Done)
    });
    stages.end()
}
