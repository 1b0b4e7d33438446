//! NATS servers with JetStream: one by itself, or three in a cluster, each with its own folder; on
//! loopback, or each in a network of its own.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::account::{command, command_in, give, reaches, signal};
use crate::network::Network;
use crate::ports::free_ports;

/// How often servers that start are asked, a tenth of a second apart.
const LOOKS: u32 = 600;
const PAUSE: Duration = Duration::from_millis(100);

/// Running servers. Dropping them stops them and removes their folder.
#[derive(Debug)]
pub struct Nats {
    program: PathBuf,
    folder: PathBuf,
    sync_interval: String,
    servers: Vec<Server>,
    /// Where each server is a host of its own.
    network: Option<Network>,
}

/// One of them, named `n1`, `n2`, `n3`.
#[derive(Debug)]
struct Server {
    name: String,
    /// Which of them it is, from 1 on.
    number: u8,
    host: Ipv4Addr,
    port: u16,
    monitor: u16,
    route: u16,
    process: Option<Child>,
}

impl Nats {
    /// Makes one server in `folder`, which is emptied, and starts it. `program` is `nats-server`.
    ///
    /// # Errors
    /// A sentence, where the program does not run or the server does not answer.
    pub fn start_one(program: &Path, folder: &Path) -> Result<Self, String> {
        Self::start(program, folder, 1, None)
    }

    /// Makes a cluster of three.
    ///
    /// # Errors
    /// A sentence, where the program does not run or the servers find no leader.
    pub fn start_three(program: &Path, folder: &Path) -> Result<Self, String> {
        Self::start(program, folder, 3, None)
    }

    /// Makes a cluster of three, each on a host of this network.
    ///
    /// # Errors
    /// A sentence, where the program does not run or the servers find no leader.
    pub fn start_three_apart(
        program: &Path,
        folder: &Path,
        network: Network,
    ) -> Result<Self, String> {
        Self::start(program, folder, 3, Some(network))
    }

    fn start(
        program: &Path,
        folder: &Path,
        servers: u8,
        network: Option<Network>,
    ) -> Result<Self, String> {
        let folder = folder.to_path_buf();
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(|error| said(&folder, &error))?;
        give(&folder)?;
        let program = within_reach(program, &folder)?;
        let ports = free_ports(usize::from(servers).saturating_mul(3))?;
        let server = |(number, ports): (u8, &[u16])| match *ports {
            [port, monitor, route] => {
                let own = network.as_ref().map(|network| network.address(number));
                let host = own.unwrap_or(Ipv4Addr::LOCALHOST);
                let name = format!("n{number}");
                Some(Server { name, number, host, port, monitor, route, process: None })
            }
            _ => None,
        };
        let servers = (1..=servers).zip(ports.chunks(3)).filter_map(server).collect();
        let mut nats = Self { program, folder, sync_interval: "always".into(), servers, network };
        nats.start_all_again()?;
        Ok(nats)
    }

    /// The address of the journal in a stream, with the monitoring ports.
    #[must_use]
    pub fn address(&self, stream: &str) -> String {
        let listed = |port: fn(&Server) -> u16| {
            let each = |server: &Server| format!("{}:{}", server.host, port(server));
            self.servers.iter().map(each).collect::<Vec<_>>().join(",")
        };
        let (ports, monitors) = (listed(|server| server.port), listed(|server| server.monitor));
        format!("nats://{ports}/{stream}?monitor={monitors}")
    }

    /// When a server flushes what it acknowledges, from the next start on: `always`, or a time.
    pub fn set_sync_interval(&mut self, interval: &str) {
        interval.clone_into(&mut self.sync_interval);
    }

    /// Starts those that do not run on the data that they have, and waits until all of them answer
    /// and know a leader.
    ///
    /// # Errors
    /// A sentence with the end of a log.
    pub fn start_all_again(&mut self) -> Result<(), String> {
        for number in 0..self.servers.len() {
            self.spawn(number)?;
        }
        for _ in 0..LOOKS {
            if self.servers.iter().all(Server::is_ready) {
                return Ok(());
            }
            let mut gone = self.servers.iter_mut().filter_map(|server| {
                let ended = !matches!(server.process.as_mut()?.try_wait(), Ok(None));
                ended.then(|| server.name.clone())
            });
            if let Some(name) = gone.next() {
                return Err(format!("nats-server {name} ended: {}", self.told(&name)));
            }
            sleep(PAUSE);
        }
        Err(format!("the NATS servers find no leader: {}", self.told("n1")))
    }

