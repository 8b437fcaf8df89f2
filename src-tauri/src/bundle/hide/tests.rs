//! What is hidden, value by value.

use super::*;
use serde_json::{Value, json};
use visavis_model::{
    AccountView, CalendarMeeting, CalendarPlace, ConnectionQuality, DeviceForm, DeviceKind, DeviceState, DeviceView,
    Message, OwnRoomView, ParticipantKind, ParticipantView, RecentView, Role, ServerView, WaiterView,
};
use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};

/// Each of these is taken out, and nothing but what was hidden takes it.
fn takes(redactor: &Redactor, private: &[&str]) {
    for private in private {
        let line = format!("says {private} now");
        assert_eq!(Redactor::default().redact(&line), line, "it looks private by itself");
        let told = redactor.redact(&line);
        assert!(!told.contains(private) && told.starts_with("says ‹") && told.ends_with("› now"), "{private}: {told}");
    }
}

#[test]
fn nothing_that_the_machine_says_of_its_person_is_told() {
    let environment = |key: &str| {
        let said = match key {
            "USER" => "camille-plante",
            "USERNAME" => "Camille Plantard",
            "LOGNAME" => "cplantard",
            "COMPUTERNAME" => "POSTE-PLANTE",
            "https_proxy" => "http://AGGLO%5Crelayee:mot%20planté@relaisplante:3128",
            "HTTPS_PROXY" => r"http://ANNEXE\plantu:plant#pw?x@plantproxy:3128",
            "http_proxy" => "socks5://chaussette:geheim/plant@sockplante:1080/",
            "ALL_PROXY" => "autrerelais:1080",
            _ => return None,
        };
        Some(said.to_owned())
    };
    let mut redactor = Redactor::default();
    machine(&mut redactor, environment);
    let named = ["camille-plante", "Camille Plantard", "Plantard", "cplantard", "POSTE-PLANTE", "poste-plante"];
    takes(&redactor, &named);
    takes(&redactor, &["relayee", "mot planté", "relaisplante", "autrerelais"]);
    takes(&redactor, &["ANNEXE", r"annexe\plantu", "plantu", "plant#pw?x", "plantproxy"]);
    takes(&redactor, &["chaussette", "geheim/plant", "sockplante"]);
    #[cfg(unix)]
    {
        let called = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let told = redactor.redact(&format!("says {called} now"));
        assert!(told.starts_with("says ‹") && told.ends_with("› now"), "{told}");
    }
}

#[test]
fn nothing_that_the_person_chose_is_told() {
    let (text, at) = (String::new(), 0);
    let chosen = Preferences {
        name: "Zofie Plantureux".into(),
        servers: vec!["https://visioplante:8443/".into()],
        recent: vec![RecentView { text, host: "recentplante:8443".into(), room: "Salle Plantine".into(), at }],
        calendar: Some(CalendarPlace {
            address: "agendas de Zofia".into(),
            user: "calplante".into(),
            name: "agendaplante".into(),
        }),
        ..Preferences::default()
    };
    let mut redactor = Redactor::default();
    preferences(&mut redactor, &chosen);
    takes(&redactor, &["Zofie Plantureux", "Zofie", "plantureux", "visioplante", "recentplante", "salle plantine"]);
    takes(&redactor, &["agendas de Zofia", "calplante", "agendaplante"]);
}

