// The client of the live stream, for these pages and for anybody's: it follows the frames by whatever the network lets
// through, and resumes after a break. It imports nothing: load it from a server, bundle it, copy it.

/** @import { Call, Changes, Follow, Frame, Frames, Link, Options, Rows } from "./client-types.d.ts" */
/** @import { State, Transport } from "./client-types.d.ts" */

const HERE = import.meta.url; // by itself: bundlers take new URL("..", import.meta.url) for a file to bring along

/** @type {readonly Transport[]} */
const TRANSPORTS = ["websocket", "events", "polling"];
// A retry waits a random time up to a bound that doubles: a thousand pages must not come back in the same moment.
const FIRST_BOUND = 5;
const LAST_BOUND = 30;
// Seconds for an answer, and for the first message of a stream; for an answer with all that there is.
const GREETING = 8;
const LONGEST_ANSWER = 60;
// Seconds until better transports than the one in use are tried again.
const RECALL = 180;
// A moment after all frames: what is asked for since then is checked, and is nothing.
const NEVER = Number.MAX_SAFE_INTEGER;
// Frames that wait for a slow reader of `frames`; of more, the oldest are gone.
const WAITING = 10_000;

/** @param {string} text */
function base64url(text) {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * A reader of server-sent events (HTML, 9.2.6): takes text in pieces, gives each event that is whole.
 * @param {(data: string, name: string) => void} onEvent
 */
function eventReader(onEvent) {
  let [rest, name] = ["", ""];
  /** @type {string[]} */
  let data = [];
  return (/** @type {string} */ text) => {
    // A carriage return at the end may be half of an end of line: it waits for what follows.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === "data") data.push(value);
      else if (field === "event") name = value;
      else if (line === "") {
        if (data.length) onEvent(data.join("\n"), name || "message");
        [name, data] = ["", []];
      } // else a comment, or the id, which is the timestamp
    }
  };
}

/**
 * Read the server-sent events of an answer to its end: those of the stream, or of POST /api/ask, for which there is no
 * EventSource. Rejects where the connection breaks, and with what `onEvent` throws.
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @param {(data: string, name: string) => void} onEvent   the name is "message" where an event has none
 */
export async function readEvents(body, onEvent) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const read = eventReader(onEvent);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      read(decoder.decode(part.value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => {}); // where `onEvent` threw, nobody reads on
  }
}

/** @param {Rows} rows @returns {any[]} frames */
function rebuilt({ timestamp, fields }) {
  return timestamp.map((moment, row) => {
    /** @type {any} */
    const frame = { timestamp: moment };
    for (const [path, column] of Object.entries(fields)) {
      const [section, field] = path.split(".");
      (frame[section] ??= {})[field] = column[row];
    }
    return frame;
  });
}

/** Each begins, and returns what stops it. @type {Record<Transport, (call: Call) => () => void>} */
const OPEN = {
  websocket(call) {
    const url = call.address("api/ws/metrics");
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url.href, call.token ? ["monitor.v1", `bearer.${base64url(call.token)}`] : []);
    socket.onmessage = ({ data }) => call.hear(data);
    socket.onclose = (event) => call.fail(undefined, event?.code === 1008);
    return () => {
      // A dead peer would keep close() waiting for its answer: let go of it at once.
      socket.onmessage = socket.onclose = null;
      socket.close();
    };
  },

  // Not by EventSource, which sends no token and does not tell why it was refused.
  events(call) {
    const controller = new AbortController();
    const listen = async () => {
      const answer = await call.request(call.address("api/stream"), controller.signal);
      if (!answer.headers.get("Content-Type")?.startsWith("text/event-stream")) return;
      if (answer.body) await readEvents(answer.body, (data, name) => { if (name === "message") call.hear(data); });
    };
    listen().then(() => call.fail(), call.fail);
    return () => controller.abort();
  },

  // The newest frame tells whether there is anything new, and what is stale; the rows up to it leave no frame out.
  polling(call) {
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    let from = call.last; // up to where it has asked: the pace may leave the newest frame out
    const poll = async () => {
      const { timestamp, stale = {} } = await call.newest();
      if (timestamp !== from) {
        // Where the server's clock was set back, the newest is before the others.
        const since = Math.max(0, Math.min(from ?? timestamp - call.history, timestamp));
        const rows = rebuilt(await call.past(since, timestamp)).filter((row) => row.timestamp !== from);
        const last = rows.at(-1) ?? {};
        const ages = Object.entries(stale).filter(([probe]) => probe in last);
        if (ages.length) last.stale = Object.fromEntries(ages);
        rows.forEach(call.take);
        from = timestamp;
      }
      call.greet();
      timer = setTimeout(begin, Math.min(Math.max(1, call.pace()), 10) * 1000);
    };
    const begin = () => {
      poll().catch(call.fail);
    };
    begin();
    return () => clearTimeout(timer);
  },
};

