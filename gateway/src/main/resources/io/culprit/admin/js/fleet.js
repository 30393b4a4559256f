// All gateways that share a journal: which report, what fails where, and whose it is. Filters stand in the address.
import { get } from './api.js';
import { blame, el, percent, show, table, time } from './dom.js';

const TIMES = [['5', '5 minutes'], ['15', '15 minutes'], ['60', '1 hour'], ['1440', '24 hours'], ['10080', '7 days'], ['43200', '30 days']];
const WHOSE = { server: 'a server', gateway: 'a gateway', path: 'the way between', upstream: 'the upstream', unclear: 'not known' };
const EVERY = 5000;
const root = document.getElementById('view');
const verdict = document.getElementById('verdict');
const form = document.getElementById('filters');
const sections = ['findings', 'causes', 'instances', 'failures', 'events'].map(id => el('section', { id }));
const [findings, causes, instances, failures, events] = sections;
const FIRST = 10;
const ORDER = { silent: 0, reporting: 1, stopped: 2 };
root.append(...sections);

const filters = () => new URLSearchParams(location.hash.slice(1));

function draw(names) {
  const { minutes = '15', instance = '' } = Object.fromEntries(filters());
  show(form, [names, minutes, instance], () => [
    el('label', {}, 'Within ', el('select', { name: 'minutes' }, ...TIMES.map(([value, name]) => el('option', { value, selected: value === minutes }, name)))),
    el('label', {}, 'Gateway ', el('select', { name: 'instance' }, el('option', { value: '' }, 'all'),
      ...names.map(name => el('option', { value: name, selected: name === instance }, name))))]);
}

form.addEventListener('change', () => { location.hash = new URLSearchParams([...new FormData(form)].filter(([, value]) => value)); });
form.addEventListener('submit', event => event.preventDefault());
window.addEventListener('hashchange', refresh);

async function refresh() {
  const { minutes = '15', instance = '' } = Object.fromEntries(filters());
  const query = new URLSearchParams({ minutes });
  try {
    const fleet = await get('/api/fleet?' + query);
    query.set('instance', instance);
    const [kept, happened] = await Promise.all([get('/api/failures?' + new URLSearchParams({ instance, minutes, limit: 50 })), get('/api/events?' + query)]);
    root.classList.remove('stale');
    draw(fleet.instances.map(i => i.name).sort(byName));
    said(fleet);
    show(findings, [fleet.findings, fleet.causes.length], () => whose(fleet.findings, fleet.causes.length));
    show(instances, [fleet.instances, instance], () => gateways(fleet.instances, instance));
    show(causes, [fleet.causes, instance], () => failing(fleet.causes, fleet.instances.length, instance));
    show(failures, kept.failures, () => examples(kept.failures));
    show(events, happened.events, () => log(happened.events));
  } catch (e) {
    root.classList.add('stale');
    verdict.className = 'down';
    verdict.textContent = e.message;
    draw([]);
  }
}

function said(fleet) {
  const silent = fleet.instances.filter(i => i.state === 'silent');
  const reporting = fleet.instances.filter(i => i.state === 'reporting').length;
  const failed = fleet.instances.reduce((sum, i) => sum + i.failed, 0);
  const words = (fleet.as_of ? `As it was at ${new Date(fleet.as_of).toLocaleString()}: ` : '') + `${reporting} of ${fleet.instances.length} gateways report`
    + (silent.length ? `, ${silent.map(i => i.name).slice(0, 3).join(', ')}${silent.length > 3 ? ' and others' : ''} should and ${silent.length > 1 ? 'do' : 'does'} not` : '')
    + (failed ? `; ${failed.toLocaleString()} requests have failed` : '; no request has failed');
  if (verdict.textContent !== words) verdict.textContent = words;
  verdict.className = silent.length ? 'down' : failed ? 'degraded' : 'up';
}

