//! What a folder holds, as it can be kept, compared and put elsewhere.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Deref;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

/// The bytes of a file. Thousands of images share those that they have in common.
#[derive(Debug, Clone)]
pub struct Bytes(Arc<Summed>);

#[derive(Debug)]
struct Summed {
    bytes: Vec<u8>,
    sum: OnceLock<[u8; 32]>,
}

/// All below a folder, by its path from there: the bytes of a file, or nothing for a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image {
    /// Each name.
    pub entries: BTreeMap<PathBuf, Option<Bytes>>,
}

impl Bytes {
    fn sum(&self) -> &[u8; 32] {
        let Summed { bytes, sum } = &*self.0;
        sum.get_or_init(|| Sha256::digest(bytes).into())
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        let sum = OnceLock::new();
        Self(Arc::new(Summed { bytes, sum }))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}

impl Image {
    /// Reads a folder: its files and folders; a socket that lies there holds nothing.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(root: &Path) -> io::Result<Self> {
        let mut image = Self::default();
        image.add_below(root, Path::new(""))?;
        Ok(image)
    }

    fn add_below(&mut self, root: &Path, below: &Path) -> io::Result<()> {
        for entry in fs::read_dir(root.join(below))? {
            let entry = entry?;
            let name = below.join(entry.file_name());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.entries.insert(name.clone(), None);
                self.add_below(root, &name)?;
            } else if kind.is_file() {
                let bytes = fs::read(entry.path())?;
                self.entries.insert(name, Some(bytes.into()));
            }
        }
        Ok(())
    }

    /// Makes a folder hold this and nothing else.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, root: &Path) -> io::Result<()> {
        for entry in fs::read_dir(root)? {
            let path = entry?.path();
            if path.is_dir() {
                fs::remove_dir_all(path)?;
            } else {
                fs::remove_file(path)?;
            }
        }
        // A folder comes before what is in it.
        for (name, bytes) in &self.entries {
            let path = root.join(name);
            match bytes {
                None => fs::create_dir(path)?,
                Some(bytes) => fs::write(path, &**bytes)?,
            }
        }
        Ok(())
    }

    /// Returns the files, by path.
    pub fn files(&self) -> impl Iterator<Item = (&PathBuf, &Bytes)> {
        let entries = self.entries.iter();
        entries.filter_map(|(path, bytes)| Some((path, bytes.as_ref()?)))
    }

    /// The same with other bytes in one file.
    #[must_use]
    pub fn with(&self, path: &Path, bytes: impl Into<Vec<u8>>) -> Self {
        let mut changed = self.clone();
        let bytes: Vec<u8> = bytes.into();
        changed.entries.insert(path.to_owned(), Some(bytes.into()));
        changed
    }

    /// The same without one file.
    #[must_use]
    pub fn without(&self, path: &Path) -> Self {
        let mut changed = self.clone();
        changed.entries.remove(path);
        changed
    }

    /// Returns what tells this from other images.
    pub fn digest(&self) -> [u8; 32] {
        let mut all = Sha256::new();
        for (path, bytes) in &self.entries {
            let name = path.as_os_str().as_bytes();
            all.update((name.len() as u64).to_be_bytes());
            all.update(name);
            all.update(bytes.as_ref().map_or(&[0; 32], Bytes::sum));
        }
        all.finalize().into()
    }

    /// Names the first thing in which two differ.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let names = self.entries.keys().chain(other.entries.keys());
        let mut differing =
            names.filter(|name| self.entries.get(*name) != other.entries.get(*name));
        differing.next().map(|name| {
            let told = |image: &Self| match image.entries.get(name) {
                None => "not there".to_owned(),
                Some(None) => "a folder".to_owned(),
                Some(Some(bytes)) => format!("{} bytes", bytes.len()),
            };
            format!("{}: {}, {}", name.display(), told(self), told(other))
        })
    }
}
