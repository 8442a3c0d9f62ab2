//! The repository's own tasks, run as `cargo xtask <task>`.
//!
//! Two kinds, kept apart: `verify` and `tidy` only read the source tree, `fix` is the one that
//! writes to it. A gate that repairs what it judges would pass on a tree nobody has committed.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task reports to the terminal; there is no other interface to keep clean"
)]

mod cargo;
mod fix;
mod manifest;
mod problem;
mod rust_source;
mod tidy;
mod tree;
mod verify;

use std::path::Path;
use std::process::ExitCode;

/// Exit code for a command line that names no task.
const USAGE: u8 = 2;

const HELP: &str = "\
Usage: cargo xtask <task>

  verify                  run the whole gate; reads the source tree, never writes to it
  verify --without-tests  the same, for a caller that has just run the tests itself
  fix                     format the code and regenerate the generated docs
  tidy                    run only the checks that no compiler makes
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let root = cargo::workspace_root();
    let outcome = match words.as_slice() {
        ["verify"] => verify::run(root, verify::Tests::Run),
        ["verify", "--without-tests"] => verify::run(root, verify::Tests::LeaveOut),
        ["fix"] => fix::run(root),
        ["tidy"] => run_tidy(root),
        ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(USAGE);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Prints every problem on standard output, one a line, so that an editor can jump to them.
///
/// # Errors
///
/// When there is a problem, or when the tree cannot be read.
fn run_tidy(root: &Path) -> Result<(), String> {
    let problems = tidy::problems(root)?;
    for problem in &problems {
        println!("{problem}");
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err("tidy: the tree has the problems above".into())
    }
}
