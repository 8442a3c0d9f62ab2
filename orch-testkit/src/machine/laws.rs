//! The laws of a machine: the invariants, restated for whatever shows a state, and the reference.
//!
//! A law has the name of the invariant that it restates. What it knows of the past comes from the
//! oracle and never from the machine, and it looks at nothing but what the machine shows. A machine
//! that wraps the fold of orch is held against the invariant itself as well, which asks the mission.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a law names the records that may, and forbids all others, later ones too"
)]

mod agents;
mod attempts;
mod fold;
mod gates;
mod ledger;
mod plan;
mod talk;

use super::claims::{Claims, Part, Takes};
use super::seen::Seen;
use super::trial::Trial;
use super::under_test::Failure;
use crate::invariants::{INVARIANTS, Probe};

use Check::{Asked, Log, Step};

/// What a law looks at.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// What is shown on both sides of one record.
    Step(fn(&Seen<'_>, &mut Probe)),
    /// What a whole log comes to.
    Log(fn(&mut Trial<'_>, &mut Probe) -> Result<(), Failure>),
    /// Diagnoses and suggestions, which only a mission can be asked for.
    Asked,
}

/// What a machine has to claim besides what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Also {
    /// Nothing.
    Nothing,
    /// That it takes such records.
    Takes(Takes),
    /// That it writes and reads snapshots.
    Snapshots,
    /// That it decides commands.
    Decides,
}

/// One law of a machine.
#[derive(Debug, Clone, Copy)]
pub struct MachineLaw {
    /// Its name; that of the invariant that it restates, if it restates one.
    pub name: &'static str,
    /// The parts of the state that it looks at, all of which a machine has to show.
    pub shows: &'static [Part],
    /// What else a machine has to claim.
    pub also: Also,
    /// What is looked at, and how.
    pub check: Check,
}

/// Gives the list of laws to a macro, behind what is passed on to it.
///
/// Each is `test NAME [shows] [also] check;`. Names are never used again for something else.
#[doc(hidden)]
#[macro_export]
macro_rules! __machine_law_list {
    ($($with:ident)::+ ! ($($passed:tt)*)) => {
        $($with)::+! { ($($passed)*)
            complete_ledger "COMPLETE_LEDGER" [Phase] [Nothing] Step(ledger::complete_ledger);
            complete_no_open "COMPLETE_NO_OPEN" [Phase] [Nothing] Step(ledger::complete_no_open);
            complete_nonempty "COMPLETE_NONEMPTY" [Phase] [Nothing] Step(ledger::complete_nonempty);
            phase_order "PHASE_ORDER" [Phase] [Nothing] Step(ledger::phase_order);
            no_lost_id "NO_LOST_ID" [Attempts] [Nothing] Step(ledger::no_lost_id);
            monotone_knowledge "MONOTONE_KNOWLEDGE" [Status] [Nothing] Step(ledger::monotone_knowledge);
            terminal_absorbs "TERMINAL_ABSORBS" [Status] [Nothing] Step(ledger::terminal_absorbs);
            one_open_attempt "ONE_OPEN_ATTEMPT" [Attempts] [Nothing] Step(attempts::one_open_attempt);
            attempt_monotone "ATTEMPT_MONOTONE" [Attempts] [Nothing] Step(attempts::attempt_monotone);
            fence "FENCE" [Status] [Nothing] Step(attempts::fence);
            late_evidence_kept "LATE_EVIDENCE_KEPT" [Records] [Nothing] Step(attempts::late_evidence_kept);
            handoff_gate "HANDOFF_GATE" [Status] [Nothing] Step(attempts::handoff_gate);
            output_is_not_done "OUTPUT_IS_NOT_DONE" [Status] [Nothing] Step(attempts::output_is_not_done);
            blocked_surfaced "BLOCKED_SURFACED" [Owed] [Nothing] Step(attempts::blocked_surfaced);
            done_done "DONE_DONE" [Status] [Nothing] Step(gates::done_done);
            approval_fresh "APPROVAL_FRESH" [Gates] [Nothing] Step(gates::approval_fresh);
            no_self_approval "NO_SELF_APPROVAL" [Gates] [Nothing] Step(gates::no_self_approval);
            waiver_explicit "WAIVER_EXPLICIT" [Gates] [Nothing] Step(gates::waiver_explicit);
            name_unique "NAME_UNIQUE" [Agents] [Nothing] Step(agents::name_unique);
            incarnation_fence "INCARNATION_FENCE" [Status] [Nothing] Step(agents::incarnation_fence);
            shutdown_structural "SHUTDOWN_STRUCTURAL" [Agents] [Nothing] Step(agents::shutdown_structural);
            after_shutdown "AFTER_SHUTDOWN" [Status] [Nothing] Step(agents::after_shutdown);
            no_dispatch_to_dead "NO_DISPATCH_TO_DEAD" [Records] [Nothing] Step(agents::no_dispatch_to_dead);
            no_orphan "NO_ORPHAN" [Status] [Nothing] Step(agents::no_orphan);
            blocker_live "BLOCKER_LIVE" [Owed] [Nothing] Step(agents::blocker_live);
            reviewer_live "REVIEWER_LIVE" [Gates, Owed] [Nothing] Step(gates::reviewer_live);
            correction_supersedes "CORRECTION_SUPERSEDES" [Attempts, Owed] [Nothing] Step(agents::correction_supersedes);
            owner_index "OWNER_INDEX" [Attempts, Token] [Nothing] Step(agents::owner_index);
            rebind_converges "REBIND_CONVERGES" [Attempts, Token] [Nothing] Step(agents::rebind_converges);
            fyi_inert "FYI_INERT" [Status] [Nothing] Step(talk::fyi_inert);
            actionable_never_lost "ACTIONABLE_NEVER_LOST" [Owed] [Nothing] Step(talk::actionable_never_lost);
            always_next "ALWAYS_NEXT" [] [Nothing] Asked;
            terminal_reachable "TERMINAL_REACHABLE" [Phase] [Nothing] Log(fold::terminal_reachable);
            ready_def "READY_DEF" [Ready] [Nothing] Step(plan::ready_def);
            dispatch_ready "DISPATCH_READY" [Records] [Nothing] Step(plan::dispatch_ready);
            acyclic "ACYCLIC" [Records] [Nothing] Step(plan::acyclic);
            dep_failure_visible "DEP_FAILURE_VISIBLE" [Ready, Needs] [Nothing] Step(plan::dep_failure_visible);
            wip "WIP" [InFlight] [Nothing] Step(plan::wip);
            no_clock "NO_CLOCK" [Status] [Nothing] Log(fold::no_clock);
            timeout_targeted "TIMEOUT_TARGETED" [Status, Liveness] [Nothing] Step(plan::timeout_targeted);
            stuck_monotone "STUCK_MONOTONE" [] [Nothing] Asked;
            retry_bound "RETRY_BOUND" [Status, LastError] [Nothing] Step(plan::retry_bound);
            counts_derived "COUNTS_DERIVED" [Status, Counts] [Nothing] Step(plan::counts_derived);
            fold_split "FOLD_SPLIT" [] [Snapshots] Log(fold::fold_split);
            deterministic "DETERMINISTIC" [] [Nothing] Log(fold::deterministic);
            total "TOTAL" [] [Nothing] Step(fold::total);
            decide_apply "DECIDE_APPLY" [] [Decides] Log(fold::decide_apply);
            dup_noop "DUP_NOOP" [] [Takes(Takes::Duplicates)] Log(fold::dup_noop);
            unknown_kept "UNKNOWN_KEPT" [] [Takes(Takes::Unknown)] Log(fold::unknown_kept);
            independent_commute "INDEPENDENT_COMMUTE" [] [Nothing] Log(fold::independent_commute);
            isolation "ISOLATION" [] [Takes(Takes::Foreign)] Log(fold::isolation);
            reference "REFERENCE" [] [Nothing] Step(fold::reference);
        }
    };
}

macro_rules! table {
    (() $($test:ident $name:literal [$($part:ident),*] [$($also:tt)+] $check:expr;)*) => {
        /// Every law, in the order of the invariants; the reference is last.
        pub const MACHINE_LAWS: &[MachineLaw] = &[$(MachineLaw {
            name: $name,
            shows: &[$(Part::$part),*],
            also: Also::$($also)+,
            check: $check,
        },)*];
    };
}
__machine_law_list!(table!());

/// Makes a test for each law of a machine, named after it.
///
/// ```
/// # mod core {
/// use orch_testkit::machine::Core;
///
/// orch_testkit::machine_laws!(Core);
/// # }
/// ```
/// The argument is a type that is a [`MachineUnderTest`](crate::machine::MachineUnderTest). Put each
/// machine into a module of its own: `cargo test core::handoff_gate` tries one law on one machine.
/// All laws look at the same run, which the first test makes; it leaves `orch-conformance.json` and
/// `orch-conformance.md` beside the counterexamples.
#[macro_export]
macro_rules! machine_laws {
    ($machine:ty) => {
        /// What came of all laws: one run for all tests.
        fn report() -> &'static $crate::machine::Report {
            static REPORT: ::std::sync::OnceLock<$crate::machine::Report> =
                ::std::sync::OnceLock::new();
            REPORT.get_or_init($crate::machine::report_of::<$machine>)
        }

        $crate::__machine_law_list!($crate::__machine_law_tests!());
    };
}

/// Makes a test for each law; see [`machine_laws!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __machine_law_tests {
    (() $($test:ident $name:literal [$($part:ident),*] [$($also:tt)+] $check:expr;)*) => {
        $(
            #[test]
            fn $test() {
                $crate::machine::hold(report(), $name);
            }
        )*
    };
}

