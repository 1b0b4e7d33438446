//! Documents that point somewhere: what they point at exists.

use super::tree::File;
use super::{assert_finds, assert_holds};

/// How a path of this repository begins, in backticks.
const STARTS: &[&str] = &["crates/", "bindings/", "benches/", "tests/", ".ci/", ".cargo/"];
/// Parts of a path that stand for a name.
const PATTERNS: &[&str] = &["*", "<", "{", "NAME", "NN", "..."];

fn links_lead_somewhere(files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.is("md")) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (number, line) in shown_lines(file) {
            let linked = links(line).into_iter().map(|link| joined(folder, link));
            let named = backticked(line).into_iter().map(str::to_owned);
            for path in linked.chain(named).filter(|path| !exists(path, files)) {
                found.push(format!("{}:{number}: there is no `{path}`", file.path));
            }
        }
    }
    found
}

/// The lines that a reader sees: none of a comment, `<!-- ... -->`, over several lines.
fn shown_lines(file: &File) -> impl Iterator<Item = (usize, &str)> {
    let mut is_hidden = false;
    file.lines().filter(move |(_, line)| {
        let began = is_hidden || line.starts_with("<!--");
        is_hidden = began && !line.contains("-->");
        !began
    })
}

/// The targets of `[text](target)` that lie in the repository, without `#heading`.
fn links(line: &str) -> Vec<&str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let paths = targets.map(|target| target.split('#').next().unwrap_or(target));
    paths.filter(|path| !path.is_empty() && !path.contains(':')).collect()
}

/// Paths of the repository in backticks; patterns such as `tests/planted/NN-name.patch` are none.
fn backticked(line: &str) -> Vec<&str> {
    let spans = line.split('`').skip(1).step_by(2);
    let words = spans.flat_map(str::split_whitespace);
    words
        .filter(|word| STARTS.iter().any(|start| word.starts_with(start)))
        .filter(|word| !PATTERNS.iter().any(|pattern| word.contains(pattern)))
        .collect()
}

fn joined(folder: &str, link: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn exists(path: &str, files: &[File]) -> bool {
    let path = path.trim_end_matches('/');
    let inside = format!("{path}/");
    files.iter().any(|file| file.path == path || file.path.starts_with(&inside))
}

#[test]
fn what_documents_point_at_is_there() {
    assert_holds(links_lead_somewhere);
}

#[test]
fn a_broken_link_and_a_path_that_is_gone_are_found() {
    let text = "[the map](ARCHITECTURE.md#map), [a site](https://example.org), [here](#top)\n\
                [gone](docs/gone.md) and `crates/linli/src/gone.rs`, `crates/linli/src/`\n\
                `tests/planted/NN-name.patch` and `cat tests/golden/*.bin`\n\
                <!-- later:\n`tests/later.rs`\n-->\n`tests/now.rs`";
    assert_finds(
        links_lead_somewhere,
        &[
            ("README.md", text),
            ("ARCHITECTURE.md", ""),
            ("crates/linli/src/lib.rs", ""),
            ("bindings/python/README.md", "[up](../../README.md) [beside](tests)"),
        ],
        &[
            "README.md:2: there is no `docs/gone.md`",
            "README.md:2: there is no `crates/linli/src/gone.rs`",
            "README.md:7: there is no `tests/now.rs`",
            "bindings/python/README.md:1: there is no `bindings/python/tests`",
        ],
    );
}
