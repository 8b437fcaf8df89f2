//! What the audio thread is asked, and the opening of its devices.

use super::level::OwnLevel;
use super::run::AudioLoop;
use super::stall::{Gait, Stall};
use super::{AudioCommand, AudioEvent, DeviceFailure, Opened, Stands};
use crate::issues::{issue_of_loudspeaker, issue_of_microphone};
use visavis_audio::device::{Error, server_answers};
use visavis_audio::jitter::JitterBuffer;
use visavis_audio::meter::Meter;
use visavis_audio::trial::{Phase, Trial};
use visavis_model::{DeviceChoice, DeviceId, MicrophoneChoice, TrialView};

impl AudioLoop {
    pub(super) fn command(&mut self, command: AudioCommand) {
        match command {
            AudioCommand::Microphone(choice) => {
                let device = self.microphone_device();
                // What was chosen before may still be opening, or have failed: what counts is what is open.
                let same = match (&choice, &device) {
                    (MicrophoneChoice::Device(id), Some(open)) => id == open,
                    _ => self.microphone_choice.as_ref() == Some(&choice),
                };
                if self.microphone.is_some() && same {
                    // Whatever else is being opened comes too late.
                    self.microphone_openings.forget();
                    self.microphone_choice = Some(choice);
                    (self.tell)(AudioEvent::MicrophoneOpened { device });
                } else {
                    self.open_microphone(choice);
                }
            }
            AudioCommand::Loudspeaker(choice) => {
                let device = self.loudspeaker_device();
                let same = match (&choice, &device) {
                    (DeviceChoice::Device(id), Some(open)) => id == open,
                    _ => self.loudspeaker_choice.as_ref() == Some(&choice),
                };
                if self.loudspeaker.is_some() && same {
                    self.loudspeaker_openings.forget();
                    self.loudspeaker_choice = Some(choice);
                    (self.tell)(AudioEvent::LoudspeakerOpened { device });
                } else {
                    self.open_loudspeaker(choice);
                }
            }
            AudioCommand::MicrophoneOn(on) => self.on = on,
            AudioCommand::Send(output) => self.output = output,
            AudioCommand::Process(parts) => self.processor.set_parts(parts),
            AudioCommand::Play(chime) => self.own_sounds.play(chime),
            AudioCommand::Try => {
                self.trial = Some(Trial::new());
                (self.tell)(AudioEvent::Trial(TrialView::Recording));
            }
            AudioCommand::Close => {
                self.end_trial();
                self.microphone_openings.forget();
                self.loudspeaker_openings.forget();
                self.lose_microphone();
                self.loudspeaker = None;
                self.microphone_choice = None;
                self.loudspeaker_choice = None;
                self.encoder = None;
                self.meter = Meter::new();
            }
            AudioCommand::DropMicrophone => {
                self.microphone_openings.forget();
                self.lose_microphone();
                self.microphone_choice = None;
            }
            AudioCommand::DropLoudspeaker => {
                self.loudspeaker_openings.forget();
                (self.loudspeaker, self.loudspeaker_choice) = (None, None);
            }
            AudioCommand::ForgetAll => {
                self.figures();
                self.buffers.clear();
                self.levels.clear();
                self.heard = false;
            }
            AudioCommand::Add(track) => match JitterBuffer::new() {
                Ok(buffer) => {
                    self.buffers.entry(track).or_insert(buffer);
                }
                Err(error) => tracing::error!(%error, "no decoder for sound"),
            },
            AudioCommand::Remove(track) => {
                self.figures();
                self.buffers.remove(&track);
                self.levels.remove(&track);
            }
            AudioCommand::Loss(fraction) => {
                self.loss = fraction;
                if let Some(encoder) = &mut self.encoder {
                    encoder.set_expected_loss(fraction);
                }
            }
            AudioCommand::MinimumDelay(track, delay) => {
                if let Some(buffer) = self.buffers.get_mut(&track) {
                    buffer.set_minimum_delay(delay);
                }
            }
            AudioCommand::Opened(number, opened) => self.opened(number, opened),
            AudioCommand::ServerAnswers { after } => {
                let now = self.clock.now();
                self.stalls.microphone.server_answers(after, now);
                self.stalls.loudspeaker.server_answers(after, now);
            }
        }
    }

