//! Where the door is: a socket in the store folder, that only its owner can open.
//!
//! The path of a socket has room for about a hundred bytes. Where a store lies deeper, it is
//! reached through its open folder, which Linux names shortly.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{
    DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, PermissionsExt as _,
};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use crate::error::StoreError;

/// The name of the socket in the store folder.
pub const DOOR: &str = "socket";

/// Where a new socket is made before it takes its place.
const MAKING: &str = "socket.new";

/// The most bytes that the path of a socket has room for, on every system.
const PATH_MAX_BYTES: usize = 100;

/// Makes the socket of a store; only who has the lock may do that.
pub(super) fn bind(root: &Path) -> Result<UnixListener, StoreError> {
    let (door, making) = (root.join(DOOR), root.join(MAKING));
    match fs::symlink_metadata(&door) {
        Ok(there) if !there.file_type().is_socket() => {
            return Err(StoreError::Exists { path: door });
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(StoreError::io("read", &door, error)),
    }
    // What an owner left that was killed here.
    let new = making.join(DOOR);
    remove(&new)?;
    // Nobody else can reach it before its own permissions are set.
    let made = DirBuilder::new().mode(0o700).create(&making);
    match made {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(StoreError::io("create", &making, error));
        }
        Ok(()) | Err(_) => {}
    }
    let listener = Reached::through(&making)
        .and_then(|reached| UnixListener::bind(&reached.path))
        .map_err(|error| StoreError::io("create", &new, error))?;
    fs::set_permissions(&new, Permissions::from_mode(0o600))
        .map_err(|error| StoreError::io("create", &new, error))?;
    // It takes the place of one that nobody answers at, in one step.
    fs::rename(&new, &door).map_err(|error| StoreError::io("create", &door, error))?;
    // It is empty, and in nobody's way if it stays.
    drop(fs::remove_dir(&making));
    Ok(listener)
}

/// Takes the socket away.
pub(super) fn remove_door(root: &Path) -> Result<(), StoreError> {
    remove(&root.join(DOOR))
}

/// Knocks at the door of a store; `None` if nobody answers, or it is not one to be trusted.
pub(super) fn connect(root: &Path) -> Result<Option<UnixStream>, StoreError> {
    let door = root.join(DOOR);
    if !is_trusted(root, &door) {
        return Ok(None);
    }
    let stream = Reached::through(root).and_then(|reached| UnixStream::connect(&reached.path));
    match stream {
        Ok(stream) => Ok(Some(stream)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound
                    | io::ErrorKind::ConnectionRefused
                    | io::ErrorKind::PermissionDenied
                    | io::ErrorKind::InvalidInput
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(StoreError::io("open", &door, error)),
    }
}

/// Whether somebody answers at the door of a store.
pub fn is_open(root: &Path) -> bool {
    matches!(connect(root), Ok(Some(_)))
}

/// Whether it is a socket of whoever the store belongs to, and of nobody else: another could have
/// put one there where the folder is open to all.
fn is_trusted(root: &Path, door: &Path) -> bool {
    let (Ok(door), Ok(store)) = (
        fs::symlink_metadata(door),
        fs::metadata(root.join("store.json")),
    ) else {
        return false;
    };
    door.file_type().is_socket() && door.uid() == store.uid() && door.mode() & 0o777 == 0o600
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::io("remove", path, error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A path to a socket that is short enough.
struct Reached {
    path: PathBuf,
    /// What the path leads through.
    _folder: Option<File>,
}

impl Reached {
    /// Reaches the socket in a folder.
    fn through(folder: &Path) -> io::Result<Self> {
        let path = folder.join(DOOR);
        if path.as_os_str().as_bytes().len() <= PATH_MAX_BYTES {
            return Ok(Self {
                path,
                _folder: None,
            });
        }
        let folder = File::open(folder)?;
        let short = format!("/proc/self/fd/{}", folder.as_raw_fd());
        if !Path::new(&short).exists() {
            let what = "its path is too long for a socket; name the store by a shorter one";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        Ok(Self {
            path: Path::new(&short).join(DOOR),
            _folder: Some(folder),
        })
    }
}