    /// The names of the servers.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.servers.iter().map(|server| server.name.clone()).collect()
    }

    /// Kills a server with `kill -9`.
    pub fn kill(&mut self, name: &str) {
        for server in self.servers.iter_mut().filter(|server| server.name == name) {
            server.kill();
        }
    }

    /// Kills all of them with `kill -9`.
    pub fn kill_all(&mut self) {
        self.servers.iter_mut().for_each(Server::kill);
    }

    /// Stops a server in the middle of whatever it does, until [`Nats::resume`].
    pub fn pause(&self, name: &str) {
        self.tell("STOP", name);
    }

    /// Lets a paused server go on.
    pub fn resume(&self, name: &str) {
        self.tell("CONT", name);
    }

    /// Cuts a server off from everybody, until [`Nats::mend`].
    ///
    /// # Errors
    /// A sentence, where they have no network of their own.
    pub fn cut_off(&self, name: &str) -> Result<(), String> {
        self.cut(name, Network::cut_off)
    }

    /// Cuts a server off from the other two while clients reach it, until [`Nats::mend`].
    ///
    /// # Errors
    /// A sentence, where they have no network of their own.
    pub fn set_apart(&self, name: &str) -> Result<(), String> {
        self.cut(name, Network::set_apart)
    }

    fn cut(&self, name: &str, cut: fn(&Network, u8) -> Result<(), String>) -> Result<(), String> {
        let network = self.network.as_ref().ok_or("they have no network of their own")?;
        let mut named = self.servers.iter().filter(|server| server.name == name);
        named.try_for_each(|server| cut(network, server.number))
    }

    /// Joins the network again.
    ///
    /// # Errors
    /// A sentence, where `ip` says so.
    pub fn mend(&self) -> Result<(), String> {
        self.network.as_ref().map_or(Ok(()), Network::mend)
    }

    /// The name of the server that leads a stream, as one of them knows it.
    #[must_use]
    pub fn leader(&self, stream: &str) -> Option<String> {
        let name = format!("\"name\": \"{stream}\"");
        self.servers.iter().find_map(|server| {
            let told = server.told("/jsz?streams=true")?;
            // The first leader that is named behind the stream is its own.
            let (_, own) = told.split_once(&name)?;
            let (_, leader) = own.split_once("\"leader\": \"")?;
            leader.split('"').next().map(str::to_owned)
        })
    }

    fn tell(&self, what: &str, name: &str) {
        let told = self.servers.iter().filter(|server| server.name == name);
        let running = told.filter_map(|server| server.process.as_ref());
        signal(what, &running.map(Child::id).collect::<Vec<_>>());
    }

    /// Starts a server unless it runs.
    fn spawn(&mut self, number: usize) -> Result<(), String> {
        let Some(server) = self.servers.get(number) else { return Ok(()) };
        if server.process.is_some() {
            return Ok(());
        }
        let file = self.folder.join(format!("{}.conf", server.name));
        fs::write(&file, self.configuration(server)).map_err(|error| said(&file, &error))?;
        let log = self.log(&server.name);
        let log = File::create(&log).map_err(|error| said(&log, &error))?;
        let mut program = match &self.network {
            Some(network) => command_in(&network.space(server.number), &self.program),
            None => command(&self.program),
        };
        program.arg("-c").arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let process = program.spawn().map_err(|error| format!("nats-server: {error}"))?;
        if let Some(server) = self.servers.get_mut(number) {
            server.process = Some(process);
        }
        Ok(())
    }

    fn configuration(&self, server: &Server) -> String {
        let Server { name, host, port, monitor, route, .. } = server;
        let data = self.folder.join(name);
        let mut text = format!(
            "server_name: {name}\nhost: {host}\nport: {port}\nhttp: \"{host}:{monitor}\"\n\
             jetstream {{ store_dir: \"{}\", sync_interval: {} }}\n",
            data.display(),
            self.sync_interval,
        );
        if self.servers.len() > 1 {
            let each = |server: &Server| format!("\"nats://{}:{}\"", server.host, server.route);
            let routes = self.servers.iter().map(each).collect::<Vec<_>>().join(", ");
            let _ = writeln!(
                text,
                "cluster {{ name: trial, host: {host}, port: {route}, routes: [{routes}] }}"
            );
        }
        text
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    fn told(&self, name: &str) -> String {
        let told = fs::read_to_string(self.log(name)).unwrap_or_default();
        let lines: Vec<&str> = told.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill_all();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Server {
    fn kill(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let _ = process.kill();
        let _ = process.wait();
    }

    /// Whether JetStream is up and, in a cluster, has a leader.
    fn is_ready(&self) -> bool {
        self.told("/healthz").is_some_and(|answer| answer.contains("200 OK"))
    }

    /// What its monitoring port tells.
    fn told(&self, path: &str) -> Option<String> {
        let there = SocketAddr::from((self.host, self.monitor));
        let mut stream = TcpStream::connect_timeout(&there, PAUSE).ok()?;
        stream.set_read_timeout(Some(PAUSE.saturating_mul(10))).ok()?;
        stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }
}

/// The program where the servers' own user reaches it: copied beside the data if need be.
fn within_reach(program: &Path, folder: &Path) -> Result<PathBuf, String> {
    if reaches(program) {
        return Ok(program.to_path_buf());
    }
    let copy = folder.join("nats-server");
    fs::copy(program, &copy).map_err(|error| said(program, &error))?;
    match reaches(&copy) {
        true => Ok(copy),
        false => Err(format!("nobody can run {}: give it to others to read", program.display())),
    }
}

fn said(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
