// Three pictures of our own, drawn by code: an evening at the sea, a city in the rain, a forest in the snow. Chance comes
// from a fixed seed, so that a scene looks the same each time and on each machine.

const WIDTH = 1200;
const HEIGHT = 800;

const scenes = { beach, city, forest };

/** Draws a scene so that it fills the canvas. */
export function drawScene(canvas, name) {
  const c = canvas.getContext("2d");
  c.save();
  c.scale(canvas.width / WIDTH, canvas.height / HEIGHT);
  scenes[name](c, random(7));
  c.restore();
}

/** A scene as a JPEG file. */
export function sceneBlob(name) {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  drawScene(canvas, name);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
}

/** Mulberry32, a small generator; between(a, b) is uniform. */
function random(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, between: (a, b) => a + (b - a) * next(), pick: (list) => list[Math.floor(next() * list.length)] };
}

/** A vertical gradient over y0…y1 with stops [share, colour]. */
function gradient(c, y0, y1, stops) {
  const g = c.createLinearGradient(0, y0, 0, y1);
  for (const [at, colour] of stops) g.addColorStop(at, colour);
  return g;
}

/** A round light that fades to nothing. */
function glow(c, x, y, radius, colour, strength = 1) {
  const g = c.createRadialGradient(x, y, 0, x, y, radius);
  const rgb = colour.join(",");
  g.addColorStop(0, `rgba(${rgb},${strength})`);
  g.addColorStop(0.35, `rgba(${rgb},${strength * 0.38})`);
  g.addColorStop(1, `rgba(${rgb},0)`);
  c.fillStyle = g;
  c.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
}

/** A closed shape below a line of hills made of a few sines. */
function hills(c, base, height, length, phase, colour) {
  c.fillStyle = colour;
  c.beginPath();
  c.moveTo(0, HEIGHT);
  for (let x = 0; x <= WIDTH; x += 6) {
    const t = x / length + phase;
    c.lineTo(x, base - height * (0.5 + 0.34 * Math.sin(t) + 0.2 * Math.sin(2.3 * t + 1) + 0.06 * Math.sin(7.1 * t)));
  }
  c.lineTo(WIDTH, HEIGHT);
  c.fill();
}

// ---- An evening at the sea -------------------------------------------------------------------------------------------

function beach(c, r) {
  const horizon = 440;
  const sun = { x: 790, y: 398 };
  c.fillStyle = gradient(c, 0, horizon, [[0, "#27376b"], [0.26, "#5a4f8b"], [0.5, "#b0647f"], [0.72, "#ea8a63"], [0.9, "#f9b76a"], [1, "#fdd28a"]]);
  c.fillRect(0, 0, WIDTH, horizon);
  glow(c, sun.x, sun.y, 560, [255, 196, 116], 0.72);
  glow(c, sun.x, sun.y, 190, [255, 240, 196], 0.9);
  c.fillStyle = "#fff3cf";
  c.beginPath();
  c.arc(sun.x, sun.y, 46, 0, 7);
  c.fill();
  clouds(c, r, sun);
  // Land across the bay.
  c.fillStyle = "rgba(92,62,104,.75)";
  c.beginPath();
  c.moveTo(0, horizon);
  for (let x = 0; x <= 470; x += 6) c.lineTo(x, horizon - (1 - x / 470) * (46 + 20 * Math.sin(x / 57) + 9 * Math.sin(x / 19)));
  c.lineTo(470, horizon);
  c.fill();

  const shore = 640;
  c.fillStyle = gradient(c, horizon, shore + 30, [[0, "#e9a06f"], [0.1, "#b9727b"], [0.42, "#5c5a86"], [0.8, "#3a5a80"], [1, "#5f8a97"]]);
  c.fillRect(0, horizon, WIDTH, HEIGHT - horizon);
  // The sun's road on the water, and the swell beside it.
  for (let i = 0; i < 1500; i++) {
    const depth = r.next() ** 1.5;
    const y = horizon + 2 + depth * (shore - horizon - 6);
    const near = 0.3 + depth * 1.6;
    const x = r.between(0, WIDTH);
    const off = Math.abs(x - sun.x) / (40 + 210 * depth);
    const lit = Math.exp(-off * off) * (0.85 - 0.35 * depth);
    c.fillStyle = lit > 0.12 ? `rgba(255,${Math.round(205 + 35 * r.next())},150,${lit})` : `rgba(${r.next() < 0.5 ? "255,190,160" : "24,34,74"},${0.05 + 0.11 * r.next()})`;
    c.fillRect(x, y, (10 + 46 * r.next()) * near, 0.8 + 1.7 * near * r.next());
  }
  sailboat(c, 430, 452);
  sand(c, r, shore, sun);
  palm(c, r, 168, 830, 205, 205);
  palm(c, r, 60, 830, 62, 322);
  c.strokeStyle = "rgba(46,34,62,.8)";
  c.lineWidth = 2.4;
  c.lineCap = "round";
  for (const [x, y, s] of [[560, 172, 1], [596, 190, 0.7], [532, 198, 0.62], [622, 160, 0.5]]) {
    c.beginPath();
    c.moveTo(x - 15 * s, y - 5 * s);
    c.quadraticCurveTo(x - 6 * s, y - 9 * s, x, y);
    c.quadraticCurveTo(x + 6 * s, y - 9 * s, x + 15 * s, y - 5 * s);
    c.stroke();
  }
}

