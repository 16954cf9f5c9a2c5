// The live stream as a composable: it comes back after a break with what was missed, and goes around bad proxies.
import { computed, onScopeDispose, shallowRef, toValue, watch } from "vue";

// Or a copy of this file beside this one.
import { follow } from "../../../monitor/web/static/client.js";

/**
 * The newest frames and how the connection stands, as refs.
 *
 * url                of the server's root
 * fields, interval   what is asked for, and seconds between two frames; each may be a ref, and change
 * kept               how many frames are kept, and back-filled at the start
 */
export function useMetrics({ url, fields, interval, kept = 60 }) {
  const frames = shallowRef([]);
  const state = shallowRef({ name: "connecting", problem: null });
  const asked = () => ({ fields: toValue(fields), interval: toValue(interval) });

  let missed = [];
  let drawing = 0;
  const subscription = follow({
    url,
    ...asked(),
    history: kept * (toValue(interval) ?? 1),
    onState(newest) {
      state.value = newest;
    },
    // What was missed comes in one burst, and is drawn once.
    onFrame(frame) {
      missed.push(frame);
      drawing ||= setTimeout(() => {
        frames.value = [...frames.value, ...missed].slice(-kept);
        [missed, drawing] = [[], 0];
      });
    },
  });
  watch(asked, (changes) => subscription.update(changes));
  onScopeDispose(() => {
    clearTimeout(drawing);
    subscription.close();
  });

  return { newest: computed(() => frames.value.at(-1) ?? null), frames, state };
}
