'use strict';
// Parts of the data, the address, and small helpers. All text from data goes through textContent.
const X = {pages: {}, took: {}, css: X_CSS, live: !!document.querySelector('meta[name="explorer-live"]')};

// ---- elements
X.h = (tag, attrs, ...children) => {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attrs || {})) {
    if (v === null || v === undefined || v === false) continue;
    if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else if (k === 'style') Object.assign(e.style, v);
    else if (k in e && k !== 'list' && typeof v !== 'string') e[k] = v;
    else e.setAttribute(k, v === true ? '' : v);
  }
  for (const c of children.flat(3)) if (c !== null && c !== undefined && c !== false) e.append(c instanceof Node ? c : String(c));
  return e;
};
X.byId = id => document.getElementById(id);
X.say = text => { X.byId('said').textContent = text; };
X.number = (v, digits = 3) => {
  if (v === null || v === undefined || Number.isNaN(v)) return '';
  if (!Number.isFinite(v)) return String(v);
  const a = Math.abs(v), text = Number.isInteger(v) && a < 1e6 ? String(v) : a >= 1e5 || a < 1e-4 ? v.toExponential(digits - 1) : a >= 1e3 ? v.toFixed(0) : v.toPrecision(digits);
  return text.replaceAll('-', '−');
};
X.problem = error => {
  const box = X.byId('problem');
  box.textContent = error instanceof Error ? error.message : String(error);
  box.hidden = false;
};

// ---- parts: files that call explorerPart with gzipped JSON or Arrow, so that they load from a folder as from a server
const delivered = new Map(), asked = new Map();
window.explorerPart = (name, kind, text) => { delivered.set(name, {kind, text}); };
const AGAIN = 'Write the explorer again: arithheur explore MODEL.';

async function unpacked(text) {
  const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

class Table { // columns of an Arrow table
  constructor(bytes) {
    this.arrow = fl.tableFromIPC(bytes);
    this.names = this.arrow.names;
    this.size = this.arrow.numRows;
    this.read = new Map();
  }
  has(name) { return this.names.includes(name); }
  column(name) {
    if (!this.has(name)) throw new Error(`the column ${name} is missing`);
    if (!this.read.has(name)) this.read.set(name, this.arrow.getChild(name).toArray());
    return this.read.get(name);
  }
  row(name, i) { return this.arrow.getChild(name).at(i); } // of lists and bytes: a view
  rows() {
    const columns = this.names.map(n => [n, this.column(n)]);
    return Array.from({length: this.size}, (_, i) => Object.fromEntries(columns.map(([n, c]) => [n, c[i]])));
  }
}

async function decoded(name) {
  const {kind, text} = delivered.get(name);
  delivered.delete(name);
  try {
    const bytes = await unpacked(text);
    return kind === 'json' ? JSON.parse(new TextDecoder().decode(bytes)) : new Table(bytes);
  } catch (e) { throw new Error(`The data part ${name} is damaged. ${AGAIN}`); }
}

X.part = name => {
  if (asked.has(name)) return asked.get(name);
  if (!/^([\w@.+=-]+\/)?[\w.+=-]+$/.test(name) || name.includes('..')) return Promise.reject(new Error('A data part has a name that is no file name.'));
  const got = new Promise((yes, no) => {
    const script = document.createElement('script');
    script.src = `data/${name}.js`;
    script.onload = () => delivered.has(name) ? yes(decoded(name)) : no(new Error(`The data part ${name} is damaged. ${AGAIN}`));
    script.onerror = () => no(new Error(`The data part ${name} is missing. ${AGAIN}`));
    document.head.append(script);
    script.addEventListener('load', () => script.remove());
  });
  asked.set(name, got);
  got.catch(() => {});
  return got;
};

// ---- models
X.site = () => X.part('site');
X.model = async folder => {
  const site = await X.site();
  const entry = site.models.find(m => m.folder === folder) || (folder ? null : site.models[0]);
  if (!entry) throw new Error(`This explorer has no model “${folder}”: it has ${site.models.map(m => m.name).join(', ')}.`);
  const info = await X.part(`${entry.folder}/model`);
  info.folder = entry.folder;
  info.part = name => X.part(`${entry.folder}/${name}`);
  info.op = name => info.operators.find(o => o.name === name);
  return info;
};
X.results = {
  add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b, div: (a, b) => b ? Math.floor(a / b) : -1};
X.legal = (info, op) => { // the legal prompts in the order of the data, op1 slowest
  info.legal = info.legal || {};
  if (info.legal[op]) return info.legal[op];
  const n = info.operand_max + 1, result = X.results[op], place = new Int32Array(n * n).fill(-1), op1 = [], op2 = [], answer = [];
  for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) {
    const r = result(a, b);
    if (r < 0 || r > info.max_number) continue;
    place[a * n + b] = op1.length;
    op1.push(a); op2.push(b); answer.push(r);
  }
  if (op1.length !== info.op(op).n_legal) throw new Error(`The data of ${info.name} do not fit its prompts. ${AGAIN}`);
  return info.legal[op] = {n, place, op1: Int32Array.from(op1), op2: Int32Array.from(op2), answer: Int32Array.from(answer)};
};
X.coarse = (info, op) => { // the prompts of the coarse maps, by the places of their operands; and where they are among all legal ones
  const numbers = info.earlier.numbers[op], legal = X.legal(info, op), out = {n: numbers.length, op1: [], op2: [], all: []};
  numbers.forEach((a, i) => numbers.forEach((b, j) => {
    const place = legal.place[a * legal.n + b];
    if (place >= 0) { out.op1.push(i); out.op2.push(j); out.all.push(place); }
  }));
  return out;
};
X.neuronName = (l, n) => `L${l} N${n}`;

