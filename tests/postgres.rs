//! The main job over PostgreSQL: the command takes its address, and a replay comes to the same bits
//! as over SQLite.

use linli_postgres::trial::Fresh;

use crate::program::{json, refusal, tariff};

pub(crate) const ROWS: &str = "session_id,started_at,ended_at,energy_kwh\n\
    1,2022-02-01T08:00:00+08:00,2022-02-01T09:00:00+08:00,1.5\n\
    2,2022-02-01T08:30:00+08:00,2022-02-01T09:10:00+08:00,0.25\n\
    3,2022-02-02T20:00:00+08:00,2022-02-02T23:59:00+08:00,2.001\n";

#[test]
fn a_replay_is_the_same_over_sqlite_and_postgres() {
    let Some(Fresh { address }) = Fresh::journal() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, flat) = (folder.path(), tariff("flat-0.66"));
    std::fs::write(folder.join("rows.csv"), ROWS).expect("written");
    let [in_file, on_server] = ["journal.db", &address].map(|journal| {
        let rows = ["rows.csv", "--format", "csv", "--timezone", "UTC", "--journal", journal];
        let import = [&["import", "charging"], &rows[..]].concat();
        let first = json(folder, 0, &import);
        assert_eq!((&first["rows"], &first["imported"]), (&3.into(), &3.into()));
        let again = json(folder, 0, &import);
        assert_eq!((&again["imported"], &again["duplicates"]), (&0.into(), &3.into()));
        json(folder, 0, &["replay", "--tariff", &flat, "--journal", journal])
    });
    assert_eq!(in_file["tariffs"][0]["total"], "2.48");
    assert_eq!(in_file["tariffs"], on_server["tariffs"], "the digest among them");
}

#[test]
fn a_server_out_of_reach_gets_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let nowhere = "postgres://li:secret@127.0.0.1:1/db?journal=j";
    let said = refusal(folder.path(), 3, &["events", "--journal", nowhere]);
    assert!(said.contains("127.0.0.1:1") && !said.contains("secret"), "{said}");
    let said = refusal(folder.path(), 2, &["events", "--journal", "postgres://li@h/db"]);
    assert!(said.contains("?journal=NAME"), "{said}");
}
