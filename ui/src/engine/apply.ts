import type { Batch, CaptionView, Message, Patch, Snapshot } from './contract';

/**
 * The snapshot after `batch`, or `null` where the batch does not follow it (then subscribe again).
 *
 * The twin of `visavis_model::apply`. What no patch names keeps its identity, so that selectors hold.
 */
export function apply(snapshot: Snapshot, batch: Batch): Snapshot | null {
  if (batch.from !== snapshot.revision) return null;
  const next = { ...snapshot, revision: batch.to };
  for (const patch of batch.patches) applyOne(next, patch);
  return next;
}

function applyOne(next: Snapshot, patch: Patch): void {
  switch (patch.key) {
    case 'policy':
      next.policy = patch.value;
      break;
    case 'phase':
      next.phase = patch.value;
      break;
    case 'recognised':
      next.recognised = patch.value;
      break;
    case 'elsewhere':
      next.elsewhere = patch.value;
      break;
    case 'offered':
      next.offered = patch.value;
      break;
    case 'room':
      next.room = patch.value;
      break;
    case 'me':
      next.me = patch.value;
      break;
    case 'participant':
      next.participants = { ...next.participants, [patch.value.id]: patch.value };
      break;
    case 'participant_gone': {
      const { [patch.value]: _, ...rest } = next.participants;
      next.participants = rest;
      break;
    }
    case 'devices':
      next.devices = patch.value;
      break;
    case 'issues':
      next.issues = patch.value;
      break;
    case 'message':
      next.messages = upsert(next.messages, patch.value);
      break;
    case 'messages_gone':
      next.messages = [];
      break;
    case 'live_text':
      next.live_text = patch.value;
      break;
    case 'together':
      next.together = patch.value;
      break;
    case 'caption':
      next.captions = upsertCaption(next.captions, patch.value);
      break;
    case 'captions_gone':
      next.captions = [];
      break;
    case 'home':
      next.home = patch.value;
      break;
    case 'share_window':
      next.share_window = patch.value;
      break;
    case 'sharing':
      next.sharing = patch.value;
      break;
    case 'window':
      next.window = patch.value;
      break;
    case 'settings':
      next.settings = patch.value;
      break;
    case 'global_keys':
      next.global_keys = patch.value;
      break;
    case 'doctor':
      next.doctor = patch.value;
      break;
    default:
      // A newer engine may say more; what is not understood is not applied.
      patch satisfies never;
  }
}

function upsert(messages: Message[], message: Message): Message[] {
  const at = messages.findIndex((known) => known.id === message.id && known.author === message.author);
  return at < 0 ? [...messages, message] : messages.with(at, message);
}

function upsertCaption(captions: CaptionView[], caption: CaptionView): CaptionView[] {
  const at = captions.findLastIndex((known) => known.id === caption.id);
  return at < 0 ? [...captions, caption] : captions.with(at, caption);
}
