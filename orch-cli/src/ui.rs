//! Standard output and standard error: the only place that prints.
//!
//! Data goes to standard output, everything else to standard error. Colour is decided by
//! `anstream`, which knows `NO_COLOR`, `CLICOLOR_FORCE` and `TERM=dumb`.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::{Color, Globals};
use crate::error::{CliError, ErrorCode};
use crate::escape;
use crate::render::doc::{Doc, Glyphs, Line, Span, Tone};

/// How long reading may take before a progress bar appears.
const PROGRESS_AFTER: Duration = Duration::from_secs(1);

/// The two streams, and how to write to them.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Ui {
    out: io::BufWriter<Box<dyn io::Write>>,
    err: Box<dyn io::Write>,
    out_has_colour: bool,
    err_has_colour: bool,
    out_is_terminal: bool,
    quiet: bool,
    glyphs: Glyphs,
    width: Option<usize>,
}

impl Ui {
    /// Sets the streams up as the flags say.
    pub(crate) fn new(globals: &Globals) -> Self {
        Self::with(globals.color, globals.ascii, globals.quiet)
    }

    fn with(color: Color, ascii: bool, quiet: bool) -> Self {
        let out_is_terminal = io::stdout().is_terminal();
        Self {
            out: io::BufWriter::with_capacity(64 * 1024, Box::new(io::stdout())),
            err: Box::new(io::stderr()),
            out_has_colour: has_colour(color, &io::stdout()),
            err_has_colour: has_colour(color, &io::stderr()),
            out_is_terminal,
            quiet,
            glyphs: if ascii {
                Glyphs::ASCII
            } else {
                Glyphs::UNICODE
            },
            width: width(out_is_terminal),
        }
    }

    /// Writes elsewhere than to the streams of this process, without colour.
    #[cfg(any(test, feature = "__fuzz"))]
    pub(crate) fn sent_to(self, out: Box<dyn io::Write>, err: Box<dyn io::Write>) -> Self {
        Self {
            out: io::BufWriter::new(out),
            err,
            out_has_colour: false,
            err_has_colour: false,
            out_is_terminal: true,
            ..self
        }
    }

    /// Sets the streams up for a command line that makes no sense.
    pub(crate) fn bare(color: Color, ascii: bool) -> Self {
        Self::with(color, ascii, false)
    }

    /// Begins a document that fits this output.
    pub(crate) const fn doc(&self) -> Doc {
        Doc::new(self.glyphs, self.width)
    }

    /// Prints a document to standard output.
    pub(crate) fn print(&mut self, doc: Doc) -> Result<(), CliError> {
        let (glyphs, width) = (doc.glyphs, doc.width);
        for line in doc.into_lines() {
            for row in line.fitted(width, glyphs.ellipsis) {
                write_row(&mut self.out, &row, self.out_has_colour).map_err(out_failed)?;
            }
        }
        Ok(())
    }

    /// Prints one line of JSON to standard output; the value is not changed by the escapes.
    pub(crate) fn print_json(&mut self, json: &str) -> Result<(), CliError> {
        writeln!(self.out, "{}", escape::json(json)).map_err(out_failed)
    }

    /// Prints the exact bytes of a record, unless a terminal would have to obey them.
    pub(crate) fn print_raw(&mut self, line: &str) -> Result<(), CliError> {
        let shown = if self.out_is_terminal {
            escape::json(line)
        } else {
            Cow::Borrowed(line)
        };
        self.out
            .write_all(shown.as_bytes())
            .and_then(|()| self.out.write_all(b"\n"))
            .map_err(out_failed)
    }

    /// Prints text that orch itself made, such as a completion script.
    pub(crate) fn print_own(&mut self, text: &[u8]) -> Result<(), CliError> {
        self.out.write_all(text).map_err(out_failed)
    }

    /// Prints a document to standard error, unless asked to be quiet.
    pub(crate) fn print_aside(&mut self, doc: Doc) -> Result<(), CliError> {
        if self.quiet {
            return Ok(());
        }
        let (glyphs, width) = (doc.glyphs, doc.width);
        for line in doc.into_lines() {
            for row in line.fitted(width, glyphs.ellipsis) {
                write_row(&mut self.err, &row, self.err_has_colour).map_err(out_failed)?;
            }
        }
        Ok(())
    }

    /// Says something besides the answer, unless asked to be quiet.
    pub(crate) fn note(&mut self, text: &str) -> Result<(), CliError> {
        self.aside(Tone::Faint, "note", text)
    }

    /// Says that the answer has to be taken with care, unless asked to be quiet.
    pub(crate) fn warn(&mut self, text: &str) -> Result<(), CliError> {
        self.aside(Tone::Warn, "warning", text)
    }

    fn aside(&mut self, tone: Tone, word: &str, text: &str) -> Result<(), CliError> {
        let mut doc = self.doc();
        let lead = Line::new().tone(tone, word).text(": ").hang();
        doc.line(lead.text(text));
        self.print_aside(doc)
    }

    /// Prints why the command stops, as text or as one line of JSON.
    pub(crate) fn fail(&mut self, error: &CliError, as_json: bool) {
        let result = if as_json {
            let json = serde_json::to_string(&error.as_json()).unwrap_or_default();
            writeln!(self.err, "{}", escape::json(&json))
        } else {
            self.fail_in_words(error)
        };
        // There is nowhere left to say that the last words were not heard.
        drop(result);
    }

