//! The laws of a store: one function a law, and one macro that runs them all.
//!
//! A store is a store of Linli when it passes every law. [`crate::journal::laws!`] makes a test of
//! each, so that a store cannot leave one out:
//!
//! ```
//! use std::sync::Arc;
//! use linli::journal::laws::Journal;
//! use linli::journal::{EventStore, MemoryStore};
//!
//! struct InMemory(MemoryStore);
//!
//! impl Journal for InMemory {
//!     fn open(&self) -> Arc<dyn EventStore> {
//!         Arc::new(self.0.clone())
//!     }
//! }
//!
//! linli::journal::laws!(|| InMemory(MemoryStore::new()));
//! ```
//!
//! A law panics where it is broken and says what was promised. Nothing here sleeps to be right: a
//! law that waits is woken, and gives up only after half a minute.
#![allow(clippy::missing_panics_doc, reason = "a law panics where it is broken, and only there")]
#![allow(clippy::cast_possible_truncation, reason = "the positions and chances of a law are small")]

pub mod atomicity;
pub mod backwards;
pub mod bytes;
pub mod checkpoints;
pub mod conditions;
pub mod following;
pub mod groups;
pub mod handles;
pub mod histories;
pub mod index_sums;
pub mod keys;
pub mod limits;
pub mod model;
pub mod origins;
pub mod paging;
pub mod queries;
pub mod races;
mod steps;
#[cfg(test)]
mod tests;
pub mod waiting;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{EventStore, MemoryStore};

/// One journal, fresh for each law, and the way to open it.
pub trait Journal: Send + Sync {
    /// A handle to the same journal every time. When all earlier ones have been dropped, this
    /// opens it again; while one is held, both stand side by side.
    fn open(&self) -> Arc<dyn EventStore>;
}

impl Journal for MemoryStore {
    fn open(&self) -> Arc<dyn EventStore> {
        Arc::new(self.clone())
    }
}

/// A law: it panics if the journal that it is given, a fresh one, breaks it.
pub type Law = fn(&dyn Journal);

/// Every law by its name, for those who want to run them in another way than as tests.
pub const ALL: &[(&str, Law)] = crate::__linli_laws!(@each [names]);

/// Waits for a law to end.
#[doc(hidden)]
pub fn run<'a>(law: impl Future<Output = ()> + 'a) {
    // Boxed, so that the waiting is compiled once and not once a law.
    let law: Pin<Box<dyn Future<Output = ()> + 'a>> = Box::pin(law);
    pollster::block_on(law);
}

