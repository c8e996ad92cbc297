'use strict';
// Maps over op1 (to the right) and op2 (upwards) on a canvas, and uPlot with the page's colours.
X.COLOURS = {add: '#0072B2', sub: '#D55E00', mul: '#009E73', div: '#CC79A7'}; // Okabe and Ito, as in the figures
const RDBU = [[5, 48, 97], [33, 102, 172], [67, 147, 195], [146, 197, 222], [209, 229, 240], [247, 247, 247], [253, 219, 199],
  [244, 165, 130], [214, 96, 77], [178, 24, 43], [103, 0, 31]]; // ColorBrewer: told apart by the colour-blind
X.scale = (() => { // 0 … 511 -> RGB
  const out = new Uint8Array(512 * 3);
  for (let i = 0; i < 512; i++) {
    const t = i / 511 * (RDBU.length - 1), k = Math.min(Math.floor(t), RDBU.length - 2);
    for (let c = 0; c < 3; c++) out[3 * i + c] = RDBU[k][c] + (t - k) * (RDBU[k + 1][c] - RDBU[k][c]);
  }
  return out;
})();
X.colourOf = (v, most) => { // of one value on −most … most
  const i = 3 * Math.max(0, Math.min(511, Math.round((v / (most || 1) + 1) * 255.5)));
  return `rgb(${X.scale[i]},${X.scale[i + 1]},${X.scale[i + 2]})`;
};
X.css_ = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// A map: values over the legal prompts. {legal, values, title, aria, onpoint(place, op1, op2)}; returns {element, draw(values), overlay({mask, dots}), point(a, b)}
X.map = options => {
  const {legal} = options, n = legal.n, side = Math.max(1, Math.floor((n > 160 ? 600 : 480) / n)) * n, left = 54, bottom = 40, shown = side + left;
  const base = X.h('canvas', {width: side + left, height: side + bottom});
  const top = X.h('canvas', {width: side + left, height: side + bottom, class: 'overlay', tabIndex: 0, role: 'application',
    'aria-label': options.aria, 'aria-roledescription': 'map over both operands; arrow keys move the crosshair'});
  const element = X.h('div', {class: 'map', style: {width: `${shown}px`, height: `${shown * (side + bottom) / (side + left)}px`}}, base, top);
  for (const c of [base, top]) Object.assign(c.style, {width: '100%', height: '100%'});
  const cell = side / n, g = base.getContext('2d'), o = top.getContext('2d');
  const cells = X.h('canvas', {width: n, height: n});
  const state = {a: -1, b: -1, mask: null, dots: [], most: 1};
  const axes = () => {
    g.clearRect(0, 0, base.width, base.height);
    g.fillStyle = X.css_('--empty');
    g.fillRect(left, 0, side, side);
    g.imageSmoothingEnabled = false;
    g.drawImage(cells, left, 0, side, side);
    g.fillStyle = X.css_('--ink');
    g.font = '13px system-ui, sans-serif';
    const step = [1, 2, 5, 10, 20, 50, 100, 200].find(s => n / s <= 7) || 500;
    for (let t = 0; t < n; t += step) {
      g.textAlign = 'center';
      g.fillText(t, left + (t + .5) * cell, side + 14);
      g.textAlign = 'right';
      g.fillText(t, left - 6, Math.max(12, side - (t + .5) * cell + 5));
    }
    g.textAlign = 'center';
    g.fillText('op1', left + side / 2, side + 32);
    g.save();
    g.translate(11, side / 2);
    g.rotate(-Math.PI / 2);
    g.fillText('op2', 0, 0);
    g.restore();
  };
  const over = () => {
    o.clearRect(0, 0, top.width, top.height);
    if (state.mask) o.drawImage(state.mask, left, 0, side, side);
    for (const d of state.dots) {
      o.beginPath();
      o.arc(left + (d.a + .5) * cell, side - (d.b + .5) * cell, d.r, 0, 7);
      o.fillStyle = d.fill;
      o.fill();
      o.strokeStyle = '#000';
      o.lineWidth = 1;
      o.stroke();
    }
    if (state.a < 0) return;
    const x = left + (state.a + .5) * cell, y = side - (state.b + .5) * cell;
    for (const [colour, width] of [['#fff', 3], ['#000', 1]]) {
      o.strokeStyle = colour;
      o.lineWidth = width;
      o.beginPath();
      o.moveTo(left, y); o.lineTo(left + side, y);
      o.moveTo(x, 0); o.lineTo(x, side);
      o.stroke();
    }
  };
  const view = {
    element, state, cells, most: () => state.most,
    draw(values, range = 0) { // (prompt,); colours go from −range to range where one is given
      let most = range;
      for (let i = 0; i < values.length; i++) { const v = Math.abs(values[i]); if (v > most) most = v; }
      state.most = most || 1;
      const image = new ImageData(n, n), d = image.data, f = 255.5 / state.most;
      for (let i = 0; i < values.length; i++) {
        const at = 4 * ((n - 1 - legal.op2[i]) * n + legal.op1[i]), c = 3 * Math.round((values[i] * f) + 255.5);
        d[at] = X.scale[c]; d[at + 1] = X.scale[c + 1]; d[at + 2] = X.scale[c + 2]; d[at + 3] = 255;
      }
      cells.getContext('2d').putImageData(image, 0, 0);
      axes();
      over();
    },
    mask(bits) { // (byte,) one bit per legal prompt, or null: what the rule does not hold for is washed out
      if (!bits) { state.mask = null; over(); return; }
      const image = new ImageData(n, n), d = image.data;
      for (let i = 0; i < legal.op1.length; i++) {
        if (bits[i >> 3] >> (7 - (i & 7)) & 1) continue;
        const at = 4 * ((n - 1 - legal.op2[i]) * n + legal.op1[i]);
        d[at] = d[at + 1] = d[at + 2] = 90; d[at + 3] = 150;
      }
      const small = X.h('canvas', {width: n, height: n});
      small.getContext('2d').putImageData(image, 0, 0);
      const big = X.h('canvas', {width: side, height: side}), b = big.getContext('2d');
      b.imageSmoothingEnabled = false;
      b.drawImage(small, 0, 0, side, side);
      state.mask = big;
      over();
    },
    dots(list) { state.dots = list; over(); },
    point(a, b, tell = true) {
      state.a = a; state.b = b;
      over();
      const place = a >= 0 && b >= 0 && a < n && b < n ? legal.place[a * n + b] : -1;
      if (tell && options.onpoint) options.onpoint(place, a, b);
    }};
  const at = e => {
    const box = top.getBoundingClientRect(), k = top.width / box.width;
    return [Math.floor(((e.clientX - box.left) * k - left) / cell), n - 1 - Math.floor((e.clientY - box.top) * k / cell)];
  };
  top.addEventListener('pointermove', e => {
    const [a, b] = at(e);
    if (a >= 0 && a < n && b >= 0 && b < n) view.point(a, b);
  });
  top.addEventListener('click', () => { if (state.a >= 0 && options.onclick) options.onclick(state.a, state.b); });
  top.addEventListener('keydown', e => {
    const by = e.shiftKey ? 10 : 1, move = {ArrowUp: [0, by], ArrowDown: [0, -by], ArrowLeft: [-by, 0], ArrowRight: [by, 0]}[e.key];
    if (e.key === 'Enter' && state.a >= 0 && options.onclick) options.onclick(state.a, state.b);
    if (!move) return;
    e.preventDefault();
    const inside = v => Math.max(0, Math.min(n - 1, v));
    view.point(inside((state.a < 0 ? n >> 1 : state.a) + move[0]), inside((state.b < 0 ? n >> 1 : state.b) + move[1]));
    if (options.onkeys) options.onkeys();
  });
  return view;
};

