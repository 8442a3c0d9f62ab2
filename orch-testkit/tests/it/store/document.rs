//! `docs/conformance.md` says which law holds for which store.

use orch_testkit::store::stores::{Jsonl, Memory};
use orch_testkit::store::{Report, Subject};

use super::sled::Sled;
use super::socket::Socket;
use crate::invariants::document;

/// The tests hold each store to what it claims, so that this is how a report on them comes out.
#[test]
fn the_document_shows_the_laws_that_each_store_has_to_hold() {
    let stores: [&dyn Subject; 4] = [&Memory, &Jsonl, &Sled, &Socket];
    document::hold("laws of stores", &Report::claimed(&stores).markdown());
}
