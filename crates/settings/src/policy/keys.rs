//! The keys: the one place where each is written.

use super::value::Read;
use super::{
    CertificateFiles, Channel, DarkAccent, Effect, Fault, ForeignMeetings, Given, HostPatterns, IceTransport, Key,
    Kilobits, Language, Level, Levels, LightAccent, LogDetail, ManagedRooms, NoProxyList, PictureFile, PortRange,
    ProxyAddress, ProxyMode, SecretPlace, ServerAddress, Setting, ShortText, UpdatePlace, Value, Words,
};
use serde_json::Value as Json;

macro_rules! policy {
    ($($field:ident: $type:ty = $name:literal, $levels:ident, $effect:ident, $example:literal
        en { $default_en:literal, $title_en:literal, $text_en:literal }
        fr { $default_fr:literal, $title_fr:literal, $text_fr:literal }
    )*) => {
        /// What the organisation has decided, typed; a field for each key.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Policy {
            $(#[doc = $text_en] pub $field: Setting<$type>,)*
        }

        /// Every key, in the order in which administrators read them.
        pub const KEYS: &[Key] = &[$(Key {
            name: $name,
            form: <$type as Value>::FORM,
            levels: Levels::$levels,
            effect: Effect::$effect,
            example: $example,
            default: Words { en: $default_en, fr: $default_fr },
            title: Words { en: $title_en, fr: $title_fr },
            text: Words { en: $text_en, fr: $text_fr },
        },)*];

        impl Policy {
            /// Takes a value over what weaker places said. Gives what is shown of it, and what is wrong with it; `None` where
            /// no key is called so.
            pub(super) fn take(&mut self, name: &str, level: Level, json: &Json, given: Given<()>) -> Option<(Option<String>, Option<Fault>)> {
                match name {
                    $($name => {
                        let Read { value, fault } = <$type as Value>::read(json);
                        let shown = value.as_ref().map(Value::shown);
                        if let Some(value) = value {
                            let given = Given { value, scope: given.scope, origin: given.origin };
                            match level {
                                Level::Mandatory => self.$field.mandatory = Some(given),
                                Level::Recommended => self.$field.recommended = Some(given),
                            }
                        }
                        Some((shown, fault))
                    })*
                    _ => None,
                }
            }
        }
    };
}

