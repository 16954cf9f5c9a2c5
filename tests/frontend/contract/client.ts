// A client as somebody might write it, held to the types of the contract by tsc; it is never run.
import type { FieldName, Frame, Operations, StreamMessage } from '../../../monitor/web/static/monitor.js';

type Get = Extract<keyof Operations, `GET ${string}`>;

async function get<Name extends Get>(name: Name, query: Operations[Name]['query'] = {}): Promise<Operations[Name]['answer']> {
  const answer = await fetch(`${name.slice(4)}?${new URLSearchParams(Object.entries(query).map(([key, value]) => [key, `${value}`]))}`);
  return (await answer.json()) as Operations[Name]['answer'];
}

function load(frame: Frame): number {
  return frame.cpu.percent_total ?? Number.NaN;
}

function isWelcome(message: StreamMessage): message is Extract<StreamMessage, { type: 'connection' }> {
  return 'type' in message;
}

export async function main(): Promise<void> {
  const fields: FieldName[] = ['cpu', 'memory.percent'];
  const columns = await get('GET /api/history', { fields, step: 5 });
  console.log(columns.timestamp.length, load(await get('GET /api/system-stats')));
  for (const probe of (await get('GET /api/probes')).probes) {
    console.log(probe.name, probe.state === 'ok', probe.cost_ms.mean.toFixed(3));
  }
  new WebSocket('ws://localhost:4000/api/ws/metrics').onmessage = (event: MessageEvent<string>) => {
    const message = JSON.parse(event.data) as StreamMessage;
    if (isWelcome(message)) return;
    console.log(message.timestamp, message.stale?.cpu);
  };

  // @ts-expect-error what a machine does not tell is null
  const frequency: number = (await get('GET /api/system-stats')).cpu.frequency_mhz;
  // @ts-expect-error no probe has this field
  const unknown: FieldName = 'cpu.temperature';
  // @ts-expect-error the past has no such parameter
  await get('GET /api/history', { interval: 5 });
  console.log(frequency, unknown);
}
