//! Power cuts under a real file system: ext4 in a file, whose power is cut while a worker appends.
//!
//! What the replay of recordings makes up, the kernel does here. It takes the right to mount.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::judgement::{GoesOn, judge};
use super::law::Failed;
use super::script::{Heard, Known, Script};
use super::under_test::Subject;
use super::worker::WorkerSpec;
use crate::fault::{Dice, Shim, Syncs, compile};

/// The size of the file system.
const IMAGE_BYTES: u64 = 64 * 1024 * 1024;

/// How many appends a worker is asked for: more than it comes to.
const APPENDS: usize = 3_000;

/// The longest time after which the power is cut.
const DELAY_MAX: Duration = Duration::from_millis(400);

/// How some rounds came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PowerCuts {
    /// How many rounds there were.
    pub rounds: u64,
    /// How many appends were acknowledged in all.
    pub acknowledged: u64,
    /// In how many rounds an acknowledged one was gone, or the store did not open.
    pub broken: u64,
}

/// A file system of its own; it goes with this.
struct Mount {
    temp: TempDir,
    program: PathBuf,
}

/// Lets a worker append to a store on a file system, and cuts the power of that at some moment, as
/// often as is asked for.
///
/// # Errors
/// When that cannot be done here; with real syncs, when something that was acknowledged is gone.
pub fn power_cuts(
    subject: &dyn Subject,
    worker: &WorkerSpec,
    rounds: u64,
    syncs: Syncs,
) -> Result<PowerCuts, Failed> {
    let mut cuts = PowerCuts::default();
    let mut dice = Dice(rounds);
    for round in 1..=rounds {
        let mount = Mount::new()?;
        let (acknowledged, wrong) = mount.round(subject, worker, syncs, &mut dice)?;
        cuts.rounds += 1;
        cuts.acknowledged += acknowledged;
        if let Some(wrong) = wrong {
            cuts.broken += 1;
            if syncs == Syncs::Real {
                return Err(Failed::Broken(format!("round {round}: {wrong}")));
            }
        }
    }
    Ok(cuts)
}

impl Mount {
    fn new() -> Result<Self, Failed> {
        let none = || Failed::NotMeasured("there is no C compiler".to_owned());
        let source = include_str!("../fault/poweroff.c");
        let program = compile("poweroff", &[("poweroff.c", source)], &[]).ok_or_else(none)?;
        let temp = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
        fs::create_dir(temp.path().join("mount"))?;
        let mount = Self { temp, program };
        File::create(mount.image())?.set_len(IMAGE_BYTES)?;
        run("mkfs.ext4", &["-q".as_ref(), mount.image().as_ref()])?;
        mount.mount()?;
        Ok(mount)
    }

    fn image(&self) -> PathBuf {
        self.temp.path().join("image")
    }

    fn point(&self) -> PathBuf {
        self.temp.path().join("mount")
    }

    fn mount(&self) -> Result<(), Failed> {
        let (image, point) = (self.image(), self.point());
        run(
            "mount",
            &[
                "-o".as_ref(),
                "loop".as_ref(),
                image.as_ref(),
                point.as_ref(),
            ],
        )
    }

    /// Returns how many appends were acknowledged, and what is wrong afterwards.
    fn round(
        &self,
        subject: &dyn Subject,
        worker: &WorkerSpec,
        syncs: Syncs,
        dice: &mut Dice,
    ) -> Result<(u64, Option<String>), Failed> {
        let store = self.point().join("store");
        fs::create_dir(&store)?;
        // The folder itself is there before anything is tried.
        File::open(self.point())?.sync_all()?;
        let mut script = Script::default().open();
        for n in 0..APPENDS {
            script = script.append(["m", "m1", "m10"][n % 3], 1 + n % 2);
        }
        let said = self.temp.path().join("said");
        let mut command = worker.command(subject.name());
        if syncs == Syncs::Skipped {
            let shim = Shim::build().ok_or_else(|| Failed::NotMeasured("no shim".to_owned()))?;
            command.envs(shim.without_syncs(&self.point()));
        }
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.stdout(File::create(&said)?).spawn()?;
        let input = script.input(&store);
        let stdin = child.stdin.take();
        let feeder = thread::spawn(move || {
            // It ends with the worker, at the latest.
            stdin.map(|mut stdin| stdin.write_all(&input))
        });
        let delay = u64::try_from(DELAY_MAX.as_micros()).unwrap_or(u64::MAX);
        // The moment is what this is about; nothing is waited for.
        thread::sleep(Duration::from_micros(50_000 + dice.roll() % delay));
        run(&self.program, &[self.point().as_ref()])?;
        child.kill()?;
        child.wait()?;
        drop(feeder.join());
        run("umount", &[self.point().as_ref()])?;
        self.mount()?;
        let heard = Heard::of(&[&script], &fs::read_to_string(said)?);
        let nothing = Script::default();
        let known = Known::of(&nothing, &[&script], &heard);
        let n_acknowledged = known.acknowledged.len() as u64;
        fs::create_dir_all(&store)?;
        let judgement = judge(subject, &store, &known, GoesOn::Tried);
        let wrong = judgement.first().err().map(|failed| failed.to_string());
        Ok((n_acknowledged, wrong))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // It may not be mounted; if it cannot be taken down, the folder cannot be removed either.
        drop(run("umount", &[self.point().as_ref()]));
    }
}

/// Runs a tool of the system; that it cannot is no fault of the store.
fn run(program: impl AsRef<Path>, words: &[&std::ffi::OsStr]) -> Result<(), Failed> {
    let program = program.as_ref();
    let failed = |why: String| Failed::NotMeasured(format!("{}: {why}", program.display()));
    let output = Command::new(program).args(words).output();
    let output = output.map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed(
        String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    ))
}
