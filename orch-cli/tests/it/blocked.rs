//! `orch blocked`.

use crate::support::{EXAMPLE, shown};

#[test]
fn blocked_lists_victims_as_well_as_roots() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "blocked"]));
}
