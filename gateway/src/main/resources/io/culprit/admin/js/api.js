// What the gateway says: single questions, and the stream of its state.

import { fleet, scoped } from './scope.js';

export async function get(path) {
  const { path: asked, made } = scoped(path);
  const response = await fetch(asked, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error((await response.text()).trim() || response.statusText);
  return made(await response.json());
}

// Calls back with every new state, and with undefined while the gateway does not answer. Streams where that works and
// asks every two seconds where it does not (too many dashboards, a proxy that buffers).
export function live(changed) {
  let last = 0;
  let asking = false;
  const ask = async () => {
    if (asking || Date.now() - last < 4000) return;
    asking = true; // a slow answer is waited for, not overtaken
    try {
      const state = await get('/api/now');
      if (fleet) last = Date.now();
      changed(state);
    } catch (e) {
      changed(undefined, e.message);
    } finally {
      asking = false;
    }
  };
  if (fleet) {
    ask(); // what a journal has is seconds old anyway
  } else {
    new EventSource('/api/live').addEventListener('now', event => {
      last = Date.now();
      changed(JSON.parse(event.data));
    });
  }
  setInterval(ask, 2000);
}
