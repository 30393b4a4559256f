// Now: is it up, what fails, since when, whose fault it is and what to do.
import { get } from './api.js';
import { chart, color } from './chart.js';
import { chosen, fleet } from './scope.js';
import { filterLink } from './failures.js';
import { blame, el, figures, percent, seconds, show, table, time } from './dom.js';

const WINDOWS = [[15, '15 minutes'], [60, '1 hour'], [1440, '24 hours'], [10080, '7 days'], [43200, '30 days']];

export function nowView(root) {
  const outage = el('div', { id: 'outages' });
  const counts = el('div', {});
  const graph = el('div', { id: 'graph' });
  const causes = el('div', { id: 'causes' });
  const alerts = el('div', {});
  const checks = el('div', { id: 'checks' });
  const clients = el('div', { id: 'clients' });
  const events = el('div', {});
  const choice = el('select', { id: 'window', 'aria-label': 'How far back' },
    ...WINDOWS.map(([minutes, name]) => el('option', { value: minutes }, name)));
  root.replaceChildren(outage, el('h2', {}, 'Failures'),
    el('div', { class: 'controls' }, el('label', { for: 'window' }, 'over the last'), choice),
    graph, causes, checks, alerts, el('h2', {}, 'Clients now'), clients, el('h2', {}, 'Since start'), counts, events);

  let minutes = 15;
  let lastGraph = 0;
  choice.addEventListener('change', () => {
    minutes = Number(choice.value);
    lastGraph = 0;
    refresh();
  });

  async function refresh() {
    if (Date.now() - lastGraph < (minutes > 15 ? 15000 : 2000)) return;
    lastGraph = Date.now();
    try {
      const [history, happened, state] = await Promise.all([
        get('/api/history?minutes=' + minutes), get('/api/events?minutes=1440'),
        minutes > 15 ? longer(minutes) : undefined]);
      drawHistory(graph, history);
      show(events, happened, () => eventTable(happened.events));
      if (state) drawCauses(causes, state);
    } catch (e) {
      graph.replaceChildren(el('p', { class: 'bad' }, e.message));
    }
  }

  return state => {
    refresh();
    show(outage, [state.outages, state.causes], () => state.outages.map(o => clock(o, state.causes)));
    show(checks, (state.uptime || []).map(c => [c.name, c.good, c.checked, c.trouble]), () => uptime(state.uptime || []));
    show(counts, [state.requests, state.failed, state.client_gone, state.retries], () => figures(
      ['Requests', state.requests], ['Delivered', state.delivered], ['Failed', state.failed, state.failed ? 'bad' : ''],
      ['Client gone', state.client_gone], ['Retries', state.retries], ['Log lines dropped', state.log_lines_dropped]));
    show(alerts, state.alerts, () => state.alerts.length ? [el('h2', {}, 'Alerts that fire'), table('', [['Rule'], ['Since', 'time'], ['What']],
      state.alerts.map(a => [a.rule, time(a.since), a.summary]))] : []);
    show(clients, [state.clients], () => held(state.clients));
    if (minutes <= 15) drawCauses(causes, state);
  };
}

// A journal of many gateways has sums for each, and no first and last time of a cause.
const longer = async minutes => !fleet ? get('/api/now?minutes=' + minutes) : {
  window_minutes: minutes,
  causes: (await get('/api/fleet?minutes=' + minutes)).causes
    .map(c => ({ ...c, count: c.instances.filter(i => !chosen || i.instance === chosen).reduce((sum, i) => sum + i.count, 0) })).filter(c => c.count),
};

const SPARING = { free: 'none', spill: 'bodies go to disk', 'no-bodies': 'bodies are refused', evict: 'the slowest go', pause: 'nobody is accepted', exhausted: 'requests are refused' };

const held = c => figures(
  ['Connections', `${c.connections} of ${c.most}`, c.connections >= c.most * 0.9 ? 'bad' : ''], ['Idle', c.idle],
  ['Memory held for them', c.memory_percent + ' %', c.memory_percent >= 80 ? 'bad' : ''],
  ['Accepting', c.paused ? 'waits for one to leave' : 'yes', c.paused ? 'bad' : ''],
  ['Memory is spared', SPARING[c.sparing] || c.sparing, c.sparing === 'free' ? '' : 'bad']);

const link = (cause, text) => el('a', { href: cause.example ? '#failure/' + encodeURIComponent(cause.example) : filterLink({ cause: cause.cause, upstream: cause.upstream }) }, text);

const uptime = checks => checks.length ? [el('h2', {}, 'Checks from inside'), table('', [['Check'], ['State', 'nowrap'], ['Since', 'time'], ['What']],
  checks.map(c => [c.name, el('span', { class: c.good ? 'good' : 'bad' }, c.checked ? (c.good ? 'good' : 'fails') : 'not asked yet'), time(c.since), c.trouble]))] : [];

