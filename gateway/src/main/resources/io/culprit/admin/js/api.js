// What the gateway says: single questions, and the stream of its state.

export async function get(path) {
  const response = await fetch(path, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error((await response.text()).trim() || response.statusText);
  return response.json();
}

// Calls back with every new state, and with undefined while the gateway does not answer. Streams where that works and
// asks every two seconds where it does not (too many dashboards, a proxy that buffers).
export function live(changed) {
  let last = 0;
  const source = new EventSource('/api/live');
  source.addEventListener('now', event => {
    last = Date.now();
    changed(JSON.parse(event.data));
  });
  setInterval(async () => {
    if (Date.now() - last < 4000) return;
    try {
      changed(await get('/api/now'));
    } catch (e) {
      changed(undefined);
    }
  }, 2000);
}
