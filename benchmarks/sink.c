/* A mail server for load tests: it speaks SMTP with STARTTLS on every loopback address, and counts.
 *
 *   gcc -O2 -pthread sink.c -o sink -lssl -lcrypto
 *   sink THREADS CERTIFICATES COUNTERS PORT:SHOWN...
 *
 * CERTIFICATES is a folder with rsa-0.pem, rsa-1.pem ... and ec-0.pem, ec-1.pem ... (key, leaf, issuer).
 * SHOWN is "mixed" (three addresses in five show RSA, two ECDSA), "rsa" or "ecdsa"; which certificate of
 * the kind is shown follows from the address, so a name always meets the same one.
 * 127.16.0.0/14 resets every connection at once; 127.20.0.0/14 takes it and says nothing.
 * SIGUSR1 writes the counters to the file COUNTERS, whole or not at all, with the number of the writing;
 * SIGTERM ends it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_CERTIFICATES 1024
#define LINE 1024 /* octets; RFC 5321 4.5.3.1.4 asks for 512 */

enum shown { MIXED, RSA_ONLY, ECDSA_ONLY };
enum stage { CLEAR, HANDSHAKE, SECURE };

struct shelf { SSL_CTX *contexts[MOST_CERTIFICATES]; unsigned count; };
struct listener { int fd; enum shown shown; };
struct session { int fd; enum stage stage; SSL_CTX *context; SSL *tls; size_t held; char line[LINE]; };

static struct shelf rsa_shelf, ec_shelf;
static struct listener listeners[16];
static unsigned listener_count;
static atomic_ulong accepted, handshakes, failed_handshakes, goodbyes;

static SSL_CTX *load(const char *path) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context, path) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) != 1) {
        fprintf(stderr, "%s: no certificate with its key\n", path);
        exit(2);
    }
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return context;
}

static void fill(struct shelf *shelf, const char *folder, const char *kind) {
    char path[4096];
    for (; shelf->count < MOST_CERTIFICATES; shelf->count++) {
        snprintf(path, sizeof path, "%s/%s-%u.pem", folder, kind, shelf->count);
        if (access(path, R_OK)) break;
        shelf->contexts[shelf->count] = load(path);
    }
    if (!shelf->count) { fprintf(stderr, "%s: there is no %s-0.pem\n", folder, kind); exit(2); }
}

static SSL_CTX *shown_at(uint32_t address, enum shown shown) {
    uint32_t mixed = address * 2654435761u; /* Knuth's multiplicative hash: neighbours differ */
    int rsa = shown == RSA_ONLY || (shown == MIXED && mixed / 64 % 5 < 3);
    struct shelf *shelf = rsa ? &rsa_shelf : &ec_shelf;
    return shelf->contexts[(mixed >> 16) % shelf->count];
}

/* Replies are short and the socket is empty when they are due: one that does not fit ends the session. */
static int say(struct session *s, const char *text) {
    int length = (int)strlen(text);
    if (s->stage == SECURE) return SSL_write(s->tls, text, length) == length;
    return send(s->fd, text, (size_t)length, MSG_NOSIGNAL) == length;
}

static int starts(const char *line, const char *verb) { return !strncasecmp(line, verb, strlen(verb)); }

/* Whether the session goes on after this command. */
static int obey(struct session *s, const char *line) {
    if (starts(line, "EHLO"))
        return say(s, s->stage == SECURE ? "250-sink.test\r\n250-SIZE 52428800\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
                                           "250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250 SMTPUTF8\r\n"
                                         : "250-sink.test\r\n250-SIZE 52428800\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
                                           "250-STARTTLS\r\n250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250 SMTPUTF8\r\n");
    if (starts(line, "STARTTLS")) {
        if (s->stage == SECURE) return say(s, "503 5.5.1 TLS is active\r\n");
        if (!say(s, "220 2.0.0 go ahead\r\n")) return 0;
        s->tls = SSL_new(s->context);
        SSL_set_fd(s->tls, s->fd);
        s->stage = HANDSHAKE;
        return 1;
    }
    if (starts(line, "QUIT")) { say(s, "221 2.0.0 bye\r\n"); goodbyes++; return 0; }
    if (starts(line, "HELO") || starts(line, "NOOP") || starts(line, "RSET")) return say(s, "250 sink.test\r\n");
    return say(s, "502 5.5.2 not known\r\n");
}

static void finish(struct session *s) {
    if (s->tls) {
        if (s->stage == SECURE) SSL_shutdown(s->tls);
        SSL_free(s->tls);
        ERR_clear_error();
    }
    close(s->fd);
    free(s);
}

/* Octets received; 0 for none yet, -1 for the end. */
static long receive(struct session *s) {
    size_t room = LINE - 1 - s->held;
    if (!room) return -1;
    if (s->stage != SECURE) {
        ssize_t got = recv(s->fd, s->line + s->held, room, 0);
        return got > 0 ? got : got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
    }
    int got = SSL_read(s->tls, s->line + s->held, (int)room);
    return got > 0 ? got : SSL_get_error(s->tls, got) == SSL_ERROR_WANT_READ ? 0 : -1;
}

