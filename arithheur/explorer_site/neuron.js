'use strict';
// One neuron: its maps, means, spectra, value vector, rules, and what happens without it.
X.maps = async (info, op) => { // all parts with maps of an operator
  const parts = await Promise.all(info.maps[op].map(p => info.part(p.part)));
  return parts.flatMap(t => Array.from({length: t.size}, (_, i) => X.mapRow(t, i)));
};
X.mapRow = (t, i) => ({layer: t.column('layer')[i], neuron: t.column('neuron')[i], low: t.column('low')[i], step: t.column('step')[i],
  code: t.row('code', i), table: t, i});
X.findMap = async (info, op, layer, neuron) => {
  const at = info.maps[op].find(p => p.neurons.some(([l, n]) => l === layer && n === neuron));
  if (!at) return null;
  const t = await info.part(at.part), l = t.column('layer'), n = t.column('neuron');
  for (let i = 0; i < t.size; i++) if (l[i] === layer && n[i] === neuron) return X.mapRow(t, i);
  throw new Error(`The data part ${at.part} is damaged: a neuron is missing. Write the explorer again.`);
};
X.valuesOf = row => { // activations, within half a step
  const out = new Float64Array(row.code.length);
  for (let i = 0; i < out.length; i++) out[i] = row.low + row.step * row.code[i];
  return out;
};
X.rowIn = (t, layer, neuron) => {
  const l = t.column('layer'), n = t.column('neuron');
  for (let i = 0; i < t.size; i++) if (l[i] === layer && n[i] === neuron) return i;
  return -1;
};
X.maskOf = async (info, op, rule) => {
  const t = await info.part(`masks-${op}`), i = Array.from(t.column('rule')).indexOf(rule);
  return i < 0 ? null : t.row('bits', i);
};

