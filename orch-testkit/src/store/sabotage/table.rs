//! The mutants of stores by number, and the laws that must find each.

use super::Fault::{File, Memory, Segments};
use super::Sabotage;
use super::file::Wrong;
use super::twisted::Twist;
use super::{appends, others, reads, snapshots, subscribers};

/// A store as it should be, to be changed in one place.
pub(super) const STRAIGHT: Twist = Twist {
    append: None,
    submit: None,
    read: None,
    page: None,
    head: None,
    end: None,
    missions: None,
    verify: None,
    watch: None,
    save: None,
    snapshot: None,
    copy: None,
    reader: None,
    claims: None,
};

/// Every mutant of a store.
pub const SABOTAGES: &[Sabotage] = &[
    Sabotage {
        number: 21,
        text: "acknowledges before it syncs",
        killed_by: &["ACK_SURVIVES_POWER", "NO_PHANTOM"],
        fault: File(Wrong::AckBeforeSync),
    },
    Sabotage {
        number: 22,
        text: "does not sync the folder that a new file is in",
        killed_by: &["ACK_SURVIVES_POWER"],
        fault: File(Wrong::FolderUnsynced),
    },
    Sabotage {
        number: 23,
        text: "writes each record of an append by itself",
        killed_by: &["ATOMIC_BATCH", "PREFIX"],
        fault: File(Wrong::RecordByRecord),
    },
    Sabotage {
        number: 24,
        text: "looks where the mission is before the transaction that writes",
        killed_by: &["EXPECTED_SEQ"],
        fault: Memory(Twist {
            append: Some(appends::checked_before),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 25,
        text: "syncs again after a sync that failed, and acknowledges",
        killed_by: &["FAIL_STOP"],
        fault: File(Wrong::SyncsAgain),
    },
    Sabotage {
        number: 26,
        text: "knows answered commands in memory only",
        killed_by: &["IDEMPOTENT_BY_ID"],
        fault: File(Wrong::ForgetsCommands),
    },
    Sabotage {
        number: 27,
        text: "takes other content under a known id for the same",
        killed_by: &["ID_REUSE_REFUSED"],
        fault: Memory(Twist {
            append: Some(appends::content_ignored),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 28,
        text: "has keys with the lowest byte first",
        killed_by: &["KEY_ORDER"],
        fault: Memory(Twist {
            read: Some(reads::little_endian),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 29,
        text: "scans for a prefix without a separator",
        killed_by: &["NAME_ISOLATION"],
        fault: Memory(Twist {
            read: Some(reads::prefix_bleeds),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 30,
        text: "wakes subscribers before it commits",
        killed_by: &["SUB_GAPLESS"],
        fault: Memory(Twist {
            append: Some(subscribers::woken_before),
            watch: Some(subscribers::kept_apart),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 31,
        text: "catching up and following overlap by one",
        killed_by: &["SUB_GAPLESS"],
        fault: Memory(Twist {
            page: Some(subscribers::overlaps),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 32,
        text: "a subscriber that is far behind skips in silence",
        killed_by: &["SUB_LAG_EXPLICIT"],
        fault: Memory(Twist {
            page: Some(subscribers::skips_when_behind),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 33,
        text: "cuts the log at the first flaw, and tells nobody",
        killed_by: &["NO_SILENT_CORRUPTION", "ANCHOR"],
        fault: File(Wrong::CutsDamage),
    },
    Sabotage {
        number: 34,
        text: "has a sum over the records, and not over what stands before them",
        killed_by: &["NO_SILENT_CORRUPTION"],
        fault: File(Wrong::SumOfRecordsOnly),
    },
    Sabotage {
        number: 35,
        text: "makes its files in place",
        killed_by: &["CREATE_ATOMIC"],
        fault: File(Wrong::MadeInPlace),
    },
    Sabotage {
        number: 36,
        text: "cleans up before it has the lock",
        killed_by: &["SINGLE_WRITER"],
        fault: File(Wrong::CleansBeforeLock),
    },
    Sabotage {
        number: 37,
        text: "a page begins with the record that its cursor names",
        killed_by: &["PAGING"],
        fault: Memory(Twist {
            page: Some(reads::cursor_inclusive),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 38,
        text: "gives positions before it commits",
        killed_by: &["NO_LATE_HOLES"],
        fault: Memory(Twist {
            append: Some(appends::placed_before),
            page: Some(reads::placed),
            end: Some(reads::placed_end),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 39,
        text: "goes on after a write or a sync that failed",
        killed_by: &["FAIL_STOP"],
        fault: File(Wrong::GoesOnAfterFailure),
    },
    Sabotage {
        number: 40,
        text: "takes an error for an empty mission",
        killed_by: &["ERROR_IS_NOT_EMPTY"],
        fault: Segments(Twist {
            read: Some(reads::error_is_empty),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 41,
        text: "has decimal keys, which break at 10",
        killed_by: &["KEY_ORDER", "GAPLESS_STREAM"],
        fault: Memory(Twist {
            read: Some(reads::decimal),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 42,
        text: "writes over a record that is there",
        killed_by: &["IMMUTABLE"],
        fault: Memory(Twist {
            append: Some(appends::overwrites),
            read: Some(reads::overwritten),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 43,
        text: "gives a record that a snapshot has in it once more",
        killed_by: &["SNAPSHOT_AND_TAIL"],
        fault: Memory(Twist {
            read: Some(reads::tail_overlaps),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 44,
        text: "gives back the state of an empty mission at the position of a snapshot",
        killed_by: &["SNAPSHOT_FOLDS"],
        fault: Memory(Twist {
            snapshot: Some(snapshots::default_state),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 45,
        text: "gives back the snapshot of another fold",
        killed_by: &["SNAPSHOT_OTHER_FOLD"],
        fault: Memory(Twist {
            save: Some(snapshots::newest_wins),
            snapshot: Some(snapshots::of_any_fold),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 46,
        text: "lets a slower writer put an older snapshot in the place of a newer",
        killed_by: &["SNAPSHOT_NEVER_OLDER"],
        fault: Memory(Twist {
            save: Some(snapshots::last_wins),
            snapshot: Some(snapshots::given_back),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 47,
        text: "writes a retry a second time",
        killed_by: &["IDEMPOTENT_BY_ID"],
        fault: Memory(Twist {
            append: Some(appends::written_twice),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 48,
        text: "does not open a log that a crash left torn",
        killed_by: &["TORN_TAIL"],
        fault: File(Wrong::RefusesTornTail),
    },
    Sabotage {
        number: 49,
        text: "cuts a torn end off in silence",
        killed_by: &["TORN_TAIL"],
        fault: File(Wrong::TearsInSilence),
    },
    Sabotage {
        number: 50,
        text: "stops reading at a kind that it does not know",
        killed_by: &["UNKNOWN_KINDS_KEPT"],
        fault: Memory(Twist {
            read: Some(reads::unknown_aborts),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 51,
        text: "takes a cursor of the original in a copy",
        killed_by: &["COPY_REFUSES_CURSORS"],
        fault: Segments(Twist {
            copy: Some(others::same_identity),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 52,
        text: "lets a second process open the same files",
        killed_by: &["SINGLE_WRITER"],
        fault: File(Wrong::Unlocked),
    },
    Sabotage {
        number: 53,
        text: "counts an append that it refused",
        killed_by: &["REFUSED_WRITES_NOTHING"],
        fault: Memory(Twist {
            append: Some(appends::refusals_counted),
            head: Some(reads::head_counts_refusals),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 54,
        text: "loses at its end what it acknowledged from a buffer",
        killed_by: &["CLOSE_AND_DROP", "ACK_SURVIVES_KILL"],
        fault: File(Wrong::LosesBuffer),
    },
    Sabotage {
        number: 55,
        text: "adopts the records of an append that a crash cut short",
        killed_by: &["PREFIX"],
        fault: File(Wrong::AdoptsOrphans),
    },
    Sabotage {
        number: 60,
        text: "takes an append that expects no record wherever the mission is",
        killed_by: &["EXPECT_KINDS"],
        fault: Memory(Twist {
            append: Some(appends::new_is_any),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 61,
        text: "has all records in the order of their times",
        killed_by: &["GLOBAL_ORDER"],
        fault: Memory(Twist {
            page: Some(reads::by_time),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 62,
        text: "shows an append to other threads than its writer only after the next",
        killed_by: &["READ_YOUR_WRITES"],
        fault: Memory(Twist {
            append: Some(appends::writer_known),
            read: Some(reads::seen_by_the_writer),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 63,
        text: "answers every fifth question from a copy that is behind",
        killed_by: &["MONOTONIC_READS"],
        fault: Memory(Twist {
            read: Some(reads::replica_behind),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 64,
        text: "writes the JSON of a record anew",
        killed_by: &["FIDELITY"],
        fault: Memory(Twist {
            append: Some(appends::normalised),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 65,
        text: "takes what exceeds its limits",
        killed_by: &["LIMITS_DECLARED"],
        fault: Memory(Twist {
            claims: Some(appends::limit_untold),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 66,
        text: "looks at the position before the command id",
        killed_by: &["RETRY_MATRIX"],
        fault: Memory(Twist {
            append: Some(appends::position_first),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 67,
        text: "knows a retry by the ids of its records",
        killed_by: &["UNKNOWN_RESOLVES"],
        fault: Memory(Twist {
            append: Some(appends::known_by_record_ids),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 68,
        text: "reads one mission after the other for one answer",
        killed_by: &["SNAPSHOT_READ"],
        fault: Memory(Twist {
            page: Some(reads::mission_by_mission),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 69,
        text: "leaves the record at the hand-over out",
        killed_by: &["SUB_GAPLESS"],
        fault: Memory(Twist {
            page: Some(subscribers::misses_one),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 70,
        text: "rounds a cursor down",
        killed_by: &["SUB_RESUME"],
        fault: Memory(Twist {
            page: Some(subscribers::cursor_rounded),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 71,
        text: "waits for subscribers that do not read",
        killed_by: &["SUB_NO_BACKPRESSURE"],
        fault: Memory(Twist {
            append: Some(subscribers::waits_for_readers),
            watch: Some(subscribers::kept_apart),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 72,
        text: "gives records ids of its own",
        killed_by: &["EXPORT_IMPORT"],
        fault: Memory(Twist {
            append: Some(appends::ids_renewed),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 73,
        text: "opens what is of a later format",
        killed_by: &["OLD_FORMAT"],
        fault: File(Wrong::IgnoresFormat),
    },
    Sabotage {
        number: 74,
        text: "gives back a snapshot of records that the mission does not have",
        killed_by: &["SNAPSHOT_NOT_AHEAD"],
        fault: Memory(Twist {
            save: Some(snapshots::newest_wins),
            snapshot: Some(snapshots::ahead),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 75,
        text: "gives a damaged snapshot the digest that it has now",
        killed_by: &["SNAPSHOT_DAMAGED"],
        fault: Segments(Twist {
            snapshot: Some(snapshots::digest_renewed),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 76,
        text: "lists missions backwards",
        killed_by: &["MISSIONS_LISTED"],
        fault: Memory(Twist {
            missions: Some(reads::listed_backwards),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 77,
        text: "does not verify the last record",
        killed_by: &["VERIFIED"],
        fault: Memory(Twist {
            verify: Some(reads::verified_but_one),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 78,
        text: "takes an append that asks for more than it keeps",
        killed_by: &["CLAIMS_STATED"],
        fault: Memory(Twist {
            append: Some(appends::durable_in_words),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 79,
        text: "judges what is handed in together in any order",
        killed_by: &["SUBMIT_ORDER"],
        fault: Memory(Twist {
            submit: Some(appends::unordered),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 80,
        text: "leaves every third record of a mission out",
        killed_by: &["GAPLESS_STREAM"],
        fault: Memory(Twist {
            read: Some(reads::every_third_lost),
            ..STRAIGHT
        }),
    },
    Sabotage {
        number: 81,
        text: "writes its log anew, in place, when it is opened",
        killed_by: &["RECOVERY_CRASH"],
        fault: File(Wrong::RewritesLog),
    },
    Sabotage {
        number: 82,
        text: "tries again and again what failed",
        killed_by: &["NO_HANG"],
        fault: File(Wrong::TriesForEver),
    },
    Sabotage {
        number: 83,
        text: "panics when a write or a sync fails",
        killed_by: &["NO_PANIC"],
        fault: File(Wrong::Panics),
    },
    Sabotage {
        number: 84,
        text: "does not read any more after a failure",
        killed_by: &["FULL_DISK"],
        fault: File(Wrong::RefusesToRead),
    },
    Sabotage {
        number: 85,
        text: "acknowledges what is appended to a handle that only reads",
        killed_by: &["READER_BESIDE"],
        fault: Segments(Twist {
            reader: Some(others::acknowledging_reader),
            ..STRAIGHT
        }),
    },
];
