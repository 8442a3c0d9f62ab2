//! A diff in words.

use super::out::{BlockerOut, ChangeOut, DiffOut, EndOut, FieldOut};
use crate::render::doc::{Doc, Line, Tone};
use crate::render::record::AnomalyOut;
use crate::render::time::{Times, records};

/// Writes the whole page.
pub(super) fn page(out: &DiffOut, doc: &mut Doc, times: &Times, is_verbose: bool) {
    let line = Line::new().text("from ").text(end(&out.before, times));
    doc.line(line.text(" to ").text(end(&out.after, times)));
    if !out.differs {
        doc.text("nothing differs");
        return;
    }
    both(doc, "verdict", out.before.verdict, out.after.verdict);
    both(doc, "phase", out.before.phase, out.after.phase);
    let counts = |end: &EndOut| end.counts.words();
    both(doc, "tasks", &counts(&out.before), &counts(&out.after));
    for (entity, title) in [
        ("mission", "mission"),
        ("task", "tasks"),
        ("agent", "agents"),
        ("obligation", "owed"),
    ] {
        let of = |change: &&ChangeOut| change.entity == entity;
        let changes: Vec<&ChangeOut> = out.changes.iter().filter(of).collect();
        section(doc, title, &changes, is_verbose, |change, doc| {
            write_change(change, doc, is_verbose);
        });
    }
    let blockers = mixed(&out.new_blockers, &out.gone_blockers);
    section(
        doc,
        "holds it up",
        &blockers,
        is_verbose,
        |(mark, one), doc| blocker(mark, one, doc),
    );
    let anomalies = mixed(&out.new_anomalies, &out.gone_anomalies);
    section(
        doc,
        "anomalies",
        &anomalies,
        is_verbose,
        |(mark, one), doc| anomaly(mark, one, doc),
    );
    let late = mixed(&out.new_late_evidence, &out.gone_late_evidence);
    section(
        doc,
        "late evidence",
        &late,
        is_verbose,
        |(mark, one), doc| {
            let line = marked(mark).text(format!("record {} ", one.record));
            let about = one.task.as_ref();
            let about = about.map_or_else(String::new, |task| format!(" about {task}"));
            let line = line.tone(Tone::Warn, one.code);
            doc.line(line.text(format!(" {} by {}{about}", one.kind, one.by)));
        },
    );
}

fn end(end: &EndOut, times: &Times) -> String {
    let place = if end.is_fork {
        "record of the fork"
    } else {
        "record"
    };
    let at = end
        .at
        .map_or_else(String::new, |at| format!(" ({})", times.point(at)));
    format!("{place} {}{at}", end.seq)
}

/// Writes what something is on both sides, if it is not the same.
fn both(doc: &mut Doc, name: &str, before: &str, after: &str) {
    if before != after {
        doc.field(name, format!("{before} -> {after}"));
    }
}

/// Writes a heading and the first of some things, or all of them.
fn section<T>(
    doc: &mut Doc,
    title: &str,
    items: &[T],
    is_verbose: bool,
    write: impl Fn(&T, &mut Doc),
) {
    const SHOWN_MAX: usize = 25;
    if items.is_empty() {
        return;
    }
    doc.gap();
    doc.text(format!("{title} ({})", items.len()));
    let shown = if is_verbose { items.len() } else { SHOWN_MAX };
    for item in items.iter().take(shown) {
        write(item, doc);
    }
    doc.more("  ", items.len(), shown);
}

fn mixed<'a, T>(new: &'a [T], gone: &'a [T]) -> Vec<(&'static str, &'a T)> {
    let new = new.iter().map(|one| ("NEW", one));
    new.chain(gone.iter().map(|one| ("GONE", one))).collect()
}

/// Begins a line with a mark.
fn marked(mark: &str) -> Line {
    Line::new().text("  ").padded(tone(mark), mark, 10).hang()
}

fn tone(mark: &str) -> Tone {
    match mark {
        "DONE" => Tone::Pass,
        "REOPENED" | "OWNER" => Tone::Warn,
        "ENDED" => Tone::Fail,
        _ => Tone::Strong,
    }
}

fn write_change(change: &ChangeOut, doc: &mut Doc, is_verbose: bool) {
    let words = change.marks.iter().map(|mark| mark.to_uppercase());
    let words: Vec<String> = words.collect();
    let first = words.first().map_or("", String::as_str);
    let line = marked(first).strong(&change.id);
    let others: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let line = if others.is_empty() {
        line
    } else {
        line.text(" ").tone(Tone::Strong, others.join(" "))
    };
    let is_whole = change
        .marks
        .iter()
        .any(|mark| matches!(*mark, "new" | "gone"));
    if is_whole && !is_verbose {
        // Of what was not there before, or is there no more, a few facts tell enough.
        let tells = ["title", "status", "owner", "owed_by", "owed_to", "task"];
        let facts = change
            .fields
            .iter()
            .filter(|field| tells.contains(&field.field.as_str()));
        let facts: Vec<String> = facts.map(brief).collect();
        let line = line.text("  ").text(facts.join(", "));
        doc.line(line.faint(format!("  ({})", records(&change.records))));
        return;
    }
    doc.line(line);
    for field in &change.fields {
        write_field(field, doc);
    }
}

/// A fact of something that is on one side only.
fn brief(field: &FieldOut) -> String {
    let value = field.after.as_ref().or(field.before.as_ref());
    let value = value.map_or("", String::as_str);
    match field.field.as_str() {
        "title" => format!("{value:?}"),
        name => format!("{name} {value}"),
    }
}

fn write_field(field: &FieldOut, doc: &mut Doc) {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
    let line = Line::new()
        .text(" ".repeat(12))
        .padded(Tone::Faint, &field.field, 16);
    let line = line.text(" ").hang();
    let line = line.text(format!(
        "{} -> {}",
        value(&field.before),
        value(&field.after)
    ));
    let whose = match field.side {
        "before" => " of before",
        _ => "",
    };
    doc.line(line.faint(format!("  (record {}{whose})", field.record)));
}

fn blocker(mark: &str, one: &BlockerOut, doc: &mut Doc) {
    let line = marked(mark);
    let task = one.task.as_ref();
    let line = match task {
        Some(task) => line.strong(task.as_str()).text(" "),
        None => line,
    };
    let line = line.tone(Tone::Warn, one.cause);
    let line = line.text(format!(", next: {}: {}", one.next, one.detail));
    doc.line(line.faint(if one.because.is_empty() {
        String::new()
    } else {
        format!("  ({})", records(&one.because))
    }));
}

fn anomaly(mark: &str, one: &AnomalyOut, doc: &mut Doc) {
    let line = marked(mark).text(format!("record {} ", one.seq));
    let line = line.tone(Tone::Warn, one.code);
    doc.line(line.text(format!(": {}", one.detail)));
}
