//! Spans of time and clocks, as a person writes them.

use std::str::FromStr;
use std::time::Duration;

use orch_core::event::clock::ClockKind;
use orch_core::policy::{Clocks, Millis};

/// A span of time, such as `20m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Millis);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span = humantime::parse_duration(text).map_err(|error| error.to_string())?;
        let millis = u64::try_from(span.as_millis()).map_err(|error| error.to_string())?;
        Ok(Self(Millis(millis)))
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let span = Duration::from_millis(self.0.0);
        // As one word: a span is part of a command line.
        let text = humantime::format_duration(span).to_string();
        f.write_str(&text.replace(' ', ""))
    }
}

/// A clock and how long it runs, written `CLOCK=SPAN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClockArg {
    clock: ClockKind,
    span: Span,
}

impl FromStr for ClockArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || ClockKind::ALL.map(ClockKind::as_str).join(", ");
        let (name, span) = text
            .split_once('=')
            .ok_or_else(|| "a clock is written CLOCK=SPAN, such as start=5m".to_owned())?;
        let clock = ClockKind::ALL
            .into_iter()
            .find(|clock| clock.as_str() == name);
        let clock =
            clock.ok_or_else(|| format!("there is no clock {name:?}; there is: {}", known()))?;
        Ok(Self {
            clock,
            span: span.parse()?,
        })
    }
}

/// Puts clocks together; `None` if there is none.
pub(crate) fn clocks(args: &[ClockArg]) -> Option<Clocks> {
    let mut clocks = Clocks::default();
    for arg in args {
        *place(&mut clocks, arg.clock) = Some(arg.span.0);
    }
    (!args.is_empty()).then_some(clocks)
}

/// Writes clocks the way they are read.
pub(super) fn clock_args(mut clocks: Clocks) -> Vec<String> {
    let set = ClockKind::ALL.into_iter().filter_map(|clock| {
        let span = (*place(&mut clocks, clock))?;
        Some(format!("{clock}={}", Span(span)))
    });
    set.collect()
}

const fn place(clocks: &mut Clocks, clock: ClockKind) -> &mut Option<Millis> {
    match clock {
        ClockKind::Start => &mut clocks.start_ms,
        ClockKind::Attempt => &mut clocks.attempt_ms,
        ClockKind::Alive => &mut clocks.alive_ms,
        ClockKind::Progress => &mut clocks.progress_ms,
        ClockKind::Report => &mut clocks.report_ms,
        ClockKind::Total => &mut clocks.total_ms,
        ClockKind::Reply => &mut clocks.reply_ms,
        // The core may name more clocks than this list.
        ClockKind::Ack | _ => &mut clocks.ack_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_read_the_way_they_are_written() {
        let words = ["start=5m", "total=1day2h", "ack=1s500ms"];
        let args: Vec<ClockArg> = words.map(|word| word.parse().unwrap()).to_vec();
        assert_eq!(clock_args(clocks(&args).unwrap()), words);
        assert_eq!(clocks(&[]), None);
        assert!("soon=5m".parse::<ClockArg>().unwrap_err().contains("alive"));
        assert!("start=5 parsecs".parse::<ClockArg>().is_err());
    }
}
