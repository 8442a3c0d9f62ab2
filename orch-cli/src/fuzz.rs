//! What a fuzzer holds against the command line: each function takes bytes, whatever they are, and
//! panics when a promise does not hold for them.
//!
//! The fuzz targets of the folder `fuzz` feed them; the tests below feed them with the seeds.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a finding")]
#![expect(clippy::panic, reason = "a panic is a finding")]

mod args;
mod conditions;
mod terminal;

pub use args::cli_args_status;
pub use conditions::query;
pub use terminal::terminal_escape;

/// A name of a target, and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target of this crate.
pub const TARGETS: &[Target] = &[
    ("terminal_escape", terminal_escape),
    ("query", query),
    ("cli_args_status", cli_args_status),
];

#[cfg(test)]
mod tests {
    use super::TARGETS;

    #[test]
    fn no_seed_of_a_fuzz_target_breaks_a_promise() {
        for (name, target) in TARGETS {
            let seeds = orch_testkit::fuzz::seeds(name);
            assert!(!seeds.is_empty(), "{name} has no seeds");
            for (path, bytes) in seeds {
                let held = std::panic::catch_unwind(|| target(&bytes));
                assert!(held.is_ok(), "{}", path.display());
            }
            target(b"");
            target(&[255; 8]);
        }
    }
}
