//! What a person asks for, and who does it.

use super::offer::Offer;
use super::*;

/// How long devices stay open for a trial outside of a meeting at most, and for the test sound: longer than a dead loudspeaker is waited for.
const TRIAL: Duration = Duration::from_secs(15);
const TEST: Duration = Duration::from_secs(6);

impl Meeting {
    pub(super) fn command(&mut self, command: Command) {
        if self.is_forbidden(&command) {
            return;
        }
        match command {
            Command::OpenLink { text } => {
                self.open_link(&text);
            }
            Command::Offer { text, direct, microphone_off, camera_off } => {
                self.offer(Offer { text, direct, microphone_off, camera_off });
            }
            Command::TakeOffer => self.take_offer(),
            Command::RefuseOffer => self.refuse_offer(),
            Command::Recognise { text } => {
                let (found, elsewhere) = match self.destination(&text) {
                    Ok(Destination::Here(meeting)) => (Some(self.link_to_read(&meeting.found.link)), None),
                    Ok(Destination::Elsewhere(foreign)) => (None, Some(foreign)),
                    Err(_) => (None, None),
                };
                self.state.edit().recognised = found;
                // What was opened is asked about until somebody has decided; a field that is empty or typed in does not take it away.
                if self.state.view().elsewhere.as_ref().is_none_or(|elsewhere| !elsewhere.asked) {
                    self.set_elsewhere(elsewhere.as_ref(), false);
                }
            }
            Command::DismissElsewhere => self.set_elsewhere(None, false),
            Command::SetName { name } => {
                let name = clean_name(&name);
                self.hidden.name.clone_from(&name);
                if self.state.view().me.name != name {
                    self.forget_unsent();
                }
                let me = &mut self.state.edit().me;
                (me.name, me.name_given) = (name.clone(), false);
                if self.in_meeting() {
                    self.act("set_name", Action::Rename(name));
                }
            }
            Command::Join => self.join(),
            Command::Leave => self.leave(),
            Command::Retry => self.retry(),
            Command::ConnectCalendar { address, user, password } => self.connect_calendar(&address, &user, password),
            Command::CancelCalendar => self.cancel_calendar(),
            Command::SignInAtProxy { proxy, user, password } => {
                self.network.logins().say(&proxy, &user, password.reveal());
                self.retry();
            }
            Command::ForgetCalendar => self.forget_calendar(),
            Command::ReadCalendar => self.read_calendar(),
            Command::Stay => self.stay(),
            Command::Diagnose { host } => self.diagnose(host.as_deref()),
            Command::StopDiagnosis => self.stop_diagnosis(),
            Command::SetMicrophoneOn { on } => self.set_microphone_on(on),
            Command::ToggleMicrophone => self.set_microphone_on(!self.state.view().me.microphone_on),
            Command::Talk { on } => self.talk(on),
            Command::TryMicrophone => {
                self.open_for_trial(TRIAL, &[DeviceKind::Loudspeaker, DeviceKind::Microphone]);
                self.audio.command(AudioCommand::Try);
            }
            Command::SetCameraOn { on } => {
                self.state.edit().me.camera_on = on;
                self.apply_camera();
            }
            Command::ChooseMicrophone { choice } => {
                self.state.edit().me.microphone = choice;
                if self.has_place() {
                    self.use_sound(DeviceKind::Microphone);
                }
                self.look_at_offer();
            }
            Command::ChooseLoudspeaker { choice } => {
                self.state.edit().me.loudspeaker = choice;
                if self.has_place() {
                    self.use_sound(DeviceKind::Loudspeaker);
                }
                self.look_at_offer();
            }
            Command::ChooseCamera { choice } => {
                self.state.edit().me.camera = choice;
                self.stop_camera();
                self.apply_camera();
                self.look_at_offer();
            }
            Command::UnmuteMicrophone => self.unmute(DeviceKind::Microphone),
            Command::UnmuteLoudspeaker => self.unmute(DeviceKind::Loudspeaker),
            Command::TestLoudspeaker => {
                self.open_for_trial(TEST, &[DeviceKind::Loudspeaker]);
                self.chime(Chime::Test);
            }
            Command::LookForScreens => self.look_for_screens(),
            Command::StartShare { choice, mode, sound } => self.start_share(choice, mode, sound),
            Command::SetShareSound { on } => self.set_share_sound(on),
            Command::PauseShare { paused } => self.pause_share(paused),
            Command::ChooseShareMode { mode } => self.choose_share_mode(mode),
            Command::StopShare => {
                self.stop_share();
                self.forget_screens();
            }
            Command::Stage { layout } => self.set_layout(layout),
            Command::ShareStage { layout } => self.set_share_layout(layout),
            Command::KeepWindow { choices } => self.state.edit().window = choices.bounded(),
            Command::KeepSettings { settings } => self.keep_settings(*settings),
            Command::TypeLive { text, done } => self.type_live(&text, done),
            Command::SendMessage { text } => self.send_message(&text),
            Command::SendAgain { id } => self.send_again(&id),
            Command::Dismiss { code } => {
                self.issue_gone(code);
                self.following.dismiss(code);
                if code == IssueCode::ServerUnknown {
                    self.asked_about = None;
                }
                if code == IssueCode::ServerMoved {
                    self.moved_to = None;
                }
            }
            Command::RestartPicture { participant } => self.restart_picture(&participant),

            Command::RaiseHand { up } => self.act("raise_hand", Action::RaiseHand(up)),
            Command::React { reaction } => self.react(reaction),
            Command::SetCaptions { on } => self.set_captions(on),
            Command::Admit { waiter } => self.act("admit", Action::Admit(waiter)),
            Command::Refuse { waiter } => self.act("refuse", Action::Refuse(waiter)),
            Command::AdmitAll => self.act("admit_all", Action::AdmitAll),
            Command::MuteParticipant { participant } => {
                let source = visavis_model::TrackSource::Microphone;
                self.act("mute_participant", Action::Mute { participant, source });
            }
            Command::MuteAll => self.act("mute_all", Action::MuteAll),
            Command::LowerHand { participant } => self.act("lower_hand", Action::LowerHand(participant)),
            Command::LowerAllHands => self.act("lower_all_hands", Action::LowerAllHands),
            Command::SetRole { participant, role } => self.act("set_role", Action::SetRole { participant, role }),
            Command::RenameParticipant { participant, name } => {
                let name = clean_name(&name);
                self.act("rename_participant", Action::RenameOther { participant, name });
            }
            Command::RemoveParticipant { participant } => self.act("remove_participant", Action::Remove(participant)),
            Command::Configure { access, sources, everyone_can_mute } => {
                self.configure(access, sources, everyone_can_mute);
            }
            Command::StartRecording { mode } => {
                self.act("start_recording", Action::StartRecording { mode, language: None, transcribe: false });
            }
            Command::StopRecording => self.act("stop_recording", Action::StopRecording),
            Command::AskForRecording { mode } => self.act("ask_for_recording", Action::AskForRecording(mode)),
            Command::Invite { addresses } => self.act("invite", Action::Invite(addresses)),

            Command::AddServer { host } => self.add_server(&host),
            Command::RemoveServer { host } => self.remove_server(&host),
            Command::ForgetRecent => self.state.edit().home.recent.clear(),
            Command::ForgetMeeting { host, room } => {
                self.state.edit().home.recent.retain(|one| (&one.host, &one.room) != (&host, &room));
            }
            Command::SignIn { host } => self.sign_in(&host),
            Command::SignOut { host } => self.sign_out(&host),
            Command::ReadRooms { host } => self.read_rooms(&host),
            Command::NewRoom { host, name, access } => self.new_room(&host, name, access),
        }
    }

    fn restart_picture(&mut self, participant: &visavis_model::ParticipantId) {
        let tracks: Vec<_> =
            self.state.view().participants.get(participant).map_or(Vec::new(), |view| {
                view.publications.iter().map(|publication| publication.track.clone()).collect()
            });
        if let Some(call) = &self.call {
            tracks.into_iter().for_each(|track| call.net.restart_picture(track));
        }
    }
}
