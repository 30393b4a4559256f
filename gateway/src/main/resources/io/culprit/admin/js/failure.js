// Everything about one failure.
import { get } from './api.js';
import { blame, el, figures, ms, table, time } from './dom.js';
import { waterfall } from './waterfall.js';

const HEX = new Set(['bytes', 'first_bytes', 'hex', 'sample']);

export function failureView(root, requestId) {
  root.replaceChildren(el('p', {}, 'loading'));
  get('/api/failures/' + encodeURIComponent(requestId)).then(f => {
    const top = el('h2', { tabindex: '-1' }, `${f.cause || f.outcome.cause}: ${f.summary || ''}`);
    root.replaceChildren(el('p', {}, el('a', { href: '#failures' }, 'All failures')), top, ...parts(f));
    top.focus();
  }).catch(e => root.replaceChildren(el('p', { class: 'bad' }, e.message)));
  return () => {};
}

function parts(f) {
  const o = f.outcome;
  return [
    el('p', {}, blame(f.blame), ` in phase ${f.phase}. ${o.detail || f.verdict || ''}`),
    el('p', {}, el('strong', {}, 'What to do: '), f.remedy),
    figures(['Status', o.status], ['Duration', ms(o.duration_ms)], ['Waited in queue', ms(o.queue_ms)], ['To the client', o.bytes + ' B'], ['From the client', o.bytes_in + ' B'], ['Attempts', (o.attempts || []).length]),
    el('p', { class: 'mono' }, `${o.method} ${o.target} ${o.protocol}${o.stream ? ` stream ${o.stream}` : ''}`, el('span', { class: 'soft' }, ` Host: ${o.host}; client ${o.client}; `), time(o.time)),
    el('p', { class: 'mono soft' }, `request ${o.request_id}, trace ${o.trace_id}, route ${o.route || 'none'}, upstream ${o.upstream || 'none'}`),
    el('h3', {}, 'Phases'), legend(), el('div', { class: 'scroll' }, waterfall(o, f.timers)), timers(f.timers),
    el('h3', {}, 'Attempts'), attempts(o), o.no_retry ? el('p', {}, 'No further attempt: ' + o.no_retry) : '',
    ...evidence(o),
    el('h3', {}, 'Likely causes, likeliest first'), likely(f.likely || []),
    el('h3', {}, 'What other gateways would have said'),
    table('For the same failure', [['Gateway'], ['Status', 'number'], ['Flag', 'mono nowrap'], ['Log line or body', 'mono']], (f.others || []).map(x => [x.gateway, x.status, x.flag, x.log])),
  ].filter(Boolean);
}

const legend = () => el('ul', { class: 'legend' }, ...['queue', 'connect', 'tls', 'send', 'head', 'body'].map(p =>
  el('li', {}, el('span', { class: 'swatch fill-' + p }), p)), el('li', { class: 'soft' }, 'dashed, or named at the right edge: the timer of the phase that was under way'));

const timers = t => t ? el('p', { class: 'soft' }, 'Timers: ' + ['queue', 'connect', 'send', 'head', 'body', 'total'].filter(n => t[n + '_ms'] > 0).map(n => `${n} ${ms(t[n + '_ms'])}`).join(', ')) : '';

const attempts = o => table('Each attempt', [['Server', 'mono nowrap'], ['Connection'], ['Connect', 'number'], ['TLS', 'number'], ['Send', 'number'], ['Head', 'number'], ['Body', 'number'], ['Out', 'number'], ['In', 'number'], ['Result', 'mono nowrap'], ['Detail']],
  (o.attempts || []).map(a => [a.peer,
    a.reused ? `reused: ${ms(a.connection_age_ms)} old, idle ${ms(a.connection_idle_ms)}, ${a.connection_requests} requests before` : 'fresh',
    ms(a.connect_ms), ms(a.tls_ms), ms(a.send_ms), ms(a.head_ms), ms(a.body_ms), a.bytes_out, a.bytes_in, a.cause || a.status || '', [a.detail, a.stderr].filter(Boolean).join(' | ')]),
  'No server was asked.');

// The request's own, and that of each attempt under its server's name: two servers may have sent different garbage.
function evidence(o) {
  const groups = [['', o.evidence || {}]];
  (o.attempts || []).forEach((a, i) => groups.push([`attempt ${i + 1}, ${a.peer}`, a.evidence || {}]));
  const seen = new Set();
  const parts = groups.flatMap(([title, found]) => {
    const names = Object.keys(found).filter(name => !seen.has(name + found[name]));
    names.forEach(name => seen.add(name + found[name]));
    return names.length ? [title && groups.length > 2 ? el('h4', {}, title) : '', ...names.map(name => piece(name, found[name]))] : [];
  });
  return parts.length ? [el('h3', {}, 'Evidence'), ...parts] : [];
}

const piece = (name, value) => HEX.has(name) || value.includes('\n')
  ? el('div', {}, el('h4', {}, name), el('pre', { tabindex: '0' }, value))
  : el('p', {}, el('strong', {}, name + ': '), el('span', { class: 'mono' }, value));

const likely = list => list.length ? el('ol', { class: 'likely' }, ...list.map(l => el('li', {}, l.reason, el('pre', { tabindex: '0' }, l.command)))) : el('p', { class: 'soft' }, 'nothing is known');
