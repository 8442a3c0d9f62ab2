//! Every law of a store, in one list: it makes the table, and a test for each store and law.

mod again;
mod append;
mod carry;
mod close;
mod concurrency;
mod concurrent;
mod damage;
mod durability;
mod faults;
mod keep;
mod paging;
mod snapshots;
mod subscribe;

use orch_store::capabilities::Durability;

use super::law::{Claim, Law};

/// Gives the list of laws to a macro, behind what is passed on to it.
///
/// Each is `test NUMBER NAME [CLAIM] FUNCTION "what holds";`. Numbers and names are never used again.
#[doc(hidden)]
#[macro_export]
macro_rules! __store_law_list {
    ($($with:ident)::+ ! ($($passed:tt)*)) => {
        $($with)::+! { ($($passed)*)
            l01_atomic_batch 1 "ATOMIC_BATCH" [Claim::Nothing] concurrent::atomic_batch
                "Whoever reads while others append never sees a part of an append.";
            l02_expected_seq 2 "EXPECTED_SEQ" [Claim::Nothing] append::expected_seq
                "An append is written if its mission is where it expects it, and is a conflict that tells who won if not; of several at one position one is written.";
            l03_expect_kinds 3 "EXPECT_KINDS" [Claim::Nothing] append::expect_kinds
                "A mission that has no record, one at that record, and one at another take an append or refuse it as the contract says; so does one upon another record.";
            l04_gapless_stream 4 "GAPLESS_STREAM" [Claim::Nothing] append::gapless_stream
                "The records of a mission are numbered from 1 without gaps.";
            l05_global_order 5 "GLOBAL_ORDER" [Claim::Nothing] append::global_order
                "All records are at positions from 1 without gaps, in the order in which they were acknowledged.";
            l06_no_late_holes 6 "NO_LATE_HOLES" [Claim::Nothing] concurrent::no_late_holes
                "Whoever has read up to a position never finds a record below it that was not there.";
            l07_read_your_writes 7 "READ_YOUR_WRITES" [Claim::Nothing] append::read_your_writes
                "What was acknowledged is read by every handle and every thread.";
            l08_monotonic_reads 8 "MONOTONIC_READS" [Claim::Nothing] concurrent::monotonic_reads
                "Whoever reads again reads what was there before, and maybe more.";
            l09_immutable 9 "IMMUTABLE" [Claim::Nothing] append::immutable
                "A record never changes by a byte, whatever is appended or refused after it.";
            l10_fidelity 10 "FIDELITY" [Claim::Nothing] keep::fidelity
                "A record is read as the very bytes that were appended: empty, with every character, as long as is allowed, however its JSON is written.";
            l11_limits_declared 11 "LIMITS_DECLARED" [Claim::Nothing] keep::limits_declared
                "What exceeds a limit is refused with that limit, and nothing of it is written.";
            l12_name_isolation 12 "NAME_ISOLATION" [Claim::Nothing] keep::name_isolation
                "Missions whose names begin alike, or are any other id, have their own records and commands.";
            l13_key_order 13 "KEY_ORDER" [Claim::Nothing] keep::key_order
                "The order holds where numbers get longer: over 9, 99, 255 and 65535.";
            l14_idempotent_by_id 14 "IDEMPOTENT_BY_ID" [Claim::Nothing] again::idempotent_by_id
                "What is appended again under its command id is answered with its first positions, and not written.";
            l15_id_reuse_refused 15 "ID_REUSE_REFUSED" [Claim::Nothing] again::id_reuse_refused
                "A command id that comes with something else, or with a part of it, is refused, and nothing is written.";
            l16_retry_matrix 16 "RETRY_MATRIX" [Claim::Nothing] again::retry_matrix
                "The same, another or no command id, the same or another content, behind, at or ahead of the head, at once, later or after opening again: each is answered as the contract says.";
            l17_unknown_resolves 17 "UNKNOWN_RESOLVES" [Claim::Nothing] again::unknown_resolves
                "After an answer that was lost, the append is there as a whole or not at all, and one more try leaves it there once.";
            l18_ack_survives_kill 18 "ACK_SURVIVES_KILL" [Claim::Survives(Durability::ProcessCrash)] durability::ack_survives_kill
                "A process that dies at any storage call, or within a write, loses no acknowledged append.";
            l19_ack_survives_power 19 "ACK_SURVIVES_POWER" [Claim::Survives(Durability::PowerCut)] durability::ack_survives_power
                "A power cut at any moment loses no acknowledged append, whatever it leaves of what was not synced.";
            l20_prefix 20 "PREFIX" [Claim::Survives(Durability::ProcessCrash)] durability::prefix
                "What a crash leaves are whole appends in their order, and nothing else.";
            l21_torn_tail 21 "TORN_TAIL" [Claim::Survives(Durability::ProcessCrash)] durability::torn_tail
                "A torn or garbage tail is cut where an append ends, and what was cut is kept.";
            l22_no_silent_corruption 22 "NO_SILENT_CORRUPTION" [Claim::Survives(Durability::ProcessCrash)] damage::no_silent_corruption
                "Bits that flip, files that are cut, lost or exchanged, and reads that fail lead to the same history or to an error.";
            l23_anchor 23 "ANCHOR" [Claim::Survives(Durability::PowerCut)] durability::anchor
                "A log that is shorter than it was is refused, with both numbers.";
            l24_create_atomic 24 "CREATE_ATOMIC" [Claim::Survives(Durability::ProcessCrash)] durability::create_atomic
                "A crash while a store is made leaves none, or one that is empty and opens.";
            l25_recovery_crash 25 "RECOVERY_CRASH" [Claim::Survives(Durability::ProcessCrash)] durability::recovery_crash
                "Crashes while a store is mended, three deep, leave the same history.";
            l26_no_phantom 26 "NO_PHANTOM" [Claim::Survives(Durability::PowerCut)] durability::no_phantom
                "A record that anybody saw is never lost by a later crash.";
            l27_close_and_drop 27 "CLOSE_AND_DROP" [Claim::Survives(Durability::ProcessCrash)] close::close_and_drop
                "A store that is closed, dropped, or left to the end of its process keeps all that it acknowledged.";
            l28_fail_stop 28 "FAIL_STOP" [Claim::Survives(Durability::ProcessCrash)] faults::fail_stop
                "After a write or a sync that failed nothing is acknowledged until the store is opened anew.";
            l29_no_hang 29 "NO_HANG" [Claim::Survives(Durability::ProcessCrash)] faults::no_hang
                "Every call returns soon, whichever storage call fails.";
            l30_no_panic 30 "NO_PANIC" [Claim::Survives(Durability::ProcessCrash)] faults::no_panic
                "No storage call that fails makes the store panic, nor the end of one that was not closed.";
            l31_full_disk 31 "FULL_DISK" [Claim::Survives(Durability::ProcessCrash)] faults::full_disk
                "On a full disk everything can be read and nothing is lost; with room, the store goes on.";
            l32_linearizable 32 "LINEARIZABLE" [Claim::Nothing] concurrency::linearizable
                "One order of all calls, in which each has its effect between its begin and its end, explains what any number of threads was told.";
            l33_no_lost_update 33 "NO_LOST_UPDATE" [Claim::Nothing] concurrency::no_lost_update
                "Of writers that each try until they win, every update is on record once, at the version that it won.";
            l34_single_writer 34 "SINGLE_WRITER" [Claim::SingleProcess] concurrency::single_writer
                "A second process is told soon that the store is somebody's, even of one that is stopped; the lock ends with its owner, and processes that take turns agree on one order.";
            l35_snapshot_read 35 "SNAPSHOT_READ" [Claim::Nothing] concurrent::snapshot_read
                "One read while others append is a state that was: a beginning of the order, without a hole.";
            l36_paging 36 "PAGING" [Claim::Nothing] paging::paging
                "Pages of any size come to the whole; at most 0 and behind the end are empty.";
            l37_sub_gapless 37 "SUB_GAPLESS" [Claim::Subscribe] subscribe::sub_gapless
                "Whoever catches up and then waits is given every record once, in order, and is always woken.";
            l38_sub_resume 38 "SUB_RESUME" [Claim::Subscribe] subscribe::sub_resume
                "From any cursor that was saved it goes on with the next record.";
            l39_sub_no_backpressure 39 "SUB_NO_BACKPRESSURE" [Claim::Subscribe] subscribe::sub_no_backpressure
                "A subscriber that reads nothing is in nobody's way; one that is gone is not called.";
            l40_sub_lag_explicit 40 "SUB_LAG_EXPLICIT" [Claim::Subscribe] subscribe::sub_lag_explicit
                "A subscriber that is far behind is given all that it missed.";
            l41_export_import 41 "EXPORT_IMPORT" [Claim::Nothing] carry::export_import
                "Records that are carried to another store, and back, are the same there in the same order.";
            l42_old_format 42 "OLD_FORMAT" [Claim::OldFormats] carry::old_format
                "What earlier versions wrote is opened, is whole and goes on; a format that is not known is refused.";
            l43_snapshot_folds 43 "SNAPSHOT_FOLDS" [Claim::Snapshots] snapshots::folds
                "A snapshot that is given back is what the first records of its mission fold to.";
            l44_snapshot_never_older 44 "SNAPSHOT_NEVER_OLDER" [Claim::Snapshots] snapshots::never_older
                "An older snapshot never takes the place of a newer one, however many writers keep theirs at once.";
            l45_snapshot_not_ahead 45 "SNAPSHOT_NOT_AHEAD" [Claim::Snapshots] snapshots::not_ahead
                "A snapshot of records that a mission does not have is not given back, then or later.";
            l46_snapshot_other_fold 46 "SNAPSHOT_OTHER_FOLD" [Claim::Snapshots] snapshots::other_fold
                "A snapshot of another fold is not given back, and takes no other's place.";
            l47_snapshot_damaged 47 "SNAPSHOT_DAMAGED" [Claim::LastingSnapshots] snapshots::damaged
                "A snapshot whose bytes were changed or cut is not taken for a state.";
            l48_snapshot_and_tail 48 "SNAPSHOT_AND_TAIL" [Claim::Snapshots] snapshots::and_tail
                "A snapshot and the records after it come to what all records come to.";
            l49_copy_refuses_cursors 49 "COPY_REFUSES_CURSORS" [Claim::Copies] carry::copy_refuses_cursors
                "A copy tells the same story, goes on by itself, and refuses cursors of the original.";
            l50_refused_writes_nothing 50 "REFUSED_WRITES_NOTHING" [Claim::Nothing] append::refused_writes_nothing
                "What is refused or was there already moves nothing: no head, no end, no list, no answer.";
            l51_error_is_not_empty 51 "ERROR_IS_NOT_EMPTY" [Claim::Nothing] close::error_is_not_empty
                "A question that cannot be answered is an error, never an empty or a shorter answer.";
            l52_unknown_kinds_kept 52 "UNKNOWN_KINDS_KEPT" [Claim::Nothing] keep::unknown_kinds_kept
                "Records of kinds and shapes that are not known are kept, and stop nobody from reading on.";
            l53_missions_listed 53 "MISSIONS_LISTED" [Claim::Nothing] append::missions_listed
                "Every mission is listed once, by name, with its last record and the time of that.";
            l54_verified 54 "VERIFIED" [Claim::Nothing] append::verified
                "A verification covers every record that was acknowledged.";
            l55_claims_stated 55 "CLAIMS_STATED" [Claim::Nothing] append::claims_stated
                "A store says of itself what its author says, takes an append that asks for less, and refuses one that asks for more.";
            l56_submit_order 56 "SUBMIT_ORDER" [Claim::Nothing] append::submit_order
                "Appends that are handed in without waiting are judged in that order.";
            l57_multi_process 57 "MULTI_PROCESS" [Claim::MultiProcess] concurrency::multi_process
                "One order of all calls explains what any number of processes was told, each with the store open.";
            l58_reader_beside 58 "READER_BESIDE" [Claim::Readers] close::reader_beside
                "A handle that reads beside the writer tells the same after each append, takes none itself, and goes on when the writer is gone.";
        }
    };
}

