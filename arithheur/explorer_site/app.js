'use strict';
// Pages by address, keys, dark and light, downloads.
X.PAGES = [['table', 'Neurons'], ['prompt', 'Prompt'], ['model', 'Model'], ['compare', 'Side by side'], ['help', 'Help']];
X.pages.help = async main => {
  const site = await X.site();
  const keys = [['/', 'search a rule (on the table of neurons)'], ['t p m c', 'neurons, prompt, model, side by side'], ['arrow keys', 'on a map: move the crosshair, with Shift by ten; Enter opens the prompt'],
    ['Tab', 'from one control to the next; rows of the table are links'], ['d', 'dark or light']];
  const k = X.h('dl', {}, keys.flatMap(([a, b]) => [X.h('dt', {}, a), X.h('dd', {}, b)]));
  main.replaceChildren(X.h('h2', {}, 'Help'), k, X.h('p', {}, 'The address of each view holds all of it: a copied link opens the same view. “CSV”, “PNG” and “Python” at the top take this view with you.'),
    X.h('p', {}, 'Maps are kept in 256 steps from the lowest to the highest activation of each neuron; each value is shown with its largest error. The prompts listed in the data as known exactly, and everything in live mode, are exact.'),
    X.h('p', {}, `Written by arithheur ${site.version}. Tables: Tabulator (MIT), charts: uPlot (MIT), columns: flechette (BSD-3), see licenses.txt.`));
  return {title: 'help', name: 'help', csv: () => '', python: () => ''};
};
const theme = value => {
  document.documentElement.dataset.theme = value;
  try { localStorage.setItem('arithheur-theme', value); } catch (e) { /* a page without storage keeps the theme while it is open */ }
};
const savedTheme = () => { try { return localStorage.getItem('arithheur-theme'); } catch (e) { return null; } };
const wanted = () => savedTheme() || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
document.documentElement.dataset.theme = wanted();
let view = null, turn = 0;
X.render = async () => {
  const mine = ++turn, {page, q} = X.address(), old = X.byId('main'), main = X.h('main', {id: 'main', tabIndex: -1});
  document.documentElement.removeAttribute('data-ready');
  X.byId('problem').hidden = true;
  old.setAttribute('aria-busy', 'true');
  try {
    const site = await X.site();
    if (!X.pages[page]) throw new Error(`There is no page “${page.slice(0, 40)}”: use one of ${X.PAGES.map(p => p[0]).join(', ')}.`);
    const charts = X.charts, model = q.get('model');
    X.charts = [];
    old.replaceWith(main);
    const info = page === 'compare' || page === 'help' ? null : await X.model(model);
    X.byId('title').textContent = info ? `Neuron explorer · ${[info.name, info.asked].filter(Boolean).join(', ')}` : 'Neuron explorer';
    X.byId('nav').replaceChildren(...X.PAGES.map(([p, t]) => X.h('a', {href: p === 'compare' ? X.link(p, {a: info && info.folder}) : X.link(p, {model: info ? info.folder : model}), 'aria-current': p === page ? 'page' : null}, t)),
      ...(site.models.length > 1 && info ? [X.h('label', {}, ' model ', X.h('select', {onchange: e => { location.hash = X.link(page === 'neuron' ? 'table' : page, {model: e.target.value}); }},
        site.models.map(m => X.h('option', {value: m.folder, selected: m.folder === info.folder}, m.name))))] : []));
    view = await X.pages[page](main, q);
    charts.forEach(c => c.destroy());
    if (mine !== turn) return;
    document.title = `${view.title} · neuron explorer`;
    X.took.page = page;
    X.say(view.title);
  } catch (e) {
    if (mine !== turn) return;
    view = null;
    if (main.isConnected && !main.childNodes.length) main.append(X.h('p', {}, X.h('a', {href: '#/table'}, 'Back to the table of neurons')));
    X.problem(e);
  } finally {
    if (mine === turn) {
      if (!X.took.first) X.took.first = performance.now();
      document.documentElement.dataset.ready = page;
    }
  }
};
const tools = [
  ['CSV', 'download this view as CSV', async () => X.save(`${view.name}.csv`, new Blob([view.csv()], {type: 'text/csv'}))],
  ['PNG', 'download this view as a picture', async () => X.save(`${view.name}.png`, await X.picture())],
  ['Python', 'the Python lines that compute this view again', async () => {
    const text = view.python(), box = X.h('dialog', {class: 'python', 'aria-label': 'Python'}, X.h('pre', {}, text), X.h('button', {onclick: () => navigator.clipboard && navigator.clipboard.writeText(text)}, 'Copy'), ' ',
      X.h('button', {onclick: () => X.save(`${view.name}.py`, new Blob([text + '\n'], {type: 'text/x-python'}))}, 'Download'), ' ', X.h('button', {onclick: () => box.close()}, 'Close'));
    box.addEventListener('close', () => box.remove());
    document.body.append(box);
    box.showModal();
  }]];
X.byId('tools').append(...tools.map(([name, what, act]) => X.h('button', {type: 'button', title: what, id: `tool-${name.toLowerCase()}`, onclick: () => { if (view) act().catch(X.problem); }}, name)),
  X.h('button', {type: 'button', title: 'dark or light (d)', id: 'tool-theme', onclick: () => { theme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'); X.render(); }}, 'Dark/light'));
addEventListener('hashchange', X.render);
addEventListener('keydown', e => {
  if (e.ctrlKey || e.altKey || e.metaKey || /INPUT|SELECT|TEXTAREA/.test(e.target.tagName)) return;
  const page = {t: 'table', p: 'prompt', m: 'model', c: 'compare'}[e.key], {q} = X.address();
  if (page) location.hash = X.link(page, {model: q.get('model')});
  else if (e.key === 'd') X.byId('tool-theme').click();
  else if (e.key === '/' && X.byId('search')) { e.preventDefault(); X.byId('search').focus(); }
});
X.render();
