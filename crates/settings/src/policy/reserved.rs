//! Keys of what this version has not: kept free, and said to be without effect.

use super::Words;

/// A key that a later version will know.
#[derive(Clone, Copy, Debug)]
pub struct Reserved {
    pub name: &'static str,
    pub title: Words,
}

const fn reserved(name: &'static str, en: &'static str, fr: &'static str) -> Reserved {
    Reserved { name, title: Words { en, fr } }
}

/// All of them, by name.
pub const RESERVED: &[Reserved] = &[
    reserved("AutoStart", "Start when somebody logs in", "Lancer à l’ouverture de session"),
    reserved(
        "CloseToTray",
        "Closing the window leaves the application in the tray",
        "Fermer la fenêtre laisse l’application dans la zone de notification",
    ),
    reserved("DisableFileTransfer", "No files sent or received", "Pas d’envoi ni de réception de fichiers"),
    reserved("DisableRemoteControl", "No control of another’s screen", "Pas de prise en main à distance"),
    reserved("ForceE2EE", "End-to-end encrypted meetings only", "Réunions chiffrées de bout en bout uniquement"),
    reserved(
        "HardwareAcceleration",
        "Encoders and decoders of the graphics card",
        "Encodeurs et décodeurs de la carte graphique",
    ),
    reserved(
        "ProxyPacUrl",
        "Address of a proxy configuration script (PAC)",
        "Adresse d’un script de configuration du proxy (PAC)",
    ),
    reserved("SignInRequired", "No meeting as a guest", "Pas de réunion sans compte"),
];
