// What the server sends and takes, with the built-in probes. Made from its contract by `make types`: do not edit.
// A further probe adds a key of its own to the frame: declare it by extending Frame.

/** The whole answer to a question. */
export interface Answer {
  /** The answer, in the language of the question. */
  response: string;
  /** What the model is called. */
  model: string;
  /** `facts`: the answer begins with them, and its only numbers are theirs and the question's. `not measured`: no probe has what was asked for, and no model is used. `free`: the model alone answers, and may be wrong. */
  kind: "facts" | "free" | "not measured";
  /** Those that answer first, then those beside them. */
  facts: Fact[];
  /** The frame that the facts are of: Unix time in seconds. */
  timestamp: number;
  usage: Usage;
  duration_ms: number;
}

/** Frames in memory, as columns of equal length. */
export interface Columns {
  /** Seconds between two frames. */
  interval: number;
  /** The moment of each row. */
  timestamp: number[];
  /** A column for each field that was asked for. */
  fields: {
    /** Busy share of all cores since the previous sample (/proc/stat). Unit: percent. */
    "cpu.percent_total"?: (number | null)[];
    /** Busy share of each core since the previous sample. Unit: percent, one per core. */
    "cpu.percent_per_core"?: ((number | null)[] | null)[];
    /** Logical cores that are online. Unit: count. */
    "cpu.count"?: (number | null)[];
    /** Current frequency, mean of the cores; null where the machine does not tell. Unit: MHz. */
    "cpu.frequency_mhz"?: (number | null)[];
    /** Used share of the memory: used / total. Unit: percent. */
    "memory.percent"?: (number | null)[];
    /** Physical memory (MemTotal). Unit: MB. */
    "memory.total_mb"?: (number | null)[];
    /** What programs can still get without swapping (MemAvailable). Unit: MB. */
    "memory.available_mb"?: (number | null)[];
    /** Total minus available. Unit: MB. */
    "memory.used_mb"?: (number | null)[];
    /** Used share of what users can use, as df prints it. Unit: percent. */
    "disk.percent"?: (number | null)[];
    /** Size of the file system. Unit: GB. */
    "disk.total_gb"?: (number | null)[];
    /** Used blocks. Unit: GB. */
    "disk.used_gb"?: (number | null)[];
    /** Blocks that an ordinary user may still write. Unit: GB. */
    "disk.free_gb"?: (number | null)[];
    /** Sent since boot over the physical interfaces. Unit: MB. */
    "network.bytes_sent_mb"?: (number | null)[];
    /** Received since boot over the physical interfaces. Unit: MB. */
    "network.bytes_recv_mb"?: (number | null)[];
    /** Resident memory of the server (RSS). Unit: MB. */
    "process.memory_mb"?: (number | null)[];
    /** CPU time of the server since the previous sample; 100 is one core. Unit: percent. */
    "process.cpu_percent"?: (number | null)[];
  };
}

/** Wall time of a probe's samples, in milliseconds. */
export interface Cost {
  last: number;
  mean: number;
  max: number;
}

/** Why a request was refused. */
export interface ErrorDetail {
  /** One stable word for programs. */
  code: string;
  /** One sentence for people. */
  message: string;
}

/** One number that answers a question, or belongs to it. */
export interface Fact {
  /** Its name in the frame. */
  field: string;
  /** In `unit`; null where this machine does not tell. */
  value: number | null;
  /** The field's, or its unit a second for a rate. */
  unit: string;
  /** For people, in the language of the question. */
  text: string;
  /** Of what stretch of the past; left out for the newest value. */
  aggregate?: "change" | "max" | "mean" | "min" | "rate" | "then";
  /** How long that stretch is. */
  seconds?: number;
}

/** What is known before the model has said a word. */
export interface Facts {
  /** `facts`: the answer begins with them, and its only numbers are theirs and the question's. `not measured`: no probe has what was asked for, and no model is used. `free`: the model alone answers, and may be wrong. */
  kind: "facts" | "free" | "not measured";
  facts: Fact[];
  /** The frame that the facts are of: Unix time in seconds. */
  timestamp: number;
}

/** An answer that broke off: what would have been the refusal, had the answer not begun. */
export interface Failure {
  code: string;
  message: string;
  status: number;
}

