//! A network that falls apart: each host is a namespace of its own, and all hang on one bridge of
//! this machine, whoever else is on it. Needs root and `ip` (Debian: iproute2).

use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::atomic::{AtomicU8, Ordering};

/// Where networks are measured (RFC 2544): nobody routes it.
const NET: [u8; 2] = [198, 18];
/// This machine, on the bridge.
const HERE: u8 = 254;

/// Hosts on a bridge. Dropping it takes all of it down.
#[derive(Debug)]
pub struct Network {
    /// Names what belongs to it: no longer than the name of a link may be.
    name: String,
    third: u8,
    hosts: u8,
}

impl Network {
    /// A bridge with so many hosts, numbered from 1 on.
    ///
    /// # Errors
    /// A sentence, where that is not permitted here.
    pub fn of(hosts: u8) -> Result<Self, String> {
        static NETWORKS: AtomicU8 = AtomicU8::new(0);
        let (process, number) = (std::process::id(), NETWORKS.fetch_add(1, Ordering::Relaxed));
        // Two that run at once are two processes, or two networks of one.
        let third = number.wrapping_add(process.to_le_bytes()[0]);
        let network = Self { name: format!("li{process}n{number}"), third, hosts };
        let bridge = &network.name;
        ip(&format!("link add {bridge} type bridge"))?;
        ip(&format!("address add {}/24 dev {bridge}", network.address(HERE)))?;
        ip(&format!("link set {bridge} up"))?;
        for host in 1..=hosts {
            network.add(host)?;
        }
        Ok(network)
    }

    fn add(&self, host: u8) -> Result<(), String> {
        let (space, link, bridge) = (self.space(host), self.link(host), &self.name);
        ip(&format!("netns add {space}"))?;
        ip(&format!("link add {link} type veth peer name eth0 netns {space}"))?;
        ip(&format!("link set {link} master {bridge} up"))?;
        ip(&format!("-n {space} address add {}/24 dev eth0", self.address(host)))?;
        ip(&format!("-n {space} link set eth0 up"))?;
        ip(&format!("-n {space} link set lo up"))
    }

    /// Where a host is.
    pub(crate) fn address(&self, host: u8) -> Ipv4Addr {
        Ipv4Addr::new(NET[0], NET[1], self.third, host)
    }

    /// The namespace of a host, in which its programs are run.
    pub(crate) fn space(&self, host: u8) -> String {
        format!("{}h{host}", self.name)
    }

    /// This end of a host's only link.
    fn link(&self, host: u8) -> String {
        format!("{}h{host}", self.name)
    }

    /// Cuts a host off from everybody: its link is down.
    pub(crate) fn cut_off(&self, host: u8) -> Result<(), String> {
        ip(&format!("link set {} down", self.link(host)))
    }

    /// Cuts a host off from the other hosts; this machine reaches it.
    pub(crate) fn set_apart(&self, host: u8) -> Result<(), String> {
        for other in (1..=self.hosts).filter(|other| *other != host) {
            let route = format!("route add blackhole {}/32", self.address(other));
            ip(&format!("-n {} {route}", self.space(host)))?;
        }
        Ok(())
    }

    /// Mends all that was cut.
    pub(crate) fn mend(&self) -> Result<(), String> {
        for host in 1..=self.hosts {
            ip(&format!("link set {} up", self.link(host)))?;
            // There may be none.
            let _ = ip(&format!("-n {} route flush type blackhole", self.space(host)));
        }
        Ok(())
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for host in 1..=self.hosts {
            let _ = ip(&format!("netns del {}", self.space(host)));
            // With the namespace its link goes too, a moment later.
            let _ = ip(&format!("link del {}", self.link(host)));
        }
        let _ = ip(&format!("link del {}", self.name));
    }
}

fn ip(words: &str) -> Result<(), String> {
    let said = Command::new("ip").args(words.split(' ')).output();
    let said = said.map_err(|error| format!("`ip` could not be started: {error}"))?;
    if said.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&said.stderr).trim().to_owned();
    Err(format!("`ip {words}` ended with {}: {why}", said.status))
}
