// The client of the stream: which transport it uses, when it comes back, what it gives.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { follow, frames, readEvents } from "../../../monitor/web/static/client.js";

const URL_OF_SERVER = "http://server/monitor";
const ROOM = { status: 200, body: { interval: 1, timestamp: [], fields: {} } };
const real = { fetch: globalThis.fetch, WebSocket: globalThis.WebSocket, random: Math.random };

/** Sockets and requests in the order they were made; `answer` says what a request gets. */
let sockets;
let requests;
let answer;
let open;

class Socket {
  constructor(url, protocols) {
    Object.assign(this, { url: new URL(url), protocols, isClosed: false });
    sockets.push(this);
  }

  close() {
    this.isClosed = true;
  }

  say(...messages) {
    for (const message of messages) this.onmessage?.({ data: JSON.stringify(message) });
  }

  end(code = 1006) {
    this.onclose?.({ code });
  }
}

const WELCOME = { type: "connection" };
const at = (...stamps) => stamps.map((timestamp) => ({ timestamp }));

/** Let what waits for promises go on. */
async function settled() {
  for (let n = 0; n < 30; n += 1) await Promise.resolve();
  await new Promise((done) => setImmediate(done));
}

/** Let so many seconds pass. */
async function pass(context, seconds) {
  await settled();
  context.mock.timers.tick(seconds * 1000);
  await settled();
}

function followed(options = {}) {
  const seen = { stamps: [], states: [] };
  const subscription = follow({
    url: URL_OF_SERVER,
    onFrame: (frame) => seen.stamps.push(frame.timestamp),
    onState: (state) => seen.states.push(state),
    ...options,
  });
  open.push(subscription);
  return Object.assign(seen, { subscription, names: () => seen.states.map((state) => state.name) });
}

beforeEach(() => {
  [sockets, requests, open] = [[], [], []];
  answer = () => ROOM;
  globalThis.WebSocket = Socket;
  globalThis.fetch = async (url, options) => {
    const request = { url: new URL(url), ...options };
    requests.push(request);
    const { status = 200, body = "", headers = {}, type } = await answer(request);
    const text = body instanceof ReadableStream || typeof body === "string" ? body : JSON.stringify(body);
    return type ? { type, status: 0, ok: false, headers: new Headers(), json: async () => ({}) }
      : new Response(text, { status, headers });
  };
  Math.random = () => 1;
});

afterEach(() => {
  for (const each of open) each.close();
  Object.assign(globalThis, { fetch: real.fetch, WebSocket: real.WebSocket });
  Math.random = real.random;
});

/** A test in which time passes as it says. */
function timed(name, run) {
  test(name, async (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    await run(context);
  });
}

const down = async () => {
  throw new TypeError("fetch failed");
};
const isStream = ({ url }) => url.pathname.endsWith("/api/stream");
const isNewest = ({ url }) => url.pathname.endsWith("/api/system-stats");

/** An answer of events, to be written piece by piece. */
function eventStream() {
  let controller;
  const body = new ReadableStream({ start: (made) => { controller = made; } });
  const bytes = new TextEncoder();
  return {
    answer: { body, headers: { "Content-Type": "text/event-stream; charset=utf-8" } },
    write: (text) => controller.enqueue(typeof text === "string" ? bytes.encode(text) : text),
    end: () => controller.close(),
  };
}

const eventOf = (message, id = message.timestamp) => `${id ? `id: ${id}\n` : ""}data: ${JSON.stringify(message)}\n\n`;

timed("everything that is asked for goes into the query, below the path of the root", async () => {
  followed({ interval: 5, fields: ["cpu", "memory.percent"], history: 60 });
  assert.equal(sockets[0].url.protocol + sockets[0].url.pathname, "ws:/monitor/api/ws/metrics");
  const query = Object.fromEntries(sockets[0].url.searchParams);
  assert.deepEqual(query, { interval: "5", fields: "cpu,memory.percent", history: "60" });
  followed();
  assert.equal(sockets[1].url.href, "ws://server/monitor/api/ws/metrics");
  followed({ since: 7, history: 60 });
  assert.equal(sockets[2].url.search, "?since=7", "both say where to begin: a server refuses that");
});