impl MachineLaw {
    /// Finds a law by its name, in capitals or not.
    pub fn named(name: &str) -> Option<&'static Self> {
        let is_it = |law: &&Self| law.name.eq_ignore_ascii_case(name);
        MACHINE_LAWS.iter().find(is_it)
    }

    /// Returns what must hold, in a sentence.
    pub fn text(&self) -> &'static str {
        let invariant = INVARIANTS.iter().find(|it| it.name == self.name);
        invariant.map_or(
            "What is claimed is what the oracle computes, after every record.",
            |it| it.text,
        )
    }

    /// Returns the id of the rule that it restates.
    pub fn rule(&self) -> &'static str {
        let invariant = INVARIANTS.iter().find(|it| it.name == self.name);
        invariant.map_or("FOLD-1", |it| it.rule)
    }

    /// Returns what a machine would have to claim for the law to be about it; `None` if it does.
    pub fn lacks(&self, claims: &Claims, wraps: bool) -> Option<&'static str> {
        // Whoever wraps the fold is asked by the invariants, whatever it shows.
        if wraps && self.name != "REFERENCE" {
            return None;
        }
        let takes = |it| claims.takes.contains(&it);
        match self.also {
            Also::Takes(Takes::Duplicates) if !takes(Takes::Duplicates) => {
                return Some("records that come again");
            }
            Also::Takes(Takes::Foreign) if !takes(Takes::Foreign) => {
                return Some("records of other missions");
            }
            Also::Takes(Takes::Unknown) if !takes(Takes::Unknown) => {
                return Some("records that nobody knows");
            }
            Also::Snapshots if !claims.snapshots => return Some("snapshots"),
            Also::Decides if !claims.decides => return Some("decisions"),
            Also::Nothing | Also::Takes(_) | Also::Snapshots | Also::Decides => {}
        }
        if matches!(self.check, Asked) {
            return Some("a mission that can be asked");
        }
        let missing = self.shows.iter().find(|part| !claims.shows(**part));
        missing.map(|part| part.as_str())
    }

    /// Whether what the machine claims is enough for the law to look at what it shows.
    pub(super) fn looks_at(&self, claims: &Claims) -> bool {
        self.lacks(claims, false).is_none()
    }
}
