'use strict';
// The model as a whole: where the answer is made (localization), the circuit, the layers; and two models side by side.
X.heat = (info, op, position, at) => { // layers × components as links
  const loc = info.localization, values = loc.values[op][position], most = Math.max(...values.flat().map(Math.abs), 1e-9);
  const grid = X.h('div', {class: 'heat', role: 'group', 'aria-label': `effects at ${loc.positions[position]}`, style: {gridTemplateColumns: `2.2em repeat(${loc.components.length}, minmax(12px, 1fr))`}});
  for (let l = values.length - 1; l >= 0; l--) {
    grid.append(X.h('span', {class: 'tick'}, `L${loc.layers[l]}`));
    loc.components.forEach((c, i) => {
      const v = values[l][i], name = `L${loc.layers[l]}.${c}`;
      grid.append(X.h('a', {href: at(name), style: {background: X.colourOf(X.squeezed(v), X.squeezed(most))}, title: `${name} at ${loc.positions[position]}: ${X.number(v)}`, 'aria-label': `${name}: ${X.number(v)}`}));
    });
  }
  grid.append(X.h('span'), ...loc.components.map(c => X.h('span', {class: 'tick'}, c.replace('H', ''))));
  return X.h('figure', {class: 'heatbox'}, X.h('figcaption', {}, loc.positions[position]), grid, X.legend(most));
};
X.layerRows = (info, rows, op) => info.layers.map(l => {
  const mine = rows.filter(r => r.layer === l && (!op || r.operator === op)), mean = f => mine.length ? mine.reduce((s, r) => s + r[f], 0) / mine.length : NaN;
  return {l, n: mine.length, matched: mine.filter(r => r.matched).length / (mine.length || 1), kappa: mean('kappa'), attribution: mean('attribution'), effect: mean('effect'), silenced: mean('silenced')};
}).filter(r => r.n);
X.svg = (tag, attrs, ...children) => {
  const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [k, v] of Object.entries(attrs || {})) if (v !== null && v !== undefined) e.setAttribute(k, v);
  e.append(...children.filter(c => c !== null));
  return e;
};
X.graph = (info, op, node, at) => { // strongest edges between components, layers from the bottom up
  const edges = (info.edges[op] || []).slice(0, 60), circuit = (info.circuits || {})[op], heads = info.traits.n_heads, width = 860, row = 52, layers = info.traits.n_layers;
  const height = row * (2 * layers + 2), place = new Map([['embed', [width / 2, height - 20]], ['logits', [width / 2, 16]]]);
  for (let l = 0; l < layers; l++) {
    for (let h = 0; h < heads; h++) place.set(`L${l}.H${h}`, [40 + (h + .5) * (width - 220) / heads, height - row * (2 * l + 1) - 12]);
    place.set(`L${l}.MLP`, [width - 110, height - row * (2 * l + 2) + 4]);
  }
  const most = Math.max(...edges.map(e => Math.abs(e[2])), 1e-9), inside = name => !circuit || name === 'embed' || name === 'logits' || circuit.includes(name);
  const lines = edges.filter(e => place.has(e[0]) && place.has(e[1])).map(([u, v, s]) => {
    const [x1, y1] = place.get(u), [x2, y2] = place.get(v), on = !node || u === node || v === node;
    return X.svg('path', {d: `M${x1} ${y1} C${x1} ${(y1 + y2) / 2} ${x2} ${(y1 + y2) / 2} ${x2} ${y2}`, class: 'edge', stroke: s < 0 ? X.COLOURS.add : X.COLOURS.sub,
      'stroke-width': .7 + 6 * Math.sqrt(Math.abs(s) / most), 'stroke-opacity': on ? .6 : .07, 'stroke-dasharray': s < 0 ? '5 3' : null},
    X.svg('title', {}, document.createTextNode(`${u} → ${v}: ${X.number(s)}`)));
  });
  const nodes = [...place].map(([name, [x, y]]) => {
    const label = name.includes('.') ? name.split('.')[1].replace('H', '') : name, wide = label.length > 2;
    const box = X.svg('rect', {x: x - (wide ? 26 : 11), y: y - 10, width: wide ? 52 : 22, height: 20, rx: 5, class: `node ${inside(name) ? 'in' : 'out'} ${name === node ? 'chosen' : ''}`});
    const text = X.svg('text', {x, y: y + 4, 'text-anchor': 'middle', class: inside(name) ? 'in' : 'out'}, document.createTextNode(label));
    return X.svg('a', {href: at(name), 'aria-label': `${name}${inside(name) ? '' : ', not in the circuit'}`}, box, text);
  });
  const names = Array.from({length: layers}, (_, l) => X.svg('text', {x: 4, y: height - row * (2 * l + 1) - 8, class: 'in'}, document.createTextNode(`L${l}`)));
  return X.svg('svg', {viewBox: `0 0 ${width} ${height}`, class: 'graph', role: 'group', 'aria-label': 'circuit graph'}, ...lines, ...names, ...nodes);
};

