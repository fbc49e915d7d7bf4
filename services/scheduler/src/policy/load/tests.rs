use super::*;

const GOOD: &str = include_str!("../../../policies/speed-dating-candidate.yaml");

fn problems(text: &str) -> Vec<(usize, String, String)> {
    let checked = check(text, &contracts::kinds::all().unwrap());
    checked
        .problems
        .into_iter()
        .map(|problem| (problem.document, problem.path, problem.message.english))
        .collect()
}

fn paths(text: &str) -> Vec<String> {
    problems(text).into_iter().map(|(_, path, _)| path).collect()
}

#[test]
fn every_error_comes_at_once_with_its_path() {
    let text = r#"
apiVersion: jalon/v2
kind: ReminderPolicy
metadata: { name: Bad Name }
spec:
  milestone: speed_dating
  trigger: before
  surprise: 1
  offsets:
    - at: "48h"
    - at: "+2d"
      route: [pigeon]
    - at: "-P7D"
    - at: "-P7D"
  audience:
    - role: candidat
    - template: Ümlaut
  condition: facts.nope > 1
  window: always
  late: maybe
  on_unknown: 3
  useful_for: soon
  change: {}
  digest: { cron: "at dawn" }
"#;
    let mut found = paths(text);
    found.sort();
    assert_eq!(
        found,
        [
            "apiVersion",
            "metadata.name",
            "spec.audience[0]",
            "spec.audience[0].role",
            "spec.audience[1].role",
            "spec.audience[1].template",
            "spec.change",
            "spec.condition",
            "spec.digest.cron",
            "spec.late",
            "spec.offsets[0].at",
            "spec.offsets[1].at",
            "spec.offsets[1].route",
            "spec.offsets[3].at",
            "spec.on_unknown",
            "spec.surprise",
            "spec.useful_for",
            "spec.window",
        ]
    );
}

#[test]
fn each_problem_says_what_to_write() {
    for (from, to, path, hint) in [
        (
            "trigger: before",
            "trigger: after",
            "spec.offsets[0].at",
            "begin with `+`",
        ),
        (
            "role: candidate",
            "role: candidat",
            "spec.audience[0].role",
            "candidate, employer_contact",
        ),
        (
            "milestone: speed_dating",
            "milestone: speeddating",
            "spec.milestone",
            "employer_confirmation, speed_dating",
        ),
        ("late: skip", "late: no", "spec.late", "skip, now"),
        (
            "      template: speed_dating_week_before\n",
            "",
            "spec.audience[0]",
            "spec.offsets[0]",
        ),
        (
            "window: participants",
            "windows: participants",
            "spec.windows",
            "window",
        ),
        (
            "[sms, mail]",
            "[sms, sms]",
            "spec.offsets[1].route",
            "[sms, mail]",
        ),
        ("-1bd 17:00", "-1bd 5pm", "spec.offsets[2].at", "HH:MM"),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let found = problems(&GOOD.replacen(from, to, 1));
        let hit = found
            .iter()
            .any(|(_, at, message)| at == path && message.contains(hint));
        assert!(hit, "{from} → {to}: {found:?}");
    }
}

#[test]
fn several_documents_are_counted_and_broken_yaml_says_where() {
    let checked = check(&format!("{GOOD}\n---\n{GOOD}"), &contracts::kinds::all().unwrap());
    assert_eq!((checked.policies.len(), checked.problems.len()), (2, 0));
    let found = problems(&format!("{GOOD}\n---\n{}", GOOD.replace("-48h", "48h")));
    assert_eq!(
        found
            .iter()
            .map(|problem| (problem.0, problem.1.as_str()))
            .collect::<Vec<_>>(),
        [(2, "spec.offsets[1].at")]
    );
    let found = problems("apiVersion: [\n");
    assert!(found[0].1.is_empty() && found[0].2.contains("line"), "{found:?}");
    assert!(
        problems("")
            .iter()
            .any(|problem| problem.2.contains("no document"))
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_check_fall(text in "[ -~\n]{0,200}", line in "[a-z: !&*|>{}\\[\\]\"'-]{0,40}") {
        check(&text, &contracts::kinds::all().unwrap());
        check(&GOOD.replacen("late: skip", &line, 1), &contracts::kinds::all().unwrap());
        check(&GOOD.replacen("window: participants", &format!("condition: {text:?}"), 1), &contracts::kinds::all().unwrap());
    }
}

#[test]
fn urgent_is_for_changes_and_says_what_it_lacks() {
    let changed = include_str!("../../../policies/speed-dating-changed.yaml");
    assert_eq!(paths(changed), [] as [&str; 0]);
    let within = "urgent: { within: 48h, route: [sms, mail] }";
    assert_eq!(
        paths(&changed.replace(within, "urgent: { within: soon }")),
        ["spec.audience[0].urgent.route", "spec.audience[0].urgent.within"]
    );
    let reminder = GOOD.replace("- role: candidate", &format!("- role: candidate\n      {within}"));
    assert_eq!(paths(&reminder), ["spec.audience[0].urgent"]);
}

#[test]
fn a_missing_trigger_hides_no_faulty_offset() {
    let text = GOOD
        .replace("  trigger: before\n", "")
        .replace("at: \"", "at: \"x");
    let found = paths(&text);
    assert!(found.contains(&"spec.trigger".to_owned()), "{found:?}");
    assert!(found.contains(&"spec.offsets[0].at".to_owned()), "{found:?}");
}
