//! A disk that remembers what it was asked to do, and which of that a power cut cannot take away.
//!
//! ```text
//! operations ─▶ pending: bytes of files, names in folders ─▶ a sync ─▶ durable
//!                    └─ a power cut keeps any of them, whole or in part
//! ```
//! A file is durable when it was synced, a name when its folder was. A file system that keeps names
//! in order, as ext4 with its journal does, leaves some of these states and no other.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::image::{Bytes, Image};
use super::recording::{Op, Recording};

/// A file or a folder, whatever its name.
type Node = usize;

/// The folder that everything is below.
const ROOT: Node = 0;

/// What a node is.
#[derive(Debug, Clone)]
enum Kept {
    Folder(BTreeMap<OsString, Node>),
    /// As it was last put on the disk.
    File(Bytes),
    /// What a power cut leaves of it, while that is put together.
    Changed(Vec<u8>),
}

/// The nodes, and what each holds.
#[derive(Debug, Clone)]
struct Nodes(Vec<Kept>);

/// One thing that was asked of the disk.
#[derive(Debug, Clone)]
enum Change {
    Write(Node, u64, Range<usize>),
    Resize(Node, u64),
    /// Names that change together: in which folder, which, and what it leads to then.
    Names(Vec<(Node, OsString, Option<Node>)>),
}

#[derive(Debug, Clone)]
struct Item {
    change: Change,
    is_durable: bool,
    /// A sync of it failed, so that another one does not bring it to the disk.
    is_given_up: bool,
}

/// The disk, after some operations.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    /// What the processes see.
    seen: Nodes,
    /// What is on the disk in any case.
    durable: Nodes,
    /// What came after that, in order.
    items: Vec<Item>,
    data: Arc<[u8]>,
}

/// How much of one thing a power cut leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Left {
    /// Nothing.
    Nothing,
    /// All.
    All,
    /// Some bytes of a write; the others are as they were, or zeros behind the end.
    Bytes(Range<usize>),
}

/// A thing that a power cut may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pending {
    /// A change of names.
    Names,
    /// A change of a file: where it was written, and how many bytes; no bytes for a new length.
    Bytes(u64, usize),
}

impl Disk {
    /// A disk that holds the base of a recording.
    pub(super) fn new(recording: &Recording) -> Self {
        let mut nodes = Nodes(vec![Kept::Folder(BTreeMap::new())]);
        for (path, bytes) in &recording.base.entries {
            let kept = match bytes {
                None => Kept::Folder(BTreeMap::new()),
                Some(bytes) => Kept::File(bytes.clone()),
            };
            let node = nodes.add(kept);
            if let Some((folder, name)) = nodes.place(path) {
                nodes.name(folder, &name, Some(node));
            }
        }
        Self {
            seen: nodes.clone(),
            durable: nodes,
            items: Vec::new(),
            data: Arc::clone(&recording.data),
        }
    }

    /// Does one operation.
    pub(super) fn take(&mut self, op: &Op) {
        match op {
            Op::Create(path) => self.make(path, Kept::File(Vec::new().into())),
            Op::MakeFolder(path) => self.make(path, Kept::Folder(BTreeMap::new())),
            Op::Link(from, to) => {
                let names = self.named(to, self.seen.find(from));
                self.change_names(names);
            }
            Op::Rename(from, to) => {
                let node = self.seen.find(from);
                let mut names = self.named(from, None);
                names.extend(self.named(to, node));
                self.change_names(names);
            }
            Op::Remove(path) => self.change_names(self.named(path, None)),
            Op::Write(path, at, bytes) => {
                if let Some(node) = self.seen.find(path) {
                    self.change(Change::Write(node, *at, bytes.clone()));
                }
            }
            Op::Resize(path, length) => {
                if let Some(node) = self.seen.find(path) {
                    self.change(Change::Resize(node, *length));
                }
            }
            Op::Sync(None) => {
                for item in &mut self.items {
                    item.is_durable |= !item.is_given_up;
                }
                self.settle();
            }
            Op::Sync(Some(path)) => {
                if let Some(node) = self.seen.find(path) {
                    self.sync(node);
                }
            }
            Op::FailedSync(path) => {
                if let Some(node) = self.seen.find(path) {
                    let items = self.items.iter_mut().filter(|item| item.is_of(node));
                    items.for_each(|item| item.is_given_up = true);
                }
            }
            Op::Said(_) => {}
        }
    }

