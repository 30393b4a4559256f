'use strict';

// Everything is set as text: an upstream that answers with HTML in its status line shows as text.
const $ = id => document.getElementById(id);

function element(tag, text, className) {
  const e = document.createElement(tag);
  if (text !== undefined) e.textContent = text;
  if (className) e.className = className;
  return e;
}

function row(...cells) {
  const tr = element('tr');
  for (const cell of cells) tr.append(cell instanceof Node ? cell : element('td', cell));
  return tr;
}

function showState(s) {
  $('counts').replaceChildren(...[['Requests', s.requests], ['Delivered', s.delivered], ['Failed', s.failed],
    ['Client gone', s.client_gone], ['Retries', s.retries], ['Dialect', s.dialect]].map(([name, value]) => {
    const div = element('div');
    div.append(element('dt', name), element('dd', value));
    return div;
  }));
  const causes = [...s.causes].sort((a, b) => b.count - a.count);
  $('causes').replaceChildren(...causes.map(c =>
    row(element('td', c.cause, 'mono'), element('td', c.count, 'number'), c.blame, c.summary, c.remedy)));
  const rows = [];
  for (const u of s.upstreams) for (const p of u.peers) {
    const state = element('td', p.state + (p.why ? ': ' + p.why : ''), p.state);
    rows.push(row(u.name, element('td', p.address, 'mono'), state, p.active,
      u.limit ? u.in_use + ' of ' + u.limit : u.in_use, u.waiting, u.idle_connections));
  }
  $('upstreams').replaceChildren(...rows);
  const out = s.upstreams.flatMap(u => u.peers.filter(p => p.state === 'ejected').map(p => u.name + ' ' + p.address));
  const verdict = $('verdict');
  verdict.className = out.length ? 'bad' : 'good';
  verdict.textContent = out.length ? 'ejected: ' + out.join(', ') : 'up, no server ejected';
}

let shown = '';
function showFailures(list) {
  const key = list.map(f => f.request_id).join();
  if (key === shown) return; // keeps an open entry open
  shown = key;
  $('failures').replaceChildren(...list.slice(0, 30).map(f => {
    const d = element('details');
    const summary = element('summary');
    summary.append(element('span', f.cause, 'cause mono'),
      f.status + '  ' + f.method + ' ' + f.target + '  ' + new Date(f.time).toLocaleTimeString());
    d.append(summary, element('p', f.summary + '. ' + f.detail), element('p', 'Fix: ' + f.remedy));
    if (f.no_retry) d.append(element('p', 'No further attempt: ' + f.no_retry));
    const attempts = element('table');
    attempts.append(row(...['Peer', 'Connection', 'Connect', 'Send', 'Head', 'Body', 'Out', 'In', 'Result'].map(h => element('th', h))));
    for (const a of f.attempts || []) {
      const ms = v => v === undefined ? '-' : v.toFixed(1) + ' ms';
      attempts.append(row(element('td', a.peer, 'mono'), a.reused ? 'reused' : 'fresh', ms(a.connect_ms), ms(a.send_ms),
        ms(a.head_ms), ms(a.body_ms), a.bytes_out, a.bytes_in, a.cause || a.status));
    }
    const others = element('table');
    others.append(row(...['Gateway', 'Status', 'Flag', 'Log or body'].map(h => element('th', h))));
    for (const o of f.others) others.append(row(o.gateway, o.status, element('td', o.flag, 'mono'), element('td', o.log, 'mono')));
    for (const [title, table] of [['Attempts', attempts], ['What other gateways would have said', others]]) {
      const scroll = element('div', undefined, 'scroll');
      scroll.append(table);
      d.append(element('h3', title), scroll);
    }
    for (const [name, value] of Object.entries(f.evidence || {})) d.append(element('p', name + ': ' + value, 'mono'));
    return d;
  }));
}

async function refresh() {
  try {
    const [state, failures] = await Promise.all(['/api/state', '/api/failures'].map(async u => (await fetch(u)).json()));
    showState(state);
    showFailures(failures);
  } catch (e) {
    $('verdict').className = 'bad';
    $('verdict').textContent = 'the gateway does not answer';
  }
}
refresh();
setInterval(refresh, 1000);
