'use strict';
// The table of all analysed neurons: Tabulator shows, sorts and scrolls; the filter lives in the address.
X.COLUMNS = [ // field, title, what it is, shown at first, digits of a number
  ['name', 'neuron', 'layer and number of the neuron', true],
  ['operator', 'op', 'operator', true],
  ['layer', 'layer', 'layer', false, 0],
  ['rank', 'rank', 'rank by attribution within the layer, from 0', false, 0],
  ['rule', 'rule', 'the rule to show: the best match of telling coverage, else the best', true],
  ['kind', 'type', 'kind of rule', true],
  ['subject', 'subject', 'what the rule is about', true],
  ['matched', 'matched', 'whether the rule reaches the threshold', false],
  ['score', 'score', 'share of the rule’s prompts among as many top prompts of the map', true, 3],
  ['kappa', 'κ', 'score above chance, (s − p) / (1 − p)', true, 3],
  ['chance', 'chance', 'share of all prompts that fulfil the rule', false, 3],
  ['n_rules', 'rules', 'rules that match', false, 0],
  ['corrected_kappa', 'corrected κ', 'κ on prompts on which the rule was not chosen', true, 3],
  ['q', 'q', 'corrected significance: false discovery rate against maps that know no numbers', true, 3],
  ['heuristic', 'heuristic', 'whether it stands out from both nulls', true],
  ['attribution', 'attribution', 'importance at =, mean + standard deviation over prompts, averaged over corrupt sets', true, 3],
  ['effect', 'exact effect', 'effect E of patching this neuron alone, averaged over the clean prompts', true, 3],
  ['silenced', 'when silent', 'mean change of the answer’s log-probability (nats) on correct prompts when the neuron is 0', true, 3],
  ['shared', 'shared by', 'operators for which this neuron is analysed', true],
  ['raised', 'raises', 'numbers that the value vector raises most', false],
  ['lowered', 'lowers', 'numbers that the value vector lowers most', false],
  ['fit_op1', 'f(op1)', 'name of the fitted function of op1', false],
  ['fit_op2', 'g(op2)', 'name of the fitted function of op2', false],
  ['fit_result', 'h(result)', 'name of the fitted function of the result', false],
  ['fit_r2', 'fit R²', 'variance that the fitted functions explain', false, 3]];

X.neurons = async info => { // rows of the table, made once
  if (info.rows) return info.rows;
  const [table, matches] = await Promise.all([info.part('neurons'), info.part('matches')]);
  const rows = table.rows(), key = r => `${r.operator} ${r.layer} ${r.neuron}`, rules = new Map();
  const m = Object.fromEntries(['operator', 'layer', 'neuron', 'rule'].map(c => [c, matches.column(c)]));
  for (let i = 0; i < matches.size; i++) {
    const k = `${m.operator[i]} ${m.layer[i]} ${m.neuron[i]}`;
    rules.has(k) ? rules.get(k).push(m.rule[i]) : rules.set(k, [m.rule[i]]);
  }
  for (const r of rows) {
    const mine = rules.get(key(r)) || [];
    r.name = X.neuronName(r.layer, r.neuron);
    r.n_rules = mine.length;
    r.text = [r.rule, ...mine].join('\n').toLowerCase();
  }
  return info.rows = rows;
};
X.numeric = {kappa: 'κ', score: 'score', attribution: 'attribution', effect: 'exact effect', n_shared: 'operators'};

X.fits = q => { // the filter in the address as a function of a row
  const list = name => (q.get(name) || '').split(',').filter(Boolean), text = (q.get('text') || '').toLowerCase(), tests = [];
  for (const [name, field] of [['op', 'operator'], ['kind', 'kind'], ['subject', 'subject']]) {
    const some = new Set(list(name));
    if (some.size) tests.push(r => some.has(r[field]));
  }
  const layers = new Set(list('layer').map(Number)), matched = q.get('matched');
  if (layers.size) tests.push(r => layers.has(r.layer));
  if (matched) tests.push(r => r.matched === (matched === 'yes'));
  if (text) tests.push(r => r.text.includes(text));
  for (const field of Object.keys(X.numeric)) {
    const least = q.get(`min_${field}`);
    if (least !== null && least !== '' && Number.isFinite(+least)) tests.push(r => (field === 'n_shared' ? r.shared.length : r[field]) >= +least);
  }
  const q_ = q.get('max_q');
  if (q_ !== null && q_ !== '' && Number.isFinite(+q_)) tests.push(r => r.q !== null && r.q <= +q_);
  return r => tests.every(t => t(r));
};

