// Collects mono sound at 48 kHz as 16-bit samples and hands it over in pieces of a tenth of a second.
class Recorder extends AudioWorkletProcessor {
  piece = new Int16Array(4800);
  filled = 0;

  process([channels]) {
    const samples = channels[0];
    for (let index = 0; index < 128; index++) {
      const value = samples ? Math.max(-1, Math.min(1, samples[index])) : 0;
      this.piece[this.filled++] = Math.round(value * 32767);
      if (this.filled === this.piece.length) {
        this.port.postMessage(this.piece);
        this.piece = new Int16Array(4800);
        this.filled = 0;
      }
    }
    return true;
  }
}
registerProcessor('recorder', Recorder);