function clouds(c, r, sun) {
  for (let bank = 0; bank < 15; bank++) {
    const y = 70 + 300 * r.next() ** 0.8;
    const x = r.between(-80, WIDTH);
    const size = 0.5 + (1 - y / 400) * 1.1;
    for (let puff = 0; puff < 17; puff++) {
      const px = x + r.between(-190, 190) * size;
      const py = y + r.between(-10, 10) * size;
      const w = r.between(36, 120) * size;
      const warm = Math.max(0, 1 - Math.hypot(px - sun.x, (py - sun.y) * 1.4) / 620);
      const rgb = [128 + 127 * warm, 92 + 104 * warm, 128 - 8 * warm].map(Math.round);
      c.save();
      c.translate(px, py);
      c.scale(1, 0.14);
      glow(c, 0, 0, w, rgb, 0.2 + 0.16 * warm);
      c.restore();
    }
  }
}

function sailboat(c, x, y) {
  c.fillStyle = "#f6d9bd";
  c.beginPath();
  c.moveTo(x, y - 62);
  c.quadraticCurveTo(x + 34, y - 26, x + 32, y - 8);
  c.lineTo(x, y - 8);
  c.fill();
  c.fillStyle = "#dfae98";
  c.beginPath();
  c.moveTo(x - 4, y - 54);
  c.quadraticCurveTo(x - 24, y - 22, x - 26, y - 8);
  c.lineTo(x - 4, y - 8);
  c.fill();
  c.fillStyle = "#3a2b47";
  c.beginPath();
  c.moveTo(x - 32, y - 5);
  c.lineTo(x + 38, y - 5);
  c.quadraticCurveTo(x + 24, y + 8, x + 14, y + 8);
  c.lineTo(x - 20, y + 8);
  c.fill();
  c.fillStyle = "rgba(40,30,60,.28)";
  c.fillRect(x - 30, y + 8, 64, 4);
}

function sand(c, r, shore, sun) {
  const edge = (x) => shore + 34 * Math.sin(x / 260 + 0.4) + 13 * Math.sin(x / 83) - x * 0.02;
  const shape = (lift) => {
    c.beginPath();
    c.moveTo(0, HEIGHT);
    for (let x = 0; x <= WIDTH; x += 8) c.lineTo(x, edge(x) + lift);
    c.lineTo(WIDTH, HEIGHT);
    c.closePath();
  };
  for (const [lift, colour] of [[-26, "rgba(255,236,214,.20)"], [-15, "rgba(255,240,224,.38)"], [-5, "rgba(255,247,236,.85)"]]) {
    shape(lift);
    c.fillStyle = colour;
    c.fill();
  }
  shape(3);
  c.fillStyle = gradient(c, shore, HEIGHT, [[0, "#8d6a70"], [0.22, "#a97d6c"], [0.6, "#b98a68"], [1, "#7d5a55"]]);
  c.fill();
  c.save();
  c.clip();
  glow(c, sun.x, shore + 20, 330, [255, 190, 120], 0.5);
  for (let i = 0; i < 2600; i++) {
    const y = shore - 30 + (HEIGHT - shore + 30) * r.next() ** 0.7;
    c.fillStyle = r.next() < 0.55 ? `rgba(70,44,54,${0.05 + 0.12 * r.next()})` : `rgba(255,220,180,${0.05 + 0.12 * r.next()})`;
    c.fillRect(r.between(0, WIDTH), y, r.between(1, 7), r.between(0.7, 1.8));
  }
  c.restore();
}

