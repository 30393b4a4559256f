// Makes elements. Text is only ever set as text: an upstream that answers with HTML in its status line shows as text.

export function el(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) e.setAttribute(name, value === true ? '' : value);
  }
  e.append(...children.filter(c => c !== undefined && c !== null && c !== '').map(c => c instanceof Node ? c : String(c)));
  return e;
}

export function svg(tag, attributes = {}, ...children) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children.map(c => c instanceof Node ? c : document.createTextNode(String(c))));
  return e;
}

// A table. columns: [title, class]; rows: arrays of text or nodes. On a phone each row becomes a block with labels.
// kind: compact makes one line of a row there, and leaves out what is marked wide.
export function table(caption, columns, rows, empty = 'none', kind = '') {
  const body = rows.map(cells => el('tr', {}, ...cells.map((cell, i) =>
    el('td', { class: columns[i][1], 'data-label': columns[i][0] }, cell))));
  return el('div', { class: 'scroll' }, el('table', { class: 'stack ' + kind },
    caption ? el('caption', {}, caption) : '',
    el('thead', {}, el('tr', {}, ...columns.map(([title, cls]) => el('th', { scope: 'col', class: cls }, title)))),
    el('tbody', {}, ...(body.length ? body : [el('tr', {}, el('td', { colspan: columns.length, class: 'soft' }, empty))]))));
}

export const blame = of => of ? el('span', { class: 'blame ' + of }, of) : '';

export function figures(...pairs) {
  return el('dl', { class: 'figures' }, ...pairs.map(([name, value, cls]) =>
    el('div', {}, el('dt', {}, name), el('dd', { class: cls }, value))));
}

export const time = iso => {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  return el('time', { datetime: iso, title: iso }, today ? at.toLocaleTimeString() : at.toLocaleString());
};

export function ms(value) {
  if (value === undefined) return '-';
  if (value < 1) return (value * 1000).toFixed(0) + ' µs';
  if (value < 1000) return value.toFixed(value < 10 ? 1 : 0) + ' ms';
  return (value / 1000).toFixed(value < 10000 ? 2 : 1) + ' s';
}

export function seconds(total) {
  const s = Math.max(0, Math.floor(total));
  const two = n => String(n).padStart(2, '0');
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

export const percent = share => (share * 100).toFixed(share < 0.1 ? 1 : 0) + ' %';

// Replaces children only when what they show has changed, so that focus and selection stay where they are.
export function show(parent, key, make) {
  const text = JSON.stringify(key);
  if (parent.dataset.shown !== text) {
    parent.dataset.shown = text;
    replace(parent, [make()].flat());
  }
}

// Replaces children; what they hold on to is let go, and focus stays on the link it was on if that is there again.
export function replace(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  for (const each of parent.querySelectorAll('.chart')) each.dispose?.();
  parent.replaceChildren(...children);
  if (focused) [...parent.querySelectorAll('a')].find(a => a.getAttribute('href') === focused)?.focus({ preventScroll: true });
}
