//! What the store and the actions upon it promise, on each database.

// Marked for clippy, which lets tests unwrap.
#[cfg(test)]
mod store {
    mod claims;
    mod hand;
    mod ledger;
    mod schema;
    mod world;
}
