//! Files that are nobody else's, in a home that others may look into as well.

use std::io::{Result, Write as _};
use std::path::{Path, PathBuf};

/// Writes a file: beside it first, then over it, so that a crash loses nothing. It is the person's alone, and so is its folder where that was
/// not there yet.
///
/// # Errors
/// The folder or the file cannot be written.
pub fn keep_private(file: &Path, content: &[u8]) -> Result<()> {
    std::fs::rename(lay_beside(file, content)?, file)
}

/// The first half of that; gives where the content lies.
pub(crate) fn lay_beside(file: &Path, content: &[u8]) -> Result<PathBuf> {
    let mut folder = std::fs::DirBuilder::new();
    let mut options = std::fs::File::options();
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    folder.recursive(true).create(file.parent().unwrap_or(file))?;
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = file.with_file_name(name);
    // What a crash left there has its own mode.
    let _ = std::fs::remove_file(&beside);
    let mut out = options.write(true).create_new(true).open(&beside)?;
    out.write_all(content)?;
    out.sync_all()?;
    Ok(beside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_whole_and_the_persons_alone() {
        let folder = std::env::temp_dir().join(format!("visavis-private-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let file = folder.join("visavis/a.json");
        keep_private(&file, b"one").expect("kept");
        // One of before, and what a crash left beside it.
        for path in [&file, &file.with_file_name("a.json.new")] {
            std::fs::write(path, "open").expect("written");
            #[cfg(unix)]
            std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).expect("ours");
        }
        keep_private(&file, b"two").expect("kept");
        let left: Vec<_> = std::fs::read_dir(folder.join("visavis")).expect("a folder").flatten().collect();
        assert_eq!((left.len(), std::fs::read(&file).expect("there")), (1, b"two".to_vec()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
            assert_eq!((mode(&file), mode(&folder.join("visavis")), mode(&folder)), (0o600, 0o700, 0o700));
        }
        std::fs::remove_dir_all(&folder).expect("removable");
    }
}
