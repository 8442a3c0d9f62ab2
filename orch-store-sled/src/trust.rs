//! The sums of all files after a clean close: what makes the next opening trust them.
//!
//! sled cannot tell that bytes of its files changed: it takes them for the torn end of a write and
//! returns less. So the last thing a close does is to sum every file, and the first thing an opening
//! does is to compare. Nothing of it has to be synced: sled syncs its files when it is dropped, and
//! sums that were lost or cut cost a check, never truth.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use orch_store::error::StoreError;

use crate::error::damaged;

/// Why an opened index can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It was closed, and its files are what they were then.
    Clean,
    /// It was not closed, but a check of everything in it found no fault.
    Unclean,
}

/// What a file was when it was summed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sum {
    /// Its path below the summed folder, with `/` between the parts.
    name: String,
    bytes: u64,
    crc: u32,
}

const TITLE: &str = "orch-trusted 1";

/// How much of a file is read at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// Sums every file below a folder, by name.
pub(crate) fn sum_all(folder: &Path) -> Result<Vec<Sum>, StoreError> {
    let mut sums = Vec::new();
    sum_below(folder, "", &mut sums)?;
    sums.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(sums)
}

fn sum_below(folder: &Path, prefix: &str, sums: &mut Vec<Sum>) -> Result<(), StoreError> {
    let refused = |error| StoreError::io("list", folder, error);
    for entry in fs::read_dir(folder).map_err(refused)? {
        let entry = entry.map_err(refused)?;
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else {
            return Err(damaged(format!("{} is no file of it", path.display())));
        };
        let name = format!("{prefix}{name}");
        if entry.file_type().map_err(refused)?.is_dir() {
            sum_below(&path, &format!("{name}/"), sums)?;
        } else {
            let (bytes, crc) =
                sum_of(&path).map_err(|error| StoreError::io("read", &path, error))?;
            sums.push(Sum { name, bytes, crc });
        }
    }
    Ok(())
}

fn sum_of(path: &Path) -> io::Result<(u64, u32)> {
    let mut file = File::open(path)?;
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut crc = crc32fast::Hasher::new();
    let mut bytes = 0;
    loop {
        let n = match file.read(&mut chunk) {
            Ok(0) => return Ok((bytes, crc.finalize())),
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        crc.update(chunk.get(..n).unwrap_or_default());
        bytes += n as u64;
    }
}

/// Finds the first file that is not what it was.
pub(crate) fn compare(then: &[Sum], now: &[Sum]) -> Result<(), StoreError> {
    for sum in then {
        match now.iter().find(|found| found.name == sum.name) {
            None => return Err(damaged(format!("its file {} is gone", sum.name))),
            Some(found) if found != sum => {
                let name = &sum.name;
                return Err(damaged(format!(
                    "its file {name} changed since it was closed"
                )));
            }
            Some(_) => {}
        }
    }
    match now
        .iter()
        .find(|found| then.iter().all(|sum| sum.name != found.name))
    {
        Some(more) => Err(damaged(format!(
            "its file {} came from elsewhere",
            more.name
        ))),
        None => Ok(()),
    }
}

/// Writes sums down, all of them or none.
pub(crate) fn write(path: &Path, sums: &[Sum]) -> Result<(), StoreError> {
    let mut text = format!("{TITLE}\n");
    for Sum { name, bytes, crc } in sums {
        // To write to a string does not fail.
        let _written = writeln!(text, "{crc:08x} {bytes} {name}");
    }
    let _written = writeln!(text, "{:08x}", crc32fast::hash(text.as_bytes()));
    let draft = path.with_extension("new");
    fs::write(&draft, text).map_err(|error| StoreError::io("write", &draft, error))?;
    fs::rename(&draft, path).map_err(|error| StoreError::io("rename", &draft, error))
}

/// Reads the sums and removes them, so that whoever ends without a close leaves none.
///
/// `None` if there are none, or none that can be read.
pub(crate) fn take(path: &Path) -> Result<Option<Vec<Sum>>, StoreError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io("read", path, error)),
    };
    fs::remove_file(path).map_err(|error| StoreError::io("remove", path, error))?;
    Ok(String::from_utf8(text).ok().and_then(|text| parse(&text)))
}

fn parse(text: &str) -> Option<Vec<Sum>> {
    let (said, _) = text.strip_suffix('\n')?.rsplit_once('\n')?;
    let (said, seal) = text.split_at_checked(said.len() + 1)?;
    if seal != format!("{:08x}\n", crc32fast::hash(said.as_bytes())) {
        return None;
    }
    let mut lines = said.lines();
    if lines.next()? != TITLE {
        return None;
    }
    lines.map(parse_sum).collect()
}

fn parse_sum(line: &str) -> Option<Sum> {
    let (crc, rest) = line.split_once(' ')?;
    let (bytes, name) = rest.split_once(' ')?;
    Some(Sum {
        name: name.to_owned(),
        bytes: bytes.parse().ok()?,
        crc: u32::from_str_radix(crc, 16).ok()?,
    })
}
