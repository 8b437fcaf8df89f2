//! Windows: the page is shown by the WebView2 runtime, which is a part of Windows 11 and of Windows 10 that is kept up to date. Where it is
//! missing, that is said in words; without a window nothing of it is needed.

use rfd::{MessageButtons, MessageDialog, MessageLevel};

/// Whether the runtime is installed. If not, says so: in the console, where there is one, and in a box.
pub fn is_there() -> bool {
    let Err(error) = tauri::webview_version() else { return true };
    tracing::debug!(%error, "no web view");
    let text = words(sys_locale::get_locale().as_deref().unwrap_or_default());
    eprintln!("visavis: {text}");
    MessageDialog::new()
        .set_level(MessageLevel::Error)
        .set_title("Visavis")
        .set_description(text)
        .set_buttons(MessageButtons::Ok)
        .show();
    false
}

/// The sentence in the language of `locale`; English where we do not speak it.
fn words(locale: &str) -> &'static str {
    match locale.split(['-', '_']).next() {
        Some("fr") => {
            "Visavis a besoin de Microsoft Edge WebView2 Runtime, qui n’est pas installé sur cet ordinateur. \
             Demandez à votre service informatique de l’installer."
        }
        Some("de") => {
            "Visavis braucht die Microsoft Edge WebView2-Laufzeit, die auf diesem Computer nicht installiert ist. \
             Bitten Sie Ihre IT-Abteilung, sie zu installieren."
        }
        Some("nl") => {
            "Visavis heeft de Microsoft Edge WebView2-runtime nodig, die niet op deze computer is geïnstalleerd. \
             Vraag uw IT-afdeling om deze te installeren."
        }
        _ => {
            "Visavis needs the Microsoft Edge WebView2 Runtime, which is not installed on this computer. \
             Ask your IT department to install it."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_in_the_language_of_the_system() {
        assert!(words("fr-FR").contains("besoin") && words("de_AT").contains("braucht"));
        assert_eq!(words(""), words("en-GB"));
    }
}
