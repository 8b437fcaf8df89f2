import type { FrameSource } from '../engine';

/** Hair, skin, clothes and wall of a painted person. */
interface Look {
  wall: [string, string];
  skin: string;
  hair: string;
  clothes: string;
  cut: 'long' | 'short' | 'round' | 'bob' | 'scarf';
  glasses?: boolean;
  beard?: boolean;
}

const LOOKS: Look[] = [
  { wall: ['#b9cdc6', '#587570'], skin: '#f0d2bd', hair: '#7c4a2c', clothes: '#34585c', cut: 'bob' },
  { wall: ['#d8ccb8', '#a0937d'], skin: '#d9a981', hair: '#2b211f', clothes: '#803a49', cut: 'long' },
  { wall: ['#a9c1c4', '#56706f'], skin: '#ecc8a6', hair: '#32241f', clothes: '#dfe4e2', cut: 'short', beard: true },
  { wall: ['#dedad2', '#a7a69d'], skin: '#7c4c33', hair: '#1c1513', clothes: '#b7653b', cut: 'round' },
  { wall: ['#5f7576', '#2b3a3f'], skin: '#64402c', hair: '#1a1412', clothes: '#34507f', cut: 'short', glasses: true },
  { wall: ['#d9d5cc', '#9fa099'], skin: '#c68f66', hair: '#4b6a80', clothes: '#334145', cut: 'scarf' },
  { wall: ['#e6c7a0', '#a48563'], skin: '#f2d3b8', hair: '#c9a25c', clothes: '#3c735a', cut: 'long' },
  { wall: ['#4d565c', '#232b30'], skin: '#dcb48f', hair: '#1c1716', clothes: '#585f66', cut: 'bob' },
];

const KNOWN = ['local', 'sofia', 'julien', 'nadia', 'amadou', 'ines', 'marieke', 'lien'];

/** Which look a track has; always the same one. */
function lookOf(track: string): number {
  const known = KNOWN.findIndex((name) => track.startsWith(name));
  if (known >= 0) return known;
  let sum = 0;
  for (const char of track) sum = (sum * 31 + char.charCodeAt(0)) % 997;
  return sum % LOOKS.length;
}

/** A frame source that paints talking heads: 12 pictures a second, or one where `still`. */
export function paintedPeople(still: boolean): FrameSource {
  const shown = new Map<HTMLCanvasElement, string>();
  let last = -1;
  const paintAll = (ms: number) => {
    const tick = still ? 0 : Math.floor(ms / 83);
    if (tick !== last || still) {
      last = tick;
      for (const [canvas, track] of shown) paint(canvas, track, still ? 14 : tick);
    }
    requestAnimationFrame(paintAll);
  };
  requestAnimationFrame(paintAll);
  return {
    attach(track, canvas) {
      shown.set(canvas, track);
      last = -1;
      return () => shown.delete(canvas);
    },
  };
}

function paint(canvas: HTMLCanvasElement, track: string, tick: number): void {
  const scale = window.devicePixelRatio;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (width === 0 || height === 0) return;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) return;
  context.save();
  // The scene is 16 by 9 and covers the canvas.
  const unit = Math.max(width / 16, height / 9);
  context.translate(width / 2, height - 4.5 * unit);
  context.scale(unit, unit);
  if (track.includes('screen')) paintSlides(context, tick);
  else {
    const look = LOOKS[lookOf(track)];
    if (look !== undefined) paintPerson(context, look, lookOf(track), tick);
  }
  context.restore();
}

function disc(c: CanvasRenderingContext2D, x: number, y: number, rx: number, ry: number, fill: string): void {
  c.fillStyle = fill;
  c.beginPath();
  c.ellipse(x, y, rx, ry, 0, 0, Math.PI * 2);
  c.fill();
}

function block(c: CanvasRenderingContext2D, x: number, y: number, w: number, h: number, r: number, fill: string | CanvasGradient): void {
  c.fillStyle = fill;
  c.beginPath();
  c.roundRect(x, y, w, h, r);
  c.fill();
}

function paintWall(c: CanvasRenderingContext2D, look: Look, index: number): void {
  const wall = c.createLinearGradient(-8, -4.5, 8, 4.5);
  wall.addColorStop(0, look.wall[0]);
  wall.addColorStop(1, look.wall[1]);
  c.fillStyle = wall;
  c.fillRect(-20, -20, 40, 30);
  c.globalAlpha = 0.35;
  if (index % 4 === 0) {
    disc(c, -6, -3, 4.5, 4.5, '#ffffff');
    disc(c, 7, 4, 5, 5, '#ffffff');
  } else if (index % 4 === 1) {
    block(c, -7.4, -3.8, 4, 4.6, 0.2, '#ffffff');
    const books = ['#2f6f73', '#a0453c', '#d3b574', '#4c6147', '#7b3f63', '#cfd8d6', '#30585c'];
    for (let row = 0; row < 3; row++)
      for (let book = 0; book < 11; book++)
        block(c, 1 + book * 0.66, -3.4 + row * 2.4 + (book % 3) * 0.14, 0.42, 1.5 - (book % 3) * 0.14, 0.05, books[(book + row * 3) % 7] ?? '#30585c');
  } else if (index % 4 === 2) {
    block(c, -7.6, -4.2, 5.4, 5, 0.15, '#ffffff');
    block(c, 3.2, -3, 3.4, 2.2, 0.1, '#6b4c35');
  } else {
    block(c, 4, -3.6, 3, 4, 0.1, '#ffffff');
    disc(c, -6, -0.6, 1.8, 1.2, '#2f6243');
    block(c, -6.4, 0, 0.8, 5, 0.1, '#6b4630');
  }
  c.globalAlpha = 1;
}