timed("a frame is given once, also when the clock was set back; a break resumes after the last", async (context) => {
  const seen = followed({ history: 60 });
  sockets[0].say(WELCOME, ...at(10, 11));
  sockets[0].end();
  assert.deepEqual(seen.names(), ["connecting", "live", "waiting"]);
  await pass(context, 5);
  assert.equal(sockets[1].url.search, "?since=11");
  sockets[1].say(WELCOME, ...at(11, 12, 3, 4));
  assert.deepEqual(seen.stamps, [10, 11, 12, 3, 4]);
  assert.equal(seen.states.at(-1).name, "live");
});

timed("retries are spread over a bound that doubles up to 30 s, and begin anew after a frame", async (context) => {
  answer = down;
  const seen = followed();
  const waits = () => seen.states.filter((state) => state.name === "waiting").map((state) => state.seconds);
  for (let n = 0; n < 6; n += 1) {
    sockets.at(-1).end();
    await settled();
    await pass(context, 30);
  }
  assert.deepEqual(waits(), [5, 10, 20, 30, 30, 30]);
  sockets.at(-1).say(WELCOME, ...at(1));
  sockets.at(-1).end();
  assert.equal(waits().at(-1), 5);
  Math.random = () => 0.25;
  await pass(context, 5);
  sockets.at(-1).end();
  await settled();
  assert.equal(waits().at(-1), 2.5);
});

timed("a server that is down is no blocked WebSocket", async (context) => {
  answer = down;
  const seen = followed();
  for (let n = 0; n < 5; n += 1) {
    sockets.at(-1).end();
    await settled();
    await pass(context, 30);
  }
  assert.equal(sockets.length, 6);
  assert.ok(seen.states.every((state) => state.transport === "websocket" && state.problem === null));
});

timed("a WebSocket that fails twice while HTTP works is blocked, and events come instead", async (context) => {
  const events = eventStream();
  answer = (request) => (isStream(request) ? events.answer : ROOM);
  const seen = followed();
  sockets[0].end();
  await settled();
  assert.equal(requests.filter(isStream).length, 0, "once may be a restart");
  await pass(context, 1);
  sockets[1].end();
  await settled();
  events.write(eventOf(WELCOME, 0) + eventOf({ timestamp: 5 }));
  await settled();
  const { name, transport, problem } = seen.states.at(-1);
  assert.deepEqual({ name, transport, problem }, { name: "live", transport: "events", problem: "websocket-blocked" });
  assert.deepEqual(seen.stamps, [5]);
});

timed("events are read in whatever pieces and with whatever ends of lines they come", async () => {
  const events = eventStream();
  answer = () => events.answer;
  const seen = followed({ transports: ["events"] });
  await settled();
  const text = [
    "\ufeff: a comment\r\n:\n\nretry: 500\r",
    'data: {"type": "connection"}\r\r',
    'id: 1\r\ndata: {"timestamp":\r\ndata:1}\r\n\r\n',
    'event: other\ndata: {"timestamp": 2}\n\n',
    'unknown\nevent: message\ndata: {"timestamp": 3, "x": "é\u2028"}\n\n',
  ].join("");
  for (const byte of new TextEncoder().encode(text)) {
    events.write(new Uint8Array([byte]));
    await settled();
  }
  events.write("data: {\"timestamp\": 4}"); // never ended: no event
  await settled();
  assert.deepEqual(seen.stamps, [1, 3]);
});

test("the events of any answer can be read, by their names", async () => {
  const text = "event: token\ndata: a\n\n: still there\n\ndata: b\ndata: c\n\nevent: done\n\ndata: half";
  const seen = [];
  await readEvents(new Response(text).body, (data, name) => seen.push([name, data]));
  assert.deepEqual(seen, [["token", "a"], ["message", "b\nc"]]);
});

test("where the reader of events throws, the server is told that nobody reads on", async () => {
  let end;
  const over = new Promise((resolve) => { end = resolve; });
  const chunk = new TextEncoder().encode("data: a\n\n");
  const body = new ReadableStream({ start: (controller) => controller.enqueue(chunk), cancel: () => end("cancelled") });
  await assert.rejects(readEvents(body, () => { throw new Error("no such event"); }), /no such event/);
  assert.equal(await over, "cancelled");
});

test("events that break off reject with what broke them", async () => {
  const body = new ReadableStream({ start: (controller) => controller.error(new TypeError("network error")) });
  await assert.rejects(readEvents(body, () => {}), /network error/);
});

