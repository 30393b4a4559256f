// Configuration: what is in force, since when, and whether its files still say the same.
import { get } from './api.js';
import { el, figures, table, time } from './dom.js';

export function configurationView(root) {
  root.replaceChildren(el('p', {}, 'loading'));
  get('/api/configuration').then(c => root.replaceChildren(
    el('h2', {}, 'Configuration in force'),
    el('p', { class: c.problems.length ? 'bad' : c.in_force ? 'good' : 'warn' }, c.problems.length
      ? 'The files have problems now; what was loaded before stays in force.'
      : c.in_force ? 'The files say what is in force.' : 'The files have changed and are good; culprit reload puts them into force.'),
    ...(c.others || []).map(words => el('p', { class: 'warn' }, '⚠ ' + words)),
    el('div', {}, figures(['Loaded', time(c.loaded_at)], ['Version', c.version], ['Java', c.java], ['Instance', c.instance])),
    el('p', {}, 'SHA-256 ', el('code', { id: 'hash' }, c.hash)),
    el('p', { class: c.journal_trouble ? 'bad' : '' }, 'Journal: ', el('code', {}, c.journal), c.journal_trouble ? ` cannot be written: ${c.journal_trouble}` : c.journal === 'off' ? '' : `, ${c.journal_lag_seconds.toFixed(1)} s behind`),
    c.certificates.length ? el('div', { id: 'certificates' }, table('Certificates of listeners; files that change are read anew within a minute',
      [['Listener', 'mono nowrap'], ['Names'], ['Days left', 'number'], ['Ends', 'time'], ['Library', 'wide'], ['Trouble']],
      c.certificates.map(s => [s.listener, s.names.join(', '),
        el('span', { class: s.days_left < 0 ? 'bad' : s.days_left < 14 ? 'warn' : 'good' }, s.days_left < 0 ? 'expired' : s.days_left), time(s.ends), s.library,
        s.trouble ? el('span', { class: 'bad' }, s.trouble) : '']))) : '',
    c.problems.length ? table('Problems', [['Place', 'mono nowrap'], ['What']], c.problems.map(p => [`${p.file}:${p.line}:${p.column}`, p.message])) : '',
    ...c.files.flatMap(f => [el('h3', {}, f.name), el('pre', { tabindex: '0' }, f.text)])))
    .catch(e => root.replaceChildren(el('p', { class: 'bad' }, e.message)));
  return () => {};
}