    fn make(&mut self, path: &Path, kept: Kept) {
        if self.seen.find(path).is_some() {
            return;
        }
        let node = self.seen.add(kept.clone());
        self.durable.add(kept);
        self.change_names(self.named(path, Some(node)));
    }

    fn named(&self, path: &Path, node: Option<Node>) -> Vec<(Node, OsString, Option<Node>)> {
        let place = self.seen.place(path);
        place
            .map(|(folder, name)| (folder, name, node))
            .into_iter()
            .collect()
    }

    fn change_names(&mut self, names: Vec<(Node, OsString, Option<Node>)>) {
        self.change(Change::Names(names));
    }

    fn change(&mut self, change: Change) {
        self.seen.take(&change, &Left::All, &self.data);
        self.items.push(Item {
            change,
            is_durable: false,
            is_given_up: false,
        });
    }

    fn sync(&mut self, node: Node) {
        for item in self.items.iter_mut().filter(|item| item.is_of(node)) {
            item.is_durable |= !item.is_given_up;
        }
        self.settle();
    }

    /// Puts what is durable where nothing before it can change it any more.
    fn settle(&mut self) {
        let mut waiting: Vec<Item> = Vec::new();
        for item in std::mem::take(&mut self.items) {
            let is_free = waiting.iter().all(|before| !before.touches(&item));
            if item.is_durable && is_free {
                self.durable.take(&item.change, &Left::All, &self.data);
            } else {
                waiting.push(item);
            }
        }
        self.items = waiting;
        self.durable.keep();
    }

    /// Lists what a power cut may take, in order.
    pub(super) fn pending(&self) -> Vec<Pending> {
        let pending = self.items.iter().filter(|item| !item.is_durable);
        let told = pending.map(|item| match &item.change {
            Change::Names(_) => Pending::Names,
            Change::Write(_, at, bytes) => Pending::Bytes(*at, bytes.len()),
            Change::Resize(..) => Pending::Bytes(0, 0),
        });
        told.collect()
    }

    /// Returns what is there after a power cut that leaves this of each thing that is pending.
    pub(super) fn after(&self, left: &[Left]) -> Image {
        let mut nodes = self.durable.clone();
        let mut left = left.iter();
        for item in &self.items {
            let left = if item.is_durable {
                &Left::All
            } else {
                left.next().unwrap_or(&Left::Nothing)
            };
            nodes.take(&item.change, left, &self.data);
        }
        nodes.image()
    }

    /// Returns what the processes see.
    pub(super) fn seen(&self) -> Image {
        self.seen.clone().image()
    }
}

impl Recording {
    /// Returns what all operations lead to.
    pub fn end(&self) -> Image {
        let mut disk = Disk::new(self);
        for op in &self.ops {
            disk.take(op);
        }
        disk.seen()
    }
}

impl Item {
    /// Whether a sync of a node is about this.
    fn is_of(&self, node: Node) -> bool {
        match &self.change {
            Change::Write(own, ..) | Change::Resize(own, _) => *own == node,
            Change::Names(names) => names.iter().any(|(folder, ..)| *folder == node),
        }
    }

