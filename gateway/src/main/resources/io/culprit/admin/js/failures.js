// Failures: examples grouped by cause and server, chosen by filters that stand in the address.
import { get } from './api.js';
import { blame, el, show, table, time } from './dom.js';

const FIELDS = [['cause', 'Cause'], ['upstream', 'Upstream'], ['route', 'Route'], ['peer', 'Server'], ['status', 'Status'], ['request_id', 'Request id']];
const TIMES = [['', 'any time'], ['15', '15 minutes'], ['60', '1 hour'], ['1440', '24 hours'], ['10080', '7 days'], ['43200', '30 days']];
const MOST = 500;

// The address of the list with these filters: it can be sent to a colleague.
export function filterLink(filters) {
  const given = Object.entries(filters).filter(([, value]) => value);
  return '#failures' + (given.length ? '/' + given.map(([name, value]) => encodeURIComponent(`${name}=${value}`)).join('/') : '');
}

export function failuresView(root, ...parts) {
  const filters = Object.fromEntries(parts.map(p => [p.slice(0, p.indexOf('=')), p.slice(p.indexOf('=') + 1)]).filter(([name]) => name));
  const list = el('div', { id: 'failures' });
  const inputs = FIELDS.map(([name, label]) => el('label', {}, label + ' ', el('input', { name, value: filters[name] || '', size: name === 'request_id' ? 18 : 12, autocomplete: 'off', spellcheck: 'false' })));
  const since = el('select', { name: 'minutes', 'aria-label': 'How far back' }, ...TIMES.map(([value, name]) => el('option', { value, selected: value === (filters.minutes || '') }, name)));
  const form = el('form', { class: 'controls', id: 'filters' }, ...inputs, el('label', {}, 'Within ', since), el('button', {}, 'Filter'),
    Object.keys(filters).length ? el('a', { href: '#failures' }, 'Show all') : '');
  form.addEventListener('submit', event => {
    event.preventDefault();
    location.hash = filterLink(Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()])));
  });
  root.replaceChildren(el('h2', {}, 'Failures'), form, list);
  let asked = 0;
  return async () => {
    if (Date.now() - asked < 2000) return;
    asked = Date.now();
    const query = new URLSearchParams({ limit: MOST });
    for (const [name] of FIELDS) if (filters[name]) query.set(name, filters[name]);
    if (filters.minutes) query.set('minutes', filters.minutes);
    try {
      const answer = await get('/api/failures?' + query);
      const opened = new Set([...list.querySelectorAll('details[open]')].map(d => d.dataset.key));
      show(list, answer, () => draw(answer, opened));
    } catch (e) {
      list.replaceChildren(el('p', { class: 'bad' }, e.message));
    }
  };
}

function draw(answer, opened) {
  const groups = new Map();
  for (const f of answer.failures) {
    const key = [f.cause, f.upstream, f.peer].join('\n');
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(f);
  }
  const n = answer.failures.length;
  return [answer.trouble ? el('p', { class: 'warn' }, answer.trouble) : el('span'),
    el('p', { class: 'soft' }, n ? `${n === MOST ? 'The latest ' + n : n} ${n === 1 ? 'example that is' : 'examples that are'} kept, by cause and server; how many requests failed in all is under Now.` : 'Nothing has failed, or nothing that the filters let through.'),
    ...[...groups].map(([key, some]) => group(key, some, opened.has(key) || groups.size === 1))];
}

function group(key, some, open) {
  const last = some[0];
  const statuses = [...new Set(some.map(f => f.status))].join(', ');
  return el('details', { class: 'group', 'data-key': key, open },
    el('summary', {}, el('span', { class: 'count' }, some.length + ' \u00d7'), el('strong', { class: 'mono' }, last.cause), blame(last.blame),
      el('span', {}, [last.upstream, last.peer].some(Boolean) ? 'at ' + [last.upstream, last.peer].filter(Boolean).join(', ') : 'before any upstream'), el('span', { class: 'soft' }, `status ${statuses}, last `, time(last.time))),
    el('p', {}, last.verdict, ' ', el('a', { href: '#failure/' + encodeURIComponent(last.request_id) }, 'See the latest')),
    table('', [['Time', 'time'], ['Request', 'mono'], ['Route'], ['Status', 'number'], ['What happened']],
      some.slice(0, 50).map(f => [time(f.time), el('a', { href: '#failure/' + encodeURIComponent(f.request_id) }, f.request_id.slice(0, 12)), f.route, f.status, f.verdict]), 'none', 'compact'));
}