X.pages.model = async (main, q) => {
  const info = await X.model(q.get('model')), rows = await X.neurons(info), op = info.op(q.get('op')) ? q.get('op') : info.operators[0].name, node = q.get('node');
  const at = name => X.link('model', {model: info.folder, op, node: name === node ? '' : name});
  const tabs = X.h('nav', {'aria-label': 'Operator'}, info.operators.map(o => X.h('a', {href: X.link('model', {model: info.folder, op: o.name, node}), class: 'tab', 'aria-current': o.name === op ? 'page' : null}, o.sign)));
  const t = info.traits, facts = X.h('p', {class: 'facts'}, [['architecture', t.architecture], ['layers', t.n_layers], ['heads', t.n_heads], ['d_model', t.d_model], ['MLP neurons per layer', t.d_mlp],
    ['analysed per layer', info.top], ['first heuristic layer', info.first_layer], ['operands', `0 … ${info.operand_max}`], ['answers', `0 … ${info.max_number}`],
    ...info.operators.map(o => [`accuracy ${o.sign}`, `${X.number(100 * o.accuracy)} %`])].map(([k, v]) => X.h('span', {}, `${k} `, X.h('b', {}, v))));
  const parts = [X.h('div', {class: 'head'}, X.h('h2', {}, [info.name, info.asked].filter(Boolean).join(', ')), tabs, facts)];
  const missing = (what, figure) => X.h('p', {class: 'hint'}, `${what} is not stored: arithheur run ${info.name}${info.split} --only ${figure}, then write the explorer again.`);
  parts.push(X.h('h3', {}, 'Localization: mean effect E of patching each head and MLP (colours by logarithm)'), info.localization && info.localization.values[op]
    ? X.h('div', {class: 'charts'}, info.localization.positions.map((_, i) => X.heat(info, op, i, at))) : missing('Localization', 'localization'));
  if (node) {
    const m = /^L(\d+)\.(H\d+|MLP)$/.exec(node), loc = info.localization, panel = X.h('section', {class: 'panel', 'aria-label': node}, X.h('h3', {}, node));
    if (m && loc && loc.values[op]) {
      const l = loc.layers.indexOf(+m[1]), c = loc.components.indexOf(m[2]);
      if (l >= 0 && c >= 0) panel.append(X.list(loc.positions, [loc.positions.map((_, i) => loc.values[op][i][l][c])], 'Effect of patching it at each position'));
    }
    const mine = (info.edges && info.edges[op] || []).filter(e => e[0] === node || e[1] === node).slice(0, 12);
    if (mine.length) panel.append(X.list(['from', 'to', 'score'], mine.map(([u, v, s]) => [X.h('a', {href: at(u)}, u), X.h('a', {href: at(v)}, v), s]), 'Its strongest edges'));
    if (m) panel.append(rows.some(r => r.layer === +m[1]) ? X.h('p', {}, X.h('a', {href: X.link('table', {model: info.folder, op, layer: m[1]})}, `The analysed neurons of layer ${m[1]}`)) : X.h('p', {}, `No neuron of layer ${m[1]} is analysed.`));
    parts.push(panel);
  }
  parts.push(X.h('h3', {}, 'Circuit: strongest edges between components'), info.edges && info.edges[op] ? X.graph(info, op, node, at) : missing('The circuit graph', 'edges'));
  parts.push(X.list(['layer', 'neurons', 'share matched', 'mean κ', 'mean attribution', 'mean exact effect', 'mean change when silent'], X.layerRows(info, rows, op).map(r => [
    X.h('a', {href: X.link('table', {model: info.folder, op, layer: r.l})}, `L${r.l}`), r.n, r.matched, r.kappa, r.attribution, r.effect, r.silenced]), `Layers with analysed neurons, ${info.op(op).sign}`));
  const k = info.knockout && info.knockout[op];
  if (k) parts.push(X.h('div', {class: 'charts'}, X.chart({x: k.removed, series: [{label: 'with rules that hold', y: k.associated, colour: X.COLOURS.sub}, {label: 'as many others', y: k.control, colour: X.COLOURS.add, dash: [5, 4]}],
    xlabel: 'neurons silenced per layer', ylabel: 'accuracy', title: 'Knock-out guided by the prompt'})));
  main.replaceChildren(...parts);
  return {title: `${info.name}: model`, name: `${info.folder}-${op}-model`,
    csv: () => info.localization ? X.csv(['position', 'layer', 'component', 'effect'], info.localization.positions.flatMap((p, i) => info.localization.layers.flatMap((l, j) =>
      info.localization.components.map((c, c_) => [p, l, c, info.localization.values[op][i][j][c_]])))) : '',
    python: () => `from arithheur.study import Study\nfrom arithheur.patching import mean_effects\neffects = mean_effects(${info.python}).sel(operator='${op}')`};
};

