//! What is typed, and how numbers are shown.

use clap::Parser;
use linli::Exact;

use crate::address::Address;
use crate::args::{Args, By, Command};
use crate::failure::BAD_INPUT;
use crate::figures;

fn parsed(line: &str) -> Result<Args, String> {
    Args::try_parse_from(line.split_whitespace()).map_err(|error| error.to_string())
}

#[test]
fn a_replay_takes_several_tariffs_either_way() -> Result<(), String> {
    for tariffs in ["--tariff a b", "--tariff a --tariff b"] {
        let line = format!("linli replay {tariffs} --by day");
        let Command::Replay(args) = parsed(&line)?.command else { return Err(line) };
        assert_eq!(args.tariff.len(), 2, "{line}");
        assert_eq!(args.by, Some(By::Day), "{line}");
    }
    Ok(())
}

#[test]
fn global_options_stand_before_or_behind_the_command() -> Result<(), String> {
    for line in ["linli --journal a.db --json facts", "linli facts --json --journal a.db"] {
        let global = parsed(line)?.global;
        assert_eq!((global.journal.as_str(), global.json), ("a.db", true), "{line}");
        assert_eq!(global.actor, "operator", "{line}");
    }
    Ok(())
}

#[test]
fn a_price_needs_a_session_or_a_cdr_and_not_both() {
    assert!(parsed("linli rate --tariff t").is_err());
    assert!(parsed("linli rate --tariff t --session s --cdr c").is_err());
    assert!(parsed("linli rate --tariff t --session s").is_ok());
    assert!(parsed("linli rate --tariff t --cdr c").is_ok());
    assert!(parsed("linli rate --cdr c --timezone Europe/Oslo").is_ok());
    assert!(parsed("linli rate --session s").is_err());
    assert!(parsed("linli rate --tariff t --session s --timezone Europe/Oslo").is_err());
}

#[test]
fn bad_numbers_and_dates_are_turned_down() {
    for line in [
        "linli demo --sessions 0",
        "linli replay --as-of 2022-02-30",
        "linli replay --as-known-at 0",
        "linli replay --threads 0",
        "linli replay --by week",
        "linli replay --against everything",
    ] {
        assert!(parsed(line).is_err(), "{line}");
    }
}

#[test]
fn an_address_is_a_file_a_server_or_memory() {
    for address in [
        "yujing.db",
        "sqlite:yujing.db",
        "C:\\yujing.db",
        "memory:",
        "postgres://li@h/db?journal=yujing",
        "nats://h:4222/yujing",
    ] {
        assert!(Address::read(address).is_ok(), "{address}");
    }
    let sqlites_memory = [":memory:", "sqlite::memory:", "Memory:", "file:x?mode=memory"];
    for address in ["", "sqlite:", "mysql://h/x", "http://h/x"].into_iter().chain(sqlites_memory) {
        let failure = Address::read(address).map_err(|failure| failure.status);
        assert_eq!(failure, Err(BAD_INPUT), "{address}");
    }
}

#[test]
fn numbers_are_shown_as_people_write_them() {
    assert_eq!(figures::grouped(0), "0");
    assert_eq!(figures::grouped(999), "999");
    assert_eq!(figures::grouped(1_234_567), "1,234,567");
    assert_eq!(figures::kwh(1_234_567), "1,234.567");
    assert_eq!(figures::kwh(-5), "-0.005");
    assert_eq!(figures::hours(5_400_000_000), "1.5");
    assert_eq!(figures::hours(0), "0");
    assert_eq!(figures::hours(7_200_000_000), "2");
    assert_eq!(figures::lasted(11_525_000_000), "3 h 12 min 5 s");
    assert_eq!(figures::lasted(59_000_000), "59 s");
}

#[test]
fn a_fraction_is_a_decimal_only_where_that_is_exact() {
    let shown = |numerator, denominator| {
        Exact::fraction(numerator, denominator).map(linli::replay::exactly).unwrap_or_default()
    };
    assert_eq!(shown(66, 100), "0.66");
    assert_eq!(shown(10, 1), "10");
    assert_eq!(shown(1, 3), "1/3");
}
