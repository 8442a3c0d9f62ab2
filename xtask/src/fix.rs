//! `cargo xtask fix`: the one task that writes to the source tree.

use std::path::Path;

use crate::cargo::Step;

const STEPS: &[Step] = &[
    Step {
        name: "format",
        env: &[],
        args: &["fmt", "--all"],
    },
    Step {
        name: "format of the fuzz targets",
        env: &[],
        args: &["fmt", "--manifest-path", "fuzz/Cargo.toml"],
    },
    // The test that compares the generated sections with the rules also knows how to write them,
    // so the comparison and the generator cannot drift apart.
    Step {
        name: "generated docs",
        env: &[("ORCH_UPDATE_DOCS", "1")],
        args: &["test", "-p", "orch-core", "--test", "it", "spec_document"],
    },
    Step {
        name: "generated tables of the kit",
        env: &[("ORCH_UPDATE_DOCS", "1")],
        args: &["test", "-p", "orch-testkit", "--test", "it", "document"],
    },
];

/// Repairs what can be repaired without a decision.
///
/// # Errors
///
/// When a step fails; the message says which.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    STEPS.iter().try_for_each(|step| step.run(root))
}
