// What the peer sees and hears of one remote track, and what it sends itself: the browser's own statistics, and the
// pictures that it really showed.
import { clockMs, readBarcode } from '/barcode.js';

/** Longest run of kept capture-to-shown delays. */
const LATENCIES = 2000;

/** Watches the pictures of a playing `video` element. */
export function watchPictures(video, readCodes, onFirst) {
  const seen = { shown: 0, first_ms: null, longest_gap_ms: 0, codes: 0, first_counter: null, last_counter: null, backward: 0, latencies: [], sizes: {} };
  let last = null;
  function next(now) {
    seen.shown++;
    if (seen.first_ms === null) { seen.first_ms = now; onFirst(video.videoWidth, video.videoHeight); }
    // The first second is the ramp-up, as in our own report.
    if (last !== null && now - seen.first_ms > 1000) seen.longest_gap_ms = Math.max(seen.longest_gap_ms, now - last);
    last = now;
    const size = `${video.videoWidth}x${video.videoHeight}`;
    seen.sizes[size] = (seen.sizes[size] ?? 0) + 1;
    const code = readCodes ? readBarcode(video) : null;
    if (code) {
      seen.codes++;
      seen.first_counter ??= code.counter;
      if (seen.last_counter !== null && code.counter < seen.last_counter) seen.backward++;
      seen.last_counter = code.counter;
      if (seen.latencies.length < LATENCIES) seen.latencies.push(clockMs() - code.clock);
    }
    video.requestVideoFrameCallback(next);
  }
  video.requestVideoFrameCallback(next);
  return seen;
}

/** The value below which `share` of `values` lie; null for none. */
export function percentile(values, share) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

const codecOf = (stats, entry) => stats.get(entry.codecId)?.mimeType?.split('/')[1]?.toLowerCase() ?? null;

/** The inbound statistics of one receiver, in the words of our own report. */
export async function inbound(receiver) {
  const stats = await receiver.getStats();
  for (const entry of stats.values()) {
    if (entry.type !== 'inbound-rtp') continue;
    return {
      codec: codecOf(stats, entry), packets_received: entry.packetsReceived, packets_lost: entry.packetsLost, bytes: entry.bytesReceived,
      width: entry.frameWidth ?? 0, height: entry.frameHeight ?? 0, fps: entry.framesPerSecond ?? 0,
      frames_received: entry.framesReceived ?? 0, frames_decoded: entry.framesDecoded ?? 0, frames_dropped: entry.framesDropped ?? 0,
      keyframes: entry.keyFramesDecoded ?? 0, freezes: entry.freezeCount ?? 0, freeze_ms: Math.round((entry.totalFreezesDuration ?? 0) * 1000),
      plis: entry.pliCount ?? 0, nacks: entry.nackCount ?? 0, scalability: entry.scalabilityMode ?? null,
      samples: entry.totalSamplesReceived ?? 0, concealed: entry.concealedSamples ?? 0, concealed_silent: entry.silentConcealedSamples ?? 0,
      inserted: entry.insertedSamplesForDeceleration ?? 0, removed: entry.removedSamplesForAcceleration ?? 0,
      energy: entry.totalAudioEnergy ?? 0, seconds: entry.totalSamplesDuration ?? 0,
      jitter_delay_ms: entry.jitterBufferEmittedCount ? entry.jitterBufferDelay / entry.jitterBufferEmittedCount * 1000 : 0,
    };
  }
  return null;
}

/** Spatial layers of a mode such as L3T3_KEY: a browser counts a sent frame for each of them. */
const spatialLayers = (mode) => Number(/^L(\d)/.exec(mode ?? '')?.[1] ?? 1);

/** The outbound statistics of one sender, an entry a layer, largest first. */
export async function outbound(sender) {
  const stats = await sender.getStats();
  const layers = [];
  for (const entry of stats.values()) {
    if (entry.type !== 'outbound-rtp') continue;
    layers.push({
      rid: entry.rid ?? '', codec: codecOf(stats, entry), width: entry.frameWidth ?? 0, height: entry.frameHeight ?? 0, fps: entry.framesPerSecond ?? 0,
      frames_sent: Math.round((entry.framesSent ?? 0) / spatialLayers(entry.scalabilityMode)), keyframes: entry.keyFramesEncoded ?? 0,
      packets_sent: entry.packetsSent, packets_retransmitted: entry.retransmittedPacketsSent ?? 0, nacks: entry.nackCount ?? 0, plis: entry.pliCount ?? 0,
      target_bitrate: entry.targetBitrate ?? 0, scalability: entry.scalabilityMode ?? null, limited_by: entry.qualityLimitationReason ?? null,
    });
  }
  return layers.sort((a, b) => b.width - a.width || b.frames_sent - a.frames_sent);
}
