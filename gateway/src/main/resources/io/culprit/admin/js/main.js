// Chooses the view by the address's fragment and hands it every new state.
import { live } from './api.js';
import { configurationView } from './configuration.js';
import { el, replace } from './dom.js';
import { failureView } from './failure.js';
import { failuresView } from './failures.js';
import { nowView } from './now.js';
import { routesView } from './routes.js';
import { chosen, fleet } from './scope.js';
import { upstreamsView } from './upstreams.js';

const VIEWS = { now: nowView, failures: failuresView, failure: failureView, upstreams: upstreamsView, routes: routesView, configuration: configurationView };
const root = document.getElementById('view');
const verdict = document.getElementById('verdict');
let update = () => {};
let state;
let announced = '';

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch (e) {
    return part; // somebody typed it
  }
}

function open() {
  const [name, ...parameters] = (location.hash.slice(1) || 'now').split('/').map(decoded);
  const known = Object.hasOwn(VIEWS, name) ? name : 'now';
  for (const link of document.querySelectorAll('nav a')) {
    const here = link.hash === '#' + known || known === 'failure' && link.hash === '#failures';
    if (here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  delete root.dataset.shown;
  const page = el('div', {});
  replace(root, [page]);
  update = VIEWS[known](page, ...parameters);
  if (state) update(state);
  window.scrollTo(0, 0);
}

// Which gateway is meant stands in the address, and the view stays the same.
async function choice() {
  const select = el('select', { 'aria-label': 'Gateway' }, el('option', { value: '' }, 'all gateways'));
  verdict.after(el('p', { class: 'controls' }, el('label', {}, 'Of ', select)));
  select.addEventListener('change', () => {
    location.href = '/gateways' + (select.value ? '?' + new URLSearchParams({ instance: select.value }) : '') + location.hash;
  });
  try {
    const { instances } = await (await fetch('/api/fleet?minutes=15')).json();
    const known = instances.map(i => i.name).sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
    if (chosen && !known.includes(chosen)) known.push(chosen);
    select.append(...known.map(name => el('option', { value: name, selected: name === chosen || undefined }, name)));
  } catch (e) {
    select.append(el('option', { value: chosen, selected: true }, chosen || 'all gateways'));
  }
}

window.addEventListener('hashchange', () => {
  open();
  root.focus({ preventScroll: true });
});

open();
if (fleet) choice();
live((now, trouble) => {
  if (!now) {
    const words = fleet && trouble ? trouble : 'the gateway does not answer';
    announced = 'gone';
    document.getElementById('announcement').textContent = words;
    root.classList.add('stale');
    verdict.className = 'down';
    verdict.textContent = words;
    return;
  }
  state = now;
  root.classList.remove('stale');
  if (verdict.textContent !== now.verdict.sentence) verdict.textContent = now.verdict.sentence;
  verdict.className = now.verdict.state;
  // Read out once for each change of what is wrong, not with every second that it lasts.
  const wrong = now.verdict.state + now.outages.map(o => o.upstream + o.cause).join();
  if (wrong !== announced) {
    announced = wrong;
    document.getElementById('announcement').textContent = now.verdict.sentence;
  }
  document.title = (now.verdict.state === 'up' ? '' : '● ') + 'Culprit: ' + now.verdict.state;
  document.getElementById('about').textContent = `Culprit ${now.version}, answering like ${now.dialect}; started ${new Date(now.started).toLocaleString()}`;
  update(now);
});
