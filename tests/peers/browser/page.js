// The page of the browser peer: livekit-client as a web participant uses it, driven by peer.mjs through `window.peer`.
import { ConnectionState, Room, RoomEvent, Track, VideoQuality } from '/node_modules/livekit-client/dist/livekit-client.esm.mjs';
import { camera, microphone, screen } from '/source.js';
import { inbound, outbound, percentile, watchPictures } from '/watch.js';

const say = (event, fields = {}) => window.peerEvent({ event, at_ms: Math.round(performance.now()), ...fields });
const tracks = new Map();
const marks = [];
let room, options, cameraSource, screenSource, recorder;
const sources = { camera: Track.Source.Camera, microphone: Track.Source.Microphone };

/** Every remote track that ever was, as it stands now. */
async function trackReport(entry) {
  const { pictures } = entry;
  if (entry.live) {
    const stats = await inbound(entry.track.receiver).catch(() => null);
    // The counter of the same moment: a track that ends keeps its last statistics, its pictures go on until then.
    if (stats) entry.stats = { ...stats, counter_then: pictures?.last_counter ?? null };
  }
  const report = { identity: entry.identity, source: entry.source, kind: entry.kind, live: entry.live, ...entry.stats };
  if (pictures) {
    const { latencies, ...rest } = pictures;
    Object.assign(report, rest, { latency_ms_p50: percentile(latencies, 0.5), latency_ms_p95: percentile(latencies, 0.95) });
  }
  return report;
}

async function report() {
  const own = [];
  for (const publication of room.localParticipant.trackPublications.values()) {
    own.push({ source: publication.source, layers: publication.track?.sender ? await outbound(publication.track.sender) : [] });
  }
  const remote = [];
  for (const entry of tracks.values()) remote.push(await trackReport(entry));
  return { at_ms: Math.round(performance.now()), state: room.state, drawn: cameraSource?.drawn() ?? 0, own, remote, marks };
}

/** How many pictures our largest layer had sent when a participant came or went. */
async function mark(what, identity) {
  const { own } = await report();
  const sent = own.find((entry) => entry.source === Track.Source.Camera)?.layers[0]?.frames_sent ?? 0;
  marks.push({ what, identity, at_ms: Math.round(performance.now()), frames_sent: sent, drawn: cameraSource?.drawn() ?? 0 });
}

function subscribed(track, publication, participant) {
  const element = track.attach();
  const entry = { track, identity: participant.identity, source: publication.source, kind: track.kind, live: true, stats: {} };
  tracks.set(`${track.sid}-${tracks.size}`, entry);
  if (track.kind === Track.Kind.Video) {
    element.style.width = `${options.tile[0]}px`;
    element.style.height = `${options.tile[1]}px`;
    document.getElementById('tiles').append(element);
    const first = (width, height) => say('picture', { identity: entry.identity, source: entry.source, width, height });
    entry.pictures = watchPictures(element, options.codes, first);
    entry.element = element;
  } else if (!options.recordFrom || options.recordFrom === participant.identity) {
    recorder?.add(track.mediaStreamTrack);
  }
  say('track', { identity: entry.identity, source: entry.source, kind: track.kind });
}

async function unsubscribed(track, participant) {
  for (const entry of tracks.values()) {
    if (entry.track !== track) continue;
    entry.live = false;
    entry.element?.remove();
    say('track_gone', { identity: participant.identity, source: entry.source });
  }
  track.detach();
}

async function startRecorder() {
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  await context.audioWorklet.addModule('/recorder-worklet.js');
  const node = new AudioWorkletNode(context, 'recorder', { channelCount: 1, channelCountMode: 'explicit', numberOfOutputs: 1 });
  // Pulled by the output, where it is silent: a worklet that leads nowhere is not run.
  node.connect(context.destination);
  const pieces = [];
  node.port.onmessage = ({ data }) => pieces.push(data);
  return {
    add: (track) => context.createMediaStreamSource(new MediaStream([track])).connect(node),
    save: () => fetch('/recording', { method: 'POST', body: new Blob(pieces) }),
  };
}

