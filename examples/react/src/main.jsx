import { createRoot } from "react-dom/client";

import LiveMonitor from "./LiveMonitor.jsx";
import MetricsMonitor from "./MetricsMonitor.jsx";

createRoot(document.getElementById("app")).render(
  <>
    <section id="plain">
      <h1>By hand</h1>
      <MetricsMonitor />
    </section>
    <section id="client">
      <h1>With the client module</h1>
      <LiveMonitor />
    </section>
  </>,
);
