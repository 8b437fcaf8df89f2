//! Starting with the person's session, where they want it: one file, or one value, of their own.
//!
//! Linux: Desktop Application Autostart Specification. Windows: the `Run` key of the person. macOS: a launch agent.

#[cfg(not(windows))]
use std::path::{Path, PathBuf};

#[cfg(not(windows))]
const NAME: &str = "eu.visavis.client";

/// Puts it in place, or takes it away.
///
/// Errors: the system's, or there is no place for it.
pub fn set(wanted: bool) -> std::io::Result<()> {
    let program = crate::program::path()?;
    #[cfg(windows)]
    return registry::set(wanted.then_some(program));
    #[cfg(not(windows))]
    {
        let file = file(|key| std::env::var_os(key)).ok_or(std::io::ErrorKind::NotFound)?;
        lay(&file, wanted.then(|| text(program)).as_deref())
    }
}

/// Where the system looks.
#[cfg(not(windows))]
fn file(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> Option<PathBuf> {
    let set = |key| variable(key).filter(|value| !value.is_empty()).map(PathBuf::from);
    if cfg!(target_os = "macos") {
        return Some(set("HOME")?.join(format!("Library/LaunchAgents/{NAME}.plist")));
    }
    let config = set("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    Some(config.or_else(|| Some(set("HOME")?.join(".config")))?.join(format!("autostart/{NAME}.desktop")))
}

/// Writes the file, or takes it away; one that is as wanted stays as it is.
#[cfg(not(windows))]
fn lay(file: &Path, text: Option<&str>) -> std::io::Result<()> {
    match text {
        Some(text) if std::fs::read_to_string(file).is_ok_and(|there| there == text) => Ok(()),
        Some(text) => {
            std::fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
            std::fs::write(file, text)
        }
        None => match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        },
    }
}

/// It waits as small as can be: nobody asked for a window.
#[cfg(not(windows))]
fn text(program: &Path) -> String {
    let program = program.to_string_lossy();
    if cfg!(target_os = "macos") {
        let program = program.replace('&', "&amp;").replace('<', "&lt;");
        return format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict><key>Label</key><string>{NAME}</string>\
             <key>ProgramArguments</key><array><string>{program}</string><string>--minimized</string></array>\
             <key>RunAtLoad</key><true/></dict></plist>\n"
        );
    }
    // Desktop Entry Specification, "The Exec key": quoted, and what is special in quotes is escaped, twice for a string.
    let quoted: String = program
        .chars()
        .flat_map(|c| if matches!(c, '"' | '`' | '$' | '\\') { vec!['\\', '\\', c] } else { vec![c] })
        .collect();
    let quoted = quoted.replace('%', "%%");
    // A program that was taken away is not missed at every start of the session.
    let tried = program.replace('\\', "\\\\");
    format!(
        "[Desktop Entry]\nType=Application\nName=Visavis\nTryExec={tried}\nExec=\"{quoted}\" --minimized\nIcon={NAME}\nTerminal=false\n\
         X-GNOME-Autostart-enabled=true\n"
    )
}

#[cfg(windows)]
mod registry {
    use std::os::windows::ffi::OsStrExt as _;
    use std::path::Path;
    use windows_sys::Win32::Foundation::{ERROR_FILE_NOT_FOUND, ERROR_SUCCESS};
    use windows_sys::Win32::System::Registry::{HKEY_CURRENT_USER, REG_SZ, RegDeleteKeyValueW, RegSetKeyValueW};

    const KEY: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";

    fn wide(text: &std::ffi::OsStr) -> Vec<u16> {
        text.encode_wide().chain([0]).collect()
    }

    pub fn set(program: Option<&Path>) -> std::io::Result<()> {
        let (key, name) = (wide(KEY.as_ref()), wide("Visavis".as_ref()));
        let outcome = match program {
            Some(program) => {
                let mut line = std::ffi::OsString::from("\"");
                line.push(program);
                line.push("\" --minimized");
                let line = wide(&line);
                // SAFETY: the three texts end with a zero and live until the call is over; the length is that of the line in octets.
                unsafe {
                    let length = (line.len() * 2) as u32;
                    RegSetKeyValueW(
                        HKEY_CURRENT_USER,
                        key.as_ptr(),
                        name.as_ptr(),
                        REG_SZ,
                        line.as_ptr().cast(),
                        length,
                    )
                }
            }
            // SAFETY: both texts end with a zero and live until the call is over.
            None => unsafe { RegDeleteKeyValueW(HKEY_CURRENT_USER, key.as_ptr(), name.as_ptr()) },
        };
        match outcome {
            ERROR_SUCCESS => Ok(()),
            ERROR_FILE_NOT_FOUND if program.is_none() => Ok(()),
            error => Err(std::io::Error::from_raw_os_error(error as i32)),
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn it_lies_where_the_system_looks() {
        let file = |pairs: &[(&str, &str)]| {
            file(|key| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| value.into()))
        };
        let expected = |folder: &str| Some(PathBuf::from(format!("{folder}/autostart/eu.visavis.client.desktop")));
        assert_eq!(file(&[("HOME", "/home/c")]), expected("/home/c/.config"));
        assert_eq!(file(&[("HOME", "/home/c"), ("XDG_CONFIG_HOME", "/etc/c")]), expected("/etc/c"));
        assert_eq!(file(&[("HOME", "/home/c"), ("XDG_CONFIG_HOME", "relative")]), expected("/home/c/.config"));
        assert_eq!(file(&[]), None);
    }

    #[test]
    fn it_comes_and_goes_and_a_strange_path_stays_one_word() {
        let folder = std::env::temp_dir().join(format!("visavis-autostart-{}", std::process::id()));
        let file = folder.join("autostart/x.desktop");
        lay(&file, None).expect("nothing to take away");
        let line = text(Path::new("/opt/a \"b\" 50%/visavis"));
        assert!(line.contains("Exec=\"/opt/a \\\\\"b\\\\\" 50%%/visavis\" --minimized\n"), "{line}");
        assert!(line.contains("TryExec=/opt/a \"b\" 50%/visavis\n"), "{line}");
        lay(&file, Some(&line)).expect("written");
        assert_eq!(std::fs::read_to_string(&file).expect("there"), line);
        lay(&file, None).expect("taken away");
        assert!(!file.exists());
        std::fs::remove_dir_all(folder).expect("removable");
    }
}
