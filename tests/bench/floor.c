/* The floor: as little as a server can do and still be one for this stream. It sets the price of a delivered frame
 * that no server on this kernel can go below with one write a client: one thread, one epoll, one timer.
 *
 *     cc -O2 -o floor floor.c && ./floor SIZE
 *
 * Listens on a free port of 127.0.0.1, prints it, and sends each client a WebSocket text frame of SIZE bytes of JSON
 * once a second. It reads no request: the handshake is a constant, right only for the key "dGhlIHNhbXBsZSBub25jZQ=="
 * of RFC 6455. A client that does not read loses frames. Not for use: for comparison.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { SMALLEST = 64, LARGEST = 65535, CLIENTS = 65536, EVENTS = 256 };

static const char WELCOME[] =
    "HTTP/1.1 101 Switching Protocols\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/* Those who get frames, without gaps; and the place of each in that list, by file descriptor, 0 for none. */
static int clients[CLIENTS], places[CLIENTS], count;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void join(int client) {
    if (write(client, WELCOME, sizeof WELCOME - 1) != (ssize_t)(sizeof WELCOME - 1)) return;
    clients[count++] = client;
    places[client] = count;
}

static void leave(int client) {
    int place = places[client];
    if (place) {
        int last = clients[--count];
        clients[place - 1] = last;
        places[last] = place;
        places[client] = 0;
    }
    close(client);
}

/* Fill in what all frames have in common; return the length of the whole frame. The time has 14 places from 17 on. */
static int prepare(unsigned char *frame, int size) {
    frame[0] = 0x81;
    frame[1] = 126;
    frame[2] = (unsigned char)(size >> 8);
    frame[3] = (unsigned char)size;
    memset(frame + 4, ' ', (size_t)size);
    memcpy(frame + 4, "{\"timestamp\":", 13);
    frame[4 + size - 1] = '}';
    return size + 4;
}

static void publish(unsigned char *frame, int length) {
    struct timespec now;
    char text[32];
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(text, sizeof text, "%010lld.%03ld", (long long)now.tv_sec, now.tv_nsec / 1000000);
    memcpy(frame + 17, text, 14);
    for (int i = 0; i < count; i++) {
        ssize_t written = write(clients[i], frame, (size_t)length);
        (void)written;
    }
}

static int listening(void) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof here;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (server < 0 || bind(server, (struct sockaddr *)&here, size) || listen(server, 4096)) die("listen");
    getsockname(server, (struct sockaddr *)&here, &size);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    return server;
}

static int each_second(void) {
    struct itimerspec pace = {.it_interval = {.tv_sec = 1}, .it_value = {.tv_sec = 1}};
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    if (timer < 0 || timerfd_settime(timer, 0, &pace, NULL)) die("timer");
    return timer;
}

static void watch(int poll, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = descriptor}};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event)) die("epoll_ctl");
}

static void accept_all(int poll, int server) {
    int client, on = 1;
    while ((client = accept4(server, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (client >= CLIENTS) {
            close(client);
            continue;
        }
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(poll, client);
    }
}

/* The first bytes of a client are its request; whatever it says later is dropped. */
static void hear(int client) {
    char said[4096];
    if (read(client, said, sizeof said) <= 0)
        leave(client);
    else if (!places[client])
        join(client);
}

int main(int argc, char **argv) {
    static unsigned char frame[LARGEST + 4];
    int size = argc == 2 ? atoi(argv[1]) : 0;
    if (size < SMALLEST || size > LARGEST) {
        fprintf(stderr, "usage: floor SIZE, from %d to %d\n", SMALLEST, LARGEST);
        return 2;
    }
    int length = prepare(frame, size), poll = epoll_create1(0), server = listening(), timer = each_second();
    watch(poll, server);
    watch(poll, timer);
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(poll, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            int from = events[i].data.fd;
            if (from == server) {
                accept_all(poll, server);
            } else if (from == timer) {
                uint64_t missed;
                if (read(timer, &missed, sizeof missed) > 0) publish(frame, length);
            } else {
                hear(from);
            }
        }
    }
}
