//! `orch completions`, `orch man`, `orch version` and `orch help`.

use crate::support::{code, run, shown};

#[test]
fn every_shell_gets_a_script() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(&["completions", shell]);
        assert_eq!(code(&output), 0);
        assert!(
            String::from_utf8(output.stdout)
                .unwrap()
                .contains("why-not")
        );
    }
}

#[test]
fn there_is_a_page_for_each_command() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man");
    let output = run(&["man", &pages.to_string_lossy()]);
    assert_eq!(
        code(&output),
        0,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for page in ["orch.1", "orch-why.1", "orch-why-not.1", "orch-import.1"] {
        let text = std::fs::read_to_string(pages.join(page)).unwrap();
        assert!(text.contains(".TH orch"), "{page}");
    }
    assert!(run(&["man"]).stdout.starts_with(b".ie"));
}

#[test]
fn the_topics_of_help_are_what_they_say() {
    insta::assert_snapshot!(shown(&["help", "exit-codes"]));
    insta::assert_snapshot!(shown(&["help", "positions"]));
    insta::assert_snapshot!(shown(&["help", "formats"]));
    insta::assert_snapshot!(shown(&["help", "writing"]));
    insta::assert_snapshot!(shown(&["help", "json"]));
    insta::assert_snapshot!(shown(&["help", "statsu"]));
    insta::assert_snapshot!(shown(&["help", "expressions"]));
}

#[test]
fn the_help_of_every_command_is_a_manual() {
    for command in [
        "status", "why", "why-not", "log", "show", "replay", "import", "export", "add", "handoff",
    ] {
        let by_word = run(&["help", command]);
        let by_flag = run(&[command, "--help"]);
        assert_eq!(by_word.stdout, by_flag.stdout, "{command}");
        let text = String::from_utf8(by_word.stdout).unwrap();
        assert!(text.contains("Example: orch"), "{command}: {text}");
    }
}

#[test]
fn the_version_names_what_it_reads() {
    insta::assert_snapshot!(shown(&["version"]));
    insta::assert_snapshot!(shown(&["version", "--json"]));
}