    /// An opening has ended. One for a choice that is no longer the choice is closed again by dropping it.
    fn opened(&mut self, number: u64, opened: Opened) {
        let openings = match opened {
            Opened::Microphone(_) => &mut self.microphone_openings,
            Opened::Loudspeaker(_) => &mut self.loudspeaker_openings,
        };
        let Some(opening) = openings.ended(number, opened.is_open()) else { return };
        let device = opening.device;
        if opened.is_open() {
            self.processor.moved();
        }
        match opened {
            Opened::Microphone(Ok(microphone)) => {
                self.microphone = Some(microphone);
                self.meter = Meter::new();
                self.stalls.microphone = Stall::default();
                (self.tell)(AudioEvent::MicrophoneOpened { device: self.microphone_device() });
            }
            Opened::Loudspeaker(Ok(loudspeaker)) => {
                self.loudspeaker = Some(loudspeaker);
                self.stalls.loudspeaker = Stall::default();
                (self.tell)(AudioEvent::LoudspeakerOpened { device: self.loudspeaker_device() });
            }
            Opened::Microphone(Err(issue)) => {
                let open = self.microphone_device();
                (self.tell)(AudioEvent::MicrophoneFailed(DeviceFailure { issue, device, open, stands: None }));
            }
            Opened::Loudspeaker(Err(issue)) => {
                let open = self.loudspeaker_device();
                (self.tell)(AudioEvent::LoudspeakerFailed(DeviceFailure { issue, device, open, stands: None }));
            }
        }
    }

    /// Nobody waits for what comes no more.
    fn end_trial(&mut self) {
        if self.trial.take().is_some() {
            (self.tell)(AudioEvent::Trial(TrialView::Idle));
        }
    }

    /// Says how far the trial is, where that changed, and forgets what it recorded.
    pub(super) fn look_at_trial(&mut self) {
        let Some(trial) = &self.trial else { return };
        let view = match trial.phase() {
            Phase::Recording => TrialView::Recording,
            Phase::Playing => TrialView::Playing,
            Phase::Done { voice, echo } => TrialView::Done { voice, echo },
        };
        (self.tell)(AudioEvent::Trial(view));
        if matches!(view, TrialView::Done { .. }) {
            self.trial = None;
        }
    }

    fn microphone_device(&self) -> Option<DeviceId> {
        self.microphone.as_ref()?.0.as_ref()?.device().cloned()
    }

    fn loudspeaker_device(&self) -> Option<DeviceId> {
        self.loudspeaker.as_ref()?.0.as_ref()?.device().cloned()
    }

    /// Its level goes with it: where nothing else sounds, no other one is told any more.
    fn lose_microphone(&mut self) {
        if self.microphone.take().is_some() {
            self.own_level = OwnLevel::default();
            self.tell_levels();
        }
    }

    /// The one that is open goes on until the other one is: nobody is cut off in between.
    pub(super) fn open_microphone(&mut self, choice: MicrophoneChoice) {
        if choice == MicrophoneChoice::None {
            self.microphone_openings.forget();
            self.lose_microphone();
        }
        let device = match &choice {
            MicrophoneChoice::Device(id) => Some(id.clone()),
            _ => None,
        };
        self.microphone_choice = Some(choice.clone());
        let Some(number) = self.microphone_openings.ask(device, self.clock.now()) else { return };
        self.open("open-microphone", move || (number, Opened::microphone(&choice)));
    }

    pub(super) fn open_loudspeaker(&mut self, choice: DeviceChoice) {
        let device = match &choice {
            DeviceChoice::Device(id) => Some(id.clone()),
            DeviceChoice::System => None,
        };
        self.loudspeaker_choice = Some(choice.clone());
        let Some(number) = self.loudspeaker_openings.ask(device, self.clock.now()) else { return };
        let without = self.options.without_loudspeaker;
        self.open("open-loudspeaker", move || (number, Opened::loudspeaker(&choice, without)));
    }

    /// A device that went away is opened again; one that gives or takes nothing any more is said to have stopped, and opened again too.
    pub(super) fn watch_devices(&mut self) {
        let now = self.clock.now();
        let waking = self.stalls.sleep.look(std::time::SystemTime::now(), now);
        if let Some((Some(capture), _)) = &self.microphone {
            let has_begun = capture.has_begun() && !waking;
            let gait = self.stalls.microphone.look(capture.recorded_samples(), has_begun, now);
            let changed = capture.poll_event().is_some();
            if gait == Gait::Doubtful {
                self.ask_server();
            }
            let stopped = matches!(gait, Gait::Stopped { .. });
            if stopped || changed {
                let device = self.microphone_device();
                self.open_microphone_again(device.clone());
                if let Gait::Stopped { alone } = gait {
                    let issue = issue_of_microphone(&Error::Timeout);
                    let stands = if alone { Stands::Alone } else { Stands::WithServer };
                    let failure = DeviceFailure { issue, device, open: None, stands: Some(stands) };
                    (self.tell)(AudioEvent::MicrophoneFailed(failure));
                }
            }
        }
        if let Some((Some(playback), _)) = &self.loudspeaker {
            let has_begun = playback.has_begun() && !waking;
            let gait = self.stalls.loudspeaker.look(playback.requested_samples(), has_begun, now);
            let changed = playback.poll_event().is_some();
            if gait == Gait::Doubtful {
                self.ask_server();
            }
            let stopped = matches!(gait, Gait::Stopped { .. });
            if stopped || changed {
                let device = self.loudspeaker_device();
                self.open_loudspeaker_again(device.clone());
                if let Gait::Stopped { alone } = gait {
                    let issue = issue_of_loudspeaker(&Error::Timeout);
                    let stands = if alone { Stands::Alone } else { Stands::WithServer };
                    let failure = DeviceFailure { issue, device, open: None, stands: Some(stands) };
                    (self.tell)(AudioEvent::LoudspeakerFailed(failure));
                }
            }
        }
    }

