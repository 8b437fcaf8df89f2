//! The version that a program or a library of Windows bears in itself (the resource `VS_VERSIONINFO`).

/// What Windows' installer compares of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Four numbers, as `1.0.3800.47`.
    pub version: String,
    /// As Windows numbers them; 0 is none of them.
    pub language: u16,
}

/// `VS_FIXEDFILEINFO::dwSignature`.
const SIGNATURE: u32 = 0xFEEF_04BD;
/// Behind the names of both structures, up to the next four octets.
const PADDING: [u8; 2] = [0; 2];

/// What a file bears; `None` where it is one without a version.
///
/// The signature alone may stand in code that reads versions: only behind its structure's name it is one.
pub fn of(file: &[u8]) -> Option<Stamp> {
    let head = [&name("VS_VERSION_INFO")[..], &PADDING, &SIGNATURE.to_le_bytes()].concat();
    let fixed = after(file, &head)?;
    let number = |at: usize| Some(u16::from_le_bytes(fixed.get(at..at + 2)?.try_into().ok()?));
    // Behind the structure's own version dwFileVersionMS and dwFileVersionLS, each with its upper half behind the lower one.
    let version = format!("{}.{}.{}.{}", number(6)?, number(4)?, number(10)?, number(8)?);
    let translation = after(fixed, &[&name("Translation")[..], &PADDING].concat()).and_then(|found| found.get(..2));
    let language = translation.and_then(|octets| octets.try_into().ok()).map_or(0, u16::from_le_bytes);
    Some(Stamp { version, language })
}

/// UTF-16 with a zero at its end, as structures of resources are called.
fn name(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

/// What comes behind the first place where these octets stand.
fn after<'a>(file: &'a [u8], octets: &[u8]) -> Option<&'a [u8]> {
    let at = file.windows(octets.len()).position(|found| found == octets)?;
    file.get(at + octets.len()..)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// The resource as a compiler of resources writes it, with something before and behind it.
    pub fn resource(numbers: [u16; 4], translation: Option<[u16; 2]>) -> Vec<u8> {
        let [major, minor, patch, build] = numbers;
        let mut file = b"MZ code ".to_vec();
        // Code that looks for the signature holds it too.
        file.extend(SIGNATURE.to_le_bytes());
        file.extend([0xd0, 0x01, 52, 0, 0, 0]);
        file.extend(name("VS_VERSION_INFO"));
        file.extend(PADDING);
        file.extend(SIGNATURE.to_le_bytes());
        file.extend([0, 0, 1, 0]);
        file.extend([minor, major, build, patch].map(u16::to_le_bytes).concat());
        file.extend([0; 36]);
        if let Some(translation) = translation {
            file.extend([36, 0, 4, 0, 0, 0]);
            file.extend(name("Translation"));
            file.extend(PADDING);
            file.extend(translation.map(u16::to_le_bytes).concat());
        }
        file.extend(b"<assembly>");
        file
    }

    #[test]
    fn version_and_language_are_those_of_the_resource() {
        let stamp = |version: &str, language| Some(Stamp { version: version.into(), language });
        assert_eq!(of(&resource([1, 0, 3800, 47], Some([1033, 1200]))), stamp("1.0.3800.47", 1033));
        assert_eq!(of(&resource([0, 1, 0, 0], Some([0, 1200]))), stamp("0.1.0.0", 0));
        assert_eq!(of(&resource([255, 255, 65_535, 7], None)), stamp("255.255.65535.7", 0));
    }

    #[test]
    fn what_bears_none_or_ends_too_soon_has_no_version() {
        assert_eq!(of(b""), None);
        assert_eq!(of(b"MIT License"), None);
        assert_eq!(of(&SIGNATURE.to_le_bytes()), None, "a signature alone");
        let whole = resource([1, 2, 3, 4], None);
        let end = whole.len() - b"<assembly>".len() - 36;
        assert!(of(&whole[..end]).is_some());
        assert_eq!(of(&whole[..end - 1]), None);
    }
}
