//! The way of a window that signs in, address by address: whether it leads back to us.

use super::account::Server;
use url::Url;

const AUTHENTICATE: &str = "/api/v1.0/authenticate";
const CALLBACK: &str = "/api/v1.0/callback";

/// Sign-ins of one window that are remembered; each begins anew after a failure.
const MOST_STATES: usize = 8;

/// What an address says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInStep {
    /// Nothing.
    On,
    /// The server has sent its visitor away, signed in or not: the session, where there is one, is there to be taken.
    Over,
    /// The server itself goes on at another host, whose root this is. Nothing of it would come back to us.
    Moved(Url),
}

/// Follows such a window: [`SignInWay::step`] is given every address before it is gone to, redirections included.
#[derive(Clone, Debug)]
pub struct SignInWay {
    server: Server,
    /// What our server sent its visitor out with.
    states: Vec<String>,
    /// The identity provider has answered, and our server is about to send its visitor on.
    answered: bool,
}

impl SignInWay {
    pub fn new(server: &Server) -> Self {
        Self { server: server.clone(), states: Vec::new(), answered: false }
    }

    /// Looks at the next address.
    pub fn step(&mut self, at: &Url) -> SignInStep {
        let path = at.path().trim_end_matches('/');
        let is_ours = self.server.is_ours(at);
        if std::mem::take(&mut self.answered) && !is_ours {
            return SignInStep::Over;
        }
        if is_ours {
            self.answered = path == CALLBACK;
            return if self.server.is_back(at) { SignInStep::Over } else { SignInStep::On };
        }
        let returns_to_us = || value(at, "returnTo").as_deref() == Some(self.server.base().as_str());
        let has_our_state = || value(at, "state").is_some_and(|state| self.states.contains(&state));
        if (path == AUTHENTICATE && returns_to_us()) || (path == CALLBACK && has_our_state()) {
            return root(at).map_or(SignInStep::On, SignInStep::Moved);
        }
        let leads_back = value(at, "redirect_uri")
            .and_then(|back| Url::parse(&back).ok())
            .is_some_and(|back| back.path().trim_end_matches('/') == CALLBACK);
        if let Some(state) = value(at, "state").filter(|_| leads_back && self.states.len() < MOST_STATES) {
            self.states.push(state);
        }
        SignInStep::On
    }
}

fn value(at: &Url, name: &str) -> Option<String> {
    at.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The root of the server of an address, where it could be one of ours.
fn root(at: &Url) -> Option<Url> {
    Server::new(at).map(|server| server.base().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("a url")
    }

    fn steps(way: &[&str]) -> Vec<SignInStep> {
        let server = Server::new(&url("https://meet.example/")).expect("a server");
        let mut follow = SignInWay::new(&server);
        way.iter().map(|at| follow.step(&url(at))).collect()
    }

    const OUT: &str = "https://auth.example/auth?client_id=meet&redirect_uri=https%3A%2F%2Fmeet.example%2Fapi%2Fv1.0%2Fcallback%2F&state=s1";

    #[test]
    fn the_whole_way_leads_back() {
        let way = [
            "https://meet.example/api/v1.0/authenticate/?silent=false&returnTo=https%3A%2F%2Fmeet.example%2F",
            OUT,
            "https://auth.example/login",
            "https://meet.example/api/v1.0/callback/?code=c&state=s1",
            "https://meet.example/",
        ];
        let on = SignInStep::On;
        assert_eq!(steps(&way), [on.clone(), on.clone(), on.clone(), on, SignInStep::Over]);
    }

    #[test]
    fn a_server_that_has_moved_is_noticed_before_its_new_host_is_asked() {
        let way = ["https://visio.example/api/v1.0/authenticate?silent=false&returnTo=https%3A%2F%2Fmeet.example%2F"];
        assert_eq!(steps(&way), [SignInStep::Moved(url("https://visio.example/"))]);
    }

    #[test]
    fn a_server_that_moves_meanwhile_is_noticed_at_its_callback() {
        let way = [OUT, "https://auth.example/login", "https://visio.example:8443/api/v1.0/callback/?code=c&state=s1"];
        assert_eq!(steps(&way)[2], SignInStep::Moved(url("https://visio.example:8443/")));
    }

    #[test]
    fn a_provider_that_asks_another_one_is_no_move() {
        // The same path by chance, and a state that is not ours.
        let way = [
            OUT,
            "https://other.example/auth?client_id=x&redirect_uri=https%3A%2F%2Fauth.example%2Fbroker&state=s2",
            "https://auth.example/api/v1.0/callback/?code=c&state=s2",
            "https://auth.example/api/v1.0/authenticate/?returnTo=https%3A%2F%2Felse.example%2F",
        ];
        assert!(steps(&way).iter().all(|step| *step == SignInStep::On));
    }

    #[test]
    fn a_server_whose_pages_are_elsewhere_has_sent_us_away_all_the_same() {
        let way = [OUT, "https://meet.example/api/v1.0/callback/?code=c&state=s1", "https://www.example/welcome"];
        assert_eq!(steps(&way)[2], SignInStep::Over);
    }

    #[test]
    fn what_cannot_be_a_server_of_ours_is_no_new_one() {
        let way = ["http://visio.example/api/v1.0/authenticate/?returnTo=https%3A%2F%2Fmeet.example%2F"];
        let [step] = &steps(&way)[..] else { panic!("one") };
        assert!(!matches!(step, SignInStep::Moved(to) if to.scheme() == "http"), "{step:?}");
    }
}
