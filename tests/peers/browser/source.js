// What the peer sends: a moving picture with a barcode, and a tone or a sound file.
import { clockMs, drawBarcode } from '/barcode.js';

/** A camera track of exactly one picture a tick; `drawn()` tells how many there were. */
export function camera(width, height, fps) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false });
  const stream = canvas.captureStream(0);
  const [track] = stream.getVideoTracks();
  const hue = Math.floor(Math.random() * 360);
  let counter = 0;
  function draw() {
    context.fillStyle = `hsl(${hue} 30% 45%)`;
    context.fillRect(0, 0, width, height);
    // A head that sways, and a bar that crosses the picture once in four seconds: much stands still, as in a meeting.
    const seconds = counter / fps;
    context.fillStyle = '#e8c39e';
    context.beginPath();
    context.arc(width / 2 + Math.sin(seconds * 2) * width / 16, height * 0.55, height / 5, 0, 7);
    context.fill();
    context.fillStyle = '#223';
    context.fillRect((seconds / 4 % 1) * width, height * 0.85, width / 20, height / 10);
    drawBarcode(context, width, height, counter, clockMs());
    track.requestFrame();
    counter++;
  }
  draw();
  const timer = setInterval(draw, 1000 / fps);
  return { track, drawn: () => counter, stop: () => { clearInterval(timer); track.stop(); } };
}

/** A page to be read: lines of small text, and in the very middle a blue field of 60 × 30 pixels. */
function drawText(context, width, height) {
  context.fillStyle = '#111';
  context.font = '13px sans-serif';
  context.textBaseline = 'top';
  for (let line = 0; 8 + line * 20 < height; line++) context.fillText(`${line + 1}. The quick brown fox jumps over the lazy dog, ${line * 37 % 101} times. `.repeat(9), 8, 8 + line * 20);
  context.fillStyle = '#22d';
  context.fillRect(width / 2 - 30, height / 2 - 15, 60, 30);
}

/** A shared screen: a white page that stands still, and a red bar that crosses it once in four seconds, or text. */
export function screen(width, height, fps, text) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false });
  const [track] = canvas.captureStream(0).getVideoTracks();
  let counter = 0;
  function draw() {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    if (text) drawText(context, width, height);
    else {
      context.fillStyle = '#d22';
      context.fillRect((counter / fps / 4 % 1) * width, 0, width / 20, height);
    }
    track.requestFrame();
    counter++;
  }
  draw();
  const timer = setInterval(draw, 1000 / fps);
  return { track, stop: () => { clearInterval(timer); track.stop(); } };
}

/** A microphone track: `tone:HZ` at a quarter of full scale, or `file`, the sound that the server of this page holds, over and over. */
export async function microphone(kind) {
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  const out = context.createMediaStreamDestination();
  out.channelCount = 1;
  if (kind.startsWith('tone:')) {
    const tone = new OscillatorNode(context, { frequency: Number(kind.slice(5)) });
    const gain = new GainNode(context, { gain: 0.25 });
    tone.connect(gain).connect(out);
    tone.start();
  } else {
    const bytes = await (await fetch('/sound')).arrayBuffer();
    const source = new AudioBufferSourceNode(context, { buffer: await context.decodeAudioData(bytes), loop: true });
    source.connect(out);
    source.start();
  }
  return out.stream.getAudioTracks()[0];
}
