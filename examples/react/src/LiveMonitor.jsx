import { useMetrics } from "./useMetrics.js";

const FIELDS = ["cpu.percent_total", "memory.percent", "disk.percent"];
const NAMES = { live: "Live", connecting: "Connecting…", closed: "Closed" };

function LiveMonitor() {
  const { newest, frames, state } = useMetrics({ url: "http://localhost:4000/", fields: FIELDS });
  const percent = (value) => (value === undefined || value === null ? "–" : `${value.toFixed(1)} %`);
  const waiting = `Disconnected, trying again in ${Math.ceil(state.seconds ?? 0)} s`;
  const name = NAMES[state.name] ?? waiting;

  return (
    <div>
      <p role="status">{state.problem ? `${name} (${state.problem}${state.message ? `: ${state.message}` : ""})` : name}</p>
      <dl>
        <dt>CPU</dt>
        <dd data-field="cpu">{percent(newest?.cpu.percent_total)}</dd>
        <dt>Memory</dt>
        <dd data-field="memory">{percent(newest?.memory.percent)}</dd>
        <dt>Disk</dt>
        <dd data-field="disk">{percent(newest?.disk.percent)}</dd>
      </dl>
      <p>Highest CPU of the last {frames.length} frames: {percent(highest(frames))}</p>
    </div>
  );
}

function highest(frames) {
  return frames.reduce((most, frame) => Math.max(most, frame.cpu.percent_total ?? 0), 0);
}

export default LiveMonitor;
