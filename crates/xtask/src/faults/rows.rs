//! The rows of the programme: what each breaks, and the tests that do it.

/// One line of the programme.
pub(crate) struct Row {
    /// Its letter and number.
    pub(crate) name: &'static str,
    /// What it breaks.
    pub(crate) breaks: &'static str,
    /// Whether the programme fails where it cannot be run; the others say "not run".
    pub(crate) is_required: bool,
    /// Each says what it did in a line of its own.
    pub(crate) tests: &'static [Test],
}

/// A test of the workspace.
pub(crate) struct Test {
    /// The crate that it is compiled into: `house` holds what no single crate can test.
    pub(crate) binary: &'static str,
    /// Its path there.
    pub(crate) path: &'static str,
}

/// A test of `tests/`.
const fn house(path: &'static str) -> Test {
    Test { binary: "house", path }
}

/// A test that knows the inside of the PostgreSQL store.
const fn postgres(path: &'static str) -> Test {
    Test { binary: "linli_postgres", path }
}

/// A test that knows the inside of the JetStream store.
const fn nats(path: &'static str) -> Test {
    Test { binary: "linli_nats", path }
}

/// A test that knows the inside of the archive.
const fn archive(path: &'static str) -> Test {
    Test { binary: "linli_archive", path }
}

/// A test that knows the inside of the SQLite store.
const fn sqlite(path: &'static str) -> Test {
    Test { binary: "linli_sqlite", path }
}

/// Every row, in the order of the letters. A new one is a test that prints `fault ROW: ...`, and a
/// line here.
pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "A1",
        breaks: "kill -9 of who writes, and of the server",
        is_required: true,
        tests: &[
            house("kills::what_was_acknowledged_survives_a_hundred_kills"),
            house("killed_keyrings::what_was_answered_survives_thirty_kills"),
            house("kills::what_was_acknowledged_survives_kills_of_who_writes_to_postgres"),
            house("kills::what_was_acknowledged_survives_kills_of_who_writes_to_jetstream"),
            postgres("tests::kills::what_was_answered_survives_fifteen_kills"),
            house("archives::an_archive_is_whole_whenever_who_seals_is_killed"),
        ],
    },
    Row {
        name: "A2",
        breaks: "loss of power: a filesystem is shut down under who writes",
        is_required: false,
        tests: &[
            house("faults::power::a_loss_of_power_takes_what_was_not_flushed"),
            house("faults::power::what_was_answered_survives_twenty_losses_of_power"),
        ],
    },
    Row {
        name: "A3",
        breaks: "loss of power: what was not flushed is lost, torn, reordered",
        is_required: true,
        tests: &[
            house("faults::images::an_image_shows_a_commit_that_was_not_flushed"),
            house("faults::images::every_legal_image_holds_what_was_answered"),
        ],
    },
    Row {
        name: "A4",
        breaks: "each call on a file fails: EIO, ENOSPC, a short write, a failed flush",
        is_required: true,
        tests: &[
            house("faults::calls::every_call_that_fails_leaves_what_was_answered"),
            sqlite("tests::full_disk::a_full_disk_loses_nothing_and_goes_on_when_there_is_room"),
        ],
    },
    Row {
        name: "A6",
        breaks: "single bits of a file and its log, of rows, of an archive, of a checkpoint",
        is_required: true,
        tests: &[
            house("flips::no_flipped_bit_is_silent"),
            house("flips::rows::no_flipped_bit_of_a_row_is_silent"),
            house("flips::note::no_flipped_bit_of_a_checkpoint_is_believed"),
            archive("tests::verifying::every_flipped_byte_of_a_segment_is_found"),
            archive("tests::verifying::every_flipped_bit_of_the_manifest_is_found"),
        ],
    },
    Row {
        name: "A7",
        breaks: "a journal is cut, its parts swapped, doubled, taken out",
        is_required: false,
        tests: &[
            house("faults::tampering::a_file_that_is_cut_short_is_never_believed"),
            house("faults::tampering::a_log_that_is_cut_short_ends_with_a_group"),
            house("faults::tampering::parts_that_are_swapped_doubled_or_taken_out_are_noticed"),
        ],
    },
    Row {
        name: "B1",
        breaks: "sixteen writers at once: is there a serial order?",
        is_required: true,
        tests: &[
            house("faults::histories::appends_of_many_threads_have_a_serial_order_in_memory"),
            house("faults::histories::appends_of_many_processes_have_a_serial_order_in_sqlite"),
            house("faults::histories::appends_of_many_processes_have_a_serial_order_in_postgres"),
            house("faults::histories::appends_of_many_processes_have_a_serial_order_in_jetstream"),
        ],
    },
    Row {
        name: "B2",
        breaks: "readers that resume under writers",
        is_required: false,
        tests: &[
            house("faults::readers::readers_that_resume_see_every_event_once_in_memory"),
            house("faults::readers::readers_that_resume_see_every_event_once_in_sqlite"),
            house("faults::readers::readers_that_resume_see_every_event_once_in_postgres"),
            house("faults::readers::readers_that_resume_see_every_event_once_in_jetstream"),
        ],
    },
    Row {
        name: "B3",
        breaks: "moves of chance beside a model: closed, killed, failed, cut",
        is_required: true,
        tests: &[
            house("faults::model::a_store_in_memory_answers_as_the_model_does"),
            house("faults::model::a_file_answers_as_the_model_does"),
            house("faults::model::a_server_answers_as_the_model_does"),
            house("faults::model::a_stream_answers_as_the_model_does"),
        ],
    },
    Row {
        name: "C1",
        breaks: "a JetStream cluster under load: leaders killed, paused, cut off, all killed",
        is_required: false,
        tests: &[
            house("faults::cluster::what_was_answered_survives_six_faults_of_a_cluster"),
            house("faults::cluster::what_was_answered_survives_a_network_that_falls_apart"),
            house("faults::cluster::who_is_left_alone_tells_of_nothing"),
        ],
    },
    Row {
        name: "C2",
        breaks: "a connection cut at many bytes of an append",
        is_required: false,
        tests: &[
            postgres("tests::cuts::a_cut_at_any_byte_leaves_an_append_whole_or_absent"),
            nats("tests::cuts::a_cut_at_any_byte_leaves_an_append_once"),
        ],
    },
    Row {
        name: "C3",
        breaks: "a fork under an open journal",
        is_required: false,
        tests: &[sqlite("tests::forks::a_journal_that_was_inherited_open_is_refused")],
    },
];