timed("events that nothing comes of are kept back by somebody: polling, and no frame is left out", async (context) => {
  const silentStream = eventStream();
  const rows = (...stamps) => ({ interval: 1, timestamp: stamps, fields: { "cpu.count": stamps.map(() => 2) } });
  let now = 3;
  answer = (request) => {
    if (isStream(request)) return silentStream.answer;
    if (isNewest(request)) return { body: { timestamp: now, cpu: { count: 2 }, stale: { cpu: 4, disk: 9 } } };
    const [since, until] = ["since", "until"].map((key) => Number(request.url.searchParams.get(key)));
    return { body: rows(...[1, 2, 3, 4, 5, 6].filter((each) => each >= since && each <= until)) };
  };
  const given = [];
  const seen = followed({ transports: ["events", "polling"], history: 2, onFrame: (frame) => given.push(frame) });
  await settled();
  await pass(context, 8);
  assert.deepEqual(given.map((frame) => frame.timestamp), [1, 2, 3]);
  assert.deepEqual(given.at(-1), { timestamp: 3, cpu: { count: 2 }, stale: { cpu: 4 } });
  assert.equal(seen.states.at(-1).problem, "events-blocked");
  now = 6;
  await pass(context, 1);
  await pass(context, 1);
  assert.deepEqual(given.map((frame) => frame.timestamp), [1, 2, 3, 4, 5, 6]);
  now = 2; // the clock was set back
  await pass(context, 1);
  assert.equal(given.at(-1).timestamp, 2);
});

timed("a poll whose newest row the pace leaves out asks on from there", async (context) => {
  let now = 4;
  answer = (request) => {
    if (isNewest(request)) return { body: { timestamp: now } };
    const [since, until] = ["since", "until"].map((key) => Number(request.url.searchParams.get(key)));
    const timestamp = [5, 10].filter((each) => each >= since && each <= until);
    return { body: { interval: 1, timestamp, fields: {} } };
  };
  const seen = followed({ transports: ["polling"], interval: 5 });
  await settled();
  for (now of [6, 8, 11]) await pass(context, 5);
  assert.deepEqual(seen.stamps, [5, 10]);
  assert.equal(requests.find((each) => !isNewest(each)).url.searchParams.get("step"), "5");
});

timed("a WebSocket is tried again after three minutes, and takes over without a hole or a double", async (context) => {
  const events = eventStream();
  answer = (request) => (isStream(request) ? events.answer : ROOM);
  const seen = followed();
  sockets[0].end();
  await pass(context, 1);
  sockets[1].end();
  await settled();
  events.write(eventOf({ timestamp: 5 }));
  await settled();
  for (let second = 6; second < 187; second += 1) {
    events.write(eventOf({ timestamp: second }));
    await settled();
    await pass(context, 1);
  }
  assert.equal(sockets.length, 3);
  const since = Number(sockets[2].url.searchParams.get("since"));
  events.write(eventOf({ timestamp: 187 }));
  await settled();
  sockets[2].say(WELCOME);
  for (let stamp = since + 1; stamp <= 188; stamp += 1) sockets[2].say({ timestamp: stamp });
  assert.deepEqual(seen.stamps, Array.from({ length: 184 }, (_, n) => n + 5));
  const { name, transport, problem } = seen.states.at(-1);
  assert.deepEqual({ name, transport, problem }, { name: "live", transport: "websocket", problem: null });
  events.write(eventOf({ timestamp: 189 }));
  await settled();
  assert.equal(seen.stamps.at(-1), 188, "the other one has ended");
});

timed("a trial that fails costs the stream nothing, and comes again", async (context) => {
  const events = eventStream();
  answer = (request) => (isStream(request) ? events.answer : ROOM);
  const seen = followed({ interval: 1000 });
  sockets[0].end();
  await pass(context, 1);
  sockets[1].end();
  await settled();
  events.write(eventOf({ timestamp: 5 }));
  await settled();
  await pass(context, 180);
  sockets[2].end();
  await settled();
  assert.equal(seen.states.at(-1).name, "live");
  await pass(context, 180);
  assert.equal(sockets.length, 4);
  await pass(context, 8);
  assert.ok(sockets[3].isClosed, "one that says nothing is let go of");
});

