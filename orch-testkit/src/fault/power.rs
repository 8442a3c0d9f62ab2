//! Power cuts: at every moment of a recording, every kind of what may be left.
//!
//! What was synced is there. Of everything else any choice may be: the choices that are tried are
//! none and all, each beginning, each but one, the last alone, a write of which some bytes are there,
//! a write of which the first bytes are missing, and some at random.

use std::collections::BTreeSet;
use std::path::Path;

use super::disk::{Disk, Left, Pending};
use super::image::Image;
use super::recording::{Op, Recording};

/// How much is tried.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Each how many-th moment is looked at; those at which something is said always are.
    pub stride: usize,
    /// How many choices are tried at each moment, evenly spread, besides none and all.
    pub choices_max: usize,
    /// At how many places a write is torn, besides its ends and the edges of sectors and pages.
    pub tears: usize,
    /// How many choices are drawn at random at each moment.
    pub draws: usize,
    /// The seed of these.
    pub seed: u64,
}

/// What a replay reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reached {
    /// How many moments.
    pub points: u64,
    /// How many states that differ.
    pub states: u64,
}

impl std::ops::AddAssign for Reached {
    fn add_assign(&mut self, more: Self) {
        self.points += more.points;
        self.states += more.states;
    }
}

/// A state after a power cut.
#[derive(Debug)]
pub struct Cut<'a> {
    /// How many operations had been done.
    pub after: usize,
    /// What is left.
    pub image: &'a Image,
    /// Which choice of what was pending it is.
    pub how: &'a str,
}

/// How many choices come first that are tried at each moment: none and all of names and of bytes.
const ALWAYS: usize = 4;

/// A choice of what is left, with its name.
type Choice = (String, Vec<Left>);

impl Recording {
    /// Goes over the states that power cuts may leave, each once, until one is not right.
    ///
    /// # Errors
    /// What the check says of the first that is not.
    pub fn cut_power<E>(
        &self,
        effort: Effort,
        mut check: impl FnMut(&Cut<'_>) -> Result<(), E>,
    ) -> Result<Reached, E> {
        let mut disk = Disk::new(self);
        let mut dice = Dice(effort.seed);
        let mut known = BTreeSet::new();
        let mut reached = Reached::default();
        let n_ops = self.ops.len();
        for after in 0..=n_ops {
            if let Some(op) = after.checked_sub(1).and_then(|last| self.ops.get(last)) {
                disk.take(op);
            }
            if !self.is_worth(after, effort.stride) {
                continue;
            }
            reached.points += 1;
            let n_acks = self.n_said(after);
            let choices = choices(&disk.pending(), effort, &mut dice);
            let stride = choices.len().div_ceil(effort.choices_max).max(1);
            for (n, (how, left)) in choices.into_iter().enumerate() {
                if n >= ALWAYS && n % stride != after % stride {
                    continue;
                }
                let image = disk.after(&left);
                // The same bytes are judged by what had been said, so they are another state then.
                if known.insert((n_acks, image.digest())) {
                    reached.states += 1;
                    let (image, how) = (&image, how.as_str());
                    check(&Cut { after, image, how })?;
                }
            }
        }
        Ok(reached)
    }

    /// A moment is worth looking at when it comes up, when something was just said, and at the end.
    fn is_worth(&self, after: usize, stride: usize) -> bool {
        let last = after.checked_sub(1).and_then(|last| self.ops.get(last));
        after.is_multiple_of(stride) || after == self.ops.len() || matches!(last, Some(Op::Said(_)))
    }

    fn n_said(&self, after: usize) -> usize {
        let ops = self.ops.iter().take(after);
        ops.filter(|op| matches!(op, Op::Said(_))).count()
    }
}

impl Cut<'_> {
    /// Puts the state into a folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, root: &Path) -> std::io::Result<()> {
        self.image.put(root)
    }
}