function palm(c, r, x, y, topX, topY) {
  c.strokeStyle = "#231a2e";
  c.lineCap = "round";
  for (let i = 0; i < 40; i++) {
    const at = (t) => [x + (topX - x) * t + 44 * Math.sin(Math.PI * t) * Math.sign(topX - x || 1), y + (topY - y) * t];
    c.lineWidth = 21 - 11 * (i / 40);
    c.beginPath();
    c.moveTo(...at(i / 40));
    c.lineTo(...at((i + 1) / 40));
    c.stroke();
  }
  for (let i = 0; i < 10; i++) {
    // Five fronds to each side; none straight up.
    const angle = -Math.PI / 2 + (i % 2 ? 1 : -1) * (0.34 + 0.29 * (i >> 1)) + r.between(-0.05, 0.05);
    const length = r.between(150, 205);
    const tip = [topX + length * Math.cos(angle), topY + length * Math.sin(angle) * 0.72 + length * 0.36];
    const bend = [topX + length * 0.55 * Math.cos(angle), topY + length * 0.74 * Math.sin(angle) - 22];
    for (let k = 0; k <= 46; k++) {
      const t = k / 46;
      const px = (1 - t) ** 2 * topX + 2 * t * (1 - t) * bend[0] + t * t * tip[0];
      const py = (1 - t) ** 2 * topY + 2 * t * (1 - t) * bend[1] + t * t * tip[1];
      const leaf = 44 * Math.sin(Math.PI * Math.min(1, t * 0.86 + 0.13)) + 4;
      c.lineWidth = 3.4 - 1.9 * t;
      c.beginPath();
      c.moveTo(px, py);
      c.quadraticCurveTo(px + 8 * Math.cos(angle), py + leaf * 0.3, px + 15 * Math.cos(angle) + r.between(-5, 5), py + leaf);
      c.stroke();
    }
  }
}

// ---- A city in the rain ----------------------------------------------------------------------------------------------

const neon = [[255, 92, 96], [255, 176, 84], [96, 190, 255], [190, 120, 255], [92, 226, 190], [255, 214, 140]];

function city(c, r) {
  const ground = 560;
  c.fillStyle = gradient(c, 0, ground, [[0, "#0b1226"], [0.55, "#1b2747"], [0.86, "#3b3a5e"], [1, "#5b4668"]]);
  c.fillRect(0, 0, WIDTH, HEIGHT);
  c.fillStyle = "#0c1226";
  c.fillRect(0, ground - 40, WIDTH, HEIGHT);
  glow(c, 600, 500, 520, [255, 150, 110], 0.3);
  glow(c, 600, 520, 240, [255, 210, 160], 0.4);
  for (const [colour, low, high, lit] of [["#2c3963", 320, 520, 0.5], ["#1d2950", 330, 560, 0.6]]) skyline(c, r, ground, colour, low, high, lit);
  street(c, r, -1);
  street(c, r, 1);
  wetRoad(c, r, ground);
  for (const side of [-1, 1]) for (const depth of [0.24, 0.45, 0.78]) lamp(c, side, depth, ground);
  car(c, 700, 654, 1.5, true);
  car(c, 520, 592, 0.62, false);
  walker(c, 372, 726);
  rain(c, r);
  const shade = c.createRadialGradient(600, 430, 330, 600, 430, 820);
  shade.addColorStop(0, "rgba(4,8,22,0)");
  shade.addColorStop(1, "rgba(4,8,22,.62)");
  c.fillStyle = shade;
  c.fillRect(0, 0, WIDTH, HEIGHT);
}

function skyline(c, r, ground, colour, low, high, lit) {
  for (let x = -20; x < WIDTH;) {
    const w = r.between(46, 104);
    const h = r.between(low, high) * (0.55 + 0.45 * Math.abs(x + w / 2 - 600) / 600);
    c.fillStyle = colour;
    c.fillRect(x, ground - h, w, h);
    if (r.next() < 0.3) c.fillRect(x + w / 2 - 2, ground - h - 40, 4, 40);
    for (let y = ground - h + 12; y < ground - 12; y += 14) {
      for (let wx = x + 7; wx < x + w - 9; wx += 11) {
        if (r.next() > lit) continue;
        c.fillStyle = `rgba(${r.pick(["255,214,150", "255,190,120", "200,220,255"])},${r.between(0.25, 0.85)})`;
        c.fillRect(wx, y, 5, 7);
      }
    }
    x += w + r.between(-6, 12);
  }
}