X.pages.compare = async (main, q) => {
  const site = await X.site(), folders = site.models.map(m => m.folder), a = q.get('a') || folders[0], b = q.get('b') || folders[1] || folders[0];
  const both = await Promise.all([X.model(a), X.model(b)]), tables = await Promise.all(both.map(X.neurons));
  const common = both[0].operators.map(o => o.name).filter(o => both[1].op(o)), op = common.includes(q.get('op')) ? q.get('op') : common[0];
  const go = v => { location.hash = X.link('compare', {a, b, op, ...v}); };
  const pick = (name, now) => X.h('label', {class: 'field'}, name === 'a' ? 'left' : 'right', X.h('select', {name, onchange: e => go({[name]: e.target.value})}, site.models.map(m => X.h('option', {value: m.folder, selected: m.folder === now}, m.name))));
  const choose = X.h('form', {id: 'filter', 'aria-label': 'What to compare', onsubmit: e => e.preventDefault()}, pick('a', a), pick('b', b), X.h('label', {class: 'field'}, 'operator',
    X.h('select', {name: 'op', onchange: e => go({op: e.target.value})}, common.map(o => X.h('option', {value: o, selected: o === op}, both[0].op(o).sign)))));
  if (!op) { main.replaceChildren(X.h('h2', {}, 'Side by side'), choose, X.h('p', {}, 'These two have no operator in common.')); return {title: 'compare', name: 'compare', csv: () => '', python: () => ''}; }
  const side = (info, rows) => X.h('section', {'aria-label': info.name}, X.h('h3', {}, X.h('a', {href: X.link('model', {model: info.folder, op})}, info.name)),
    X.h('p', {class: 'facts'}, X.h('span', {}, `accuracy ${info.op(op).sign} `, X.h('b', {}, `${X.number(100 * info.op(op).accuracy)} %`)), X.h('span', {}, 'analysed from layer ', X.h('b', {}, info.first_layer))),
    X.list(['layer', 'neurons', 'share matched', 'mean κ', 'mean exact effect'], X.layerRows(info, rows, op).map(r => [X.h('a', {href: X.link('table', {model: info.folder, op, layer: r.l})}, `L${r.l}`), r.n, r.matched, r.kappa, r.effect]), 'Layers'),
    info.localization && info.localization.values[op] ? X.h('div', {class: 'charts'}, info.localization.positions.map((_, i) => X.heat(info, op, i, name => X.link('model', {model: info.folder, op, node: name})))) : X.h('p', {class: 'hint'}, 'Localization is not stored.'));
  const other = new Map(tables[1].filter(r => r.operator === op).map(r => [`${r.layer}.${r.neuron}`, r])), shared = tables[0].filter(r => r.operator === op && other.has(`${r.layer}.${r.neuron}`)).map(r => [r, other.get(`${r.layer}.${r.neuron}`)]);
  const to = (info, r) => X.h('a', {href: X.link('neuron', {model: info.folder, op, layer: r.layer, neuron: r.neuron})}, r.rule);
  main.replaceChildren(...[X.h('h2', {}, 'Side by side'), choose, X.h('div', {class: 'two'}, side(both[0], tables[0]), side(both[1], tables[1])),
    folders.length < 2 ? X.h('p', {class: 'hint'}, 'This explorer has one model: arithheur explore MODEL --beside OTHER puts another one beside it.') : null,
    a === b ? null : !shared.length ? X.h('p', {class: 'hint'}, 'No layer and number is among the neurons analysed in both.') : X.list(['neuron', 'rule left', 'κ', 'rule right', 'κ'], shared.slice(0, 200).map(([r, s]) => [r.name, to(both[0], r), r.kappa, to(both[1], s), s.kappa]), `Neurons analysed in both (${shared.length}): the same places mean the same neurons only in checkpoints of one model`)].filter(Boolean));
  return {title: 'side by side', name: `${a}-beside-${b}-${op}`, csv: () => X.csv(['layer', 'neuron', 'rule_left', 'kappa_left', 'rule_right', 'kappa_right'], shared.map(([r, s]) => [r.layer, r.neuron, r.rule, r.kappa, s.rule, s.kappa])),
    python: () => `from arithheur.study import Study\nfrom arithheur.explorer_data import neurons\nleft, right = neurons(${both[0].python}), neurons(${both[1].python})`};
};