X.pages.neuron = async (main, q) => {
  const start = performance.now(), info = await X.model(q.get('model'));
  const op = q.get('op') || info.operators[0].name, layer = +q.get('layer'), neuron = +q.get('neuron'), o = info.op(op);
  if (!o) throw new Error(`${info.name} has no operator “${op}” in this explorer.`);
  const rows = await X.neurons(info), mine = rows.filter(r => r.layer === layer && r.neuron === neuron), here = mine.find(r => r.operator === op);
  if (!here) throw new Error(`${X.neuronName(q.get('layer'), q.get('neuron'))} is not among the neurons analysed for ${o.sign}` +
    (mine.length ? `, but for ${mine.map(r => info.op(r.operator).sign).join(' ')}.` : '. See the table for those that are.'));
  const legal = X.legal(info, op);
  let [stored, values, matches, shown] = await Promise.all([X.findMap(info, op, layer, neuron), info.part(`values-${op}`), info.part('matches'), info.part(`prompts-${op}`)]);
  const row = X.rowIn(values, layer, neuron);
  let vector = row < 0 ? null : values.row('value_logits', row), exact = false, acts = null, half = 0;
  if (stored) { acts = X.valuesOf(stored); half = stored.step / 2; }
  else if (X.live) { // a neuron whose map the files do not hold
    const got = await X.ask('map', {op, layer, neuron});
    acts = X.floats(got.activation); vector = X.floats(got.value_logits); exact = true;
  }
  const me = X.neuronName(layer, neuron), go = v => X.link('neuron', {model: info.folder, op, layer, neuron, ...v});
  let kind = q.get('map') === 'direct' ? 'direct' : 'activation', rule = q.get('rule');
  const direct = () => Float64Array.from(acts, (a, i) => a * vector[legal.answer[i]]);
  const head = X.h('div', {class: 'head'}, X.h('h2', {}, `${me} on ${o.sign}`),
    X.h('nav', {'aria-label': 'The same neuron for other operators'}, info.operators.map(p => mine.some(r => r.operator === p.name)
      ? X.h('a', {href: X.link('neuron', {model: info.folder, op: p.name, layer, neuron}), class: 'tab', 'aria-current': p.name === op ? 'page' : null}, p.sign)
      : X.h('span', {class: 'tab off', title: 'not among the neurons analysed for this operator'}, p.sign))),
    X.h('p', {class: 'facts'}, [['rank in layer', here.rank], ['attribution', here.attribution], ['exact effect E', here.effect],
      ['when silent (nats)', here.silenced], ['shown rule', here.rule], ['κ', here.kappa], ['q', here.q]]
      .filter(([, v]) => v !== null && v !== undefined).map(([k, v]) => X.h('span', {}, `${k} `, X.h('b', {}, typeof v === 'number' ? X.number(v) : v)))));
  // the map
  const readout = X.h('p', {class: 'readout', id: 'readout'}, 'Point at the map, or focus it and use the arrow keys; Enter opens the prompt.');
  const legend = X.h('div', {});
  let shownRows = null;
  const tell = (place, a, b) => {
    if (place < 0) { readout.textContent = `${a} ${o.sign} ${b}: no legal prompt`; return; }
    const v = acts[place], w = vector[legal.answer[place]], pm = exact ? '' : ` ± ${X.number(half, 2)}`;
    readout.textContent = `${a} ${o.sign} ${b} = ${legal.answer[place]}: activation ${X.number(v, 4)}${pm}, direct ${X.number(v * w, 4)}` +
      (exact ? '' : ` ± ${X.number(Math.abs(w) * half, 2)}`) + `, value logit of ${legal.answer[place]}: ${X.number(w, 4)}`;
    readout.dataset.activation = v;
    readout.dataset.half = half;
  };
  const open = (a, b) => { location.hash = X.link('prompt', {model: info.folder, q: `${a}${o.symbol}${b}=`}); };
  const map = acts && X.map({legal, onpoint: tell, onclick: open, onkeys: () => X.say(readout.textContent), aria: `${kind} map of ${me} for ${o.sign}`});
  const draw = () => {
    if (!map) return;
    map.draw(kind === 'direct' ? direct() : acts);
    legend.replaceChildren(X.legend(map.most()));
  };
  const kinds = X.h('div', {role: 'group', 'aria-label': 'Which map'}, [['activation', 'activation'], ['direct', 'direct: activation × logit of the answer']].map(([v, t]) =>
    X.h('label', {}, X.h('input', {type: 'radio', name: 'kind', value: v, checked: v === kind, onchange: () => { kind = v; X.keep({map: v === 'direct' ? v : ''}); draw(); }}), ` ${t} `)),
    X.h('label', {}, X.h('input', {type: 'checkbox', name: 'dots', onchange: e => dots(e.target.checked)}), ' prompts that break without it'));
  const m = Object.fromEntries(matches.names.map(c => [c, matches.column(c)])), found = [];
  for (let i = 0; i < matches.size; i++) if (m.operator[i] === op && m.layer[i] === layer && m.neuron[i] === neuron) found.push(Object.fromEntries(matches.names.map(c => [c, m[c][i]])));
  const onMap = async name => {
    rule = name;
    X.keep({rule: name || ''});
    rulesTable.querySelectorAll('button').forEach(b => b.setAttribute('aria-pressed', b.value === name));
    const bits = name ? await X.maskOf(info, op, name) : null;
    if (name && !bits) X.say(`${name}: it is not known for which prompts this holds`);
    if (map) map.mask(bits);
    effects(bits);
  };
  const ruleCells = r => [X.h('button', {type: 'button', value: r.rule, 'aria-pressed': false, title: 'show its prompts on the map', onclick: e =>
    onMap(e.currentTarget.getAttribute('aria-pressed') === 'true' ? null : r.rule)}, r.rule), r.score, r.kappa, r.chance, r.support, r.map, r.end,
    ...(here.q === null || here.q === undefined ? [] : [here.corrected_rule === r.rule ? here.q : ''])];
  const rulesTable = X.h('div', {class: 'rules'}, found.length ? X.list(['rule', 'score', 'κ', 'chance', 'prompts', 'map', 'end',
    ...(here.q === null || here.q === undefined ? [] : ['q'])], found.map(ruleCells), `Rules that match (score at least ${info.threshold})`)
    : X.h('p', {}, `No rule matches; the best is ${here.rule} with a score of ${X.number(here.score)}.`),
    here.corrected_rule ? X.h('p', {}, `Against chance: ${here.corrected_rule}, κ ${X.number(here.corrected_kappa)} on prompts on which it was not chosen, q ${X.number(here.q)}.`) : null);
  // without it
  const at = X.rowIn(shown, layer, neuron), change = shown.row('change', at), wins = shown.row('wins', at), activation = shown.row('activation', at);
  const sample = info.prompts[op], without = X.h('div', {});
  const effects = bits => {
    const some = sample.map((p, i) => ({...p, i, change: change[i], wins: wins[i], place: legal.place[p.op1 * legal.n + p.op2]}));
    for (const p of some) p.fits = bits ? !!(bits[p.place >> 3] >> (7 - (p.place & 7)) & 1) : null;
    const right = some.filter(p => ['clean', 'evaluation'].includes(p.set)), mean = list => list.length ? list.reduce((s, p) => s + p.change, 0) / list.length : '–';
    const group = bits ? [['rule holds', right.filter(p => p.fits)], ['rule does not hold', right.filter(p => !p.fits)]] : [['clean and evaluation prompts, all correct', right]];
    const rows = group.map(([t, list]) => [t, list.length, mean(list), list.filter(p => !p.wins).length]);
    const most = some.sort((x, y) => x.change - y.change).slice(0, 8).map(p => [
      X.h('a', {href: X.link('prompt', {model: info.folder, q: p.text, off: `${layer}.${neuron}`})}, p.text), p.change, p.correct ? (p.wins ? 'still right' : 'wrong without it') : 'was wrong', activation[p.i],
      ...(bits ? [p.fits ? 'holds' : ''] : [])]);
    without.replaceChildren(X.list(['prompts', 'n', 'mean change of log p(answer)', 'answers lost'], rows, 'When it is silenced'),
      X.list(['prompt', 'change (nats)', 'answer', 'activation', ...(bits ? ['rule'] : [])], most, 'Prompts that need it most, of those known exactly'));
    shownRows = some;
  };
  const dots = on => map && map.dots(!on ? [] : sample.map((p, i) => ({a: p.op1, b: p.op2, r: wins[i] || !p.correct ? 3 : 6,
    fill: !p.correct ? '#888' : wins[i] ? '#fff' : '#E69F00'})));
  // charts
  const charts = X.h('div', {class: 'charts'}), numbers = n => Array.from({length: n}, (_, i) => i);
  const addCharts = async () => {
    if (stored) {
      const fit = info.fits && info.fits.includes(op) ? await info.part(`fits-${op}`) : null, f = fit ? X.rowIn(fit, layer, neuron) : -1;
      for (const s of ['op1', 'op2', 'result']) {
        const mean = stored.table.row(`mean_${s}`, stored.i), power = stored.table.row(`spectrum_${s}`, stored.i), series = [{label: 'mean activation', y: mean, colour: X.COLOURS.add}];
        const name = here[`fit_${s}`];
        if (f >= 0) {
          const g = fit.row(s, f), middle = mean.reduce((t, v) => Number.isNaN(v) ? t : [t[0] + v, t[1] + 1], [0, 0]);
          series.push({label: `fitted function (${name || 'none'})`, y: Array.from(mean, (v, i) => i < g.length ? g[i] + middle[0] / middle[1] : NaN), colour: X.COLOURS.sub, dash: [5, 4]});
        }
        charts.append(X.chart({x: numbers(mean.length), series, xlabel: s, ylabel: 'activation', title: `Mean activation by ${s}`}));
        const M = Math.round(mean.length), period = numbers(power.length).map(k => M / (k + 2)).reverse();
        if (power.length) charts.append(X.chart({x: numbers(power.length).map(k => (k + 2) / M), series: [{label: 'share of variance', y: power, colour: X.COLOURS.mul}],
          log: true, xrange: [1.6 / M, .55], xlabel: 'frequency (cycles per number, logarithmic)', ylabel: 'share of variance', title: `Spectrum over ${s}: strongest period ${X.number(M / (2 + power.indexOf(Math.max(...power))), 3)}`}));
      }
    }
    if (vector) charts.append(X.chart({x: numbers(vector.length), series: [{label: 'logit per unit of activation', y: vector, colour: X.COLOURS.div}],
      xlabel: 'number', ylabel: 'logit', title: 'Value vector: what it adds to the logit of each number', width: 860}));
    charts.append(X.h('p', {}, `Raises most: ${here.raised}. Lowers most: ${here.lowered}.`));
  };
  const addOthers = async () => { // small maps for the other operators, when the page is there
    const others = mine.filter(r => r.operator !== op && info.maps[r.operator].some(p => p.neurons.some(([l, n]) => l === layer && n === neuron)));
    if (others.length) others_.append(X.h('h3', {}, `${me} on the other operators`));
    for (const r of others) {
      const o2 = info.op(r.operator), row = await X.findMap(info, r.operator, layer, neuron);
      others_.append(X.h('figure', {class: 'other'}, X.h('figcaption', {}, `${o2.sign}: ${r.rule}`),
        X.h('a', {href: X.link('neuron', {model: info.folder, op: r.operator, layer, neuron}), 'aria-label': `${me} on ${o2.sign}`}, X.thumbnail(X.legal(info, r.operator), X.valuesOf(row)))));
    }
  };
  const addEarlier = async () => { // coarse maps at the checkpoints, in the same colours
    if (!stored || !info.earlier || !stored.table.has('earlier')) return;
    const code = stored.table.row('earlier', stored.i), low = stored.table.row('earlier_low', stored.i), step = stored.table.row('earlier_step', stored.i);
    if (!code.length) return;
    const grid = X.coarse(info, op), n = grid.all.length;
    if (code.length !== n * info.earlier.checkpoints.length) throw new Error(`The maps of earlier checkpoints of ${me} are damaged. Write the explorer again: arithheur explore MODEL.`);
    const found = info.earlier.checkpoints.map((name, k) => [name, Float64Array.from({length: n}, (_, i) => low[k] + step[k] * code[k * n + i])]);
    found.push(['final', Float64Array.from(grid.all, p => acts[p])]);
    const most = found.reduce((m, [, v]) => v.reduce((s, x) => Math.max(s, Math.abs(x)), m), 0);
    training.append(X.h('h3', {}, `${me} through training: ${grid.n < legal.n ? `${grid.n} of the ${legal.n} operands, ` : ''}the same colours at each checkpoint`),
      ...found.map(([name, v]) => X.h('figure', {class: 'other', role: 'img', 'aria-label': `${me} at ${name}: activations from ${X.number(v.reduce((s, x) => Math.min(s, x), Infinity))} to ${X.number(v.reduce((s, x) => Math.max(s, x), -Infinity))}`},
        X.h('figcaption', {}, name), X.thumbnail(grid, v, 132, most))), X.legend(most));
    X.neuron.earlier = found;
  };
  // neighbours and checkpoints
  const near = X.h('div', {});
  if (stored) {
    const places = stored.table.row('neighbour', stored.i), r = stored.table.row('correlation', stored.i), all = info.maps[op].flatMap(p => p.neurons.map((n, k) => [p.places[k], n]));
    const byPlace = new Map(all);
    near.append(X.list(['neuron', 'correlation', 'rule'], Array.from(places, (p, k) => byPlace.has(p) ? [p, k] : null).filter(Boolean).map(([p, k]) => {
      const [l, n] = byPlace.get(p), row = rows.find(x => x.operator === op && x.layer === l && x.neuron === n);
      return [X.h('a', {href: X.link('neuron', {model: info.folder, op, layer: l, neuron: n})}, X.neuronName(l, n)), r[k], row ? row.rule : ''];
    }), 'Neurons with the most similar maps'));
  }
  const earlier = X.h('div', {}), others_ = X.h('div', {class: 'charts others'}), training = X.h('section', {class: 'charts others', 'aria-label': 'Through training'});
  if (info.checkpoints.length) {
    const t = await info.part(`checkpoints-${op}`), c = Object.fromEntries(t.names.map(n => [n, t.column(n)]));
    earlier.append(X.list(['checkpoint', 'rules that match there, best first'], info.checkpoints.map(name => {
      const list = [];
      for (let i = 0; i < t.size; i++) if (c.checkpoint[i] === name && c.layer[i] === layer && c.neuron[i] === neuron) list.push(`${c.rule[i]} (${X.number(c.score[i])})`);
      return [name, list.length ? list.slice(0, 4).join(' · ') : 'none, or not among the neurons analysed there'];
    }), 'The same neuron through training, on a sample of prompts'));
  }
  const noMap = `Its map is not in these files, which hold those of the ${info.maps[op].reduce((s, p) => s + p.neurons.length, 0)} most important neurons. Start \`arithheur explore MODEL --live\` to see it.`;
  main.replaceChildren(head, X.h('div', {class: 'two'},
    X.h('section', {'aria-label': 'Map', class: 'mapside'}, kinds, readout, map ? map.element : X.h('p', {}, noMap), legend),
    X.h('section', {'aria-label': 'Rules and effects'}, rulesTable, without)), others_, training, charts, X.h('div', {class: 'two'}, near, earlier));
  draw();
  effects(null);
  if (q.get('rule')) await onMap(q.get('rule'));
  X.took.neuron = performance.now() - start;
  await addCharts();
  setTimeout(() => addOthers().then(addEarlier).catch(X.problem));
  X.took.neuronAll = performance.now() - start;
  X.neuron = {map, tell, acts, vector, stored};
  return {
    title: `${info.name}: ${me} on ${o.sign}`, name: `${info.folder}-${op}-l${layer}-n${neuron}`,
    csv: () => X.csv(['op1', 'op2', 'result', 'activation', 'at_most_off_by', 'direct'], acts ? Array.from(acts, (v, i) =>
      [legal.op1[i], legal.op2[i], legal.answer[i], v, half, v * vector[legal.answer[i]]]) : []),
    python: () => `from arithheur.study import Study\nfrom arithheur.prompts import operator\nfrom arithheur.heuristics import neuron_maps\n` +
      `maps = neuron_maps(${info.python}, operator('${o.symbol}'), ${layer}, ${neuron})`};
};
