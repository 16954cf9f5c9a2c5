// The live stream: connects, comes back after a break, and says how it stands.

// A retry waits a random time up to a bound that doubles: a thousand pages must not come back in the same moment.
const FIRST_BOUND = 5;
const LAST_BOUND = 30;
// A connection that has been silent for this many intervals (and a few seconds) is taken for dead.
const PATIENCE = 3;

/**
 * Follow the stream for as long as the page lives.
 *
 * @param {string} url                     of the WebSocket
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

  function connect() {
    clearTimeout(retry);
    retry = 0;
    onState("connecting", 0);
    socket = new WebSocket(url);
    socket.onmessage = receive;
    socket.onclose = lost;
    watch();
  }

  function receive(event) {
    watch();
    const message = JSON.parse(event.data);
    if ("type" in message) return;
    attempt = 0;
    onState("live", 0);
    onFrame(message);
  }

  function lost() {
    clearTimeout(watchdog);
    socket = null;
    const seconds = Math.random() * Math.min(LAST_BOUND, FIRST_BOUND * 2 ** attempt);
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
      lost();
    }, (PATIENCE * interval + 5) * 1000);
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