/** What every client reads, once an interval. A further probe adds a key of its own. */
export interface Frame {
  /** Unix time in seconds. Unit: s. */
  timestamp: number;
  cpu: {
    /** Busy share of all cores since the previous sample (/proc/stat). Unit: percent. */
    percent_total: number | null;
    /** Busy share of each core since the previous sample. Unit: percent, one per core. */
    percent_per_core: (number | null)[] | null;
    /** Logical cores that are online. Unit: count. */
    count: number | null;
    /** Current frequency, mean of the cores; null where the machine does not tell. Unit: MHz. */
    frequency_mhz: number | null;
  };
  memory: {
    /** Used share of the memory: used / total. Unit: percent. */
    percent: number | null;
    /** Physical memory (MemTotal). Unit: MB. */
    total_mb: number | null;
    /** What programs can still get without swapping (MemAvailable). Unit: MB. */
    available_mb: number | null;
    /** Total minus available. Unit: MB. */
    used_mb: number | null;
  };
  disk: {
    /** Used share of what users can use, as df prints it. Unit: percent. */
    percent: number | null;
    /** Size of the file system. Unit: GB. */
    total_gb: number | null;
    /** Used blocks. Unit: GB. */
    used_gb: number | null;
    /** Blocks that an ordinary user may still write. Unit: GB. */
    free_gb: number | null;
  };
  network: {
    /** Sent since boot over the physical interfaces. Unit: MB. */
    bytes_sent_mb: number | null;
    /** Received since boot over the physical interfaces. Unit: MB. */
    bytes_recv_mb: number | null;
  };
  process: {
    /** Resident memory of the server (RSS). Unit: MB. */
    memory_mb: number | null;
    /** CPU time of the server since the previous sample; 100 is one core. Unit: percent. */
    cpu_percent: number | null;
  };
  /** Seconds since the last good sample, for each probe that is late or fails; the key is not there while all are well. Unit: s. */
  stale?: {
    cpu?: number;
    memory?: number;
    disk?: number;
    network?: number;
    process?: number;
  };
}

/** All is well: frames come. */
export interface Health {
  status: "ok";
  /** Seconds since the newest frame. */
  frame_age_seconds: number;
}

/** A plugin, or one probe of it, that could not be used. */
export interface LeftOut {
  /** Name of its entry point. */
  plugin: string;
  /** The package that brought it, and its version. */
  distribution: string;
  /** Why. */
  error: string;
}

/** What the login page sends. */
export interface Login {
  /** An access token that may read. */
  token: string;
  /** For those who keep passwords; it is not looked at. */
  username?: string;
}

/** The language model, and how it is doing. */
export interface Model {
  /** What it is called. */
  model: string;
  state: "absent" | "busy" | "idle" | "loading" | "ready";
  /** Questions that wait for their turn. */
  waiting: number;
  limits: ModelLimits;
}

/** What a question may be, and how long it may take. */
export interface ModelLimits {
  /** Questions that may wait while one is answered. */
  waiting: number;
  prompt_characters: number;
  max_tokens: number;
  /** From the question to the end of its answer. */
  seconds: number;
}

/** A frame with the sections and fields that were asked for. */
export interface PartOfFrame {
  /** Unix time in seconds. Unit: s. */
  timestamp: number;
  cpu?: {
    /** Busy share of all cores since the previous sample (/proc/stat). Unit: percent. */
    percent_total?: number | null;
    /** Busy share of each core since the previous sample. Unit: percent, one per core. */
    percent_per_core?: (number | null)[] | null;
    /** Logical cores that are online. Unit: count. */
    count?: number | null;
    /** Current frequency, mean of the cores; null where the machine does not tell. Unit: MHz. */
    frequency_mhz?: number | null;
  };
  memory?: {
    /** Used share of the memory: used / total. Unit: percent. */
    percent?: number | null;
    /** Physical memory (MemTotal). Unit: MB. */
    total_mb?: number | null;
    /** What programs can still get without swapping (MemAvailable). Unit: MB. */
    available_mb?: number | null;
    /** Total minus available. Unit: MB. */
    used_mb?: number | null;
  };
  disk?: {
    /** Used share of what users can use, as df prints it. Unit: percent. */
    percent?: number | null;
    /** Size of the file system. Unit: GB. */
    total_gb?: number | null;
    /** Used blocks. Unit: GB. */
    used_gb?: number | null;
    /** Blocks that an ordinary user may still write. Unit: GB. */
    free_gb?: number | null;
  };
  network?: {
    /** Sent since boot over the physical interfaces. Unit: MB. */
    bytes_sent_mb?: number | null;
    /** Received since boot over the physical interfaces. Unit: MB. */
    bytes_recv_mb?: number | null;
  };
  process?: {
    /** Resident memory of the server (RSS). Unit: MB. */
    memory_mb?: number | null;
    /** CPU time of the server since the previous sample; 100 is one core. Unit: percent. */
    cpu_percent?: number | null;
  };
  /** Seconds since the last good sample, for each probe that is late or fails; the key is not there while all are well. Unit: s. */
  stale?: {
    cpu?: number;
    memory?: number;
    disk?: number;
    network?: number;
    process?: number;
  };
}

