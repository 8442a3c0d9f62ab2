//! Ids that are the same in every import of the same rows.
//!
//! ```text
//! source = v5(orch, family, mission)   command = v5(source, row identity[, ordinal])
//! record = v5(command, n)
//! ```

use std::collections::HashMap;

use orch_core::ids::MissionId;
use uuid::Uuid;

use crate::format::Family;

/// The root of all ids that importers make; changing it would import everything anew.
const ROOT: Uuid = Uuid::from_u128(0x6f72_6368_2d69_5d70_af72_742e_726f_6f74);

/// Returns the identity of a source.
pub(crate) fn source(family: Family, mission: &MissionId) -> Uuid {
    derive(ROOT, &[family.as_str(), mission.as_str()])
}

/// Derives an id from another and some parts, no matter where one part ends and the next begins.
pub(crate) fn derive(parent: Uuid, parts: &[&str]) -> Uuid {
    let mut name = Vec::with_capacity(parts.iter().map(|part| part.len().saturating_add(8)).sum());
    for part in parts {
        // Without the length, ("ab", "c") and ("a", "bc") would be the same row.
        name.extend_from_slice(&(part.len() as u64).to_be_bytes());
        name.extend_from_slice(part.as_bytes());
    }
    Uuid::new_v5(&parent, &name)
}

/// Derives the id of the n-th of something.
pub(crate) fn nth(parent: Uuid, n: u32) -> Uuid {
    Uuid::new_v5(&parent, &n.to_be_bytes())
}

/// Tells rows apart that are the same in every byte, by how many came before.
#[derive(Debug, Default)]
pub(crate) struct Ordinals {
    seen: HashMap<Uuid, u32>,
}

impl Ordinals {
    /// Returns the id of the next row of this identity.
    pub(crate) fn place(&mut self, identity: Uuid) -> Uuid {
        let count = self.seen.entry(identity).or_insert(0);
        let ordinal = *count;
        *count = count.saturating_add(1);
        match ordinal {
            0 => identity,
            later => nth(identity, later),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_depend_on_every_part_and_on_where_it_ends() {
        let mission = MissionId::parse("m").unwrap();
        let root = source(Family::Beads, &mission);
        assert_ne!(root, source(Family::Needle, &mission));
        assert_ne!(derive(root, &["ab", "c"]), derive(root, &["a", "bc"]));
        assert_eq!(derive(root, &["ab", "c"]), derive(root, &["ab", "c"]));
    }

    #[test]
    fn identical_rows_get_different_ids_in_a_fixed_order() {
        let row = derive(ROOT, &["row"]);
        let (mut once, mut again) = (Ordinals::default(), Ordinals::default());
        let first: Vec<Uuid> = (0..3).map(|_| once.place(row)).collect();
        let second: Vec<Uuid> = (0..3).map(|_| again.place(row)).collect();
        assert_eq!(first, second);
        assert_ne!(first[0], first[1]);
        assert_ne!(first[1], first[2]);
    }
}
