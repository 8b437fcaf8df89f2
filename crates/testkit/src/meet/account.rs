//! The server's configuration, and those who have an account.

use super::Meet;
use super::http::{Reply, Request};
use super::world::User;
use serde_json::{Value, json};

impl Meet {
    pub(super) fn config(&self) -> Reply {
        let sources = ["camera", "microphone", "screen_share", "screen_share_audio"];
        Reply::json(
            200,
            &json!({
                "LANGUAGE_CODE": "en-us",
                "recording": {
                    "is_enabled": true,
                    "available_modes": ["screen_recording", "transcript"],
                    "expiration_days": null,
                    "max_duration": null,
                },
                "background_image": {
                    "upload_is_enabled": false,
                    "max_count_by_user": 10,
                    "max_size": 2_097_152,
                    "allowed_extensions": [".jpeg", ".jpg", ".png"],
                    "allowed_mimetypes": ["image/jpeg", "image/png"],
                },
                "telephony": {
                    "enabled": true,
                    "default_country": "FR",
                    "international_phone_number": "+33 1 23 45 67 89",
                },
                "resource": { "default_access_level": "public" },
                "subtitle": { "enabled": true },
                "diagnostics": { "connection_test_enabled": true },
                "livekit": {
                    "url": self.settings.livekit,
                    "force_wss_protocol": false,
                    "enable_firefox_proxy_workaround": false,
                    "default_sources": sources,
                },
                "authenticated_users_can_edit_display_name": true,
                "custom_css_url": null,
                "analytics": {},
                "support": {},
                "silence_livekit_debug_logs": false,
                "is_silent_login_enabled": self.settings.silent_sign_in,
                "idle_disconnect_warning_delay": null,
                "feedback": {},
                "documentation_url": null,
                "external_home_url": null,
                "use_french_gov_footer": false,
                "use_proconnect_button": false,
                "manifest_link": null,
                "transcription_destination": null,
                "max_participants_for_sound": 5,
                "auto_mute_on_join_threshold": 50,
            }),
        )
    }

    pub(super) fn me(&self, request: &Request) -> Result<Reply, Reply> {
        Ok(Reply::json(200, &self.signed_in(request)?.json()))
    }

    /// The user of whom the OpenID provider says this, made where there is none yet: their id. `None`: it says nobody.
    pub(super) fn user_of(&mut self, claims: &Value) -> Option<String> {
        let text = |name: &str| claims[name].as_str().filter(|text| !text.is_empty());
        let sub = text("sub")?;
        if !self.users.iter().any(|user| user.sub == sub) {
            let user = User {
                id: self.uuid(),
                sub: sub.to_owned(),
                email: String::new(),
                full_name: String::new(),
                short_name: String::new(),
                timezone: "UTC".into(),
                language: "en-us".into(),
            };
            self.users.push(user);
        }
        let user = self.users.iter_mut().find(|user| user.sub == sub)?;
        // What the provider does not tell stays as it was.
        if let Some(email) = text("email") {
            email.clone_into(&mut user.email);
        }
        if let Some(given_name) = text("given_name") {
            given_name.clone_into(&mut user.short_name);
        }
        let names: Vec<_> = ["given_name", "usual_name"].into_iter().filter_map(text).collect();
        if !names.is_empty() {
            user.full_name = names.join(" ");
        }
        Some(user.id.clone())
    }

    pub(super) fn change_user(&mut self, request: &Request, id: &str) -> Result<Reply, Reply> {
        let asks = self.signed_in(request)?;
        let body = request.json()?;
        let Some(user) = self.users.iter_mut().find(|user| user.id == id) else {
            return Err(Reply::detail(404, "No User matches the given query."));
        };
        if user.id != asks.id {
            return Err(Reply::detail(403, "You do not have permission to perform this action."));
        }
        for (field, place) in [("language", &mut user.language), ("timezone", &mut user.timezone)] {
            if let Some(text) = body[field].as_str() {
                text.clone_into(place);
            }
        }
        Ok(Reply::json(200, &user.json()))
    }
}