macro_rules! table {
    (() $($test:ident $number:literal $name:literal [$claim:expr] $($run:ident)::+ $text:literal;)*) => {
        /// Every law, by number.
        pub const LAWS: &[Law] = &[$(Law {
            number: $number,
            name: $name,
            text: $text,
            claim: $claim,
            run: $($run)::+,
        },)*];
    };
}
__store_law_list!(table!());

/// Returns the law with a name.
pub fn law(name: &str) -> Option<&'static Law> {
    LAWS.iter().find(|law| law.name == name)
}

/// Makes a test for each law of a store, named after it, and the worker that process laws use.
///
/// ```
/// # mod memory {
/// use orch_testkit::store::stores::Memory;
///
/// orch_testkit::store_laws!(Memory);
/// # }
/// ```
/// The argument is an expression of a type that is a [`StoreUnderTest`](crate::store::StoreUnderTest).
/// Put each store into a module of its own: `cargo test memory::l17` tries one law on one store.
#[macro_export]
macro_rules! store_laws {
    ($store:expr) => {
        $crate::__store_law_list!($crate::__store_law_tests!($store));

        /// The store in a process of its own, for laws that kill it: it does nothing unless it is
        /// started for that.
        #[test]
        fn worker() {
            let _served = $crate::store::worker::serve_if_asked(&$store);
        }
    };
}

/// Makes a test for each law; see [`store_laws!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __store_law_tests {
    (($store:expr) $($test:ident $number:literal $name:literal [$claim:expr] $($run:ident)::+ $text:literal;)*) => {
        $(
            #[test]
            fn $test() {
                let law = $crate::store::laws::law($name).unwrap();
                let worker = $crate::store::WorkerSpec::this_test(::core::module_path!());
                $crate::store::hold(&$store, law, Some(worker));
            }
        )*
    };
}
