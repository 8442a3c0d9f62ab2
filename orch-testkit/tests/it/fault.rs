//! The library itself, on a program of which each call is known.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use orch_testkit::fault::{Done, Fault, Kind, Log, Run, Shim, compare_with_strace, compile, sweep};
use tempfile::TempDir;

/// A folder to work in, and the library.
struct Case {
    shim: &'static Shim,
    program: PathBuf,
    _temp: TempDir,
    root: PathBuf,
}

impl Case {
    fn new() -> Option<Self> {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().canonicalize().unwrap();
        let shim = Shim::build()?;
        Some(Self {
            shim,
            program: program()?,
            _temp: temp,
            root,
        })
    }

    fn path(&self, name: &str) -> String {
        self.root.join(name).to_string_lossy().into_owned()
    }

    fn text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.root.join(name)).ok()
    }

    /// Steps in which `@name` stands for a path in the folder.
    fn steps(&self, steps: &str) -> Command {
        let words = steps.split(' ').map(|word| match word.strip_prefix('@') {
            Some(name) => self.path(name),
            None => word.to_owned(),
        });
        let mut command = Command::new(&self.program);
        command.args(words).env_clear().current_dir(&self.root);
        command
    }

    fn run(&self, steps: &str, fault: impl Into<Option<Fault>>) -> Run {
        self.shim.run(&mut self.steps(steps), &self.root, fault)
    }

    fn log(&self, steps: &str) -> Log {
        let run = self.run(steps, None);
        assert!(run.output.status.success(), "{}", run.error());
        run.log
    }
}

/// A program of ours to try the library on.
fn program() -> Option<PathBuf> {
    compile(
        "program",
        &[("program.c", include_str!("fault/program.c"))],
        &[],
    )
}

fn fault(kind: Kind, at: u64) -> Fault {
    Fault { at, kind }
}

#[test]
fn every_call_that_changes_a_folder_is_counted_once() {
    let Some(case) = Case::new() else { return };
    fs::create_dir(case.root.join("every")).unwrap();
    let run = case.run("every @every", None);
    let n: u64 = String::from_utf8_lossy(&run.output.stdout)
        .trim()
        .parse()
        .unwrap();
    assert_eq!(run.log.n_counted(), n, "{}", run.log.shown());
    let numbers: Vec<u64> = run.log.rows.iter().map(|row| row.n).collect();
    let expected: Vec<u64> = (1..=n).chain([0]).collect();
    assert_eq!(numbers, expected, "what was said has no number");
}

#[test]
fn calls_on_another_folder_are_not_counted() {
    let Some(case) = Case::new() else { return };
    let inner = case.root.join("inner");
    for name in ["inner", "inner-too"] {
        fs::create_dir(case.root.join(name)).unwrap();
    }
    let mut command = case.steps("make @inner-too/a add @inner-too/a x");
    assert_eq!(case.shim.count(&mut command, &inner), 0);
    let mut command = case.steps("make @inner/a add @inner/a x move @inner/a @inner-too/a");
    assert_eq!(case.shim.count(&mut command, &inner), 3);
}

#[test]
fn a_process_dies_before_the_call_or_after_it() {
    let Some(case) = Case::new() else { return };
    for (kind, there) in [(Kind::Kill, None), (Kind::KillAfter, Some(String::new()))] {
        let run = case.run("say hello make @a say bye", fault(kind, 1));
        assert!(run.is_killed());
        assert!(run.is_acknowledged());
        assert_eq!(run.output.stdout, b"hello");
        assert_eq!(case.text("a"), there, "{kind:?}");
    }
}