function listen() {
  room
    .on(RoomEvent.TrackSubscribed, subscribed)
    .on(RoomEvent.TrackUnsubscribed, (track, _publication, participant) => unsubscribed(track, participant))
    .on(RoomEvent.ParticipantConnected, (participant) => { mark('came', participant.identity); say('participant', { identity: participant.identity, name: participant.name, present: true }); })
    .on(RoomEvent.ParticipantDisconnected, (participant) => { mark('went', participant.identity); say('participant', { identity: participant.identity, present: false }); })
    .on(RoomEvent.TrackMuted, (publication, participant) => say('muted', { identity: participant.identity, source: publication.source, muted: true }))
    .on(RoomEvent.TrackUnmuted, (publication, participant) => say('muted', { identity: participant.identity, source: publication.source, muted: false }))
    .on(RoomEvent.ActiveSpeakersChanged, (speakers) => say('speakers', { identities: speakers.map((speaker) => speaker.identity) }))
    .on(RoomEvent.ChatMessage, (message, participant) => say('chat', { from: participant?.identity, text: message.message }))
    .on(RoomEvent.DataReceived, (payload, participant, _kind, topic) => say('data', { from: participant?.identity ?? null, topic: topic ?? null, text: new TextDecoder().decode(payload) }))
    .on(RoomEvent.ParticipantAttributesChanged, (changed, participant) => say('attributes', { identity: participant.identity, changed }))
    .on(RoomEvent.ParticipantNameChanged, (name, participant) => say('name', { identity: participant.identity, name }))
    .on(RoomEvent.ParticipantPermissionsChanged, (_before, participant) => say('permissions', { identity: participant.identity, sources: participant.permissions?.canPublishSources ?? [] }))
    .on(RoomEvent.RoomMetadataChanged, (metadata) => say('metadata', { metadata }))
    .on(RoomEvent.SignalReconnecting, () => say('reconnecting', { media: false }))
    .on(RoomEvent.Reconnecting, () => say('reconnecting', { media: true }))
    .on(RoomEvent.Reconnected, () => say('reconnected'))
    .on(RoomEvent.Disconnected, (reason) => say('disconnected', { reason }));
  room.registerTextStreamHandler('lk.chat', async (reader, from) => say('chat', { from: from.identity, text: await reader.readAll() }));
}

/** Keeps the last statistics of tracks that end before the report. */
const sample = () => Promise.all([...tracks.values()].filter((entry) => entry.live).map(trackReport));

window.peer = {
  async join(given) {
    options = given;
    setInterval(sample, 1000);
    room = new Room(options.adaptive ? { adaptiveStream: true, dynacast: true } : {});
    listen();
    if (options.record) recorder = await startRecorder();
    // Sources first, so that the tracks are published in the moment of joining.
    if (options.codec !== 'off') cameraSource = camera(options.size[0], options.size[1], options.fps);
    const sound = options.sound === 'off' ? null : await microphone(options.sound);
    await room.connect(options.url, options.token, { autoSubscribe: true });
    say('joined', { identity: room.localParticipant.identity, present: [...room.remoteParticipants.keys()] });
    const publish = options.codec === 'default' ? {} : { videoCodec: options.codec };
    await Promise.all([
      cameraSource && room.localParticipant.publishTrack(cameraSource.track, { source: Track.Source.Camera, name: 'camera', ...publish }),
      sound && room.localParticipant.publishTrack(sound, { source: Track.Source.Microphone, name: 'microphone' }),
    ]);
    say('published');
  },

  report,

  async chat({ text }) { await room.localParticipant.sendText(text, { topic: 'lk.chat' }); },

  /** Says it as Visio's page does: the stream, and the packet of old clients that newer ones pass over. */
  async visioChat({ text }) {
    const { id, timestamp } = await room.localParticipant.sendText(text, { topic: 'lk.chat' });
    const legacy = JSON.stringify({ id, timestamp, message: text, ignoreLegacy: true });
    await room.localParticipant.publishData(new TextEncoder().encode(legacy), { reliable: true, topic: 'lk-chat-topic' });
  },

  /** Visio's notifications: JSON without a topic, to all or to some. */
  async notify({ message, to }) {
    await room.localParticipant.publishData(new TextEncoder().encode(JSON.stringify(message)), { reliable: true, destinationIdentities: to });
  },

  async mute({ source, muted }) {
    const publication = room.localParticipant.getTrackPublication(sources[source]);
    await (muted ? publication.mute() : publication.unmute());
  },

  async share({ width, height, fps, text = false }) {
    screenSource = screen(width, height, fps, text);
    if (text) screenSource.track.contentHint = 'text';
    // What is read is sent in two sizes, as Visio sends it.
    await room.localParticipant.publishTrack(screenSource.track, { source: Track.Source.ScreenShare, name: 'screen', simulcast: text });
  },

  async unshare() {
    await room.localParticipant.unpublishTrack(screenSource.track);
    screenSource.stop();
  },

  /** Asks for one of the simulcast or spatial layers of every remote picture: low, medium, high. */
  async quality({ quality }) {
    const wanted = { low: VideoQuality.LOW, medium: VideoQuality.MEDIUM, high: VideoQuality.HIGH }[quality];
    for (const participant of room.remoteParticipants.values()) {
      for (const publication of participant.videoTrackPublications.values()) publication.setVideoQuality(wanted);
    }
  },

  /** The picture of a track that is shown now, as a PNG in base64; `null` where there is none. */
  look({ identity, source }) {
    const entry = [...tracks.values()].findLast((one) => one.live && one.element && one.identity === identity && one.source === source);
    const video = entry?.element;
    if (!video?.videoWidth) return null;
    const canvas = Object.assign(document.createElement('canvas'), { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext('2d').drawImage(video, 0, 0);
    return canvas.toDataURL('image/png').split(',')[1];
  },

  /** Gives every tile a new size in CSS pixels; with `adaptive` the layer follows. */
  async tile({ width, height }) {
    for (const video of document.querySelectorAll('video')) Object.assign(video.style, { width: `${width}px`, height: `${height}px` });
  },

  async leave() {
    const last = await report();
    await recorder?.save();
    if (room.state !== ConnectionState.Disconnected) await room.disconnect();
    return last;
  },
};
window.peerReady();