timed("a stream that is silent is kept while HTTP knows of nothing newer, and left when it does", async (context) => {
  let stamps = [10];
  answer = () => ({ body: { interval: 12, timestamp: stamps, fields: {} } });
  const seen = followed();
  sockets[0].say(WELCOME, ...at(10));
  await pass(context, 8);
  assert.equal(sockets[0].isClosed, false);
  await pass(context, 40);
  assert.equal(requests.length, 1, "now it knows the interval");
  stamps = [10, 22, 34];
  await pass(context, 1);
  assert.ok(sockets[0].isClosed);
  await pass(context, 5);
  assert.equal(sockets[1].url.search, "?since=10");
  assert.equal(seen.states.at(-1).problem, null);
});

timed("a silent stream of a server that is gone is left", async (context) => {
  followed();
  sockets[0].say(WELCOME, ...at(10));
  answer = down;
  await pass(context, 8);
  assert.ok(sockets[0].isClosed);
});

timed("a WebSocket that opens and is kept silent counts as blocked", async (context) => {
  const events = eventStream();
  answer = (request) => (isStream(request) ? events.answer : ROOM);
  const seen = followed();
  await pass(context, 8);
  await pass(context, 1);
  await pass(context, 8);
  events.write(eventOf({ timestamp: 5 }));
  await settled();
  assert.equal(seen.states.at(-1).problem, "websocket-blocked");
});

timed("a wrong query ends it with the server's words, and a right one revives it", async () => {
  const message = "interval is '1.5'; it must be a whole multiple.";
  answer = () => ({ status: 400, body: { error: { code: "bad_query", message } } });
  const seen = followed({ interval: 1.5 });
  sockets[0].end();
  await settled();
  const { name, problem, message: said } = seen.states.at(-1);
  assert.deepEqual([name, problem, said], ["closed", "bad-query", message]);
  seen.subscription.update({ interval: undefined });
  assert.equal(sockets[1].url.search, "");
});

timed("a token that is refused ends it: asking again would only lock others out", async () => {
  answer = () => ({ status: 401, body: { error: { message: "No." } } });
  const seen = followed({ token: "té" });
  assert.deepEqual(sockets[0].protocols, ["monitor.v1", "bearer.dMOp"]);
  sockets[0].end();
  await settled();
  assert.equal(requests[0].headers.Authorization, "Bearer té");
  assert.deepEqual([seen.states.at(-1).name, seen.states.at(-1).problem], ["closed", "unauthenticated"]);
});

timed("a login that has ended is told at once, and waited for", async (context) => {
  const seen = followed();
  sockets[0].say(WELCOME, ...at(1));
  answer = () => ({ status: 401 });
  sockets[0].end(1008);
  await settled();
  const { name, problem, seconds } = seen.states.at(-1);
  assert.deepEqual([name, problem, seconds], ["waiting", "unauthenticated", 30]);
  await pass(context, 30);
  sockets[1].say(WELCOME, ...at(2));
  assert.equal(seen.states.at(-1).problem, null);
  answer = () => ({ type: "opaqueredirect" });
  sockets[1].end(1008);
  await settled();
  assert.equal(seen.states.at(-1).problem, "unauthenticated", "a login in front of the server");
});

timed("each attempt asks for a token of its own where they are made", async (context) => {
  let count = 0;
  followed({ token: async () => `t${(count += 1)}` });
  await settled();
  sockets[0].say(WELCOME, ...at(1));
  sockets[0].end();
  await pass(context, 5);
  assert.deepEqual(sockets.map((each) => atob(each.protocols[1].slice(7))), ["t1", "t2"]);
});

for (const status of [429, 503]) {
  timed(`${status} is waited for as long as the server says, and blames nobody`, async (context) => {
    answer = (request) => (isStream(request) ? { status, headers: { "Retry-After": "20" } } : ROOM);
    const seen = followed();
    sockets[0].end();
    await pass(context, 1);
    sockets[1].end();
    await settled();
    const { name, seconds, problem } = seen.states.at(-1);
    assert.equal(name, "waiting");
    assert.ok(seconds >= 20);
    assert.equal(problem, null);
    await pass(context, seconds);
    assert.equal(sockets.length, 3, "again by WebSocket");
  });
}

