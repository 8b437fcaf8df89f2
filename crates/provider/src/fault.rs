//! What stands between us and a server, told apart as far as somebody can do something about it.

/// Why a server's certificate does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CertificateFault {
    /// No authority that this computer trusts vouches for it.
    UnknownIssuer,
    /// It is an authority's own, which no server may show, whoever trusts it.
    Authority,
    Expired,
    /// It begins later: the certificate is young, or this computer's clock is behind.
    NotYetValid,
    /// It is of another name.
    OtherName,
    Revoked,
    /// Damaged, or not for servers.
    Broken,
}

impl CertificateFault {
    /// As it is spelled in the parameter `cause` of an issue.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownIssuer => "unknown",
            Self::Authority => "authority",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::OtherName => "other_name",
            Self::Revoked => "revoked",
            Self::Broken => "broken",
        }
    }
}

/// Why a proxy does not lead to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProxyFault {
    /// Its name is unknown, nothing listens there, or it does not answer.
    Unreachable,
    /// It asks who we are (407), and was told nothing.
    AuthenticationRequired,
    /// It asks who we are, and does not take what it was told.
    AuthenticationRefused,
    /// It wants to be asked in a way that we do not know (no Basic).
    AuthenticationUnknown,
    /// It answered our wish with another status than 2xx.
    Refused { status: u16 },
    /// It speaks no HTTP, or is of a kind that we do not know.
    Nonsense,
}

impl ProxyFault {
    /// True where a name and a password may open the way.
    pub const fn asks_who_we_are(self) -> bool {
        matches!(self, Self::AuthenticationRequired | Self::AuthenticationRefused)
    }
}