    /// Itself, and neither another one that is tried in vain, nor what the system gives by now. The choice counts where nobody knows which one it
    /// was. Not both at once: a device may know one user only.
    fn open_microphone_again(&mut self, device: Option<DeviceId>) {
        self.lose_microphone();
        let known = device.clone().map(MicrophoneChoice::Device);
        let Some(choice) = known.or_else(|| self.microphone_choice.clone()) else { return };
        let Some(number) = self.microphone_openings.again(device, self.clock.now()) else { return };
        self.open("open-microphone", move || (number, Opened::microphone_again(&choice)));
    }

    fn open_loudspeaker_again(&mut self, device: Option<DeviceId>) {
        self.loudspeaker = None;
        let known = device.clone().map(DeviceChoice::Device);
        let Some(choice) = known.or_else(|| self.loudspeaker_choice.clone()) else { return };
        let Some(number) = self.loudspeaker_openings.again(device, self.clock.now()) else { return };
        let without = self.options.without_loudspeaker;
        self.open("open-loudspeaker", move || (number, Opened::loudspeaker_again(&choice, without)));
    }

    /// Says whether it is the server that stands still, or the device alone.
    fn ask_server(&self) {
        let clock = self.clock;
        self.aside("ask-sound-server", move || {
            let asked = clock.now();
            server_answers().then(|| AudioCommand::ServerAnswers { after: clock.now().since(asked) })
        });
    }

    /// Opening a device takes up to seconds: it has a thread of its own.
    fn open(&self, name: &str, open: impl FnOnce() -> (u64, Opened) + Send + 'static) {
        self.aside(name, || {
            let (number, opened) = open();
            Some(AudioCommand::Opened(number, opened))
        });
    }

    fn aside(&self, name: &str, work: impl FnOnce() -> Option<AudioCommand> + Send + 'static) {
        let commands = self.commands.clone();
        let run = move || {
            if let Some(command) = work() {
                let _ = commands.send(command);
            }
        };
        if let Err(error) = std::thread::Builder::new().name(name.into()).spawn(run) {
            tracing::error!(%error, "no thread for the sound system");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::engine::AudioOptions;
    use crate::report::Board;
    use std::sync::Arc;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Instant;
    use visavis_audio::capture::Synthetic;
    use visavis_model::VoiceVerdict;

    fn audio() -> (AudioLoop, Receiver<AudioEvent>) {
        let ((commands, _), (tell, told)) = (channel(), channel());
        let tell = move |event| {
            let _ = tell.send(event);
        };
        let clock = Clock::new(Instant::now());
        let options = AudioOptions { without_loudspeaker: true, exactly: false, record: None };
        (AudioLoop::new(clock, Board::default(), options, commands, Arc::default(), Box::new(tell)), told)
    }

    #[test]
    fn the_level_goes_with_the_microphone() {
        for command in
            [AudioCommand::DropMicrophone, AudioCommand::Close, AudioCommand::Microphone(MicrophoneChoice::None)]
        {
            let (mut audio, told) = audio();
            audio.on = true;
            audio.microphone = Some((None, Box::new(Synthetic::new(1))));
            audio.own_level.hear(200);
            audio.command(command);
            let levels = told.try_iter().find_map(|event| match event {
                AudioEvent::Levels { own, .. } => Some(own),
                _ => None,
            });
            assert_eq!((levels, audio.own_level.tell()), (Some(0), 0));
        }
    }

    #[test]
    fn who_wants_no_microphone_gets_none_that_comes_back() {
        let (mut audio, _told) = audio();
        let now = audio.clock.now();
        let again = audio.microphone_openings.again(Some("a".into()), now).expect("an opening");
        audio.command(AudioCommand::Microphone(MicrophoneChoice::None));
        let microphone = Opened::Microphone(Ok((None, Box::new(Synthetic::new(1)))));
        audio.command(AudioCommand::Opened(again, microphone));
        assert!(audio.microphone.is_none());
    }

    #[test]
    fn a_trial_ends_where_nothing_is_open() {
        let (mut audio, told) = audio();
        audio.command(AudioCommand::Try);
        for _ in 0..1000 {
            if audio.is_idle() {
                break;
            }
            audio.tick();
        }
        let is_verdict = |event: AudioEvent| {
            matches!(event, AudioEvent::Trial(TrialView::Done { voice: VoiceVerdict::NoSound, .. }))
        };
        assert!(audio.is_idle() && told.try_iter().any(is_verdict));
    }
}