/// Makes one `#[test]` of every law. What it is given is called without arguments once a law and
/// gives a fresh [`Journal`]; after `if_there` it may give none, once it has said which server is
/// not there.
#[doc(hidden)]
#[macro_export]
macro_rules! __linli_laws {
    (@each $how:tt) => {
        $crate::__linli_laws! { @do $how
            atomicity {
                an_append_is_there_at_once
                an_empty_append_is_refused_before_its_conditions
                an_empty_journal_has_no_head
                a_refused_append_leaves_no_checkpoint
                a_refused_append_leaves_no_event
                a_refused_append_leaves_no_key
                events_of_an_append_are_contiguous
                positions_are_dense_from_one
            }
            backwards {
                backwards_bounds_are_those_of_reading
                backwards_pages_go_on_without_gap_or_repeat
                backwards_reads_from_the_last_event
                the_limit_takes_the_last_events_backwards
            }
            bytes {
                append_metadata_is_shared_by_the_events_of_its_append
                metadata_comes_back_byte_for_byte
                payloads_come_back_byte_for_byte
                tags_come_back_sorted_and_once
                types_come_back_byte_for_byte
            }
            checkpoints {
                a_checkpoint_rises_strictly
                a_refused_checkpoint_writes_no_event
                checkpoints_are_kept_for_each_source
            }
            conditions {
                a_condition_on_types_alone_is_kept
                a_matching_event_refuses_the_append
                a_position_beyond_the_head_admits
                an_append_is_not_checked_against_its_own_events
                an_empty_query_refuses_once_anything_is_there
                an_event_inside_an_append_counts
                an_event_up_to_after_does_not_count
                each_condition_has_a_position_of_its_own
                the_failing_condition_and_its_first_event_are_named
                unconditional_appends_count
            }
            following {
                a_head_that_went_back_ends_a_subscription
                a_slow_reader_is_given_a_page_at_a_time
                a_subscription_goes_on_at_its_place
                an_append_wakes_who_follows
                an_event_without_news_is_found
                stopping_wakes_who_follows
                what_is_there_and_what_comes_is_given_once
            }
            groups {
                a_group_beyond_the_limit_is_refused_whole
                a_group_is_checked_against_itself
                a_refused_append_harms_no_neighbour
                answers_come_in_the_order_of_the_group
            }
            handles {
                a_journal_goes_on_after_reopening
                checkpoints_outlive_their_handle
                handles_see_each_others_appends
                keys_outlive_their_handle
            }
            histories {
                a_history_of_chance_is_what_the_model_says
            }
            index_sums {
                an_index_comes_to_what_its_appends_say
            }
            keys {
                a_destroyed_sealing_key_leaves_the_clear_digest
                a_key_holds_within_one_group
                a_key_is_looked_up_before_conditions
                a_receipt_says_where_and_what
                a_repeat_gives_the_first_result
                an_id_that_is_given_is_kept
                content_is_derived_from_the_bytes_of_the_events
                content_that_is_given_decides_alone
                event_ids_are_derived_from_the_key
                every_event_has_an_id_of_its_own
                generated_ids_are_no_content
                other_content_under_a_key_is_refused
                the_sealed_digest_counts
            }
            limits {
                an_append_holds_so_many_bytes
                an_append_holds_so_many_conditions
                an_append_holds_so_many_events
                an_event_holds_so_many_tags
                a_condition_holds_so_many_items
                a_query_holds_so_many_items
                a_source_has_so_many_bytes
                a_tag_has_so_many_bytes
                a_type_has_so_many_bytes
            }
            origins {
                a_part_of_an_append_names_the_whole
                appends_are_not_cut_by_pages
                appends_come_back_whole
            }
            paging {
                a_limit_of_zero_reads_only_the_head
                a_page_is_bounded_in_bytes
                a_page_is_bounded_in_events
                after_is_exclusive
                columns_that_are_not_wanted_change_no_event
                pages_are_one_snapshot
                pages_go_on_without_gap_or_repeat
                the_head_is_in_every_page
                the_limit_counts_what_matches
                until_is_inclusive
            }
            queries {
                a_tag_is_compared_byte_for_byte
                a_tag_is_not_found_by_its_beginning
                a_type_is_not_found_by_its_beginning
                an_empty_query_matches_everything
                an_item_matches_all_of_its_tags
                an_item_matches_any_of_its_types
                an_item_needs_its_type_and_its_tags
                an_item_without_types_means_any_type
                items_are_joined_by_or
                overlapping_items_never_double_an_event
            }
            races {
                a_key_that_is_raced_for_is_written_once
                disjoint_boundaries_all_commit
                groups_that_race_exclude_each_other
                of_many_contenders_one_wins
                readers_see_whole_appends_in_order
            }
            waiting {
                a_dropped_append_is_still_written
                a_dropped_wait_harms_nobody
                a_wait_for_what_is_there_ends_at_once
                an_append_wakes_everybody_who_waits
                an_append_wakes_who_waits
                no_wait_ends_before_its_event
            }
        }
    };
    (@do [tests $make_journal:expr] $($theme:ident { $($law:ident)+ })+) => {
        $($(
            #[test]
            fn $law() {
                $crate::journal::laws::run(
                    $crate::journal::laws::$theme::$law(&($make_journal)()),
                );
            }
        )+)+
    };
    (@do [if_there $make_journal:expr] $($theme:ident { $($law:ident)+ })+) => {
        $($(
            #[test]
            fn $law() {
                if let Some(journal) = ($make_journal)() {
                    $crate::journal::laws::run($crate::journal::laws::$theme::$law(&journal));
                }
            }
        )+)+
    };
    (@do [names] $($theme:ident { $($law:ident)+ })+) => {
        &[$($(
            (stringify!($law), |journal| {
                $crate::journal::laws::run($crate::journal::laws::$theme::$law(journal));
            }),
        )+)+]
    };
    (if_there $make_journal:expr) => {
        $crate::__linli_laws! { @each [if_there $make_journal] }
    };
    ($make_journal:expr) => {
        $crate::__linli_laws! { @each [tests $make_journal] }
    };
}