/** One side of the street, running to the vanishing point. */
function street(c, r, side) {
  const gone = { x: 600, y: 520 };
  const along = (t, edge) => gone.x + side * (edge * t);
  for (const [near, far, height, colour] of [[0.3, 0.16, 330, "#141c38"], [0.52, 0.28, 520, "#10172f"], [1.12, 0.5, 900, "#0a1024"]]) {
    const [x1, x2] = [along(near, 640), along(far, 640)];
    const top = (t) => gone.y - height * (t / near) * 0.78;
    c.fillStyle = colour;
    c.beginPath();
    c.moveTo(x1, HEIGHT);
    c.lineTo(x1, top(near));
    c.lineTo(x2, top(far));
    c.lineTo(x2, gone.y + 60 * far + 16);
    c.fill();
    const rows = Math.round(16 + 10 * near);
    for (let row = 1; row < rows; row++) {
      for (let column = 0; column < 14; column++) {
        if (r.next() > 0.5) continue;
        const t = far + (near - far) * ((column + 0.25) / 14);
        const high = height * 0.78 * (t / near);
        const y = gone.y - high * (row / rows);
        const w = 640 * (near - far) / 14 * 0.5;
        c.fillStyle = `rgba(${r.pick(["255,206,140", "255,184,110", "255,226,180", "170,206,255"])},${r.between(0.2, 0.9)})`;
        c.fillRect(side > 0 ? along(t, 640) : along(t, 640) - w, y, w, high / rows * 0.5);
      }
    }
    // A sign above the shops.
    const colourOf = r.pick(neon);
    const t = (near + far) / 2;
    const [sx, sy, w, h] = [along(t, 640) - 14 * t, gone.y - 210 * t, 30 * t + 10, 170 * t];
    glow(c, sx + w / 2, sy + h / 2, 240 * t, colourOf, 0.5);
    c.fillStyle = `rgba(${colourOf.join(",")},.9)`;
    c.fillRect(sx, sy, w, h);
    c.fillStyle = "rgba(8,12,30,.62)";
    for (let k = 0; k < 4; k++) c.fillRect(sx + w * 0.2, sy + h * (0.09 + 0.23 * k), w * 0.6, h * 0.14);
    // Shop windows.
    for (let k = 0; k < 3; k++) {
      const tt = far + (near - far) * (0.15 + 0.3 * k);
      const shop = r.pick(neon);
      c.fillStyle = `rgba(${shop.map((v) => Math.round(v * 0.4 + 150)).join(",")},.75)`;
      const ww = 640 * (near - far) * 0.22;
      const x = side > 0 ? along(tt, 640) : along(tt, 640) - ww;
      c.fillRect(x, gone.y - 34 * tt, ww, 74 * tt + 8);
      glow(c, x + ww / 2, gone.y + 20 * tt, 190 * tt, shop, 0.4);
    }
  }
}

function wetRoad(c, r, ground) {
  c.fillStyle = gradient(c, ground - 8, HEIGHT, [[0, "#4a4058"], [0.16, "#262b48"], [1, "#0c1226"]]);
  c.beginPath();
  c.moveTo(560, ground - 22);
  c.lineTo(640, ground - 22);
  c.lineTo(1330, HEIGHT);
  c.lineTo(-130, HEIGHT);
  c.fill();
  // What is lit above lies below it, torn into strips.
  c.globalCompositeOperation = "lighter";
  const lights = [[600, [255, 190, 130], 150], [330, [255, 92, 96], 40], [210, [96, 190, 255], 50], [880, [190, 120, 255], 46], [1010, [92, 226, 190], 50], [120, [255, 176, 84], 40], [1120, [255, 176, 84], 44], [470, [255, 210, 140], 40], [735, [255, 120, 90], 46]];
  for (const [x, rgb, spread] of lights) {
    for (let i = 0; i < 130; i++) {
      const t = r.next();
      const y = ground - 8 + (HEIGHT - ground + 8) * t;
      const w = r.between(6, spread) * (0.4 + t);
      c.fillStyle = `rgba(${rgb.join(",")},${0.15 * (1 - t * 0.65)})`;
      c.fillRect(x + (x - 600) * t * 0.3 + r.between(-spread, spread) * (0.3 + t) - w / 2, y, w, r.between(1, 3.6));
    }
  }
  c.globalCompositeOperation = "source-over";
  c.fillStyle = "rgba(225,225,235,.34)";
  for (const t of [0.16, 0.3, 0.52, 0.84]) {
    const y = ground + (HEIGHT - ground) * t;
    c.beginPath();
    c.moveTo(600 - 3 - 4 * t, y);
    c.lineTo(600 + 3 + 4 * t, y);
    c.lineTo(600 + 5 + 7 * t, y + 46 * t);
    c.lineTo(600 - 5 - 7 * t, y + 46 * t);
    c.fill();
  }
}

