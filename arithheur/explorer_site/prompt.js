'use strict';
// One prompt: which neurons fire, which rules speak for which answers, and what happens when neurons are switched off.
X.SYMBOLS = {'+': 'add', '-': 'sub', '−': 'sub', '*': 'mul', '×': 'mul', 'x': 'mul', '/': 'div', '÷': 'div'};
X.readPrompt = (info, text) => { // op1, op2, operator, place among the legal prompts; an error that says what to do
  const m = /^\s*(\d{1,9})\s*([-+*\/−×÷x])\s*(\d{1,9})\s*=?\s*$/.exec(text);
  if (!m) throw new Error(`“${text.slice(0, 60)}” is no prompt: write for example 12+7=`);
  const op = X.SYMBOLS[m[2]], a = +m[1], b = +m[3], o = info.op(op);
  if (!o) throw new Error(`${info.name} was not studied on ${m[2]}: use ${info.operators.map(p => p.symbol).join(' ')}`);
  if (a > info.operand_max || b > info.operand_max) throw new Error(`Operands go from 0 to ${info.operand_max} here.`);
  const legal = X.legal(info, op), place = legal.place[a * legal.n + b];
  if (place < 0) throw new Error(`${a}${o.symbol}${b}= is not legal: its answer is no number from 0 to ${info.max_number}.`);
  return {op, o, a, b, place, answer: legal.answer[place], text: `${a}${o.symbol}${b}=`};
};
X.promptData = async (info, p, off) => { // activations and logits, as exact as they can be had
  const [values, shown] = await Promise.all([info.part(`values-${p.op}`), info.part(`prompts-${p.op}`)]);
  const layers = values.column('layer'), neurons = values.column('neuron'), n = values.size;
  const known = info.prompts[p.op].findIndex(s => s.op1 === p.a && s.op2 === p.b);
  const out = {layers, neurons, n, values, half: new Float64Array(n), logits: null, truth: null, exact: true, scale: null};
  if (X.live) {
    const got = await X.ask('prompt', {op: p.op, op1: p.a, op2: p.b, off: off.join(',')});
    const place = new Map(got.neurons.map(([l, m], i) => [`${l}.${m}`, i])), acts = X.floats(got.activation);
    out.acts = Float64Array.from({length: n}, (_, i) => acts[place.get(`${layers[i]}.${neurons[i]}`)]);
    Object.assign(out, {logits: X.floats(got.logits), scale: got.scale, truth: off.length ? X.floats(got.without) : null});
  } else if (known >= 0) {
    const logits = await info.part(`logits-${p.op}`);
    out.acts = Float64Array.from({length: n}, (_, i) => shown.row('activation', X.rowIn(shown, layers[i], neurons[i]))[known]);
    Object.assign(out, {logits: logits.row('logits', known), scale: info.prompts[p.op][known].scale});
  } else {
    const maps = new Map((await X.maps(info, p.op)).map(m => [`${m.layer}.${m.neuron}`, m]));
    out.acts = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const m = maps.get(`${layers[i]}.${neurons[i]}`);
      out.acts[i] = m.low + m.step * m.code[p.place];
      out.half[i] = m.step / 2;
    }
    out.exact = false;
    out.scale = info.op(p.op).mean_scale;
  }
  out.unit = out.scale === null || !Number.isFinite(out.scale); // no scale: contributions as they are before the norms
  return out;
};
X.contributions = (data, on) => { // (number,) summed over the neurons for which `on` says so
  const total = new Float64Array(data.values.row('value_logits', 0).length), scale = data.unit ? 1 : data.scale;
  for (let i = 0; i < data.n; i++) {
    if (!on(i)) continue;
    const v = data.values.row('value_logits', i), a = data.acts[i] / scale;
    for (let k = 0; k < total.length; k++) total[k] += a * v[k];
  }
  return total;
};

