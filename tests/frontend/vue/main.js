import { createApp } from 'vue';

import MetricsMonitor from './MetricsMonitor.vue';

createApp(MetricsMonitor).mount('#app');
