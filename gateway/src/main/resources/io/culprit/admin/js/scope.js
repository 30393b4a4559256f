// On /gateways every view is of all gateways that share the journal, or of one of them: what each last said of itself, put together.

export const fleet = location.pathname === '/gateways';
export const chosen = fleet ? new URLSearchParams(location.search).get('instance') || '' : '';

const WORST = ['up', 'degraded', 'failing', 'down'];
const SPARING = ['free', 'spill', 'no-bodies', 'evict', 'pause', 'exhausted'];
const PEER = ['up', 'down', 'failing_check', 'ejected'];
const BREAKER = ['closed', 'half_open', 'open'];
const sum = (list, of) => list.reduce((all, each) => all + of(each), 0);
const most = (list, of) => Math.max(0, ...list.map(of));
const worst = (list, order, of) => list.reduce((a, b) => order.indexOf(of(b)) > order.indexOf(of(a)) ? b : a);
const grouped = (list, key) => [...list.reduce((all, each) => all.set(key(each), [...all.get(key(each)) || [], each]), new Map()).values()];
const names = list => list.length > 3 ? `${list.slice(0, 3).join(', ')} and ${list.length - 3} more` : list.join(', ');
const at = (g, text) => chosen ? text : `${g.instance}: ${text}`;

function verdict(gateways) {
  const silent = gateways.filter(g => g.state === 'silent');
  if (silent.length) {
    const since = new Date(Math.max(...silent.map(g => Date.parse(g.at)))).toLocaleString();
    return { state: 'down', sentence: `${names(silent.map(g => g.instance))} should report and ${silent.length > 1 ? 'do' : 'does'} not, heard of last at ${since}` };
  }
  const first = worst(gateways, WORST, g => g.body.verdict.state);
  const same = gateways.filter(g => g !== first && g.body.verdict.state !== 'up').length;
  const state = first.body.verdict.state;
  if (!chosen && state === 'up') return { state, sentence: `up; all ${gateways.length} gateways say so` };
  return { state, sentence: at(first, first.body.verdict.sentence) + (same ? `; ${same} more ${same > 1 ? 'are' : 'is'} not well` : '') };
}

// A share is of one gateway's requests to the upstream: of several there is none, since those that went well are not in the view.
function causes(gateways) {
  const all = gateways.flatMap(g => g.body.causes);
  return grouped(all, c => c.cause + ' ' + c.upstream).map(list => {
    const early = of => list.map(of).sort()[0];
    const count = sum(list, c => c.count);
    return { ...list[0], count, share: gateways.length > 1 ? undefined : list[0].share, first_seen: early(c => c.first_seen), since: early(c => c.since), last_seen: list.map(c => c.last_seen).sort().at(-1) };
  }).sort((a, b) => b.failure - a.failure || b.count - a.count);
}

function now(gateways, heard) {
  const bodies = gateways.map(g => g.body);
  const added = name => sum(bodies, b => b[name]);
  const clients = bodies.map(b => b.clients);
  return {
    ...bodies[0], verdict: verdict(heard), causes: causes(gateways),
    started: bodies.map(b => b.started).sort()[0],
    version: [...new Set(bodies.map(b => b.version))].join(', '),
    requests: added('requests'), delivered: added('delivered'), failed: added('failed'), client_gone: added('client_gone'), retries: added('retries'), log_lines_dropped: added('log_lines_dropped'),
    clients: { connections: sum(clients, c => c.connections), most: sum(clients, c => c.most), idle: sum(clients, c => c.idle), memory_percent: most(clients, c => c.memory_percent), paused: clients.some(c => c.paused), sparing: worst(clients, SPARING, c => c.sparing).sparing },
    outages: gateways.flatMap(g => g.body.outages.map(o => ({ ...o, on: chosen ? '' : g.instance }))),
    alerts: gateways.flatMap(g => g.body.alerts.map(a => ({ ...a, summary: at(g, a.summary) }))),
    uptime: gateways.flatMap(g => g.body.uptime.map(u => ({ ...u, name: at(g, u.name) }))),
  };
}

const marked = (list, name, of) => list.filter(each => of(each.u)).map(each => at(each.g, of(each.u))).join('; ');

