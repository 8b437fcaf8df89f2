//! Signatures: minisign over every package, and Authenticode over what Windows runs, each where a key is given.
//!
//! | variable | what |
//! |---|---|
//! | `VISAVIS_MINISIGN_KEY` | file of the secret key, as `minisign -G` writes it |
//! | `VISAVIS_MINISIGN_PASSWORD_FILE` | file of its password; none where it has none |
//! | `VISAVIS_AUTHENTICODE_KEY` | file of certificate and key (PKCS #12) |
//! | `VISAVIS_AUTHENTICODE_PASSWORD_FILE` | file of its password |
//! | `VISAVIS_AUTHENTICODE_TIMESTAMP` | address of a time stamping service (RFC 3161); none where there is none |

use super::release::Release;
use crate::step::say;
use crate::tools::{self, TaskError};
use minisign::{PublicKey, SecretKey, SecretKeyBox};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What Authenticode needs from apt.
pub const AUTHENTICODE: &[&str] = &["osslsigncode", "openssl"];

/// Writes `FILE.minisig` beside the package; nothing where no key is given.
///
/// # Errors
/// The key or its password is none.
pub fn minisign(file: &Path, release: &Release) -> Result<(), TaskError> {
    let Some((key, password)) = given()? else { return Ok(()) };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let trusted = format!("timestamp:{}\tfile:{name}", release.epoch);
    let signature = signature(&key, password, &std::fs::read(file)?, &trusted)?;
    let mut beside = OsString::from(file);
    beside.push(".minisig");
    std::fs::write(&beside, signature)?;
    say(&format!("signed: {}", PathBuf::from(beside).display()));
    Ok(())
}

/// The public half of the key that is given, as text; `None` where none is.
///
/// # Errors
/// The key or its password is none.
pub fn public_key() -> Result<Option<String>, TaskError> {
    let Some((key, password)) = given()? else { return Ok(None) };
    let failed = |error: minisign::PError| TaskError::Failed(format!("minisign: {error}"));
    let public = PublicKey::from_secret_key(&opened(&key, password)?).and_then(|key| key.to_box()).map_err(failed)?;
    Ok(Some(public.into_string()))
}

/// The text of the key that is given, and its password.
fn given() -> Result<Option<(String, Option<String>)>, TaskError> {
    let Some(key) = std::env::var_os("VISAVIS_MINISIGN_KEY") else { return Ok(None) };
    let password = match std::env::var_os("VISAVIS_MINISIGN_PASSWORD_FILE") {
        Some(path) => Some(std::fs::read_to_string(path)?.trim_end_matches(['\r', '\n']).to_owned()),
        None => None,
    };
    Ok(Some((std::fs::read_to_string(key)?, password)))
}

fn opened(key: &str, password: Option<String>) -> Result<SecretKey, TaskError> {
    let failed = |error: minisign::PError| TaskError::Failed(format!("minisign: {error}"));
    let sealed = SecretKeyBox::from_string(key).map_err(failed)?;
    let key = match password {
        Some(password) => sealed.into_secret_key(Some(password)),
        None => sealed.into_unencrypted_secret_key(),
    };
    key.map_err(failed)
}

fn signature(key: &str, password: Option<String>, content: &[u8], trusted: &str) -> Result<String, TaskError> {
    let failed = |error: minisign::PError| TaskError::Failed(format!("minisign: {error}"));
    let signature = minisign::sign(None, &opened(key, password)?, content, Some(trusted), Some("signature of Visavis"));
    Ok(signature.map_err(failed)?.into_string())
}

/// A certificate with its key.
#[derive(Clone, Debug)]
pub struct Certificate {
    key: PathBuf,
    password: Option<PathBuf>,
    timestamp: Option<String>,
}

impl Certificate {
    /// The one that the environment names.
    pub fn given() -> Option<Self> {
        Some(Self {
            key: std::env::var_os("VISAVIS_AUTHENTICODE_KEY")?.into(),
            password: std::env::var_os("VISAVIS_AUTHENTICODE_PASSWORD_FILE").map(PathBuf::from),
            timestamp: std::env::var("VISAVIS_AUTHENTICODE_TIMESTAMP").ok(),
        })
    }

    /// Signs a program or an MSI in place.
    ///
    /// # Errors
    /// osslsigncode is missing or refuses.
    pub fn sign(&self, file: &Path) -> Result<(), TaskError> {
        let mut signed = OsString::from(file);
        signed.push(".signed");
        let mut command = Command::new("osslsigncode");
        command.arg("sign").arg("-pkcs12").arg(&self.key).args(["-h", "sha256", "-n", "Visavis"]);
        if let Some(password) = &self.password {
            command.arg("-readpass").arg(password);
        }
        if let Some(address) = &self.timestamp {
            command.arg("-ts").arg(address);
        }
        tools::run(command.arg("-in").arg(file).arg("-out").arg(&signed).stdout(Stdio::null()))?;
        Ok(std::fs::rename(signed, file)?)
    }
}

/// Signs a copy of a package with a certificate made for it, and lets osslsigncode look whether it holds.
///
/// # Errors
/// It does not.
pub fn try_certificate(package: &Path, folder: &Path) -> Result<(), TaskError> {
    std::fs::create_dir_all(folder)?;
    let copy = folder.join("signed.msi");
    std::fs::copy(package, &copy)?;
    std::fs::write(folder.join("password"), "for a test\n")?;
    let script =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=a test' -addext extendedKeyUsage=codeSigning \
                  -keyout key.pem -out certificate.pem 2>/dev/null
                  openssl pkcs12 -export -inkey key.pem -in certificate.pem -out key.p12 -passout file:password";
    tools::run(Command::new("sh").args(["-ec", script]).current_dir(folder))?;
    let certificate =
        Certificate { key: folder.join("key.p12"), password: Some(folder.join("password")), timestamp: None };
    certificate.sign(&copy)?;
    let mut verify = Command::new("osslsigncode");
    verify.arg("verify").arg("-CAfile").arg(folder.join("certificate.pem")).arg("-in").arg(&copy);
    tools::run(verify.stdout(Stdio::null()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minisign::{KeyPair, SignatureBox};
    use std::io::Cursor;

    #[test]
    fn a_signature_fits_its_file_and_no_other() {
        let pair = KeyPair::generate_encrypted_keypair(Some("words".into())).unwrap();
        let key = pair.sk.to_box(None).unwrap().to_string();
        let text = signature(&key, Some("words".into()), b"content", "file:a.deb").unwrap();
        let verify = |content: &'static [u8]| {
            let signature = SignatureBox::from_string(&text).unwrap();
            minisign::verify(&pair.pk, &signature, Cursor::new(content), true, false, false)
        };
        assert!(verify(b"content").is_ok());
        assert!(verify(b"contents").is_err());
        assert!(text.contains("file:a.deb"));
        assert!(signature(&key, Some("other".into()), b"content", "").is_err());
    }
}