/**
 * Follow the stream until it is closed. No frame is given twice, and none is left out that the server still has: after
 * a break, those of the break come in one burst.
 * @type {Follow}
 */
export const follow = (/** @type {Options<any>} */ options = {}) => {
  const { history, token, onFrame, onState } = options;
  let { interval, fields } = options;
  const root = new URL(options.url ?? new URL("..", HERE), globalThis.location?.href);
  if (!root.pathname.endsWith("/")) root.pathname += "/";
  const transports = (options.transports ?? TRANSPORTS).filter((each) => each !== "websocket" || globalThis.WebSocket);

  let last = options.since ?? null;
  let index = 0; // of the transport in use
  let misses = 0; // its failures although HTTP works
  let attempt = 0; // failures since the last frame
  let paceOfServer = 1;
  let isBidden = false; // to wait, by the server
  let isClosed = false;
  /** @type {string | undefined} */
  let secret;
  /** @type {State} */
  let state;
  /** @type {Link | undefined} */
  let link;
  /** @type {Link | undefined} */
  let trial; // of a better transport, while the link goes on
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let recall;

  /** @template T @param {((value: T) => void) | undefined} callback @param {T} value */
  function give(callback, value) {
    try {
      callback?.(value);
    } catch (error) {
      queueMicrotask(() => { throw error; }); // the page's own, and no reason to break the stream
    }
  }

  /** @param {State["name"]} name @param {Partial<State>} [more] */
  function tell(name, more) {
    /** @type {State["problem"]} */
    const problem = index ? `${transports[index - 1]}-blocked` : null;
    const next = { name, transport: transports[index], seconds: 0, problem, message: null, ...more };
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    give(onState, state);
  }

  /** @param {string} path @param {Record<string, unknown>} query */
  function address(path, query) {
    const url = new URL(path, root);
    for (const [key, value] of Object.entries({ ...query, fields: fields?.join() || undefined })) {
      if (value !== undefined) url.searchParams.set(key, `${value}`);
    }
    return url;
  }

  /** @param {URL} url @param {AbortSignal} [signal] */
  async function request(url, signal = AbortSignal.timeout(GREETING * 1000)) {
    /** @type {Record<string, string>} */
    const headers = secret ? { Authorization: `Bearer ${secret}` } : {};
    const answer = await fetch(url, { headers, signal, cache: "no-store", redirect: "manual" });
    if (answer.ok) return answer;
    const message = await answer.json().then((body) => body.error.message).catch(() => null);
    const isElsewhere = answer.type === "opaqueredirect" || answer.status < 400; // to a login in front of the server
    const seconds = Number(answer.headers.get("Retry-After")) || 0;
    throw Object.assign(new Error(), { status: isElsewhere ? 401 : answer.status, seconds, message });
  }

  /** @param {number} since @param {number} [until] @param {AbortSignal} [signal] @returns {Promise<Rows>} */
  async function past(since, until, signal) {
    const answer = await request(address("api/history", { step: interval, since, until }), signal);
    const rows = await answer.json();
    paceOfServer = rows.interval;
    return rows;
  }

  const pace = () => Math.max(interval ?? 0, paceOfServer);
  const patience = () => 3 * pace() + 5;
  /** @param {Link} mine */
  const isPolling = (mine) => transports[mine.index] === "polling";
  const delay = () => Math.random() * Math.min(LAST_BOUND, FIRST_BOUND * 2 ** attempt);

  function connect() {
    drop();
    tell("connecting");
    link = open(index);
  }

  function drop() {
    clearTimeout(retry);
    clearTimeout(recall);
    retry = undefined;
    end(link);
    end(trial);
    link = trial = undefined;
  }

  /** @param {Link | undefined} mine */
  function end(mine) {
    if (!mine) return;
    mine.isOver = true;
    clearTimeout(mine.watchdog);
    mine.stop();
  }

  /** @param {number} next */
  function use(next) {
    index = next;
    misses = 0;
  }

  /** @param {number} number */
  function open(number) {
    const from = last ?? 0;
    /** @type {Link} */
    const mine = { index: number, from, seen: from, stop() {} };
    begin(mine);
    return mine;
  }

  /** @param {Link} mine */
  async function begin(mine) {
    try {
      secret = typeof token === "function" ? await Promise.resolve().then(token) : token;
    } catch {
      return mine === link ? wait(delay()) : fail(mine);
    }
    if (mine.isOver) return;
    const place = last === null ? { history } : { since: last };
    watch(mine, GREETING);
    try {
      mine.stop = OPEN[transports[mine.index]]({
        token: secret, last, history: history ?? 0, pace, request,
        address: (path) => address(path, { interval, ...place }),
        newest: async () => (await request(new URL("api/system-stats", root))).json(),
        past: (since, until) => past(since, until, AbortSignal.timeout(LONGEST_ANSWER * 1000)),
        greet: () => greet(mine),
        take: (frame) => take(mine, frame),
        hear: (text) => hear(mine, text),
        fail: (error, isDismissed) => fail(mine, error, isDismissed),
      });
    } catch {
      fail(mine); // a WebSocket that a policy of the page forbids
    }
  }

  /** @param {Link} mine @param {string} text */
  function hear(mine, text) {
    try {
      const message = JSON.parse(text);
      if ("type" in message) greet(mine);
      else take(mine, message);
    } catch {
      fail(mine);
    }
  }

  /** @param {Link} mine */
  function greet(mine) {
    if (mine.isOver) return;
    if (mine === trial) {
      end(link);
      [link, trial] = [trial, undefined];
      mine.seen = last ?? 0;
      use(mine.index);
    }
    mine.isGreeted = true;
    watch(mine, patience());
  }

  /** @param {Link} mine @param {Frame} frame */
  function take(mine, frame) {
    if (mine.isOver) return;
    greet(mine);
    if (!mine.isFed) {
      mine.isFed = true;
      attempt = misses = 0;
      remind();
      tell("live");
    }
    const { timestamp } = frame;
    // Given already, by this link or by the one before it. An older frame is of a clock that was set back, and new.
    if (timestamp === last || (timestamp > mine.from && timestamp <= mine.seen)) return;
    last = timestamp;
    give(onFrame, frame);
  }

  /** @param {Link} mine @param {number} seconds */
  function watch(mine, seconds) {
    clearTimeout(mine.watchdog);
    if (!isPolling(mine)) mine.watchdog = setTimeout(() => silent(mine), seconds * 1000);
  }

  // Is there nothing to say, is the connection dead, or does somebody keep the frames back? HTTP tells.
  /** @param {Link} mine */
  async function silent(mine) {
    if (!mine.isGreeted) return fail(mine);
    const before = last;
    try {
      const { timestamp } = await past(before ?? NEVER);
      if (mine.isOver || last !== before) return;
      // Without any frame the first silence tells the interval only.
      if (before === null ? !mine.isSilent : timestamp.every((each) => each === before)) {
        mine.isSilent = true;
        return watch(mine, patience());
      }
      mine.isGreeted = mine.isFed; // one that never had a frame is as good as blocked
      fail(mine);
    } catch (error) {
      if (!mine.isOver && last === before) settle(error);
    }
  }

  /** @param {Link} mine @param {any} [error] @param {boolean} [isDismissed] */
  function fail(mine, error, isDismissed) {
    if (mine.isOver) return;
    end(mine);
    if (mine === trial) {
      trial = undefined;
      if (mine.index + 1 < index) trial = open(mine.index + 1);
      else remind();
    } else if (error?.status || isPolling(mine) || (mine.isGreeted && !isDismissed)) settle(error);
    else examine(mine);
  }

  // It did not open, or was closed at once. Where HTTP works, that is what is blocked; it also tells what is refused.
  /** @param {Link} mine */
  async function examine(mine) {
    try {
      await past(NEVER);
    } catch (error) {
      if (link === mine) settle(error);
    }
    if (link !== mine) return;
    if (mine.isGreeted) return wait(delay());
    misses += 1;
    const transport = transports[index];
    if (transport === "websocket" && misses < 2) wait(Math.random()); // it may have met a restart
    else if (index + 1 === transports.length) wait(delay(), { problem: `${transport}-blocked` });
    else {
      use(index + 1);
      connect();
    }
  }

  /** @param {any} error */
  function settle(error) {
    const { status, seconds = 0, message } = error?.status ? error : { message: null };
    const isUnknown = status === 401 || status === 403;
    if (status === 400 || (isUnknown && typeof token === "string")) {
      drop(); // asking again gets the same answer
      tell("closed", { problem: isUnknown ? "unauthenticated" : "bad-query", message });
    } else if (isUnknown) {
      wait(LAST_BOUND, { problem: "unauthenticated", message }); // until somebody logs in, in another tab
    } else {
      // Refused for want of room, events say nothing about a WebSocket.
      if (transports[index] === "events" && (status === 429 || status === 503)) use(0);
      wait(seconds + delay(), { message });
      isBidden = seconds > 0;
    }
  }

  /** @param {number} seconds @param {Partial<State>} [more] */
  function wait(seconds, more) {
    drop();
    attempt += 1;
    retry = setTimeout(connect, seconds * 1000);
    isBidden = false;
    tell("waiting", { seconds, ...more });
  }

  function remind() {
    clearTimeout(recall);
    if (index) recall = setTimeout(() => { trial = open(0); }, RECALL * 1000);
  }

  const listening = new AbortController();
  const { signal } = listening;
  const wake = () => {
    if (retry !== undefined && !isBidden && globalThis.document?.visibilityState !== "hidden") connect();
  };
  globalThis.addEventListener?.("online", wake, { signal });
  globalThis.document?.addEventListener("visibilitychange", wake, { signal });
  globalThis.addEventListener?.("pagehide", drop, { signal });
  globalThis.addEventListener?.("pageshow", (event) => event.persisted && connect(), { signal });
  connect();

  return {
    get state() {
      return state;
    },
    update(/** @type {Changes} */ changes) {
      ({ interval, fields } = { interval, fields, ...changes });
      if (!isClosed) connect();
    },
    reconnect() {
      use(0);
      if (!isClosed) connect();
    },
    close() {
      isClosed = true;
      listening.abort();
      drop();
      tell("closed");
    },
  };
};

/**
 * The same as an iterator: `for await (const frame of frames({ url }))`. Leaving the loop closes the connection; a
 * problem that no retry solves is thrown.
 * @type {Frames}
 */
export const frames = async function* (/** @type {Options<any>} */ options = {}) {
  /** @type {any[]} */
  const waiting = [];
  let wake = () => {};
  const subscription = follow({
    ...options,
    fields: options.fields ?? [],
    onFrame(frame) {
      if (waiting.push(frame) > WAITING) waiting.shift();
      wake();
    },
    onState(state) {
      options.onState?.(state);
      wake();
    },
  });
  try {
    while (waiting.length || subscription.state.name !== "closed") {
      if (waiting.length) yield waiting.shift();
      else await new Promise((done) => { wake = () => done(undefined); });
    }
    throw new Error(subscription.state.message ?? `${subscription.state.problem}`);
  } finally {
    subscription.close();
  }
};
