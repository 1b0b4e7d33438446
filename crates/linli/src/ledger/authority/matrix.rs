//! The matrix: which role may carry out which command, and read what.
//!
//! A row a command, by the name that it has in JSON, in the table of its context; a cell a role,
//! in the order of [`Role::ALL`]. Who has no row may not. A test holds every row to `matrix.txt`,
//! which says the same role by role, and `matrix.md` to what stands here; it names each command
//! that has no row and each row that has no command.

use Cell::{No as N, Own as O, Yes as Y};

use crate::domain::Role;

/// Whether a role may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// It may not.
    No,
    /// It may where the command concerns the actor alone, or those whose guardian the actor is.
    Own,
    /// It may.
    Yes,
}

/// What one command wants of who asks for it, or the reading of one context.
#[derive(Debug)]
pub(super) struct Row {
    /// The command, or the context that is read.
    pub(super) name: &'static str,
    /// The fields that say whom it concerns: a pseudonym, or a thing that is somebody's.
    pub(super) whose: &'static [&'static str],
    cells: [Cell; 10],
}

impl Row {
    /// What a role may.
    pub(super) fn cell(&self, role: Role) -> Cell {
        let mut cells = Role::ALL.iter().zip(self.cells);
        cells.find(|(column, _)| **column == role).map_or(N, |(_, cell)| cell)
    }
}

const fn row(name: &'static str, whose: &'static [&'static str], cells: [Cell; 10]) -> Row {
    Row { name, whose, cells }
}

/// What is asked to carry out this command; `None`: nobody may.
pub(super) fn to_execute(command: &str) -> Option<&'static Row> {
    TABLES.iter().flat_map(|(_, rows)| *rows).find(|row| row.name == command)
}

/// What is asked to read the events of a context; `None`: nobody may.
pub(super) fn to_read(context: &str) -> Option<&'static Row> {
    READS.iter().find(|row| row.name == context)
}

/// The commands of each context.
pub(super) const TABLES: &[(&str, &[Row])] = &[
    ("charging", CHARGING),
    ("disputes", DISPUTES),
    ("registry", REGISTRY),
    ("services", SERVICES),
    ("cases", CASES),
    ("volunteering", VOLUNTEERING),
    ("programmes", PROGRAMMES),
    ("policies", POLICIES),
];

/// Reading a context. Who analyses and who audits reads all of it, by pseudonyms; whoever runs the
/// machines reads what these did.
pub(super) const READS: &[Row] = &[
    row("charging", &[], [N, N, N, N, N, N, N, Y, Y, Y]),
    row("disputes", &[], [N, N, N, N, N, N, N, N, Y, Y]),
    row("registry", &[], [N, N, N, N, N, N, N, N, Y, Y]),
    row("services", &[], [N, N, N, N, N, N, N, N, Y, Y]),
    row("cases", &[], [N, N, N, N, N, N, N, N, Y, Y]),
    row("volunteering", &[], [N, N, N, N, N, N, N, N, Y, Y]),
    row("programmes", &[], [N, N, N, N, N, N, N, N, Y, Y]),
    row("policies", &[], [N, N, N, N, N, N, N, Y, Y, Y]),
];

// The columns below: resident, guardian, volunteer, mediator, vaccinator, grid worker, secretary,
// operator, analyst, auditor.

