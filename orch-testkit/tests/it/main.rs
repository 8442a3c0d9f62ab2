//! Tests of the kit, and of the core through it.

mod invariants;
