// Upstreams: servers and who ejected them, pool and queue, breaker history, FPM's pools over time.
import { get } from './api.js';
import { chart } from './chart.js';
import { el, figures, ms, show, table, time } from './dom.js';

// Whether a server is asked; whether it answers well is another matter.
const STATES = { up: 'in use', ejected: 'ejected', failing_check: 'fails its check', down: 'configured down' };

export function upstreamsView(root) {
  const all = el('div', { id: 'upstreams' });
  root.replaceChildren(all);
  let asked = 0;
  return async () => {
    if (Date.now() - asked < 2000) return;
    asked = Date.now();
    try {
      const answer = await get('/api/upstreams');
      for (const upstream of answer.upstreams) {
        const id = 'upstream-' + upstream.name;
        let box = document.getElementById(id);
        if (!box) all.append(box = el('section', { id, class: 'panel', 'aria-label': 'Upstream ' + upstream.name }));
        show(box, upstream, () => section(upstream));
      }
    } catch (e) {
      all.replaceChildren(el('p', { class: 'bad' }, e.message));
    }
  };
}

function section(u) {
  const full = u.limit > 0 && u.in_use >= u.limit;
  return [
    el('h2', {}, `${u.name} `, el('span', { class: 'soft' }, u.protocol)),
    u.out ? el('p', { class: 'bad' }, 'Out: ' + u.out) : '',
    figures(['Requests under way', u.limit ? `${u.in_use} of ${u.limit}` : u.in_use, full ? 'bad' : ''], ['Queue', u.queue_size ? `${u.waiting} of ${u.queue_size}` : u.waiting ? u.waiting : 'none', u.waiting ? 'warn' : ''],
      ['Idle connections', u.idle_connections], ['Open connections', u.open_connections], ['Breaker', u.breaker ? u.breaker.replace('_', ' ') : 'none', u.breaker]),
    table('Servers', [['Server', 'mono nowrap'], ['State', 'nowrap'], ['Why'], ['Ejected by'], ['Until', 'time'], ['Active', 'number'], ['Weight', 'number'], ['Backup']],
      u.peers.map(p => [p.address, el('span', { class: u.out && p.state === 'up' ? 'bad' : p.state }, STATES[p.state] || p.state), [p.why, p.finding].filter(Boolean).join('; '),
        p.ejected_by ? el('a', { href: '#failure/' + encodeURIComponent(p.ejected_by), class: 'mono' }, p.ejected_by) : '',
        p.until ? time(p.until) : '', p.active, p.weight, p.backup ? 'yes' : ''])),
    u.phases.length ? table('Phases since start', [['Phase'], ['Count', 'number'], ['Half took at most', 'number'], ['99 % took at most', 'number']],
      u.phases.map(p => [p.phase, p.count, ms(p.p50_seconds * 1000), ms(p.p99_seconds * 1000)])) : '',
    ...(u.pools || []).flatMap(pool),
    u.protocol === 'fastcgi' && !u.pools ? el('p', { class: 'soft' }, 'No figures of the FPM pool over time: set fastcgi.status_every, and fastcgi.status_listen so that a full pool still answers.') : '',
    u.events.length ? table('Ejections, checks and breaker', [['Time', 'time'], ['Event', 'nowrap'], ['Subject', 'mono'], ['Why']],
      u.events.map(e => [time(e.time), e.kind, e.subject, e.detail])) : '',
  ].filter(Boolean);
}

function pool(p) {
  const title = el('h3', {}, 'PHP-FPM pool at ' + p.server);
  if (p.trouble) title.append(el('span', { class: 'bad' }, ' does not answer, which a full pool without status_listen cannot: ' + p.trouble));
  if (!p.readings.length) return [title];
  const x = p.readings.map(r => Date.parse(r.time) / 1000);
  const last = p.readings.at(-1);
  const line = name => p.readings.map(r => r[name]);
  return [title,
    figures(['Active', last.active], ['Idle', last.idle], ['Workers', last.total], ['Listen queue', last.queue, last.queue ? 'bad' : ''], ['max_children reached', last.max_children_reached, last.max_children_reached ? 'warn' : ''], ['Slow requests', last.slow_requests]),
    ...chart(`Workers over time: ${last.active} active, ${last.idle} idle, ${last.queue} waiting`, x, [
      { name: 'active', values: line('active'), color: '#d08700' }, { name: 'idle', values: line('idle'), color: '#1c8c7a' },
      { name: 'listen queue', values: line('queue'), color: '#d1432f' },
      { name: 'workers (pm.max_children once reached)', values: line('total'), color: '#8a8f98', dash: [6, 4] }], 180)];
}
