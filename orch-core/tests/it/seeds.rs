//! The failures of the five documents that the project grew from, each as tests of its rule.

mod s000_premature_completion;
mod s001_coordination;
mod s002_stale_reviewer;
mod s003_orchestrator_role;
mod s004_plan_orchestrator;