X.thumbnail = (legal, values, size = 150, range = 0) => { // a small map without axes
  const n = legal.n, c = X.h('canvas', {width: n, height: n, class: 'small', style: {width: `${size}px`, height: `${size}px`}});
  const big = X.map({legal, aria: ''});
  big.draw(values, range);
  c.getContext('2d').drawImage(big.cells, 0, 0);
  return c;
};
X.squeezed = v => Math.sign(v) * Math.log1p(Math.abs(v)); // effects range over many powers of ten
X.legend = most => { // the colours of −most … most
  const c = X.h('canvas', {width: 256, height: 10}), g = c.getContext('2d');
  for (let i = 0; i < 256; i++) { g.fillStyle = X.colourOf((i - 127.5) / 127.5, 1); g.fillRect(i, 0, 1, 10); }
  return X.h('div', {class: 'legend'}, X.h('span', {}, X.number(-most)), c, X.h('span', {}, X.number(most)));
};

// ---- uPlot
X.charts = [];
X.chart = ({x, series, xlabel, ylabel, title, width = 420, height = 190, xrange, log = false, legend = true}) => {
  const box = X.h('figure', {class: 'chart', role: 'group', 'aria-label': `Chart: ${title}`}, X.h('figcaption', {}, title));
  const ink = X.css_('--ink'), grid = X.css_('--grid'), font = '12px system-ui, sans-serif';
  const axis = label => ({stroke: ink, grid: {stroke: grid, width: 1}, ticks: {stroke: grid}, label, font, labelFont: font, labelSize: 18, size: label === ylabel ? 52 : 34});
  const options = {
    width, height, legend: {show: legend, live: true}, cursor: {drag: {x: true, y: false}, points: {size: 6}},
    scales: {x: {time: false, range: xrange, distr: log ? 3 : 1}, y: {}}, axes: [axis(xlabel), axis(ylabel)],
    series: [{label: xlabel}, ...series.map(s => ({
      label: s.label, stroke: s.colour || ink, width: s.points ? 0 : 1.5, dash: s.dash, fill: s.bars ? s.colour : undefined,
      paths: s.bars ? uPlot.paths.bars({size: [.7, 20]}) : undefined, points: {show: !!s.points, size: 6, fill: s.colour, stroke: s.colour},
      value: (_, v) => v === null || v === undefined ? '–' : X.number(v, 4), spanGaps: false}))]};
  const data = [x, ...series.map(s => Array.from(s.y, v => Number.isNaN(v) ? null : v))];
  const plot = new uPlot(options, data, box);
  X.charts.push(plot);
  box.plot = plot;
  return box;
};

// a table of the page's own, for few rows
X.list = (columns, rows, caption) => X.h('table', {class: 'plain'}, X.h('caption', {}, caption),
  X.h('thead', {}, X.h('tr', {}, columns.map((c, i) => X.h('th', {scope: 'col', class: rows.some(r => typeof (r.cells || r)[i] === 'number') ? 'num' : null}, c)))),
  X.h('tbody', {}, rows.map(r => X.h('tr', r.attrs || {}, (r.cells || r).map(c =>
    X.h('td', typeof c === 'number' ? {class: 'num'} : {}, typeof c === 'number' ? X.number(c) : c))))));
