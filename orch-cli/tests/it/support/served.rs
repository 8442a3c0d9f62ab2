//! A process that owns a store and serves it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use super::{code, orch};

/// A process that serves the store of a folder, and is killed when the test ends.
pub(crate) struct Served {
    child: Child,
    folder: PathBuf,
}

impl Served {
    /// Starts it, and returns once it serves.
    pub(crate) fn start(folder: &Path) -> Self {
        Self::try_start(folder).unwrap()
    }

    /// The same; `None` if somebody else had the store for too long.
    pub(crate) fn try_start(folder: &Path) -> Option<Self> {
        let mut child = serve(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        let mut said = BufReader::new(child.stdout.as_mut().unwrap());
        said.read_line(&mut first).unwrap();
        let folder = folder.to_owned();
        let served = Self { child, folder };
        if first.is_empty() {
            let said = served.ended();
            assert_eq!(code(&said), 75, "{}", String::from_utf8_lossy(&said.stderr));
            return None;
        }
        assert!(first.contains("serves"), "{first}");
        Some(served)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join(".orch/socket")
    }

    pub(crate) fn signal(&self, signal: &str) {
        signal_to(self.pid(), signal);
    }

    /// Asks it to end, and returns how it did.
    pub(crate) fn stop(self) -> Output {
        self.signal("-TERM");
        self.ended()
    }

    /// Kills it, as the machine would.
    pub(crate) fn kill(mut self) -> ExitStatus {
        self.child.kill().unwrap();
        self.child.wait().unwrap()
    }

    /// Waits for its end.
    pub(crate) fn ended(mut self) -> Output {
        let status = self.child.wait().unwrap();
        let mut output = Output {
            status,
            stdout: Vec::new(),
            stderr: Vec::new(),
        };
        let mut said = self.child.stderr.take().unwrap();
        std::io::Read::read_to_end(&mut said, &mut output.stderr).unwrap();
        output
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The command that serves the store of a folder.
pub(crate) fn serve(folder: &Path) -> Command {
    let mut serve = orch(&["serve", "--socket"]);
    serve.current_dir(folder);
    serve
}

/// Sends a signal to a process.
pub(crate) fn signal_to(pid: u32, signal: &str) {
    let mut kill = Command::new("kill");
    let sent = kill.args([signal, &pid.to_string()]).status();
    assert!(sent.unwrap().success());
}
