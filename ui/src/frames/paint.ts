import type { FrameMessage } from './message';
import { i420ToRgba } from './pixels';

/** Draws one picture, filling the canvas. */
export type Paint = (context: CanvasRenderingContext2D, frame: FrameMessage) => void;

const WEBRTC_COLOUR: VideoColorSpaceInit = {
  matrix: 'smpte170m',
  primaries: 'smpte170m',
  transfer: 'smpte170m',
  fullRange: false,
};

/** The quickest way of this webview to show I420. */
export async function choosePaint(): Promise<Paint> {
  if (typeof VideoFrame === 'undefined' || typeof VideoDecoder === 'undefined') return paintInScript;
  try {
    // The first media call of a WebKitGTK process must not be `new VideoFrame`: GStreamer is set up
    // in a race then, and the web process aborts. This call sets it up in order.
    await VideoDecoder.isConfigSupported({ codec: 'vp8' });
  } catch {
    return paintInScript;
  }
  return paintByVideoFrame;
}

function paintByVideoFrame(context: CanvasRenderingContext2D, frame: FrameMessage): void {
  if (frame.format === 'rgba') {
    paintInScript(context, frame);
    return;
  }
  const picture = new VideoFrame(frame.pixels, {
    format: 'I420',
    codedWidth: frame.width,
    codedHeight: frame.height,
    timestamp: 0,
    colorSpace: WEBRTC_COLOUR,
  });
  context.drawImage(picture, 0, 0);
  picture.close();
}

function paintInScript(context: CanvasRenderingContext2D, frame: FrameMessage): void {
  const image = context.createImageData(frame.width, frame.height);
  if (frame.format === 'rgba') image.data.set(frame.pixels);
  else i420ToRgba(frame.pixels, frame.width, frame.height, image.data);
  context.putImageData(image, 0, 0);
}
