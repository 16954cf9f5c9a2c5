import { createRoot } from 'react-dom/client';

import MetricsMonitor from './MetricsMonitor.jsx';

createRoot(document.getElementById('app')).render(<MetricsMonitor />);
