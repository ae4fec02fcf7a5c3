/* The floor for G5: what one STARTTLS session costs a client in C, with epoll and OpenSSL.
 *
 *   gcc -O2 floor.c -o floor -lssl -lcrypto
 *   floor SESSIONS AT_ONCE PORT
 *
 * A session is: greeting, EHLO, STARTTLS, handshake, EHLO, QUIT.  They go to 127.64.0.1 and the 4,000
 * addresses after it in turn.  Prints JSON: sessions, failed, CPU and wall milliseconds of this process. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FIRST_ADDRESS 0x7F400001u
#define ADDRESSES 4000

enum step { GREETING, EHLO, STARTTLS, HANDSHAKE, EHLO_AGAIN, QUIT };
struct session {
    int fd;
    enum step step;
    SSL *tls;
    size_t held;
    char reply[4096];
};

static long wanted, begun, ended, failed;
static int port, poll;
static SSL_CTX *context;

static void begin(void) {
    struct session *s = calloc(1, sizeof *s);
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int one = 1;
    there.sin_addr.s_addr = htonl(FIRST_ADDRESS + (uint32_t)(begun++ % ADDRESSES));
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(s->fd, (struct sockaddr *)&there, sizeof there) && errno != EINPROGRESS) { perror("connect"); exit(2); }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
    epoll_ctl(poll, EPOLL_CTL_ADD, s->fd, &event);
}

static void end(struct session *s, int well) {
    if (s->tls) {
        if (well) SSL_shutdown(s->tls);
        SSL_free(s->tls);
        ERR_clear_error();
    }
    close(s->fd);
    free(s);
    ended++;
    failed += !well;
    if (begun < wanted) begin();
}

static void say(struct session *s, const char *text) {
    int length = (int)strlen(text);
    if (s->tls) SSL_write(s->tls, text, length);
    else if (send(s->fd, text, (size_t)length, MSG_NOSIGNAL) < 0) perror("send");
}

/* 1: something came, 0: nothing yet, -1: the end. */
static int hear(struct session *s) {
    size_t room = sizeof s->reply - 1 - s->held;
    long got;
    if (s->tls) {
        got = SSL_read(s->tls, s->reply + s->held, (int)room);
        if (got <= 0) return SSL_get_error(s->tls, (int)got) == SSL_ERROR_WANT_READ ? 0 : -1;
    } else {
        got = recv(s->fd, s->reply + s->held, room, 0);
        if (got <= 0) return got < 0 && errno == EAGAIN ? 0 : -1;
    }
    s->held += (size_t)got;
    s->reply[s->held] = 0;
    return 1;
}

/* Whether the last line that is held whole ends a reply: a space follows its code (RFC 5321 4.2.1). */
static int is_whole(const struct session *s) {
    if (s->held < 6 || s->reply[s->held - 1] != '\n') return 0;
    const char *last = memrchr(s->reply, '\n', s->held - 1);
    last = last ? last + 1 : s->reply;
    return last[3] == ' ' && (last[0] == '2' || last[0] == '3');
}

/* What follows a whole reply; whether the session goes on. */
static int go_on(struct session *s) {
    s->held = 0;
    switch (s->step) {
    case GREETING: say(s, "EHLO floor.test\r\n"); break;
    case EHLO: say(s, "STARTTLS\r\n"); break;
    case STARTTLS:
        s->tls = SSL_new(context);
        SSL_set_fd(s->tls, s->fd);
        SSL_set_tlsext_host_name(s->tls, "m0000001.own.test");
        break;
    case EHLO_AGAIN: say(s, "QUIT\r\n"); break;
    default: end(s, 1); return 0;
    }
    s->step++;
    return 1;
}

/* 1: through, 0: more is to come, -1: it failed. */
static int shake(struct session *s) {
    int done = SSL_connect(s->tls);
    if (done == 1) {
        s->step = EHLO_AGAIN;
        say(s, "EHLO floor.test\r\n");
        return 1;
    }
    int why = SSL_get_error(s->tls, done);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

static void serve(struct session *s) {
    for (;;) {
        int came = s->step == HANDSHAKE ? shake(s) : hear(s);
        if (!came) return;
        if (came < 0) { end(s, 0); return; }
        if (is_whole(s) && !go_on(s)) return;
    }
}

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

int main(int count, char **words) {
    if (count != 4) { fprintf(stderr, "usage: floor SESSIONS AT_ONCE PORT\n"); return 2; }
    wanted = atol(words[1]);
    port = atoi(words[3]);
    context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    poll = epoll_create1(0);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (long n = atol(words[2]); n > 0 && begun < wanted; n--) begin();
    struct epoll_event events[128];
    while (ended < wanted) {
        int ready = epoll_wait(poll, events, 128, 20000);
        if (ready <= 0) { fprintf(stderr, "nothing came for 20 s\n"); return 1; }
        for (int n = 0; n < ready; n++) serve(events[n].data.ptr);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("{\"sessions\": %ld, \"failed\": %ld, \"cpu_ms\": %.3f, \"wall_ms\": %.3f}\n", ended, failed,
           1e3 * (seconds(used.ru_utime) + seconds(used.ru_stime)),
           1e3 * (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e6);
    return failed != 0;
}
