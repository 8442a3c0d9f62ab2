//! `cargo xtask verify`: the one gate, the same for a developer and for CI.
//!
//! **Invariant:** it reads the source tree and writes only to the build folder. Cargo is called
//! with `--locked`, and snapshots with updates off. The one exception is proptest, which leaves
//! the smallest case of a failing property beside the test: that file is meant to be committed.

use std::path::Path;

use crate::cargo::Step;
use crate::run_tidy;

/// Whether the gate runs the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tests {
    /// The gate as everybody runs it.
    Run,
    /// For a caller that has run them already, so that they do not run twice.
    LeaveOut,
}

/// The name of the step that [`Tests::LeaveOut`] skips.
const TEST: &str = "test";

/// The steps before tidy, cheapest verdict first.
const STEPS: &[Step] = &[
    Step {
        name: "format",
        env: &[],
        args: &["fmt", "--all", "--", "--check"],
    },
    // A workspace of its own, which the others leave out.
    Step {
        name: "format of the fuzz targets",
        env: &[],
        args: &["fmt", "--manifest-path", "fuzz/Cargo.toml", "--", "--check"],
    },
    Step {
        name: "lint",
        env: &[],
        args: &[
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    },
    // Built with the workspace, the core sees the features its neighbours ask for, such as
    // chrono's clock: a call that only works there would go unnoticed.
    Step {
        name: "core alone",
        env: &[],
        args: &["check", "--locked", "-p", "orch-core"],
    },
    Step {
        name: TEST,
        env: &[("INSTA_UPDATE", "no")],
        args: &["test", "--locked", "--workspace"],
    },
    Step {
        name: "docs",
        env: &[("RUSTDOCFLAGS", "-D warnings")],
        args: &["doc", "--locked", "--workspace", "--no-deps"],
    },
];

/// Runs the gate and stops at the first step that fails.
///
/// # Errors
///
/// When a step fails; the message says which, and what to type to see it again.
pub(crate) fn run(root: &Path, tests: Tests) -> Result<(), String> {
    for step in steps(tests) {
        step.run(root)?;
    }
    eprintln!("== tidy: cargo xtask tidy");
    run_tidy(root)
}

/// Returns the steps of the gate in their order.
fn steps(tests: Tests) -> impl Iterator<Item = Step> {
    STEPS.iter().copied().filter(move |step| match tests {
        Tests::Run => true,
        Tests::LeaveOut => step.name != TEST,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaving_out_the_tests_leaves_out_nothing_else() {
        let all: Vec<_> = steps(Tests::Run).map(|step| step.name).collect();
        let without: Vec<_> = steps(Tests::LeaveOut).map(|step| step.name).collect();
        let formats = ["format", "format of the fuzz targets"];
        assert_eq!(
            all,
            [&formats[..], &["lint", "core alone", "test", "docs"]].concat()
        );
        assert_eq!(
            without,
            [&formats[..], &["lint", "core alone", "docs"]].concat()
        );
    }

    #[test]
    fn no_step_may_change_the_lock_file() {
        for step in steps(Tests::Run) {
            let kept = step.args.contains(&"--locked") || step.args.first() == Some(&"fmt");
            assert!(kept, "`{step}` could rewrite Cargo.lock");
        }
    }
}
