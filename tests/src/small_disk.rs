//! A disk so small that it can be filled.

use std::{
    fs::{self, File, Permissions},
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;
use tempfile::TempDir;

use crate::outside::output;

/// Unmounted when dropped.
pub struct SmallDisk {
    place: PathBuf,
    folder: TempDir,
}

impl SmallDisk {
    /// Of so many megabytes, in memory. None where one may not mount, which is said.
    #[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
    pub fn mount(megabytes: u32) -> Result<Option<Self>> {
        let folder = tempfile::tempdir()?;
        // A database runs as somebody else, who must be able to go through.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o711))?;
        let place = folder.path().join("disk");
        fs::create_dir(&place)?;
        let size = format!("size={megabytes}m");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&place);
        if let Err(error) = output(&mut mount) {
            eprintln!("skipped: a small disk needs the right to mount one (root, no container): {error}");
            return Ok(None);
        }
        Ok(Some(Self { place, folder }))
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        &self.place
    }

    /// A folder beside it, with room.
    pub fn beside(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the room that is left.
    pub fn fill(&self) -> Result<()> {
        let mut file = File::create(self.filler())?;
        let bytes = vec![1; 4096];
        while file.write_all(&bytes).is_ok() {}
        Ok(())
    }

    /// Gives it back.
    pub fn clear(&self) -> Result<()> {
        Ok(fs::remove_file(self.filler())?)
    }

    fn filler(&self) -> PathBuf {
        self.place.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: whoever still has a file open there closes it soon.
        drop(output(Command::new("umount").arg("--lazy").arg(&self.place)));
    }
}
