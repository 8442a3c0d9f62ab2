//! Everything that a mission tells, along one story in which everything is used: each getter of each
//! view, reviewed as one text.

pub(crate) mod dump;
pub(crate) mod story;

use std::fmt::Write as _;

#[test]
fn what_every_view_tells_along_one_story() {
    let mut page = String::new();
    for (what, world) in story::chapters() {
        writeln!(page, "## {what}\n{}", dump::of(&world)).unwrap();
    }
    insta::assert_snapshot!(page);
}
