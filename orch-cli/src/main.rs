//! The command `orch`.

fn main() -> std::process::ExitCode {
    orch_cli::main()
}