#[test]
fn a_torn_write_leaves_its_first_bytes() {
    let Some(case) = Case::new() else { return };
    let cuts = [
        (Kind::Torn, "half"),
        (Kind::TornFirst, "h"),
        (Kind::TornLast, "halfhal"),
    ];
    for (kind, left) in cuts {
        fs::write(case.root.join("a"), "").unwrap();
        let run = case.run("add @a halfhalf", fault(kind, 1));
        assert!(run.is_killed());
        assert_eq!(case.text("a").unwrap(), left);
    }
    // In parts, the first of which is not cut and the second is.
    let run = case.run("put @a HALFHALFHALF", fault(Kind::Torn, 1));
    assert!(run.is_killed());
    assert_eq!(case.text("a").unwrap(), "HALFHAl");
    let run = case.run("move @a @b", fault(Kind::Torn, 1));
    assert!(run.is_killed());
    assert!(case.text("b").is_none(), "what cannot be torn is not done");
}

#[test]
fn a_full_disk_takes_half_a_write_and_says_so() {
    let Some(case) = Case::new() else { return };
    let run = case.run("make @a add @a halfhalf", fault(Kind::Full, 2));
    assert_eq!(run.output.status.code(), Some(1));
    assert_eq!(run.error(), "add: No space left on device\n");
    assert_eq!(case.text("a").unwrap(), "half");
    let run = case.run("sync @a", fault(Kind::Broken, 1));
    assert_eq!(run.error(), "sync: Input/output error\n");
    assert!(!run.is_acknowledged());
}

#[test]
fn a_sync_or_a_read_can_be_the_one_that_fails() {
    let Some(case) = Case::new() else { return };
    let steps = "make @a add @a x sync @a add @a y sync @a look @a";
    let run = case.run(steps, fault(Kind::SyncBroken, 2));
    assert_eq!(run.error(), "sync: Input/output error\n");
    assert_eq!(case.text("a").unwrap(), "xy");
    fs::remove_file(case.root.join("a")).unwrap();
    assert!(
        case.run(steps, fault(Kind::SyncBroken, 3))
            .output
            .status
            .success()
    );
    let run = case.run(steps, fault(Kind::ReadBroken, 1));
    assert_eq!(run.error(), "look: Input/output error\n");
    assert_eq!(run.log.faulted().unwrap().op, "read");
}

#[test]
fn a_fault_that_lasts_is_there_for_every_later_call() {
    let Some(case) = Case::new() else { return };
    fs::write(case.root.join("a"), "").unwrap();
    let n_faulted = |kind| {
        let run = case.run("many 3 @a", fault(kind, 1));
        let faulted = run.log.rows.iter();
        faulted
            .filter(|row| matches!(row.result, Done::Faulted(_)))
            .count()
    };
    assert_eq!(n_faulted(Kind::Broken), 1);
    assert!((1..=3).contains(&n_faulted(Kind::BrokenFrom)));
    let run = case.run("make @b add @b x", fault(Kind::FullFrom, 1));
    assert_eq!(run.error(), "open: No space left on device\n");
}

#[test]
fn the_calls_of_all_threads_are_counted_in_one_order() {
    let Some(case) = Case::new() else { return };
    let run = case.run("make @a many 4 @a", None);
    assert_eq!(run.log.n_counted(), 101);
    let threads: BTreeSet<u32> = run.log.rows.iter().map(|row| row.thread).collect();
    assert_eq!(threads.len(), 5, "{}", run.log.shown());
    assert_eq!(case.text("a").unwrap().len(), 100);
    fs::remove_file(case.root.join("a")).unwrap();
    let run = case.run("make @a many 4 @a", fault(Kind::Kill, 50));
    assert!(run.is_killed());
    assert_eq!(
        case.text("a").unwrap().len(),
        48,
        "those before the fiftieth"
    );
}

