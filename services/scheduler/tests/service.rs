//! The scheduler through its gRPC client and the bus, in this process: same encoding, deadline and token check as from
//! outside, an unruly bus, a clock that stands.

// Marked for clippy, which lets tests unwrap.
#[cfg(test)]
mod service {
    mod by_hand;
    mod chain;
    mod digests;
    mod hold;
    mod intake;
    mod lists;
    mod outcomes;
    mod overtaken;
    mod policies;
    mod previews;
    mod rights;
    mod trial;
    pub(crate) mod world;
    mod zones;
}
