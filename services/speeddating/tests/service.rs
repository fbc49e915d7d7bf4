//! The service through its gRPC client, in this process, with a small directory that really answers.

// Marked for clippy, which lets tests unwrap.
#[cfg(test)]
mod service {
    mod b2b;
    mod chain;
    mod changes;
    mod clashes;
    mod corrections;
    mod days;
    mod directory;
    mod employers;
    mod entries;
    mod erasure;
    mod exports;
    mod jobs;
    mod matrix;
    mod once;
    mod outcomes;
    mod overlaps;
    mod participation;
    mod partners;
    mod placements;
    mod plans;
    mod previews;
    mod races;
    mod rights;
    mod sizes;
    mod staging;
    mod staging_limits;
    mod undo;
    mod undoing;
    mod world;
}
