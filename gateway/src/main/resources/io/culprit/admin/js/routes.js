// Routes: each one's timeout budget as a bar, contradictions marked.
import { get } from './api.js';
import { el, ms, svg, table } from './dom.js';

const PARTS = ['queue', 'connect', 'send', 'head'];

export function routesView(root) {
  root.replaceChildren(el('p', {}, 'loading'));
  get('/api/routes').then(answer => {
    root.replaceChildren(el('h2', {}, 'Routes and timeouts'),
      el('p', { class: 'soft' }, 'How long a request may take until its response begins, timer by timer, for one attempt. Dashed: timeouts.total'
        + (answer.client_timeout_ms ? `, and limits.client_timeout (${ms(answer.client_timeout_ms)})` : '') + '.'),
      el('ul', { class: 'legend' }, ...PARTS.map(p => el('li', {}, el('span', { class: 'swatch fill-' + p }), p))),
      ...answer.routes.map(r => route(r, answer.client_timeout_ms)));
  }).catch(e => root.replaceChildren(el('p', { class: 'bad' }, e.message)));
  return () => {};
}

function route(r, client) {
  // A scale of its own: one route's minutes would leave nothing of another's seconds.
  const scale = Math.max(1, client, r.total_ms, PARTS.reduce((sum, p) => sum + r[p + '_ms'], 0));
  return el('section', { class: r.contradictions.length ? 'panel alarm' : 'panel', 'aria-label': 'Route ' + r.name },
    el('h3', {}, r.name, el('span', { class: 'soft' }, `  ${r.match} ${r.scheme ? `${r.scheme}://` : ''}${r.host}${r.path} ${r.methods.join(' ')} → ${r.upstream}`)),
    el('div', { class: 'scroll' }, bar(r, scale, client)),
    ...r.contradictions.map(c => el('p', { class: 'bad contradiction' }, '⚠ ' + c)),
    table('', [['Requests', 'number'], ['Half took at most', 'number'], ['99 % took at most', 'number'], ['Attempts at most', 'number'], ['Between two reads of the body', 'number'], ['Total', 'number'], ['Longest until the response begins', 'number']],
      [[r.requests, r.requests ? ms(r.p50_seconds * 1000) : '-', r.requests ? ms(r.p99_seconds * 1000) : '-', r.attempts, ms(r.body_ms), r.total_ms ? ms(r.total_ms) : 'no limit', ms(r.worst_ms)]]));
}

function bar(r, scale, client) {
  const x = t => t / scale * 880;
  const parts = PARTS.filter(p => r[p + '_ms'] > 0);
  const all = svg('svg', { class: 'budget', viewBox: '0 0 900 72', role: 'img', 'aria-label': parts.map(p => `${p} ${ms(r[p + '_ms'])}`).join(', ') + (r.total_ms ? `, total ${ms(r.total_ms)}` : '') });
  let at = 0;
  for (const p of parts) {
    const length = r[p + '_ms'];
    const rect = svg('rect', { class: 'fill-' + p, x: x(at), y: 16, width: Math.max(2, x(length)), height: 20 });
    rect.append(svg('title', {}, `${p} ${ms(length)}`));
    all.append(rect);
    const words = `${p} ${ms(length)}`;
    if (x(length) > words.length * 6.5) all.append(svg('text', { x: x(at) + 2, y: 50, class: 'soft' }, words)); // else the title tells
    at += length;
  }
  // Names of timers have a line of their own above the bar, the second one a lower one where they would meet.
  let before = -1000;
  for (const [limit, name] of [[r.total_ms, 'total'], [client, 'client']].filter(([limit]) => limit > 0).sort((a, b) => a[0] - b[0])) {
    const words = `${name} ${ms(limit)}`;
    const at = Math.min(x(limit) + 4, 880 - words.length * 6.5);
    const low = at - before < 110;
    before = at;
    all.append(svg('line', { class: 'timer', x1: x(limit), x2: x(limit), y1: 4, y2: 56 }), svg('text', { x: at, y: low ? 68 : 12 }, words));
  }
  return all;
}