const whose = (list, failing) => [el('h2', {}, 'Whose it is'),
  list.length ? el('ul', { class: 'findings' }, ...list.map(f => el('li', { class: 'panel' + (f.whose === 'unclear' ? '' : ' alarm') },
    el('strong', {}, f.whose === 'unclear' ? 'It is not known whose' : `Look at ${WHOSE[f.whose]}${f.subject ? ': ' + f.subject : ' ' + f.upstream}`),
    el('p', {}, f.sentence + '.'))))
    : el('p', { class: 'soft' }, failing ? 'No attempt at a server has failed often enough to be judged; what failed without one is below.' : 'Nothing has failed.')];

const byName = (a, b) => a.localeCompare(b, undefined, { numeric: true });
const share = i => i.requests ? i.failed / i.requests : 0;

// Those that need a look come first, the rest is folded.
function gateways(list, chosen) {
  const sorted = list.filter(i => !chosen || i.name === chosen)
    .sort((a, b) => ORDER[a.state] - ORDER[b.state] || share(b) - share(a) || byName(a.name, b.name));
  const rest = sorted.slice(FIRST);
  return [el('h2', {}, 'Gateways'), reports(sorted.slice(0, FIRST)),
    rest.length ? el('details', {}, el('summary', {}, `${rest.length} more, ${rest.filter(i => i.state === 'silent').length} of them silent`), reports(rest)) : ''];
}

const reports = list => table('', [['Gateway', 'mono'], ['State'], ['Heard of', 'time'], ['Requests', 'number'], ['Failed', 'number'], ['Share', 'number'], ['Runs since', 'time wide'], ['Version', 'wide']],
  list.map(i => [el('a', { href: '/gateways?' + new URLSearchParams({ instance: i.name }) }, i.name), el('span', { class: { reporting: 'up', silent: 'down', stopped: 'soft' }[i.state] }, i.state === 'silent' ? 'silent: it should report' : i.state),
    time(i.seen), i.requests.toLocaleString(), i.failed.toLocaleString() + ' failed', i.requests ? percent(share(i)) : '-', time(i.started), i.version]), 'No gateway has written to this journal in a week.', 'compact');

function failing(list, all, chosen) {
  const rows = list.map(c => [c, chosen ? c.instances.filter(i => i.instance === chosen) : c.instances]).filter(([, seen]) => seen.length);
  return [el('h2', {}, 'What fails'),
    table('', [['Requests', 'number'], ['Cause', 'mono'], ['Blame'], ['Upstream'], ['Seen by'], ['Fix', 'fix']],
      rows.map(([c, seen]) => [seen.reduce((sum, i) => sum + i.count, 0).toLocaleString(), c.cause, blame(c.blame), c.upstream,
        chosen ? chosen : `${seen.length} of ${all}: ` + [...seen].sort((a, b) => b.count - a.count).slice(0, 4).map(i => `${i.instance} ${i.count.toLocaleString()}`).join(', ') + (seen.length > 4 ? ', ...' : ''), c.remedy || '']), 'nothing', 'compact')];
}

const examples = list => [el('h2', {}, 'Examples'),
  table('', [['Time', 'time'], ['Request', 'mono'], ['Status', 'number'], ['Cause', 'mono'], ['Server', 'mono'], ['What happened']],
    list.map(f => [time(f.time), el('a', { href: '/api/failures/' + encodeURIComponent(f.request_id) }, f.request_id.slice(0, 12)), f.status, f.cause, f.peer, f.verdict]), 'none', 'compact')];

const log = list => [el('h2', {}, 'What happened'),
  table('', [['Time', 'time'], ['Event', 'mono'], ['Of'], ['Detail']], list.slice(0, 50).map(e => [time(e.time), e.kind, [e.upstream, e.subject].filter((v, i, a) => v && a.indexOf(v) === i).join(' '), e.detail]), 'nothing', 'compact')];

refresh();
setInterval(refresh, EVERY);
