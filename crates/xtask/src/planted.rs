//! `cargo xtask planted [FILTER] [--soak [--minutes M]]`: does each test see the bug that it is
//! there for?
//!
//! `tests/planted/NN-name.patch` is one bug as a unified diff. Its first lines say what must turn
//! red and why:
//!
//! ```text
//! # test: journal::laws::tests::memory::after_is_exclusive
//! # breaks: `after` itself is given.
//! # package: linli
//! ```
//!
//! `# test:` may stand several times; each of them must fail. `# package:` may be left out: then
//! it is the crate whose sources the patch changes. Its library's tests are meant, those of its
//! program if it has no library, and of `linli-tests` what no single crate can test.
//!
//! With `--soak` what is caught is written down in `tests/soak/planted.txt`, and what stands there
//! is passed over unless its patch has changed since: a run may end anywhere, and the next goes on.
//!
//! The tracked files are copied to `target/planted`, so that the tree itself is never touched. A
//! patch that does not apply or does not compile, a test that there is not, that passes with the
//! bug, that fails without it, or that does not end: each is a failure, not a catch.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use crate::caught::Caught;
use crate::python::Environment;
use crate::servers::Servers;
use crate::stage::now;
use crate::{place, tool};

/// After this long a test is taken not to end. The longest, a history over JetStream, takes nearly
/// three minutes in release beside other work.
const PATIENCE: Duration = Duration::from_mins(20);

/// Runs the planted bugs whose names contain `FILTER`, in a soak those that nobody has caught yet.
pub(crate) fn run(args: &[String]) -> ExitCode {
    match Asked::parse(args).and_then(|asked| plant(&asked)) {
        Ok(failed) if failed.is_empty() => ExitCode::SUCCESS,
        Ok(failed) => {
            println!("failed: {}", failed.join(", "));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("planted: {error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Default)]
struct Asked {
    filter: String,
    is_soak: bool,
    /// After how long no other bug is planted.
    lasts: Option<Duration>,
}

struct Patch {
    name: String,
    file: PathBuf,
    tests: Vec<String>,
    breaks: String,
    package: String,
    /// The store that it breaks, where only a server shows it.
    server: Option<&'static str>,
}

/// A copy of the tree, where it is built, and the servers that its tests need.
struct Copied {
    tree: PathBuf,
    build: PathBuf,
    servers: Servers,
}

enum Outcome {
    Failed,
    Passed,
    NoSuchTest,
    Endless,
}

impl Asked {
    fn parse(args: &[String]) -> Result<Self, String> {
        let mut asked = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            if arg == "--soak" {
                asked.is_soak = true;
            } else if arg == "--minutes" {
                let minutes = args.next().and_then(|text| text.parse().ok());
                let minutes = minutes.ok_or("--minutes wants a whole number behind it")?;
                asked.lasts = Some(Duration::from_mins(minutes));
            } else if arg.starts_with('-') {
                return Err(format!("{arg} is unknown; [FILTER] [--soak [--minutes M]]"));
            } else {
                asked.filter.clone_from(arg);
            }
        }
        Ok(asked)
    }
}

fn plant(asked: &Asked) -> Result<Vec<String>, String> {
    let mut caught = Caught::read()?;
    let mut patches = chosen(asked)?;
    if asked.is_soak {
        patches.retain(|patch| !caught.has(&patch.name));
    }
    let copy = Copied::of(servers(&patches)?)?;
    let (started, mut passed, mut failed) = (now(), 0_usize, Vec::new());
    let is_over = || asked.lasts.is_some_and(|lasts| started.elapsed() > lasts);
    // A package after the other, so that none is compiled anew for the next.
    for of_package in patches.chunk_by(|one, other| one.package == other.package) {
        let red_without = if is_over() { break } else { copy.red_without_bug(of_package)? };
        for patch in of_package {
            if is_over() {
                break;
            }
            match copy.told(patch, &red_without) {
                Ok(()) => {
                    passed += 1;
                    if asked.is_soak {
                        caught.add(&patch.name)?;
                    }
                }
                Err(name) => failed.push(name),
            }
        }
    }
    let left = patches.len() - passed - failed.len();
    let seconds = started.elapsed().as_secs();
    println!("{passed} passed, {} failed, {left} left, in {seconds} s", failed.len());
    Ok(failed)
}

fn chosen(asked: &Asked) -> Result<Vec<Patch>, String> {
    let folder = place::root().join("tests/planted");
    let entries = fs::read_dir(&folder).map_err(|error| said(&folder, &error))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "patch"));
    files.sort();
    let patches: Result<Vec<Patch>, String> = files.into_iter().map(Patch::read).collect();
    let mut patches = patches?;
    patches.retain(|patch| patch.name.contains(&asked.filter));
    patches.sort_by(|one, other| (&one.package, &one.name).cmp(&(&other.package, &other.name)));
    if patches.is_empty() {
        return Err(format!("no planted bug has {:?} in its name", asked.filter));
    }
    Ok(patches)
}

/// The servers that a test needs: without them such tests pass over it.
fn servers(patches: &[Patch]) -> Result<Servers, String> {
    let (mut servers, python) = (Servers::default(), Environment::new());
    let is_needed = |name| patches.iter().any(|patch| patch.server == Some(name));
    if is_needed("linli-postgres") {
        python.prepare()?;
        servers.start_postgres(&python)?;
    }
    if is_needed("linli-nats") {
        python.prepare()?;
        servers.start_nats(&python)?;
    }
    Ok(servers)
}

impl Patch {
    fn read(file: PathBuf) -> Result<Self, String> {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).map_err(|error| format!("{name}: {error}"))?;
        let header = |key: &str| -> Vec<String> {
            let lines = text.lines().take_while(|line| line.starts_with('#'));
            let values = lines.filter_map(|line| line.strip_prefix(key));
            values.map(|value| value.trim().to_owned()).collect()
        };
        let changed = text.lines().find_map(|line| line.strip_prefix("+++ b/crates/"));
        let package = header("# package:").pop().or_else(|| {
            changed.and_then(|path| path.split_once('/')).map(|(package, _)| package.to_owned())
        });
        let package = package.ok_or(format!("{name}: say `# package:`"))?;
        let breaks = header("# breaks:").pop().ok_or(format!("{name}: say `# breaks:`"))?;
        let tests = header("# test:");
        if tests.is_empty() {
            return Err(format!("{name}: say `# test:`"));
        }
        let breaks_store = |name: &&str| text.contains(&format!("+++ b/crates/{name}/"));
        let server = ["linli-postgres", "linli-nats"].into_iter().find(breaks_store);
        Ok(Self { name, file, tests, breaks, package, server })
    }
}

