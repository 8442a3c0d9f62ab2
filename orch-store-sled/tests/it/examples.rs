//! The examples tell the story that they promise.

use orch_store::coordinator::Coordinator;
use orch_store::desk::Desk;

#[expect(dead_code, reason = "its `main` only prints")]
#[path = "../../../examples/embed.rs"]
mod embed;
#[expect(dead_code, reason = "its `main` only prints")]
#[path = "../../../examples/sync.rs"]
mod sync;

/// The story, but for the joins, which come in any order.
const STORY: [&str; 9] = [
    "human:ada mission_opened",
    "human:ada task_declared",
    "human:ada task_declared",
    "agent:coder#1 dispatched",
    "agent:coder#1 handoff",
    "agent:writer#1 dispatched",
    "agent:writer#1 handoff",
    "human:ada receipt",
    "human:ada mission_closed",
];

fn assert_told(mut story: Vec<String>) {
    story.retain(|line| !line.ends_with("agent_joined"));
    assert_eq!(story, STORY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_that_are_tasks_hand_over_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::on(orch_store_sled::open_or_create(folder.path()).unwrap());
    assert_told(embed::story(desk).await.unwrap());
}

#[test]
fn agents_that_are_threads_hand_over_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let coordinator = Coordinator::on(orch_store_sled::open_or_create(folder.path()).unwrap());
    assert_told(sync::story(&coordinator).unwrap());
}
