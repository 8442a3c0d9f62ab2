//! Whether anything that a process does to a folder is hidden from the library.
//!
//! The kernel sees each call, however it is made; strace shows what the kernel sees.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Log, Shim, say_skipped};

/// The system calls that change a folder, and `chdir` because paths may be relative.
const TRACED: &str = "trace=open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,\
    copy_file_range,sendfile,splice,mmap,fsync,fdatasync,syncfs,sync_file_range,ftruncate,\
    truncate,fallocate,mkdir,mkdirat,link,linkat,rename,renameat,renameat2,unlink,unlinkat,rmdir,\
    chdir";

/// The calls of one run, as two see them.
#[derive(Debug)]
pub struct Compared {
    /// As the library does.
    pub counted: Log,
    /// As the kernel does; a file that is mapped to be written is among them.
    pub traced: Vec<String>,
}

/// Runs a command under both, or says that strace is not here or may not trace.
pub fn compare_with_strace(shim: &Shim, command: &Command, root: &Path) -> Option<Compared> {
    let folder = tempfile::tempdir().unwrap();
    let (trace, log) = (folder.path().join("trace"), folder.path().join("log"));
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-y", "-qq", "-e", "signal=none", "-e", TRACED, "-o"])
        .arg(&trace);
    // By this flag the command is preloaded, and strace itself is not.
    for (name, value) in shim.environment(root, &log, None) {
        strace.arg("-E").arg(format!("{name}={value}"));
    }
    strace.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        strace.env(name, value.unwrap_or_default());
    }
    if let Some(cwd) = command.get_current_dir() {
        strace.current_dir(cwd);
    }
    let is_run = strace.output().is_ok_and(|output| output.status.success());
    let text = std::fs::read_to_string(&trace).unwrap_or_default();
    if !is_run || text.is_empty() {
        say_skipped("no strace");
        return None;
    }
    let mut cwd = command
        .get_current_dir()
        .unwrap_or_else(|| Path::new("/"))
        .into();
    let lines = text.lines().filter(|line| is_ours(line, root, &mut cwd));
    Some(Compared {
        traced: lines.map(str::to_owned).collect(),
        counted: Log::parse(&std::fs::read_to_string(log).unwrap_or_default()),
    })
}

/// Tells whether a line of strace is a call that is to be counted.
fn is_ours(line: &str, root: &Path, cwd: &mut PathBuf) -> bool {
    let call = line.split_once(' ').map_or("", |(_, call)| call.trim());
    let Some((name, arguments)) = call.split_once('(') else {
        return false;
    };
    let is_below = |path: Option<&str>| path.is_some_and(|path| Path::new(path).starts_with(root));
    let fd = |index: usize| arguments.split(", ").nth(index).unwrap_or_default();
    match name {
        "chdir" => {
            let (_, to) = quoted(arguments).pop().unwrap_or_default();
            cwd.push(to);
            false
        }
        "write" | "pwrite64" | "writev" | "pwritev" | "pwritev2" | "sendfile" => {
            !fd(0).starts_with("1<") && is_below(path_of(fd(0)))
        }
        "fsync" | "fdatasync" | "syncfs" | "sync_file_range" | "ftruncate" | "fallocate" => {
            is_below(path_of(fd(0)))
        }
        "copy_file_range" | "splice" => is_below(path_of(fd(2))),
        "mmap" => {
            let is_written = fd(2).contains("PROT_WRITE") && fd(3).contains("MAP_SHARED");
            is_written && is_below(path_of(fd(4)))
        }
        // The second half of a call that another thread has interrupted.
        name if name.starts_with('<') => false,
        "open" | "openat" if !arguments.contains("O_CREAT") && !arguments.contains("O_TRUNC") => {
            false
        }
        _ => quoted(arguments).into_iter().any(|(before, path)| {
            let folder = path_of(before).map_or_else(|| cwd.clone(), PathBuf::from);
            folder.join(path).starts_with(root)
        }),
    }
}

/// Returns the path in `3</a/path>`.
fn path_of(fd: &str) -> Option<&str> {
    let (_, path) = fd.split_once('<')?;
    Some(path.split_once('>')?.0)
}

/// Returns each path between quotes, after the word before it.
fn quoted(arguments: &str) -> Vec<(&str, &str)> {
    let parts: Vec<&str> = arguments.split('"').collect();
    let (pairs, _rest) = parts.as_chunks();
    pairs.iter().map(|&[before, path]| (before, path)).collect()
}