impl Copied {
    /// Brings the copy to what is tracked now. Files that did not change keep their time, so that
    /// only what changed is compiled.
    fn of(servers: Servers) -> Result<Self, String> {
        let (root, planted) = (place::root(), place::target().join("planted"));
        let tree = planted.join("tree");
        let listed = tool::answer(tool::program("git").args(["ls-files", "-z"]))?;
        let tracked: BTreeSet<PathBuf> =
            listed.split('\0').filter(|path| !path.is_empty()).map(PathBuf::from).collect();
        for path in &tracked {
            let (from, to) = (root.join(path), tree.join(path));
            let Ok(bytes) = fs::read(&from) else { continue };
            if fs::read(&to).is_ok_and(|old| old == bytes) {
                continue;
            }
            let folder = to.parent().unwrap_or(&tree);
            fs::create_dir_all(folder).map_err(|error| said(folder, &error))?;
            fs::write(&to, bytes).map_err(|error| said(&to, &error))?;
        }
        remove_all_but(&tree, &tree, &tracked)?;
        Ok(Self { tree, build: planted.join("build"), servers })
    }

    /// The tests of these patches of one package that are red although no bug is planted.
    fn red_without_bug(&self, patches: &[Patch]) -> Result<BTreeSet<String>, String> {
        let Some(Patch { package, .. }) = patches.first() else { return Ok(BTreeSet::new()) };
        let binary = self
            .compile(package)
            .map_err(|error| format!("{package} does not compile even without a bug:\n{error}"))?;
        let mut red: BTreeSet<String> =
            patches.iter().flat_map(|patch| &patch.tests).cloned().collect();
        let mut green = BTreeSet::new();
        for test in &red {
            if matches!(self.test(package, &binary, test)?, Outcome::Passed | Outcome::NoSuchTest) {
                green.insert(test.clone());
            }
        }
        red.retain(|test| !green.contains(test));
        Ok(red)
    }

    /// Says whether the bug of a patch is caught; gives the patch's name if it is not.
    fn told(&self, patch: &Patch, red_without: &BTreeSet<String>) -> Result<(), String> {
        let began = now();
        let verdict = match patch.tests.iter().find(|test| red_without.contains(*test)) {
            Some(test) => Err(format!("{test} fails without the bug")),
            None => self.catch(patch),
        };
        let seconds = began.elapsed().as_secs();
        match verdict {
            Ok(()) => println!("caught  {} ({seconds} s): {}", patch.name, patch.breaks),
            Err(why) => {
                println!("MISSED  {} ({seconds} s): {why}", patch.name);
                return Err(patch.name.clone());
            }
        }
        Ok(())
    }

    /// Plants the bug and takes it out again; says why if a test that should see it does not.
    fn catch(&self, patch: &Patch) -> Result<(), String> {
        let file = patch.file.to_string_lossy();
        self.apply(&[], &file)?;
        let verdict = self.see(patch);
        self.apply(&["--reverse"], &file)?;
        verdict
    }