fn shown() -> Snapshot {
    let mut shown = Snapshot::default();
    shown.room.name = "Conseil planté".into();
    shown.me.name = "Zofie Plantureux".into();
    let person = ParticipantView {
        id: "a".into(),
        name: "Berthe Plantard".into(),
        kind: ParticipantKind::default(),
        role: Role::default(),
        guest: false,
        signed_in: false,
        color: None,
        order: 0,
        speaking: false,
        hand: None,
        quality: ConnectionQuality::default(),
        reconnecting: false,
        publications: Vec::new(),
    };
    shown.participants.insert(person.id.clone(), person);
    shown.messages.push(Message {
        id: "b".into(),
        author: None,
        author_name: "Carlo Plantini".into(),
        own: false,
        text: String::new(),
        at: 0,
        edited: false,
        sending: Default::default(),
    });
    shown.together.waiting.push(WaiterView { id: "c".into(), name: "Waldo Plantin".into(), color: None });
    shown.home.servers.push(ServerView {
        host: "visioplante:8443".into(),
        account: Some(AccountView { name: "Alice Plantier".into(), email: "alice@plante".into() }),
        rooms: Some(vec![OwnRoomView { name: "Bureau planté".into(), link: String::new(), access: None, pin: None }]),
        ..ServerView::default()
    });
    shown.home.calendar.meetings.push(CalendarMeeting {
        id: "d".into(),
        title: "Point planté".into(),
        start: 0,
        end: 1,
        all_day: false,
        cancelled: false,
        link: None,
        elsewhere: None,
        refused: None,
    });
    shown.devices.list.push(DeviceView {
        id: "e".into(),
        kind: DeviceKind::Microphone,
        name: "Casque de Dora".into(),
        is_default: false,
        state: DeviceState::default(),
        form: DeviceForm::default(),
    });
    shown
}

#[test]
fn nothing_that_the_window_shows_is_told() {
    let mut redactor = Redactor::default();
    snapshot(&mut redactor, &shown());
    takes(&redactor, &["Conseil planté", "Zofie Plantureux", "Zofie", "Berthe Plantard", "berthe", "Carlo Plantini"]);
    takes(&redactor, &["Carlo", "Waldo Plantin", "Waldo", "visioplante", "Alice Plantier", "Alice", "alice@plante"]);
    takes(&redactor, &["Bureau planté", "Point planté", "Casque de Dora"]);
}

fn layer(level: Level, values: Value) -> Layer {
    let Value::Object(values) = values else { panic!("an object") };
    Layer { level, scope: Scope::Machine, origin: "a".into(), values }
}

#[test]
fn nothing_that_the_policy_names_is_told() {
    let forced = json!({
        "OrganisationName": "Exemple Agglo",
        "ServerURL": "https://meet:8443",
        "AllowedServers": ["meet", "*.agglo.test", "turn.other.test:443"],
        "SignInHosts": ["auth"],
        "ManagedRooms": [
            {"name": "Accueil du public", "link": "https://salles.test/grande-salle?x=1"},
            {"name": "Bureau", "link": "conseil"},
        ],
        "ProxyServer": "http://AGGLO\\camille:s3cret@relais:3128",
        "NoProxy": [".interne.test", "*"],
        "UpdateSource": "https://miroir/v/",
    });
    let advised = json!({ "DisplayName": "Salle Renoir", "ServerURL": "second" });
    let layers = vec![layer(Level::Mandatory, forced), layer(Level::Recommended, advised)];
    let said = resolve(Reading { layers, problems: Vec::new() });
    let mut redactor = Redactor::default();
    policy(&mut redactor, &said.policy);
    for private in [
        "Exemple Agglo",
        "meet",
        "agglo.test",
        "visio.agglo.test",
        "turn.other.test",
        "auth",
        "Accueil du public",
        "salles.test",
        "grande-salle",
        "Bureau",
        "conseil",
        "AGGLO",
        "camille",
        "s3cret",
        "relais",
        "interne.test",
        "miroir",
        "Salle Renoir",
        "Renoir",
        "second",
    ] {
        let told = redactor.redact(&format!("to {private}/x ended"));
        assert!(!told.contains(private) && told.ends_with("/x ended"), "{private}: {told}");
    }
    let encoded = json!({ "ProxyServer": "http://ANNEXE%5czofie%20b:p%40ss%2Fx@relais:3128" });
    let layers = vec![layer(Level::Mandatory, encoded)];
    policy(&mut redactor, &resolve(Reading { layers, problems: Vec::new() }).policy);
    for private in ["ANNEXE", "zofie", r"annexe\zofie b", "ANNEXE%5czofie%20b", "p@ss/x", "p%40ss%2Fx"] {
        let told = redactor.redact(&format!("says {private} now"));
        assert!(!told.contains(private) && told.ends_with("now"), "{private}: {told}");
    }
    assert!(!redactor.redact("to visio.agglo.test/x").contains("visio"));
    assert_eq!(redactor.redact("a * b of test"), "a * b of test");
}
