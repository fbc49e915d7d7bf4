//! Rules under any input: slots, states, and corrections that never put anybody in two places.

#[cfg(test)]
mod domain {
    mod corrections;
    mod days;
    mod milestones;
    mod placements;
    mod solving;
    mod states;
    mod world;
}
