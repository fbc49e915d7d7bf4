//! Reading files of both problems and checking answer files.

use timetable::Instance;

const WEIGHT: &str = r#"{"name": "kept out", "problem": "SPEEDDATING", "slots": 2, "tables": 1,
    "employers": [{"id": 0, "available": [0, 1]}], "candidates": [{"id": 0, "available": [1], "cap": 2}],
    "edges": [{"e": 0, "c": 0, "w": 3}]}"#;

const BREAKS: &str = r#"{"problem": "B2BSOP", "participants": 2, "tables": 1, "slots": 2, "sessions": {"am": [0], "pm": [1]},
    "meetings": [{"id": 0, "a": 0, "b": 1, "session": "pm", "fixed_slot": null}], "forbidden": [[], []],
    "precedences": [], "fairness_max_break_diff": 2}"#;

#[test]
fn the_field_problem_tells_the_kind() {
    assert!(
        matches!(Instance::read(WEIGHT), Ok(Instance::Weight(problem)) if problem.employers[0].cap == usize::MAX)
    );
    assert!(matches!(Instance::read(BREAKS), Ok(Instance::Breaks(problem)) if problem.slots == 2));
}

#[test]
fn an_answer_file_is_checked_in_words() {
    let weight = Instance::read(WEIGHT).expect("sound");
    let good = weight
        .check(r#"{"meetings": [{"e": 0, "c": 0, "slot": 1}], "seconds": 0.1}"#)
        .expect("an answer");
    assert_eq!((good.violations.len(), good.value, good.bound), (0, 3, 3));
    let bad = weight
        .check(r#"{"meetings": [{"e": 0, "c": 0, "slot": 0}]}"#)
        .expect("an answer");
    assert_eq!(
        bad.violations,
        ["candidate 0 has a meeting (with 0) in slot 0, but is not present then"]
    );
    let breaks = Instance::read(BREAKS).expect("sound");
    let good = breaks.check(r#"{"slots": [1]}"#).expect("an answer");
    assert_eq!((good.violations.len(), good.value, good.bound), (0, 0, 0));
    let bad = breaks.check(r#"{"slots": [0]}"#).expect("an answer");
    assert_eq!(bad.violations, ["meeting 0 is in slot 0, outside its session pm"]);
}

#[test]
fn what_is_no_instance_or_no_answer_is_named() {
    let fault = |text: &str| Instance::read(text).expect_err("faulty").to_string();
    assert!(fault("{").starts_with("this is not a timetable file: "));
    assert!(fault("{}").starts_with("the field `problem` is missing"));
    assert!(fault(r#"{"problem": "TSP"}"#).starts_with("unknown problem \"TSP\""));
    assert!(fault(r#"{"problem": "SPEEDDATING"}"#).contains("missing field `slots`"));
    let faulty = WEIGHT.replace("[0, 1]", "[0, 2]");
    assert_eq!(
        fault(&faulty),
        "employers[0]: slot 2 does not exist, slots are 0 to 1"
    );
    let breaks = Instance::read(BREAKS).expect("sound");
    let said = breaks
        .check(r#"{"infeasible": true, "because": []}"#)
        .expect_err("no slots")
        .to_string();
    assert_eq!(
        said,
        "the answer says that the problem is infeasible; only a list of slots can be checked"
    );
}
