// The live stream: connects, comes back after a break with the frames that came meanwhile, and says how it stands.

// A retry waits a random time up to a bound that doubles: a thousand pages must not come back in the same moment.
const FIRST_BOUND = 5;
const LAST_BOUND = 30;
// A connection that has been silent for this many intervals (and a few seconds) is taken for dead.
const PATIENCE = 3;
const LONGEST_PATIENCE = 600;

/** Seconds until the next attempt, after so many that failed. */
export function retryDelay(attempt, random = Math.random) {
  return random() * Math.min(LAST_BOUND, FIRST_BOUND * 2 ** attempt);
}

/** The address of the frames after the one of that timestamp; a null timestamp changes nothing. */
export function resumed(url, timestamp) {
  if (timestamp === null) return url;
  const address = new URL(url);
  address.searchParams.delete("history"); // it says where to begin, and so does since: a server refuses both
  address.searchParams.set("since", timestamp);
  return address.href;
}

/**
 * Follow the stream for as long as the page lives. Each frame is given once, and none is left out that the server still
 * has; after a break, those of the break come in one burst.
 *
 * @param {string} url                     of the WebSocket; its query is kept
 * @param {number} interval                seconds between two frames
 * @param {(frame: object) => void} onFrame
 * @param {(state: "connecting"|"live"|"waiting", seconds: number) => void} onState
 *        seconds: until the next attempt, where the state is "waiting"
 */
export function follow(url, interval, onFrame, onState) {
  let socket = null;
  let attempt = 0;
  let retry = 0;
  let watchdog = 0;
  let last = null; // timestamp of the newest frame
  let greeted = false;
  const usual = PATIENCE * interval + 5;
  let patience = usual;

  function connect() {
    clearTimeout(retry);
    retry = 0;
    onState("connecting", 0);
    greeted = false;
    socket = new WebSocket(resumed(url, last));
    socket.onmessage = receive;
    socket.onclose = lost;
    watch();
  }

  function receive(event) {
    const message = JSON.parse(event.data);
    if ("type" in message) {
      greeted = true;
      watch();
      return;
    }
    attempt = 0;
    const gap = message.timestamp - (last ?? 0);
    if (gap > 0 && gap < usual) patience = usual;
    watch();
    onState("live", 0);
    if (gap === 0) return;
    last = message.timestamp;
    onFrame(message);
  }

  function lost() {
    clearTimeout(watchdog);
    socket = null;
    const seconds = retryDelay(attempt);
    attempt += 1;
    onState("waiting", seconds);
    retry = setTimeout(connect, seconds * 1000);
  }

  function watch() {
    clearTimeout(watchdog);
    const watched = socket;
    watchdog = setTimeout(() => {
      // A dead peer would keep close() waiting for its answer: let go of it at once.
      watched.onmessage = watched.onclose = null;
      watched.close();
      // It answered, and then had nothing to say: perhaps it was restarted, with a longer interval.
      if (greeted) patience = Math.min(2 * patience, Math.max(LONGEST_PATIENCE, usual));
      lost();
    }, patience * 1000);
  }

  function atOnce() {
    if (retry && document.visibilityState === "visible") connect();
  }

  addEventListener("online", atOnce);
  document.addEventListener("visibilitychange", atOnce);
  addEventListener("pagehide", () => {
    clearTimeout(watchdog);
    clearTimeout(retry);
    retry = 0;
    if (socket) {
      socket.onmessage = socket.onclose = null;
      socket.close();
      socket = null;
    }
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) connect();
  });
  connect();
}
