//! Fingerprints the source of the fold, so that a snapshot of any other fold is refused.
//!
//! A number that somebody has to remember to raise would be forgotten once; this cannot be.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script reads files; the crate does not"
)]

use std::path::{Path, PathBuf};
use std::{fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=src");
    let mut files = Vec::new();
    collect(Path::new("src"), &mut files)?;
    files.sort();
    // FNV-1a, twice with different starts: enough to tell two sources apart.
    let mut halves = [0xcbf2_9ce4_8422_2325_u64, 0x6c62_272e_07bb_0142];
    for file in &files {
        let name = file.to_string_lossy().into_owned().into_bytes();
        for byte in name.into_iter().chain(fs::read(file)?) {
            for half in &mut halves {
                *half = (*half ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    let [high, low] = halves;
    println!("cargo::rustc-env=ORCH_FOLD_FINGERPRINT={high:016x}{low:016x}");
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
