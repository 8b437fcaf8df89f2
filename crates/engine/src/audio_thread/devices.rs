//! What the audio thread is asked, and the opening of its devices.

use super::level::OwnLevel;
use super::run::AudioLoop;
use super::stall::Stall;
use super::{AudioCommand, AudioEvent, Opened};
use crate::issues::{issue_of_loudspeaker, issue_of_microphone};
use visavis_audio::capture::{Capture, Source, Synthetic, WavFile};
use visavis_audio::device::Error;
use visavis_audio::jitter::JitterBuffer;
use visavis_audio::meter::Meter;
use visavis_audio::playback::{Null, Playback, Sink};
use visavis_audio::trial::{Phase, Trial};
use visavis_model::{DeviceChoice, DeviceId, Issue, IssueCode, MicrophoneChoice, TrialView};

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
                    self.microphone_number += 1;
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
                    self.loudspeaker_number += 1;
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
                self.microphone_number += 1;
                self.loudspeaker_number += 1;
                self.lose_microphone();
                self.loudspeaker = None;
                self.loudspeaker_opening = None;
                self.microphone_choice = None;
                self.loudspeaker_choice = None;
                self.encoder = None;
                self.meter = Meter::new();
            }
            AudioCommand::DropMicrophone => {
                self.microphone_number += 1;
                self.lose_microphone();
                self.microphone_choice = None;
            }
            AudioCommand::DropLoudspeaker => {
                self.loudspeaker_number += 1;
                (self.loudspeaker, self.loudspeaker_choice, self.loudspeaker_opening) = (None, None, None);
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
            AudioCommand::Opened(number, Opened::Microphone(opened)) if number == self.microphone_number => {
                match opened {
                    Ok(microphone) => {
                        self.microphone = Some(microphone);
                        self.meter = Meter::new();
                        self.stalls.microphone = Stall::default();
                        (self.tell)(AudioEvent::MicrophoneOpened { device: self.microphone_device() });
                    }
                    Err(issue) => self.microphone_failed(issue),
                }
            }
            AudioCommand::Opened(number, Opened::Loudspeaker(opened)) if number == self.loudspeaker_number => {
                self.loudspeaker_opening = None;
                match opened {
                    Ok(loudspeaker) => {
                        self.loudspeaker = Some(loudspeaker);
                        self.stalls.loudspeaker = Stall::default();
                        (self.tell)(AudioEvent::LoudspeakerOpened { device: self.loudspeaker_device() });
                    }
                    Err(issue) => self.loudspeaker_failed(issue),
                }
            }
            // Opened for a choice that is no longer the choice: closed again by dropping it.
            AudioCommand::Opened(..) => {}
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

    fn microphone_failed(&self, issue: Issue) {
        (self.tell)(AudioEvent::MicrophoneFailed { issue, open: self.microphone_device() });
    }

    fn loudspeaker_failed(&self, issue: Issue) {
        (self.tell)(AudioEvent::LoudspeakerFailed { issue, open: self.loudspeaker_device() });
    }

    /// The one that is open goes on until the other one is: nobody is cut off in between.
    pub(super) fn open_microphone(&mut self, choice: MicrophoneChoice) {
        self.microphone_number += 1;
        if choice == MicrophoneChoice::None {
            self.lose_microphone();
        }
        self.microphone_choice = Some(choice.clone());
        let number = self.microphone_number;
        self.open("open-microphone", move || (number, Opened::Microphone(open_microphone(&choice))));
    }

    pub(super) fn open_loudspeaker(&mut self, choice: DeviceChoice) {
        self.loudspeaker_number += 1;
        self.loudspeaker_choice = Some(choice.clone());
        self.loudspeaker_opening = Some(self.clock.now());
        let number = self.loudspeaker_number;
        let without = self.options.without_loudspeaker;
        self.open("open-loudspeaker", move || (number, Opened::Loudspeaker(open_loudspeaker(&choice, without))));
    }

    /// A device that went away is opened again, itself and no other that the system gives by now; one that gives or takes nothing any more is said to have stopped, and opened again too.
    pub(super) fn watch_devices(&mut self) {
        let now = self.clock.now();
        if let (Some((Some(capture), _)), Some(choice)) = (&self.microphone, self.microphone_choice.clone()) {
            let stopped = self.stalls.microphone.look(capture.recorded_samples(), now);
            let changed = capture.poll_event().is_some();
            if stopped || changed {
                let choice = match (choice, capture.device()) {
                    (MicrophoneChoice::System, Some(device)) => MicrophoneChoice::Device(device.clone()),
                    (choice, _) => choice,
                };
                // Not both at once: a device may know one user only.
                self.lose_microphone();
                self.open_microphone(choice);
            }
            if stopped {
                self.microphone_failed(Issue::new(IssueCode::MicrophoneStopped));
            }
        }
        if let (Some((Some(playback), _)), Some(choice)) = (&self.loudspeaker, self.loudspeaker_choice.clone()) {
            let stopped = self.stalls.loudspeaker.look(playback.requested_samples(), now);
            if stopped || playback.poll_event().is_some() {
                let choice = match (choice, playback.device()) {
                    (DeviceChoice::System, Some(device)) => DeviceChoice::Device(device.clone()),
                    (choice, _) => choice,
                };
                self.loudspeaker = None;
                self.open_loudspeaker(choice);
            }
            if stopped {
                self.loudspeaker_failed(issue_of_loudspeaker(&Error::Timeout));
            }
        }
    }

    /// Opening a device takes up to seconds: it has a thread of its own.
    fn open(&self, name: &str, open: impl FnOnce() -> (u64, Opened) + Send + 'static) {
        let commands = self.commands.clone();
        let run = move || {
            let (number, opened) = open();
            let _ = commands.send(AudioCommand::Opened(number, opened));
        };
        if let Err(error) = std::thread::Builder::new().name(name.into()).spawn(run) {
            tracing::error!(%error, "no thread to open a device");
        }
    }
}

type OpenedSource = Result<(Option<Capture>, Box<dyn Source>), Issue>;
type OpenedSink = Result<(Option<Playback>, Box<dyn Sink>), Issue>;

fn open_microphone(choice: &MicrophoneChoice) -> OpenedSource {
    let device = match choice {
        MicrophoneChoice::None => return Err(Issue::new(IssueCode::MicrophoneNone)),
        MicrophoneChoice::Synthetic => return Ok((None, Box::new(Synthetic::new(std::process::id())))),
        MicrophoneChoice::File(path) => {
            let file = WavFile::open(std::path::Path::new(path)).map_err(|error| issue_of_microphone_file(&error))?;
            return Ok((None, Box::new(file)));
        }
        MicrophoneChoice::System => DeviceChoice::System,
        MicrophoneChoice::Device(id) => DeviceChoice::Device(id.clone()),
    };
    let (capture, reader) = Capture::open(&device).map_err(|error| issue_of_microphone(&error))?;
    Ok((Some(capture), Box::new(reader)))
}

fn issue_of_microphone_file(error: &visavis_audio::capture::FileError) -> Issue {
    tracing::debug!(%error, "the sound file is not used");
    Issue::new(IssueCode::SourceFile).with("cause", "unreadable")
}

fn open_loudspeaker(choice: &DeviceChoice, without: bool) -> OpenedSink {
    if without {
        return Ok((None, Box::new(Null)));
    }
    let (playback, writer) = Playback::open(choice).map_err(|error| issue_of_loudspeaker(&error))?;
    Ok((Some(playback), Box::new(writer)))
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
}
