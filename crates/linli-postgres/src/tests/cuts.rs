//! A proxy cuts the connection after byte k of an append's exchange, for every 16th k: the append
//! is there whole or not at all, its key tells which, and the same append again never doubles it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::thread;

use linli::journal::Written;

use super::*;

const STEP: usize = 16;
const UNCUT: i64 = i64::MAX;

#[test]
fn a_cut_at_any_byte_leaves_an_append_whole_or_absent() {
    let Some(fresh) = Fresh::journal() else { return };
    let proxy = Proxy::before(&fresh.address);
    let store = PostgresStore::open(&proxy.address).expect("a journal for a test");
    let direct = fresh.store();
    // The first append finds the connection that it is sent over.
    append(&store, three(0)).expect("an append that nothing forbids");
    append(&store, three(1)).expect("an append that nothing forbids");
    let (mut unknown, mut unknown_and_there, mut number) = (0, 0, 2);
    let exchange = proxy.bytes_of(|| {
        append(&store, three(number)).expect("an append that nothing forbids");
    });
    for cut in (0..exchange).step_by(STEP) {
        number += 1;
        proxy.left.store(cut, SeqCst);
        let answer = append(&store, three(number));
        proxy.left.store(UNCUT, SeqCst);
        let receipt = Blocking(&direct).receipt(key(number)).expect("readable");
        match answer {
            Ok(_) => assert!(receipt.is_some(), "cut at {cut}: answered, and not there"),
            Err(AppendError::Busy { .. }) => {
                assert!(receipt.is_none(), "cut at {cut}: busy, and there");
            }
            Err(AppendError::Unknown { key: named, .. }) => {
                assert_eq!(named, Some(key(number)));
                unknown += 1;
                unknown_and_there += usize::from(receipt.is_some());
            }
            Err(error) => panic!("cut at {cut}: {error}"),
        }
        let again = append(&store, three(number)).expect("the same append again");
        let was_there = receipt.is_some();
        assert_eq!(again.written == Written::Before, was_there, "cut at {cut}: the key was wrong");
    }
    println!(
        "\nfault C2 PostgreSQL: {} cuts in the {exchange} bytes of an append; {unknown} outcomes \
         unknown, {unknown_and_there} of them there, 0 lost, 0 doubled",
        number - 2
    );
    let all: Vec<u64> = (0..=number).collect();
    assert_eq!(whole_appends(&direct), all, "each append once");
    assert!(unknown > unknown_and_there && unknown_and_there > 0, "cuts on both sides of a commit");
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
        let (head, rest) = address.split_once("127.0.0.1:").expect("a server on this machine");
        let (server, rest) = rest.split_once('/').expect("a database");
        let server: u16 = server.parse().expect("a port");
        let left = Arc::new(AtomicI64::new(UNCUT));
        let proxy =
            Self { address: format!("{head}127.0.0.1:{port}/{rest}"), left: Arc::clone(&left) };
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
