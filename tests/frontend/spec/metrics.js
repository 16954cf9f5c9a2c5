const ws = new WebSocket('ws://localhost:4000/api/ws/metrics');

ws.onopen = () => {
    console.log('Connecté au WebSocket');
};

ws.onmessage = (event) => {
    const data = JSON.parse(event.data);

    // Premier message : bienvenue
    if (data.type === 'connection') {
        console.log('Status:', data.status);
        console.log('Message:', data.message);
        return;
    }

    // Messages suivants : métriques
    console.log('CPU:', data.cpu.percent_total + '%');
    console.log('Mémoire:', data.memory.percent + '%');
    console.log('Disque:', data.disk.percent + '%');
    // ... etc
};

ws.onerror = (error) => {
    console.error('Erreur:', error);
};

ws.onclose = () => {
    console.log('Déconnecté');
};
