//! The plain file journal, without any of its faults.

use orch_testkit::store::sabotage::Plain;

orch_testkit::store_laws!(Plain::default());
