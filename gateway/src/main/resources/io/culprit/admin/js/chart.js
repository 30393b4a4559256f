// Curves over time, drawn by uPlot.
import { el } from './dom.js';

const COLORS = ['#d1432f', '#d08700', '#2f7fc1', '#6b3fa0', '#1c8c7a', '#c13584', '#7a8b2f', '#8a6d3b', '#41648a', '#b0622f'];

export const color = i => COLORS[i % COLORS.length];

// x: epoch seconds; series: [{ name, values, color, width }]; what is shown to screen readers is the legend and the label.
export function chart(label, x, series, height = 220) {
  const box = el('div', { class: 'chart', role: 'img', 'aria-label': label });
  const ink = () => getComputedStyle(document.body).color; // asked at every drawing: the theme may change
  const axis = { stroke: ink, grid: { stroke: 'rgba(128,128,128,.25)', width: 1 }, ticks: { stroke: 'rgba(128,128,128,.4)', width: 1 } };
  requestAnimationFrame(() => {
    if (!box.isConnected) return; // replaced before it was drawn
    const plot = new uPlot({
      width: Math.max(280, box.clientWidth), height,
      legend: { show: false }, cursor: { drag: { x: false, y: false } },
      scales: { y: { range: (u, min, max) => [0, Math.max(1, max)] } },
      axes: [axis, { ...axis, size: 56 }],
      series: [{}, ...series.map((s, i) => ({ label: s.name, stroke: s.color || color(i), width: s.width || 2, fill: s.fill, dash: s.dash, points: { show: false } }))],
    }, [x, ...series.map(s => s.values)], box);
    const resized = new ResizeObserver(() => plot.setSize({ width: Math.max(280, box.clientWidth), height }));
    resized.observe(box);
    box.dispose = () => { resized.disconnect(); plot.destroy(); }; // both hold on to the page otherwise
  });
  const legend = el('ul', { class: 'legend' }, ...series.map((s, i) => {
    const swatch = el('span', { class: 'swatch' });
    swatch.style.background = s.color || color(i);
    return el('li', {}, swatch, s.name + (s.total === undefined ? '' : ` (${s.total})`));
  }));
  return [box, legend];
}
