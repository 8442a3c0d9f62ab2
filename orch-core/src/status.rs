//! The transition tables: what each event does to each status, written out in full.
//!
//! There is one table per thing that has a status, and nothing else in the crate says what follows
//! what. Both sides of the core read them: `decide` turns a forbidden step into a rejection, and
//! the fold, which cannot refuse history, into an anomaly.

pub mod agent;
pub mod attempt;
pub mod gate;
pub mod task;

/// What an event does to a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step<S> {
    /// Allowed; the status becomes this.
    To(S),
    /// Allowed; the status stays as it is.
    Stays,
    /// Already so: nothing to do, and nothing wrong.
    Already,
    /// Forbidden; but it is a fact of the world, so a log that says it happened is believed, the
    /// status becomes this, and the record is marked (FOLD-4).
    Breach(S),
    /// Forbidden; a log that says so changes nothing.
    Refused,
}

/// Defines a flat enum with a stable word for every value, and the list of all of them.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize,
        )]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the stable word for the value.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use words;

/// Renders a whole table as text, one row a status, one column an event.
///
/// Cells: the new status; `·` for a step that leaves it; `=` for already so; `!status` for a
/// forbidden fact that is believed and marked; `-` for a forbidden step without effect.
pub fn render_table<S, E>(
    corner: &str,
    statuses: &[S],
    events: &[E],
    next: impl Fn(S, E) -> Step<S>,
) -> String
where
    S: Copy + std::fmt::Display,
    E: Copy + std::fmt::Display,
{
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let head = std::iter::once(corner.to_owned()).chain(statuses.iter().map(S::to_string));
    let rule = format!("|{}\n", "---|".repeat(statuses.len().saturating_add(1)));
    let body = events.iter().map(|&event| {
        let cells = statuses.iter().map(|&status| match next(status, event) {
            Step::To(to) => to.to_string(),
            Step::Stays => "·".to_owned(),
            Step::Already => "=".to_owned(),
            Step::Breach(to) => format!("!{to}"),
            Step::Refused => "-".to_owned(),
        });
        row(std::iter::once(event.to_string()).chain(cells).collect())
    });
    let rows: String = body.collect();
    row(head.collect()) + &rule + &rows
}