// ---- address: #/page?name=value&…
X.address = () => {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  return {page: path || 'table', q: new URLSearchParams(query || '')};
};
X.link = (page, values) => {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(values || {})) if (v !== '' && v !== null && v !== undefined) q.set(k, v);
  return `#/${page}${[...q].length ? '?' + q : ''}`;
};
X.keep = values => { // write part of the view into the address without leaving the page
  const {page, q} = X.address();
  for (const [k, v] of Object.entries(values)) v === '' || v === null || v === undefined ? q.delete(k) : q.set(k, v);
  history.replaceState(null, '', `#/${page}${[...q].length ? '?' + q : ''}`);
};

// ---- downloads of the view: CSV, PNG, and the Python line
X.save = (name, blob) => {
  const a = X.h('a', {href: URL.createObjectURL(blob), download: name});
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 5000);
};
const quoted = v => v === null || v === undefined ? '' : /[",\n\r]/.test(v = String(v)) ? `"${v.replace(/"/g, '""')}"` : v;
X.csv = (columns, rows) => [columns, ...rows].map(r => r.map(v => {
  const text = quoted(typeof v === 'number' && Number.isNaN(v) ? '' : v);
  return typeof v === 'string' && /^["]?[=@]/.test(text) ? `'${text}` : text; // a spreadsheet runs no text as a formula
}).join(',')).join('\r\n') + '\r\n';
X.picture = async () => { // the page as it stands: its elements in an SVG, drawn on a canvas
  const main = X.byId('main'), copy = main.cloneNode(true), {width, height} = main.getBoundingClientRect();
  const canvases = main.querySelectorAll('canvas');
  copy.querySelectorAll('canvas').forEach((c, i) => {
    const box = canvases[i].getBoundingClientRect(), img = document.createElement('img');
    img.src = canvases[i].width && canvases[i].height ? canvases[i].toDataURL() : 'data:,';
    img.className = c.className;
    img.style.cssText = c.style.cssText;
    Object.assign(img.style, {width: `${box.width}px`, height: `${box.height}px`});
    c.replaceWith(img);
  });
  copy.querySelectorAll('details:not([open])').forEach(d => d.remove());
  const body = document.createElement('div');
  body.className = 'picture';
  body.dataset.theme = document.documentElement.dataset.theme;
  body.append(X.h('style', {}, X.css), copy);
  const w = Math.ceil(width), h = Math.ceil(Math.min(height, 4000)), xml = new XMLSerializer().serializeToString(body);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}"><foreignObject width="100%" height="100%">${xml}</foreignObject></svg>`;
  const img = new Image();
  img.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(svg);
  await img.decode();
  const canvas = X.h('canvas', {width: w, height: h}), g = canvas.getContext('2d');
  g.fillStyle = getComputedStyle(document.body).backgroundColor;
  g.fillRect(0, 0, w, h);
  g.drawImage(img, 0, 0);
  return new Promise(yes => canvas.toBlob(yes, 'image/png'));
};

// ---- live: the program that wrote this page answers, on this machine only
X.ask = async (what, values) => {
  const answer = await fetch(`api/${what}?${new URLSearchParams(values)}`, {headers: {'X-Explorer': '1'}});
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error || `The live explorer refused (${answer.status}).`);
  return said;
};
X.floats = text => new Float32Array((Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), c => c.charCodeAt(0))).buffer);
