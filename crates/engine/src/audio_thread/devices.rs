//! What the audio thread is asked, and the opening of its devices.

use super::run::AudioLoop;
use super::{AudioCommand, AudioEvent, Opened};
use crate::issues::{issue_of_loudspeaker, issue_of_microphone};
use visavis_audio::capture::{Capture, Source, Synthetic, WavFile};
use visavis_audio::jitter::JitterBuffer;
use visavis_audio::meter::Meter;
use visavis_audio::playback::{Null, Playback, Sink};
use visavis_model::{DeviceChoice, Issue, MicrophoneChoice};

impl AudioLoop {
    pub(super) fn command(&mut self, command: AudioCommand) {
        match command {
            AudioCommand::Microphone(choice) => {
                if self.microphone.is_none() || self.microphone_choice.as_ref() != Some(&choice) {
                    self.open_microphone(choice);
                } else {
                    (self.tell)(AudioEvent::MicrophoneOpened);
                }
            }
            AudioCommand::Loudspeaker(choice) => {
                if self.loudspeaker.is_none() || self.loudspeaker_choice.as_ref() != Some(&choice) {
                    self.open_loudspeaker(choice);
                }
            }
            AudioCommand::MicrophoneOn(on) => self.on = on,
            AudioCommand::Send(output) => self.output = output,
            AudioCommand::Process(parts) => self.processor.set_parts(parts),
            AudioCommand::Play(chime) => self.own_sounds.play(chime),
            AudioCommand::Close => {
                self.microphone_number += 1;
                self.loudspeaker_number += 1;
                self.microphone = None;
                self.loudspeaker = None;
                self.microphone_choice = None;
                self.loudspeaker_choice = None;
                self.encoder = None;
                self.meter = Meter::new();
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
                        (self.tell)(AudioEvent::MicrophoneOpened);
                    }
                    Err(issue) => (self.tell)(AudioEvent::MicrophoneFailed { issue }),
                }
            }
            AudioCommand::Opened(number, Opened::Loudspeaker(opened)) if number == self.loudspeaker_number => {
                match opened {
                    Ok(loudspeaker) => {
                        self.loudspeaker = Some(loudspeaker);
                        (self.tell)(AudioEvent::LoudspeakerOpened);
                    }
                    Err(issue) => (self.tell)(AudioEvent::LoudspeakerFailed { issue }),
                }
            }
            // Opened for a choice that is no longer the choice: closed again by dropping it.
            AudioCommand::Opened(..) => {}
        }
    }

    pub(super) fn open_microphone(&mut self, choice: MicrophoneChoice) {
        self.microphone_number += 1;
        self.microphone = None;
        self.microphone_choice = Some(choice.clone());
        let number = self.microphone_number;
        self.open("open-microphone", move || (number, Opened::Microphone(open_microphone(&choice))));
    }

    pub(super) fn open_loudspeaker(&mut self, choice: DeviceChoice) {
        self.loudspeaker_number += 1;
        self.loudspeaker = None;
        self.loudspeaker_choice = Some(choice.clone());
        let number = self.loudspeaker_number;
        let without = self.options.without_loudspeaker;
        self.open("open-loudspeaker", move || (number, Opened::Loudspeaker(open_loudspeaker(&choice, without))));
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
        MicrophoneChoice::None => return Err(Issue::new(visavis_model::IssueCode::MicrophoneNone)),
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
    Issue::new(visavis_model::IssueCode::SourceFile).with("cause", "unreadable")
}

fn open_loudspeaker(choice: &DeviceChoice, without: bool) -> OpenedSink {
    if without {
        return Ok((None, Box::new(Null)));
    }
    let (playback, writer) = Playback::open(choice).map_err(|error| issue_of_loudspeaker(&error))?;
    Ok((Some(playback), Box::new(writer)))
}