function lamp(c, side, depth, ground) {
  const x = 600 + side * 560 * depth;
  const foot = ground + 190 * depth;
  const top = foot - 430 * depth;
  c.strokeStyle = "#070b18";
  c.lineWidth = 8 * depth;
  c.lineCap = "round";
  c.beginPath();
  c.moveTo(x, foot);
  c.lineTo(x, top);
  c.quadraticCurveTo(x, top - 26 * depth, x - side * 50 * depth, top - 26 * depth);
  c.stroke();
  glow(c, x - side * 52 * depth, top - 20 * depth, 70 * depth, [255, 206, 140], 0.7);
  c.fillStyle = "#fff0cf";
  c.beginPath();
  c.ellipse(x - side * 52 * depth, top - 22 * depth, 16 * depth, 8 * depth, 0, 0, 7);
  c.fill();
}

function car(c, x, y, s, away) {
  c.save();
  c.translate(x, y);
  c.scale(s, s);
  c.fillStyle = "rgba(3,5,14,.6)";
  c.beginPath();
  c.ellipse(0, 36, 92, 12, 0, 0, 7);
  c.fill();
  c.fillStyle = away ? "#d9a02c" : "#1d2340";
  c.beginPath();
  c.roundRect(-80, -22, 160, 54, 16);
  c.roundRect(-58, -58, 116, 46, [24, 24, 4, 4]);
  c.fill();
  c.fillStyle = "#131a30";
  c.beginPath();
  c.roundRect(-48, -50, 96, 30, [16, 16, 3, 3]);
  c.fill();
  c.fillStyle = "#05070f";
  for (const wx of [-70, 46]) {
    c.beginPath();
    c.roundRect(wx, 22, 24, 20, 5);
    c.fill();
  }
  c.fillStyle = away ? "rgba(58,36,8,.75)" : "rgba(8,10,24,.8)";
  c.beginPath();
  c.roundRect(-80, 14, 160, 11, 5);
  c.fill();
  if (away) {
    c.fillStyle = "#efe9d8";
    c.fillRect(-20, 1, 40, 12);
    c.fillStyle = "rgba(40,24,8,.8)";
    for (let k = 0; k < 14; k++) c.fillRect(-77 + k * 11, k % 2 ? -17 : -21, 5.5, 4);
    c.fillStyle = "rgba(255,255,255,.13)";
    c.beginPath();
    c.roundRect(-74, -22, 148, 9, 5);
    c.fill();
  }
  if (away) {
    c.fillStyle = "#fff3c8";
    c.fillRect(-18, -69, 36, 11);
  }
  const rgb = away ? [255, 62, 54] : [255, 240, 206];
  for (const lx of [-64, 64]) {
    glow(c, lx, -2, away ? 84 : 120, rgb, 0.9);
    c.fillStyle = away ? "#ff6a58" : "#fffbe8";
    c.beginPath();
    c.roundRect(lx - 13, -9, 26, 13, 5);
    c.fill();
  }
  c.restore();
}