    fn fail_in_words(&mut self, error: &CliError) -> io::Result<()> {
        let head = Line::new()
            .tone(Tone::Fail, format!("{}[{}]", headword(error), error.word()))
            .text(": ")
            .text(&error.message);
        let mut lines = vec![head];
        let excerpt = error.excerpt.iter();
        lines.extend(excerpt.flat_map(|excerpt| excerpt.lines(self.width)));
        let n_evidence = error.evidence.len();
        for (at, evidence) in error.evidence.iter().enumerate() {
            let is_last = at.saturating_add(1) == n_evidence;
            let branch = if is_last {
                self.glyphs.elbow
            } else {
                self.glyphs.tee
            };
            let mut line = Line::new().text("  ").faint(branch).text(" ").hang();
            if let Some(seq) = evidence.record {
                line = line.text(format!("record {seq} "));
            }
            lines.push(line.text(&evidence.text));
        }
        // A command stays on one line, or it cannot be copied.
        let help = Line::new().tone(Tone::Strong, "help").text(": ");
        lines.push(help.text(error.help()).keep());
        for line in lines {
            for row in line.fitted(self.width, self.glyphs.ellipsis) {
                write_row(&mut self.err, &row, self.err_has_colour)?;
            }
        }
        Ok(())
    }

    /// Begins to show how much is read, if somebody watches.
    pub(crate) fn progress(&self, n_bytes: u64) -> Progress {
        self.progress_as("reading {bar:30} {bytes}/{total_bytes}", n_bytes)
    }

    /// Begins to show how many records were looked at, if somebody watches.
    pub(crate) fn progress_of_records(&self, n_records: usize) -> Progress {
        let n_records = u64::try_from(n_records).unwrap_or(u64::MAX);
        self.progress_as("looking at records {bar:30} {pos}/{len}", n_records)
    }

    /// Begins to show how many logs were folded, if somebody watches.
    pub(crate) fn progress_of_logs(&self, n_logs: u64) -> Progress {
        self.progress_as("folding logs {bar:30} {pos}/{len}", n_logs)
    }

    fn progress_as(&self, template: &'static str, total: u64) -> Progress {
        Progress {
            started: Instant::now(),
            total,
            template,
            bar: None,
            is_wanted: !self.quiet && io::stderr().is_terminal(),
        }
    }

    /// Writes out what is buffered.
    pub(crate) fn flush(&mut self) -> Result<(), CliError> {
        self.out.flush().map_err(out_failed)
    }
}

/// Prints the help that clap made.
pub(crate) fn print_help(help: &clap::Error) {
    // A reader that went away is no failure, and there is no other way to say it.
    drop(help.print());
}

/// A progress bar on standard error that appears when something takes long.
pub(crate) struct Progress {
    started: Instant,
    total: u64,
    template: &'static str,
    bar: Option<ProgressBar>,
    is_wanted: bool,
}

impl Progress {
    /// Says how far the work is, and how much there is of it.
    pub(crate) fn of(&mut self, done: u64, total: u64) {
        self.total = total;
        self.at(done);
    }

    /// Says how far the work is.
    pub(crate) fn at(&mut self, done: u64) {
        if !self.is_wanted || self.started.elapsed() < PROGRESS_AFTER {
            return;
        }
        let (total, template) = (self.total, self.template);
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template(template);
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// What was written all the same is no error of the command, but it did not do what was meant.
fn headword(error: &CliError) -> &'static str {
    if error.code == ErrorCode::Late {
        "late"
    } else {
        "error"
    }
}

fn has_colour(wanted: Color, stream: &impl anstream::stream::RawStream) -> bool {
    match wanted {
        Color::Auto => AutoStream::choice(stream) != ColorChoice::Never,
        Color::Always => true,
        Color::Never => false,
    }
}

/// How wide the output may be: what `COLUMNS` says, else the terminal.
///
/// `None` when neither says anything: then nothing is cut off, for the sake of `grep`.
fn width(out_is_terminal: bool) -> Option<usize> {
    let said = std::env::var("COLUMNS").ok();
    let said = said.and_then(|columns| columns.parse::<usize>().ok());
    said.filter(|&columns| columns > 0)
        .or_else(|| out_is_terminal.then(terminal_width).flatten())
}

fn terminal_width() -> Option<usize> {
    let (columns, _) = terminal_size::terminal_size()?;
    Some(usize::from(columns.0)).filter(|&columns| columns > 0)
}

fn write_row(out: &mut impl io::Write, row: &[Span], has_colour: bool) -> io::Result<()> {
    let mut text: Vec<(Style, &str)> = Vec::with_capacity(row.len());
    for span in row {
        text.push((style(span.tone), &span.text));
    }
    // Trailing blanks only come from padding.
    while let Some((_, last)) = text.last_mut() {
        *last = last.trim_end_matches(' ');
        if !last.is_empty() {
            break;
        }
        text.pop();
    }
    for (style, text) in text {
        if !has_colour || style == Style::new() {
            write!(out, "{text}")?;
        } else {
            write!(out, "{style}{text}{style:#}")?;
        }
    }
    writeln!(out)
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Strong => Style::new().bold(),
        Tone::Pass => AnsiColor::Green.on_default(),
        Tone::Warn => AnsiColor::Yellow.on_default(),
        Tone::Fail => AnsiColor::Red.on_default().bold(),
        Tone::Faint => Style::new().dimmed(),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is the shape that `map_err` wants"
)]
fn out_failed(error: io::Error) -> CliError {
    CliError::io("cannot write the output", &error)
}
