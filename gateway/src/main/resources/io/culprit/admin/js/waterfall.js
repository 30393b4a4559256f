// The phases of a request as bars over time, with the configured timers drawn in.
import { ms, svg } from './dom.js';

const PHASES = ['connect', 'tls', 'send', 'head', 'body'];
const WIDTH = 900;
const LEFT = 190;
const ROW = 46;
const EDGE = 110; // room for the names of timers that lie beyond

export function waterfall(outcome, timers) {
  const rows = [];
  if (outcome.queue_ms !== undefined) rows.push({ name: 'queue', phase: 'queue', bars: [{ phase: 'queue', from: 0, length: outcome.queue_ms }], timer: timers?.queue_ms, end: outcome.queue_ms });
  (outcome.attempts || []).forEach((a, i) => {
    let at = a.start_ms || 0;
    const bars = [];
    for (const phase of PHASES) {
      const length = a[phase + '_ms'];
      if (length === undefined) continue;
      bars.push({ phase, from: at, length });
      at += length;
    }
    const last = bars.at(-1);
    const phase = last?.phase === 'tls' ? 'connect' : last?.phase || 'connect'; // the handshake is inside the connect timer
    rows.push({ name: `${i + 1}. ${a.peer}`, bars, failed: a.cause, end: at, phase, timer: timers?.[phase + '_ms'], timerFrom: (last?.phase === 'tls' ? a.start_ms : last?.from) || a.start_ms || 0 });
  });
  const whole = Math.max(outcome.duration_ms, 0.001, ...rows.map(r => r.end));
  // A timer far beyond the end would squeeze the bars to nothing: it is named at the edge instead.
  const reach = r => r.timer ? (r.timerFrom || 0) + r.timer : 0;
  const scale = Math.max(whole, ...rows.map(reach).filter(t => t < whole * 3)) * 1.02;
  const x = t => LEFT + t / scale * (WIDTH - LEFT - EDGE);
  const height = (rows.length + 1) * ROW + 34;
  const all = svg('svg', { class: 'waterfall', viewBox: `0 0 ${WIDTH} ${height}`, role: 'img' });
  const words = [];
  rows.forEach((row, i) => {
    const y = 8 + i * ROW;
    all.append(svg('text', { x: 0, y: y + 15 }, row.name.length > 28 ? row.name.slice(0, 27) + '…' : row.name));
    for (const bar of row.bars) {
      const rect = svg('rect', { class: 'fill-' + bar.phase, x: x(bar.from), y, width: Math.max(1.5, x(bar.from + bar.length) - x(bar.from)), height: 20 });
      rect.append(svg('title', {}, `${bar.phase} ${ms(bar.length)}`));
      all.append(rect);
      words.push(`${row.name} ${bar.phase} ${ms(bar.length)}`);
    }
    // Below the bar, on the page's own ground: readable in every colour.
    if (row.failed) all.append(svg('path', { class: 'fill-failed', d: `M${x(row.end)} ${y + 20}l5 7h-10z` }),
      svg('text', { x: Math.max(LEFT, Math.min(x(row.end) - 5, WIDTH - 180)), y: y + 38 }, row.failed));
    if (row.timer) {
      const at = reach(row);
      if (at <= scale) all.append(svg('line', { class: 'timer', x1: x(at), x2: x(at), y1: y - 5, y2: y + 25 }));
      else all.append(svg('text', { x: WIDTH, y: y + 15, 'text-anchor': 'end', class: 'soft' }, `${row.phase} ${ms(row.timer)} →`));
      words.push(`its timer ${ms(row.timer)}`);
    }
  });
  const y = 8 + rows.length * ROW;
  all.append(svg('text', { x: 0, y: y + 15, class: 'soft' }, 'whole request'),
    svg('rect', { class: 'fill-queue', x: x(0), y: y + 7, width: Math.max(1.5, x(outcome.duration_ms) - x(0)), height: 6 }));
  if (timers?.total_ms > scale) all.append(svg('text', { x: WIDTH, y: y + 15, 'text-anchor': 'end', class: 'soft' }, `total ${ms(timers.total_ms)} →`));
  if (timers?.total_ms && timers.total_ms <= scale) all.append(svg('line', { class: 'timer', x1: x(timers.total_ms), x2: x(timers.total_ms), y1: 0, y2: y + 25 }));
  for (let i = 0; i <= 4; i++) {
    const t = scale / 4 * i;
    all.append(svg('text', { x: x(t), y: height - 4, class: 'soft' }, ms(t)));
  }
  all.setAttribute('aria-label', 'Phases over time: ' + words.join(', '));
  return all;
}
