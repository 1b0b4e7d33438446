//! A proxy that cuts a connection after so many bytes.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::thread;

const UNCUT: i64 = i64::MAX;

/// Stands between a program and a server on this machine. It lives as long as the process.
#[derive(Debug)]
pub struct Proxy {
    address: String,
    left: Arc<AtomicI64>,
}

impl Proxy {
    /// A proxy before the server at `address`, which names 127.0.0.1 and a port.
    ///
    /// # Errors
    /// A sentence, where the address is another one or no port is free.
    pub fn before(address: &str) -> Result<Self, String> {
        let (head, rest) = address.split_once("127.0.0.1:").ok_or("it is not on this machine")?;
        let (server, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let server: u16 = server.parse().map_err(|error| format!("{address}: {error}"))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.map_err(|error| error.to_string())?;
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        let left = Arc::new(AtomicI64::new(UNCUT));
        let proxy =
            Self { address: format!("{head}127.0.0.1:{port}/{rest}"), left: Arc::clone(&left) };
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // Where the server is gone, so is the connection.
                let _ = stand_between(client, server, &left);
            }
        });
        Ok(proxy)
    }

    /// The address to use in place of the server's.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Cuts one connection once so many bytes have gone by, both ways together.
    pub fn cut_after(&self, bytes: i64) {
        self.left.store(bytes, SeqCst);
    }

    /// Cuts nothing any more, and says whether it had cut since it was told to.
    #[expect(clippy::must_use_candidate, reason = "who lets by need not ask")]
    pub fn let_by(&self) -> bool {
        self.left.swap(UNCUT, SeqCst) > UNCUT / 2
    }

    /// How many bytes go by while `work` is done, both ways together.
    pub fn bytes_of(&self, work: impl FnOnce()) -> i64 {
        self.let_by();
        work();
        UNCUT - self.left.swap(UNCUT, SeqCst)
    }
}

fn stand_between(client: TcpStream, port: u16, left: &Arc<AtomicI64>) -> std::io::Result<()> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let (back, forth) = (server.try_clone()?, client.try_clone()?);
    let (left, also_left) = (Arc::clone(left), Arc::clone(left));
    thread::spawn(move || pass(client, server, &left));
    thread::spawn(move || pass(back, forth, &also_left));
    Ok(())
}

fn pass(mut from: TcpStream, mut to: TcpStream, left: &AtomicI64) {
    let mut bytes = [0; 4_096];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        let before = left.fetch_sub(i64::try_from(read).unwrap_or(0), SeqCst);
        let let_by = usize::try_from(before.max(0)).unwrap_or(0).min(read);
        let part = bytes.get(..let_by).unwrap_or_default();
        if to.write_all(part).is_err() || let_by < read {
            left.store(UNCUT, SeqCst);
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
