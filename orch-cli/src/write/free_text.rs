//! Free text: from the command line, a file or standard input; bounded, and UTF-8.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;

use super::Asked;
use crate::error::{CliError, ErrorCode};

/// The longest text that goes into a record, in bytes: a log is read whole.
const TEXT_MAX_BYTES: u64 = 1024 * 1024;

/// A file with a text, or `-` for standard input.
#[derive(Debug, Clone)]
pub(crate) struct TextFrom(PathBuf);

impl std::str::FromStr for TextFrom {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.into()))
    }
}

impl TextFrom {
    /// Standard input.
    pub(crate) fn standard_input() -> Self {
        Self("-".into())
    }

    /// Reads the text.
    ///
    /// # Errors
    /// When there is no such file, or what it holds is too long or no text.
    pub(crate) fn read(&self) -> Result<String, CliError> {
        if self.0 == Path::new("-") {
            return bounded(io::stdin().lock(), "standard input");
        }
        let name = self.0.display().to_string();
        let file = File::open(&self.0).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                return CliError::new(ErrorCode::BadText, format!("there is no file {name}"));
            }
            CliError::io(format!("cannot open {name}"), &error)
        })?;
        bounded(file, &name)
    }
}

/// A text, or the file that it is in.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct TextArgs {
    /// The text
    #[arg(
        value_name = "TEXT",
        required_unless_present = "file",
        conflicts_with = "file",
        value_parser = NonEmptyStringValueParser::new()
    )]
    text: Option<String>,

    /// Read the text from a file; `-` is standard input
    #[arg(long, value_name = "FILE")]
    file: Option<TextFrom>,
}

impl TextArgs {
    /// Returns the file, if the text is in one.
    pub(crate) const fn from(&self) -> Option<&TextFrom> {
        self.file.as_ref()
    }

    /// Returns the text.
    pub(crate) fn text(&self, asked: &Asked<'_>) -> String {
        let said = self.text.as_deref().or(asked.text);
        said.unwrap_or_default().to_owned()
    }
}

fn bounded(reader: impl Read, name: &str) -> Result<String, CliError> {
    let mut bytes = Vec::new();
    let read = reader
        .take(TEXT_MAX_BYTES.saturating_add(1))
        .read_to_end(&mut bytes);
    read.map_err(|error| CliError::io(format!("cannot read {name}"), &error))?;
    if bytes.len() as u64 > TEXT_MAX_BYTES {
        let what =
            format!("{name} is longer than {TEXT_MAX_BYTES} bytes, the most a text may have");
        return Err(CliError::new(ErrorCode::BadText, what));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let what = format!("{name} is no UTF-8 text: byte {at} does not belong");
        CliError::new(ErrorCode::BadText, what)
    })?;
    // A pipe whose left side failed says nothing; to keep that would look like a result.
    if text.trim().is_empty() {
        return Err(CliError::new(
            ErrorCode::BadText,
            format!("{name} is empty"),
        ));
    }
    Ok(text)
}
