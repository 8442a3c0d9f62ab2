//! The failures that the five documents name from which the project grew.

mod s000_premature_completion;
mod s001_coordination;
mod s001_handoffs;
mod s002_stale_reviewer;
mod s003_gates;
mod s003_order_of_work;
mod s004_counts_and_ids;
mod s004_time_and_retries;
