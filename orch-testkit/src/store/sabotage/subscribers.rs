//! Faults of being told what comes.

use std::thread;
use std::time::Duration;

use orch_store::cursor::{Cursor, Position};
use orch_store::journal::{Append, Page};
use orch_store::watch::{Watch, Woken};

use super::twisted::{Answer, Told, TwistedJournal};

type Paged = Told<Page>;

/// Keeps who is to be woken by the twist itself.
pub(super) fn kept_apart(journal: &TwistedJournal, woken: Woken) -> Watch {
    journal.kept().woken.push(woken);
    Watch::new(())
}

/// 30: wakes everybody, and then commits.
pub(super) fn woken_before(journal: &TwistedJournal, append: Append) -> Answer {
    let woken = journal.kept().woken.clone();
    for woken in woken {
        woken();
    }
    thread::sleep(Duration::from_millis(1));
    journal.inner.append(append)
}

/// An append waits while a subscriber has not read what was sent to it, sixteen at most.
pub(super) fn waits_for_readers(journal: &TwistedJournal, append: Append) -> Answer {
    let n_unread = {
        let mut kept = journal.kept();
        kept.n_calls += 1;
        if kept.woken.is_empty() {
            0
        } else {
            kept.n_calls
        }
    };
    if n_unread > 16 {
        // Nobody reads, for ever.
        loop {
            thread::park();
        }
    }
    let woken = journal.kept().woken.clone();
    let answer = journal.inner.append(append);
    for woken in woken {
        woken();
    }
    answer
}

/// Whether a page is where catching up turns into following: it is not the first, and behind it
/// there is nothing yet.
fn is_hand_over(journal: &TwistedJournal, after: &Cursor, page: &Page) -> Told<bool> {
    let is_first = after.position == Position::ZERO;
    Ok(!is_first && !page.records.is_empty() && page.next == journal.inner.end()?)
}

/// 31: the record at the hand-over is given twice.
pub(super) fn overlaps(journal: &TwistedJournal, after: &Cursor, max: usize) -> Paged {
    let page = journal.inner.read_all(after, max)?;
    if !is_hand_over(journal, after, &page)? {
        return Ok(page);
    }
    let before = Cursor {
        position: Position(after.position.0 - 1),
        ..*after
    };
    journal.inner.read_all(&before, max.saturating_add(1))
}

/// The record at the hand-over is left out.
pub(super) fn misses_one(journal: &TwistedJournal, after: &Cursor, max: usize) -> Paged {
    let mut page = journal.inner.read_all(after, max)?;
    if is_hand_over(journal, after, &page)? {
        page.records.remove(0);
    }
    Ok(page)
}

/// 32: whoever is far behind goes on where there is still room for him.
pub(super) fn skips_when_behind(journal: &TwistedJournal, after: &Cursor, max: usize) -> Paged {
    let end = journal.inner.end()?.position.0;
    let mut from = *after;
    if end > after.position.0 + 500 {
        from.position = Position(end - 500);
    }
    journal.inner.read_all(&from, max)
}

/// A cursor stands for the five records in which it is.
pub(super) fn cursor_rounded(journal: &TwistedJournal, after: &Cursor, max: usize) -> Paged {
    let from = Cursor {
        position: Position(after.position.0 / 5 * 5),
        ..*after
    };
    let behind = after.position.0 - from.position.0;
    let n_more = usize::try_from(behind).unwrap();
    journal.inner.read_all(&from, max.saturating_add(n_more))
}