policy! {
    organisation_name: ShortText = "OrganisationName", Mandatory, AtOnce, r#""Exemple Agglomération, DSI""#
    en { "none", "Name of the organisation",
        "Who manages this computer, as people are to read it beside every managed setting." }
    fr { "aucun", "Nom de l’organisation",
        "Qui gère cet ordinateur, tel qu’on le lira à côté de chaque réglage imposé." }

    brand_name: ShortText = "BrandName", Mandatory, AtOnce, r#""Visio de l’Agglo""#
    en { "Visavis", "Name beside the mark",
        "The name that stands at the top of the start screen, in place of ours. Windows and notices keep the name of the product." }
    fr { "Visavis", "Nom à côté de la marque",
        "Le nom en haut de l’écran d’accueil, à la place du nôtre. Les fenêtres et les notifications gardent le nom du produit." }

    brand_mark: PictureFile = "BrandMark", Mandatory, AtOnce, r#""/etc/visavis/marque.png""#
    en { "the mark of Visavis", "Mark",
        "Full path of a PNG file of 64 KiB at most, shown at most 160 × 32 points large, on light and dark ground: at most 640 × 128 pixels, with a transparent ground. In high contrast and forced colours only the name is shown." }
    fr { "la marque de Visavis", "Marque",
        "Chemin complet d’un fichier PNG de 64 Kio au plus, montré en 160 × 32 points au plus, sur fond clair et sombre : 640 × 128 pixels au plus, sur fond transparent. En contraste élevé et en couleurs imposées, seul le nom est montré." }

    brand_accent: LightAccent = "BrandAccent", Mandatory, AtOnce, r##""#0b5f66""##
    en { "#0b5f66", "Accent, light theme",
        "Colour of the main keys and of links, as #rrggbb. Its contrast with white is at least 4.5; one that is paler is refused, and told (VIS-POL-BRAND-81). Colours of states and of the meeting stay ours." }
    fr { "#0b5f66", "Couleur d’accent, thème clair",
        "Couleur des touches principales et des liens, en #rrggbb. Son contraste avec le blanc est d’au moins 4,5 ; une couleur plus pâle est refusée, et c’est dit (VIS-POL-BRAND-81). Les couleurs des états et de la réunion restent les nôtres." }

    brand_accent_dark: DarkAccent = "BrandAccentDark", Mandatory, AtOnce, r##""#74d0cc""##
    en { "#74d0cc", "Accent, dark theme",
        "The same in the dark theme: its contrast with the dark surface (#19211f) and with what is written on it (#04282a) is at least 4.5." }
    fr { "#74d0cc", "Couleur d’accent, thème sombre",
        "La même dans le thème sombre : son contraste avec le fond sombre (#19211f) et avec ce qui s’écrit dessus (#04282a) est d’au moins 4,5." }

    server_url: ServerAddress = "ServerURL", Any, AtOnce, r#""https://visio.example.org""#
    en { "none", "Meeting server",
        "The server for new meetings and for codes without a server, as host, host:port or https address (http only for a server on this computer itself). It needs no question before it is contacted. Recommended: only until the person has named a server; opening a link to another one that AllowedServers has names none." }
    fr { "aucun", "Serveur de réunion",
        "Le serveur des nouvelles réunions et des codes sans serveur : hôte, hôte:port ou adresse https (http seulement pour un serveur sur cet ordinateur même). Il est contacté sans poser de question. Conseillé : seulement tant que la personne n’a pas ajouté de serveur ; ouvrir un lien vers un autre, admis par AllowedServers, n’en ajoute pas." }

    lock_server: bool = "LockServer", Mandatory, AtOnce, "true"
    en { "false", "No other meeting server",
        "People cannot add meeting servers: links to any other than that of ServerURL are refused. Servers that they added before are kept for the day when this ends, and not used. Alone it does not say which hosts that server may lead to: see AllowedServers." }
    fr { "false", "Aucun autre serveur de réunion",
        "On ne peut pas ajouter de serveur : les liens vers un autre serveur que celui de ServerURL sont refusés. Les serveurs ajoutés auparavant sont conservés pour plus tard, sans être utilisés. Seule, cette règle ne dit pas vers quels hôtes ce serveur peut mener : voir AllowedServers." }

    allowed_servers: HostPatterns = "AllowedServers", Mandatory, AtOnce, r#"["visio.example.org", "*.visio.example.org", "turn.example.org:443"]"#
    en { "every server that the person names", "Hosts that may be contacted",
        "No host but these is contacted: not by a link, a redirect, a sign-in window or a calendar, nor as a media, STUN or TURN server. host means any port there, host:port that port alone, *.host every name below it (not itself). The addresses and ports that an allowed server announces for its sound and picture count with it, whatever its own port. A meeting’s link to such a host is opened without a question; a link that does not look like one (a code is written with its hyphens, as abc-defg-hij) is asked about, unless ServerURL or the person has named its server. An empty list, or one that cannot be read, allows nothing; nor does one text with several hosts in it." }
    fr { "tout serveur que la personne ajoute", "Hôtes qui peuvent être contactés",
        "Aucun autre hôte n’est contacté : ni par un lien, une redirection, une fenêtre de connexion ou un agenda, ni comme serveur média, STUN ou TURN. hôte vaut pour tous ses ports, hôte:port pour ce port seul, *.hôte pour tous les noms en dessous (pas lui-même). Les adresses et les ports qu’un serveur autorisé annonce pour le son et l’image comptent avec lui, quel que soit son propre port. Le lien d’une réunion chez un tel hôte s’ouvre sans poser de question ; pour un lien qui n’en a pas l’air (un code s’écrit avec ses traits d’union, comme abc-defg-hij), la question est posée, sauf si ServerURL ou la personne a nommé son serveur. Une liste vide ou illisible n’autorise rien ; un seul texte qui nomme plusieurs hôtes non plus." }

    sign_in_hosts: HostPatterns = "SignInHosts", Mandatory, AtOnce, r#"["auth.example.org"]"#
    en { "AllowedServers alone", "Further hosts of the sign-in window",
        "The hosts of identity providers, written as in AllowedServers: only the sign-in window may go there, and only where AllowedServers is set. What their pages embed (scripts, pictures, typefaces) comes from hosts that are named here or there alone: name those too. Without AllowedServers the sign-in window goes wherever the meeting server sends it." }
    fr { "AllowedServers seulement", "Autres hôtes de la fenêtre de connexion",
        "Les hôtes des fournisseurs d’identité, écrits comme dans AllowedServers : seule la fenêtre de connexion peut y aller, et seulement si AllowedServers est défini. Ce que leurs pages intègrent (scripts, images, polices) ne vient que d’hôtes nommés ici ou là : nommez-les aussi. Sans AllowedServers, la fenêtre de connexion va où le serveur de réunion l’envoie." }

    managed_rooms: ManagedRooms = "ManagedRooms", Any, AtOnce, r#"[{"name": "Accueil du public", "link": "https://visio.example.org/acc-ueil-pub"}]"#
    en { "none", "Meetings on the start screen and the desktop",
        "Meetings that everybody finds on the start screen and as shortcuts on the desktop: name, link (a code alone is one of ServerURL’s server) and, where wanted, icon (full path of a PNG file of 64 KiB at most) and desktop (false: no shortcut). A shortcut is laid when Visavis starts or the rule changes, and taken away when the rule no longer has it; one that a person deletes comes back only where its entry changes. In the registry: the same as one JSON text." }
    fr { "aucune", "Réunions de l’écran d’accueil et du bureau",
        "Réunions que chacun trouve sur l’écran d’accueil et en raccourcis sur le bureau : name, link (un code seul est du serveur de ServerURL) et, si souhaité, icon (chemin complet d’un fichier PNG de 64 Kio au plus) et desktop (false : pas de raccourci). Un raccourci est posé au démarrage de Visavis ou quand la règle change, et retiré quand la règle ne l’a plus ; supprimé par une personne, il ne revient que si son entrée change. Dans le registre : la même chose en un texte JSON." }

    foreign_meetings: ForeignMeetings = "ForeignMeetings", Mandatory, AtOnce, r#""refuse""#
    en { "browser", "Meetings of other services",
        "Links to Zoom, Teams, Webex, GoTo, Google Meet and BigBlueButton, wherever they come from. browser: the system’s browser opens them, after their host was shown; refuse: they are not opened from here, and people read why. Visavis itself contacts none of them." }
    fr { "browser", "Réunions d’autres services",
        "Les liens vers Zoom, Teams, Webex, GoTo, Google Meet et BigBlueButton, d’où qu’ils viennent. browser : le navigateur du système les ouvre, après affichage de leur hôte ; refuse : ils ne s’ouvrent pas d’ici, et l’on en lit la raison. Visavis lui-même n’en contacte aucun." }

    disable_recent_meetings: bool = "DisableRecentMeetings", Mandatory, AtOnce, "true"
    en { "false", "No list of recent meetings",
        "Meetings are not remembered, and those that were remembered are forgotten." }
    fr { "false", "Pas de liste des réunions récentes",
        "Les réunions ne sont pas mémorisées, et celles qui l’étaient sont oubliées." }

    language: Language = "Language", Any, AtOnce, r#""fr""#
    en { "the system’s", "Language",
        "Language of the interface." }
    fr { "celle du système", "Langue",
        "Langue de l’interface." }

    display_name: ShortText = "DisplayName", Any, AtOnce, r#""Salle Renoir""#
    en { "what the person writes", "Name in meetings",
        "The name that others see: for meeting rooms and counters. Mandatory: nobody changes it here." }
    fr { "celui que la personne écrit", "Nom dans les réunions",
        "Le nom que les autres voient : pour les salles et les guichets. Imposé : personne ne le change ici." }

    default_mic_muted: bool = "DefaultMicMuted", Any, NextMeeting, "true"
    en { "as the person left it", "Microphone off at first",
        "How the microphone is when a meeting is opened. Mandatory: each time; recommended: until the person has chosen. It can be turned on and off in every meeting." }
    fr { "comme on l’a laissé", "Micro coupé au départ",
        "L’état du micro à l’ouverture d’une réunion. Imposé : chaque fois ; conseillé : jusqu’à ce que la personne ait choisi. Il se rallume et se coupe dans chaque réunion." }

    default_camera_off: bool = "DefaultCameraOff", Any, NextMeeting, "true"
    en { "as the person left it", "Camera off at first",
        "How the camera is when a meeting is opened. Mandatory: each time; recommended: until the person has chosen. It can be turned on and off in every meeting." }
    fr { "comme on l’a laissée", "Caméra éteinte au départ",
        "L’état de la caméra à l’ouverture d’une réunion. Imposé : chaque fois ; conseillé : jusqu’à ce que la personne ait choisi. Elle s’allume et s’éteint dans chaque réunion." }

    disable_camera: bool = "DisableCamera", Mandatory, AtOnce, "true"
    en { "false", "No camera",
        "The camera is not opened." }
    fr { "false", "Pas de caméra",
        "La caméra n’est pas ouverte." }

    disable_screen_share: bool = "DisableScreenShare", Mandatory, AtOnce, "true"
    en { "false", "No sharing of the own screen",
        "Neither screens nor windows of this computer are shared. What others share is shown." }
    fr { "false", "Pas de partage de son écran",
        "Ni écran ni fenêtre de cet ordinateur ne sont partagés. Ce que d’autres partagent reste affiché." }

    share_windows_only: bool = "ShareWindowsOnly", Mandatory, AtOnce, "true"
    en { "false", "Sharing of single windows only",
        "Single windows are shared, whole screens are not: what else is on the screen is never sent." }
    fr { "false", "Partage de fenêtres seulement",
        "Une fenêtre peut être partagée, un écran entier non : ce qui est affiché à côté n’est jamais envoyé." }

    disable_screen_share_audio: bool = "DisableScreenShareAudio", Mandatory, AtOnce, "true"
    en { "false", "No sound in what is shared",
        "Screens and windows are shared without what programs play. What others share is heard." }
    fr { "false", "Pas de son dans ce qui est partagé",
        "Un écran ou une fenêtre est partagé sans le son des programmes. Ce que d’autres partagent reste audible." }

    disable_chat: bool = "DisableChat", Mandatory, AtOnce, "true"
    en { "false", "No chat",
        "Chat messages are neither sent nor shown." }
    fr { "false", "Pas de discussion écrite",
        "Les messages de la discussion ne sont ni envoyés ni affichés." }

    disable_recording: bool = "DisableRecording", Mandatory, AtOnce, "true"
    en { "false", "No recording",
        "Nobody starts a recording or a transcript from here, or asks for one. What others record is told all the same." }
    fr { "false", "Pas d’enregistrement",
        "On ne peut ni lancer ni demander un enregistrement ou une transcription d’ici. Ce que d’autres enregistrent est toujours signalé." }

    disable_reactions: bool = "DisableReactions", Mandatory, AtOnce, "true"
    en { "false", "No reactions",
        "Reactions are neither sent nor shown." }
    fr { "false", "Pas de réactions",
        "Les réactions ne sont ni envoyées ni affichées." }

    max_video_bitrate: Kilobits = "MaxVideoBitrateKbps", Mandatory, NextMeeting, "1500"
    en { "what the network carries", "Most bandwidth for the own picture",
        "Thousands of bits per second that all sizes of the own picture take together." }
    fr { "ce que le réseau supporte", "Débit maximal de sa propre image",
        "Milliers de bits par seconde que prennent ensemble toutes les tailles de sa propre image." }

    proxy_mode: ProxyMode = "ProxyMode", Mandatory, NextMeeting, r#""fixed""#
    en { "system", "Proxy",
        "system: the proxy of the system or the environment; direct: none; fixed: that of ProxyServer, without which nothing is reached but what NoProxy names." }
    fr { "system", "Proxy",
        "system : le proxy du système ou de l’environnement ; direct : aucun ; fixed : celui de ProxyServer, sans lequel rien n’est joint hors de NoProxy." }

    proxy_server: ProxyAddress = "ProxyServer", Mandatory, NextMeeting, r#""http://proxy.example.org:3128""#
    en { "none", "Address of the proxy",
        "With ProxyMode fixed; without effect otherwise. A user and password in it can be read by everybody who uses the computer." }
    fr { "aucune", "Adresse du proxy",
        "Avec ProxyMode fixed ; sans effet sinon. Un nom et un mot de passe y seraient lisibles par toute personne utilisant l’ordinateur." }

    no_proxy: NoProxyList = "NoProxy", Mandatory, NextMeeting, r#"["localhost", ".example.org"]"#
    en { "none", "Hosts without the proxy",
        "With ProxyMode fixed: hosts that are reached directly, written as in NO_PROXY." }
    fr { "aucun", "Hôtes sans proxy",
        "Avec ProxyMode fixed : les hôtes joints directement, écrits comme dans NO_PROXY." }

    extra_root_cas: CertificateFiles = "ExtraRootCAs", Mandatory, NextMeeting, r#"["/etc/visavis/ca.pem"]"#
    en { "none", "Further certificate authorities",
        "Full paths of PEM files with certificates that are trusted beside, or instead of, the system’s. Name the authority’s certificate: a server’s own counts only where it has signed itself and is no authority’s (CA:FALSE)." }
    fr { "aucune", "Autres autorités de certification",
        "Chemins complets de fichiers PEM dont les certificats sont acceptés en plus, ou à la place, de ceux du système. Nommez le certificat de l’autorité : celui d’un serveur ne compte que s’il s’est signé lui-même et n’est pas celui d’une autorité (CA:FALSE)." }

    use_system_trust_store: bool = "UseSystemTrustStore", Mandatory, NextMeeting, "true"
    en { "true", "Trust the system’s certificates",
        "false: only what ExtraRootCAs names is trusted." }
    fr { "true", "Accepter les certificats du système",
        "false : seul ce que nomme ExtraRootCAs est accepté." }

    ice_transport_policy: IceTransport = "IceTransportPolicy", Mandatory, NextMeeting, r#""relay""#
    en { "all", "Paths of sound and picture",
        "all: the best path; relay: through a TURN server only." }
    fr { "all", "Chemins du son et de l’image",
        "all : le meilleur chemin ; relay : seulement par un serveur TURN." }

    udp_port_range: PortRange = "UdpPortRange", Mandatory, NextMeeting, r#""50000-50100""#
    en { "any port", "Own UDP ports",
        "The ports of this computer that sound and picture use, two for each of its addresses; where none is left, another one is used." }
    fr { "tout port", "Ports UDP locaux",
        "Les ports de cet ordinateur qu’utilisent le son et l’image, deux pour chacune de ses adresses ; s’il n’en reste pas, un autre est utilisé." }

    allow_plain_http_loopback: bool = "AllowPlainHttpLoopback", Mandatory, AtOnce, "false"
    en { "true", "Unencrypted links to this computer",
        "false: not even a meeting server on this computer itself is reached without encryption. To any other it never is." }
    fr { "true", "Liens non chiffrés vers cet ordinateur",
        "false : même un serveur de réunion sur cet ordinateur n’est pas joint sans chiffrement. Les autres ne le sont jamais." }

    secret_store: SecretPlace = "SecretStore", Mandatory, NextStart, r#""none""#
    en { "os", "Where sessions are kept",
        "os: who signed in stays so in the system’s keyring; none: until the application ends, and what the keyring held of earlier is deleted at the next start." }
    fr { "os", "Où les sessions sont conservées",
        "os : la connexion est conservée dans le trousseau du système ; none : jusqu’à la fermeture de l’application, et ce que le trousseau contenait est effacé au prochain démarrage." }

    log_level: LogDetail = "LogLevel", Any, NextStart, r#""detailed""#
    en { "normal", "Detail of the log",
        "quiet: errors only; normal: warnings too; detailed: steps. No log holds names, addresses of people or secrets." }
    fr { "normal", "Détail du journal",
        "quiet : les erreurs seulement ; normal : les avertissements aussi ; detailed : les étapes. Aucun journal ne contient de nom, d’adresse ni de secret." }

    update_source: UpdatePlace = "UpdateSource", Mandatory, AtOnce, r#""https://mirror.example.org/visavis/""#
    en { "none: no update is looked for", "Where updates come from",
        "A folder (full path) or an https address that holds an offer, its signature and its archive (docs/deployment.md). Used by portable installations alone, which have the key of their updates beside the program; what was installed by a package is updated by packages. Where AllowedServers is set, it has to name the mirror’s host too." }
    fr { "aucune : aucune mise à jour n’est cherchée", "Source des mises à jour",
        "Un dossier (chemin complet) ou une adresse https qui contient une offre, sa signature et son archive (docs/deployment.md). Utilisée par les seules installations portables, qui ont la clé de leurs mises à jour à côté du programme ; ce qu’un paquet a installé est mis à jour par des paquets. Si AllowedServers est défini, il doit aussi nommer l’hôte du miroir." }

    update_channel: Channel = "UpdateChannel", Mandatory, AtOnce, r#""pilot""#
    en { "stable", "Which updates are taken",
        "The name of the offer at the source: with pilot, pilot.json." }
    fr { "stable", "Canal des mises à jour",
        "Le nom de l’offre à la source : avec pilot, pilot.json." }

    disable_auto_update: bool = "DisableAutoUpdate", Any, AtOnce, "true"
    en { "false", "No update by the application itself",
        "Nothing is looked for at UpdateSource, and what lies ready is not put in place." }
    fr { "false", "Pas de mise à jour par l’application elle-même",
        "Rien n’est cherché à UpdateSource, et ce qui est prêt n’est pas mis en place." }
}
