//! One import, from opened inputs to the report.

use orch_core::ids::MissionId;

use crate::draft::{Draft, Taken};
use crate::error::ImportError;
use crate::format::{Family, Format};
use crate::input::{Input, Opened, Options};
use crate::reading::Meter;
use crate::report::Report;
use crate::scribe::Scribe;
use crate::{beads, naming, needle};

/// The mission name when neither the caller nor the source gives one.
const UNNAMED: &str = "imported";

/// An import that is recognised and named, and not yet read.
pub struct Import<'r> {
    mission: MissionId,
    family: Family,
    files: Vec<Opened<'r>>,
}

impl<'r> Import<'r> {
    /// Looks at the head of every input, says what it is and names the mission.
    ///
    /// # Errors
    /// When there is no input, when one is empty, binary, unreadable, not recognised or a log of
    /// orch itself, and when they are of several families.
    pub fn open(inputs: Vec<Input<'r>>, options: &Options) -> Result<Self, ImportError> {
        let mut files = inputs
            .into_iter()
            .map(Opened::open)
            .collect::<Result<Vec<_>, _>>()?;
        let first = files.first().ok_or(ImportError::NoInput)?;
        let family = first.format.family();
        if let Some(other) = files.iter().find(|file| file.format.family() != family) {
            return Err(ImportError::Mixed {
                first: first.name.clone(),
                first_family: family,
                second: other.name.clone(),
                second_family: other.format.family(),
            });
        }
        let named = options
            .mission
            .clone()
            .or_else(|| naming::mission_of(&files));
        let mission = match named {
            Some(mission) => mission,
            None => MissionId::parse(UNNAMED)?,
        };
        // Issues come first, because events do not tell the titles of what they are about.
        files.sort_by_key(|file| match file.format {
            Format::Needle => 0,
            Format::BeadsIssues => 1,
            Format::BeadsEvents => 2,
            Format::BeadsDependencies => 3,
        });
        Ok(Self {
            mission,
            family,
            files,
        })
    }

    /// Returns the mission that the records belong to.
    pub const fn mission(&self) -> &MissionId {
        &self.mission
    }

    /// Returns the tool whose journal it is.
    pub const fn family(&self) -> Family {
        self.family
    }

    /// Returns the name and format of each file, in the order of reading.
    pub fn files(&self) -> impl Iterator<Item = (&str, Format)> {
        self.files
            .iter()
            .map(|file| (file.name.as_str(), file.format))
    }

    /// Reads everything and hands each record on, in order.
    ///
    /// `on_progress` is told how many bytes have been read; `sink` says whether it wrote a draft
    /// or had it already, see [`Sealer`](crate::Sealer). What was handed on before an error
    /// stands: importing again completes it.
    ///
    /// # Errors
    /// When a reader fails or `sink` does; never because of what a row says.
    pub fn run(
        self,
        on_progress: &mut dyn FnMut(u64),
        sink: &mut dyn FnMut(Draft) -> Result<Taken, ImportError>,
    ) -> Result<Report, ImportError> {
        let mut meter = Meter::new(on_progress);
        let mut scribe = Scribe::new(self.mission, self.family, &self.files, sink)?;
        match self.family {
            Family::Beads => beads::import(self.files, &mut meter, &mut scribe)?,
            Family::Needle => needle::import(self.files, &mut meter, &mut scribe)?,
        }
        scribe.finish()
    }
}

impl std::fmt::Debug for Import<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Import")
            .field("mission", &self.mission)
            .field("family", &self.family)
            .finish_non_exhaustive()
    }
}
