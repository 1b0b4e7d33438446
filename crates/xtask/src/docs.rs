//! `cargo xtask docs`: the site, from the pages, the docstrings and the notebooks of this tree.

use std::process::ExitCode;

use crate::python::Environment;
use crate::stage::{Outcome, Stage, Stages};
use crate::test::{ENVIRONMENT, WHEEL, emptied, environment, wheel};
use crate::{place, takes_no_words, tool};

pub(crate) const SITE: Stage = Stage {
    name: "site",
    budget_s: 60,
    mend: "mend the page, link or docstring that it names; docs/conf.py says what is read",
};

pub(crate) fn run(words: &[String]) -> ExitCode {
    if let Err(usage) = takes_no_words("docs", words) {
        return usage;
    }
    let python = Environment::new();
    let mut stages = Stages::new();
    stages.run(&ENVIRONMENT, || environment(&python));
    stages.run(&WHEEL, || wheel(&python));
    stages.run(&SITE, || site(&python));
    stages.end()
}

/// Builds the site, every page anew: a page that was read before gives its warning no second time.
pub(crate) fn site(python: &Environment) -> Result<Outcome, String> {
    let made = place::target().join("site");
    emptied(&made)?;
    let mut sphinx = python.module("sphinx");
    sphinx.args(["--quiet", "--fail-on-warning", "--fresh-env", "--conf-dir", "docs"]);
    sphinx.arg("--doctree-dir").arg(place::target().join("site-read")).arg(".").arg(&made);
    tool::run(sphinx.env("PYTHONDONTWRITEBYTECODE", "1"))?;
    println!("{}", made.join("docs").join("index.html").display());
    Ok(Outcome::Done)
}
