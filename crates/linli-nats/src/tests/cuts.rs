//! A proxy cuts the connection after byte k of an append's exchange, for every 16th k: the append
//! is answered all the same, by the next connection, and stands there once. It has no key, so that
//! nothing but its own place tells whether it was stored.

use linli_servers::Proxy;

use super::*;

const STEP: usize = 16;

#[test]
fn a_cut_at_any_byte_leaves_an_append_once() {
    let Some(fresh) = Fresh::journal_on_one() else { return };
    let proxy = Proxy::before(&fresh.address).expect("a proxy");
    let store = NatsStore::open(proxy.address()).expect("a journal for a test");
    let without_key = |number| Append { key: None, ..three(number) };
    // The first append finds the connection that it is sent over.
    append(&store, without_key(0)).expect("an append that nothing forbids");
    let mut number = 1;
    let exchange = proxy.bytes_of(|| {
        append(&store, without_key(number)).expect("an append that nothing forbids");
    });
    for cut in (0..exchange).step_by(STEP) {
        number += 1;
        proxy.cut_after(cut);
        let answer = append(&store, without_key(number));
        proxy.let_by();
        let answer = answer.unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        assert_eq!(answer.first.0, number * 3 + 1, "cut at {cut}: it stands twice, or not at all");
    }
    let all: Vec<u64> = (0..=number).collect();
    assert_eq!(whole_appends(&fresh.store()), all, "each append once");
    let cuts = (0..exchange).step_by(STEP).count();
    println!(
        "\nfault C2 NATS: {cuts} cuts in the {exchange} bytes of an append; 0 lost, 0 doubled"
    );
    assert!(cuts > 4, "cuts inside the exchange of {exchange} bytes");
}
