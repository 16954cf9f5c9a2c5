// The live stream as a hook: it comes back after a break with what was missed, and goes around bad proxies.
import { useEffect, useMemo, useState } from "react";

// Or a copy of this file beside this one.
import { follow } from "../../../monitor/web/static/client.js";

/**
 * The newest frames and how the connection stands.
 *
 * url       of the server's root
 * fields    what is asked for: sections and single fields; undefined for all
 * interval  seconds between two frames; undefined for the server's
 * kept      how many frames are kept, and back-filled at the start
 */
export function useMetrics({ url, fields, interval, kept = 60 }) {
  const [frames, setFrames] = useState([]);
  const [state, setState] = useState({ name: "connecting", problem: null });
  const asked = fields?.join();

  useEffect(() => {
    let missed = [];
    let drawing = 0;
    const subscription = follow({
      url,
      interval,
      fields: asked?.split(","),
      history: kept * (interval ?? 1),
      onState: setState,
      // What was missed comes in one burst, and is drawn once.
      onFrame(frame) {
        missed.push(frame);
        drawing ||= setTimeout(() => {
          const burst = missed;
          [missed, drawing] = [[], 0];
          setFrames((before) => [...before, ...burst].slice(-kept));
        });
      },
    });
    return () => {
      clearTimeout(drawing);
      subscription.close();
      setFrames([]);
    };
  }, [url, asked, interval, kept]);

  return useMemo(() => ({ newest: frames.at(-1) ?? null, frames, state }), [frames, state]);
}
