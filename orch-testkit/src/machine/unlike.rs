//! Where two states differ, told in the words of their JSON.

use serde_json::Value;

use crate::agree::differences;
use crate::oracle::Facts;

/// Lists where a state that is shown differs from one that is computed, by path; empty when nowhere.
///
/// Of what is wrong with a record, one reason is as good as another.
pub(super) fn unlike(shown: &Facts, told: &Facts) -> Vec<String> {
    let mut found = Vec::new();
    let value = |facts: &Facts| {
        let mut value = serde_json::to_value(facts).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            object.remove("records");
        }
        value
    };
    walk("", &value(shown), &value(told), &mut found);
    let records = |facts: &Facts| Facts {
        records: facts.records.clone(),
        ..Facts::default()
    };
    let of_records = differences(&records(shown), &records(told));
    found.extend(of_records.into_iter().map(|it| {
        let (fact, shown, told) = (it.fact, it.fold, it.oracle);
        format!("{fact}: shown {shown}, computed {told}")
    }));
    found
}

fn walk(path: &str, shown: &Value, told: &Value, found: &mut Vec<String>) {
    if shown == told {
        return;
    }
    if let (Value::Object(shown), Value::Object(told)) = (shown, told) {
        let more = told.keys().filter(|key| !shown.contains_key(*key));
        for key in shown.keys().chain(more) {
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let of = |object: &serde_json::Map<String, Value>| object.get(key).cloned();
            let (shown, told) = (of(shown), of(told));
            walk(
                &path,
                &shown.unwrap_or_default(),
                &told.unwrap_or_default(),
                found,
            );
        }
        return;
    }
    found.push(format!("{path}: shown {shown}, computed {told}"));
}