/** A probe that runs, and how it is doing. */
export interface Probe {
  /** The key of its section in the frame. */
  name: string;
  /** Name of its entry point. */
  plugin: string;
  /** The package that brought it, and its version. */
  distribution: string;
  state: "failed" | "late" | "no data" | "ok" | "starting";
  /** Why its state is what it is; null while all is well. */
  error: string | null;
  /** Seconds between two of its samples. */
  interval: number;
  samples: number;
  failures: number;
  /** Frames that left without a sample that was due. */
  missed: number;
  cost_ms: Cost;
  fields: ProbeField[];
}

/** One number of a probe, or one list or table of them. */
export interface ProbeField {
  /** Its key in the probe's section of the frame. */
  name: string;
  /** MB is 2^20 bytes, GB is 2^30 bytes. */
  unit: "1/s" | "A" | "B" | "B/s" | "GB" | "Hz" | "MB" | "MB/s" | "MHz" | "V" | "W" | "celsius" | "count" | "ms" | "percent" | "ratio" | "rpm" | "s";
  /** What it is, and where it comes from. */
  help: string;
  /** A gauge goes up and down, a counter only grows until a restart. */
  kind: "counter" | "gauge";
  /** What its value is in the frame. */
  shape: "list" | "number" | "table";
  /** What a list or table has one value for: a core, a mount. */
  per: string | null;
  /** Digits after the point, at most. */
  decimals: number;
  /** What people call it, by language. */
  phrases: { [name: string]: string[] };
  /** The value from which people should look at it; for a counter, its growth per second. */
  warning: number | null;
  /** The value from which something is wrong. Below `warning`, low values are the bad ones. */
  critical: number | null;
}

/** What is measured, and what is not. */
export interface Probes {
  /** Seconds between two frames. */
  interval: number;
  /** Those that run, in the order of the frame. */
  probes: Probe[];
  disabled: Source[];
  left_out: LeftOut[];
}

/** The body of every refusal of the API. */
export interface Problem {
  error: ErrorDetail;
}

/** A question, in French or English. */
export interface Question {
  /** The question. */
  prompt: string;
  /** false sends the prompt to the model as it is. */
  grounded?: boolean;
  /** The most that the model may say. */
  max_tokens?: number;
}

/** A probe or plugin that is switched off. */
export interface Source {
  name: string;
  /** Name of its entry point. */
  plugin: string;
  /** The package that brought it, and its version. */
  distribution: string;
}

/** Opens one stream, once. */
export interface Ticket {
  /** Goes into the query of the stream, as `ticket`. */
  ticket: string;
  /** Seconds in which it is good. */
  expires_in: number;
}

/** A piece of an answer, as it comes. */
export interface Token {
  text: string;
}

/** What an answer took; null where nobody knows. */
export interface Usage {
  prompt_tokens: number | null;
  completion_tokens: number | null;
}

/** The first message of every stream, and the only one with a `type`. */
export interface Welcome {
  type: "connection";
  status: "connected";
  message: "Streaming des métriques démarré";
}

/** What can be asked for: sections, and single fields. */
export type FieldName =
  | "cpu"
  | "cpu.count"
  | "cpu.frequency_mhz"
  | "cpu.percent_per_core"
  | "cpu.percent_total"
  | "disk"
  | "disk.free_gb"
  | "disk.percent"
  | "disk.total_gb"
  | "disk.used_gb"
  | "memory"
  | "memory.available_mb"
  | "memory.percent"
  | "memory.total_mb"
  | "memory.used_mb"
  | "network"
  | "network.bytes_recv_mb"
  | "network.bytes_sent_mb"
  | "process"
  | "process.cpu_percent"
  | "process.memory_mb";

/** What each operation takes and answers. */
export interface Operations {
  "GET /api/system-stats": { query: {}; body: undefined; answer: Frame };
  "GET /api/history": { query: { since?: number; until?: number; fields?: FieldName[]; step?: number }; body: undefined; answer: Columns };
  "GET /api/probes": { query: {}; body: undefined; answer: Probes };
  "POST /api/ask": { query: {}; body: Question; answer: Answer };
  "GET /api/ask": { query: {}; body: undefined; answer: Model };
  "GET /healthz": { query: {}; body: undefined; answer: Health };
  "GET /readyz": { query: {}; body: undefined; answer: Health };
}

/** Every message of the live stream. */
export type StreamMessage = Welcome | Frame | PartOfFrame;