    fn see(&self, patch: &Patch) -> Result<(), String> {
        let compiled = self.compile(&patch.package);
        let binary = compiled.map_err(|error| format!("does not compile\n{error}"))?;
        for test in &patch.tests {
            match self.test(&patch.package, &binary, test)? {
                Outcome::Failed => {}
                Outcome::Passed => return Err(format!("{test} does not see it")),
                Outcome::NoSuchTest => return Err(format!("there is no test {test}")),
                Outcome::Endless => return Err(format!("{test} does not end")),
            }
        }
        Ok(())
    }

    /// The copy lies inside the repository, so `git apply` is told to take it for a plain folder.
    fn apply(&self, options: &[&str], file: &str) -> Result<(), String> {
        let output = Command::new("git")
            .arg("apply")
            .args(options)
            .arg(file)
            .current_dir(&self.tree)
            .env("GIT_CEILING_DIRECTORIES", self.tree.parent().unwrap_or(&self.tree))
            .output()
            .map_err(|error| format!("git apply: {error}"))?;
        let told = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(()) } else { Err(format!("does not apply: {told}")) }
    }

    /// Compiles the tests of a package's library, of its program if it has none, or of no crate at
    /// all, and gives their binary.
    fn compile(&self, package: &str) -> Result<PathBuf, String> {
        let is_library = self.folder(package).join("src/lib.rs").exists();
        let part: &[&str] = match is_library {
            true => &["--lib"],
            false if package == "linli-tests" => {
                // Some of them run the command that stands beside them.
                self.cargo(&["build", "--quiet", "-p", "linli-cli"])?;
                &["--test", "house"]
            }
            false => &["--bins"],
        };
        let asked = ["test", "--quiet", "--no-run", "-p", package];
        let told =
            self.cargo(&[&asked, part, &["--message-format=json-render-diagnostics"]].concat())?;
        let mut binary = told.lines().filter_map(|line| {
            let (_, path) = line.split_once(r#""executable":""#)?;
            path.split('"').next().map(PathBuf::from)
        });
        binary.next_back().ok_or_else(|| format!("cargo named no test binary of {package}"))
    }

    /// What cargo answers in the copy; what it complains of where it fails.
    fn cargo(&self, args: &[&str]) -> Result<String, String> {
        let output = tool::cargo([])
            .args(args)
            .current_dir(&self.tree)
            .env("CARGO_TARGET_DIR", &self.build)
            .stderr(Stdio::piped())
            .output()
            .map_err(|error| format!("cargo: {error}"))?;
        let heard = if output.status.success() { output.stdout } else { output.stderr };
        let heard = String::from_utf8_lossy(&heard).into_owned();
        if output.status.success() { Ok(heard) } else { Err(heard) }
    }

    fn test(&self, package: &str, binary: &Path, test: &str) -> Result<Outcome, String> {
        let heard = self.tree.with_extension("heard");
        let file = fs::File::create(&heard).map_err(|error| said(&heard, &error))?;
        let mut child = Command::new(binary)
            .args(["--exact", test])
            .current_dir(self.folder(package))
            .env("LINLI_DATA", place::data())
            // Red is red: the smallest case that is would take longer than all else.
            .env("PROPTEST_MAX_SHRINK_ITERS", "0")
            .envs(self.servers.tells())
            .stdout(file)
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| said(binary, &error))?;
        let began = now();
        let status = loop {
            match child.try_wait().map_err(|error| error.to_string())? {
                Some(status) => break status,
                None if began.elapsed() > PATIENCE => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Ok(Outcome::Endless);
                }
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        let heard = fs::read_to_string(&heard).unwrap_or_default();
        if heard.contains("running 0 tests") {
            return Ok(Outcome::NoSuchTest);
        }
        // A test that aborts the process (a stack overflow, a second panic) has failed as well.
        Ok(if status.success() { Outcome::Passed } else { Outcome::Failed })
    }

    /// Where `cargo test` would run the tests of a package.
    fn folder(&self, package: &str) -> PathBuf {
        let folder = self.tree.join("crates").join(package);
        if folder.is_dir() { folder } else { self.tree.clone() }
    }
}

/// Removes what is no longer tracked, so that a copy from an earlier run is the tree of now.
fn remove_all_but(tree: &Path, folder: &Path, tracked: &BTreeSet<PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| said(folder, &error))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            remove_all_but(tree, &path, tracked)?;
        } else if path
            .strip_prefix(tree)
            .is_ok_and(|own| !tracked.contains(own) && own != Path::new("Cargo.lock"))
        {
            fs::remove_file(&path).map_err(|error| said(&path, &error))?;
        }
    }
    Ok(())
}

pub(crate) fn said(path: impl AsRef<Path>, error: &std::io::Error) -> String {
    format!("{}: {error}", path.as_ref().display())
}