    /// Whether the order of two matters.
    fn touches(&self, other: &Self) -> bool {
        match &other.change {
            Change::Write(node, ..) | Change::Resize(node, _) => {
                !matches!(self.change, Change::Names(_)) && self.is_of(*node)
            }
            Change::Names(names) => match &self.change {
                Change::Names(own) => own.iter().any(|(folder, name, _)| {
                    names
                        .iter()
                        .any(|(other, same, _)| (other, same) == (folder, name))
                }),
                Change::Write(..) | Change::Resize(..) => false,
            },
        }
    }
}

impl Nodes {
    fn add(&mut self, kept: Kept) -> Node {
        self.0.push(kept);
        self.0.len() - 1
    }

    fn names(&self, node: Node) -> Option<&BTreeMap<OsString, Node>> {
        match self.0.get(node)? {
            Kept::Folder(names) => Some(names),
            Kept::File(_) | Kept::Changed(_) => None,
        }
    }

    fn find(&self, path: &Path) -> Option<Node> {
        let mut parts = path.iter();
        parts.try_fold(ROOT, |folder, name| self.names(folder)?.get(name).copied())
    }

    /// Returns the folder that a name is in, and the name there.
    fn place(&self, path: &Path) -> Option<(Node, OsString)> {
        let folder = self.find(path.parent()?)?;
        Some((folder, path.file_name()?.to_owned()))
    }

    fn name(&mut self, folder: Node, name: &OsString, node: Option<Node>) {
        if let Some(Kept::Folder(names)) = self.0.get_mut(folder) {
            match node {
                Some(node) => names.insert(name.clone(), node),
                None => names.remove(name),
            };
        }
    }

    fn take(&mut self, change: &Change, left: &Left, data: &[u8]) {
        if *left == Left::Nothing {
            return;
        }
        match change {
            Change::Names(names) => {
                for (folder, name, node) in names {
                    self.name(*folder, name, *node);
                }
            }
            Change::Resize(node, length) => {
                if let Some(bytes) = self.bytes(*node) {
                    bytes.resize(usize::try_from(*length).unwrap(), 0);
                }
            }
            Change::Write(node, at, range) => {
                let part = match left {
                    Left::Bytes(part) => part.clone(),
                    Left::All | Left::Nothing => 0..range.len(),
                };
                let written = data.get(range.start + part.start..range.start + part.end);
                let at = usize::try_from(*at).unwrap() + part.start;
                if let (Some(bytes), Some(written)) = (self.bytes(*node), written) {
                    bytes.resize(bytes.len().max(at + written.len()), 0);
                    if let Some(place) = bytes.get_mut(at..at + written.len()) {
                        place.copy_from_slice(written);
                    }
                }
            }
        }
    }

    /// The bytes of a file, to be changed.
    fn bytes(&mut self, node: Node) -> Option<&mut Vec<u8>> {
        let kept = self.0.get_mut(node)?;
        if let Kept::File(bytes) = kept {
            *kept = Kept::Changed(bytes.to_vec());
        }
        match kept {
            Kept::Changed(bytes) => Some(bytes),
            Kept::File(_) | Kept::Folder(_) => None,
        }
    }

    /// Keeps what was changed, so that it can be shared.
    fn keep(&mut self) {
        for kept in &mut self.0 {
            if let Kept::Changed(bytes) = kept {
                *kept = Kept::File(std::mem::take(bytes).into());
            }
        }
    }

    fn image(&mut self) -> Image {
        self.keep();
        let mut image = Image::default();
        self.add_to(&mut image, ROOT, Path::new(""));
        image
    }

    fn add_to(&self, image: &mut Image, folder: Node, below: &Path) {
        for (name, node) in self.names(folder).into_iter().flatten() {
            let path: PathBuf = below.join(name);
            match self.0.get(*node) {
                Some(Kept::File(bytes)) => {
                    image.entries.insert(path, Some(bytes.clone()));
                }
                Some(Kept::Folder(_)) => {
                    image.entries.insert(path.clone(), None);
                    self.add_to(image, *node, &path);
                }
                Some(Kept::Changed(_)) | None => {}
            }
        }
    }
}
