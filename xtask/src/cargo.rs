//! Calls to cargo: one [`Step`] is one command line, printed before it runs.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::process::Command;

/// One cargo call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// What the step proves or does, for the reader of the log.
    pub(crate) name: &'static str,
    /// Variables set for this call only.
    pub(crate) env: &'static [(&'static str, &'static str)],
    /// Arguments after `cargo`.
    pub(crate) args: &'static [&'static str],
}

impl fmt::Display for Step {
    /// Writes the command so that it can be pasted into a shell.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self.env {
            write!(f, "{name}=\"{value}\" ")?;
        }
        write!(f, "cargo {}", self.args.join(" "))
    }
}

impl Step {
    /// Runs the step in `root`, its output going where ours goes.
    ///
    /// # Errors
    ///
    /// When cargo cannot be started or does not succeed; the message holds the command.
    pub(crate) fn run(self, root: &Path) -> Result<(), String> {
        eprintln!("== {}: {self}", self.name);
        let status = Command::new(program())
            .args(self.args)
            // A variable left over from a `fix` must not make the gate write.
            .env_remove("ORCH_UPDATE_DOCS")
            .envs(self.env.iter().copied())
            .current_dir(root)
            .status()
            .map_err(|error| self.failure(&error))?;
        if status.success() {
            Ok(())
        } else {
            Err(self.failure(&status))
        }
    }

    /// Says which step failed, how, and what to type to see it again.
    fn failure(self, how: &dyn fmt::Display) -> String {
        format!("{}: this command failed ({how}):\n    {self}", self.name)
    }
}

/// Runs cargo in `root` and returns what it printed on standard output.
///
/// # Errors
///
/// When cargo cannot be started or does not succeed; the message holds what it said.
pub(crate) fn output(root: &Path, args: &[&str]) -> Result<String, String> {
    let output = Command::new(program())
        .args(args)
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(format!("cargo {}: {said}", args.join(" ")))
    }
}

/// Returns the folder of the workspace this binary was built from.
pub(crate) fn workspace_root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Returns the cargo that runs us, so that a `+toolchain` holds for the steps too.
fn program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_printed_as_it_would_be_typed() {
        let step = Step {
            name: "doc",
            env: &[("RUSTDOCFLAGS", "-D warnings")],
            args: &["doc"],
        };
        assert_eq!(step.to_string(), "RUSTDOCFLAGS=\"-D warnings\" cargo doc");
    }

    #[test]
    fn a_failing_step_names_its_command() {
        let step = Step {
            name: "lint",
            env: &[],
            args: &["clippy", "--workspace"],
        };
        let message = step.failure(&"exit status: 101");
        assert_eq!(
            message,
            "lint: this command failed (exit status: 101):\n    cargo clippy --workspace"
        );
    }

    #[test]
    fn a_call_that_cargo_refuses_is_an_error_with_its_words() {
        let message = output(workspace_root(), &["no-such-subcommand-of-ours"]).unwrap_err();
        assert!(message.contains("no-such-subcommand-of-ours"), "{message}");
    }
}
