//! What only a window can do: a server's own pages.

use url::Url;
use visavis_provider::AllowedHosts;
use visavis_provider::visio::{Server, SignInWay};

/// Something to be done at a server's own pages, in a window that can do nothing else. However it ends, it is answered by
/// [`crate::Engine::errand_done`]; a newer errand takes the place of an older one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    pub server: Server,
    /// The only hosts that the window may go to.
    pub pages: AllowedHosts,
    /// The port of loopback where the window's only proxy listens: what its pages embed comes by it, from nowhere else.
    pub proxy: u16,
    pub kind: ErrandKind,
}

/// What is to be done there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrandKind {
    /// The person signs in; over when [`Server::is_back`].
    SignIn,
    /// The same, without a visible window and within seconds: the identity provider may know the person still.
    QuietSignIn,
    /// The identity provider's page that ends its session; over when [`Server::is_signed_out`].
    SignOut { page: Url },
}

impl Errand {
    /// Where the window begins.
    pub fn start(&self) -> Url {
        match &self.kind {
            ErrandKind::SignIn => self.server.sign_in(false),
            ErrandKind::QuietSignIn => self.server.sign_in(true),
            ErrandKind::SignOut { page } => page.clone(),
        }
    }

    /// For the addresses of a window that signs in.
    pub fn way(&self) -> Option<SignInWay> {
        (!matches!(self.kind, ErrandKind::SignOut { .. })).then(|| SignInWay::new(&self.server))
    }

    /// True where the window has come back, so that it can be closed.
    pub fn is_over(&self, at: &Url) -> bool {
        match self.kind {
            ErrandKind::SignIn | ErrandKind::QuietSignIn => self.server.is_back(at),
            ErrandKind::SignOut { .. } => self.server.is_signed_out(at),
        }
    }
}
