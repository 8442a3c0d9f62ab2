//! Colour in what clap prints: its help and its errors.

use crate::support::orch;

#[test]
fn no_colour_is_no_colour_for_help_and_errors_too() {
    for args in [
        &["--help"][..],
        &["help", "status"],
        &["status", "--help"],
        &["--no-such-flag"],
        &["stauts"],
        &[],
    ] {
        for never in [&["--color", "never"][..], &["--color=never"]] {
            let output = orch(&[never, args].concat())
                .env("CLICOLOR_FORCE", "1")
                .output()
                .unwrap();
            let both = [output.stdout, output.stderr].concat();
            assert!(!both.is_empty() && !both.contains(&0x1b), "{args:?}");
        }
    }
    for args in [["--color", "always", "--help"], ["--color", "always", "-x"]] {
        let output = orch(&args).output().unwrap();
        let both = [output.stdout, output.stderr].concat();
        assert!(both.contains(&0x1b), "{args:?}");
    }
}