X.pages.table = async (main, q) => {
  const info = await X.model(q.get('model')), rows = await X.neurons(info);
  const distinct = f => [...new Set(rows.map(r => r[f]))].sort((a, b) => a > b ? 1 : a < b ? -1 : 0);
  const there = X.COLUMNS.filter(([f]) => f === 'name' || rows.some(r => r[f] !== null && r[f] !== undefined));
  const shown = new Set(q.get('cols') ? q.get('cols').split(',') : there.filter(c => c[3]).map(c => c[0]));
  shown.add('name');
  const count = X.h('output', {id: 'count', 'aria-live': 'polite'});
  let table = null, filtered = rows;
  const apply = () => {
    const start = performance.now(), fits = X.fits(X.address().q);
    filtered = rows.filter(fits);
    table.setFilter(fits);
    count.textContent = `${filtered.length} of ${rows.length} neurons`;
    X.took.filter = performance.now() - start;
  };
  const set = (name, value) => { X.keep({[name]: value}); apply(); };
  const many = (name, label, values, sign) => X.h('fieldset', {}, X.h('legend', {}, label), values.map(v => {
    const on = (q.get(name) || '').split(',').includes(String(v));
    return X.h('label', {}, X.h('input', {type: 'checkbox', name, value: String(v), checked: on, onchange: e => {
      const now = [...e.target.closest('fieldset').querySelectorAll('input:checked')].map(i => i.value);
      set(name, now.join(','));
    }}), ' ', sign ? sign(v) : String(v));
  }));
  const field = (name, label, attrs) => X.h('label', {class: 'field'}, label, X.h('input', {name, value: q.get(name) || '', ...attrs,
    oninput: e => set(name, e.target.value)}));
  const choice = (name, label, options) => X.h('label', {class: 'field'}, label, X.h('select', {name, onchange: e => set(name, e.target.value)},
    options.map(([v, t]) => X.h('option', {value: v, selected: (q.get(name) || '') === v}, t))));
  const sign = name => (info.op(name) || {sign: name}).sign;
  const sorter = X.h('select', {name: 'sort', onchange: e => table.setSort(...e.target.value.split(':'))}, there.flatMap(([f, title]) =>
    [['desc', '↓'], ['asc', '↑']].map(([dir, arrow]) => X.h('option', {value: `${f}:${dir}`}, `${title} ${arrow}`))));
  const form = X.h('form', {id: 'filter', 'aria-label': 'Filter', onsubmit: e => e.preventDefault()},
    field('text', 'rule contains', {type: 'search', id: 'search', placeholder: 'result % 5', title: 'press / to come here'}),
    many('op', 'operator', info.operators.map(o => o.name), sign),
    many('layer', 'layer', distinct('layer')),
    many('subject', 'subject', distinct('subject')),
    choice('kind', 'type', [['', 'any'], ...distinct('kind').map(k => [k, k.replace('_', ' ')])]),
    choice('matched', 'matched', [['', 'any'], ['yes', 'yes'], ['no', 'no']]),
    Object.entries(X.numeric).map(([f, label]) => field(`min_${f}`, `${label} ≥`, {type: 'number', step: 'any', class: 'short'})),
    rows.some(r => r.q !== null && r.q !== undefined) && field('max_q', 'q ≤', {type: 'number', step: 'any', class: 'short'}),
    X.h('label', {class: 'field'}, 'sort by', sorter),
    X.h('button', {type: 'button', onclick: () => { location.hash = X.link('table', {model: info.folder}); }}, 'Clear'), count);
  const columnsMenu = X.h('details', {class: 'columns'}, X.h('summary', {}, 'Columns'), there.slice(1).map(([f, title, what]) =>
    X.h('label', {title: what}, X.h('input', {type: 'checkbox', checked: shown.has(f), onchange: e => {
      e.target.checked ? shown.add(f) : shown.delete(f);
      e.target.checked ? table.showColumn(f) : table.hideColumn(f);
      X.keep({cols: there.map(c => c[0]).filter(c => shown.has(c)).join(',')});
    }}), ` ${title}: ${what}`)));
  const holder = X.h('div', {id: 'neurons'});
  main.replaceChildren(form, columnsMenu, holder);
  const definition = ([f, title, what,, digits]) => ({
    field: f, title, headerTooltip: what, visible: shown.has(f), resizable: true, headerSort: true,
    hozAlign: digits === undefined ? 'left' : 'right', sorter: f === 'name' ? (a, b, ra, rb) => {
      const x = ra.getData(), y = rb.getData();
      return x.layer - y.layer || x.neuron - y.neuron;
    } : digits === undefined ? 'string' : 'number', headerSortStartingDir: digits === undefined ? 'asc' : 'desc',
    formatter: cell => {
      const v = cell.getValue(), r = cell.getData();
      if (f === 'name') return X.h('a', {href: X.link('neuron', {model: info.folder, op: r.operator, layer: r.layer, neuron: r.neuron})}, v);
      const text = f === 'operator' ? sign(v) : typeof v === 'boolean' ? (v ? 'yes' : 'no') : digits !== undefined ? X.number(v, digits || 3) : v;
      return document.createTextNode(text === null || text === undefined ? '' : text);
    }});
  const sort = (q.get('sort') || 'effect:desc').split(':');
  const known = there.some(c => c[0] === sort[0]);
  table = new Tabulator(holder, {
    data: rows, columns: there.map(definition), layout: 'fitDataFill', height: Math.max(300, innerHeight - holder.getBoundingClientRect().top - 50),
    index: 'id', initialSort: known ? [{column: sort[0], dir: sort[1] === 'asc' ? 'asc' : 'desc'}] : [], initialFilter: [], movableColumns: true,
    placeholder: 'No neuron fits this filter.', columnDefaults: {tooltip: false}});
  await new Promise(yes => table.on('tableBuilt', yes));
  const sorted = s => { if (s.length) sorter.value = `${s[0].field}:${s[0].dir}`; };
  table.on('dataSorted', s => { sorted(s); if (s.length) X.keep({sort: sorter.value}); });
  sorted(table.getSorters());
  X.tabulator = table;
  apply();
  const fields = () => there.map(c => c[0]).filter(f => shown.has(f));
  return {
    title: `${info.name}: neurons`, name: `${info.folder}-neurons`,
    csv: () => X.csv(['operator', 'layer', 'neuron', ...fields().filter(f => !['operator', 'layer', 'name'].includes(f))],
      table.getData('active').map(r => [r.operator, r.layer, r.neuron, ...fields().filter(f => !['operator', 'layer', 'name'].includes(f)).map(f => r[f])])),
    python: () => `from arithheur.study import Study\nfrom arithheur.explorer_data import neurons\ntable = neurons(${info.python})${X.queryLine(X.address().q)}`};
};
const py = s => JSON.stringify(s).replace(/[\u007f-\uffff]/g, c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
X.queryLine = q => { // the filter as a line of pandas; the search in the texts of rules that are not shown is left out
  const list = name => (q.get(name) || '').split(',').filter(Boolean), parts = [];
  for (const [name, column] of [['op', 'operator'], ['kind', 'kind'], ['subject', 'subject']])
    if (list(name).length) parts.push(`table.${column}.isin([${list(name).map(py).join(', ')}])`);
  if (list('layer').length) parts.push(`table.layer.isin([${list('layer').map(Number).filter(Number.isInteger).join(', ')}])`);
  if (q.get('matched')) parts.push(q.get('matched') === 'yes' ? 'table.matched' : '~table.matched');
  for (const f of Object.keys(X.numeric)) if (q.get(`min_${f}`) && Number.isFinite(+q.get(`min_${f}`)))
    parts.push(`(table.${f === 'n_shared' ? 'shared.str.len()' : f} >= ${+q.get(`min_${f}`)})`);
  if (q.get('max_q') && Number.isFinite(+q.get('max_q'))) parts.push(`(table.q <= ${+q.get('max_q')})`);
  if (q.get('text')) parts.push(`table.rule.str.contains(${py(q.get('text'))}, case=False, regex=False)`);
  return parts.length ? `\ntable = table[${parts.join(' & ')}]` : '';
};
