//! The directory through its gRPC client, in this process: same encoding, deadline and token check as from outside.

// Marked for clippy, which lets tests unwrap.
#[cfg(test)]
mod service {
    mod accounts;
    mod bounds;
    mod consent;
    mod erasure;
    mod import;
    mod lists;
    mod retention;
    mod rights;
    mod surname;
    pub(crate) mod world;
}
