//! The secret by which a sound server knows its person's programs.

use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Its length in octets (`NATIVE_COOKIE_LENGTH`). A server refuses any other one, also where it asks nobody for it.
const LENGTH: usize = 256;

/// The first whole one that lies where libpulse looks for it; where none does, nothing but zeros, as libpulse says then: a server that knows
/// its person by the socket lets them in.
pub fn find(environment: impl Fn(&str) -> Option<PathBuf>) -> Vec<u8> {
    places(environment).iter().find_map(|place| read(place)).unwrap_or_else(|| vec![0; LENGTH])
}

/// A folder of the configuration that is set counts instead of the usual one, not before it.
fn places(environment: impl Fn(&str) -> Option<PathBuf>) -> Vec<PathBuf> {
    let home = environment("HOME");
    let configuration = environment("XDG_CONFIG_HOME").or_else(|| home.as_ref().map(|home| home.join(".config")));
    let usual = configuration.map(|folder| folder.join("pulse/cookie"));
    let old = home.map(|home| home.join(".pulse-cookie"));
    [environment("PULSE_COOKIE"), usual, old].into_iter().flatten().collect()
}

fn read(place: &Path) -> Option<Vec<u8>> {
    // What waits for a writer, or never ends, is no cookie.
    if !std::fs::metadata(place).ok()?.is_file() {
        return None;
    }
    let mut cookie = vec![0; LENGTH];
    std::fs::File::open(place).ok()?.read_exact(&mut cookie).ok()?;
    Some(cookie)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_whole_one_counts_and_without_one_there_are_zeros() {
        let folder = std::env::temp_dir().join(format!("visavis-cookie-{}", std::process::id()));
        let [home, config, own] = ["home", "config", "own"].map(|name| folder.join(name));
        let of = |names: &[&str]| {
            find(|name| {
                let place = match name {
                    "HOME" => &home,
                    "XDG_CONFIG_HOME" => &config,
                    "PULSE_COOKIE" => &own,
                    _ => return None,
                };
                names.contains(&name).then(|| place.clone())
            })
        };
        let write = |place: PathBuf, octet: u8, length: usize| {
            std::fs::create_dir_all(place.parent().expect("a folder")).expect("made");
            std::fs::write(place, vec![octet; length]).expect("written");
        };
        let all = ["HOME", "XDG_CONFIG_HOME", "PULSE_COOKIE"];
        assert_eq!((of(&[]), of(&all)), (vec![0; LENGTH], vec![0; LENGTH]));
        write(home.join(".pulse-cookie"), 1, LENGTH);
        assert_eq!(of(&all), [1; LENGTH]);
        write(home.join(".config/pulse/cookie"), 2, LENGTH);
        assert_eq!((of(&["HOME"]), of(&all)), (vec![2; LENGTH], vec![1; LENGTH]));
        write(config.join("pulse/cookie"), 3, LENGTH);
        assert_eq!(of(&all), [3; LENGTH]);
        // One that is cut is none.
        write(own.clone(), 4, LENGTH - 1);
        assert_eq!(of(&all), [3; LENGTH]);
        write(own.clone(), 4, LENGTH + 1);
        assert_eq!(of(&all), [4; LENGTH]);
        std::fs::remove_dir_all(folder).expect("tidied");
    }
}