#[test]
fn a_sweep_visits_each_call_and_ends_after_the_last() {
    let Some(case) = Case::new() else { return };
    let mut states = Vec::new();
    let steps = "make @a add @a ab move @a @b remove @b";
    let mut point = |fault: Fault| {
        let run = case.run(steps, fault);
        states.push((case.text("a"), case.text("b")));
        for name in ["a", "b"] {
            drop(fs::remove_file(case.root.join(name)));
        }
        run.log
    };
    assert_eq!(sweep(Kind::Torn, 1, 10, &mut point), Ok(4));
    assert!(sweep(Kind::Torn, 1, 3, &mut point).is_err());
    assert_eq!(sweep(Kind::Torn, 3, 10, &mut point), Ok(4));
    let file = |text: &str| Some(text.to_owned());
    let expected = [
        (None, None),
        (file("a"), None),
        (file("ab"), None),
        (None, file("ab")),
        (None, None),
    ];
    assert_eq!(states[..5], expected);
    // Every third call from the third, and the run in which there is none left.
    assert_eq!(states[9..], [(file("ab"), None), (None, None)]);
}

#[test]
fn what_is_said_before_it_is_durable_is_noticed() {
    let Some(case) = Case::new() else { return };
    let all = |_: &str| true;
    let journal = |path: &str| path.ends_with("journal");
    fs::write(case.root.join("journal"), "").unwrap();
    fs::write(case.root.join("other"), "").unwrap();
    let syncs = |steps: &str| case.log(steps).syncs_before_each_ack(journal);
    assert_eq!(syncs("add @journal x sync @journal say ok"), Ok(vec![1]));
    assert!(syncs("add @journal x say ok sync @journal").is_err());
    assert!(syncs("add @journal x sync @journal add @journal y say ok").is_err());
    assert!(syncs("add @journal x sync @other say ok").is_err());
    assert_eq!(syncs("add @other x say ok"), Ok(vec![0]));
    let twice = "add @journal x sync @journal say ok add @journal y sync @journal say ok";
    assert_eq!(syncs(twice), Ok(vec![1, 1]));
    let new = case.log("make @new add @new x sync @new say ok");
    assert!(
        new.syncs_before_each_ack(all).is_err(),
        "its name may be lost"
    );
    let new = case.log("make @newer add @newer x sync @newer sync @. say ok");
    assert_eq!(new.syncs_before_each_ack(all), Ok(vec![2]));
    let run = case.run(
        "add @journal x sync @journal say ok",
        fault(Kind::Broken, 2),
    );
    assert!(!run.is_acknowledged(), "{}", run.log.shown());
}

#[test]
fn a_name_that_moves_is_durable_when_its_new_folder_is() {
    let Some(case) = Case::new() else { return };
    let steps = "folder @new make @new/a add @new/a x sync @new/a sync @new move @new @store";
    let all = |_: &str| true;
    let early = case.log(&format!("{steps} say ok"));
    assert!(early.syncs_before_each_ack(all).is_err());
    fs::remove_dir_all(case.root.join("store")).unwrap();
    let late = case.log(&format!("{steps} sync @. say ok"));
    assert_eq!(late.syncs_before_each_ack(all), Ok(vec![3]));
}

#[test]
fn the_kernel_sees_no_call_that_is_not_counted() {
    let Some(case) = Case::new() else { return };
    fs::create_dir(case.root.join("every")).unwrap();
    for steps in ["every @every", "make @a many 4 @a"] {
        let command = case.steps(steps);
        let Some(both) = compare_with_strace(case.shim, &command, &case.root) else {
            return;
        };
        let n_traced = u64::try_from(both.traced.len()).unwrap();
        let shown = both.counted.shown();
        assert!(n_traced > 0, "{command:?}");
        assert_eq!(
            n_traced,
            both.counted.n_counted(),
            "{shown}\n{:#?}",
            both.traced
        );
    }
}

#[test]
fn a_call_past_the_c_library_is_noticed() {
    let Some(case) = Case::new() else { return };
    let command = case.steps("make @a bypass @a x");
    if let Some(both) = compare_with_strace(case.shim, &command, Path::new(&case.root)) {
        assert_eq!((both.counted.n_counted(), both.traced.len()), (1, 2));
    }
}
