use contracts::kinds;
use uuid::Uuid;

use super::*;

fn compile(text: &str) -> Result<Condition, String> {
    Condition::compile(text, &kinds::all().unwrap()["speed_dating"]).map_err(|said| said.english)
}

fn milestone(facts: &[(&str, Fact)]) -> Milestone {
    Milestone {
        subject: "speeddating.participation/1".into(),
        kind: "speed_dating".into(),
        revision: 1,
        times: None,
        parties: vec![],
        facts: facts
            .iter()
            .map(|(name, fact)| ((*name).to_owned(), fact.clone()))
            .collect(),
        state: State::Planned,
        organisation: Uuid::nil(),
        group: String::new(),
    }
}

fn holds(text: &str, milestone: &Milestone, told: bool) -> bool {
    let circumstances = Circumstances {
        role: "candidate",
        told,
        told_elsewhere: false,
        occasion: Occasion::Before,
        hours_left: 30,
    };
    compile(text).unwrap().holds(milestone, &circumstances)
}

#[test]
fn conditions_see_facts_and_circumstances() {
    let some = milestone(&[
        ("confirmed", Fact::Flag(true)),
        ("outcomes_missing", Fact::Number(2)),
    ]);
    let none = milestone(&[]);
    assert!(holds("", &none, false));
    assert!(holds("!told", &none, false) && !holds("!told", &none, true));
    assert!(holds("facts.confirmed", &some, false) && !holds("facts.confirmed", &none, false));
    assert!(
        holds("facts.outcomes_missing > 0", &some, false)
            && !holds("facts.outcomes_missing > 0", &none, true)
    );
    assert!(holds(
        "role == 'candidate' && hours_left < 48 && state == 'planned' && occasion == 'before'",
        &none,
        true
    ));
    assert!(holds(
        "cleared_reason == '' || facts.venue_name.startsWith('MdE')",
        &none,
        true
    ));
}

#[test]
fn lists_can_be_looked_into() {
    let meeting = |table: &str| BTreeMap::from([("table".to_owned(), table.to_owned())]);
    let some = milestone(&[("meetings", Fact::List(vec![meeting("T1"), meeting("T2")]))]);
    assert!(holds("size(facts.meetings) == 2", &some, false));
    assert!(holds(
        "facts.meetings.exists(m, has(m.table) && m.table == 'T2')",
        &some,
        false
    ));
    assert!(!holds(
        "facts.meetings.exists(m, has(m.table) && m.table == 'T3')",
        &some,
        false
    ));
}

#[test]
fn a_wrong_name_is_found_in_every_branch() {
    let error = compile("true || facts.confirmd").unwrap_err();
    assert!(
        error.contains("no fact `confirmd`") && error.contains("confirmed"),
        "{error}"
    );
    let error = compile("true || nonsense == 1").unwrap_err();
    assert!(
        error.contains("knows no `nonsense`") && error.contains("hours_left"),
        "{error}"
    );
    assert_eq!(
        compile("!confirmed").unwrap_err(),
        "write `facts.confirmed` for the fact"
    );
    let error = compile("facts.venue_name.shout()").unwrap_err();
    assert!(error.contains("no function `shout`"), "{error}");
}

#[test]
fn a_wrong_type_is_found_at_load() {
    for text in [
        "facts.outcomes_missing == 'x' && facts.outcomes_missing > 'x'",
        "facts.venue_name > 3",
        "!facts.venue_name",
    ] {
        let error = compile(text).unwrap_err();
        assert!(error.contains("type"), "{text}: {error}");
    }
    // Only reached when the flag is set.
    assert!(compile("facts.confirmed && facts.venue_name > 3").is_err());
    let error = compile("facts.meetings_count + 1").unwrap_err();
    assert!(error.contains("must be true or false"), "{error}");
}

#[test]
fn what_is_no_expression_says_where() {
    let error = compile("!told &&").unwrap_err();
    assert!(error.contains("column"), "{error}");
    assert!(
        compile(&"told || ".repeat(100))
            .unwrap_err()
            .contains("longer than")
    );
}
