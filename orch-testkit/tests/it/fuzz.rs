//! Every seed of every fuzz target still holds what it held when it was found.

use orch_testkit::fuzz::{TARGETS, seeds};

#[test]
fn no_seed_of_a_fuzz_target_breaks_a_law() {
    for (name, target) in TARGETS {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for (path, bytes) in seeds {
            let held = std::panic::catch_unwind(|| target(&bytes));
            assert!(held.is_ok(), "{}", path.display());
        }
    }
}

#[test]
fn a_fuzz_target_takes_bytes_that_mean_nothing() {
    for (_, target) in TARGETS {
        for bytes in [&[][..], &[0], &[255; 8], &[241; 64], b"\n{\n"] {
            target(bytes);
        }
    }
}
