//! Places where a live office would be damaged: folders that another program syncs, and network disks.

use std::path::Path;

/// Why a folder is no place for a live office.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shared {
    /// A sync program writes there behind our back.
    Synced,
    /// Another machine's disk, where locks and syncs do not hold.
    Network,
}

/// Whether a folder (or the nearest one above it that exists) is synced or on a network.
pub fn shared_folder(path: &Path) -> Option<Shared> {
    const SYNCED: &[&str] =
        &["dropbox", "onedrive", "google drive", "googledrive", "icloud drive", "com~apple~clouddocs", "nextcloud", "owncloud", "syncthing", "mega", "box sync"];
    let named = |part: &std::ffi::OsStr| {
        let part = part.to_string_lossy().to_lowercase();
        SYNCED.iter().any(|s| part == *s || part.strip_prefix(*s).is_some_and(|rest| rest.starts_with([' ', '-'])))
    };
    if path.iter().any(named) {
        return Some(Shared::Synced);
    }
    let there = path.ancestors().find(|p| p.exists())?;
    let kind = rustix::fs::statfs(there).ok()?.f_type as u64;
    // linux/magic.h: NFS, CIFS, SMB, SMB2, AFS, CODA, NCP, 9P, CEPH.
    const NETWORK: &[u64] = &[0x6969, 0xff53_4d42, 0x517b, 0xfe53_4d42, 0x5346_414f, 0x7375_7245, 0x564c, 0x0102_1997, 0x00c3_6400];
    NETWORK.contains(&(kind & 0xffff_ffff)).then_some(Shared::Network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synced_folders_are_told_by_name() {
        for (path, want) in [
            ("/home/ana/Dropbox/amparo", Some(Shared::Synced)),
            ("/home/ana/OneDrive - Oficina/x", Some(Shared::Synced)),
            ("/home/ana/Nextcloud", Some(Shared::Synced)),
            ("/tmp/megaphone", None),
        ] {
            assert_eq!(shared_folder(Path::new(path)), want, "{path}");
        }
    }
}
