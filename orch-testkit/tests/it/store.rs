//! Every store of the project, held against every law of a store.

mod jsonl {
    //! The plain-text journal.
    use orch_testkit::store::stores::Jsonl;

    orch_testkit::store_laws!(Jsonl);
}

mod memory {
    //! The store in memory.
    use orch_testkit::store::stores::Memory;

    orch_testkit::store_laws!(Memory);
}

mod document;
mod faulty;
mod mounts;
mod old_index;
mod outcomes;
mod plain;
mod racing;
mod shared;
mod sled;
mod socket;
mod sweeps;
mod teeth;
mod worker;