/// At the charging points.
const CHARGING: &[Row] = &[
    row("start_session", &["card"], [O, O, N, N, N, N, N, Y, N, N]),
    row("record_session_start", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("record_meter_sample", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("record_suspension", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("record_resumption", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("record_session_end", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("record_session_closed", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("void_session", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("correct_session", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("correct_reading", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("settle_flag", &[], [N, N, N, N, N, N, Y, Y, N, N]),
    row("record_bill", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("issue_bill", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("credit_bill", &[], [N, N, N, N, N, N, Y, Y, N, N]),
    row("correct_bill", &[], [N, N, N, N, N, N, Y, Y, N, N]),
    row("issue_statement", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("commission_connector", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("retire_connector", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("record_fault", &[], [N, N, N, N, N, Y, N, Y, N, N]),
    row("record_meter_replacement", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("note_clock_offset", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("issue_card", &[], [N, N, N, N, N, N, Y, Y, N, N]),
    row("block_card", &["card"], [O, O, N, N, N, N, Y, Y, N, N]),
    row("publish_tariff", &[], [N, N, N, N, N, N, Y, Y, N, N]),
    row("assign_tariff", &[], [N, N, N, N, N, N, Y, Y, N, N]),
    row("record_file_import", &[], [N, N, N, N, N, N, N, Y, N, N]),
];

/// In the mediation room: whose a party is, the ledger does not judge, so parties act through the
/// mediator or the secretary.
const DISPUTES: &[Row] = &[
    row("register_dispute", &[], [Y, Y, Y, Y, Y, Y, Y, Y, N, N]),
    row("add_party", &[], [N, N, N, Y, N, Y, Y, N, N, N]),
    row("authorise_representative", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("record_contact_attempt", &[], [N, N, N, Y, N, Y, Y, N, N, N]),
    row("locate_party", &[], [N, N, N, Y, N, Y, Y, N, N, N]),
    row("record_party_located", &[], [N, N, N, Y, N, Y, Y, N, N, N]),
    row("record_consent", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("record_refusal", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("appoint_mediator", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("disclose_interest", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("replace_mediator", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("schedule_session", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("record_session", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("propose_terms", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("accept_terms", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("record_oral_agreement", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("record_signature", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("record_mediator_signature", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("record_seal", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("record_performance", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("record_follow_up", &[], [N, N, N, Y, N, Y, Y, N, N, N]),
    row("record_breach", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("vary_agreement", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("apply_for_confirmation", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("record_confirmation_application", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("record_court_decision", &[], [N, N, N, Y, N, N, Y, N, N, N]),
    row("record_risk_report", &[], [N, N, N, Y, N, Y, Y, N, N, N]),
    row("terminate_mediation", &[], [N, N, N, Y, N, N, Y, N, N, N]),
];

/// At the registry.
const REGISTRY: &[Row] = &[
    row("register_community", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("register_place", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("set_place_state", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("register_person", &[], [N, N, N, N, Y, Y, Y, N, N, N]),
    row("merge_persons", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("split_persons", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("record_residence", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("record_relation", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("end_relation", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("register_body", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("grant_role", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("end_role", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("give_consent", &["subject_ref", "given_by_ref"], [O, O, O, N, N, N, Y, N, N, N]),
    row("withdraw_consent", &["consent_id"], [O, O, O, N, N, N, Y, N, N, N]),
    row("void_consent", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("request_erasure", &["subject_ref"], [O, O, O, N, N, N, Y, N, N, N]),
    row("answer_erasure", &[], [N, N, N, N, N, N, Y, Y, N, N]),
    row("record_key_destroyed", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("record_key_loss", &[], [N, N, N, N, N, N, N, Y, N, N]),
    row("publish_rule_set", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("publish_calendar", &[], [N, N, N, N, N, N, Y, N, N, N]),
];

/// At the clinic.
const SERVICES: &[Row] = &[
    row("plan_clinic_session", &[], [N, N, N, N, Y, N, Y, N, N, N]),
    row("open_booking", &[], [N, N, N, N, Y, N, Y, N, N, N]),
    row("allocate_lot", &[], [N, N, N, N, Y, N, Y, N, N, N]),
    row("cancel_clinic_session", &[], [N, N, N, N, Y, N, Y, N, N, N]),
    row("close_clinic_session", &[], [N, N, N, N, Y, N, Y, N, N, N]),
    row("recall_lot", &[], [N, N, N, N, Y, N, Y, N, N, N]),
    row("book_appointment", &["recipient_ref"], [O, O, N, N, Y, Y, Y, N, N, N]),
    row("join_waitlist", &["recipient_ref"], [O, O, N, N, Y, Y, Y, N, N, N]),
    row("cancel_appointment", &["appointment_id"], [O, O, N, N, Y, Y, Y, N, N, N]),
    row("reschedule_appointment", &["appointment_id"], [O, O, N, N, Y, Y, Y, N, N, N]),
    row("record_no_show", &[], [N, N, N, N, Y, N, Y, N, N, N]),
    row("record_check_in", &[], [N, N, Y, N, Y, N, Y, N, N, N]),
    row("record_screening", &[], [N, N, N, N, Y, N, N, N, N, N]),
    row("record_not_done", &[], [N, N, N, N, Y, N, N, N, N, N]),
    row("void_appointment", &[], [N, N, N, N, Y, N, Y, N, N, N]),
    row("record_dose", &[], [N, N, N, N, Y, N, N, N, N, N]),
    row("record_observation", &[], [N, N, N, N, Y, N, N, N, N, N]),
    row("record_adverse_event", &[], [N, N, N, N, Y, N, N, N, N, N]),
    row("correct_dose", &[], [N, N, N, N, Y, N, N, N, N, N]),
    row("void_dose", &[], [N, N, N, N, Y, N, N, N, N, N]),
    row("request_home_visit", &["recipient_ref"], [O, O, N, N, Y, Y, Y, N, N, N]),
    row("approve_home_visit", &[], [N, N, N, N, Y, N, Y, N, N, N]),
    row("decline_home_visit", &[], [N, N, N, N, Y, N, Y, N, N, N]),
    row("schedule_home_visit", &[], [N, N, N, N, Y, N, Y, N, N, N]),
    row("record_home_visit", &[], [N, N, N, N, Y, N, N, N, N, N]),
];

/// At the desk where cases are reported; a case is its reporter's own.
const CASES: &[Row] = &[
    row("open_case", &[], [Y, Y, Y, Y, Y, Y, Y, Y, N, N]),
    row("triage_case", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("assign_case", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("record_first_response", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("record_repeat_contact", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("record_mitigation", &[], [N, N, Y, N, N, Y, Y, N, N, N]),
    row("record_evidence", &["case_id"], [O, O, Y, N, N, Y, Y, N, N, N]),
    row("resolve_case", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("confirm_resolution", &["case_id"], [O, O, O, N, N, N, Y, N, N, N]),
    row("dispute_resolution", &["case_id"], [O, O, O, N, N, N, Y, N, N, N]),
    row("reopen_case", &["case_id"], [O, O, O, N, N, Y, Y, N, N, N]),
    row("merge_case", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("unmerge_case", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("refer_case", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("withdraw_case", &["case_id"], [O, O, O, N, N, N, Y, N, N, N]),
    row("close_case", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("pause_clock", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("resume_clock", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("record_callback", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("record_rating", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("propose_intervention", &[], [N, N, Y, N, N, Y, Y, N, N, N]),
    row("record_measurement", &[], [N, N, Y, N, N, Y, Y, N, N, N]),
    row("apply_intervention", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("record_past_intervention", &[], [N, N, N, N, N, Y, Y, N, N, N]),
    row("assess_outcome", &[], [N, N, N, N, N, Y, Y, N, N, N]),
];

/// Among the volunteers.
const VOLUNTEERING: &[Row] = &[
    row("register_volunteer", &["person_ref"], [O, O, N, N, N, N, Y, N, N, N]),
    row("record_insurance", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("suspend_volunteer", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("reinstate_volunteer", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("join_team", &["person_ref"], [O, O, O, N, N, N, Y, N, N, N]),
    row("leave_team", &["person_ref"], [O, O, O, N, N, N, Y, N, N, N]),
    row("launch_project", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("retire_project", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("open_shift", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("cancel_shift", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("sign_up", &["person_ref"], [N, O, O, N, N, N, Y, N, N, N]),
    row("assign", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("join_shift_waitlist", &["person_ref"], [N, O, O, N, N, N, Y, N, N, N]),
    row("confirm_shift", &["person_ref"], [N, O, O, N, N, N, Y, N, N, N]),
    row("withdraw", &["person_ref"], [N, O, O, N, N, N, Y, N, N, N]),
    row("excuse", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("record_volunteer_no_show", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("record_volunteer_check_in", &["person_ref"], [N, N, O, N, N, N, Y, N, N, N]),
    row("record_volunteer_check_out", &["person_ref"], [N, N, O, N, N, N, Y, N, N, N]),
    row("propose_attendance", &["person_ref"], [N, N, O, N, N, N, Y, N, N, N]),
    row("approve_hours", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("reject_hours", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("adjust_hours", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("record_service", &[], [N, N, Y, N, N, N, Y, N, N, N]),
    row("issue_certificate", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("revoke_certificate", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("award_star", &[], [N, N, N, N, N, N, Y, N, N, N]),
];

/// On the stage and in the classes.
const PROGRAMMES: &[Row] = &[
    row("found_troupe", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("form_group", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("join_group", &["person_ref"], [O, O, O, N, N, N, Y, N, N, N]),
    row("leave_group", &["person_ref"], [O, O, O, N, N, N, Y, N, N, N]),
    row("dissolve_group", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("schedule_activity", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("record_activity", &[], [N, N, Y, N, N, N, Y, N, N, N]),
    row("cancel_activity", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("open_programme", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("offer_place", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("accept_place", &["child_ref", "guardian_ref"], [N, O, N, N, N, N, Y, N, N, N]),
    row("enrol_child", &["child_ref", "guardian_ref"], [N, O, N, N, N, N, Y, N, N, N]),
    row("withdraw_child", &["child_ref"], [N, O, N, N, N, N, Y, N, N, N]),
    row("finish_enrolment", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("promote_grade", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("schedule_class", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("cancel_class", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("roster_adult", &["person_ref"], [O, O, O, N, N, N, Y, N, N, N]),
    row("unroster_adult", &["person_ref"], [O, O, O, N, N, N, Y, N, N, N]),
    row("record_class", &[], [N, N, Y, N, N, N, Y, N, N, N]),
    row("record_sign_in", &[], [N, N, Y, N, N, N, Y, N, N, N]),
    row("release_child", &[], [N, N, Y, N, N, N, Y, N, N, N]),
    row("record_sign_out", &[], [N, N, Y, N, N, N, Y, N, N, N]),
    row("record_absence", &[], [N, N, Y, N, N, N, Y, N, N, N]),
    row("correct_attendance", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("record_incident", &[], [N, N, Y, N, N, N, Y, N, N, N]),
    row("record_items", &[], [N, N, Y, N, N, N, Y, N, N, N]),
    row("plan_visit", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("plan_stop", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("drop_stop", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("receive_visit", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("record_stop", &[], [N, N, Y, N, N, N, Y, N, N, N]),
    row("record_briefing", &[], [N, N, Y, N, N, N, Y, N, N, N]),
    row("close_visit", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("submit_idea", &["person_ref"], [O, O, O, N, N, Y, Y, N, N, N]),
    row("endorse_idea", &["person_ref"], [O, O, O, N, N, N, Y, N, N, N]),
    row("screen_idea", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("assess_idea", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("adopt_idea", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("decline_idea", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("merge_idea", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("withdraw_idea", &["idea_id"], [O, O, O, N, N, N, Y, N, N, N]),
    row("record_implementation", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("end_idea", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("record_talk", &[], [N, N, Y, N, N, Y, Y, N, N, N]),
    row("open_survey", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("record_answer", &[], [N, N, Y, N, N, Y, Y, N, N, N]),
    row("close_survey", &[], [N, N, N, N, N, N, Y, N, N, N]),
    row("book_room", &["for_ref"], [O, O, O, O, O, N, Y, N, N, N]),
    row("cancel_booking", &["booking_id"], [O, O, O, O, O, N, Y, N, N, N]),
    row("record_room_use", &[], [N, N, Y, N, N, N, Y, N, N, N]),
];

/// What policies put on record, as whoever lets them run.
const POLICIES: &[Row] = &[
    row("await_step", &[], [N, N, N, N, N, N, Y, Y, N, N]),
    row("time_out_step", &[], [N, N, N, N, N, N, Y, Y, N, N]),
    row("take_step", &[], [N, N, N, N, N, N, Y, Y, N, N]),
    row("give_notice", &[], [N, N, N, N, N, N, Y, Y, N, N]),
    row("record_step_refused", &[], [N, N, N, N, N, N, Y, Y, N, N]),
];
