#![doc = include_str!("../README.md")]

/// Milestone kinds: the facts that services may put on a milestone.
pub mod kinds;

/// What all services share.
pub mod common {
    /// Milestones and pages.
    #[expect(clippy::all, clippy::pedantic, reason = "generated")]
    pub mod v1 {
        tonic::include_proto!("jalon.common.v1");
    }
}

/// People, organisations, contact data, consent.
pub mod directory {
    /// First version.
    #[expect(clippy::all, clippy::pedantic, clippy::allow_attributes, reason = "generated")]
    pub mod v1 {
        tonic::include_proto!("jalon.directory.v1");
    }
}

/// Sessions, wishes, timetables.
pub mod speeddating {
    /// First version.
    #[expect(clippy::all, clippy::pedantic, clippy::allow_attributes, reason = "generated")]
    pub mod v1 {
        tonic::include_proto!("jalon.speeddating.v1");
    }
}

/// Milestones, policies, reminders.
pub mod scheduler {
    /// First version.
    #[expect(clippy::all, clippy::pedantic, clippy::allow_attributes, reason = "generated")]
    pub mod v1 {
        tonic::include_proto!("jalon.scheduler.v1");
    }
}

/// Templates, deliveries, messages.
pub mod notifier {
    /// First version.
    #[expect(clippy::all, clippy::pedantic, clippy::allow_attributes, reason = "generated")]
    pub mod v1 {
        tonic::include_proto!("jalon.notifier.v1");
    }
}

/// What ops does with a service, whichever it is.
pub mod operations {
    /// First version.
    #[expect(clippy::pedantic, clippy::allow_attributes, reason = "generated")]
    pub mod v1 {
        tonic::include_proto!("jalon.operations.v1");
    }
}

/// All files of proto/ as an encoded `FileDescriptorSet`, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
