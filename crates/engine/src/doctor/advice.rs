//! Who can do what about what was found: pure.

use crate::issues::without_port;
use visavis_model::{
    DoctorAdvice, DoctorFinding, DoctorRemedy, DoctorRow, DoctorState, DoctorStep, DoctorWho, IssueCode,
};

/// By the cause that was found; nothing where nothing is amiss. `host`: who was looked at.
pub(super) fn advice(code: Option<IssueCode>, rows: &[DoctorRow], host: &str) -> Vec<DoctorAdvice> {
    use DoctorRemedy as Remedy;
    use DoctorWho::{Network, Server, You};
    let bad = |finding| rows.iter().find(|row| row.finding == Some(finding) && row.state == DoctorState::Bad);
    let known: &[(DoctorWho, Remedy)] = match code {
        None => &[],
        Some(IssueCode::NetworkOff) => &[(You, Remedy::Connect)],
        Some(IssueCode::NameUnknown) => &[(You, Remedy::Address), (Network, Remedy::Resolve)],
        Some(IssueCode::ProxyAuthentication) if bad(DoctorFinding::ProxyAsksOtherwise).is_some() => {
            &[(Network, Remedy::ProxyBasic)]
        }
        Some(IssueCode::ProxyAuthentication) => &[(You, Remedy::SignInProxy)],
        Some(IssueCode::ProxyRefuses) => &[(Network, Remedy::AllowHost)],
        Some(IssueCode::ProxySilent) => &[(Network, Remedy::ProxyReach)],
        Some(IssueCode::CertificateUntrusted) => {
            let row = bad(DoctorFinding::CertificateUntrusted);
            match row.and_then(|row| row.params.get("cause")).map(String::as_str) {
                // Nobody here knows who has signed it: an authority of the house, as behind a proxy that looks into TLS, or none at all.
                None | Some("unknown") => &[(Network, Remedy::Authority)],
                // Naming it in the policy changes nothing: no server may show it.
                Some("authority") => &[(Server, Remedy::Reissue)],
                Some("expired" | "not_yet_valid") => &[(You, Remedy::Clock), (Server, Remedy::Renew)],
                Some(_) => &[(Server, Remedy::Renew)],
            }
        }
        Some(IssueCode::EncryptionOld) => &[(Server, Remedy::Encryption)],
        Some(IssueCode::ClockWrong) => &[(You, Remedy::Clock)],
        Some(IssueCode::ServerTimeout | IssueCode::ServerDown | IssueCode::ServerClosed) => {
            &[(Server, Remedy::ServerUp)]
        }
        Some(IssueCode::ServerRefused) => &[(You, Remedy::Address), (Server, Remedy::ServerUp)],
        Some(IssueCode::ServerNonsense) => &[(You, Remedy::Link)],
        Some(IssueCode::SocketCut) => &[(Network, Remedy::Websocket)],
        Some(IssueCode::MediaBlocked) => &[(Network, Remedy::Udp)],
        Some(IssueCode::UdpBlocked) => &[(Network, Remedy::Udp), (You, Remedy::Nothing)],
        Some(IssueCode::NetworkPoor) => &[(You, Remedy::Cable)],
        Some(IssueCode::ServerNotAllowed) => &[(You, Remedy::Policy)],
        // What goes wrong in a meeting: no finding of ours.
        Some(_) => &[],
    };
    let to_do = |&(who, remedy): &_| DoctorAdvice { who, remedy, host: whom(remedy, rows, host).to_owned() };
    known.iter().map(to_do).collect()
}