function paintPerson(c: CanvasRenderingContext2D, look: Look, index: number, tick: number): void {
  paintWall(c, look, index);
  const sway = Math.sin(tick / 17 + index) * 0.12;
  const nod = Math.sin(tick / 11 + index * 2) * 0.06;
  const talking = index === 1 || index === 0;
  const mouth = talking ? 0.16 + 0.14 * Math.abs(Math.sin(tick / 2.2 + index)) : 0.03;
  const blink = (tick + index * 13) % 47 < 2;
  c.translate(sway, 0);
  // Hair behind the head.
  if (look.cut === 'long') block(c, -1.75, -2.1, 3.5, 6, 1.6, look.hair);
  if (look.cut === 'bob') block(c, -1.7, -2.1, 3.4, 3.9, 1.5, look.hair);
  if (look.cut === 'scarf') block(c, -2, -2.3, 4, 5.6, 1.8, look.hair);
  if (look.cut === 'round') disc(c, 0, -1.1, 2.1, 2, look.hair);
  // Shoulders and neck.
  c.fillStyle = look.clothes;
  c.beginPath();
  c.moveTo(-4.2, 4.8);
  c.bezierCurveTo(-3.6, 2.6, -2, 2.2, -0.8, 2);
  c.lineTo(0.8, 2);
  c.bezierCurveTo(2, 2.2, 3.6, 2.6, 4.2, 4.8);
  c.fill();
  block(c, -0.62, 0.8, 1.24, 1.62, 0.6, look.skin);
  c.globalAlpha = 0.14;
  block(c, -0.62, 0.9, 1.24, 0.75, 0.2, '#000000');
  c.globalAlpha = 1;
  c.translate(0, nod);
  // Head.
  c.fillStyle = look.skin;
  c.beginPath();
  c.ellipse(0, -0.45, 1.36, 1.72, 0, 0, Math.PI * 2);
  c.fill();
  if (look.beard === true) {
    c.fillStyle = look.hair;
    c.beginPath();
    c.ellipse(0, 0.2, 1.34, 1.18, 0, 0.05, Math.PI - 0.05);
    c.fill();
  }
  // Hair in front.
  c.fillStyle = look.hair;
  c.beginPath();
  if (look.cut === 'scarf') {
    c.ellipse(0, -0.9, 1.75, 1.75, 0, Math.PI * 0.98, Math.PI * 2.02);
    c.ellipse(0, -0.35, 1.2, 1.2, 0, Math.PI * 2, Math.PI, true);
  } else {
    c.moveTo(-1.42, -0.3);
    c.bezierCurveTo(-1.72, -3, 1.72, -3, 1.42, -0.3);
    c.bezierCurveTo(1.25, -1.2, 0.9, -1.5, 0.5, -1.62);
    c.bezierCurveTo(-0.2, -1.2, -1.2, -1.1, -1.42, -0.3);
  }
  c.fill();
  if (look.cut !== 'scarf') {
    disc(c, -1.36, -0.22, 0.22, 0.34, look.skin);
    disc(c, 1.36, -0.22, 0.22, 0.34, look.skin);
  }
  // Eyes, brows, nose, mouth.
  for (const side of [-1, 1]) {
    if (blink) block(c, side * 0.52 - 0.16, -0.42, 0.32, 0.05, 0.02, '#241a16');
    else {
      disc(c, side * 0.52, -0.4, 0.125, 0.15, '#241a16');
      disc(c, side * 0.52 + 0.04, -0.45, 0.04, 0.04, '#ffffff');
    }
    block(c, side * 0.52 - 0.24, -0.83, 0.48, 0.08, 0.04, look.hair);
    if (look.glasses === true) {
      c.strokeStyle = '#20262a';
      c.lineWidth = 0.07;
      c.beginPath();
      c.roundRect(side * 0.52 - 0.36, -0.68, 0.72, 0.56, 0.2);
      c.stroke();
    }
  }
  c.strokeStyle = 'rgb(60 30 20 / .3)';
  c.lineWidth = 0.08;
  c.lineCap = 'round';
  c.beginPath();
  c.moveTo(0, -0.25);
  c.quadraticCurveTo(-0.2, 0.14, 0.03, 0.18);
  c.stroke();
  if (mouth > 0.05) {
    disc(c, 0, 0.56, 0.42, mouth, '#6d2f2f');
    block(c, -0.3, 0.57 - mouth, 0.6, Math.min(0.12, mouth), 0.04, '#f5efe9');
  } else {
    c.strokeStyle = '#8a4a40';
    c.lineWidth = 0.09;
    c.beginPath();
    c.moveTo(-0.4, 0.5);
    c.quadraticCurveTo(0, 0.76, 0.4, 0.5);
    c.stroke();
  }
}

/** A slide with a chart; its bars grow and shrink. */
function paintSlides(c: CanvasRenderingContext2D, tick: number): void {
  c.fillStyle = '#f7f7f4';
  c.fillRect(-20, -20, 40, 40);
  block(c, -7.2, -3.8, 6.4, 0.6, 0.1, '#0b5f66');
  for (let line = 0; line < 5; line++) block(c, -7.2, -2.6 + line * 0.7, 5.4 - (line % 3), 0.26, 0.1, '#9aa7a2');
  for (let bar = 0; bar < 6; bar++) {
    const height = 2 + 1.4 * Math.sin(bar * 1.7 + tick / 60);
    block(c, 0.6 + bar * 1.1, 3.4 - height, 0.8, height, 0.06, bar % 2 === 0 ? '#0b5f66' : '#7fb9b6');
  }
}
