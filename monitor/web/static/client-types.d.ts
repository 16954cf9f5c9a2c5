// The types of client.js.
import type { FieldName, Frame, PartOfFrame } from "./monitor.d.ts";

export type { Frame, PartOfFrame };

export type Transport = "websocket" | "events" | "polling";

/**
 * What is wrong where no frames come as they should. "websocket-blocked", "events-blocked": HTTP comes through and this
 * does not, so the next transport is used. "unauthenticated": a token or login is missing, has ended, or may not read.
 * "bad-query": `interval` or `fields` make no sense to this server.
 */
export type Trouble = `${"websocket" | "events" | "polling"}-blocked` | "unauthenticated" | "bad-query";

/** A section ("cpu") or a single field ("memory.percent"), of any probe. */
export type Field = FieldName | (string & {});

/** How a subscription stands. */
export interface State {
  /** "live" from the first frame of a connection on; "closed" by `close()`, or by a problem that no retry solves. */
  name: "connecting" | "live" | "waiting" | "closed";
  transport: Transport;
  /** Until the next attempt, where the name is "waiting"; else 0. */
  seconds: number;
  problem: Trouble | null;
  /** Why the server refused, in its words. */
  message: string | null;
}

/** What may change while a subscription lasts. */
export interface Changes {
  /** Seconds between two frames, a multiple of the server's; undefined: as the server has it. */
  interval?: number | undefined;
  /** These alone, with `timestamp` and `stale`; undefined: all. */
  fields?: readonly Field[] | undefined;
}

export interface Options<F = Frame> extends Changes {
  /** Of the server's root, "https://host/prefix/"; by default where client.js was loaded from. */
  url?: string | URL;
  /** Seconds of back-fill at the first connection. */
  history?: number;
  /** Timestamp of a frame that is there already: begin with the next one. */
  since?: number;
  /** An access token, or what gets one for each attempt; without it the cookie of a login counts. */
  token?: string | (() => string | Promise<string>);
  /** In the order they are tried. */
  transports?: readonly Transport[];
  /** Each frame once, in the order they were made. */
  onFrame?: (frame: F) => void;
  onState?: (state: State) => void;
}

export interface Subscription {
  readonly state: State;
  /** Ask for something else from the next frame on. */
  update(changes: Changes): void;
  /** Connect anew at once, by the first transport: after a login, say. */
  reconnect(): void;
  close(): void;
}

/** With `fields` a frame has a part of its keys. */
export interface Follow {
  (options: Options<PartOfFrame> & { fields: readonly Field[] }): Subscription;
  (options?: Options<Frame> & { fields?: undefined }): Subscription;
}

export interface Frames {
  (options: Options<PartOfFrame> & { fields: readonly Field[] }): AsyncGenerator<PartOfFrame, void, void>;
  (options?: Options<Frame> & { fields?: undefined }): AsyncGenerator<Frame, void, void>;
}

/** One attempt of a transport. Inside client.js. */
export interface Link {
  /** Of the transport. */
  index: number;
  /** Timestamp to resume after. */
  from: number;
  /** Up to where another link has given the frames meanwhile. */
  seen: number;
  /** The other end has said something. */
  isGreeted?: boolean;
  /** A frame has come. */
  isFed?: boolean;
  /** It was silent for a while. */
  isSilent?: boolean;
  isOver?: boolean;
  stop: () => void;
  watchdog?: ReturnType<typeof setTimeout>;
}

/** What a transport has to work with. Inside client.js. */
export interface Call {
  token: string | undefined;
  last: number | null;
  history: number;
  /** Seconds between two frames. */
  pace(): number;
  /** Address of a stream, with what is asked for. */
  address(path: string): URL;
  /** Throws an error with `status`, `seconds` and `message` for a refusal, as the next two do. */
  request(url: URL, signal: AbortSignal): Promise<Response>;
  newest(): Promise<Frame>;
  past(since: number, until: number): Promise<Rows>;
  greet(): void;
  take(frame: Frame): void;
  /** A message of a stream, whichever it is. */
  hear(text: string): void;
  fail(error?: unknown, isDismissed?: boolean): void;
}

/** What /api/history answers. Inside client.js. */
export interface Rows {
  interval: number;
  timestamp: number[];
  fields: Record<string, unknown[]>;
}