timed("an update goes on after the last frame; closing ends everything", async (context) => {
  const seen = followed({ interval: 1, fields: ["cpu"] });
  sockets[0].say(WELCOME, ...at(1, 2));
  seen.subscription.update({ interval: 5 });
  assert.ok(sockets[0].isClosed);
  assert.deepEqual(Object.fromEntries(sockets[1].url.searchParams), { interval: "5", since: "2", fields: "cpu" });
  sockets[0].say(...at(3));
  assert.deepEqual(seen.stamps, [1, 2]);
  seen.subscription.update({ fields: undefined });
  assert.equal(sockets[2].url.search, "?interval=5&since=2");
  seen.subscription.close();
  seen.subscription.update({ fields: ["cpu"] });
  await pass(context, 600);
  assert.equal(sockets.length, 3);
  assert.equal(seen.subscription.state.name, "closed");
});

timed("an error of the page's own is the page's, and breaks no stream", async () => {
  const errors = [];
  const microtask = globalThis.queueMicrotask;
  globalThis.queueMicrotask = (call) => { try { call(); } catch (error) { errors.push(error.message); } };
  followed({ onFrame: (frame) => { throw new Error(`at ${frame.timestamp}`); } });
  sockets[0].say(WELCOME, ...at(1, 2));
  globalThis.queueMicrotask = microtask;
  assert.deepEqual(errors, ["at 1", "at 2"]);
  assert.equal(sockets[0].isClosed, false);
});

timed("without WebSockets it begins with events", async () => {
  globalThis.WebSocket = undefined;
  answer = () => eventStream().answer;
  followed();
  await settled();
  assert.ok(isStream(requests[0]));
});

timed("a loop over frames gets each, and leaving it closes the connection", async () => {
  const stamps = [];
  const loop = (async () => {
    for await (const frame of frames({ url: URL_OF_SERVER })) {
      stamps.push(frame.timestamp);
      if (stamps.length === 3) break;
    }
  })();
  await settled();
  sockets[0].say(WELCOME, ...at(1, 2));
  await settled();
  sockets[0].say(...at(3, 4));
  await loop;
  assert.deepEqual(stamps, [1, 2, 3]);
  assert.ok(sockets[0].isClosed);
});

timed("a loop over frames throws what no retry solves", async () => {
  answer = () => ({ status: 400, body: { error: { message: "Not so." } } });
  const next = frames({ url: URL_OF_SERVER, fields: ["no"] }).next();
  await settled();
  sockets[0].end();
  await assert.rejects(next, /Not so\./);
});

timed("a token that cannot be had is tried for again, and blames no transport", async (context) => {
  let isThere = false;
  const seen = followed({
    token() {
      if (!isThere) throw new Error("no token today");
      return "t";
    },
  });
  await settled();
  assert.equal(seen.states.at(-1).name, "waiting");
  assert.equal(sockets.length, 0);
  isThere = true;
  await pass(context, 5);
  assert.equal(sockets.length, 1);
});

timed("it comes back at once when the network does, but not sooner than the server said", async (context) => {
  const listeners = {};
  globalThis.addEventListener = (name, call) => { listeners[name] = call; };
  const seen = followed({ transports: ["events"] });
  delete globalThis.addEventListener;
  const asked = () => requests.filter(isStream).length;
  answer = down;
  await settled();
  assert.equal(seen.states.at(-1).name, "waiting");
  answer = () => ({ status: 503, headers: { "Retry-After": "20" } });
  const before = asked();
  listeners.online();
  await settled();
  assert.equal(asked(), before + 1);
  listeners.online();
  await settled();
  assert.equal(asked(), before + 1);
  await pass(context, seen.states.at(-1).seconds);
  assert.equal(asked(), before + 2);
});

timed("events of which the welcome alone comes through are kept back as well", async (context) => {
  const events = eventStream();
  answer = (request) => {
    if (isStream(request)) return events.answer;
    return isNewest(request) ? { body: { timestamp: 9 } } : { body: { interval: 1, timestamp: [9], fields: {} } };
  };
  const seen = followed({ transports: ["events", "polling"] });
  await settled();
  events.write(eventOf(WELCOME, 0));
  await pass(context, 8);
  assert.equal(seen.states.at(-1).transport, "events", "it may be that no frame was made");
  await pass(context, 8);
  assert.equal(seen.states.at(-1).problem, "events-blocked");
  assert.deepEqual(seen.stamps, [9]);
});
