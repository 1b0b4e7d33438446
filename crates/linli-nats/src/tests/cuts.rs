//! A proxy cuts the connection after byte k of an append's exchange, for every 96th k: the append
//! is answered all the same, by the next connection, and stands there once. It has no key, so that
//! nothing but its own place tells whether it was stored.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::thread;

use super::*;

const STEP: usize = 96;
const UNCUT: i64 = i64::MAX;

#[test]
fn a_cut_at_any_byte_leaves_an_append_once() {
    let Some(fresh) = Fresh::journal_on_one() else { return };
    let proxy = Proxy::before(&fresh.address);
    let store = NatsStore::open(&proxy.address).expect("a journal for a test");
    let without_key = |number| Append { key: None, ..three(number) };
    // The first append finds the connection that it is sent over.
    append(&store, without_key(0)).expect("an append that nothing forbids");
    let mut number = 1;
    let exchange = proxy.bytes_of(|| {
        append(&store, without_key(number)).expect("an append that nothing forbids");
    });
    for cut in (0..exchange).step_by(STEP) {
        number += 1;
        proxy.left.store(cut, SeqCst);
        let answer = append(&store, without_key(number));
        proxy.left.store(UNCUT, SeqCst);
        let answer = answer.unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        assert_eq!(answer.first.0, number * 3 + 1, "cut at {cut}: it stands twice, or not at all");
    }
    let all: Vec<u64> = (0..=number).collect();
    assert_eq!(whole_appends(&fresh.store()), all, "each append once");
    assert!(
        (0..exchange).step_by(STEP).count() > 4,
        "cuts inside the exchange of {exchange} bytes"
    );
}

/// Stands between a store and the server, and cuts once when so many bytes have gone by.
struct Proxy {
    address: String,
    left: Arc<AtomicI64>,
}

impl Proxy {
    fn before(address: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("a port").port();
        let (_, rest) = address.split_once("127.0.0.1:").expect("a server on this machine");
        let (server, rest) = rest.split_once('/').expect("a stream");
        let server: u16 = server.parse().expect("a port");
        let left = Arc::new(AtomicI64::new(UNCUT));
        let address = format!("nats://127.0.0.1:{port}/{rest}");
        let proxy = Self { address, left: Arc::clone(&left) };
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).expect("a server");
                let (back, forth) = (server.try_clone(), client.try_clone());
                let (back, forth) = (back.expect("a socket"), forth.expect("a socket"));
                let (left, also_left) = (Arc::clone(&left), Arc::clone(&left));
                thread::spawn(move || pass(client, server, &left));
                thread::spawn(move || pass(back, forth, &also_left));
            }
        });
        proxy
    }

    /// How many bytes go by meanwhile, both ways.
    fn bytes_of(&self, work: impl FnOnce()) -> i64 {
        self.left.store(UNCUT, SeqCst);
        work();
        UNCUT - self.left.swap(UNCUT, SeqCst)
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, left: &AtomicI64) {
    let mut bytes = [0; 4_096];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        let before = left.fetch_sub(read.cast_signed() as i64, SeqCst);
        let let_by = usize::try_from(before.max(0)).unwrap_or(0).min(read);
        if to.write_all(&bytes[..let_by]).is_err() || let_by < read {
            left.store(UNCUT, SeqCst);
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