/// Whom a remedy is about: the host that failed, which the row names where it is not the one that was looked at.
fn whom<'a>(remedy: DoctorRemedy, rows: &'a [DoctorRow], host: &'a str) -> &'a str {
    let row = match remedy {
        // Sound and picture go to whoever holds the real-time link.
        DoctorRemedy::Udp => rows.iter().find(|row| row.step == DoctorStep::Signalling),
        // The first that fails is the cause.
        _ => rows.iter().find(|row| row.state == DoctorState::Bad),
    };
    let host = row.and_then(|row| row.params.get("host")).map_or(host, String::as_str);
    if remedy == DoctorRemedy::Resolve { without_port(host) } else { host }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: IssueCode, finding: DoctorFinding, cause: Option<&str>) -> Vec<(DoctorWho, DoctorRemedy)> {
        let mut row = DoctorRow::waiting(DoctorStep::Certificate);
        (row.state, row.finding) = (DoctorState::Bad, Some(finding));
        row.params.extend(cause.map(|cause| ("cause".to_owned(), cause.to_owned())));
        let found = advice(Some(code), &[row], "visio.example");
        found.into_iter().map(|DoctorAdvice { who, remedy, .. }| (who, remedy)).collect()
    }

    #[test]
    fn a_certificate_is_mended_by_whom_its_fault_is() {
        let of = |cause| of(IssueCode::CertificateUntrusted, DoctorFinding::CertificateUntrusted, cause);
        let authority = vec![(DoctorWho::Network, DoctorRemedy::Authority)];
        let renew = (DoctorWho::Server, DoctorRemedy::Renew);
        assert_eq!((of(None), of(Some("unknown"))), (authority.clone(), authority));
        assert_eq!(of(Some("expired")), [(DoctorWho::You, DoctorRemedy::Clock), renew]);
        assert_eq!(of(Some("not_yet_valid")), [(DoctorWho::You, DoctorRemedy::Clock), renew]);
        assert_eq!(of(Some("other_name")), [renew]);
        assert_eq!(of(Some("authority")), [(DoctorWho::Server, DoctorRemedy::Reissue)]);
    }

    #[test]
    fn a_proxy_that_asks_is_answered_where_we_can() {
        let of = |finding| of(IssueCode::ProxyAuthentication, finding, None);
        assert_eq!(of(DoctorFinding::ProxyAsks), [(DoctorWho::You, DoctorRemedy::SignInProxy)]);
        assert_eq!(of(DoctorFinding::ProxyAsksOtherwise), [(DoctorWho::Network, DoctorRemedy::ProxyBasic)]);
    }

    #[test]
    fn whoever_failed_is_named() {
        let row = |step, state, host: Option<&str>| {
            let mut row = DoctorRow { state, ..DoctorRow::waiting(step) };
            row.params.extend(host.map(|host| ("host".to_owned(), host.to_owned())));
            row
        };
        let whom = |code, rows: &[DoctorRow]| {
            advice(Some(code), rows, "visio.example:8443").pop().map(|advice| advice.host).expect("somebody acts")
        };
        let media = row(DoctorStep::Signalling, DoctorState::Bad, Some("media.example:7443"));
        let media = [row(DoctorStep::Server, DoctorState::Good, None), media];
        for code in [IssueCode::ProxyRefuses, IssueCode::ServerRefused, IssueCode::ServerNotAllowed] {
            assert_eq!(whom(code, &media), "media.example:7443");
        }
        assert_eq!(whom(IssueCode::NameUnknown, &media), "media.example", "the DNS knows no ports");
        let server = [row(DoctorStep::Proxy, DoctorState::Bad, None)];
        assert_eq!(whom(IssueCode::ProxyRefuses, &server), "visio.example:8443");
        assert_eq!(whom(IssueCode::NameUnknown, &server), "visio.example");
        let link = row(DoctorStep::Signalling, DoctorState::Good, Some("media.example"));
        let blocked = [link, row(DoctorStep::Media, DoctorState::Bad, None)];
        assert_eq!(whom(IssueCode::MediaBlocked, &blocked), "media.example");
    }

    #[test]
    fn where_nothing_is_amiss_nobody_acts() {
        assert!(advice(None, &[], "visio.example").is_empty());
        let in_meeting = of(IssueCode::EntryDenied, DoctorFinding::ServerAnswers, None);
        assert!(in_meeting.is_empty(), "{in_meeting:?}");
    }
}
