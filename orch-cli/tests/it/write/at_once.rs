//! Several processes that write at the same time.

use crate::support::live::Live;

#[test]
fn of_agents_that_claim_at_once_one_has_the_task_and_the_others_are_told_who() {
    let mut live = Live::with_task();
    let names = ["a", "b", "c", "d"];
    for name in names {
        live.ok(&format!("agent register {name}"));
    }
    let claims = names.map(|name| format!("-A {name} claim login"));
    let ended = live.at_once(&claims);
    assert_eq!(ended[0].0, 0, "{ended:?}");
    for (exit, error) in &ended[1..] {
        assert_eq!((*exit, &error["code"]), (5, &"parallel_attempts".into()));
        assert_eq!(error["evidence"][0]["record"], 9);
    }
}

#[test]
fn one_command_that_is_asked_for_several_times_at_once_is_carried_out_once() {
    let mut live = Live::with_task();
    let lines = vec!["note hello --op k1".to_owned(); 4];
    let ended = live.at_once(&lines);
    let outcomes: Vec<&str> = ended
        .iter()
        .map(|(_, it)| it["data"]["outcome"].as_str().unwrap())
        .collect();
    let n_accepted = outcomes
        .iter()
        .filter(|outcome| **outcome == "accepted")
        .count();
    assert_eq!((n_accepted, outcomes.len()), (1, 4), "{outcomes:?}");
    assert_eq!(live.n_records(), 5);
}

#[test]
fn what_is_written_at_once_is_all_on_record() {
    let mut live = Live::with_task();
    let lines: Vec<String> = (0..6).map(|n| format!("note {n}")).collect();
    assert!(live.at_once(&lines).iter().all(|(exit, _)| *exit == 0));
    assert_eq!(live.n_records(), 10);
    assert_eq!(
        live.json("replay")["data"]["summary"]["anomalies"],
        serde_json::json!({})
    );
}
