// Prints so many messages of a stream, one a line: node listen.js ws://localhost:4000/api/ws/metrics 61

import { WebSocket } from "ws";

const [address, count] = process.argv.slice(2);
const socket = new WebSocket(address);
let left = Number(count);

socket.on("message", (data, isBinary) => {
  if (isBinary) throw new Error("frames are text");
  if (left > 0) console.log(data.toString());
  if (--left === 0) socket.close();
});
socket.on("close", () => {
  process.exitCode = left > 0 ? 1 : 0;
});
