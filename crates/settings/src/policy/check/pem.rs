//! The text of certificates (PEM, RFC 7468), as editors and mail leave it.

/// UTF-8's byte order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Its lines as strict readers want them: without the byte order mark that Windows' editors put before a file (and so before each of
/// several that were put together), and without the blanks around a line.
pub fn pem_lines(bytes: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(bytes.len());
    for line in bytes.split(|byte| matches!(byte, b'\n' | b'\r')) {
        lines.extend_from_slice(line.strip_prefix(MARK).unwrap_or(line).trim_ascii());
        lines.push(b'\n');
    }
    lines
}

/// Whether there is a certificate in it, from its first line to its last. What it says is read where it is used.
pub(super) fn is_pem(bytes: &[u8]) -> bool {
    let lines = pem_lines(bytes);
    let mut lines = lines.split(|byte| *byte == b'\n');
    lines.any(|line| line == b"-----BEGIN CERTIFICATE-----") && lines.any(|line| line == b"-----END CERTIFICATE-----")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_do_to_a_file_is_undone() {
        let good = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n\n";
        let windows = b"\xef\xbb\xbf  -----BEGIN CERTIFICATE-----\t\n AAAA\n\t-----END CERTIFICATE----- \n";
        assert_eq!(pem_lines(windows), good);
        assert!(is_pem(good) && is_pem(windows));
        assert!(is_pem(b"# ours\r\n-----BEGIN CERTIFICATE-----\r\nAAAA\r\n-----END CERTIFICATE-----"));
        for none in [
            &b"> -----BEGIN CERTIFICATE-----\nAAAA\n> -----END CERTIFICATE-----\n"[..],
            b"-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n",
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            b"",
        ] {
            assert!(!is_pem(none), "{}", String::from_utf8_lossy(none));
        }
    }
}
