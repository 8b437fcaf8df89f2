/** The words of the engine, generated from `crates/model` by ts-rs. Import them from here. */
export type { Batch } from './generated/Batch';
export type { CameraChoice } from './generated/CameraChoice';
export type { CapabilitySet } from './generated/CapabilitySet';
export type { Command } from './generated/Command';
export type { ConnectionQuality } from './generated/ConnectionQuality';
export type { DeviceChoice } from './generated/DeviceChoice';
export type { DeviceKind } from './generated/DeviceKind';
export type { DeviceView } from './generated/DeviceView';
export type { Devices } from './generated/Devices';
export type { EndReason } from './generated/EndReason';
export type { Fit } from './generated/Fit';
export type { Hearing } from './generated/Hearing';
export type { Issue } from './generated/Issue';
export type { IssueAction } from './generated/IssueAction';
export type { IssueCode } from './generated/IssueCode';
export type { Levels } from './generated/Levels';
export type { Link } from './generated/Link';
export type { LocalView } from './generated/LocalView';
export type { Message } from './generated/Message';
export type { MicrophoneChoice } from './generated/MicrophoneChoice';
export type { ParticipantView } from './generated/ParticipantView';
export type { Patch } from './generated/Patch';
export type { Phase } from './generated/Phase';
export type { PublicationView } from './generated/PublicationView';
export type { Rect } from './generated/Rect';
export type { RoomView } from './generated/RoomView';
export type { Seeing } from './generated/Seeing';
export type { Snapshot } from './generated/Snapshot';
export type { StageLayout } from './generated/StageLayout';
export type { Tile } from './generated/Tile';
export type { TrackSource } from './generated/TrackSource';
export type { VoiceVerdict } from './generated/VoiceVerdict';

/** The own camera, also the preview (`TrackId::local_camera` in Rust). */
export const LOCAL_CAMERA = 'local-camera';
/** The own microphone (`TrackId::local_microphone` in Rust). */
export const LOCAL_MICROPHONE = 'local-microphone';