fn choices(pending: &[Pending], effort: Effort, dice: &mut Dice) -> Vec<Choice> {
    let names = choices_among(pending, |it| *it == Pending::Names);
    let bytes = choices_among(pending, |it| *it != Pending::Names);
    let mut choices = Vec::new();
    let ends = |all: &[(String, Vec<bool>)]| all.iter().take(2).cloned().collect::<Vec<_>>();
    // Every choice of the one with none and with all of the other.
    for (names, bytes) in [(names.clone(), ends(&bytes)), (ends(&names), bytes)] {
        for (name, kept) in &names {
            for (byte, written) in &bytes {
                let kept = kept.iter().zip(written).map(|(a, b)| left(*a || *b));
                choices.push((format!("names: {name}, bytes: {byte}"), kept.collect()));
            }
        }
    }
    for end in 0..pending.len() {
        let kept = (0..pending.len()).map(|at| left(at < end)).collect();
        choices.push((format!("the first {end}"), kept));
    }
    for (at, it) in pending.iter().enumerate() {
        let Pending::Bytes(from, n_bytes) = it else {
            continue;
        };
        for part in tears(*from, *n_bytes, effort.tears) {
            for (others, is_later) in [("those before", false), ("all others", true)] {
                let how = format!("{others}, and bytes {part:?} of write {at}");
                let kept = (0..pending.len()).map(|n| left(n < at || is_later));
                let mut kept: Vec<Left> = kept.collect();
                if let Some(torn) = kept.get_mut(at) {
                    *torn = Left::Bytes(part.clone());
                }
                choices.push((how, kept));
            }
        }
    }
    if pending.len() > 2 {
        for _ in 0..effort.draws {
            let kept = pending.iter().map(|_| left(dice.roll().is_multiple_of(2)));
            choices.push(("some at random".to_owned(), kept.collect()));
        }
    }
    choices
}

/// Choices among those things that are of a kind, none and all first; the others are not taken.
fn choices_among(
    pending: &[Pending],
    is_meant: impl Fn(&Pending) -> bool,
) -> Vec<(String, Vec<bool>)> {
    let meant: Vec<bool> = pending.iter().map(is_meant).collect();
    let n_meant = meant.iter().filter(|is_meant| **is_meant).count();
    let of = |is_kept: &dyn Fn(usize) -> bool| {
        let mut n = 0;
        let kept = meant.iter().map(|is_meant| {
            let is_kept = *is_meant && is_kept(n);
            n += usize::from(*is_meant);
            is_kept
        });
        kept.collect::<Vec<bool>>()
    };
    let mut choices = vec![
        ("none".to_owned(), of(&|_| false)),
        ("all".to_owned(), of(&|_| true)),
    ];
    for n in 0..n_meant {
        choices.push((format!("the first {n}"), of(&|at| at < n)));
        choices.push((format!("all but {n}"), of(&|at| at != n)));
    }
    if let Some(last) = n_meant.checked_sub(1) {
        choices.push(("the last".to_owned(), of(&|at| at == last)));
    }
    choices
}

/// Returns which bytes of a write may be there without the others: beginnings, and ends.
fn tears(from: u64, n_bytes: usize, n_more: usize) -> Vec<std::ops::Range<usize>> {
    if n_bytes < 2 {
        return Vec::new();
    }
    let mut places: BTreeSet<usize> = [1, n_bytes / 2, n_bytes - 1].into();
    for edge in [512, 4096] {
        let first = edge - from % edge;
        let edges = (first..n_bytes as u64).step_by(usize::try_from(edge).unwrap());
        places.extend(edges.map(|at| usize::try_from(at).unwrap()));
    }
    let step = n_bytes.div_ceil(n_more + 1).max(1);
    places.extend((step..n_bytes).step_by(step));
    let parts = places.into_iter().filter(|at| (1..n_bytes).contains(at));
    parts.flat_map(|at| [0..at, at..n_bytes]).collect()
}

const fn left(is_left: bool) -> Left {
    if is_left { Left::All } else { Left::Nothing }
}

/// Numbers that look random and can be had again.
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// Returns the next.
    pub const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