function walker(c, x, y) {
  c.fillStyle = "#060914";
  c.beginPath();
  c.roundRect(x - 23, y - 128, 46, 92, 18);
  c.fill();
  c.fillRect(x - 16, y - 46, 12, 54);
  c.fillRect(x + 5, y - 46, 12, 50);
  c.beginPath();
  c.arc(x, y - 146, 17, 0, 7);
  c.fill();
  c.strokeStyle = "#060914";
  c.lineWidth = 4;
  c.beginPath();
  c.moveTo(x + 16, y - 96);
  c.lineTo(x + 12, y - 218);
  c.stroke();
  c.fillStyle = "#b8323c";
  c.beginPath();
  c.moveTo(x - 82, y - 168);
  c.quadraticCurveTo(x - 66, y - 238, x + 12, y - 240);
  c.quadraticCurveTo(x + 88, y - 238, x + 104, y - 168);
  for (let i = 0; i < 4; i++) c.quadraticCurveTo(x + 104 - 46.5 * (i + 0.5), y - 186, x + 104 - 46.5 * (i + 1), y - 168);
  c.fill();
  c.strokeStyle = "rgba(255,205,190,.5)";
  c.lineWidth = 3;
  c.beginPath();
  c.moveTo(x - 74, y - 184);
  c.quadraticCurveTo(x - 54, y - 232, x + 12, y - 236);
  c.stroke();
}

function rain(c, r) {
  c.lineCap = "butt";
  for (let i = 0; i < 950; i++) {
    const length = r.between(12, 46);
    const [x, y] = [r.between(-20, WIDTH + 60), r.between(-40, HEIGHT)];
    c.strokeStyle = `rgba(198,214,244,${r.between(0.07, 0.3)})`;
    c.lineWidth = r.between(0.7, 1.7);
    c.beginPath();
    c.moveTo(x, y);
    c.lineTo(x - length * 0.2, y + length);
    c.stroke();
  }
  c.strokeStyle = "rgba(200,215,245,.28)";
  c.lineWidth = 1.2;
  for (let i = 0; i < 70; i++) {
    const y = r.between(600, HEIGHT);
    c.beginPath();
    c.ellipse(r.between(0, WIDTH), y, (y - 560) / 14, (y - 560) / 46, 0, 0, 7);
    c.stroke();
  }
}

// ---- A forest in the snow --------------------------------------------------------------------------------------------

function forest(c, r) {
  c.fillStyle = gradient(c, 0, 560, [[0, "#8fb0cf"], [0.45, "#bdd2e3"], [0.8, "#e8e6e6"], [1, "#f6e6d8"]]);
  c.fillRect(0, 0, WIDTH, HEIGHT);
  glow(c, 870, 330, 420, [255, 236, 208], 0.8);
  hills(c, 440, 210, 210, 0.3, "#b4c8da");
  hills(c, 480, 160, 160, 2.1, "#9db6cb");
  mist(c, r, 470, 0.5);
  for (const [count, ground, size, far] of [[46, 490, 0.62, 0.66], [34, 545, 0.9, 0.42], [22, 600, 1.2, 0.2]]) {
    const trees = Array.from({ length: count }, (_, i) => (i + r.between(-0.4, 0.4)) / (count - 1) * (WIDTH + 80) - 40);
    for (const x of trees) fir(c, r, x, ground + r.between(-14, 14), size * r.between(0.75, 1.25), far);
    mist(c, r, ground + 6, 0.36);
  }
  snowField(c, r);
  cabin(c, r, 742, 612);
  for (const [x, y, s] of [[92, 745, 1.75], [236, 690, 1.2], [1010, 690, 1.25], [1138, 762, 1.9], [330, 660, 0.8], [905, 655, 0.8]]) fir(c, r, x, y, s, 0);
  path(c);
  for (let i = 0; i < 620; i++) {
    const size = 0.8 + 3.6 * r.next() ** 3;
    c.fillStyle = `rgba(255,255,255,${r.between(0.45, 0.95)})`;
    c.beginPath();
    c.arc(r.between(0, WIDTH), r.between(0, HEIGHT), size, 0, 7);
    c.fill();
  }
}

function mist(c, r, y, strength) {
  for (let i = 0; i < 10; i++) {
    c.save();
    c.translate(r.between(0, WIDTH), y + r.between(-20, 20));
    c.scale(1, 0.16);
    glow(c, 0, 0, r.between(180, 340), [236, 240, 246], strength);
    c.restore();
  }
}

