import { useEffect, useState } from 'react';

function MetricsMonitor() {
    const [metrics, setMetrics] = useState(null);
    const [connected, setConnected] = useState(false);

    useEffect(() => {
        const ws = new WebSocket('ws://localhost:4000/api/ws/metrics');

        ws.onopen = () => {
            setConnected(true);
        };

        ws.onmessage = (event) => {
            const data = JSON.parse(event.data);
            if (data.type !== 'connection') {
                setMetrics(data);
            }
        };

        ws.onclose = () => {
            setConnected(false);
        };

        return () => ws.close();
    }, []);

    if (!connected) return <div>Connexion...</div>;
    if (!metrics) return <div>Chargement des métriques...</div>;

    return (
        <div>
            <h2>CPU: {metrics.cpu.percent_total.toFixed(1)}%</h2>
            <h2>Mémoire: {metrics.memory.percent.toFixed(1)}%</h2>
            <h2>Disque: {metrics.disk.percent.toFixed(1)}%</h2>
        </div>
    );
}

export default MetricsMonitor;