function peer(list) {
  const bad = worst(list, PEER, each => each.u.state);
  return { ...bad.u, active: sum(list, each => each.u.active), why: marked(list.filter(each => each.u.state !== 'up'), 'why', p => p.why), finding: bad.u.finding };
}

function upstream(list) {
  const all = list.map(each => each.u);
  const added = name => sum(all, u => u[name]);
  const inner = name => list.flatMap(({ g, u }) => (u[name] || []).map(each => ({ g, u: each })));
  return {
    ...all[0], in_use: added('in_use'), limit: added('limit'), waiting: added('waiting'), queue_size: added('queue_size'), idle_connections: added('idle_connections'), open_connections: added('open_connections'),
    out: marked(list, 'out', u => u.out),
    breaker: all.some(u => u.breaker) ? worst(all.filter(u => u.breaker), BREAKER, u => u.breaker).breaker : undefined,
    peers: grouped(inner('peers'), each => each.u.address).map(peer),
    phases: grouped(inner('phases').map(each => each.u), p => p.phase).map(p => ({ ...p[0], count: sum(p, x => x.count), p50_seconds: most(p, x => x.p50_seconds), p99_seconds: most(p, x => x.p99_seconds) })),
    pools: all.some(u => u.pools) ? grouped(all.flatMap(u => u.pools || []), p => p.server).map(p => p[0]) : undefined,
    events: inner('events').map(({ g, u }) => ({ ...u, detail: at(g, u.detail) })).sort((a, b) => b.time < a.time ? -1 : 1).slice(0, 50),
  };
}

const upstreams = gateways => ({ upstreams: grouped(gateways.flatMap(g => g.body.upstreams.map(u => ({ g, u }))), each => each.u.name).map(upstream) });

// A route that is the same on several gateways is one; where they differ each says whose it is.
function routes(gateways) {
  const rules = ({ requests, p50_seconds, p99_seconds, ...rest }) => JSON.stringify(rest);
  const all = gateways.flatMap(g => g.body.routes.map(r => ({ g, r })));
  const shown = grouped(all, each => rules(each.r)).map(list => ({
    ...list[0].r, on: list.map(each => each.g.instance), requests: sum(list, each => each.r.requests),
    p50_seconds: most(list, each => each.r.p50_seconds), p99_seconds: most(list, each => each.r.p99_seconds),
  }));
  return { ...gateways[0].body, routes: shown.map(r => r.on.length < gateways.length ? { ...r, name: `${r.name} (on ${names(r.on)})` } : r) };
}

function configuration(gateways) {
  const groups = grouped(gateways, g => g.body.hash).sort((a, b) => b.length - a.length);
  const bodies = gateways.map(g => g.body);
  return {
    ...groups[0][0].body, in_force: bodies.every(b => b.in_force), instance: names(groups[0].map(g => g.instance)),
    problems: gateways.flatMap(g => g.body.problems.map(p => ({ ...p, file: at(g, p.file) }))),
    certificates: gateways.flatMap(g => g.body.certificates.map(c => ({ ...c, listener: at(g, c.listener) }))),
    others: groups.slice(1).map(list => `${names(list.map(g => g.instance))} ${list.some(g => g.state === 'reporting') ? list.length > 1 ? 'run' : 'runs' : 'ran'} another configuration, SHA-256 ${list[0].body.hash.slice(0, 12)}`),
  };
}

const TOGETHER = { now, upstreams, routes, configuration };

// Where a question goes, and what is to be made of the answer.
export function scoped(path) {
  if (!fleet) return { path, made: answer => answer };
  const url = new URL(path, location.origin);
  const view = url.pathname.replace(/^\/api\//, '');
  url.searchParams.set('instance', chosen || '*');
  if (!Object.hasOwn(TOGETHER, view)) return { path: url.pathname + url.search, made: answer => answer };
  return {
    path: `/api/fleet/${view}?` + new URLSearchParams({ instance: chosen }),
    made: answer => {
      const heard = answer.gateways.filter(g => g.state !== 'stopped');
      if (!heard.length) throw new Error(chosen ? `${chosen} does not run` : 'no gateway has said anything of itself in this journal yet');
      // What a silent one said last is no part of what is now; alone it is all there is.
      const live = heard.filter(g => g.state === 'reporting');
      return TOGETHER[view](live.length ? live : heard, heard);
    },
  };
}
