//! A proxy cuts the connection after byte k of an append's exchange, for every 16th k: the append
//! is there whole or not at all, its key tells which, and the same append again never doubles it.

use linli::journal::Written;
use linli_servers::Proxy;

use super::*;

const STEP: usize = 16;

#[test]
fn a_cut_at_any_byte_leaves_an_append_whole_or_absent() {
    let Some(fresh) = Fresh::journal() else { return };
    let proxy = Proxy::before(&fresh.address).expect("a proxy");
    let store = PostgresStore::open(proxy.address()).expect("a journal for a test");
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
        proxy.cut_after(cut);
        let answer = append(&store, three(number));
        proxy.let_by();
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