/* 1: done, 0: more is to come, -1: it failed. */
static int shake(struct session *s) {
    int done = SSL_accept(s->tls);
    if (done == 1) { handshakes++; s->stage = SECURE; return 1; }
    int why = SSL_get_error(s->tls, done);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return 0;
    failed_handshakes++;
    return -1;
}

/* Obeys the whole lines that are held; whether the session goes on. What follows STARTTLS is dropped. */
static int obey_all(struct session *s) {
    char *from = s->line, *end;
    while ((end = memchr(from, '\n', (size_t)(s->line + s->held - from)))) {
        *end = 0;
        if (!obey(s, from)) return 0;
        from = end + 1;
        if (s->stage == HANDSHAKE) from = s->line + s->held;
    }
    s->held = (size_t)(s->line + s->held - from);
    memmove(s->line, from, s->held);
    return 1;
}

static void serve(struct session *s) {
    for (;;) {
        if (s->stage == HANDSHAKE) {
            int shaken = shake(s);
            if (shaken < 0) { finish(s); return; }
            if (!shaken) return;
        }
        long got = receive(s);
        if (!got) return;
        if (got < 0) { finish(s); return; }
        s->held += (size_t)got;
        if (!obey_all(s)) { finish(s); return; }
    }
}

static void welcome(int poll, int fd, enum shown shown) {
    static const struct linger at_once = {1, 0};
    struct sockaddr_in here;
    socklen_t length = sizeof here;
    accepted++;
    getsockname(fd, (struct sockaddr *)&here, &length);
    uint32_t address = ntohl(here.sin_addr.s_addr);
    uint32_t quarter = address >> 18; /* the /14 */
    if (quarter == 0x7F100000u >> 18) {
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    struct session *s = calloc(1, sizeof *s);
    s->fd = fd;
    s->context = shown_at(address, shown);
    if (quarter != 0x7F140000u >> 18 && !say(s, "220 sink.test ESMTP\r\n")) { finish(s); return; }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

static int is_listener(void *what) { return what >= (void *)listeners && what < (void *)(listeners + 16); }

static void *work(void *unused) {
    (void)unused;
    int poll = epoll_create1(0);
    for (unsigned n = 0; n < listener_count; n++) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = &listeners[n]};
        epoll_ctl(poll, EPOLL_CTL_ADD, listeners[n].fd, &event);
    }
    struct epoll_event events[128];
    for (;;) {
        int ready = epoll_wait(poll, events, 128, -1);
        for (int n = 0; n < ready; n++) {
            if (!is_listener(events[n].data.ptr)) { serve(events[n].data.ptr); continue; }
            struct listener *at = events[n].data.ptr;
            for (int taken = 0; taken < 32; taken++) { /* then the sessions have their turn */
                int fd = accept4(at->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (fd < 0) break;
                welcome(poll, fd, at->shown);
            }
        }
    }
    return NULL;
}

static void listen_at(const char *place) {
    const char *shown = strchr(place, ':');
    struct listener *new = &listeners[listener_count++];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(place))};
    new->shown = shown && !strcmp(shown, ":rsa") ? RSA_ONLY : shown && !strcmp(shown, ":ecdsa") ? ECDSA_ONLY : MIXED;
    new->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(new->fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(new->fd, (struct sockaddr *)&here, sizeof here) || listen(new->fd, 4096)) { perror(place); exit(2); }
}

static void write_counters(const char *path, unsigned long number) {
    char beside[4096];
    snprintf(beside, sizeof beside, "%s.new", path);
    FILE *file = fopen(beside, "w");
    if (!file) return;
    fprintf(file, "{\"number\": %lu, \"accepted\": %lu, \"handshakes\": %lu, \"failed_handshakes\": %lu, \"goodbyes\": %lu}",
            number, accepted, handshakes, failed_handshakes, goodbyes);
    fclose(file);
    rename(beside, path);
}

int main(int count, char **words) {
    if (count < 5) { fprintf(stderr, "usage: sink THREADS CERTIFICATES COUNTERS PORT:SHOWN...\n"); return 2; }
    sigset_t asked = {0};
    sigaddset(&asked, SIGUSR1);
    sigaddset(&asked, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &asked, NULL); /* the threads inherit it: signals come to sigwait alone */
    signal(SIGPIPE, SIG_IGN);
    fill(&rsa_shelf, words[2], "rsa");
    fill(&ec_shelf, words[2], "ec");
    for (int n = 4; n < count && listener_count < 16; n++) listen_at(words[n]);
    for (int n = atoi(words[1]); n > 0; n--) {
        pthread_t thread;
        pthread_create(&thread, NULL, work, NULL);
    }
    unsigned long written = 0;
    for (int signal_number; !sigwait(&asked, &signal_number) && signal_number == SIGUSR1;)
        write_counters(words[3], ++written);
    return 0;
}