function clock(outage, causes) {
  const why = causes.find(c => c.upstream === outage.upstream && c.cause === outage.cause);
  const reacts = (left, name) => left > 0 ? `${name} in ${seconds(left)}` : `${name} since ${seconds(-left)}`;
  return el('section', { class: 'panel alarm', 'aria-label': 'Outage of ' + outage.upstream },
    el('h2', {}, outage.upstream + (outage.confirmed ? ' is out' : ' was out when the gateway stopped') + (outage.on ? ' on ' + outage.on : '')),
    el('p', { class: 'clock bad' }, seconds(outage.seconds)),
    el('p', {}, 'since ', time(outage.since), outage.not_observed_seconds ? `, not counting ${seconds(outage.not_observed_seconds)} in which no gateway ran` : '', ': ' + outage.verdict),
    why ? el('p', {}, 'Whose fault: ', blame(why.blame), '. What to do: ', el('span', { class: 'fix' }, why.remedy), ' ', link(why, 'See an example')) : '',
    el('p', { class: 'soft' }, 'Search engines: ' + reacts(outage.crawlers_slow_in_seconds, 'crawlers slow down (24 h)')
      + '; ' + reacts(outage.pages_dropped_in_seconds, 'pages begin to be dropped (48 h)')));
}

// The first ones are read, the others are looked for.
const SHOWN = 8;

function drawCauses(parent, state) {
  const title = `Causes by upstream, last ${WINDOWS.find(w => w[0] === state.window_minutes)?.[1] || state.window_minutes + ' minutes'}; share is of the upstream's requests`;
  const open = parent.querySelector('details')?.open;
  show(parent, [state.causes, state.trouble], () => [
    state.trouble ? el('p', { class: 'warn' }, state.trouble) : '',
    causeTable(title, state.causes.slice(0, SHOWN)),
    state.causes.length > SHOWN ? el('details', { open: open || undefined },
      el('summary', {}, `${state.causes.length - SHOWN} more causes, ${state.causes.slice(SHOWN).reduce((sum, c) => sum + c.count, 0)} requests`),
      causeTable('', state.causes.slice(SHOWN))) : '',
  ].filter(Boolean));
}

const causeTable = (title, causes) => table(title,
  [['Cause', 'mono nowrap'], ['Upstream'], ['Blame'], ['Count', 'number'], ['Share', 'number'], ['First seen', 'time wide'], ['Since', 'time wide'], ['Last seen', 'time'], ['What happened, and what to do']],
  causes.map(c => [
    link(c, c.cause),
    el('a', { href: filterLink({ cause: c.cause, upstream: c.upstream }) }, c.upstream || 'none'), blame(c.blame), c.count, c.share === undefined ? '' : percent(c.share), ...[c.first_seen, c.since, c.last_seen].map(t => t ? time(t) : ''),
    el('div', {}, (c.summary || '') + (c.verdict ? ': ' + c.verdict : '') + '. ', el('strong', {}, c.remedy || ''))]),
  'Nothing has failed.', 'compact');

// What is the client's own doing comes after what is not.
const own = cause => cause.startsWith('client.') || cause === 'route.none' ? 1 : 0;

function drawHistory(parent, history) {
  const totals = {};
  for (const point of history.points) for (const [cause, n] of Object.entries(point.counts)) totals[cause] = (totals[cause] || 0) + n;
  const failed = Object.keys(totals).filter(c => c !== 'ok').sort((a, b) => own(a) - own(b) || totals[b] - totals[a]);
  const causes = failed.slice(0, 8);
  if (failed.length > 8) {
    causes.push('others');
    totals.others = failed.slice(8).reduce((sum, c) => sum + totals[c], 0);
    for (const point of history.points) point.counts.others = failed.slice(8).reduce((sum, c) => sum + (point.counts[c] || 0), 0);
  }
  const x = history.points.map(p => p.t);
  // Where no gateway ran nothing is known: the curve is broken there, not at zero.
  const rate = cause => history.points.map(p => p.observed === false ? null : (p.counts[cause] || 0) / history.step_seconds);
  show(parent, history.points.at(-1)?.t + JSON.stringify(totals), () => chart(
    causes.length ? 'Failures per second by cause: ' + causes.map(c => `${c} ${totals[c]}`).join(', ') : 'No failures',
    x, causes.length ? causes.map((c, i) => ({ name: c, total: totals[c], values: rate(c), color: color(i) }))
      : [{ name: 'failures per second', total: 0, values: x.map(() => 0), color: color(4) }]));
}

const eventTable = events => [el('h2', {}, 'Events'), table('What happened to upstreams and to the gateway, last 24 hours',
  [['Time', 'time'], ['Event', 'nowrap'], ['Subject'], ['Why']],
  events.slice(0, 100).map(e => [time(e.time), e.kind, e.subject, e.detail]), 'Nothing has happened.')];
