//! What Meet asks others itself.

use crate::servers::livekit::{KEY, SECRET};
use serde_json::Value;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use visavis_testkit::meet::{self, IdentityProvider, OpenIdError, Sfu, SfuError};
use visavis_testkit::token;

/// How long those whom it asks itself, on loopback, may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whom Meet asks itself: LiveKit's `RoomService` by Twirp (HTTP POST, JSON), and the OpenID provider.
pub(super) struct Outside {
    sfu: String,
    agent: ureq::Agent,
}

impl Outside {
    /// `sfu`: where the SFU answers, without a final slash.
    pub(super) fn new(sfu: String) -> Self {
        Self { sfu, agent: agent() }
    }
}

impl Sfu for &Outside {
    fn call(&mut self, method: &str, room: &str, body: Value) -> Result<Value, SfuError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let token = token::signed(SECRET, &meet::admin_claims(KEY, room, now));
        let url = format!("{}/twirp/livekit.RoomService/{method}", self.sfu);
        let request = self.agent.post(url).header("Authorization", format!("Bearer {token}"));
        let mut answer = request.send_json(body).map_err(|_| SfuError::Failed)?;
        match answer.status().as_u16() {
            200 => answer.body_mut().read_json().map_err(|_| SfuError::Failed),
            404 => Err(SfuError::NotFound),
            _ => Err(SfuError::Failed),
        }
    }
}

impl IdentityProvider for &Outside {
    fn token(&mut self, endpoint: &str, form: &[(&str, &str)]) -> Result<Value, OpenIdError> {
        said(self.agent.post(endpoint).send_form(form.iter().copied()))
    }

    fn userinfo(&mut self, endpoint: &str, access_token: &str) -> Result<Value, OpenIdError> {
        said(self.agent.get(endpoint).header("Authorization", format!("Bearer {access_token}")).call())
    }
}

/// What the provider says where it does not refuse.
fn said(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, OpenIdError> {
    let mut answer = answer.ok().filter(|answer| answer.status().is_success()).ok_or(OpenIdError)?;
    answer.body_mut().read_json().map_err(|_| OpenIdError)
}

pub(super) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build().into()
}