/** A fir whose branches carry snow; far mixes it with the air. */
function fir(c, r, x, y, size, far) {
  const mix = (from) => `rgb(${from.map((v, i) => Math.round(v + ([196, 212, 226][i] - v) * far)).join(",")})`;
  const height = 265 * size;
  c.lineCap = "round";
  c.fillStyle = mix([58, 46, 44]);
  c.fillRect(x - 5 * size, y - height * 0.5, 10 * size, height * 0.5 + 4 * size);
  const twigs = Math.round(420 * Math.sqrt(size) * (size > 1.5 ? 1.35 : 1)); // near ones are seen in detail
  for (let i = 0; i < twigs; i++) {
    const t = i / twigs; // 0 at the foot: upper branches lie over lower ones
    const from = y - height * (0.07 + 0.93 * t);
    const reach = (1 - t) ** 0.85 * height * 0.33 * r.between(0.35, 1.06) + 3 * size;
    const side = r.between(-1, 1);
    const [tx, ty] = [x + side * reach, from + Math.abs(side) * reach * r.between(0.34, 0.6)];
    const snowy = r.next() < 0.45;
    c.strokeStyle = mix(snowy ? [r.between(214, 238), r.between(226, 244), r.between(238, 252)] : [r.between(24, 54), r.between(52, 78), r.between(56, 74)]);
    c.lineWidth = size * (snowy ? r.between(2.2, 5.4) : r.between(2, 4.6)) * (1 - 0.45 * t);
    c.beginPath();
    c.moveTo(x + side * reach * (snowy ? 0.45 : 0.1), from + (snowy ? 0.45 : 0.1) * (ty - from) - (snowy ? 2.5 * size : 0));
    c.quadraticCurveTo(x + side * reach * 0.7, from + (ty - from) * 0.5, tx, ty - (snowy ? 2.5 * size : 0));
    c.stroke();
  }
}

function snowField(c, r) {
  hills(c, 668, 74, 330, 1.2, "#dfe8f2");
  hills(c, 730, 80, 420, 3.4, "#ecf1f7");
  hills(c, 806, 86, 520, 0.2, "#f7f9fc");
  for (let i = 0; i < 26; i++) {
    c.save();
    c.translate(r.between(0, WIDTH), r.between(640, 800));
    c.scale(1, 0.14);
    glow(c, 0, 0, r.between(70, 200), [158, 182, 212], 0.26);
    c.restore();
  }
}

function cabin(c, r, x, y) {
  c.fillStyle = "rgba(120,146,182,.4)";
  c.beginPath();
  c.ellipse(x + 10, y + 62, 120, 16, 0, 0, 7);
  c.fill();
  c.fillStyle = "#5d4038";
  c.fillRect(x - 82, y - 22, 164, 84);
  c.strokeStyle = "rgba(36,22,22,.5)";
  c.lineWidth = 2;
  for (let k = 0; k < 7; k++) {
    c.beginPath();
    c.moveTo(x - 82, y - 12 + k * 12);
    c.lineTo(x + 82, y - 12 + k * 12);
    c.stroke();
  }
  c.fillStyle = "#4b332f";
  c.fillRect(x + 34, y - 108, 24, 54);
  c.fillStyle = "#f4f7fb";
  c.beginPath();
  c.moveTo(x - 108, y - 14);
  c.quadraticCurveTo(x - 40, y - 66, x, y - 96);
  c.quadraticCurveTo(x + 40, y - 66, x + 108, y - 14);
  c.quadraticCurveTo(x + 88, y - 20, x + 70, y - 14);
  c.quadraticCurveTo(x, y - 34, x - 70, y - 14);
  c.quadraticCurveTo(x - 90, y - 20, x - 108, y - 14);
  c.fill();
  c.fillRect(x + 30, y - 114, 32, 12);
  glow(c, x - 38, y + 18, 130, [255, 190, 96], 0.8);
  for (const wx of [-58, 4]) {
    c.fillStyle = "#ffd27d";
    c.fillRect(x + wx, y + 2, 38, 34);
    c.fillStyle = "#5d4038";
    c.fillRect(x + wx + 17.5, y + 2, 3, 34);
    c.fillRect(x + wx, y + 17.5, 38, 3);
  }
  c.fillStyle = "#3c2826";
  c.fillRect(x + 50, y + 2, 24, 60);
  for (let i = 0; i < 14; i++) glow(c, x + 46 + i * 4 + r.between(-6, 6), y - 122 - i * 13, 15 + i * 3.2, [235, 238, 244], 0.3 - i * 0.017);
}

function path(c) {
  c.fillStyle = "rgba(170,192,220,.5)";
  c.beginPath();
  c.moveTo(802, 676);
  c.bezierCurveTo(760, 714, 560, 712, 520, HEIGHT);
  c.lineTo(676, HEIGHT);
  c.bezierCurveTo(680, 748, 812, 720, 822, 676);
  c.fill();
}
