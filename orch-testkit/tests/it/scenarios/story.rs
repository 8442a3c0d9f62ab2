//! A story: the log of a scenario as a fixture, and what holds at each of its records.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use orch_core::event::Event;
use orch_core::ids::{MissionId, Seq};
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::{Envelope, Record, read_lines};
use orch_testkit::invariants::{LogClass, assert_trace};
use orch_testkit::world::World;
use uuid::{Builder, Uuid};

use super::glance::Glance;
use super::telling::tell;

/// A log that tells what happened, and the moments at which it is looked at.
#[derive(Debug)]
pub(crate) struct Story {
    id: &'static str,
    records: Vec<Record>,
    later: Vec<(Seq, TimeDelta)>,
    /// How many wrong answers were looked for.
    n_wrong: usize,
}

impl Story {
    /// The story of a world, under an id such as `D01-relay-chain` and a title.
    pub(crate) fn of(id: &'static str, title: &str, world: &World) -> Self {
        let records = world.records.iter().map(|it| written(id, title, it));
        Self {
            id,
            records: records.collect(),
            later: Vec::new(),
            n_wrong: 0,
        }
    }

    /// Looks at the mission once more, so many minutes after a record and before the next.
    #[must_use]
    pub(crate) fn later(mut self, after: Seq, minutes: i64) -> Self {
        self.later.push((after, TimeDelta::minutes(minutes)));
        self
    }

    /// Asserts that something wrong shows at no record and at no later moment.
    #[track_caller]
    #[must_use]
    pub(crate) fn never(self, what: &str, wrong: impl Fn(&Glance) -> bool) -> Self {
        self.never_from(Seq(1), what, wrong)
    }

    /// Asserts that something wrong shows at no moment from a record on.
    #[track_caller]
    #[must_use]
    pub(crate) fn never_from(
        mut self,
        from: Seq,
        what: &str,
        wrong: impl Fn(&Glance) -> bool,
    ) -> Self {
        assert!(
            from.0 <= self.records.len() as u64,
            "{what}: never looked at"
        );
        for glance in self.glances().iter().filter(|it| it.seq >= from) {
            let (seq, now) = (glance.seq, glance.now);
            assert!(!wrong(glance), "{}: {what}, after {seq} at {now}", self.id);
        }
        self.n_wrong += 1;
        self
    }

    /// Asserts that something wrong shows at no moment before a record.
    #[track_caller]
    #[must_use]
    pub(crate) fn never_before(
        self,
        end: Seq,
        what: &str,
        wrong: impl Fn(&Glance) -> bool,
    ) -> Self {
        self.never(what, |it| it.seq < end && wrong(it))
    }

    /// Asserts that something shows at every moment after a record and before the next.
    #[track_caller]
    #[must_use]
    pub(crate) fn shows(self, at: Seq, what: &str, right: impl Fn(&Glance) -> bool) -> Self {
        let glances = self.glances();
        let mut looked = glances.iter().filter(|it| it.seq == at).peekable();
        assert!(looked.peek().is_some(), "{what}: never looked at");
        for glance in looked {
            let now = glance.now;
            assert!(
                right(glance),
                "{}: not {what}, after {at} at {now}",
                self.id
            );
        }
        self
    }

    /// Compares the log, of which some wrong answer must have been looked for, with its fixture, and what orch makes of it with its snapshot.
    ///
    /// `ORCH_UPDATE_FIXTURES=1` writes the fixture instead.
    #[track_caller]
    pub(crate) fn told(self) {
        assert!(
            self.n_wrong > 0,
            "{}: no wrong answer was looked for",
            self.id
        );
        let path = path_of(self.id);
        let text: String = self
            .records
            .iter()
            .flat_map(|record| [record.as_line(), "\n"])
            .collect();
        if std::env::var_os("ORCH_UPDATE_FIXTURES").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let kept = fs::read(&path).unwrap_or_default();
        assert!(
            kept == text.as_bytes(),
            "{} is not the log that the scenario makes: run with ORCH_UPDATE_FIXTURES=1",
            path.display()
        );
        let reading = read_lines(&kept);
        assert!(reading.bad.is_empty() && reading.records == self.records);
        self.holds_the_invariants();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(self.id, tell(&self.records, &self.glances())));
    }

    /// Holds the log against every invariant; one without a breach against those of decided logs too.
    #[track_caller]
    fn holds_the_invariants(&self) {
        let is_clean = Mission::fold(&self.records).anomalies().is_empty();
        let class = if is_clean {
            LogClass::Decided
        } else {
            LogClass::Any
        };
        if let Err(breaches) = assert_trace(&self.records, class) {
            panic!("{}: {breaches:#?}", self.id);
        }
    }

    /// The mission after each record, and at the later moments, in order.
    fn glances(&self) -> Vec<Glance> {
        let mut mission = Mission::new();
        let mut glances = Vec::new();
        for record in &self.records {
            let applied = mission.apply(record);
            let seq = record.seq();
            let mut look = |applied, after| {
                glances.push(Glance {
                    seq,
                    mission: mission.clone(),
                    applied,
                    now: record.at() + after,
                });
            };
            look(Some(applied), TimeDelta::zero());
            for &(_, after) in self.later.iter().filter(|(at, _)| *at == seq) {
                look(None, after);
            }
        }
        glances
    }
}

/// Where the log of a story is kept: incidents begin with a `D`, failures of the seeds with an `S`.
fn path_of(id: &str) -> PathBuf {
    let kind = if id.starts_with('D') {
        "incidents"
    } else {
        "seeds"
    };
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    fixtures.join(kind).join(format!("{id}.jsonl"))
}

/// A record of a world as a store would have written it: with the mission, the title and an id of
/// its own.
fn written(id: &str, title: &str, record: &Record) -> Record {
    let (name, _) = id.split_once('-').unwrap();
    let mission = MissionId::parse(&name.to_lowercase()).unwrap();
    let mut event = record.event().clone();
    if let Event::MissionOpened(opened) = &mut event {
        title.clone_into(&mut opened.title);
    }
    let mut envelope = record.envelope().clone();
    envelope.mission = mission;
    envelope.id = id_of(&envelope);
    Record::seal(envelope, event).unwrap()
}

/// The id that a record gets: from its mission and position, and from its time unless an importer
/// brings it.
fn id_of(envelope: &Envelope) -> Uuid {
    let mut bytes = u128::from(envelope.seq.0).to_be_bytes();
    let name = envelope.mission.as_str().as_bytes();
    bytes[6..][..name.len()].copy_from_slice(name);
    let builder = if let Actor::Import(_) = envelope.by {
        Builder::from_sha1_bytes(bytes)
    } else {
        let millis = u64::try_from(envelope.at.timestamp_millis()).unwrap();
        let mut random = [0; 10];
        random.copy_from_slice(&bytes[6..]);
        Builder::from_unix_timestamp_millis(millis, &random)
    };
    builder.into_uuid()
}
