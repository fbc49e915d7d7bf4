//! The addresses of the pages, read from the sources. `tests/tests/console_ids.rs` includes this file too.

use std::{fs, path::Path};

/// Every address of the pages, as the router has it.
pub(crate) fn routes(console: &Path) -> Vec<String> {
    let mut found = Vec::new();
    read(&console.join("src/pages"), &mut found);
    read(&console.join("src/pages.rs"), &mut found);
    found.sort();
    found.dedup();
    assert!(found.len() > 90, "only {} addresses are found", found.len());
    found
}

fn read(place: &Path, found: &mut Vec<String>) {
    if place.is_dir() {
        for entry in fs::read_dir(place).unwrap() {
            read(&entry.unwrap().path(), found);
        }
        return;
    }
    let text = fs::read_to_string(place).unwrap();
    for route in text.split(".route(").skip(1) {
        let route = route.trim_start();
        let (prefix, rest) = match route.strip_prefix("&at(") {
            Some(rest) => ("/seances/{session}/planning", rest),
            None => ("", route),
        };
        let literal = rest.strip_prefix('"').and_then(|rest| rest.split('"').next());
        let literal = literal
            .unwrap_or_else(|| panic!("{}: an address is written in a way of its own", place.display()));
        found.push(format!("{prefix}{literal}"));
    }
}
