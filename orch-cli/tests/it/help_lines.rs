//! Every error ends with one command, and that command can be run.

use std::fs;
use std::path::Path;

use crate::support::{EXAMPLE, Journal, code, root, run_in, run_suggested};

const NEEDLE: &str =
    r#"{"bead":"bf-1","event":"dispatch","ts":"2026-08-06T02:09:14Z","worker":"echo"}"#;

/// What goes wrong: the exit code and the command.
const WRONG: &[(i32, &str)] = &[
    (1, "-S protected import auto N"),
    (1, "-S none/out.jsonl import auto N"),
    (1, "-S E export jsonl none/out.jsonl"),
    (1, "man E"),
    (2, "stauts"),
    (2, "status --no-such-flag"),
    (2, "show"),
    (2, "--at soon status"),
    (2, "--lock-timeout soon status"),
    (2, "import auto N"),
    (2, "-S out.jsonl -m \u{1} import auto N"),
    (2, "-S out.jsonl import auto folder"),
    (2, "-S folder import auto N"),
    (2, "-S E export jsonl folder"),
    (2, "-S E status --field data"),
    (3, "-S E status --field data.nothing"),
    (3, "-S missing.jsonl status"),
    (3, "-S folder status"),
    (3, "-S E -m nobody status"),
    (3, "-S E show nobody"),
    (3, "-S E why nobody"),
    (3, "-S E why-not nobody"),
    (3, "-S E --at 99 status"),
    (3, "-S E --at e:ffff status"),
    (3, "-S E --at -1day status"),
    (3, "-S E --at 20 show 30"),
    (3, "-S E show 99"),
    (3, "explain nothing"),
    (3, "help nothing"),
    (4, "-S two status"),
    (4, "-S two -m alpha status"),
    (4, "-S E --at e:0193 status"),
    (4, "-S E show coder"),
    (4, "-S twice --at 1 status"),
    (6, "-S E export jsonl N"),
    (6, "-S E export jsonl E --force"),
    (6, "-S out.jsonl import beads N"),
    (6, "-S W -m other import auto N"),
    (6, "-S two -m alpha-1 import auto N"),
    (6, "-S N import auto N"),
    (7, "-S empty.jsonl status"),
    (7, "-S prose.jsonl status"),
    (7, "-S binary.jsonl status"),
    (7, "-S array.json status"),
    (7, "-S pretty.json import auto pretty.json"),
    (7, "-S malformed.jsonl status"),
    (7, "-S out.jsonl import auto malformed.jsonl"),
    (7, "-S out.jsonl import auto E"),
    (7, "-S damaged import auto N"),
    (7, "-S E replay --strict"),
    (8, "-S newer.jsonl status"),
    (8, "-S rules.jsonl status"),
];

/// A folder with a file for each thing that can be wrong with one.
fn filled(folder: &Path) {
    let put = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    let example = fs::read_to_string(root().join(EXAMPLE)).unwrap();
    put("E", &example);
    put("N", NEEDLE);
    fs::create_dir(folder.join("folder")).unwrap();
    put("empty.jsonl", "");
    put("prose.jsonl", "Dear reader\n");
    put("binary.jsonl", "\u{0}\u{1}");
    put("array.json", &format!("[{NEEDLE}]"));
    put("pretty.json", "{\n\"bead\": 1\n}\n");
    put("malformed.jsonl", NEEDLE.trim_end_matches('}'));
    put("damaged", &format!("{example}rubbish\n"));
    put("newer.jsonl", &example.replace("{\"v\":1,", "{\"v\":7,"));
    let opened = |mission: &str, rules: u32| {
        let mut log = Journal::new(mission);
        let data = format!(r#"{{"title":"T","lead":"host","rules":{rules}}}"#);
        log.json("host", "mission_opened", data);
        log.text().to_owned()
    };
    put("rules.jsonl", &opened("future", 9));
    put(
        "two",
        &format!("{}{}", opened("alpha-1", 1), opened("alpha-2", 1)),
    );
    put("W", &opened("W", 1));
    fs::create_dir(folder.join("twice")).unwrap();
    put("twice/a.jsonl", &opened("m", 1));
    put("twice/b.jsonl", &opened("m", 1));
    put("protected", &opened("N", 1));
    let protected = folder.join("protected");
    let mut permissions = fs::metadata(&protected).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(protected, permissions).unwrap();
}

#[test]
fn every_error_ends_with_one_command_that_can_be_run() {
    for (exit, wrong) in WRONG {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path());
        let args: Vec<&str> = wrong.split(' ').collect();
        let output = run_in(folder.path(), &args);
        let said = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(code(&output), *exit, "{wrong}: {said}");
        assert!(said.contains("error["), "{wrong}: {said}");
        let help: Vec<&str> = said
            .lines()
            .filter_map(|line| line.strip_prefix("help: "))
            .collect();
        let [help] = help.as_slice() else {
            panic!("{wrong}: {said}");
        };
        // The same in JSON.
        let json = run_in(folder.path(), &[&args[..], &["--json"]].concat());
        let last = json.stderr.split(|&byte| byte == b'\n').rev().nth(1);
        let error: serde_json::Value = serde_json::from_slice(last.unwrap()).unwrap();
        assert_eq!(error["exit"], *exit, "{wrong}");
        assert!(error["hint"].as_str().unwrap().starts_with("orch "));
        // Last, because it may make what was missing.
        let ran = run_suggested(folder.path(), help);
        let said = String::from_utf8(ran.stderr.clone()).unwrap();
        assert_eq!(code(&ran), 0, "{wrong}: {help}: {said}");
    }
}