X.pages.prompt = async (main, q) => {
  const start = performance.now(), info = await X.model(q.get('model'));
  const given = q.get('q') || info.example, input = X.h('input', {id: 'prompt', value: given, maxLength: 30, size: 14, autocomplete: 'off', spellcheck: false});
  const ask = X.h('form', {id: 'ask', onsubmit: e => { e.preventDefault(); location.hash = X.link('prompt', {model: info.folder, q: input.value}); }},
    X.h('label', {for: 'prompt'}, 'Prompt '), input, X.h('button', {}, 'Show'),
    X.h('span', {class: 'hint'}, ` Operands 0 to ${info.operand_max}, ${info.operators.map(o => o.symbol).join(' ')}`));
  let p;
  try { p = X.readPrompt(info, given); }
  catch (e) {
    main.replaceChildren(X.h('h2', {}, 'Prompt'), ask, X.h('p', {role: 'alert', class: 'refused'}, e.message));
    return {title: 'prompt', name: 'prompt', csv: () => '', python: () => ''};
  }
  let off = new Set((q.get('off') || '').split(',').filter(t => /^\d+\.\d+$/.test(t)));
  const [answers, masks, matches, rows, first] = await Promise.all([info.part(`answers-${p.op}`), info.part(`masks-${p.op}`), info.part('matches'), X.neurons(info), X.promptData(info, p, [...off])]);
  let data = first;
  const predicted = answers.column('predicted')[p.place], pAnswer = answers.column('p_answer')[p.place];
  const key = i => `${data.layers[i]}.${data.neurons[i]}`, link = i => X.h('a', {href: X.link('neuron', {model: info.folder, op: p.op, layer: data.layers[i], neuron: data.neurons[i]})}, X.neuronName(data.layers[i], data.neurons[i]));
  const names = Array.from(masks.column('rule')), holds = new Set(names.filter((_, r) => masks.row('bits', r)[p.place >> 3] >> (7 - (p.place & 7)) & 1));
  const m = Object.fromEntries(['operator', 'layer', 'neuron', 'rule', 'score'].map(c => [c, matches.column(c)])), rulesOf = new Map(), index = new Map();
  for (let i = 0; i < data.n; i++) index.set(key(i), i);
  for (let i = 0; i < matches.size; i++) {
    const k = `${m.layer[i]}.${m.neuron[i]}`;
    if (m.operator[i] !== p.op || !holds.has(m.rule[i]) || !index.has(k)) continue;
    rulesOf.has(k) ? rulesOf.get(k).push(m.rule[i]) : rulesOf.set(k, [m.rule[i]]);
  }
  const tokens = [...(info.bos ? ['BOS'] : []), ...(info.prefix ? [info.prefix] : []), p.a, p.o.symbol, p.b, '='];
  const unit = data.unit ? 'units before the norms’ scale' : data.exact ? 'logit' : 'logit, with the mean scale of the known prompts';
  const head = X.h('section', {'aria-label': 'Answer'}, X.h('p', {class: 'tokens'}, tokens.map(t => X.h('code', {}, t))),
    X.h('p', {class: 'facts', id: 'answer'}, X.h('span', {}, 'answer ', X.h('b', {}, p.answer)), X.h('span', {}, 'the model says ', X.h('b', {}, predicted)),
      X.h('span', {}, predicted === String(p.answer) ? 'right' : 'wrong'), X.h('span', {}, 'p(answer) ', X.h('b', {}, X.number(pAnswer, 4)))));
  const value = (i, n) => data.values.row('value_logits', i)[n] * data.acts[i] / (data.unit ? 1 : data.scale);
  const charts = X.h('div', {class: 'charts'}), sums = X.h('div', {id: 'sums'}), x = Array.from({length: info.max_number + 1}, (_, i) => i);
  const live = X.h('p', {class: 'hint'}, X.live ? 'Live: with neurons switched off, “true” is the forward pass without them.'
    : `The true forward pass without them needs the model: arithheur explore ${info.name}${info.split} --live`);
  const show = () => {
    const isOff = i => off.has(key(i)), total = X.contributions(data, i => !isOff(i)), lost = X.contributions(data, isOff);
    const estimate = data.logits && off.size ? Float64Array.from(data.logits, (v, k) => v - lost[k]) : null;
    const bound = data.half.reduce((s, h, i) => s + (isOff(i) ? 0 : Math.abs(data.values.row('value_logits', i)[p.answer]) * h / (data.unit ? 1 : data.scale)), 0);
    const series = [{label: 'neurons together', y: total, colour: X.COLOURS.add}];
    if (data.logits) series.push({label: 'model’s logits', y: data.logits, colour: X.css_('--ink'), dash: [2, 2]});
    if (estimate) series.push({label: 'linear estimate', y: estimate, colour: X.COLOURS.sub, dash: [6, 3]});
    if (data.truth) series.push({label: 'true, without them', y: data.truth, colour: X.COLOURS.mul});
    const a = Math.max(0, p.answer - 15), b = Math.min(info.max_number, p.answer + 15), cut = y => Array.from(y).slice(a, b + 1);
    charts.replaceChildren(X.chart({x: x.slice(a, b + 1), series: series.map((s, i) => ({...s, y: cut(s.y), bars: i === 0, points: i > 0})), xlabel: 'number', ylabel: unit === 'logit' ? 'logit' : 'contribution',
      title: `Near the answer ${p.answer}`, width: 460, height: 240}),
    X.chart({x, series, xlabel: 'number', ylabel: unit === 'logit' ? 'logit' : 'contribution', title: 'All numbers (drag to zoom, double-click to go back)', width: 620, height: 240}));
    const best = y => Array.from(y.keys()).sort((i, j) => y[j] - y[i]).slice(0, 5), order = [...new Set([p.answer, ...best(data.truth || estimate || data.logits || total), ...best(data.logits || total)])].slice(0, 9);
    const columns = ['number', 'neurons together', ...(data.logits ? ['model'] : []), ...(estimate ? ['linear estimate'] : []), ...(data.truth ? ['true'] : [])];
    const winner = y => y.indexOf(y.reduce((s, v) => v > s ? v : s, -Infinity)), last = data.truth || estimate;
    sums.replaceChildren(X.list(columns, order.map(k => [k, total[k], ...(data.logits ? [data.logits[k]] : []), ...(estimate ? [estimate[k]] : []), ...(data.truth ? [data.truth[k]] : [])]),
      `Logits (centred over the vocabulary) and what the ${data.n - [...off].filter(k => index.has(k)).length} neurons contribute (${unit})`),
      X.h('p', {}, `For ${p.answer} they contribute ${X.number(total[p.answer], 5)}${data.exact ? '' : ` ± ${X.number(bound, 2)} from the maps’ steps`}.` +
        (last ? ` Of the numbers, ${winner(last)} wins without them (${data.truth ? 'true forward pass' : 'linear estimate'}).` : '')));
    sums.dataset.answer = total[p.answer];
    sums.dataset.bound = bound;
    X.prompt = {p, data, total, estimate, bound, off: [...off]};
  };
  let turn = 0;
  const change = async (some, silent) => {
    for (const k of some) silent ? off.add(k) : off.delete(k);
    X.keep({off: [...off].join(',')});
    list.querySelectorAll('input').forEach(i => { i.checked = !off.has(i.value); });
    data.truth = null;
    show();
    if (!X.live) return;
    const mine = ++turn;
    try {
      const got = await X.promptData(info, p, [...off]);
      if (mine === turn) { data = got; show(); }
    } catch (e) { X.problem(e); }
  };
  const all = Array.from({length: data.n}, (_, i) => i).sort((i, j) => Math.abs(value(j, p.answer)) - Math.abs(value(i, p.answer)));
  const line = i => ({cells: [X.h('label', {}, X.h('input', {type: 'checkbox', value: key(i), checked: !off.has(key(i)), 'aria-label': `${X.neuronName(data.layers[i], data.neurons[i])} on`,
    onchange: e => change([key(i)], !e.target.checked)})), link(i), data.acts[i], value(i, p.answer), ...(predicted !== String(p.answer) && /^\d+$/.test(predicted) && +predicted <= info.max_number ? [value(i, +predicted)] : []),
    (rulesOf.get(key(i)) || []).slice(0, 3).join(' · ')]});
  const wrong = predicted !== String(p.answer) && /^\d+$/.test(predicted) && +predicted <= info.max_number;
  const heads = ['on', 'neuron', 'activation', `for ${p.answer}`, ...(wrong ? [`for ${predicted}`] : []), 'its rules that hold here'];
  const some = all.slice(0, 25), list = X.h('div', {class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Neurons'}, X.list(heads, some.map(line), `Neurons by the size of their contribution to ${p.answer} (${unit})`));
  const more = X.h('button', {type: 'button', onclick: () => { list.querySelector('tbody').append(...X.list(heads, all.slice(25).map(line), '').querySelectorAll('tbody tr')); more.remove(); }}, `Show all ${data.n}`);
  const withRules = [...rulesOf.keys()], buttons = X.h('p', {}, X.h('button', {type: 'button', onclick: () => change(withRules, true)}, `Switch off the ${withRules.length} with a rule that holds`), ' ',
    X.h('button', {type: 'button', onclick: () => change(all.slice(0, 10).map(key), true)}, 'Switch off the first 10'), ' ', X.h('button', {type: 'button', onclick: () => change([...off], false)}, 'All on'), ' ', all.length > 25 ? more : null);
  // rules
  const byRule = new Map();
  for (const [k, mine] of rulesOf) for (const r of mine) { if (!byRule.has(r)) byRule.set(r, []); byRule.get(r).push(index.get(k)); }
  const spoken = [...byRule].map(([r, who]) => {
    const total = X.contributions(data, i => who.includes(i));
    return {r, who, answer: total[p.answer], top: total.indexOf(total.reduce((s, v) => v > s ? v : s, -Infinity)), most: Math.max(...total)};
  }).sort((s, t) => Math.abs(t.answer) - Math.abs(s.answer));
  const rules = X.list(['rule that holds', 'neurons', `for ${p.answer}`, 'speaks most for', 'with'], spoken.slice(0, 20).map(s => [
    X.h('a', {href: X.link('table', {model: info.folder, op: p.op, text: s.r})}, s.r), s.who.length, s.answer, s.top, s.most]),
    spoken.length ? `Rules that hold for this prompt, and what their neurons say together (${unit})` : 'No neuron has a rule that holds for this prompt');
  main.replaceChildren(X.h('h2', {}, `${p.text}`), ask, head, charts, X.h('div', {class: 'two'}, X.h('div', {}, sums, live, rules), X.h('div', {}, buttons, list)));
  show();
  X.took.prompt = performance.now() - start;
  return {
    title: `${info.name}: ${p.text}`, name: `${info.folder}-prompt-${p.a}-${p.op}-${p.b}`,
    csv: () => X.csv(['layer', 'neuron', 'on', 'activation', 'at_most_off_by', `contribution_to_${p.answer}`, 'rules_that_hold'],
      all.map(i => [data.layers[i], data.neurons[i], !off.has(key(i)), data.acts[i], data.half[i], value(i, p.answer), (rulesOf.get(key(i)) || []).join(' · ')])),
    python: () => `from arithheur.study import Study\nfrom arithheur.prompts import operator\nfrom arithheur.explorer_live import prompt_view\n` +
      `view = prompt_view(${info.python}, operator('${p.o.symbol}'), ${p.a}, ${p.b}, off=[${[...off].map(k => `(${k.replace('.', ', ')})`).join(', ')}])`};
};
